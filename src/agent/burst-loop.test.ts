import { expect, test } from 'vitest';
import { makeContainer } from '../../test/support/containers.ts';
import { createLogger } from '../lib/log.ts';
import type { Look } from '../profile/spin.ts';
import { BurstLoop } from './burst-loop.ts';
import { BurstWatch } from './burst-watch.ts';

const container = makeContainer();
const process = {
  ...{ pid: 7, startTimeNs: '1', comm: 'x', exe: '/bin/x', args: ['x'], uid: 0, gid: 0, cwd: '/', ancestors: [] },
};

/** A container whose one process computes `cores`, seen once a second. Answers how often its processes were looked at, and the alerts. */
function run(
  seconds: number,
  cores: number,
  bytesASecond = 0,
  family?: (second: number) => { readonly nowhere: boolean },
): { readonly looks: number; readonly alerts: number } {
  let [nowMs, looks, alerts, ranMs] = [1_000_000, 0, 0, 0];
  const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  const watch = new BurstWatch({
    slices: { take: () => ({ reason: 'raised', alert: { id: 'a' } as never }) },
    store: { load: () => [], save: () => undefined },
    ...{ halfLifeMs: 1e9, startupMs: 0 },
  });
  const loop = new BurstLoop({
    ...{ watch, clock, log: createLogger({ level: 'silent' }), running: () => [container] },
    figures: () => new Map([[container.id, { cpuSeconds: ranMs / 1000, execs: 0, pids: 1 }]]),
    processes: {
      work: () => {
        looks++;
        const bytes = ((nowMs - 1_000_000) / 1000) * bytesASecond;
        if (family !== undefined) {
          const idle = { ...{ start: '1', ranMs: 0, systemMs: 0, readyMs: 0, bytes: 0 }, childrenMs: 0 };
          return new Map<number, Look>([
            [7, { ...idle, parent: 1, running: false, childrenMs: ranMs }],
            [8 + looks, { ...idle, parent: 7, running: true }],
          ]);
        }
        const still = { systemMs: 0, readyMs: 0, parent: 1, running: true, childrenMs: 0 };
        return new Map<number, Look>([[7, { start: '1', ranMs, bytes, ...still }]]);
      },
      workOnDevicesOnly: () => family?.((nowMs - 1_000_000) / 1000).nowhere ?? false,
      process: () => process,
    },
    raise: () => void alerts++,
  });
  for (let second = 0; second < seconds; second++) {
    nowMs += 1000;
    ranMs += cores * 1000;
    loop.tick();
  }
  return { looks, alerts };
}

test('a process that computes for some seconds is told within six', () => {
  expect(run(6, 0.98).alerts).toBeGreaterThan(0);
});

test('a quiet container’s processes are not looked at', () => {
  expect(run(60, 0.04)).toEqual({ looks: 0, alerts: 0 });
});

test('a container that stays busy with reading is looked at for a quarter of the time', () => {
  const { looks, alerts } = run(400, 0.98, 1e6);
  expect(alerts).toBe(0);
  expect(looks).toBeGreaterThan(60);
  expect(looks).toBeLessThan(150);
});

test('programs that are started one after the other count together, when they lead nowhere at two looks', () => {
  expect(run(6, 0.9, 0, () => ({ nowhere: true })).alerts).toBeGreaterThan(0);
  expect(run(4, 0.9, 0, () => ({ nowhere: true })).alerts).toBe(0);
  expect(run(60, 0.9, 0, (second) => ({ nowhere: second % 2 === 0 })).alerts).toBe(0);
  expect(run(60, 0.9, 0, () => ({ nowhere: false })).alerts).toBe(0);
});
