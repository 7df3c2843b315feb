import { describe, expect, test } from 'vitest';
import { spinsOf } from './spin.ts';
import type { Look, Looks } from './spin.ts';

const idle: Look = {
  ...{ start: '1', ranMs: 0, systemMs: 0, readyMs: 0, bytes: 0 },
  ...{ parent: 1, running: false, childrenMs: 0 },
};

function looks(timeMs: number, processes: Readonly<Record<number, Partial<Look>>>): Looks {
  return {
    timeMs,
    processes: new Map(Object.entries(processes).map(([pid, look]) => [Number(pid), { ...idle, ...look }])),
  };
}

describe('spinsOf', () => {
  test('who ran all the time and neither read nor wrote is still', () => {
    const found = spinsOf(looks(0, { 7: {}, 8: {} }), looks(3000, { 7: { ranMs: 2990 }, 8: { ranMs: 100 } }));
    expect(found).toEqual([{ pid: 7, family: [], cores: 2990 / 3000, lengthMs: 3000, still: true }]);
  });

  test('who waited for a processor of a busy node never paused either', () => {
    const after = looks(3000, { 7: { ranMs: 600, readyMs: 2900 }, 8: { ranMs: 600, readyMs: 700 } });
    expect(spinsOf(looks(0, { 7: {}, 8: {} }), after).map(({ pid }) => pid)).toEqual([7]);
  });

  test('who reads, writes or serves is not still', () => {
    const after = looks(3000, { 7: { ranMs: 2990, bytes: 1_000_000 }, 8: { ranMs: 2980, systemMs: 300 } });
    expect(spinsOf(looks(0, { 7: {}, 8: {} }), after).map(({ still }) => still)).toEqual([false, false]);
  });

  test('who starts one program after the other works through them, while one of them runs', () => {
    const before = looks(0, { 7: { childrenMs: 1000 } });
    const after = (children: number, running: boolean): Looks =>
      looks(4000, { 7: { childrenMs: 1000 + children }, 8: { parent: 7 }, 9: { parent: 8, running }, 5: { running } });
    expect(spinsOf(before, after(3000, true))).toEqual([
      { pid: 7, family: [8, 9], cores: 0.75, lengthMs: 4000, still: false },
    ]);
    expect(spinsOf(before, after(1000, true))).toEqual([]);
    expect(spinsOf(before, after(20_000, true))).toEqual([]);
    expect(spinsOf(before, after(3000, false))).toEqual([]);
  });

  test('nothing is said of short looks, and of another process with the same pid', () => {
    expect(spinsOf(looks(0, { 7: {} }), looks(2000, { 7: { ranMs: 2000 } }))).toEqual([]);
    expect(spinsOf(looks(0, { 7: {} }), looks(3000, { 7: { ranMs: 3000, start: '2' } }))).toEqual([]);
    expect(spinsOf(looks(0, {}), looks(3000, { 7: { ranMs: 3000 } }))).toEqual([]);
  });
});
