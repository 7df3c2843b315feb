import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { unifiedMount } from '../identity/cgroup.ts';
import { Containers } from '../identity/containers.ts';
import { systemClock } from '../lib/clock.ts';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import { Cleanups } from '../lib/lifecycle.ts';
import type { Logger } from '../lib/log.ts';
import type { NodeReport } from '../model/node.ts';
import { CaptureLog } from '../history/capture-log.ts';
import { LossWindowStore } from '../store/loss-windows.ts';
import { Outbox } from '../outbox/outbox.ts';
import { procfsHooks } from '../sensor/procfs-hooks.ts';
import { ProcfsSource } from '../sensor/procfs.ts';
import { Sensor } from '../sensor/sensor.ts';
import { openDatabase } from '../store/database.ts';
import type { Database } from '../store/database.ts';
import { OutboxStore } from '../store/outbox-store.ts';
import { profileMigrations } from '../store/profile-migrations.ts';
import { Profiles } from '../store/profiles.ts';
import type { ProfileSchema } from '../store/profiles.ts';
import { RateModels } from '../store/rate-models.ts';
import { openOrSetAside } from '../store/set-aside.ts';
import { figuresByCgroup, withCounts } from './container-figures.ts';
import { Pipeline } from './pipeline.ts';
import { Rates } from './rates.ts';
import { RateLoop } from './rate-loop.ts';
import { RateWatch } from './rate-watch.ts';
import { RuleSource } from './rule-source.ts';
import { Watch } from './watch.ts';
import type { WatchOptions } from './watch.ts';

export interface AgentOptions {
  /** `ws(s)://HOST:PORT` of the collector. */
  readonly collectorUrl: string;
  readonly token: string;
  /** Reads the token again after it was refused, and on `reload`; throws when it cannot. */
  readonly renewToken?: () => string;
  /** Profiles and the outbox live here. */
  readonly stateDir: string;
  /** Address of the container engine; undefined: DOCKER_HOST, then the usual sockets. */
  readonly dockerHost: string | undefined;
  readonly nodeName: string;
  readonly sliceMs: number;
  readonly startupMs: number;
  readonly halfLifeMs: number;
  readonly version: string;
  /** Strict mode: every system call by name, the 32-bit ABI's too. */
  readonly allSyscalls: boolean;
  /** How long everything that a container does is recorded after its last alert; 0: never. */
  readonly captureMs: number;
  /** False alerts a day that are acceptable on this node. */
  readonly alertBudget?: number;
  /** Thresholds by workload and dimension, decades. */
  readonly thresholds?: WatchOptions['thresholds'];
  /** How long an incident may be quiet before what comes is another one. */
  readonly incidentQuietMs?: number;
  /** Where events are from; `auto`: the kernel sensor, or `/proc` where it does not work. */
  readonly sensor?: 'auto' | 'bpf' | 'procfs';
  /** Files and directories of suspicion rules that build on the shipped ones. */
  readonly rulePaths?: readonly string[];
}

export interface RunningAgent {
  /** Reads the rules again (a set with problems leaves the old one in place), and dials the collector at once when it is away. */
  reload(): void;
  stop(): Promise<void>;
}

const tickMs = 1_000;
const rateMs = 10_000;
const reportMs = 5_000;
const pollMs = 1_000;
/** Alerts that wait for the collector on disk; beyond them the oldest of the lowest severity make room, counted. */
const outboxAlertsMax = 10_000;

/**
 * Starts the agent of a node. Without a working kernel sensor it goes on with `/proc` and the engine, and says what is not seen.
 * Rejects with AnchorwatchError `rules.invalid`, `store.…`, `collector.url`, and `sensor.…` where only the kernel sensor is wanted; whatever had been
 * started is stopped then.
 */
