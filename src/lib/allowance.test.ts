import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Allowance, Allowances } from './allowance.ts';

test('so much at once, then so much a second', () => {
  const allowance = new Allowance(2, 4, 0);
  for (let taken = 0; taken < 4; taken += 1) expect(allowance.take(1, 0)).toBe(0);
  expect(allowance.waitMs(1, 0)).toBe(500);
  expect(allowance.take(1, 0)).toBe(500);
  expect(allowance.waitMs(1, 500)).toBe(500);
  expect(allowance.waitMs(1, 1000)).toBe(0);
});

test('what is larger than the most that may be taken is not waited for in vain', () => {
  expect(new Allowance(1, 4, 0).waitMs(100, 0)).toBe(0);
});

test('over any time no more is granted than was at hand and came in', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(500), { maxLength: 200 }), (pausesMs) => {
      const allowances = new Allowances(5, 10, 4);
      let [nowMs, granted] = [0, 0];
      for (const pauseMs of pausesMs) {
        nowMs += pauseMs;
        if (allowances.take('one', nowMs) === 0) granted += 1;
      }
      expect(granted).toBeLessThanOrEqual(10 + (nowMs / 1000) * 5 + 1e-6);
    }),
  );
});

test('keys do not take from each other, and only so many are remembered', () => {
  const allowances = new Allowances(1, 1, 2);
  expect(allowances.take('a', 0)).toBe(0);
  expect(allowances.take('a', 0)).toBe(1000);
  expect(allowances.take('b', 0)).toBe(0);
  expect(allowances.take('a', 0)).toBe(1000);
  expect(allowances.take('c', 0)).toBe(0);
  // b was not asked for longest.
  expect(allowances.take('a', 0)).toBe(1000);
  expect(allowances.take('b', 0)).toBe(0);
});
