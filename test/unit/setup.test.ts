import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decide, systemPackages } from '../../bin/system-packages.mjs';

const root = join(import.meta.dirname, '..', '..');

describe('what to do about missing system packages', () => {
  const at = { missing: ['libbpf1', 'clang'], distribution: 'debian', root: true, forbidden: false } as const;

  test('root on Debian installs them', () => {
    expect(decide(at)).toEqual({
      act: 'install',
      reason: 'root on Debian or Ubuntu',
      command: 'apt-get update && apt-get install -y --no-install-recommends libbpf1 clang',
    });
  });

  test('without root, and where it is forbidden, the command is named', () => {
    expect(decide({ ...at, root: false })).toMatchObject({
      act: 'tell',
      command: expect.stringMatching(/^sudo .*clang/) as string,
    });
    expect(decide({ ...at, forbidden: true })).toMatchObject({
      act: 'tell',
      reason: expect.stringContaining('ANCHORWATCH_NO_INSTALL') as string,
      command: expect.stringMatching(/^apt-get update/) as string,
    });
  });

  test('elsewhere the names are given, and nothing missing means nothing to do', () => {
    expect(decide({ ...at, distribution: 'other' })).toMatchObject({
      act: 'tell',
      reason: expect.stringContaining('libbpf1 clang') as string,
    });
    expect(decide({ ...at, missing: [] }).act).toBe('nothing');
  });

  test('starting needs libbpf1 alone', () => {
    expect(systemPackages.filter((entry) => entry.for.includes('start')).map(({ name }) => name)).toEqual(['libbpf1']);
  });
});

describe('the launchers', () => {
  test('setup without a purpose is a mistake of usage', () => {
    const result = spawnSync(process.execPath, ['bin/setup.mjs', 'nonsense'], { cwd: root, encoding: 'utf8' });
    expect(result.status).toBe(2);
    expect(result.stderr).toMatch(/usage: node bin\/setup\.mjs start\|test\|demo\|kernels/);
  });

  test('anchorwatch runs on Node 24 and hands its status on', () => {
    const version = spawnSync(process.execPath, ['bin/anchorwatch.mjs', 'version'], { cwd: root, encoding: 'utf8' });
    expect(version.stdout).toMatch(/^anchorwatch \d+\.\d+\.\d+ \(Node (?:2[4-9]|[3-9]\d)\./);
    expect(version.status).toBe(0);
    expect(spawnSync(process.execPath, ['bin/anchorwatch.mjs', 'nonsense'], { cwd: root }).status).toBe(2);
  });
});
