import { expect, test } from 'vitest';
import { News } from './news.ts';

test('what is new counts for ten seconds, by container and dimension', () => {
  const news = new News();
  expect([0, 1000, 2000].map((timeMs) => news.count('a', 'net.out', true, timeMs))).toEqual([1, 2, 3]);
  expect(news.count('a', 'file.read', true, 2000)).toBe(1);
  expect(news.count('b', 'net.out', true, 2000)).toBe(1);
  expect(news.count('a', 'net.out', false, 3000)).toBe(3);
  expect(news.count('a', 'net.out', true, 10_500)).toBe(3);
  news.forget('a');
  expect(news.count('a', 'net.out', false, 10_600)).toBe(0);
});

test('a flood is counted up to a bound', () => {
  const news = new News();
  const counts = Array.from({ length: 200 }, (_, index) => news.count('a', 'net.out', true, index));
  expect(counts.at(-1)).toBe(64);
});
