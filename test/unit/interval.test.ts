import { expect, test } from 'vitest';
import { poissonInterval, wilsonInterval } from '../evaluate/interval.ts';

test('Poisson intervals as in the tables', () => {
  const rounded = (count: number): readonly number[] => poissonInterval(count).map((x) => Math.round(x * 1000) / 1000);
  expect([0, 1, 2, 10].map(rounded)).toEqual([
    [0, 3.689],
    [0.025, 5.572],
    [0.242, 7.225],
    [4.795, 18.39],
  ]);
});

test('Wilson intervals', () => {
  const rounded = (part: number, whole: number): readonly number[] =>
    wilsonInterval(part, whole).map((x) => Math.round(x * 1000) / 1000);
  expect([rounded(0, 0), rounded(0, 10), rounded(9, 10), rounded(10, 10), rounded(97, 100)]).toEqual([
    [0, 1],
    [0, 0.278],
    [0.596, 0.982],
    [0.722, 1],
    [0.915, 0.99],
  ]);
});
