import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { starterPaths, Starters } from '../../src/agent/starters.ts';
import { createLogger } from '../../src/lib/log.ts';
import { expectedLine, replayed } from './expected.ts';

const folder = import.meta.dirname;
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.recording'))
  .map((name) => name.slice(0, -'.recording'.length));

/** Attacks on real workloads under load, as the kernel told of them (node test/recordings/make.ts). */
describe('recordings of real workloads', () => {
  test('are there', () => {
    expect(names).toContain('shop');
    expect(names).toContain('redis');
  });

  test.each(names)('%s: the attack is told, and nothing else', async (name) => {
    const expected = readFileSync(join(folder, `${name}.expected`), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    const { alerts, summary } = await replayed(join(folder, `${name}.recording`));
    expect(alerts.map(expectedLine)).toEqual(expected);
    expect(expected.length).toBeGreaterThan(0);
    expect(summary).toMatchObject({ broken: 0, failed: 0, shed: 0, lost: 0, torn: '' });
    expect(summary.events).toBeGreaterThan(20);
  });

  test.each(names)('%s: with the shipped starters the same is told, and no less severely', async (name) => {
    const path = join(folder, `${name}.recording`);
    const starters = new Starters(starterPaths('on'), createLogger({ level: 'silent' }));
    const [{ alerts: without }, { alerts }] = [await replayed(path), await replayed(path, { starters })];
    expect(alerts.map(({ dimension, key, rules }) => [dimension, key, rules])).toEqual(
      without.map(({ dimension, key, rules }) => [dimension, key, rules]),
    );
    for (const [index, { score, severity, suspicion }] of alerts.entries()) {
      expect(severity).toBe(without[index]?.severity);
      // Of a notice suspicion is what surprise leaves room for.
      if (severity !== 'notice') expect(suspicion).toBe(without[index]?.suspicion);
      expect(score).toBeGreaterThanOrEqual(without[index]?.score ?? 0);
    }
  });
});
