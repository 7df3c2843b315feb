import { RecordingWriter } from '../history/recording-writer.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import { maskArguments } from '../lib/mask.ts';
import type { Container } from '../model/container.ts';
import type { Decision } from '../model/decision.ts';
import type { Event, KernelKey } from '../model/event.ts';
import type { Dimension, Stratum } from '../model/feature.ts';
import type { Observations } from '../model/observation.ts';
import { recordingVersion } from '../model/recording.ts';
import type { RecordedContainer, RecordingEntry, RecordingHeader } from '../model/recording.ts';
import type { Sample } from '../profile/samples.ts';
import { wireVersion } from '../sensor/layout.ts';
import type { AppliedDecision } from './decisions.ts';
import type { Judgement, Rollover } from './judgement.ts';
import type { ProfileStore } from './learned-profiles.ts';
import type { StoredSight } from './sight.ts';
import { Watch } from './watch.ts';
import type { WatchOptions } from './watch.ts';

/** Containers that the recording was told of; beyond them all are told again as they come. */
const toldMax = 10_000;

/** Who records, and how it judges. */
export interface RecordingSubject {
  readonly nodeName: string;
  readonly sensor: RecordingHeader['sensor'];
  readonly version: string;
  readonly nowMs: number;
  readonly sliceMs: number;
  readonly startupMs: number;
  readonly halfLifeMs: number;
  /** Names or ids; all when left out. */
  readonly workloads?: readonly string[] | undefined;
}

/** A recording that has begun. */
export interface Recording {
  readonly writer: RecordingWriter;
  /** The Watch whose judgements are recorded; made at once, there is one. */
  watch(options: WatchOptions): Watch;
}

/** Begins a recording. @throws AnchorwatchError `recording.exists`, `recording.unwritable` */
export function openRecording(
  file: { readonly path: string; readonly sizeBytesMax: number },
  { nodeName, version, nowMs, workloads, ...rest }: RecordingSubject,
  log: Logger,
): Recording {
  const header: RecordingHeader = {
    ...{ anchorwatch: 'recording', version: recordingVersion, node: nodeName, wire: wireVersion },
    ...{ agentVersion: version, createdMs: nowMs, ...rest },
    ...(workloads === undefined ? {} : { workloads }),
  };
  const writer = new RecordingWriter({ ...file, header, log });
  return { writer, watch: (options) => new RecordingWatch(options, writer, header) };
}

/**
 * A Watch that writes down all that it is given, in its order and with the time at which it was given: a Watch that is given the same again
 * (src/agent/replay.ts) says the same. Its clock stands still while it is given something, as it will in the replay.
 */
class RecordingWatch extends Watch {
  readonly #writer: RecordingWriter;
  readonly #clock: StillClock;
  readonly #workloads: ReadonlySet<string> | undefined;
  /** By id, as the recording was told of it last. */
  readonly #told: Map<string, Container> = new Map();
  /** Ids of workloads that the recording is about, where it is not about all. */
  readonly #wantedIds: Set<string> = new Set();

  /** @param header of the recording, which begins now: profiles are loaded and written first. Throws what the store throws. */
  constructor(options: WatchOptions, writer: RecordingWriter, header: RecordingHeader) {
    const clock = new StillClock(options.clock, header.createdMs);
    const workloads = header.workloads === undefined ? undefined : new Set(header.workloads);
    super({ ...options, clock, profiles: recordedStore(options.profiles, writer, header.createdMs, workloads) });
    clock.run();
    this.#writer = writer;
    this.#clock = clock;
    this.#workloads = workloads;
  }

  override containerStarted(container: Container, nowMs: number): Sample {
    if (this.#wants(container)) this.#tell(container, nowMs, true);
    return this.#clock.at(nowMs, () => super.containerStarted(container, nowMs));
  }

  override containerStopped(containerId: string, nowMs: number): void {
    if (this.#told.delete(containerId)) this.#writer.write({ what: 'stop', t: nowMs, container: containerId });
    this.#clock.at(nowMs, () => {
      super.containerStopped(containerId, nowMs);
    });
  }

