import { statfsSync } from 'node:fs';
import { release } from 'node:os';
import type { Containers } from '../identity/containers.ts';
import { systemClock } from '../lib/clock.ts';
import type { AgentReport, ContainerReport, NodeReport } from '../model/node.ts';
import type { Outbox } from '../outbox/outbox.ts';
import { figuresByCgroup } from './container-figures.ts';
import type { Fleet } from './fleet.ts';
import type { NodeSnapshots } from './node-snapshots.ts';
import type { History } from './history.ts';
import type { Observer } from './observer.ts';
import type { Pipeline } from './pipeline.ts';
import type { ProcessMarks } from './process-marks.ts';
import type { PostureWatch } from './posture-watch.ts';
import type { Rates } from './rates.ts';
import type { Recording } from './recording-watch.ts';
import type { RuleSource } from '../detect/rule-source.ts';
import type { SliceLoops } from './slice-loops.ts';
import type { Source } from './source.ts';
import type { Starters } from './starters.ts';
import type { Watch } from './watch.ts';

/** Only files have a first level of their own. */
function onlyFiles(counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(counts).filter(([kind]) => kind.startsWith('file.')));
}

function withUnwatched(report: ContainerReport, unwatched: ContainerReport['unwatched']): ContainerReport {
  return unwatched === undefined ? report : { ...report, unwatched };
}

/** What this process costs, and the disk of its state directory. */
function ownCost(stateDir: string): AgentReport {
  const { user, system } = process.cpuUsage();
  const cost = { cpuSeconds: (user + system) / 1e6, memoryBytes: process.memoryUsage.rss() };
  try {
    const { bavail, bsize, blocks } = statfsSync(stateDir);
    return { ...cost, disk: { availableBytes: bavail * bsize, sizeBytes: blocks * bsize } };
  } catch {
    return cost;
  }
}

/** All that the report of a node is made from. */
export interface ReportSources {
  readonly watch: Watch;
  readonly outbox: Outbox;
  readonly containers: Containers;
  readonly pipeline: Pipeline;
  readonly rates: Rates;
  readonly sliceLoops: SliceLoops;
  readonly source: Source;
  readonly observer: Observer;
  readonly version: string;
  readonly stateDir: string;
  readonly history: History;
  readonly ruleSource: RuleSource;
  readonly recording: Recording | undefined;
  readonly fleet: Fleet;
  readonly taking: NodeSnapshots | undefined;
  readonly starters: Starters;
  readonly marks: ProcessMarks;
  readonly posture: PostureWatch;
}

/** What the agent tells the collector of itself and of what runs on its node, now. */
export function nodeReport({
  watch,
  outbox,
  containers,
  pipeline,
  rates,
  sliceLoops,
  source: { sensor, poller },
  observer,
  version,
  stateDir,
  history,
  ruleSource,
  recording,
  fleet,
  taking,
  starters,
  marks,
  posture,
}: ReportSources): NodeReport {
  const { lossWindows } = pipeline;
  const counters = sensor?.counters();
  const outboxCounters = outbox.counters;
  const watchLosses = watch.losses();
  const recorded = history.recorder.counters;
  const nowMs = systemClock.nowMs();
  const alertsPerDay = watch.alertsPerDay(nowMs);
  const lost = [
    ...(counters?.lost ?? []),
    ...(poller?.lost ?? []),
    ...Object.entries(pipeline.lost).map(([reason, count]) => ({ hook: 'identity', reason, count })),
    { hook: 'profile', reason: 'overflow', count: watchLosses.profileOverflow },
    { hook: 'profile', reason: 'store_failed', count: pipeline.saveFailures },
    ...Object.entries(sliceLoops.lost).map(([reason, count]) => ({ hook: 'profile', reason, count })),
    { hook: 'alert', reason: 'folded', count: watchLosses.alertsFolded },
    { hook: 'alert', reason: 'forgotten', count: watchLosses.alertsForgotten },
    { hook: 'incident', reason: 'forgotten', count: watchLosses.incidentsForgotten },
    { hook: 'process', reason: 'unidentified', count: marks.unidentified },
    { hook: 'history', reason: 'full', count: recorded.full },
    { hook: 'history', reason: 'store_failed', count: recorded.failed },
    { hook: 'history', reason: 'damaged_bytes', count: history.recorder.state?.damagedBytes ?? 0 },
    { hook: 'history', reason: 'evidence_shortened', count: history.bundles.counters.shortened },
    { hook: 'rules', reason: 'failed', count: watchLosses.ruleFailures },
    ...(recording === undefined ? [] : [{ hook: 'recording', reason: 'full', count: recording.writer.counters.shed }]),
    ...Object.entries(outboxCounters.dropped).flatMap(([severity, reasons]) =>
      Object.entries(reasons).map(([why, count]) => ({ hook: 'outbox', reason: `dropped_${severity}_${why}`, count })),
    ),
    { hook: 'outbox', reason: 'damaged', count: outboxCounters.damaged },
    { hook: 'outbox', reason: 'refused', count: outboxCounters.refused },
    { hook: 'outbox', reason: 'store_failed', count: outboxCounters.storeFailures },
    { hook: 'fleet', reason: 'omitted', count: fleet.counters.omitted },
    { hook: 'fleet', reason: 'forgotten', count: fleet.counters.forgotten },
    { hook: 'starter', reason: 'refused', count: starters.refused },
    ...Object.entries(posture.lost).map(([reason, count]) => ({ hook: 'posture', reason, count })),
    ...Object.entries(containers.kubernetes?.lost ?? {}).map(([reason, count]) => ({
      hook: 'kubernetes',
      reason,
      count,
    })),
    { hook: 'engine', reason: 'broken_line', count: containers.counters.brokenLines },
  ];
  return {
    timeMs: nowMs,
    agentVersion: version,
    kernel: release(),
    sensor: sensor === undefined ? 'procfs' : 'bpf',
    hooks: observer.hooks,
    engineConnected: containers.connected,
    containers: rates
      .reports(containers.running(), figuresByCgroup(sensor, containers.running()))
      .map((one) => withUnwatched(one, watch.sight.unwatched(one.id, nowMs))),
    unseenContainers: containers.running().filter(({ cgroupId }) => cgroupId === undefined).length,
    workloads: watch.report().map((one) => ({ ...one, rates: sliceLoops.report(one.workload.id) })),
    events: { ...pipeline.events, ...(counters === undefined ? {} : { healed: counters.healed }) },
    known: counters?.known ?? {},
    missed: onlyFiles(counters?.missed ?? {}),
    lost,
    ...(lossWindows.length === 0 ? {} : { lossWindows }),
    pendingEvents: pipeline.pendingEvents,
    outboxAlerts: outbox.depth(),
    expectedAlertsPerDay: alertsPerDay.expected.perDay,
    expectedAlertsBounds: { low: alertsPerDay.expected.low, high: alertsPerDay.expected.high },
    alertsLastDay: alertsPerDay.raised,
    rules: ruleSource.report,
    ...(taking === undefined ? {} : { snapshots: taking.report() }),
    ...history.report(),
    agent: ownCost(stateDir),
    ...(containers.kubernetes === undefined ? {} : { peers: containers.kubernetes.peers.report }),
  };
}
