import { expect, test } from 'vitest';
import { Admission, Door, paceOf } from './admission.ts';

test('takes batches as long as their bytes and their wait are bounded, puts the others off, and takes them later', () => {
  let nowMs = 0;
  const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  const admission = new Admission({ clock, maxBytes: 1000, maxWaitMs: 100 });
  expect(admission.begin(5000)).toBeUndefined();
  expect(admission.begin(1)).toBe(500);
  admission.end(5000);
  for (let batch = 0; batch < 10; batch += 1) expect(admission.begin(100)).toBeUndefined();
  expect(admission.begin(100)).toBe(500);
  expect(admission.waiting).toBe(10);
  // The store becomes slow: fewer may wait, and those that are put off are told how long it takes.
  for (let batch = 0; batch < 9; batch += 1) {
    nowMs += 2000;
    admission.end(100);
  }
  expect(admission.begin(10)).toBeGreaterThan(500);
  nowMs += 1;
  admission.end(100);
  expect(admission.waiting).toBe(0);
  expect(admission.begin(10)).toBeUndefined();
});

test('lets in no more at once than can be welcomed, and all of them in time', () => {
  let nowMs = 0;
  const door = new Door({ nowMs: () => nowMs, monotonicMs: () => nowMs });
  let inside = 0;
  for (let knock = 0; knock < 10_000; knock += 1) if (door.enter()) inside += 1;
  expect(inside).toBe(500);
  for (; nowMs < 60_000; nowMs += 4) if (inside < 10_000 && door.enter()) inside += 1;
  expect(inside).toBe(10_000);
});

test('the more agents there are, the slower each of them', () => {
  expect(paceOf(1)).toEqual({ reconnectMs: 500, reportMs: 5000 });
  expect(paceOf(10_000)).toEqual({ reconnectMs: 40_000, reportMs: 30_000 });
  expect(paceOf(1e9)).toEqual({ reconnectMs: 600_000, reportMs: 600_000 });
});
