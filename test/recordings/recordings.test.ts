import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
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
});
