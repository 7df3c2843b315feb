import { describe, expect, test } from 'vitest';
import { BurstLevels, parseBursts } from './burst-levels.ts';

const dayMs = 86_400_000;
const halfLifeMs = 30 * dayMs;

describe('BurstLevels', () => {
  test('small values, and those near what was seen, are usual', () => {
    const levels = new BurstLevels(halfLifeMs, 0);
    expect(levels.news('exec', 149, 0)).toBe('usual');
    expect(levels.news('exec', 250, 0)).toBe('new');
    levels.learn('exec', 100, 0);
    expect(levels.news('exec', 399, 0)).toBe('usual');
    expect(levels.news('exec', 400, 0)).toBe('new');
  });

  test('one process that computed makes others usual', () => {
    const levels = new BurstLevels(halfLifeMs, 0);
    expect(levels.news('cpu', 0.9, 0)).toBe('new');
    levels.learn('cpu', 0.2, 0);
    expect(levels.news('cpu', 4, 0)).toBe('usual');
  });

  test('a level fades with the half-life', () => {
    const levels = new BurstLevels(halfLifeMs, 0);
    levels.learn('pids', 400, 0);
    expect(levels.highest('pids', halfLifeMs)).toBeCloseTo(200);
    expect(levels.learn('pids', 150, halfLifeMs)).toBe(false);
    expect(levels.learn('pids', 250, halfLifeMs)).toBe(true);
  });

  test('what was told goes on for a day, then it is the workload’s own; twice as high is another', () => {
    const levels = new BurstLevels(halfLifeMs, 0);
    levels.tell('exec', 300, 0);
    expect(levels.news('exec', 500, 1000)).toBe('goes-on');
    expect(levels.news('exec', 600, 1000)).toBe('new');
    levels.goesOn('exec', dayMs - 1000);
    expect(levels.adopt(dayMs - 1)).toBe(false);
    expect(levels.adopt(dayMs)).toBe(true);
    expect(levels.news('exec', 500, dayMs)).toBe('usual');
  });

  test('what was over for a while and comes back is told again, then only after a longer quiet', () => {
    const levels = new BurstLevels(halfLifeMs, 0);
    levels.tell('memory', 300 << 20, 0);
    for (let timeMs = 1000; timeMs <= 90_000; timeMs += 1000) {
      expect(levels.news('memory', 300 << 20, timeMs)).toBe('goes-on');
      levels.goesOn('memory', timeMs);
    }
    expect(levels.news('memory', 300 << 20, 100_001)).toBe('back');
    levels.tell('memory', 300 << 20, 100_001);
    expect(levels.news('memory', 300 << 20, 100_001 + 79_000)).toBe('goes-on');
    expect(levels.news('memory', 300 << 20, 100_001 + 81_000)).toBe('back');
  });

  test('accepted is usual at once, denied is told again the next day', () => {
    const [accepted, denied] = [new BurstLevels(halfLifeMs, 0), new BurstLevels(halfLifeMs, 0)];
    for (const levels of [accepted, denied]) levels.tell('exec', 300, 0);
    expect(accepted.decide('exec', 'accept', 10)).toBe(true);
    expect(accepted.news('exec', 300, 10)).toBe('usual');
    expect(denied.decide('exec', 'deny', 10)).toBe(true);
    denied.adopt(dayMs);
    expect(denied.news('exec', 300, dayMs)).toBe('new');
    expect(denied.decide('pids', 'accept', 10)).toBe(false);
  });

  test('comes back as it was stored', () => {
    const levels = new BurstLevels(halfLifeMs, 5);
    levels.watched(1000);
    levels.learn('memory', 7, 6);
    levels.tell('exec', 300, 6);
    const state: unknown = JSON.parse(JSON.stringify(levels.stored));
    const again = new BurstLevels(halfLifeMs, 99, parseBursts(state));
    expect(again.stored).toEqual(levels.stored);
    expect(again.watchedMs).toBe(1000);
  });
});

test.each([
  [undefined],
  [null],
  [[]],
  [{ sinceMs: 0, watchedMs: -1, levels: {}, told: [] }],
  [{ sinceMs: 0, watchedMs: 1, levels: { fork: { value: 1, timeMs: 1 } }, told: [] }],
  [{ sinceMs: 0, watchedMs: 1, levels: { exec: { value: '1', timeMs: 1 } }, told: [] }],
  [{ sinceMs: 0, watchedMs: 1, levels: {}, told: [{ name: 'exec', value: 1, timeMs: 1 }] }],
])('%j is no stored state', (state) => {
  expect(parseBursts(state)).toBeUndefined();
});