export async function startAgent(options: AgentOptions, log: Logger): Promise<RunningAgent> {
  const cleanups = new Cleanups();
  try {
    return await start(options, log, cleanups);
  } catch (error) {
    await cleanups.run(log);
    throw error;
  }
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

  const setAside = (aside: string, error: AnchorwatchError): void => {
    log.error({ err: error, code: error.code, aside }, `${errorText(error)}. It was moved aside, a new one begins`);
  };
  const profilesPath = join(stateDir, 'profiles.db');
  const { profilesFile, watch } = openOrSetAside(
    profilesPath,
    () => openWatch(profilesPath, { rules, clock, node: nodeName, sliceMs, startupMs, halfLifeMs, ...judging }),
    setAside,
  );
  cleanups.defer('profiles', () => {
    profilesFile.close();
  });
  const outboxPath = join(stateDir, 'outbox.db');
  const outboxFile = openOrSetAside(outboxPath, () => new OutboxStore(outboxPath, outboxAlertsMax), setAside);
  cleanups.defer('outbox file', () => {
    outboxFile.close();
  });

  const outbox = new Outbox({
    collectorUrl: options.collectorUrl,
    token: options.token,
    ...(options.renewToken === undefined ? {} : { renewToken: options.renewToken }),
    nodeName,
    agentVersion: version,
    file: outboxFile,
    log,
    onRequest: (workload) => Promise.resolve(watch.profileFeatures(workload)),
    onDecision: (decision) => pipeline.decide(decision),
  });
  outbox.start();
  cleanups.defer('outbox', () => outbox.stop());

  const containers: Containers = new Containers({
    dockerHost: options.dockerHost,
    log,
    clock,
    listener: {
      started: (container) => {
        pipeline.started(container);
      },
      stopped: (container) => {
        pipeline.stopped(container);
        rates.forget(container.id);
        rateLoop.forget(container.id);
      },
      lifecycle: (event) => {
        pipeline.lifecycle(event);
      },
    },
  });
  const recorder = new CaptureLog({ directory: join(stateDir, 'captures'), log });
  cleanups.defer('captures', () => recorder.close());
  const pipeline: Pipeline = new Pipeline({
    ...{
      watch,
      containers,
      alerts: outbox,
      clock,
      log,
      losses: new LossWindowStore(profilesFile),
      recorder,
      captureMs: options.captureMs,
    },
    ownPids: [process.pid, process.ppid],
  });
  const rates = new Rates();
  cleanups.defer('rates', () => {
    rates.close();
  });

  const source = await startSource(options, pipeline, containers, log);
  const { sensor, poller } = source;
  const rateWatch = new RateWatch({
    slices: watch.slices,
    store: new RateModels(profilesFile),
    halfLifeMs,
    sliceMs,
    startupMs,
  });
  watch.slices.add(rateWatch);
  const rateLoop: RateLoop = new RateLoop({
    ...{ watch: rateWatch, running: () => containers.running(), sliceMs, clock, log },
    figures: (running) => withCounts(sensor, running, rates.read(running)),
    raise: (alert, container) => {
      pipeline.raise(alert, container);
    },
  });
  cleanups.defer('rate models', () => {
    rateLoop.finish();
  });
  cleanups.defer('sensor', async () => {
    // While the kernel still has its counts; what is left in the rings is told by `stop`, and saved after it.
    pipeline.finish();
    await sensor?.stop();
    pipeline.useSensor(undefined);
    poller?.close();
    pipeline.save();
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
    pipeline.tick();
    rateLoop.tick();
  });
  every(tickMs, () => void recorder.flush());
  every(rateMs, () => {
    rates.read(containers.running());
  });
  if (poller !== undefined)
    every(pollMs, () => {
      poller.poll();
    });
  const report = (): void => {
    outbox.report(
      nodeReport({ watch, outbox, containers, pipeline, rates, rateLoop, source, version, recorder, ruleSource }),
    );
  };
  rates.read(containers.running());
  report();
  every(reportMs, report);

  return {
    reload() {
      outbox.redial();
      watch.setRules(ruleSource.reload());
    },
    stop: () => cleanups.run(log),
  };
}

/** Where events are from: one of the two. */
interface Source {
  readonly sensor?: Sensor;
  readonly poller?: ProcfsSource;
  /** Why there is no kernel sensor. */
  readonly trouble: string;
}

async function startSource(
  { sensor: wanted = 'auto', allSyscalls }: Pick<AgentOptions, 'sensor' | 'allSyscalls'>,
  pipeline: Pipeline,
  containers: Containers,
  log: Logger,
): Promise<Source> {
  let trouble = 'not wanted: --sensor procfs';
  if (wanted !== 'procfs') {
    let sensor: Sensor | undefined;
    try {
      if (unifiedMount(readFileSync('/proc/self/mountinfo', 'latin1')) === undefined)
        throw new AnchorwatchError('sensor.cgroup', 'no cgroup v2 tree is mounted');
      sensor = new Sensor({
        log,
        allSyscalls,
        listener: {
          event: (event, handle) => {
            pipeline.event(event, handle);
          },
          cgroupMade: (cgroupId, path) => void pipeline.cgroupMade(cgroupId, path),
          cgroupRemoved: (cgroupId) => {
            containers.cgroupRemoved(cgroupId);
          },
        },
      });
      pipeline.useSensor(sensor);
      await sensor.start();
      return { sensor, trouble: '' };
    } catch (error) {
      pipeline.useSensor(undefined);
      await sensor?.stop();
      if (wanted === 'bpf') throw error;
      trouble = errorText(error);
      log.error({ err: error, code: 'sensor.unavailable' }, `no kernel sensor: ${trouble}`);
    }
  }
  const poller = new ProcfsSource({ listener: pipeline, clock: systemClock, log });
  pipeline.usePoller(poller);
  log.warn(
    { code: 'sensor.procfs' },
    'processes, listening sockets and connections are polled from /proc about once a second; files, system calls and what lasts shorter are not seen. "anchorwatch doctor" says more',
  );
  return { poller, trouble };
}

