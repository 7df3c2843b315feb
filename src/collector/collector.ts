import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ulid } from 'ulid';
import { ApiServer } from '../api/server.ts';
import { alertFormats, historyOcsf } from '../export/formats.ts';
import { Feed } from '../feed/feed.ts';
import { EvidenceKeeper } from '../ingest/evidence.ts';
import { Fleet } from '../ingest/fleet.ts';
import { Histories } from '../ingest/histories.ts';
import { Ingest } from '../ingest/ingest.ts';
import { NodeMetrics } from '../ingest/node-metrics.ts';
import { OpenIncidents } from '../ingest/open-incidents.ts';
import { requestSnapshot, SnapshotIntake } from '../ingest/snapshot-intake.ts';
import { Nodes } from '../ingest/nodes.ts';
import { systemClock } from '../lib/clock.ts';
import { AnchorwatchError } from '../lib/errors.ts';
import { Cleanups } from '../lib/lifecycle.ts';
import type { Logger } from '../lib/log.ts';
import { createRegistry, describeMetrics, gauge } from '../lib/metrics.ts';
import type { MetricDescription } from '../lib/metrics.ts';
import { sumOfContributions } from '../profile/merge.ts';
import { CollectorStore } from '../store/collector-store.ts';
import { SnapshotArchives } from '../store/snapshot-archives.ts';

export interface CollectorOptions {
  /** `HOST:PORT`; port 0 picks one. */
  readonly listen: string;
  /** SQLite file. */
  readonly storePath: string;
  /** What agents must present. */
  readonly agentToken: string;
  /** `listen` with the address is written here. */
  readonly stateDir: string;
  readonly version: string;
  /** Listen on an address that others can reach, although the API asks for no password (a private network). */
  readonly allowUnauthenticated?: boolean;
  /** An incident that nothing came for is closed after this long. Default 900000. */
  readonly incidentQuietMs?: number;
  /** Snapshots that are kept: of all together, and how many. Default 2 GB and 1000. */
  readonly snapshotBytesMax?: number;
  readonly snapshotsMax?: number;
  /** How long agents may take to send a profile that the API was asked for. Default 5000. */
  readonly profileTimeoutMs?: number;
}

export interface RunningCollector {
  /** `http://HOST:PORT`. */
  readonly url: string;
  /** Every metric that `/metrics` may show. */
  readonly metrics: readonly MetricDescription[];
  stop(): Promise<void>;
}

const incidentTickMs = 1000;

/**
 * Starts the collector. Rejects with AnchorwatchError: `token.empty`, `listen.invalid`, `listen.unauthenticated`, `listen.failed`,
 * and `store.…` (see `openDatabase`); whatever had been started is stopped then.
 */
