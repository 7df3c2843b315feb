import { readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadStarters, starterPaths } from '../../src/agent/starters.ts';
import { parseStarter } from '../../src/profile/starter-file.ts';
import { starterDocument } from '../starter/document.ts';
import { starterPrograms } from '../starter/programs.ts';

const { starters, problems } = loadStarters(starterPaths('on'));

describe('the shipped starters', () => {
  test('are those that "npm run starter" makes, and have no mistakes', () => {
    expect(problems).toEqual([]);
    expect(starters.map(({ name }) => name)).toEqual(starterPrograms.map(({ name }) => name).toSorted());
  });

  test.each(starters.map((starter) => [starter.name, starter] as const))(
    '%s is of real runs, small, and of no machine',
    (_name, { file, samples, features, programs }) => {
      expect(samples.startup).toBeGreaterThanOrEqual(8);
      expect(samples.steady).toBeGreaterThanOrEqual(40);
      expect(features.some(({ key }) => key === '<program>')).toBe(true);
      expect(features.length).toBeLessThan(250);
      expect(statSync(file).size).toBeLessThan(20_000);
      const text = readFileSync(file, 'utf8');
      expect(text).not.toMatch(/\b\d{1,3}(?:\.\d{1,3}){3}\b/);
      expect(text).not.toMatch(/[0-9a-f]{12,}/);
      expect(text).not.toMatch(/x86_64|aarch64/);
      // What none of these programs does by itself.
      for (const { key } of features) expect(key).not.toMatch(/shadow|\.ssh|cron|curl|wget|\bnc\b/);
      for (const program of programs) expect(program).toMatch(/^\/(?:usr|opt)\//);
    },
  );
});

describe('the document of a starter', () => {
  const row = { state: 'known', weight: { startup: 0, steady: 0 }, firstSeenMs: 0, lastSeenMs: 0 } as const;
  const feature = (
    dimension: 'exec' | 'file.read' | 'file.write' | 'net.out',
    key: string,
    startup = 2,
    steady = 5,
  ) => ({
    ...{ ...row, dimension, key, startup, steady },
  });
  const subject = {
    name: 'node-web',
    about: 'a: "b"',
    programs: ['/usr/bin/node'],
    images: ['node'],
    ofApplication: ['/srv/'],
  };
  const made = (...features: readonly ReturnType<typeof feature>[]): ReturnType<typeof starterDocument> =>
    starterDocument(
      subject,
      { samples: { startup: 4, steady: 9 }, features },
      { revision: '2026-01-05', hostName: 'build-7' },
    );

  test('holds what is the program’s own, and can be read again', () => {
    const { text, left } = made(
      feature('exec', '/usr/bin/node /srv/app.js'),
      feature('exec', '/bin/sh > /usr/bin/node'),
      feature('exec', '/bin/sh -c exec /usr/bin/node'),
      feature('file.read', '/etc/hosts: "x" # y'),
      feature('file.write', '/tmp/*', 2, 99),
      feature('file.write', '/tmp/a-b', 1, 0),
      feature('file.read', '/usr/lib/x86_64-linux-gnu/libc.so.6'),
      feature('file.read', '/sys/fs/cgroup/0123456789abcdef/cpu.max'),
      feature('file.read', '/etc/build-7.conf'),
      feature('net.out', '10.0.0.7:5432/tcp'),
      { ...feature('file.read', '/etc/passwd'), state: 'judged' as never },
    );
    expect(left).toEqual({ dimension: 1, judged: 1, application: 2, place: 2, library: 1, passing: 1 });
    expect(parseStarter('x.yaml', text)).toMatchObject({
      starter: {
        ...{ name: 'node-web', revision: '2026-01-05', samples: { startup: 4, steady: 9 } },
        features: [
          { dimension: 'exec', key: '/bin/sh > <program>', startup: 2, steady: 5 },
          { dimension: 'file.read', key: '/etc/hosts: "x" # y', startup: 2, steady: 5 },
          { dimension: 'file.write', key: '/tmp/*', startup: 2, steady: 9 },
        ],
      },
    });
  });
});
