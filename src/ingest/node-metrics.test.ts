import { beforeEach, expect, test } from 'vitest';
import { makeReport } from '../../test/support/alerts.ts';
import { createRegistry } from '../lib/metrics.ts';
import type { NodeState } from '../model/fleet.ts';
import type { ContainerReport } from '../model/node.ts';
import { NodeMetrics, topNodes } from './node-metrics.ts';
import { topWorkloads } from './workload-metrics.ts';

let nowMs: number;
let states: NodeState[];
let lines: () => Promise<string[]>;

beforeEach(() => {
  nowMs = 1_000_000;
  states = [];
  const registry = createRegistry();
  const metrics = new NodeMetrics(registry, () => states, { nowMs: () => nowMs, monotonicMs: () => nowMs });
  lines = async () => {
    metrics.refresh();
    return (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  };
});

function state(name: string, changes: Partial<Parameters<typeof makeReport>[0]> = {}): NodeState {
  const report = makeReport(changes);
  return { name, agentVersion: '1', up: true, firstSeenMs: 0, lastSeenMs: nowMs, report, reportReceivedMs: nowMs };
}

function container(workload: string, id: string, cpuSeconds: number): ContainerReport {
  return { id, name: id, workload, rates: { cpuSeconds, memoryBytes: 100 } };
}

/** `count` workloads; the first has the most containers. */
function manyWorkloads(count: number, cpuSeconds: (index: number) => number): Partial<ReturnType<typeof makeReport>> {
  const indexes = Array.from({ length: count }, (_, index) => index);
  return {
    containers: indexes.map((index) => container(`w${String(index)}`, `c${String(index)}`, cpuSeconds(index))),
    workloads: indexes.map((index) => ({
      workload: { id: `w${String(index)}`, name: `name-${String(index)}`, kind: 'image' },
      containers: count - index,
      samples: { startup: 0, steady: 1 },
      dimensions: [{ dimension: 'exec', coverage: index % 2 === 0 ? 0.5 : 0.7, features: 2, seenInOneSample: 1 }],
    })),
  };
}

test('shows the same figures however often it is asked', async () => {
  states = [state('a')];
  const once = await lines();
  expect(once).toContain('anchorwatch_events_total{node="a",kind="exec"} 7');
  expect(await lines()).toEqual(once);
});

test('tells of the suspicion rules and how often they were read again', async () => {
  const { rules: _, ...older } = makeReport();
  states = [
    state('a', { rules: { loaded: 124, disabled: 1, reloads: { loaded: 2, refused: 1 } } }),
    { ...state('b'), report: older },
  ];
  expect((await lines()).filter((line) => line.includes('_rule'))).toEqual([
    'anchorwatch_rules_loaded{node="a"} 124',
    'anchorwatch_rule_reloads_total{node="a",outcome="loaded"} 2',
    'anchorwatch_rule_reloads_total{node="a",outcome="refused"} 1',
  ]);
});

test('drops the series of a container that vanished, of an old report, and of a node that was forgotten', async () => {
  states = [state('a')];
  expect((await lines()).join('\n')).toContain('container="shop-web-1"');
  states = [state('a', { containers: [] })];
  const without = (await lines()).join('\n');
  expect(without).not.toContain('shop-web-1');
  expect(without).toContain('anchorwatch_containers{node="a"} 0');
  nowMs += 61_000;
  expect(await lines()).toEqual(['anchorwatch_node_up{node="a"} 1']);
  states = states.map((one) => ({ ...one, up: false }));
  expect(await lines()).toEqual(['anchorwatch_node_up{node="a"} 0']);
  states = [];
  expect(await lines()).toEqual([]);
});

test('tells what agents cost and how full their disks are, where they tell it', async () => {
  const disk = { availableBytes: 10, sizeBytes: 100 };
  states = [
    state('a', { agent: { cpuSeconds: 1.5, memoryBytes: 7, disk } }),
    state('b', { agent: { cpuSeconds: 2, memoryBytes: 8 } }),
    state('c'),
  ];
  expect((await lines()).filter((line) => line.includes('_agent_'))).toEqual([
    'anchorwatch_agent_cpu_seconds_total{node="a"} 1.5',
    'anchorwatch_agent_cpu_seconds_total{node="b"} 2',
    'anchorwatch_agent_memory_bytes{node="a"} 7',
    'anchorwatch_agent_memory_bytes{node="b"} 8',
    'anchorwatch_agent_disk_available_bytes{node="a"} 10',
    'anchorwatch_agent_disk_size_bytes{node="a"} 100',
  ]);
});

test('tells what of the node is not seen: hooks, containers, an engine that does not answer', async () => {
  states = [state('a'), state('b', { engineConnected: false, hooks: [], unseenContainers: 2 })];
  const all = await lines();
  const of = (name: string): string[] =>
    all.filter((line) => line.startsWith(name)).map((line) => line.slice(name.length));
  expect(of('anchorwatch_sensor_hooks')).toEqual([
    '{node="a",state="attached"} 1',
    '{node="a",state="missing"} 1',
    '{node="a",state="failed"} 0',
    '{node="b",state="attached"} 0',
    '{node="b",state="missing"} 0',
    '{node="b",state="failed"} 0',
  ]);
  expect(of('anchorwatch_sensor_hook_missing')).toEqual(['{node="a",hook="bind"} 1']);
  expect(of('anchorwatch_containers_unseen')).toEqual(['{node="a"} 0', '{node="b"} 2']);
  expect(of('anchorwatch_engine_up')).toEqual(['{node="a"} 1', '{node="b"} 0']);
});

test('sums what is beyond the top workloads as other', async () => {
  states = [
    state(
      'a',
      manyWorkloads(topWorkloads + 10, () => 3),
    ),
  ];
  const all = await lines();
  const cpu = all.filter((line) => line.startsWith('anchorwatch_container_cpu_seconds_total'));
  expect(cpu).toHaveLength(topWorkloads + 1);
  expect(cpu).toContain('anchorwatch_container_cpu_seconds_total{node="a",workload="other",container="other"} 0');
  expect(all).toContain('anchorwatch_container_memory_bytes{node="a",workload="other",container="other"} 1000');
  expect(all).toContain('anchorwatch_profile_features{workload="other",dimension="exec"} 20');
  expect(all).toContain('anchorwatch_profile_features_seen_once{workload="other",dimension="exec"} 10');
  expect(all).toContain('anchorwatch_workload_alerts_total{workload="name-0",severity="critical"} 0');
  expect(all.filter((line) => line.includes('_alerts_total') && line.includes('other'))).toEqual([]);
  expect(all).toContain('anchorwatch_workload_coverage_ratio{workload="other",dimension="exec"} 0.5');
});

test('the counter of the others never falls: not when a container ends, not when one starts again', async () => {
  const other = async (): Promise<number> => {
    const line = (await lines()).find((one) => one.includes('cpu_seconds_total') && one.includes('workload="other"'));
    return Number(line?.split(' ')[1] ?? Number.NaN);
  };
  const seconds = new Map([
    [topWorkloads, 10],
    [topWorkloads + 1, 5],
  ]);
  const report = (): NodeState =>
    state(
      'a',
      manyWorkloads(topWorkloads + seconds.size, (index) => seconds.get(index) ?? 1),
    );
  states = [report()];
  expect(await other()).toBe(0);
  seconds.set(topWorkloads, 12);
  states = [report()];
  expect(await other()).toBe(2);
  expect(await other()).toBe(2);
  seconds.delete(topWorkloads + 1);
  states = [report()];
  expect(await other()).toBe(2);
  seconds.set(topWorkloads, 1);
  states = [report()];
  expect(await other()).toBe(3);
});

test('of very many nodes the first have series of their own, the others are summed, and their sums only grow', async () => {
  const name = (index: number): string => `n-${String(index).padStart(5, '0')}`;
  states = Array.from({ length: topNodes + 3 }, (_, index) => state(name(index)));
  const own = (all: readonly string[], metric: string, node: string): string | undefined =>
    all.find((line) => line.startsWith(`${metric}{node="${node}"`));
  const first = await lines();
  expect(first.filter((line) => line.startsWith('anchorwatch_node_up'))).toHaveLength(topNodes + 3);
  expect(own(first, 'anchorwatch_events_total', name(topNodes - 1))).toBeDefined();
  expect(own(first, 'anchorwatch_events_total', name(topNodes))).toBeUndefined();
  expect(first).toContain('anchorwatch_events_total{node="other",kind="exec"} 21');
  expect(first).toContain('anchorwatch_sensor_lost_total{node="other",hook="open",reason="ring-full"} 6');
  expect(first).toContain('anchorwatch_containers{node="other"} 3');
  expect(first).toContain('anchorwatch_alerts_expected_per_day{node="other"} 1.5');
  expect(first).toContain('anchorwatch_alerts_expected_bound_per_day{node="other",bound="high"} 7.5');
  expect(await lines()).toEqual(first);
  // One goes, one counts on, one begins anew.
  states = [
    ...states.slice(0, topNodes),
    state(name(topNodes), { events: { exec: 10 } }),
    state(name(topNodes + 1), { events: { exec: 1 } }),
  ];
  const second = await lines();
  expect(second).toContain('anchorwatch_events_total{node="other",kind="exec"} 25');
  expect(second).toContain('anchorwatch_containers{node="other"} 2');
});
