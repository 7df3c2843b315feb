import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert } from '../model/alert.ts';
import { printable } from './assemble.ts';
import { Deduplicator, deduplicationOf, defaultDeduplication } from './deduplicate.ts';

let made = 0;
const make = (): Alert => ({ id: String(++made), count: 1, lastTime: '' }) as Alert;

describe('Deduplicator', () => {
  test('one alert within the window; its count is told at 2, 4, 8 and then every few seconds', () => {
    const deduplicator = new Deduplicator();
    const outcomes: string[] = [];
    for (let index = 0; index < 20; index++)
      outcomes.push(deduplicator.take('a', 'exec /bin/sh', 'k', index * 100, make).outcome);
    expect(outcomes.filter((outcome) => outcome === 'new')).toHaveLength(1);
    expect(outcomes.flatMap((outcome, index) => (outcome === 'update' ? [index + 1] : []))).toEqual([2, 4, 8]);
    expect(deduplicator.due(10_000)).toMatchObject([{ count: 20 }]);
    expect(deduplicator.due(20_000)).toEqual([]);
  });

  test('other containers, other features and later times are other alerts', () => {
    const deduplicator = new Deduplicator();
    expect(deduplicator.take('a', 'x', 'k', 0, make).outcome).toBe('new');
    expect(deduplicator.take('b', 'x', 'k', 0, make).outcome).toBe('new');
    expect(deduplicator.take('a', 'y', 'k', 0, make).outcome).toBe('new');
    expect(deduplicator.take('a', 'x', 'k', 600_001, make).outcome).toBe('new');
    expect(deduplicator.count(['a'], 'z', 0)).toBeUndefined();
  });

  test('a storm of features of one kind is a few alerts, the last of which counts the rest', () => {
    const deduplicator = new Deduplicator({ ...defaultDeduplication, kindMax: 3 });
    const scan = (from: number, timeMs: number): string[] =>
      Array.from(
        { length: 50 },
        (_, port) => deduplicator.take('a', `port ${from + port}`, 'net.out scan nmap', timeMs + port, make).outcome,
      );
    const outcomes = scan(0, 0);
    expect(outcomes.slice(0, 3)).toEqual(['new', 'new', 'new']);
    expect(outcomes.slice(3)).not.toContain('new');
    expect(deduplicator.folded).toBe(47);
    expect(deduplicator.due(60_000)).toMatchObject([{ count: 48 }]);
    expect(deduplicator.take('a', 'other', 'exec', 100, make).outcome).toBe('new');
    expect(scan(1000, 700_000).slice(0, 3)).toEqual(['new', 'new', 'new']);
  });

  test('a scan uses up little of what its kind may raise', () => {
    const deduplicator = new Deduplicator();
    const burst = (from: number, timeMs: number): number =>
      Array.from(
        { length: 100 },
        (_, port) => deduplicator.take('a', `port ${from + port}`, 'net.out scan nmap', timeMs + port, make).outcome,
      ).filter((outcome) => outcome === 'new').length;
    expect(burst(0, 0)).toBe(6);
    expect(deduplicator.take('a', 'port 9000', 'net.out scan nmap', 20_000, make).outcome).toBe('new');
    expect([1, 2, 3, 4, 5, 6, 7].map((round) => burst(round * 1000, round * 30_000))).toEqual([6, 6, 6, 6, 6, 3, 0]);
  });

  test('what may come back is told anew after a quiet that grows, what goes on is not', () => {
    const deduplicator = new Deduplicator();
    const told = (everyMs: number, feature: string, returns: boolean): readonly number[] =>
      Array.from({ length: 30 }, (_, index) => index * everyMs).filter(
        (timeMs) =>
          deduplicator.take('a', feature, feature, timeMs, make, returns ? { doer: '1' } : undefined).outcome === 'new',
      );
    expect(told(20_000, 'goes on', true)).toEqual([0]);
    expect(told(120_000, 'every two minutes', true)).toEqual([0, 120_000]);
    expect(told(300_000, 'every five minutes', true)).toEqual([0, 300_000, 600_000]);
    expect(told(300_000, 'may not', false)).toEqual([0]);
    expect(deduplicationOf(60_000).returnMs).toBe(130_000);
  });

  test('what somebody else does is told anew sooner, once', () => {
    const deduplicator = new Deduplicator();
    const take = (doer: string, timeMs: number): string =>
      deduplicator.take('a', 'exec id', 'exec id', timeMs, make, { doer }).outcome;
    expect(take('1', 0)).toBe('new');
    expect(take('1', 10_000)).not.toBe('new');
    expect(take('2', 11_000)).not.toBe('new');
    expect(take('2', 14_000)).toBe('new');
    expect(take('3', 30_000)).not.toBe('new');
    expect(take('4', 30_000 + 70_001)).toBe('new');
  });

  test('is bounded and counts what it forgot', () => {
    const deduplicator = new Deduplicator({ ...defaultDeduplication, capacity: 10 });
    for (let index = 0; index < 100; index++) deduplicator.take('a', String(index), String(index), index, make);
    expect(deduplicator.size).toBe(10);
    expect(deduplicator.forgotten).toBe(90);
  });
});

test('printable leaves no control characters and is bounded', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const safe = printable(text, 100);
      return safe.length <= 100 && !/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/.test(safe) && safe.isWellFormed();
    }),
  );
  expect(printable('a\nb\u001b[31m', 100)).toBe('a\\x0ab\\x1b[31m');
});
