import type { Clock } from '../lib/clock.ts';
import { counter, gauge } from '../lib/metrics.ts';
import type { Counter, Gauge, Registry } from '../lib/metrics.ts';
import { mergeWorkloads } from '../model/fleet.ts';
import type { NodeState } from '../model/fleet.ts';
import type { Alert } from '../model/alert.ts';
import type { ContainerRates, NodeReport } from '../model/node.ts';
import { AgentMetrics } from './agent-metrics.ts';
import { RestOfContainers } from './rest-of-containers.ts';
import { RestOfNodes } from './rest-of-nodes.ts';
import type { NodeSums } from './rest-of-nodes.ts';
import { SnapshotMetrics } from './snapshot-metrics.ts';
import { WorkloadAlerts } from './workload-alerts.ts';
import { topWorkloads, WorkloadMetrics } from './workload-metrics.ts';

/** Containers of one workload on one node with series of their own; the others are summed as `other`. */
const containersPerWorkload = 50;
/** Nodes with series of their own, the first by name; the others are summed as `other`, their containers are not shown. Whether a node is up is shown of each. */
export const topNodes = 500;
/** Figures of a report older than this say nothing about now: its series are deleted. */
const staleMs = 60_000;

const hookStates = ['attached', 'missing', 'failed'] as const;
const containerLabels = ['node', 'workload', 'container'] as const;
type ContainerLabel = (typeof containerLabels)[number];
type ContainerMetric = Counter<ContainerLabel> | Gauge<ContainerLabel>;

