import { describe, expect, test } from 'vitest';
import { makeContainer } from '../../test/support/containers.ts';
import type { Container } from '../model/container.ts';
import type { StoredBursts } from '../profile/burst-levels.ts';
import { BurstWatch } from './burst-watch.ts';
import type { BurstFigures } from './burst-watch.ts';
import type { SliceFinding, SliceVerdict } from './slice-findings.ts';

const alert = { id: 'a' } as SliceVerdict['alert'] & object;

/** A watch of one container that is told figures once a second; findings of a workload that was watched for a minute are alerts. */
class Bench {
  readonly findings: SliceFinding[] = [];
  readonly saved: { readonly workloadId: string; readonly state: StoredBursts }[] = [];
  readonly watch: BurstWatch;
  readonly container: Container;
  nowMs = 1_000_000;

  constructor(container: Partial<Container> = {}, stored: readonly { workloadId: string; state: unknown }[] = []) {
    this.container = makeContainer(container);
    this.watch = new BurstWatch({
      slices: {
        take: (finding) => {
          if ((finding.profile?.ageSeconds ?? 0) < 60) return { reason: 'below' };
          this.findings.push(finding);
          return finding.goesOn === true ? { reason: 'counted' } : { reason: 'raised', alert };
        },
      },
      store: { load: () => stored, save: (states) => void this.saved.push(...states) },
      ...{ halfLifeMs: 30 * 86_400_000, startupMs: 60_000 },
    });
  }