function openWatch(
  path: string,
  options: Omit<WatchOptions, 'profiles'>,
): { readonly profilesFile: Database<ProfileSchema>; readonly watch: Watch } {
  const profilesFile = openDatabase<ProfileSchema>({
    path,
    kind: 'profile',
    migrations: profileMigrations,
    synchronous: 'normal',
    check: true,
  });
  try {
    return { profilesFile, watch: new Watch({ ...options, profiles: new Profiles(profilesFile) }) };
  } catch (error) {
    profilesFile.close();
    throw error;
  }
}

/** Only files have a first level of their own. */
function onlyFiles(counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(counts).filter(([kind]) => kind.startsWith('file.')));
}

interface ReportSources {
  readonly watch: Watch;
  readonly outbox: Outbox;
  readonly containers: Containers;
  readonly pipeline: Pipeline;
  readonly rates: Rates;
  readonly rateLoop: RateLoop;
  readonly source: Source;
  readonly version: string;
  readonly recorder: CaptureLog;
  readonly ruleSource: RuleSource;
}

function nodeReport({
  watch,
  outbox,
  containers,
  pipeline,
  rates,
  rateLoop,
  source: { sensor, poller, trouble },
  version,
  recorder,
  ruleSource,
}: ReportSources): NodeReport {
  const { lossWindows } = pipeline;
  const counters = sensor?.counters();
  const outboxCounters = outbox.counters;
  const watchLosses = watch.losses();
  const alertsPerDay = watch.alertsPerDay(systemClock.nowMs());
  const lost = [
    ...(counters?.lost ?? []),
    ...(poller?.lost ?? []),
    ...Object.entries(pipeline.lost).map(([reason, count]) => ({ hook: 'identity', reason, count })),
    { hook: 'profile', reason: 'overflow', count: watchLosses.profileOverflow },
    { hook: 'profile', reason: 'store_failed', count: pipeline.saveFailures },
    ...Object.entries(rateLoop.lost).map(([reason, count]) => ({ hook: 'profile', reason, count })),
    { hook: 'alert', reason: 'folded', count: watchLosses.alertsFolded },
    { hook: 'alert', reason: 'forgotten', count: watchLosses.alertsForgotten },
    { hook: 'incident', reason: 'forgotten', count: watchLosses.incidentsForgotten },
    { hook: 'capture', reason: 'full', count: recorder.counters.full },
    { hook: 'capture', reason: 'store_failed', count: recorder.counters.failed },
    { hook: 'rules', reason: 'failed', count: watchLosses.ruleFailures },
    ...Object.entries(outboxCounters.dropped).map(([severity, count]) => ({
      hook: 'outbox',
      reason: `dropped_${severity}`,
      count,
    })),
    { hook: 'outbox', reason: 'refused', count: outboxCounters.refused },
    { hook: 'outbox', reason: 'store_failed', count: outboxCounters.storeFailures },
    { hook: 'engine', reason: 'broken_line', count: containers.counters.brokenLines },
  ];
  return {
    timeMs: systemClock.nowMs(),
    agentVersion: version,
    kernel: release(),
    sensor: sensor === undefined ? 'procfs' : 'bpf',
    hooks: sensor?.hooks ?? procfsHooks(trouble),
    engineConnected: containers.connected,
    containers: rates.reports(containers.running(), figuresByCgroup(sensor, containers.running())),
    unseenContainers: containers.running().filter(({ cgroupId }) => cgroupId === undefined).length,
    workloads: watch.report().map((one) => ({ ...one, rates: rateLoop.report(one.workload.id) })),
    events: { ...pipeline.events, ...(counters === undefined ? {} : { healed: counters.healed }) },
    known: counters?.known ?? {},
    missed: onlyFiles(counters?.missed ?? {}),
    lost,
    ...(lossWindows.length === 0 ? {} : { lossWindows }),
    pendingEvents: pipeline.pendingEvents,
    outboxAlerts: outbox.depth(),
    expectedAlertsPerDay: alertsPerDay.expected,
    alertsLastDay: alertsPerDay.raised,
    rules: ruleSource.report,
  };
}
