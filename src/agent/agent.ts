import { join } from 'node:path';
import { Containers } from '../identity/containers.ts';
import { clientTlsSource } from '../lib/client-tls.ts';
import { systemClock } from '../lib/clock.ts';
import { errorText } from '../lib/errors.ts';
import type { AnchorwatchError } from '../lib/errors.ts';
import { type Cleanups, startOrUndo } from '../lib/lifecycle.ts';
import type { Logger } from '../lib/log.ts';
import { LossWindowStore } from '../store/loss-windows.ts';
import { Outbox } from '../outbox/outbox.ts';
import { PeerCompanion } from '../outbox/peer-companion.ts';
import { openDatabase } from '../store/database.ts';
import type { Database } from '../store/database.ts';
import { OutboxStore } from '../store/outbox-store.ts';
import { profileMigrations } from '../store/profile-migrations.ts';
import { Profiles } from '../store/profiles.ts';
import { Sights } from '../store/sights.ts';
import type { ProfileSchema } from '../store/profiles.ts';
import { RateModels } from '../store/rate-models.ts';
import { openOrSetAside } from '../store/set-aside.ts';
import { WorkloadStates } from '../store/workload-states.ts';
import type { AgentOptions } from './agent-options.ts';
import { withCounts } from './container-figures.ts';
import { containerProcesses } from './container-processes.ts';
import { Fleet } from './fleet.ts';
import { History } from './history.ts';
import { HistoryFeed } from './history-feed.ts';
import { LifeSign } from './life-sign.ts';
import { nodeReport } from './node-report.ts';
import { openSnapshots } from './node-snapshots.ts';
import { ClusterNews } from './cluster-news.ts';
import { Observer } from './observer.ts';
import { ClusterNames } from './peer-names.ts';
import { Pipeline } from './pipeline.ts';
import { ProcessMarks } from './process-marks.ts';
import { PostureWatch } from './posture-watch.ts';
import { Rates } from './rates.ts';
import { openRecording } from './recording-watch.ts';
import type { Recording } from './recording-watch.ts';
import { RuleSource } from '../detect/rule-source.ts';
import { SliceLoops } from './slice-loops.ts';
import { startSource } from './source.ts';
import { starterPaths, Starters } from './starters.ts';
import { Watch } from './watch.ts';
import type { WatchOptions } from './watch.ts';

export interface RunningAgent {
  /** Reads the rules again (a set with problems leaves the old one in place), and dials the collector at once when it is away. */
  reload(): void;
  stop(): Promise<void>;
}

const tickMs = 1_000;
const rateMs = 10_000;
const reportMs = 5_000;
const pollMs = 1_000;

/**
 * Starts the agent of a node. Without a working kernel sensor it goes on with `/proc` and the engine, and says what is not seen.
 * Rejects with AnchorwatchError `rules.invalid`, `store.…`, `collector.url`, `tls.files`, and `signatures.trust`, `sensor.…` where only the kernel sensor is wanted; whatever had been
 * started is stopped then.
 */
export function startAgent(options: AgentOptions, log: Logger): Promise<RunningAgent> {
  return startOrUndo(log, (cleanups) => start(options, log, cleanups));
}