  override handle(event: Event, container: Container): Judgement {
    const t = this.#clock.nowMs();
    if (this.#wants(container)) {
      if (this.#told.get(container.id) !== container) this.#tell(container, t, false);
      this.#writer.write({ what: 'event', t, container: container.id, event });
    }
    return this.#clock.at(t, () => super.handle(event, container));
  }

  override addIncidence(workloadId: string, stratum: Stratum, counted: KernelKey | number, delta: number): void {
    const kernelKey = typeof counted === 'number' ? this.profile(workloadId)?.kernelKey(counted) : counted;
    const wanted = this.#workloads === undefined || this.#wantedIds.has(workloadId);
    if (delta > 0 && wanted && kernelKey !== undefined) {
      const t = this.#clock.nowMs();
      this.#writer.write({ what: 'incidence', t, workload: workloadId, stratum, kernelKey, count: delta });
    }
    super.addIncidence(workloadId, stratum, counted, delta);
  }

  override lost(containerId: string, dimensions: readonly Dimension[], count: number, nowMs: number): void {
    if (this.#told.has(containerId))
      this.#writer.write({ what: 'lost', t: nowMs, container: containerId, dimensions, count });
    super.lost(containerId, dimensions, count, nowMs);
  }

  override observe(observations: Observations, before: StoredSight['without'] = this.sight.without): void {
    const seen = Object.fromEntries(observations);
    this.#writer.write({ what: 'observed', t: this.#clock.nowMs(), observations: seen, before });
    super.observe(observations, before);
  }

  override rollover(nowMs: number): Rollover {
    this.#writer.write({ what: 'tick', t: nowMs });
    this.#writer.flush();
    return this.#clock.at(nowMs, () => super.rollover(nowMs));
  }

  override decide(decision: Decision, nowMs: number): AppliedDecision {
    if (this.#workloads === undefined || this.#wantedIds.has(decision.workload))
      this.#writer.write({ what: 'decision', t: nowMs, decision });
    return this.#clock.at(nowMs, () => super.decide(decision, nowMs));
  }

  #wants({ workload }: Container): boolean {
    if (this.#workloads === undefined) return true;
    if (!this.#workloads.has(workload.name) && !this.#workloads.has(workload.id)) return false;
    this.#wantedIds.add(workload.id);
    return true;
  }

  #tell(container: Container, t: number, starts: boolean): void {
    if (this.#told.size >= toldMax) this.#told.clear();
    // What was shed is told again with the next event.
    if (this.#writer.write({ what: 'container', t, starts, container: recordedContainer(container) }))
      this.#told.set(container.id, container);
  }
}

/** The container without its labels, and with the secrets of its health check masked. */
function recordedContainer(container: Container): RecordedContainer {
  const { labels: _, healthcheck, cgroupId, startedAtMs, ...rest } = container;
  return {
    ...rest,
    ...(cgroupId === undefined ? {} : { cgroupId }),
    ...(startedAtMs === undefined ? {} : { startedAtMs }),
    ...(healthcheck === undefined ? {} : { healthcheck: maskArguments(healthcheck) }),
  };
}

/** Writes down the profiles that are loaded, before anything else happens. */
function recordedStore(
  store: ProfileStore,
  writer: { write(entry: RecordingEntry): boolean },
  t: number,
  workloads: ReadonlySet<string> | undefined,
): ProfileStore {
  return {
    *load() {
      for (const stored of store.load()) {
        const { removed: _, reset: __, decay, ...rest } = stored;
        const { name, id } = rest.workload;
        if (workloads === undefined || workloads.has(name) || workloads.has(id))
          writer.write({ what: 'profile', t, profile: { ...rest, ...(decay === undefined ? {} : { decay }) } });
        yield stored;
      }
    },
    save: (changes) => {
      store.save(changes);
    },
  };
}

/** A clock that stands still while something is done. */
class StillClock implements Clock {
  readonly #clock: Clock;
  #stillMs: number | undefined;

  constructor(clock: Clock, stillMs: number) {
    this.#clock = clock;
    this.#stillMs = stillMs;
  }

  nowMs(): number {
    return this.#stillMs ?? this.#clock.nowMs();
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  run(): void {
    this.#stillMs = undefined;
  }

  at<Result>(ms: number, act: () => Result): Result {
    this.#stillMs = ms;
    try {
      return act();
    } finally {
      this.#stillMs = undefined;
    }
  }
}
