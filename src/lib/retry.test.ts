import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs } from './retry.ts';

test('the bound doubles until it reaches the maximum', () => {
  const bounds = [0, 1, 2, 3, 4].map((attempt) =>
    backoffMs(attempt, { baseMs: 100, maxMs: 1000, random: () => 0.999999 }),
  );
  expect(bounds).toEqual([99, 199, 399, 799, 999]);
});

test('a wait is a whole number within its bound for any attempt and any draw', () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 0.9999999, noNaN: true }), (attempt, draw) => {
      const wait = backoffMs(attempt, { baseMs: 250, maxMs: 30_000, random: () => draw });
      expect(Number.isInteger(wait)).toBe(true);
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(wait).toBeLessThan(30_000);
    }),
  );
});
