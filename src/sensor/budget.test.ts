import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Budget } from './budget.ts';

test('whatever is done with it: no more than the burst, the rate and one piece of work over it is spent', () => {
  const step = fc.record({ passMs: fc.nat(5_000), workMs: fc.nat(300) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const budget = new Budget({ msPerSecond: 10, burstMs: 50, nowMs: 1_000 });
      let [nowMs, spentMs] = [1_000, 0];
      for (const { passMs, workMs } of steps) {
        nowMs += passMs;
        if (budget.left(nowMs) <= 0) continue;
        budget.spend(workMs);
        spentMs += workMs;
        expect(spentMs).toBeLessThanOrEqual(50 + (nowMs - 1_000) / 100 + workMs + 1e-6);
      }
    }),
  );
});

test('a debt is waited off, what is left unused is kept up to the burst', () => {
  const budget = new Budget({ msPerSecond: 10, burstMs: 50, nowMs: 0 });
  budget.spend(70);
  expect([0, 1_000, 2_000, 3_000, 60_000].map((nowMs) => budget.left(nowMs))).toEqual([-20, -10, 0, 10, 50]);
});

test('a clock that stands still or goes back gives nothing', () => {
  const budget = new Budget({ msPerSecond: 10, burstMs: 50, nowMs: 10_000 });
  budget.spend(50);
  expect([budget.left(10_000), budget.left(0), budget.left(10_000)]).toEqual([0, 0, 0]);
});
