import { describe, expect, test } from 'vitest';
import { normal, seeded } from '../../test/support/draws.ts';
import { hourOfWeek, RateBaseline } from './rate-baseline.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** A Monday, 0:00 UTC. */
const mondayMs = Date.UTC(2026, 0, 5);

function learn(
  baseline: RateBaseline,
  days: number,
  value: (hour: number, day: number) => number,
  fromMs = mondayMs,
): void {
  for (let timeMs = fromMs; timeMs < fromMs + days * dayMs; timeMs += minuteMs) {
    const passed = timeMs - mondayMs;
    baseline.learn(value(Math.floor((passed % dayMs) / 3_600_000), Math.floor(passed / dayMs)), minuteMs, timeMs);
  }
}

describe('RateBaseline', () => {
  test('hours of the week begin on Monday', () => {
    expect(hourOfWeek(mondayMs)).toBe(0);
    expect(hourOfWeek(mondayMs + 25 * 3_600_000)).toBe(25);
    expect(hourOfWeek(mondayMs + 7 * dayMs - 1)).toBe(167);
  });

  test('follows the level from the first slice on', () => {
    const baseline = new RateBaseline();
    expect(baseline.isKnown).toBe(false);
    baseline.learn(2, minuteMs, mondayMs);
    expect(baseline.at(mondayMs)).toBe(2);
    const uniform = seeded(7);
    learn(baseline, 1, () => 3 + 0.3 * normal(uniform));
    expect(baseline.at(mondayMs + dayMs)).toBeCloseTo(3, 1);
  });

  test('a burst hardly moves it: one minute in ten a hundred times as high', () => {
    const baseline = new RateBaseline();
    const uniform = seeded(3);
    learn(baseline, 3, () => (uniform() < 0.1 ? 5.6 : 1 + 0.1 * normal(uniform)));
    expect(baseline.at(mondayMs + 3 * dayMs)).toBeLessThan(1.25);
  });

  test('knows the hours of the week after some weeks, the more the longer', () => {
    const baseline = new RateBaseline();
    const busy = (hour: number, day: number): number => (day % 7 < 5 && hour >= 8 && hour < 18 ? 3 : 1);
    const errors = [1, 1, 2, 4].map((weeks, index, all) => {
      const before = all.slice(0, index).reduce((sum, one) => sum + one, 0);
      learn(baseline, weeks * 7, busy, mondayMs + before * 7 * dayMs);
      const nextMs = mondayMs + (before + weeks) * 7 * dayMs;
      const of = (day: number, hour: number): number => baseline.at(nextMs + day * dayMs + hour * 3_600_000);
      return Math.abs(of(2, 12) - 3) + Math.abs(of(2, 3) - 1) + Math.abs(of(5, 12) - 1);
    });
    expect(errors).toEqual(errors.toSorted((a, b) => b - a));
    expect(errors.at(-1)).toBeLessThan(1);
  });

  test('is the same after it was stored, and starts anew when told to', () => {
    const baseline = new RateBaseline();
    learn(baseline, 10, (hour) => hour / 10);
    const again = new RateBaseline(JSON.parse(JSON.stringify(baseline.stored)) as typeof baseline.stored);
    expect(again.stored).toEqual(baseline.stored);
    expect(again.stored.hours).toHaveLength(168);
    again.restart();
    expect(again.isKnown).toBe(false);
    again.learn(9, minuteMs, mondayMs + 11 * dayMs);
    expect(again.at(mondayMs + 11 * dayMs)).toBe(9);
  });
});
