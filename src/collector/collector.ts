import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ulid } from 'ulid';
import { replaceFile } from '../lib/directory.ts';
import { Checks } from '../access/checks.ts';
import { Gate } from '../access/gate.ts';
import { Tokens } from '../access/tokens.ts';
import { ApiServer } from '../api/server.ts';
import { alertFormats, historyOcsf, postureFormats } from '../export/formats.ts';
import { Feed } from '../feed/feed.ts';
import { EvidenceKeeper } from '../ingest/evidence.ts';
import { Fleet } from '../ingest/fleet.ts';
import { Histories } from '../ingest/histories.ts';
import { Ingest } from '../ingest/ingest.ts';
import { paceOf } from '../ingest/admission.ts';
import { NodeMetrics } from '../ingest/node-metrics.ts';
import { OpenIncidents } from '../ingest/open-incidents.ts';
import { requestSnapshot, SnapshotIntake } from '../ingest/snapshot-intake.ts';
import { NodeSilence } from '../ingest/node-silence.ts';
import { Nodes } from '../ingest/nodes.ts';
import { systemClock } from '../lib/clock.ts';
import { AnchorwatchError } from '../lib/errors.ts';
import { type Cleanups, startOrUndo } from '../lib/lifecycle.ts';
import type { Logger } from '../lib/log.ts';
import { counter, createRegistry, describeMetrics, gauge } from '../lib/metrics.ts';
import type { MetricDescription } from '../lib/metrics.ts';
import { ApiAudit } from './api-audit.ts';
import { isApiUser } from './api-watch.ts';
import { OwnMetrics } from './own-metrics.ts';
import { Notifications } from './notifications.ts';
import { actionOutcomes, SlackActions } from '../notify/slack/actions.ts';
import { slackSigners } from '../notify/slack/slack.ts';
import { startClusterWatch } from './cluster-source.ts';
import { AdviceBook } from './advice-book.ts';
import type { CollectorOptions } from './collector-options.ts';
import { startPeerShare } from './peer-share.ts';
import { PostureBook } from './posture-book.ts';
import { VulnerabilityMetrics } from './vulnerability-metrics.ts';
import { profileExports } from './profile-exports.ts';
import { ContributionSum } from '../profile/merge.ts';
import { CollectorStore } from '../store/collector-store.ts';
import { Retention } from '../store/retention.ts';
import { SnapshotArchives } from '../store/snapshot-archives.ts';
import { threadMetrics } from './store-threads.ts';

export interface RunningCollector {
  /** `http://HOST:PORT`. */
  readonly url: string;
  /** Every metric that `/metrics` may show. */
  readonly metrics: readonly MetricDescription[];
  /** Reads the certificate's files, the routes file and the rules again. */
  reload(): void;
  stop(): Promise<void>;
}

const incidentTickMs = 1000;
const nodeTickMs = 1000;

/**
 * Starts the collector. Rejects with AnchorwatchError: `token.empty`, `tls.files`, `listen.invalid`, `listen.unauthenticated`, `listen.failed`,
 * `routes.…`, `rules.invalid` and `store.…` (see `openDatabase`); whatever had been started is stopped then.
 */
export function startCollector(options: CollectorOptions, log: Logger): Promise<RunningCollector> {
  return startOrUndo(log, async (cleanups) => ({
    ...(await assemble(options, log, cleanups)),
    stop: () => cleanups.run(log),
  }));
}