async function start(options: AgentOptions, log: Logger, cleanups: Cleanups): Promise<RunningAgent> {
  const clock = systemClock;
  const { stateDir, nodeName, sliceMs, startupMs, halfLifeMs, version, alertBudget, thresholds, incidentQuietMs } =
    options;
  const judging = {
    ...(alertBudget === undefined ? {} : { alertBudget }),
    ...(thresholds === undefined ? {} : { thresholds }),
    ...(incidentQuietMs === undefined ? {} : { incidentQuietMs }),
  };

  const ruleSource = new RuleSource(options.rulePaths ?? [], log);
  const { rules } = ruleSource;
  const starters = new Starters(starterPaths(options.starter ?? 'on'), log);

  const setAside = (aside: string, error: AnchorwatchError): void => {
    log.error({ err: error, code: error.code, aside }, `${errorText(error)}. It was moved aside, a new one begins`);
  };
  const recording = agentRecording(options, log);
  cleanups.defer('recording', async () => recording?.writer.close());
  const profilesPath = join(stateDir, 'profiles.db');
  const { profilesFile, watch } = openOrSetAside(
    profilesPath,
    () =>
      openWatch(
        profilesPath,
        { rules, starters, clock, node: nodeName, sliceMs, startupMs, halfLifeMs, ...judging },
        recording,
      ),
    setAside,
  );
  cleanups.defer('profiles', () => profilesFile.close());
  const outboxPath = join(stateDir, 'outbox.db');
  const { outboxSizeBytes = 64e6, outboxAgeMs = 7 * 86_400_000 } = options;
  const outboxBounds = { sizeBytesMax: outboxSizeBytes, ageMsMax: outboxAgeMs };
  const outboxFile = openOrSetAside(outboxPath, () => new OutboxStore(outboxPath, outboxBounds), setAside);
  cleanups.defer('outbox file', () => outboxFile.close());

  let reportSoon = (): void => undefined;
  const taking = openSnapshots(
    options,
    log,
    () => containers,
    () => {
      reportSoon();
    },
  );
  const posture: PostureWatch = new PostureWatch({
    ...{ watch, images: options.images, clock, log, containers: () => containers, watches: () => sensor !== undefined },
    raise: (alert, container) => pipeline.raise(alert, container),
  });
  cleanups.defer('practices', () => posture.stop());
  const news: ClusterNews = new ClusterNews({
    ...{ slices: watch.slices, containers: () => containers, pipeline: () => pipeline, clock },
  });
  const { captureMs, historySize = 1e9, historyAgeMs = 7 * 86_400_000 } = options;
  const history = new History(
    { stateDir, nodeName, captureMs, historySize, historyAgeMs },
    clock,
    log,
    { ...taking?.answerers, ...news.answerers },
    [posture.companion, new PeerCompanion(() => containers.kubernetes?.peers)],
  );
  cleanups.defer('history', () => history.recorder.close());

  const tls =
    options.tls === undefined
      ? undefined
      : clientTlsSource(options.tls, (error) => log.warn({ err: error }, `used as they were: ${errorText(error)}`));
  const outbox = new Outbox({
    collectorUrl: options.collectorUrl,
    token: options.token,
    ...(options.renewToken === undefined ? {} : { renewToken: options.renewToken }),
    ...(tls === undefined ? {} : { tls }),
    nodeName,
    agentVersion: version,
    file: outboxFile,
    log,
    onRequest: (workload) => Promise.resolve(watch.profileFeatures(workload)),
    onDecision: (decision) => pipeline.decide(decision),
    companion: history.companion,
    onFleetOpen: () => fleet.opened(),
    onFleet: (workload, shared) => fleet.told(workload, shared),
  });
  const fleet = new Fleet({ profiles: watch, link: outbox, clock, random: Math.random, log });
  outbox.start();
  cleanups.defer('outbox', () => outbox.stop());
  cleanups.defer('snapshots', () => taking?.snapshots.stop());

  const containers: Containers = new Containers({
    dockerHost: options.dockerHost,
    kubernetes: { kubeconfig: options.kubeconfig, nodeName, peers: options.kubernetesPeers, mayShare: true },
    log,
    clock,
    listener: posture.beside({
      started: (container) => {
        feed.started(container, clock.nowMs());
        pipeline.started(container);
        fleet.started(container.workload.id);
      },
      stopped: (container) => {
        pipeline.stopped(container);
        feed.stopped(container, clock.nowMs());
        rates.forget(container.id);
        sliceLoops.forget(container.id);
      },
      updated: (container) => watch.containerUpdated(container, clock.nowMs()),
      died: (container, exitCode, timeMs) => feed.died(container, exitCode, timeMs),
      lifecycle: (event) => pipeline.lifecycle(event),
    }),
  });
  const cluster = new ClusterNames(() => containers.kubernetes?.peers);
  const feed = new HistoryFeed({
    ...{ entries: history.recorder, bundles: history.bundles, startedMs: clock.nowMs() },
    running: () => containers.running(),
    byId: (id) => containers.byId(id),
    names: (workloadId) => watch.profile(workloadId),
    figures: (running) => withCounts(sensor, running, rates.latest),
  });
  const lossWindows = new LossWindowStore(profilesFile);
  const pipeline: Pipeline = new Pipeline({
    ...{ watch, containers, clock, log, recorder: feed, captureMs },
    counted: (workloadId, kernelKey, samples) => {
      feed.counted(workloadId, kernelKey, samples);
    },
    alerts: {
      push(alert) {
        outbox.push(alert);
        taking?.snapshots.alerted(alert);
        news.alerted(alert);
      },
    },
    losses: {
      add: (windows, nowMs) => {
        feed.lost(windows);
        lossWindows.add(windows, nowMs);
      },
      recent: (limit) => lossWindows.recent(limit),
    },
    ownPids: [process.pid, process.ppid],
    cluster,
  });
  const rates = new Rates();
  cleanups.defer('rates', () => {
    rates.close();
  });

  const marks = new ProcessMarks({
    ...{ entries: history.recorder, clock },
    byCgroup: (cgroupId) => containers.byCgroup(cgroupId),
  });
  const source = await startSource({ ...options, marks }, pipeline, containers, log);
  const { sensor, poller } = source;
  const observer = new Observer({ source, containers, watch, allSyscalls: options.allSyscalls });
  history.fetch = async () => sensor?.fetchMarks();
  const sliceLoops: SliceLoops = new SliceLoops({
    ...{ slices: watch.slices, sliceMs, startupMs, halfLifeMs, clock, log, arch: process.arch, random: Math.random },
    ...{ rateStore: new RateModels(profilesFile), mixStore: new WorkloadStates(profilesFile, 'syscall_mix') },
    running: () => containers.running(),
    figures: (running) => withCounts(sensor, running, rates.read(running)),
    bursts: {
      ...{ store: new WorkloadStates(profilesFile, 'burst_state'), processes: containerProcesses },
      figures: (running) => withCounts(sensor, running, rates.readBriefly(running)),
    },
    counts: ({ cgroupId }) => (cgroupId === undefined ? undefined : sensor?.syscallCounts(cgroupId)),
    raise: (alert, container) => {
      pipeline.raise(alert, container);
    },
  });
  cleanups.defer('models of slices', () => {
    sliceLoops.finish();
  });
  cleanups.defer('sensor', async () => {
    // While the kernel still has its counts; what is left in the rings is told by `stop`, and saved after it.
    pipeline.finish();
    await sensor?.stop();
    pipeline.useSensor(undefined);
    poller?.close();
    pipeline.save();
    feed.finish(clock.nowMs());
  });

  // After the sensor: a container that starts in between is announced by the kernel.
  await containers.start();
  cleanups.defer('container engine', () => {
    containers.stop();
  });

  const every = (ms: number, act: () => void): void => {
    const timer = setInterval(act, ms);
    cleanups.defer('timer', () => {
      clearInterval(timer);
    });
  };
  every(tickMs, () => {
    const running = containers.running().map(({ workload }) => workload.id);
    cluster.forgetMoved(running, watch, sensor);
    observer.tick();
    pipeline.tick();
    fleet.tick();
    sliceLoops.tick();
    posture.tick();
    feed.tick(clock.nowMs());
    marks.tick(clock.nowMs());
    history.recorder.flush();
  });
  every(rateMs, () => void rates.read(containers.running()));
  if (poller !== undefined)
    every(pollMs, () => {
      poller.poll();
    });
  const own = { watch, outbox, containers, pipeline, rates, sliceLoops, source, version, history, ruleSource };
  const from = { ...own, observer, stateDir, fleet, recording, taking, starters, marks, posture };
  const lifeSign = new LifeSign(stateDir);
  cleanups.defer('sign of life', () => {
    lifeSign.remove();
  });
  const report = (): void => {
    outbox.report(nodeReport(from));
    lifeSign.give(clock.nowMs());
  };
  reportSoon = report;
  rates.read(containers.running());
  report();
  every(reportMs, report);

  return {
    reload() {
      outbox.redial();
      watch.setRules(ruleSource.reload());
      starters.reload();
    },
    stop: () => cleanups.run(log),
  };
}

