import { expect, test } from 'vitest';
import { Throttle } from './throttle.ts';

test('an agent waits for what it sent too much of, messages or bytes', async () => {
  let [nowMs, waits] = [0, 0];
  const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  const limits = { messagesPerSecond: 1000, messagesAtOnce: 3, bytesPerSecond: 1_000_000, bytesAtOnce: 10_000 };
  const throttle = new Throttle(limits, clock, () => {
    waits += 1;
  });
  for (let message = 0; message < 3; message += 1) await throttle.spend(10);
  expect(waits).toBe(0);
  await throttle.spend(10);
  expect(waits).toBe(1);
  nowMs = 1000;
  await throttle.spend(10);
  expect(waits).toBe(1);
  await throttle.spend(11_000);
  expect(waits).toBe(2);
});
