import { describe, expect, test } from 'vitest';
import { makeContainer } from '../../test/support/containers.ts';
import { createLogger } from '../lib/log.ts';
import type { StoredMixState } from '../profile/syscall-mix-state.ts';
import { MixLoop } from './mix-loop.ts';
import { MixWatch } from './mix-watch.ts';

const container = { ...makeContainer(), startedAtMs: undefined };

/** A loop over one container whose counters are set by hand. */
function begin(): {
  readonly loop: MixLoop;
  readonly saved: StoredMixState[];
  readonly at: (timeMs: number, totals: readonly number[] | undefined) => void;
} {
  const saved: StoredMixState[] = [];
  const options = { sliceMs: 60_000, startupMs: 60_000 };
  let [nowMs, counts]: [number, readonly number[] | undefined] = [0, undefined];
  const watch = new MixWatch({
    ...{ ...options, arch: 'x64', random: () => 0 },
    slices: { take: () => ({ reason: 'below' }) },
    store: { load: () => [], save: (mixes) => void saved.push(...mixes.map(({ state }) => state)) },
  });
  const loop = new MixLoop({
    ...{ ...options, watch, running: () => [container], raise: () => undefined },
    counts: () => counts,
    clock: { nowMs: () => nowMs, monotonicMs: () => nowMs },
    log: createLogger({ level: 'silent' }),
  });
  const at = (timeMs: number, totals: readonly number[] | undefined): void => {
    [nowMs, counts] = [timeMs, totals];
    loop.tick();
  };
  return { loop, saved, at };
}

describe('MixLoop', () => {
  test('a slice is what was made since the last one, in slices of full length', () => {
    const { loop, saved, at } = begin();
    at(0, [10, 0, 5]);
    at(30_000, [1000, 1000, 1000]);
    at(60_000, [30, 0, 6]);
    at(150_000, [60, 3, 6]);
    loop.finish();
    expect(saved.at(-1)?.mix.windows.map(({ counts }) => counts)).toEqual([
      [0, 20, 2, 1],
      [0, 20, 1, 2],
    ]);
  });

  test('after a gap, a restart, or where nothing is counted there is no slice', () => {
    const { loop, saved, at } = begin();
    at(0, undefined);
    at(60_000, [10]);
    at(240_000, [20]);
    at(300_000, [5]);
    at(360_000, undefined);
    at(420_000, [7]);
    loop.finish();
    expect(saved).toEqual([]);
    at(480_000, [9]);
    loop.finish();
    expect(saved.at(-1)?.mix.windows.map(({ counts }) => counts)).toEqual([[0, 2]]);
    loop.forget(container.id);
    at(540_000, [12]);
    loop.finish();
    expect(saved.at(-1)?.mix.learned).toBe(1);
  });
});