function openWatch(
  path: string,
  options: Omit<WatchOptions, 'profiles' | 'sights'>,
  recording: Recording | undefined,
): { readonly profilesFile: Database<ProfileSchema>; readonly watch: Watch } {
  const profilesFile = openDatabase<ProfileSchema>({
    path,
    kind: 'profile',
    migrations: profileMigrations,
    synchronous: 'normal',
    check: true,
  });
  try {
    const all = { ...options, profiles: new Profiles(profilesFile), sights: new Sights(profilesFile) };
    return { profilesFile, watch: recording?.watch(all) ?? new Watch(all) };
  } catch (error) {
    profilesFile.close();
    throw error;
  }
}

/** The recording that is wanted beside the watching; without it, said, where it cannot be made: watching comes first. */
function agentRecording(
  { recording, nodeName, sensor = 'auto', version, sliceMs, startupMs, halfLifeMs }: AgentOptions,
  log: Logger,
): Recording | undefined {
  if (recording === undefined) return undefined;
  const nowMs = systemClock.nowMs();
  try {
    return openRecording(recording, { nodeName, sensor, version, nowMs, sliceMs, startupMs, halfLifeMs }, log);
  } catch (error) {
    log.error({ err: error, code: 'recording.failed' }, `nothing is recorded: ${errorText(error)}`);
    return undefined;
  }
}
