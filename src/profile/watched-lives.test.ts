import { expect, test } from 'vitest';
import { WatchedLives, watchedShare } from './watched-lives.ts';

const hour = 3_600_000;

test('a container that is older than the agent was not watched before', () => {
  const lives = new WatchedLives();
  expect(lives.started('old', 0, 3 * hour)).toBe(3 * hour);
  expect(lives.of('old', 4 * hour)).toEqual({ lifeMs: 4 * hour, unwatchedMs: 3 * hour });
  expect(watchedShare(lives.of('old', 4 * hour))).toBe(0.25);
  lives.started('new', 4 * hour - 900, 4 * hour);
  expect(watchedShare(lives.of('new', 5 * hour))).toBe(1);
  expect(lives.started('unknown', undefined, 4 * hour)).toBe(0);
});

test('an agent that was restarted knows what the last one watched, and what nobody did', () => {
  const first = new WatchedLives();
  first.started('web', 0, 1000);
  first.started('moved', 0, 1000);
  const second = new WatchedLives(first.stored(10 * hour));
  second.started('web', 0, 10 * hour + 2_000);
  expect(second.of('web', 11 * hour)?.unwatchedMs).toBe(0);
  const third = new WatchedLives(second.stored(11 * hour));
  third.started('web', 0, 12 * hour);
  expect(third.of('web', 12 * hour)).toEqual({ lifeMs: 12 * hour, unwatchedMs: hour });
  // Started again while nobody watched: another life.
  third.started('moved', 11.5 * hour, 12 * hour);
  expect(third.of('moved', 12 * hour)?.unwatchedMs).toBe(0.5 * hour);
});