export async function startCollector(options: CollectorOptions, log: Logger): Promise<RunningCollector> {
  const cleanups = new Cleanups();
  const stop = (): Promise<void> => cleanups.run(log);
  try {
    return { ...(await assemble(options, log, cleanups)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function assemble(
  options: CollectorOptions,
  log: Logger,
  cleanups: Cleanups,
): Promise<Pick<RunningCollector, 'url' | 'metrics'>> {
  const { agentToken, stateDir, version } = options;
  if (agentToken === '') throw new AnchorwatchError('token.empty', 'the token of the agents must not be empty');
  const clock = systemClock;
  const registry = createRegistry();
  gauge(registry, 'anchorwatch_build_info', 'Version of the collector; always 1.', ['version', 'node_version']).set(
    { version, node_version: process.version },
    1,
  );

  const store = new CollectorStore(options.storePath);
  cleanups.defer('store', () => store.close());

  const nodes = new Nodes(store, clock, log);
  await nodes.load();
  const forgetting = setInterval(() => nodes.forget(), 3_600_000);
  cleanups.defer('forgetting of nodes', () => clearInterval(forgetting));
  const nodeMetrics = new NodeMetrics(registry, () => nodes.states(), clock);

  const feed = new Feed({ alerts: store, registry, log });
  const listener = { stored: feed.publish.bind(feed), nodeChanged: feed.nodeChanged.bind(feed) };
  const fleet = new Fleet({
    ...{ contributions: store.contributions, sum: sumOfContributions, registry, clock, log },
    prune: (nowMs) => store.contributions.prune(nowMs),
  });
  await fleet.prune();
  const pruning = setInterval(() => void fleet.prune(), 3_600_000);
  cleanups.defer('pruning of contributions', () => clearInterval(pruning));
  const evidence = new EvidenceKeeper({ store: store.evidence, registry, nowMs: () => clock.nowMs(), log });
  const snapshots = new SnapshotArchives({
    ...{ directory: join(stateDir, 'snapshots'), log },
    ...{ sizeBytesMax: options.snapshotBytesMax ?? 2e9, countMax: options.snapshotsMax ?? 1000 },
  });
  const ingest: Ingest = new Ingest({
    reported: (node, report) => {
      intake.reported(node, report.snapshots?.waiting ?? 0);
    },
    ...{ fleet, evidence },
    token: agentToken,
    collectorVersion: version,
    alerts: store,
    nodes,
    decisions: store,
    listener,
    registry,
    clock,
    log,
  });

  const inquire = ingest.inquire.bind(ingest);
  const intake: SnapshotIntake = new SnapshotIntake({ keep: snapshots, inquire, registry, clock, log });
  const incidents = new OpenIncidents({
    ...{ incidents: store, registry, clock, log },
    quietMs: options.incidentQuietMs ?? 900_000,
    closed: (closed) => {
      feed.publish([], closed);
    },
  });
  const closing = setInterval(() => void incidents.closeQuiet(), incidentTickMs);
  cleanups.defer('closing of incidents', () => clearInterval(closing));

  const api = new ApiServer({
    version,
    listen: options.listen,
    allowUnauthenticated: options.allowUnauthenticated ?? false,
    log,
    clock,
    alerts: store,
    incidents: store,
    nodes: { states: () => nodes.states(), askProfile: ingest.askProfile.bind(ingest) },
    exchange: fleet,
    ...{ alertFormats: alertFormats(version), historyOcsf: historyOcsf(version) },
    snapshots: { book: snapshots, take: requestSnapshot.bind(undefined, inquire) },
    history: new Histories({ evidence, states: () => nodes.states(), inquire }),
    decisions: {
      decide: async (said) => {
        const nowMs = clock.nowMs();
        const decision = { ...said, id: ulid(nowMs), time: new Date(nowMs).toISOString() };
        // What was seen to is of interest to people only; everything else is for the nodes, also for those that are away.
        const names = said.verdict === 'acknowledge' ? [] : nodes.states().map(({ name }) => name);
        const stored = await store.addDecision(decision, names);
        if (said.verdict === 'relearn') await fleet.forget(said.workload);
        const { id, verdict, by, workload } = decision;
        log.info({ decision: id, verdict, by, workload, alert: said.alert }, 'an operator decided');
        ingest.tellDecisions(names);
        return stored;
      },
      decisions: store.decisions.bind(store),
      decision: store.decision.bind(store),
    },
    metrics: async () => {
      nodeMetrics.refresh();
      await incidents.refresh();
      return registry.metrics();
    },
    notReady: () => ingest.storeTrouble,
    profileTimeoutMs: options.profileTimeoutMs ?? 5000,
    upgrades: { '/agent': ingest.upgrade.bind(ingest), '/feed': feed.upgrade.bind(feed) },
  });
  cleanups.defer('api', () => api.stop());
  cleanups.defer('feed', () => feed.stop());
  cleanups.defer('ingest', () => ingest.stop());
  cleanups.defer('snapshots', () => intake.stop());
  const url = await api.listen();

  mkdirSync(stateDir, { recursive: true });
  const listenFile = join(stateDir, 'listen');
  // Renamed into place: whoever waits for the file never reads half of it.
  writeFileSync(`${listenFile}.new`, url);
  renameSync(`${listenFile}.new`, listenFile);
  cleanups.defer('listen file', () => rmSync(listenFile, { force: true }));
  log.info({ url, store: options.storePath }, 'the collector listens');
  return { url, metrics: describeMetrics(registry) };
}

/** docs/reference/metrics.md, made from what is declared. Pure. */
export function metricsReference(metrics: readonly MetricDescription[]): string {
  return [
    '# Metrics',
    '',
    '<!-- Made by `npm run docs` from what the collector registers: change it there. -->',
    '',
    '`GET /metrics` of the collector, in the text format of Prometheus (OpenMetrics when asked for). What agents report is there under their',
    'node; series of containers and nodes that are gone are removed.',
    '',
    '| metric | type | labels | what |',
    '| --- | --- | --- | --- |',
    ...metrics.map(
      ({ name, type, labels, help }) =>
        `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(' ')} | ${help} |`,
    ),
    '',
  ].join('\n');
}