/** The figures that agents report, as metrics of the collector. `refresh` before each scrape: series of what vanished are gone then. */
export class NodeMetrics {
  readonly #source: () => readonly NodeState[];
  readonly #clock: Clock;
  readonly #rest = new RestOfContainers();
  readonly #restOfNodes = new RestOfNodes();
  readonly #up: Gauge<'node'>;
  readonly #skew: Gauge<'node'>;
  readonly #events: Counter<'node' | 'kind'>;
  readonly #known: Counter<'node' | 'kind'>;
  readonly #missed: Counter<'node' | 'kind'>;
  readonly #lost: Counter<'node' | 'hook' | 'reason'>;
  readonly #pending: Gauge<'node'>;
  readonly #containers: Gauge<'node'>;
  readonly #expected: Gauge<'node'>;
  readonly #expectedBounds: Gauge<'node' | 'bound'>;
  readonly #raised: Gauge<'node'>;
  readonly #outbox: Gauge<'node'>;
  readonly #historyBytes: Gauge<'node'>;
  readonly #historyOldest: Gauge<'node'>;
  readonly #rules: Gauge<'node'>;
  readonly #ruleReloads: Counter<'node' | 'outcome'>;
  readonly #snapshots: SnapshotMetrics;
  readonly #agents: AgentMetrics;
  readonly #alerts: WorkloadAlerts;
  readonly #workloads: WorkloadMetrics;
  readonly #unseen: Gauge<'node'>;
  readonly #partly: Gauge<'node'>;
  readonly #engine: Gauge<'node'>;
  readonly #hooks: Gauge<'node' | 'state'>;
  readonly #hookMissing: Gauge<'node' | 'hook'>;
  readonly #rates: readonly {
    readonly figure: keyof ContainerRates;
    readonly metric: ContainerMetric;
    readonly total: boolean;
  }[];

  constructor(registry: Registry, source: () => readonly NodeState[], clock: Clock) {
    this.#source = source;
    this.#clock = clock;
    const node = ['node'] as const;
    this.#up = gauge(registry, 'anchorwatch_node_up', '1 while the agent of the node is connected, else 0.', node);
    this.#skew = gauge(
      registry,
      'anchorwatch_node_clock_skew_seconds',
      "By how much the node's clock is ahead of the collector's.",
      node,
    );
    this.#events = counter(
      registry,
      'anchorwatch_events_total',
      'Events that reached user space since the agent started.',
      ['node', 'kind'],
    );
    this.#missed = counter(
      registry,
      'anchorwatch_sensor_missed_total',
      'Events that the first level of the kernel filter did not recognise, so that their path was walked.',
      ['node', 'kind'],
    );
    this.#known = counter(registry, 'anchorwatch_sensor_known_total', 'Events recognised in the kernel as known.', [
      'node',
      'kind',
    ]);
    this.#lost = counter(registry, 'anchorwatch_sensor_lost_total', 'Events lost, by hook and reason.', [
      'node',
      'hook',
      'reason',
    ]);
    this.#pending = gauge(
      registry,
      'anchorwatch_events_pending',
      'Events that wait for their container to become known.',
      node,
    );
    this.#containers = gauge(registry, 'anchorwatch_containers', 'Containers that the agent watches.', node);
    this.#snapshots = new SnapshotMetrics(registry);
    this.#agents = new AgentMetrics(registry);
    this.#alerts = new WorkloadAlerts(registry);
    this.#workloads = new WorkloadMetrics(registry, (workload) => {
      this.#alerts.set(workload);
    });
    this.#unseen = gauge(
      registry,
      'anchorwatch_containers_unseen',
      'Running containers that the sensor sees nothing of, because their cgroup was not found.',
      node,
    );
    this.#partly = gauge(
      registry,
      'anchorwatch_containers_partly_watched',
      'Running containers that were not watched all their life: they are older than the agent, or it was away.',
      node,
    );
    this.#expected = gauge(
      registry,
      'anchorwatch_alerts_expected_per_day',
      'Expected false alerts a day at the present thresholds.',
      node,
    );
    this.#expectedBounds = gauge(
      registry,
      'anchorwatch_alerts_expected_bound_per_day',
      'Between which the expected false alerts a day lie with 95 %, by how much the node has seen.',
      ['node', 'bound'],
    );
    this.#raised = gauge(
      registry,
      'anchorwatch_alerts_last_day',
      'Alerts that the node raised in the last day since its agent started, repetitions not counted: beside the expectation, the truth.',
      node,
    );
    this.#outbox = gauge(
      registry,
      'anchorwatch_outbox_alerts',
      'Alerts on the node that the collector has not acknowledged.',
      node,
    );
    this.#historyBytes = gauge(registry, 'anchorwatch_history_bytes', 'Size of the history that the node keeps.', node);
    this.#historyOldest = gauge(
      registry,
      'anchorwatch_history_oldest_timestamp_seconds',
      'When the history that the node keeps begins.',
      node,
    );
    this.#rules = gauge(registry, 'anchorwatch_rules_loaded', 'Suspicion rules that the agent uses.', node);
    this.#ruleReloads = counter(
      registry,
      'anchorwatch_rule_reloads_total',
      'Times that the agent read its suspicion rules again; refused: they had mistakes, and the old set stayed.',
      ['node', 'outcome'],
    );
    this.#engine = gauge(
      registry,
      'anchorwatch_engine_up',
      '1 while a container engine answers the agent, else 0.',
      node,
    );
    this.#hooks = gauge(registry, 'anchorwatch_sensor_hooks', 'Hooks of the kernel sensor, by whether they work.', [
      'node',
      'state',
    ]);
    this.#hookMissing = gauge(
      registry,
      'anchorwatch_sensor_hook_missing',
      '1 for each hook of the kernel sensor that does not work; no series for those that do.',
      ['node', 'hook'],
    );
    this.#rates = [
      { figure: 'cpuSeconds', total: true, metric: total(registry, 'cpu_seconds', 'CPU time used by a container.') },
      {
        figure: 'memoryBytes',
        total: false,
        metric: level(registry, 'memory_bytes', 'Memory charged to a container.'),
      },
      { figure: 'pids', total: false, metric: level(registry, 'pids', 'Tasks in a container.') },
      {
        figure: 'networkReceiveBytes',
        total: true,
        metric: total(registry, 'network_receive_bytes', 'Bytes received by a container.'),
      },
      {
        figure: 'networkTransmitBytes',
        total: true,
        metric: total(registry, 'network_transmit_bytes', 'Bytes sent by a container.'),
      },
      {
        figure: 'networkReceivePackets',
        total: true,
        metric: total(registry, 'network_receive_packets', 'Packets received by a container.'),
      },
      {
        figure: 'networkTransmitPackets',
        total: true,
        metric: total(registry, 'network_transmit_packets', 'Packets sent by a container.'),
      },
      {
        figure: 'execs',
        total: true,
        metric: total(registry, 'execs', 'Programs executed in a container, counted by the kernel sensor.'),
      },
      {
        figure: 'connects',
        total: true,
        metric: total(registry, 'connects', 'TCP connections begun by a container, counted by the kernel sensor.'),
      },
      {
        figure: 'dnsQuestions',
        total: true,
        metric: total(
          registry,
          'dns_questions',
          'DNS questions of a container over UDP, counted by the kernel sensor.',
        ),
      },
      {
        figure: 'blockReadBytes',
        total: true,
        metric: total(registry, 'block_read_bytes', 'Bytes read from block devices by a container.'),
      },
      {
        figure: 'blockWriteBytes',
        total: true,
        metric: total(registry, 'block_write_bytes', 'Bytes written to block devices by a container.'),
      },
      {
        figure: 'systemCalls',
        total: true,
        metric: total(registry, 'system_calls', 'System calls of a container, with `--syscalls all` only.'),
      },
      {
        figure: 'recordsLost',
        total: true,
        metric: total(registry, 'records_lost', 'Records of a container of which something new could not be told.'),
      },
    ];
  }

  /** Counts an alert that was stored. */
  countAlert(alert: Alert): void {
    this.#alerts.count(alert);
  }

  /** Sets every series to what was reported last. Synchronous, so that no scrape sees half of it. */
  refresh(): void {
    const states = this.#source();
    const nowMs = this.#clock.nowMs();
    this.#clear();
    for (const { name, up, clockSkewMs } of states) {
      this.#up.set({ node: name }, up ? 1 : 0);
      if (up && clockSkewMs !== undefined) this.#skew.set({ node: name }, clockSkewMs / 1000);
    }
    const fresh = states.filter(
      ({ reportReceivedMs }) => reportReceivedMs !== undefined && nowMs - reportReceivedMs <= staleMs,
    );
    const workloads = mergeWorkloads(fresh);
    // A report names workloads by id or by name; people read the name.
    const shown = new Map<string, string>();
    for (const { workload } of workloads.slice(0, topWorkloads)) {
      shown.set(workload.id, workload.name);
      shown.set(workload.name, workload.name);
    }
    this.#workloads.set(workloads);
    const seen = new Set<string>();
    const all = fresh.flatMap(({ name, report }) => (report === undefined ? [] : [{ name, report }]));
    if (all.length > topNodes) all.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const { name, report } of all.slice(0, topNodes)) {
      this.#setNode(name, report);
      this.#setContainers(name, report, shown, seen);
    }
    if (all.length > topNodes) this.#setRest(this.#restOfNodes.sum(all.slice(topNodes)));
    this.#rest.keepOnly(seen, new Set(states.map(({ name }) => name)));
  }

  #clear(): void {
    const own = [
      this.#up,
      this.#skew,
      this.#events,
      this.#known,
      this.#missed,
      this.#lost,
      this.#pending,
      this.#containers,
      this.#expected,
      this.#expectedBounds,
      this.#raised,
      this.#outbox,
      this.#historyBytes,
      this.#historyOldest,
      this.#rules,
      this.#ruleReloads,
      this.#unseen,
      this.#partly,
      this.#engine,
      this.#hooks,
      this.#hookMissing,
    ];
    for (const part of [this.#snapshots, this.#agents, this.#alerts]) part.clear();
    for (const metric of [...own, this.#workloads]) metric.reset();
    for (const { metric } of this.#rates) metric.reset();
  }

  #setNode(node: string, report: NodeReport): void {
    for (const [kind, value] of Object.entries(report.events)) this.#events.inc({ node, kind }, value);
    for (const [kind, value] of Object.entries(report.missed ?? {})) this.#missed.inc({ node, kind }, value);
    for (const [kind, value] of Object.entries(report.known)) this.#known.inc({ node, kind }, value);
    for (const { hook, reason, count } of report.lost) this.#lost.inc({ node, hook, reason }, count);
    this.#pending.set({ node }, report.pendingEvents);
    this.#containers.set({ node }, report.containers.length);
    this.#expected.set({ node }, report.expectedAlertsPerDay);
    const { low, high } = report.expectedAlertsBounds ?? {};
    if (low !== undefined) this.#expectedBounds.set({ node, bound: 'low' }, low);
    if (high !== undefined) this.#expectedBounds.set({ node, bound: 'high' }, high);
    if (report.alertsLastDay !== undefined) this.#raised.set({ node }, report.alertsLastDay);
    this.#outbox.set({ node }, report.outboxAlerts);
    const { sizeBytes, oldestMs } = report.history ?? {};
    if (sizeBytes !== undefined) this.#historyBytes.set({ node }, sizeBytes);
    if (oldestMs !== undefined) this.#historyOldest.set({ node }, oldestMs / 1000);
    if (report.rules !== undefined) {
      this.#rules.set({ node }, report.rules.loaded);
      for (const [outcome, value] of Object.entries(report.rules.reloads))
        this.#ruleReloads.inc({ node, outcome }, value);
    }
    if (report.snapshots !== undefined) this.#snapshots.set(node, report.snapshots);
    if (report.agent !== undefined) this.#agents.set(node, report.agent);
    this.#unseen.set({ node }, report.unseenContainers);
    this.#partly.set({ node }, report.containers.filter(({ unwatched }) => unwatched !== undefined).length);
    this.#engine.set({ node }, report.engineConnected ? 1 : 0);
    for (const state of hookStates) this.#hooks.set({ node, state }, 0);
    for (const { hook, state } of report.hooks) {
      this.#hooks.inc({ node, state });
      if (state !== 'attached') this.#hookMissing.set({ node, hook }, 1);
    }
  }

  #setRest({ counters, ...now }: NodeSums): void {
    const node = 'other';
    for (const [key, value] of counters) {
      const [metric = '', first = '', reason = ''] = key.split('\n');
      if (metric === 'lost') this.#lost.inc({ node, hook: first, reason }, value);
      else if (metric === 'events') this.#events.inc({ node, kind: first }, value);
      else if (metric === 'known') this.#known.inc({ node, kind: first }, value);
      else this.#missed.inc({ node, kind: first }, value);
    }
    this.#pending.set({ node }, now.pendingEvents);
    this.#containers.set({ node }, now.containers);
    this.#unseen.set({ node }, now.unseenContainers);
    this.#outbox.set({ node }, now.outboxAlerts);
    this.#expected.set({ node }, now.expectedAlertsPerDay);
    this.#expectedBounds.set({ node, bound: 'low' }, now.expectedAlertsBounds.low);
    this.#expectedBounds.set({ node, bound: 'high' }, now.expectedAlertsBounds.high);
    this.#raised.set({ node }, now.alertsLastDay);
  }

  #setContainers(node: string, report: NodeReport, shown: ReadonlyMap<string, string>, seen: Set<string>): void {
    const perWorkload = new Map<string, number>();
    const names = new Set<string>();
    for (const container of report.containers) {
      const workload = shown.get(container.workload);
      const place = (perWorkload.get(container.workload) ?? 0) + 1;
      perWorkload.set(container.workload, place);
      const name = JSON.stringify([workload, container.name]);
      const own = workload !== undefined && place <= containersPerWorkload && !names.has(name);
      names.add(name);
      seen.add(`${node}/${container.id}`);
      const labels = { node, workload: workload ?? 'other', container: own ? container.name : 'other' };
      for (const { figure, metric, total: cumulative } of this.#rates) {
        const value = container.rates[figure];
        if (value === undefined) continue;
        if (own || !cumulative) metric.inc(labels, value);
        if (cumulative) this.#rest.add({ ...labels, id: container.id, figure, value, own });
      }
    }
    for (const { labels, figure, value } of this.#rest.totals(node)) {
      this.#rates.find((rate) => rate.figure === figure)?.metric.inc(labels, value);
    }
  }
}

function total(registry: Registry, name: string, help: string): Counter<ContainerLabel> {
  return counter(registry, `anchorwatch_container_${name}_total`, help, containerLabels);
}

function level(registry: Registry, name: string, help: string): Gauge<ContainerLabel> {
  return gauge(registry, `anchorwatch_container_${name}`, help, containerLabels);
}
