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
  const [waits, backAtMs]: [number[], number[]] = [[], []];
  for (let knock = 0; knock < 10_000; knock += 1) {
    const wait = door.enter(0);
    waits.push(wait);
    if (wait > 0) backAtMs.push(wait * 1000 + (knock % 1000) * wait);
  }
  expect(waits.filter((wait) => wait === 0)).toHaveLength(500);
  expect(Math.max(...waits)).toBe(19);
  expect(new Door({ nowMs: () => 0, monotonicMs: () => 0 }).enter(200)).toBe(1);
  // Each comes again within once and twice the time that it was told, and again if it has to.
  let inside = 500;
  while (inside < 10_000 && nowMs < 120_000) {
    nowMs += 10;
    for (const [at, due] of backAtMs.entries()) {
      if (due > nowMs) continue;
      const wait = door.enter(0);
      if (wait === 0) inside += 1;
      backAtMs[at] = wait === 0 ? Infinity : nowMs + wait * 1500;
    }
  }
  expect([inside, nowMs < 60_000]).toEqual([10_000, true]);
});

test('the more agents there are, the slower each of them', () => {
  expect(paceOf(1)).toEqual({ reconnectMs: 500, reportMs: 5000 });
  expect(paceOf(10_000)).toEqual({ reconnectMs: 40_000, reportMs: 30_000 });
  expect(paceOf(1e9)).toEqual({ reconnectMs: 600_000, reportMs: 600_000 });
});
