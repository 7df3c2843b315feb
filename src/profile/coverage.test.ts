import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coverage, surpriseOfNew, surpriseOfSeen } from './coverage.ts';

describe('coverage (Chao & Jost 2012)', () => {
  test('worked example', () => {
    // T=10, Q1=4, Q2=2, U=40: 1 - 4/40 * (36 / (36 + 4)) = 0.91
    expect(coverage({ samples: 10, once: 4, twice: 2, total: 40 })).toBeCloseTo(0.91, 10);
  });
  test('nothing known is 0, everything seen again is 1', () => {
    expect(coverage({ samples: 0, once: 0, twice: 0, total: 0 })).toBe(0);
    expect(coverage({ samples: 1, once: 5, twice: 0, total: 5 })).toBe(0);
    expect(coverage({ samples: 100, once: 0, twice: 0, total: 300 })).toBe(1);
  });
  test('stays between 0 and 1', () => {
    const counts = fc.record({ samples: fc.nat(1e6), once: fc.nat(1e4), twice: fc.nat(1e4), total: fc.nat(1e7) });
    fc.assert(fc.property(counts, (c) => coverage(c) >= 0 && coverage(c) <= 1 && surpriseOfNew(c) >= 0));
  });
});

describe('surprise', () => {
  test('grows with samples and shrinks with churn', () => {
    expect(surpriseOfNew({ samples: 0, once: 0, twice: 0, total: 0 })).toBe(0);
    expect(surpriseOfNew({ samples: 9999, once: 0, twice: 0, total: 30_000 })).toBeCloseTo(4);
    expect(surpriseOfNew({ samples: 999, once: 990, twice: 0, total: 999 })).toBeLessThan(0.01);
  });
  test('of a rare feature decays with its count and never reaches a threshold', () => {
    const counts = { samples: 10_000, once: 0, twice: 0, total: 30_000 };
    const decay = [1, 2, 5, 20, 500].map((incidence) => surpriseOfSeen(counts, incidence));
    expect(decay).toEqual(decay.toSorted((a, b) => b - a));
    expect(decay[0]).toBeLessThanOrEqual(1);
    expect(decay.at(-1)).toBeLessThan(0.01);
  });
});
