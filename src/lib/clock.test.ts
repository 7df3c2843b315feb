import { expect, test } from 'vitest';
import { systemClock } from './clock.ts';

test('the wall clock is the machine clock', () => {
  const before = Date.now();
  const now = systemClock.nowMs();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(Date.now());
});

test('the monotonic clock never goes back', () => {
  let last = systemClock.monotonicMs();
  for (let i = 0; i < 1000; i += 1) {
    const now = systemClock.monotonicMs();
    expect(now).toBeGreaterThanOrEqual(last);
    last = now;
  }
});
