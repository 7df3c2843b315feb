import { beforeEach, describe, expect, test } from 'vitest';
import { makeContainer } from '../../test/support/containers.ts';
import { normal, seeded } from '../../test/support/draws.ts';
import type { Container } from '../model/container.ts';
import { rateNames } from '../model/rate.ts';
import { RateWatch } from './rate-watch.ts';
import type { RateAlert, RateStore } from './rate-watch.ts';
import type { RateValues } from './rate-readings.ts';
import { AlertBudget } from './alert-budget.ts';
import { SliceFindings } from './slice-findings.ts';
import { Deduplicator } from '../alert/deduplicate.ts';
import { groupingOf, Incidents } from '../alert/incident.ts';
import { loadRules } from '../detect/rule-parser.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const startMs = Date.UTC(2026, 0, 5);
const rules = loadRules([`${import.meta.dirname}/../../profiles/rules`]);

type Saved = Parameters<RateStore['save']>[0];

/** An agent's rates without the agent: real models, rules, budget and incidents. */
class Bench {
  readonly saved: Map<string, Saved[number]> = new Map();
  readonly containers: Container[] = [makeContainer({ startedAtMs: startMs - dayMs })];
  readonly uniform: () => number = seeded(4);
  timeMs: number = startMs;
  watch: RateWatch;

  constructor() {
    this.watch = this.restarted();
  }

  restarted(
    state: readonly { workloadId: string; name: string; state: unknown }[] = [...this.saved.values()],
  ): RateWatch {
    const clock = { nowMs: () => this.timeMs, monotonicMs: () => this.timeMs };
    const slices = new SliceFindings({
      ...{ budget: new AlertBudget({ sliceMs: minuteMs }), deduplicator: new Deduplicator() },
      ...{ incidents: new Incidents(groupingOf()), rules: () => rules, clock, node: 'node-1' },
    });
    const store: RateStore = {
      load: () => JSON.parse(JSON.stringify(state)) as typeof state,
      save: (models) => {
        for (const model of models) this.saved.set(`${model.name} ${model.workloadId}`, model);
      },
      remove: (workloadIds) => {
        for (const [id, { workloadId }] of this.saved) if (workloadIds.includes(workloadId)) this.saved.delete(id);
      },
    };
    this.watch = new RateWatch({ slices, store, halfLifeMs: 30 * dayMs, sliceMs: minuteMs, startupMs: minuteMs });
    return this.watch;
  }

  /** Minutes in which every container has these values, times a lognormal factor. */
  run(minutes: number, values: RateValues, spread = 0.2): readonly RateAlert[] {
    const alerts: RateAlert[] = [];
    for (let minute = 0; minute < minutes; minute++) {
      this.timeMs += minuteMs;
      const measured = this.containers.map((container) => {
        const drawn = Object.entries(values).map(([name, value]) => [
          name,
          value * Math.exp(spread * normal(this.uniform)),
        ]);
        return { container, values: Object.fromEntries(drawn) as RateValues, lengthMs: minuteMs };
      });
      alerts.push(...this.watch.endSlice(measured, this.timeMs));
    }
    return alerts;
  }
}

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
const day = 1440;
const quiet: RateValues = Object.fromEntries(rateNames.map((name) => [name, name === 'memory' ? 1e8 : 0.05]));
const everything: RateValues = Object.fromEntries(rateNames.map((name) => [name, 1e12]));

