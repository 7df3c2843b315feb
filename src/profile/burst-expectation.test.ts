import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toldPerDay, toldShare } from './burst-expectation.ts';

test('nothing is expected before anything was told', () => {
  expect(toldShare([{ halfHours: 1000, raised: 0 }])).toBe(0);
  expect(toldShare([])).toBe(0);
  expect(toldPerDay(0, 10)).toBe(0);
});

test('the share is that of alerts among the records that there should be', () => {
  const halfHours = Math.E ** 2 - 1;
  expect(
    toldShare([{ halfHours, raised: 1 }, ...Array.from({ length: 4 }, () => ({ halfHours, raised: 0 }))]),
  ).toBeCloseTo(0.1);
  expect(toldPerDay(0.1, 47)).toBeCloseTo(0.1 * Math.LN2);
});

test('is no more than every record, and less the older the workload is', () => {
  const record = fc.record({ halfHours: fc.double({ min: 0, max: 1e6, noNaN: true }), raised: fc.nat({ max: 50 }) });
  fc.assert(
    fc.property(fc.array(record), fc.double({ min: 0, max: 1e6, noNaN: true }), (records, halfHours) => {
      const share = toldShare(records);
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(1);
      expect(toldPerDay(share, halfHours + 1)).toBeLessThanOrEqual(toldPerDay(share, halfHours));
    }),
  );
});

test('what is expected of the half hours to come is the records of theirs', () => {
  // Record by record: the n-th of exchangeable half hours is one with 1/n.
  const sum = Array.from({ length: 48 }, (_, index) => 1 / (100 + 1 + index)).reduce((all, one) => all + one, 0);
  expect(toldPerDay(1, 100)).toBeCloseTo(sum, 2);
});