async function assemble(
  options: CollectorOptions,
  log: Logger,
  cleanups: Cleanups,
): Promise<Omit<RunningCollector, 'stop'>> {
  const { agentToken, stateDir, version } = options;
  if (agentToken === '') throw new AnchorwatchError('token.empty', 'the token of the agents must not be empty');
  const clock = systemClock;
  const registry = createRegistry();
  gauge(registry, 'anchorwatch_build_info', 'Version of the collector; always 1.', ['version', 'node_version']).set(
    { version, node_version: process.version },
    1,
  );

  const store = await CollectorStore.open(options.storePath, options.storeThreads ?? true);
  cleanups.defer('store', () => store.close());
  const chainFault = gauge(
    registry,
    'anchorwatch_store_chain_fault',
    '1 when the chain of alerts did not fit the record of its end when the collector started: see anchorwatch verify.',
  );
  chainFault.set(store.opened.fault === undefined ? 0 : 1);
  if (store.opened.fault !== undefined)
    log.error({ store: options.storePath }, `the chain of alerts is not as it was left: ${store.opened.fault}`);
  const refreshThreads = threadMetrics(registry, store);
  const retention = new Retention({
    ...{ store, registry, clock, log },
    bounds: { ageMs: options.retentionMs ?? 90 * 86_400_000, sizeBytes: options.retentionBytes ?? 10_000_000_000 },
    auditAgeMs: options.auditRetentionMs ?? 400 * 86_400_000,
  });
  retention.start();
  cleanups.defer('retention', () => retention.stop());

  const nodes = new Nodes(store, clock, log);
  await nodes.load();
  cleanups.defer('nodes', () => nodes.flush(Infinity));
  const forgetting = setInterval(() => nodes.forget(), 3_600_000);
  cleanups.defer('forgetting of nodes', () => clearInterval(forgetting));
  const nodeMetrics = new NodeMetrics(registry, () => nodes.states(), clock);
  const ownMetrics = new OwnMetrics(registry, dirname(options.storePath));

  const notifications = await Notifications.start({
    ...{ routesFile: options.routesFile, publicUrl: options.publicUrl, kinds: options.receiverKinds },
    ...{ store, registry, clock, log },
  });
  cleanups.defer('notifications', () => notifications.stop());

  const feed = new Feed({ alerts: store, registry, log });
  const listener = {
    stored: (...stored: Parameters<Feed['publish']>): void => {
      feed.publish(...stored);
      notifications.stored(stored[0]);
    },
    nodeChanged: feed.nodeChanged.bind(feed),
  };
  const fleet = new Fleet({
    ...{ contributions: store.contributions, sum: (nowMs) => new ContributionSum(nowMs), registry, clock, log },
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
  const posture: PostureBook = new PostureBook({
    ...{ store, registry, clock, log, exceptionsFile: options.postureExceptions },
    changed: feed.postureChanged.bind(feed),
    advice: (workload, check) => advice.onCheck(workload, check),
  });
  const advice: AdviceBook = new AdviceBook({ store, fleet, told: posture.keepWorkload.bind(posture), clock, log });
  await posture.load();
  const vulnerabilities = new VulnerabilityMetrics(store.vulnerabilities, registry);
  cleanups.defer('advice', advice.start());
  const peers = startPeerShare({ ...options.cluster }, { registry, clock, log });
  cleanups.defer('names of peers', () => peers.stop());
  const ingest: Ingest = new Ingest({
    reported: (node, report) => {
      intake.reported(node, report.snapshots?.waiting ?? 0);
    },
    counted: nodeMetrics.countAlert.bind(nodeMetrics),
    ...{ fleet, evidence, posture, peers: peers.desk },
    collectorVersion: version,
    alerts: store,
    nodes,
    decisions: store,
    listener,
    registry,
    clock,
    log,
  });

  const apiAudit = new ApiAudit({
    ...{ path: join(stateDir, 'api-profiles.db'), raise: ingest.raise.bind(ingest), registry, clock, log },
    ...{ incidentQuietMs: options.incidentQuietMs, rulePaths: options.rulePaths },
  });
  cleanups.defer('users of the Kubernetes API', () => apiAudit.stop());

  const cluster = startClusterWatch(
    { ...options.cluster },
    {
      ...{ posture, store, raise: ingest.raise.bind(ingest), registry, clock, log },
      ...{ nodes: () => nodes.states(), inquire: ingest.inquire.bind(ingest) },
    },
  );
  cleanups.defer('reading of the cluster', () => cluster.stop());

  const inquire = ingest.inquire.bind(ingest);
  const intake: SnapshotIntake = new SnapshotIntake({ keep: snapshots, inquire, registry, clock, log });
  const silence = new NodeSilence(
    {
      ...{ nodes, log, changed: listener.nodeChanged, raise: ingest.raise.bind(ingest) },
      silenceMs: options.nodeSilenceMs ?? 30_000,
      stoppedToo: options.nodeStopAlert ?? false,
      graceMs: () => paceOf(nodes.size).reconnectMs,
      ...{ monotonicMs: () => clock.monotonicMs(), nowMs: () => clock.nowMs() },
    },
    nodes.states(),
  );
  const nodeTick = setInterval(() => {
    void nodes.flush();
    void silence.tick();
  }, nodeTickMs);
  cleanups.defer('states of nodes', () => clearInterval(nodeTick));

  const incidents = new OpenIncidents({
    ...{ incidents: store, registry, clock, log },
    quietMs: options.incidentQuietMs ?? 900_000,
    closed: (closed) => {
      feed.publish([], closed);
      notifications.closed(closed);
    },
  });
  const closing = setInterval(() => void incidents.closeQuiet(), incidentTickMs);
  cleanups.defer('closing of incidents', () => clearInterval(closing));

  const gate = new Gate({
    ...{ shelf: store.tokens, checks: new Checks({ clock }), sharedToken: agentToken, clock, registry, log },
    agentCertificates: options.tls?.clientCaFile !== undefined,
    localNode: options.localNode,
  });
  const noting = setInterval(() => void gate.noteUsed(), 60_000);
  cleanups.defer('noting of tokens', async () => {
    clearInterval(noting);
    await gate.noteUsed();
  });
  const tokens = new Tokens(store.tokens, clock);
  const certificateEnd = gauge(
    registry,
    'anchorwatch_certificate_expiry_timestamp_seconds',
    'When the certificate that the collector shows ends; not there without TLS.',
    ['certificate'],
  );
  const limited = counter(
    registry,
    'anchorwatch_api_limited_total',
    'Requests that were answered with 429 because their client asked too often.',
  );
  const actions = counter(
    registry,
    'anchorwatch_slack_actions_total',
    'Requests to `POST /slack/actions`: buttons that decided (`action`), what is none of ours (`nothing`), and refusals by reason.',
    ['outcome'],
  );
  for (const outcome of actionOutcomes) actions.inc({ outcome }, 0);
  const certificateFile = join(stateDir, 'listen.pem');
  const api: ApiServer = new ApiServer({
    gatekeeper: gate,
    configured: () => store.tokens.configured(),
    tokens: {
      create: tokens.create.bind(tokens),
      list: tokens.list.bind(tokens),
      revoke: async (idOrName, by) => {
        const revoked = await tokens.revoke(idOrName, by);
        await api.review();
        return revoked;
      },
    },
    audit: store.audit,
    kubernetesAudit: cluster.beside(apiAudit),
    slackActions: new SlackActions(
      () => slackSigners(notifications.receivers()),
      () => clock.nowMs(),
      (outcome) => actions.inc({ outcome }),
    ),
    metricsOpen: options.metricsOpen ?? false,
    tls: options.tls,
    requests: options.requests,
    // Commands on this machine know the collector by it, whatever name stands in it.
    certificateChanged: (cert) => replaceFile(certificateFile, cert),
    limited: () => limited.inc(),
    turnedAway: (path, address, reason) => {
      if (path === '/agent') ingest.turnedAway(address, reason);
    },
    version,
    listen: options.listen,
    allowUnauthenticated: options.allowUnauthenticated ?? false,
    log,
    clock,
    alerts: store,
    incidents: store,
    chain: store,
    nodes: { states: () => nodes.states(), askProfile: ingest.askProfile.bind(ingest) },
    exchange: fleet,
    exports: { ...profileExports, facts: advice.facts.bind(advice) },
    ...{ alertFormats: alertFormats(version), historyOcsf: historyOcsf(version) },
    snapshots: { book: snapshots, take: requestSnapshot.bind(undefined, inquire) },
    ...{ notifications, silences: notifications.silences },
    posture: { source: posture, exceptions: posture, formats: postureFormats(version) },
    vulnerabilities: store.vulnerabilities,
    history: new Histories({ evidence, states: () => nodes.states(), inquire }),
    decisions: {
      decide: async (said) => {
        const nowMs = clock.nowMs();
        const decision = { ...said, id: ulid(nowMs), time: new Date(nowMs).toISOString() };
        // What was seen to is of interest to people only; everything else is for the nodes, also for those that are away.
        const isOfNodes = said.verdict !== 'acknowledge' && !isApiUser(said.workload);
        const names = isOfNodes ? nodes.states().map(({ name }) => name) : [];
        const stored = await store.addDecision(decision, names);
        await apiAudit.decide(decision);
        if (said.verdict === 'relearn') await fleet.forget(said.workload);
        const { id, verdict, by, workload } = decision;
        ownMetrics.decided(verdict);
        log.info({ decision: id, verdict, by, workload, alert: said.alert }, 'an operator decided');
        ingest.tellDecisions(names);
        notifications.decided(decision);
        return stored;
      },
      decisions: store.decisions.bind(store),
      decision: store.decision.bind(store),
    },
    metrics: async () => {
      nodeMetrics.refresh();
      refreshThreads();
      peers.refresh();
      if (api.certificateEndsSeconds !== undefined)
        certificateEnd.set({ certificate: 'collector' }, api.certificateEndsSeconds);
      await Promise.all([incidents.refresh(), ownMetrics.refresh(), posture.refresh(), vulnerabilities.refresh()]);
      return registry.metrics();
    },
    notReady: () => store.trouble ?? ingest.storeTrouble,
    profileTimeoutMs: options.profileTimeoutMs ?? 5000,
    upgrades: {
      '/agent': (request, socket, head, { node }) => ingest.upgrade(request, socket, head, node),
      '/feed': feed.upgrade.bind(feed),
    },
  });
  cleanups.defer('api', () => api.stop());
  cleanups.defer('feed', () => feed.stop());
  cleanups.defer('ingest', () => ingest.stop());
  cleanups.defer('snapshots', () => intake.stop());
  const url = await api.listen();

  const listenFile = join(stateDir, 'listen');
  replaceFile(listenFile, url);
  cleanups.defer('listen file', () => {
    for (const file of [listenFile, certificateFile]) rmSync(file, { force: true });
  });
  log.info({ url, store: options.storePath }, 'the collector listens');
  const reload = (): void => {
    api.reload();
    notifications.reload();
    posture.reload();
    apiAudit.reload();
  };
  return { url, metrics: describeMetrics(registry), reload };
}
