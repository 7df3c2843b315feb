import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normal, seeded } from '../../test/support/draws.ts';
import { blockMs, peaksMax, RateTail } from './rate-tail.ts';

const halfLifeMs = 30 * 86_400_000;
const residuals = fc.array(fc.double({ min: -2, max: 8, noNaN: true }), { maxLength: 200 });

function tailOf(values: readonly number[], days = 0): RateTail {
  const tail = new RateTail(halfLifeMs);
  for (const [index, value] of values.entries()) tail.add(value, 1, days * 86_400_000 + index * blockMs);
  return tail;
}

describe('RateTail', () => {
  test('says nothing from fewer than eight blocks', () => {
    const tail = tailOf([1, 2, 3, 4, 5, 6, 7]);
    expect(tail.fit()).toBeUndefined();
    expect(tail.surprise(100)).toBe(0);
    expect(tail.residualOf(1)).toBe(Infinity);
  });

  test('surprise never falls with the residual, is never negative, and is finite', () => {
    fc.assert(
      fc.property(
        residuals,
        fc.double({ min: -5, max: 50, noNaN: true }),
        fc.double({ min: 0, max: 50, noNaN: true }),
        (values, at, more) => {
          const tail = tailOf(values);
          const [low, high] = [tail.surprise(at), tail.surprise(at + more)];
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeGreaterThanOrEqual(low - 1e-9);
          expect(Number.isFinite(high)).toBe(true);
        },
      ),
    );
  });

  test('the residual of so many decades has that surprise', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { minLength: 8, maxLength: 200 }), (values) => {
        const tail = tailOf(values);
        for (const decades of [0.5, 1, 2, 4]) expect(tail.surprise(tail.residualOf(decades))).toBeCloseTo(decades, 6);
      }),
    );
  });

  test('is bounded, keeps the highest, and does not depend on the order of what came at once', () => {
    fc.assert(
      fc.property(residuals, (values) => {
        const [tail, other] = [new RateTail(halfLifeMs), new RateTail(halfLifeMs)];
        for (const value of values) tail.add(value, 1, 1000);
        for (const value of values.toReversed()) other.add(value, 1, 1000);
        expect(tail.peaks.length).toBeLessThanOrEqual(peaksMax);
        expect(tail.peaks.map(({ residual }) => residual)).toEqual(values.toSorted((a, b) => b - a).slice(0, peaksMax));
        expect(other.surprise(4)).toBe(tail.surprise(4));
      }),
    );
  });

  test('what was seen fades: a burst of three half-lives ago is not the highest any more', () => {
    const tail = tailOf(Array.from({ length: 100 }, (_, index) => (index === 0 ? 5 : 0.1 + index / 1000)));
    expect(tail.highest).toBe(5);
    for (let day = 2; day < 150; day++) tail.add(0.1 + (day % 7) / 100, 1, day * 86_400_000);
    expect(tail.highest).toBeLessThan(1);
    expect(tail.blocks).toBeLessThan(60);
  });

  test.each([
    ['exponential', 0, (uniform: () => number) => -Math.log(uniform())],
    ['a Pareto tail', 0.4, (uniform: () => number) => (uniform() ** -0.4 - 1) / 0.4],
    ['bounded', 0, (uniform: () => number) => uniform()],
    ['half-normal', 0, (uniform: () => number) => Math.abs(normal(uniform))],
  ])('finds the shape of a tail: %s', (_name, shape, draw) => {
    const fits = Array.from({ length: 40 }, (_, seed) => {
      const uniform = seeded(seed + 1);
      return tailOf(Array.from({ length: 256 }, () => draw(uniform))).fit()?.shape ?? Number.NaN;
    });
    const mean = fits.reduce((sum, one) => sum + one, 0) / fits.length;
    // A third of it is the prior: it is drawn towards 0.05.
    expect(Math.abs(mean - (shape * 2 + 0.05) / 3)).toBeLessThan(0.12);
    for (const fit of fits) expect(fit >= 0 && fit <= 0.5).toBe(true);
  });
});