describe('RateWatch', () => {
  test('on a young profile nothing is told, whatever bursts: ten minutes, an hour, a day', () => {
    for (const minutes of [10, 50, day - 180]) {
      bench.run(minutes, quiet);
      expect(bench.run(20, everything)).toEqual([]);
      bench.restarted([]);
    }
  });

  test('a miner is told once, with what a person needs, and counted while it lasts', () => {
    bench.run(10 * day, { cpu: 0.03 });
    const alerts = bench.run(120, { cpu: 0.97 }, 0.01);
    expect(new Set(alerts.map(({ alert }) => alert.id)).size).toBe(1);
    expect(alerts[0]?.alert).toMatchObject({
      ...{ severity: 'warning', dimension: 'rate.cpu', key: 'rate.cpu', detector: 'rates', count: 1 },
      ...{ rules: ['cpu-sustained'], techniques: ['T1496.001'], suspicion: 1 },
      title: expect.stringMatching(
        /^CPU is 3\d times the usual: 0\.9\d+ cores for 10 minutes, usually 0\.0\d+ cores in nginx\/web$/,
      ),
      evidence: {
        seenInOneSample: 0,
        expected: [
          expect.stringMatching(/^usually 0\.0\d+ cores at this hour$/),
          expect.stringMatching(/^at most 0\.\d+ cores$/),
        ],
        note: expect.stringMatching(
          /^0\.9\d+ cores or more for 10 minutes: at most once in \S+ days of a container, on the evidence of 8\.\d days$/,
        ),
      },
    });
    expect(alerts[0]?.alert.evidence.coverage).toBeGreaterThan(0.99);
    expect(alerts.at(-1)?.alert.count).toBeGreaterThan(100);
  });

  test('one alert for all replicas; a container that has just started says nothing and teaches nothing', () => {
    bench.containers.push(makeContainer({ id: 'b'.repeat(64), startedAtMs: startMs - dayMs }));
    bench.run(10 * day, { cpu: 0.03 });
    const young = makeContainer({ id: 'c'.repeat(64), startedAtMs: bench.timeMs });
    bench.containers.splice(0, 2, young);
    expect(bench.run(9, { cpu: 2 })).toEqual([]);
    expect(bench.watch.report('w', bench.timeMs)[0]?.usual).toBeLessThan(0.05);
    bench.containers.splice(
      0,
      1,
      makeContainer({ startedAtMs: 0 }),
      makeContainer({ id: 'b'.repeat(64), startedAtMs: 0 }),
    );
    expect(new Set(bench.run(30, { cpu: 2 }).map(({ alert }) => alert.id)).size).toBe(1);
  });

  test('what does not matter to a node is never told', () => {
    bench.run(25 * day, { cpu: 0, exec: 0, connect: 0 });
    expect(bench.run(60, { cpu: 0.15, exec: 0.5, connect: 0.5 }, 0.01)).toEqual([]);
  });

  test('after a restart it knows what it knew at the last half hour, and an alert is not raised again', () => {
    bench.run(10 * day, { cpu: 0.03 });
    expect(bench.run(15, { cpu: 0.97 }, 0.01)).not.toEqual([]);
    bench.watch.save();
    const before = bench.watch.report('w', bench.timeMs);
    const [after] = bench.restarted().report('w', bench.timeMs);
    expect(after?.usual).toBeCloseTo(before[0]?.usual ?? Number.NaN, 4);
    expect(after).toMatchObject({ name: 'cpu', samples: before[0]?.samples });
    expect(bench.run(60, { cpu: 0.97 }, 0.01)).toEqual([]);
    expect(bench.watch.report('w', bench.timeMs)[0]?.usual).toBeLessThan(0.05);
  });

  test('models that are damaged or of rates that there are not are refused, counted, and cost nothing else', () => {
    bench.run(90, { cpu: 0.03, exec: 1 });
    bench.watch.save(true);
    const rows = [...bench.saved.values()].map((row) => (row.name === 'cpu' ? { ...row, state: { level: 'x' } } : row));
    const watch = bench.restarted([...rows, { workloadId: 'w', name: 'gravity', state: rows[1]?.state }]);
    expect(watch.refused).toBe(2);
    expect(watch.report('w', bench.timeMs).map(({ name }) => name)).toEqual(['exec']);
  });

  test('is saved a few models at a time, and again when it could not be', () => {
    bench.containers.splice(0, 1);
    for (let index = 0; index < 20; index++)
      bench.containers.push(
        makeContainer({ id: String(index), startedAtMs: 0, workload: { id: `w${index}`, name: 'w', kind: 'image' } }),
      );
    bench.run(62, quiet);
    for (const size of [64, 128, 192, 240, 240]) {
      bench.watch.save();
      expect(bench.saved.size).toBe(size);
    }
    const store: RateStore = {
      load: () => [],
      save: () => {
        throw new Error('disk full');
      },
      remove: () => undefined,
    };
    const watch = new RateWatch({
      store,
      slices: { take: () => ({ reason: 'below' }) },
      halfLifeMs: dayMs,
      sliceMs: minuteMs,
      startupMs: 0,
    });
    watch.endSlice(
      [{ container: bench.containers[0] ?? makeContainer(), values: { cpu: 1 }, lengthMs: minuteMs }],
      bench.timeMs,
    );
    expect(() => {
      watch.save(true);
    }).toThrow('disk full');
  });

  test('the workload that was gone longest makes room for another, in the store too; where all run, what does not fit is counted', () => {
    const started = (index: number): Container =>
      makeContainer({
        ...{ id: String(index), startedAtMs: 0 },
        workload: { id: `w${index}`, name: `w${index}`, kind: 'image' },
      });
    const run = (from: number, to: number): void => {
      bench.containers.splice(0, bench.containers.length);
      for (let index = from; index < to; index++) bench.containers.push(started(index));
      bench.run(2, quiet);
      bench.watch.save(true);
    };
    run(0, 100);
    run(100, 250);
    expect(bench.saved.size).toBe(250 * rateNames.length);
    run(240, 260);
    expect(bench.watch.overflow).toBe(0);
    expect(bench.saved.size).toBe(250 * rateNames.length);
    const usual = (index: number): number => bench.watch.report(`w${index}`, bench.timeMs).length;
    expect([9, 10, 240, 259].map(usual)).toEqual([0, 12, 12, 12]);
    run(0, 251);
    expect(bench.watch.overflow).toBe(2 * rateNames.length);
  });

  test('expects of itself what the budget needs to know, by containers, and nothing where evidence does not reach', () => {
    bench.run(2 * day, { cpu: 0.03, exec: 1 });
    bench.containers.push(makeContainer({ id: 'b'.repeat(64), startedAtMs: 0 }));
    bench.run(1, { cpu: 0.03 });
    const cpu = bench.watch.budgetEntries().find(({ dimension }) => dimension === 'rate.cpu');
    expect([1, 1.9, 3].map((warning) => cpu?.expected(warning))).toEqual([0.2 / 7, 2 * (10 ** -1.9 / 7), 0]);
  });

  test('operators accept, deny and relearn', () => {
    const decision = {
      id: 'd',
      workload: 'w',
      features: [{ dimension: 'rate.cpu', key: 'rate.cpu' }],
      by: 'a',
      reason: '',
      time: '',
    } as const;
    bench.run(10 * day, { cpu: 0.03 });
    expect(bench.run(60, { cpu: 0.97 }, 0.01)).not.toEqual([]);
    bench.watch.decide({ ...decision, verdict: 'deny' }, bench.timeMs);
    bench.run(2 * day, { cpu: 0.97 }, 0.01);
    expect(bench.watch.report('w', bench.timeMs)[0]?.usual).toBeLessThan(0.05);
    bench.watch.decide({ ...decision, verdict: 'accept' }, bench.timeMs);
    bench.run(2, { cpu: 0.97 }, 0.01);
    expect(bench.watch.report('w', bench.timeMs)[0]?.usual).toBeCloseTo(0.97, 1);
    bench.watch.decide({ ...decision, features: [], verdict: 'relearn' }, bench.timeMs);
    expect(bench.watch.report('w', bench.timeMs)).toEqual([]);
    expect(bench.restarted().report('w', bench.timeMs)).toEqual([]);
  });
});
