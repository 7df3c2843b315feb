import { describe, expect, test } from 'vitest';
import { AlertBudget } from './alert-budget.ts';
import type { BudgetEntry } from './alert-budget.ts';

const workload = { id: 'w', name: 'shop/web', kind: 'compose' } as const;
/** Surprise of something new: log10(10001/11) = 2.96; a thousandth of 1440 samples a day shows something new. */
const counts = { samples: 10_000, once: 10, twice: 0, total: 20_000 };
const entry: BudgetEntry = { workload, dimension: 'file.read', containers: 5, counts };
const sliceMs = 60_000;

/** A budget that has judged `news` new features, as suspicious as told. */
function budget(alertBudget: number, suspicions: readonly number[]): AlertBudget {
  const made = new AlertBudget({ alertBudget, sliceMs });
  for (const suspicion of suspicions) made.tally('file.read', 'learn', suspicion);
  return made;
}

describe('AlertBudget', () => {
  test('raises a threshold until the expectation fits, and lowers it when the workload is gone', () => {
    // Every new feature has a little suspicion: 7.2 a day.
    const noisy = budget(1, [1, 1, 1, 1]);
    expect(noisy.expectedPerDay([entry])).toBeCloseTo(7.2);
    expect(noisy.inForce(workload, 'file.read')).toMatchObject({ warning: 3, raised: 0 });
    noisy.adjust([entry]);
    expect(noisy.expectedPerDay([entry])).toBeLessThanOrEqual(1);
    expect(noisy.inForce(workload, 'file.read')).toEqual({ warning: 4, critical: 5, suspicionAlone: 3, raised: 1 });
    expect(noisy.inForce(workload, 'exec')).toMatchObject({ warning: 3 });
    noisy.adjust([]);
    expect(noisy.inForce(workload, 'file.read')).toMatchObject({ warning: 3, raised: 0 });
  });

  test('cannot buy quiet with what is suspicious by itself: nothing is raised for it', () => {
    const bad = budget(1, [3, 4, 5]);
    bad.adjust([entry]);
    expect(bad.expectedPerDay([entry])).toBeCloseTo(7.2);
    expect(bad.inForce(workload, 'file.read')).toMatchObject({ warning: 3, raised: 0 });
  });

  test('never raises the threshold for warnings above that for critical alerts', () => {
    const narrow = new AlertBudget({ alertBudget: 0, sliceMs, thresholds: () => ({ warning: 3, critical: 3.2 }) });
    narrow.tally('file.read', 'learn', 0.2);
    narrow.adjust([entry]);
    expect(narrow.inForce(workload, 'file.read').warning).toBeLessThanOrEqual(3.2);
  });

  test('detectors that share a dimension share its threshold: their expectations add up', () => {
    const share = { workload, dimension: 'rate.exec' } as const;
    const below = (perDay: number, most: number): BudgetEntry => ({
      ...share,
      expected: (warning) => (most < warning ? 0 : perDay),
    });
    const shared = new AlertBudget({ alertBudget: 1, sliceMs });
    const entries = [below(2, 3.2), below(0.5, 9)];
    shared.adjust(entries);
    expect(shared.inForce(workload, 'rate.exec')).toMatchObject({ raised: 0.5 });
    expect(shared.expectedPerDay(entries)).toBe(0.5);
  });

  test('what rules tell of a slice whatever was raised is expected whatever was raised', () => {
    const told: BudgetEntry = { ...entry, suspicion: 3, expected: (warning) => (warning > 3 ? 0 : 4) };
    const sure = budget(1, []);
    sure.adjust([told]);
    expect(sure.inForce(workload, 'file.read')).toMatchObject({ raised: 0 });
    expect(sure.expectedPerDay([told])).toBe(4);
  });

  test('forecasts something where nothing was loud yet, and raises nothing for it', () => {
    const calm = budget(1, [0, 0, 0, 0]);
    calm.adjust([entry]);
    expect(calm.expectedPerDay([entry])).toBe(0);
    expect(calm.inForce(workload, 'file.read')).toMatchObject({ raised: 0 });
    const { perDay, low, high } = calm.forecast([entry]);
    expect(perDay).toBeGreaterThan(0);
    expect(low).toBeLessThan(perDay);
    expect(high).toBeGreaterThan(perDay);
    // The more news that were not loud, the less.
    const calmer = budget(1, Array<number>(1000).fill(0)).forecast([entry]);
    expect(calmer.perDay).toBeLessThan(perDay / 10);
    expect(calmer.high).toBeLessThan(high);
  });

  test('forecasts what restarts show, and what detectors of slices expect', () => {
    const shown = budget(1, [3, 0]);
    const own = shown.forecast([entry]).perDay;
    const startup = { counts: { samples: 20, once: 10, twice: 0, total: 500 }, perDay: 0 };
    expect(shown.forecast([{ ...entry, startup }]).perDay).toBeLessThanOrEqual(own);
    expect(shown.forecast([{ ...entry, startup: { ...startup, perDay: 50 } }]).perDay).toBeGreaterThan(own);
    const { perDay, low } = shown.forecast([{ workload, dimension: 'rate.exec', expected: () => 0.25 }]);
    expect([perDay, low]).toEqual([0.25, 0.25]);
  });

  test('counts what was raised within a day', () => {
    const counted = budget(1, []);
    const hourMs = 3_600_000;
    for (const hour of [0, 0, 10, 23]) counted.alerted(hour * hourMs);
    expect(counted.raisedLastDay(23 * hourMs)).toBe(4);
    expect(counted.raisedLastDay(24 * hourMs)).toBe(2);
    expect(counted.raisedLastDay(100 * hourMs)).toBe(0);
  });
});
