import { closeSync, rmSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../lib/clock.ts';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { severities } from '../model/alert.ts';
import type { Alert, Severity } from '../model/alert.ts';
import type { Container } from '../model/container.ts';
import type { SnapshotArchive, SnapshotCause } from '../model/snapshot.ts';
import { Admission, shedReasons } from './admission.ts';
import type { ShedReason } from './admission.ts';
import type { BinaryChoice } from './executables.ts';
import { firstLook } from './first-look.ts';
import type { FirstLook, LookBudget } from './first-look.ts';
import { Gaps } from './gaps.ts';
import { snapshotLimits } from './limits.ts';
import { systemProc } from './proc.ts';
import type { WorkerAnswer, WorkerInput } from './snapshot-worker.ts';
import type { Spool } from './spool.ts';
import type { EngineView } from './take.ts';

/** When snapshots are taken: on alerts of at least this severity and on demand, only on demand, or never. */
export type SnapshotTrigger = 'critical' | 'warning' | 'demand' | 'never';

/** What a snapshot needs to know of containers. */
export interface SnapshotSource {
  /** By id, the first 12 characters of it or more, or name; undefined where none of that name runs. */
  container(idOrName: string): Container | undefined;
  /** Its processes, as the node numbers them. @param first Some that are thought to be among them. */
  pids(container: Container, first: readonly number[]): readonly number[];
  /** Never rejects. */
  engineView(containerId: string): Promise<EngineView>;
}

export interface SnapshotsOptions {
  readonly source: SnapshotSource;
  readonly spool: Spool;
  readonly node: string;
  readonly agentVersion: string;
  readonly trigger: SnapshotTrigger;
  readonly binaries: BinaryChoice;
  readonly clock: Clock;
  readonly newId: (timeMs: number) => string;
  readonly log: Logger;
  /** There is one more in the spool. */
  readonly taken: (archive: SnapshotArchive) => void;
}

/** What became of a request. */
export type SnapshotAnswer =
  | { readonly outcome: 'taking'; readonly id: string }
  | { readonly outcome: 'shed'; readonly reason: ShedReason };

export interface SnapshotCounters {
  readonly taken: number;
  readonly failed: Readonly<Record<'failed' | 'timeout', number>>;
  readonly shed: Readonly<Record<ShedReason, number>>;
}

interface Job {
  readonly input: WorkerInput;
  readonly looks: readonly FirstLook[];
  readonly engine: Promise<EngineView>;
  readonly waitingSinceMs: number;
}

/** Jobs that wait for the one that is at work; their first looks are taken. */
const waitingMax = 4;
/** What the first looks may take on the thread that judges events. */
const lookMs = 10;
/** After the time of the snapshot itself, for what it began and for its archive. */
const graceMs = 15_000;
/** Threads that hang on some file system. */
const stuckMax = 3;

/**
 * Takes snapshots of containers: at once what a process holds, on this thread, then everything else in a thread of its own, one snapshot at a time.
 * At most `waitingMax` wait. Stop: those that wait are dropped, the one at work is broken off.
 */
export class Snapshots {
  readonly #options: SnapshotsOptions;
  readonly #admission: Admission = new Admission();
  readonly #waiting: Job[] = [];
  readonly #counts = {
    taken: 0,
    failed: { failed: 0, timeout: 0 },
    shed: Object.fromEntries(shedReasons.map((reason) => [reason, 0])) as Record<ShedReason, number>,
  };
  #running: Worker | undefined;
  #stuck = 0;
  #stopped = false;

  constructor(options: SnapshotsOptions) {
    this.#options = options;
  }

  get counters(): SnapshotCounters {
    const { taken, failed, shed } = this.#counts;
    return { taken, failed: { ...failed }, shed: { ...shed } };
  }

  /** An alert was raised. One that is severe enough has a snapshot taken of its container, its process first. */
  alerted(alert: Alert): void {
    const { trigger } = this.#options;
    const wanted = severities.find((severity: Severity) => severity === trigger);
    // Later copies of an alert have a larger count.
    if (wanted === undefined || alert.count > 1) return;
    if (severities.indexOf(alert.severity) < severities.indexOf(wanted)) return;
    const { process } = alert;
    const first = process === undefined ? [] : [process.pid, ...process.ancestors.map(({ pid }) => pid)];
    const about = { alert: alert.id, ...(alert.incident === undefined ? {} : { incident: alert.incident }) };
    this.#take(alert.container.id, 'alert', about, first);
  }

  /** Somebody asks for a snapshot. @param incident That it belongs to. */
  request(container: string, incident?: string): SnapshotAnswer {
    if (this.#options.trigger === 'never') return this.#shed('switched_off');
    return this.#take(container, 'request', incident === undefined ? {} : { incident }, []);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const job of this.#waiting.splice(0)) release(job);
    const running = this.#running;
    // One that hangs does not answer; the process ends without it.
    if (running !== undefined)
      await Promise.race([running.terminate(), new Promise((resolve) => setTimeout(resolve, 500))]);
  }

  #take(
    idOrName: string,
    cause: SnapshotCause,
    about: { readonly alert?: string; readonly incident?: string },
    first: readonly number[],
  ): SnapshotAnswer {
    const { source, spool, clock, node, agentVersion, binaries, newId, log } = this.#options;
    const container = source.container(idOrName);
    if (container === undefined) return this.#shed('not_running');
    if (this.#stopped || this.#stuck >= stuckMax || this.#waiting.length >= waitingMax) return this.#shed('busy');
    const room = spool.room();
    if (room !== 'room') return this.#shed(room);
    const nowMs = clock.nowMs();
    const admitted = this.#admission.ask(container.id, cause, nowMs);
    if (admitted !== 'take') return this.#shed(admitted);

    const startMs = clock.monotonicMs();
    const gaps = new Gaps();
    const budget: LookBudget = { descriptors: snapshotLimits.descriptorsTotal, pins: snapshotLimits.executables };
    const pids = source.pids(container, first);
    const inside = new Set(pids);
    const looks: FirstLook[] = [];
    const tried = new Set<number>();
    // The alert's process may have ended, and its number be another's.
    for (const pid of new Set([
      ...first.filter((one) => inside.has(one)),
      ...pids.slice(0, snapshotLimits.processes),
    ])) {
      if (looks.length > 0 && clock.monotonicMs() - startMs > lookMs) break;
      tried.add(pid);
      const look = firstLook(systemProc(), pid, { limits: snapshotLimits, budget, gaps });
      if (look !== undefined) looks.push(look);
    }
    const missing = first.filter((pid) => !inside.has(pid));
    if (missing.length > 0) gaps.add('processes', 'gone', missing[0], missing.length);
    const id = newId(nowMs);
    const { name, image, digest, workload, pod, namespace } = container;
    const subject: WorkerInput['subject'] = {
      ...{ id, cause, node, workload, agentVersion, takenAt: new Date(nowMs).toISOString(), ...about },
      container: {
        ...{ id: container.id, name, image, digest },
        ...(pod === undefined ? {} : { pod }),
        ...(namespace === undefined ? {} : { namespace }),
      },
    };
    const input: WorkerInput = {
      ...{ subject, path: spool.pathOfNew(id), looks, budget, binaries, limits: snapshotLimits },
      pids: pids.filter((pid) => !tried.has(pid)),
      gaps: gaps.list(),
      usedMs: clock.monotonicMs() - startMs,
    };
    log.info({ snapshot: id, container: name, cause, ...about }, 'a snapshot is being taken');
    this.#waiting.push({ input, looks, engine: source.engineView(container.id), waitingSinceMs: clock.monotonicMs() });
    this.#next();
    return { outcome: 'taking', id };
  }

  #shed(reason: ShedReason): SnapshotAnswer {
    this.#counts.shed[reason]++;
    return { outcome: 'shed', reason };
  }

  #next(): void {
    if (this.#running !== undefined || this.#stopped) return;
    const job = this.#waiting.shift();
    if (job === undefined) return;
    const { input } = job;
    const worker = new Worker(new URL('./snapshot-worker.ts', import.meta.url), {
      workerData: input,
      name: 'snapshot',
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    });
    this.#running = worker;
    let answer: WorkerAnswer | undefined;
    const watchdog = setTimeout(() => {
      this.#counts.failed.timeout++;
      this.#stuck++;
      this.#options.log.error(
        { code: 'snapshot.timeout', snapshot: input.subject.id },
        'a snapshot did not end in time',
      );
      worker.removeAllListeners();
      // Its descriptors may be in use: they are left to it.
      worker.once('error', () => undefined);
      worker.once('exit', () => {
        this.#stuck--;
        release(job);
      });
      void worker.terminate();
      this.#running = undefined;
      this.#next();
    }, input.limits.timeMs + graceMs);
    worker.once('message', (message: WorkerAnswer) => {
      answer = message;
    });
    worker.once('error', (error) => {
      answer = { outcome: 'failed', message: errorText(error) };
    });
    worker.once('exit', () => {
      clearTimeout(watchdog);
      this.#running = undefined;
      release(job);
      if (!this.#stopped) this.#ended(job, answer ?? { outcome: 'failed', message: 'its thread ended' });
      this.#next();
    });
    void tellEngineView(worker, job);
  }

  #ended({ input }: Job, answer: WorkerAnswer): void {
    const { spool, log, taken } = this.#options;
    const { id } = input.subject;
    try {
      if (answer.outcome === 'failed') throw new Error(answer.message);
      const { archive } = answer;
      spool.add(archive);
      this.#counts.taken++;
      const { tookMs, processes, gaps } = archive.manifest;
      log.info(
        { snapshot: id, tookMs, processes, gaps: gaps.length, sizeBytes: archive.sizeBytes },
        'a snapshot was taken',
      );
      taken(archive);
    } catch (error) {
      this.#counts.failed.failed++;
      for (const path of [input.path, `${input.path}.part`]) rmSync(path, { recursive: true, force: true });
      log.error({ code: 'snapshot.failed', snapshot: id }, `a snapshot could not be taken: ${errorText(error)}`);
    }
  }
}

async function tellEngineView(worker: Worker, { engine }: Job): Promise<void> {
  worker.postMessage(await engine);
}

/** Lets go of the programs that are held for a job. */
function release({ looks }: Job): void {
  for (const { pin } of looks) if (pin !== undefined) closeSync(pin);
}