  /** So many seconds of the same figures; `execs` grow by so many a second. */
  seconds(count: number, { execs = 0, creates = 0, descriptors = 0, ...figures }: BurstFigures): number {
    let raised = 0;
    for (let second = 0; second < count; second++) {
      this.nowMs += 1000;
      this.#execs += execs;
      this.#creates += creates;
      this.#descriptors += descriptors;
      const counted = { execs: this.#execs, creates: this.#creates, descriptors: this.#descriptors };
      raised += this.watch.sample(this.container, { ...figures, ...counted }, this.nowMs).length;
    }
    return raised;
  }

  #execs = 0;
  #creates = 0;
  #descriptors = 0;
}

describe('BurstWatch', () => {
  test('files made and descriptors used up in numbers are told, each as its own', () => {
    const bench = new Bench();
    expect(bench.seconds(80, { creates: 20 })).toBe(0);
    expect(bench.seconds(1, { creates: 2000, descriptors: 600 })).toBe(2);
    expect(bench.findings.map(({ feature }) => feature.dimension)).toEqual(['rate.create', 'rate.descriptors']);
    expect(bench.findings.map(({ title }) => title())).toEqual([
      '2080 files were made within 5 seconds, at most 100 before',
      'Descriptors are used up: 600 more than a process may need were opened, or refused, within 5 seconds',
    ]);
  });

  test('a burst that was over for a while and comes back is another alert', () => {
    const bench = new Bench();
    bench.seconds(80, { execs: 1 });
    expect(bench.seconds(1, { execs: 250 })).toBe(1);
    expect(bench.seconds(8, { execs: 1 })).toBe(0);
    expect(bench.seconds(1, { execs: 250 })).toBe(0);
    expect(bench.seconds(20, { execs: 1 })).toBe(0);
    expect(bench.seconds(1, { execs: 250 })).toBe(1);
    expect(bench.seconds(60, { execs: 1 })).toBe(0);
    expect(bench.seconds(1, { execs: 250 })).toBe(0);
  });

  test('a burst of programs is one alert, and counts on it as it goes on', () => {
    const bench = new Bench();
    expect(bench.seconds(80, { execs: 1, pids: 5, memoryBytes: 9e6 })).toBe(0);
    expect(bench.seconds(1, { execs: 250, pids: 5, memoryBytes: 9e6 })).toBe(1);
    expect(bench.findings[0]).toMatchObject({
      feature: { dimension: 'rate.exec', key: 'rate.exec burst' },
      facts: { value: 254, usual: expect.closeTo(5), heldSeconds: 5, burst: true },
    });
    expect(bench.findings[0]?.title()).toBe('254 programs were started within 5 seconds, at most 5 before');
    expect(bench.seconds(2, { execs: 1, pids: 5, memoryBytes: 9e6 })).toBe(0);
    expect(bench.findings.slice(1).every(({ goesOn }) => goesOn === true)).toBe(true);
  });

  test('in the first minute a burst is learned', () => {
    const bench = new Bench();
    bench.seconds(20, { execs: 1 });
    bench.seconds(1, { execs: 250 });
    bench.seconds(80, { execs: 1 });
    expect(bench.seconds(1, { execs: 400 })).toBe(0);
    expect(bench.seconds(1, { execs: 1400 })).toBe(1);
  });

  test('a container that starts up neither speaks nor teaches', () => {
    const bench = new Bench({ startedAtMs: 1_000_000 });
    bench.seconds(59, { execs: 500, pids: 800, memoryBytes: 1e9 });
    expect(bench.findings).toEqual([]);
    bench.seconds(70, { execs: 1, pids: 5, memoryBytes: 9e6 });
    expect(bench.seconds(2, { execs: 250, pids: 5, memoryBytes: 9e6 })).toBe(1);
  });

  test('processes and memory that come within seconds are told, those that come slowly are not', () => {
    const bench = new Bench();
    bench.seconds(80, { pids: 5, memoryBytes: 9e6 });
    expect(bench.seconds(1, { pids: 220, memoryBytes: 420e6 })).toBe(2);
    expect(bench.findings.map(({ feature }) => feature.dimension)).toEqual(['rate.pids', 'rate.memory']);
    const slow = new Bench();
    slow.seconds(80, { pids: 5, memoryBytes: 9e6 });
    for (let step = 1; step < 100; step++) slow.seconds(1, { pids: 5 + step * 5, memoryBytes: 9e6 + step * 1e7 });
    expect(slow.findings).toEqual([]);
  });

  test('what a container that is older than the agent has is its own', () => {
    const bench = new Bench({ startedAtMs: 1 });
    bench.seconds(100, { pids: 900, memoryBytes: 4e9 });
    expect(bench.findings).toEqual([]);
  });

  test('a process that only computes is told once, with the process', () => {
    const bench = new Bench();
    bench.seconds(80, { execs: 1 });
    const process = {
      ...{ pid: 7, startTimeNs: '1', comm: 'x', exe: '/bin/x', args: ['x'], uid: 0, gid: 0, cwd: '/', ancestors: [] },
    };
    expect(bench.watch.wantsProcesses(bench.container.workload.id, bench.nowMs)).toBe(true);
    const busy = { process, cores: 0.98, heldMs: 3000 };
    expect(bench.watch.computes(bench.container, busy, bench.nowMs)?.alert).toBe(alert);
    expect(bench.watch.computes(bench.container, busy, bench.nowMs + 1000)).toBeUndefined();
    expect(bench.findings[0]).toMatchObject({ process: { pid: 7 }, facts: { value: 0.98 } });
    expect(bench.findings[0]?.title()).toBe(
      'x computed without a pause for 3 seconds (0.98 cores), with no input or output',
    );
  });

  test('what an operator accepts is usual, also after a restart', () => {
    const bench = new Bench();
    bench.seconds(80, { execs: 1 });
    bench.seconds(1, { execs: 250 });
    const { id: workload } = bench.container.workload;
    const features = [{ dimension: 'rate.exec', key: 'rate.exec burst' } as const];
    const decision = { id: 'd', verdict: 'accept', by: 'me', workload, features, timeMs: bench.nowMs } as const;
    bench.watch.decide(decision as never, bench.nowMs);
    const again = new Bench({}, bench.saved);
    again.seconds(10, { execs: 1 });
    expect(again.seconds(1, { execs: 250 })).toBe(0);
    expect(again.watch.refused).toBe(0);
  });

  test('a burst that takes some seconds to become one does not become usual on its way', () => {
    const bench = new Bench();
    bench.seconds(80, { execs: 2 });
    expect(bench.seconds(6, { execs: 60 })).toBe(1);
    expect(bench.findings[0]?.title()).toBe('184 programs were started within 5 seconds, at most 10 before');
  });

  test('what was told is what is expected of workloads that run, unless it was denied', () => {
    const bench = new Bench();
    bench.seconds(80, { execs: 1 });
    expect(bench.watch.budgetEntries()).toEqual([]);
    bench.seconds(1, { execs: 250 });
    const entries = bench.watch.budgetEntries();
    expect(entries.map(({ dimension }) => dimension)).toEqual(['rate.exec']);
    expect(entries[0]?.like?.facts).toMatchObject({ burst: true });
    expect(entries[0]?.expected(0)).toBeGreaterThan(0);
    // More than surprise can add.
    expect(entries[0]?.expected(1.5)).toBe(0);
    bench.watch.save();
    const { id: workload } = bench.container.workload;
    const again = new Bench({}, bench.saved);
    expect(again.watch.budgetEntries()).toEqual([]);
    again.seconds(1, { execs: 1 });
    expect(again.watch.budgetEntries()).toHaveLength(1);
    const features = [{ dimension: 'rate.exec', key: 'rate.exec burst' } as const];
    const decision = { id: 'd', verdict: 'deny', by: 'me', workload, features, timeMs: bench.nowMs } as const;
    again.watch.decide(decision as never, again.nowMs);
    again.watch.decide(decision as never, again.nowMs);
    expect(again.watch.budgetEntries()).toEqual([]);
  });

  test('damaged states are counted', () => {
    expect(new Bench({}, [{ workloadId: 'w', state: 7 }]).watch.refused).toBe(1);
  });
});
