import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planBudget, raiseStep } from './budget.ts';
import type { BudgetLine } from './budget.ts';

/** A line that expects `perDay[n]` with the threshold raised by n steps. */
function line(perDay: readonly number[], raised = 0): BudgetLine {
  const raisedMax = (perDay.length - 1) * raiseStep;
  return { raised, raisedMax, expected: (by) => perDay[Math.min(perDay.length - 1, Math.round(by / raiseStep))] ?? 0 };
}

const total = (lines: readonly BudgetLine[], plan: readonly number[]): number =>
  lines.reduce((sum, one, index) => sum + one.expected(plan[index] ?? 0), 0);

describe('planBudget', () => {
  test('nothing is raised while the expectation fits', () => {
    expect(planBudget([line([0.5, 0]), line([0.4, 0])], 1)).toEqual([0, 0]);
  });

  test('the noisiest goes up first, no further than needed', () => {
    expect(planBudget([line([0.6, 0.5, 0]), line([9, 3, 0.2, 0])], 1)).toEqual([0, 1]);
  });

  test('a line that cannot be made quieter stays as it is', () => {
    expect(planBudget([line([50, 50, 50]), line([2, 1, 0.1])], 1)).toEqual([0, 1]);
  });

  test('steps that change nothing are skipped, when a later one does', () => {
    expect(planBudget([line([8, 8, 8, 0.5])], 1)).toEqual([1.5]);
  });

  test('comes down a step at a time, and not as soon as it just fits', () => {
    expect(planBudget([line([0.9, 0.2, 0], 0.5)], 1)).toEqual([0.5]);
    expect(planBudget([line([0.5, 0.2, 0], 1)], 1)).toEqual([0.5]);
    expect(planBudget([line([0.5, 0.2, 0], 0.5)], 1)).toEqual([0]);
    expect(planBudget([line([0.5, 0.2], 0.5)], Infinity)).toEqual([0]);
  });

  const lines = fc.array(
    fc
      .tuple(fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 1, maxLength: 5 }), fc.nat(4))
      .map(([perDay, steps]) =>
        line(
          perDay.toSorted((a, b) => b - a),
          Math.min(steps, perDay.length - 1) * raiseStep,
        ),
      ),
    { maxLength: 12 },
  );

  test('stays in bounds, and over the budget only when nothing more can be raised', () => {
    fc.assert(
      fc.property(lines, fc.double({ min: 0, max: 30, noNaN: true }), (all, budget) => {
        const plan = planBudget(all, budget);
        for (const [index, { raisedMax }] of all.entries()) {
          expect(plan[index]).toBeGreaterThanOrEqual(0);
          expect(plan[index]).toBeLessThanOrEqual(raisedMax);
        }
        const least = all.reduce((sum, one) => sum + one.expected(one.raisedMax), 0);
        expect(total(all, plan)).toBeLessThanOrEqual(Math.max(budget, least) + 1e-6);
      }),
    );
  });

  test('settles: with an unchanged profile it stops moving', () => {
    fc.assert(
      fc.property(lines, fc.double({ min: 0, max: 30, noNaN: true }), (all, budget) => {
        let state = all;
        const plans: (readonly number[])[] = [];
        for (let slice = 0; slice < 12; slice++) {
          const plan = planBudget(state, budget);
          plans.push(plan);
          state = state.map((one, index) => ({ ...one, raised: plan[index] ?? 0 }));
        }
        expect(plans.at(-1)).toEqual(plans.at(-2));
      }),
    );
  });
});
