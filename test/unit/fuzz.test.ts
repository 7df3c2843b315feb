import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checkRecord } from '../support/record-checks.ts';
import { kindNumbers } from '../support/sensor-records.ts';
import { corpusFolder, readInputs } from '../fuzz/corpus.ts';
import { recordTarget } from '../fuzz/sensor-targets.ts';
import { ordinaryTargets } from '../fuzz/targets.ts';

const program = join(import.meta.dirname, '..', 'fuzz', 'fuzz.ts');
const crashes = mkdtempSync(join(tmpdir(), 'anchorwatch-fuzz-'));

afterAll(() => {
  rmSync(crashes, { recursive: true, force: true });
});

/** `npm run fuzz` as it is, in a process of its own: coverage is of a whole thread. */
async function fuzz(...args: readonly string[]): Promise<{ readonly code: number | null; readonly text: string }> {
  const child = spawn(process.execPath, [program, '--crashes', crashes, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, text };
}

describe('npm run fuzz', () => {
  test('finds nothing in what it has gone through before, and a little more', { timeout: 120_000 }, async () => {
    const { code, text } = await fuzz('--runs', '256', '--seed', '17');
    expect(code, text).toBe(0);
    expect(text).toContain('seed 17\n');
    for (const { name } of ordinaryTargets) {
      const [, inputs = '0', kept = '0', covered = '0'] =
        new RegExp(`^${name}: (\\d+) inputs, (\\d+) kept, (\\d+) characters`, 'm').exec(text) ?? [];
      expect(Number(inputs), text).toBeGreaterThanOrEqual(256);
      expect(Number(kept), text).toBeGreaterThan(1);
      expect(Number(covered), text).toBeGreaterThan(500);
    }
  });

  test(
    'finds a mistake behind four bytes, writes the input, and finds it again in the file',
    { timeout: 120_000 },
    async () => {
      const found = await fuzz('planted-throw', '--runs', '50000', '--seed', '1');
      expect(found.code, found.text).toBe(1);
      expect(found.text).toContain('the planted mistake');
      const name = readdirSync(crashes).find((file) => file.startsWith('planted-throw-')) ?? '';
      const file = join(crashes, name);
      expect(readFileSync(file, 'latin1').slice(0, 4)).toBe('TRAP');
      const again = await fuzz('planted-throw', '--replay', file);
      expect(again.code, again.text).toBe(1);
      expect(again.text).toContain('failed after 1 inputs: Error: the planted mistake');
    },
  );

  test('sees what takes memory without end', { timeout: 120_000 }, async () => {
    const found = await fuzz('planted-memory', '--runs', '50000', '--seed', '1');
    expect([found.code, found.text]).toEqual([1, expect.stringContaining('took more than 256 MB') as string]);
  });

  test('says what it was asked that it cannot do', async () => {
    for (const args of [['nothing'], ['--runs', 'many']]) {
      const { code, text } = await fuzz(...args);
      expect([code, text]).toEqual([2, expect.stringContaining('usage: npm run fuzz') as string]);
    }
  });
});

test('the seeds and the corpus of the record target hold every kind of record', () => {
  const outcomes = new Set([...recordTarget.seeds(), ...readInputs(corpusFolder('record'))].map(checkRecord));
  const kinds = [...outcomes].filter((outcome) => /^[a-z]+(?:_[a-z]+)*$/.test(outcome));
  expect(kinds.length).toBe(kindNumbers.length);
});
