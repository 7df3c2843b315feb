import { Containers } from '../identity/containers.ts';
import { systemClock } from '../lib/clock.ts';
import { type Cleanups, startOrUndo } from '../lib/lifecycle.ts';
import type { Logger } from '../lib/log.ts';
import { defaultHalfLifeMs } from '../profile/decay.ts';
import type { AgentOptions } from './agent-options.ts';
import { Observer } from './observer.ts';
import { Pipeline } from './pipeline.ts';
import { openRecording } from './recording-watch.ts';
import { RuleSource } from '../detect/rule-source.ts';
import { startSource } from './source.ts';

export interface RecorderOptions extends Pick<
  AgentOptions,
  'dockerHost' | 'nodeName' | 'sliceMs' | 'startupMs' | 'version' | 'allSyscalls' | 'sensor' | 'rulePaths'
> {
  /** Must not be there yet. */
  readonly path: string;
  /** The recording ends when its file has grown to this. */
  readonly sizeBytesMax: number;
  /** Names or ids of workloads; all when left out. */
  readonly workloads?: readonly string[] | undefined;
}

/** What was recorded so far. */
export interface RecorderCounters {
  readonly entries: number;
  readonly shed: number;
  readonly bytes: number;
  /** Alerts that an agent without any profile would have raised. */
  readonly alerts: number;
}

export interface RunningRecorder {
  readonly counters: RecorderCounters;
  /** Resolves when the recording has ended by itself: at its size, or because it could not be written. */
  readonly ended: Promise<'size' | 'failed'>;
  stop(): Promise<void>;
}

const tickMs = 1_000;
const pollMs = 1_000;

/**
 * Records what an agent that knows nothing yet would see of this machine's containers. It judges, so that the kernel is answered as an agent
 * answers it, and tells each thing as often; it stores and sends nothing.
 * Rejects with AnchorwatchError `recording.exists`, `recording.unwritable`, `rules.invalid`, `sensor.…`; whatever had been started is stopped then.
 */
export function startRecorder(options: RecorderOptions, log: Logger): Promise<RunningRecorder> {
  return startOrUndo(log, (cleanups) => start(options, log, cleanups));
}

async function start(options: RecorderOptions, log: Logger, cleanups: Cleanups): Promise<RunningRecorder> {
  const clock = systemClock;
  const { path, sizeBytesMax, nodeName, sliceMs, startupMs, version, sensor: wanted = 'auto', workloads } = options;
  const { rules } = new RuleSource(options.rulePaths ?? [], log);
  const timing = { sliceMs, startupMs, halfLifeMs: defaultHalfLifeMs };
  const recording = openRecording(
    { path, sizeBytesMax },
    { nodeName, sensor: wanted, version, nowMs: clock.nowMs(), workloads, ...timing },
    log,
  );
  cleanups.defer('recording', () => recording.writer.close());
  const watch = recording.watch({
    ...{ rules, clock, node: nodeName, ...timing },
    profiles: { load: () => [], save: () => undefined },
  });
  const containers: Containers = new Containers({
    dockerHost: options.dockerHost,
    kubernetes: { kubeconfig: undefined, nodeName },
    log,
    clock,
    listener: {
      started: (container) => {
        pipeline.started(container);
      },
      stopped: (container) => {
        pipeline.stopped(container);
      },
      lifecycle: (event) => {
        pipeline.lifecycle(event);
      },
    },
  });
  const alerts = new Set<string>();
  const pipeline: Pipeline = new Pipeline({
    ...{ watch, containers, clock, log, captureMs: 0 },
    alerts: {
      push: ({ id }) => {
        if (alerts.size < alertsMax) alerts.add(id);
      },
    },
    losses: { add: () => undefined, recent: () => [] },
    recorder: { record: () => undefined, alerted: () => undefined, end: () => undefined },
    ownPids: [process.pid, process.ppid],
  });
  const source = await startSource(options, pipeline, containers, log);
  const { sensor, poller } = source;
  const observer = new Observer({ source, containers, watch, allSyscalls: options.allSyscalls });
  cleanups.defer('sensor', async () => {
    // While the kernel still has its counts.
    pipeline.finish();
    await sensor?.stop();
    pipeline.useSensor(undefined);
    poller?.close();
  });
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
    observer.tick();
    pipeline.tick();
  });
  if (poller !== undefined)
    every(pollMs, () => {
      poller.poll();
    });
  const ended = new Promise<'size' | 'failed'>((resolve) => {
    recording.writer.onEnd(() => {
      resolve(recording.writer.ended === 'size' ? 'size' : 'failed');
    });
  });
  return {
    get counters() {
      return { ...recording.writer.counters, alerts: alerts.size };
    },
    ended,
    stop: () => cleanups.run(log),
  };
}

/** Alerts that are counted. */
const alertsMax = 100_000;
