import { errorText } from '../lib/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Alert } from '../model/alert.ts';
import type { Container } from '../model/container.ts';
import type { Process } from '../model/event.ts';
import type { ContainerRates } from '../model/node.ts';
import { spinMs, spinsOf } from '../profile/spin.ts';
import type { Look, Looks } from '../profile/spin.ts';
import type { BurstWatch } from './burst-watch.ts';

/** Looks at the processes of containers. */
interface ProcessReader {
  /** What each process of the container has done so far, by pid; of at most `max` of them. */
  work(container: Container, max: number): ReadonlyMap<number, Look>;
  /** True when nothing that these processes of the container have open leads anywhere, but to each other. */
  workOnDevicesOnly(container: Container, pids: readonly number[]): boolean;
  /** The process, with its ancestors inside of the container; undefined when it is gone. */
  process(container: Container, pid: number): Process | undefined;
}

export interface BurstLoopOptions {
  readonly watch: BurstWatch;
  readonly running: () => readonly Container[];
  /** What can be read of each of these containers now, by id. */
  readonly figures: (containers: readonly Container[]) => ReadonlyMap<string, ContainerRates>;
  readonly processes: ProcessReader;
  readonly raise: (alert: Alert, container: Container) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Processes of a container that computes less than this, in cores, are not looked at. */
const busyFrom = 0.05;
/** Containers whose processes are looked at in one second, and processes of each. */
const looksMax = 3;
const processesMax = 128;
/** A container that stays busy and has no process that only computes is looked at for a quarter of this time. */
const againMs = 20_000;
/** Looks of so long are compared with the first. */
const spinLooksMs = 5_000;
/** Levels are saved so often. */
const saveMs = 60_000;

interface Busy {
  looks: Looks | undefined;
  /** Whose family worked in its place at the last look. */
  family: number | undefined;
  /** Not looked at before this time, unless it takes less than half of the cores of then. */
  nextMs: number;
  coresThen: number;
}

/**
 * Reads the figures of running containers once a second. Processes are looked at only where a container is busy whose workload is not known to have one that only
 * computes: `looksMax` containers a second.
 */
export class BurstLoop {
  readonly #options: BurstLoopOptions;
  readonly #busy: Map<string, Busy> = new Map();
  readonly #last: Map<string, { readonly cpuSeconds: number; readonly timeMs: number }> = new Map();
  #saveMs: number;
  #saveFailures = 0;

  constructor(options: BurstLoopOptions) {
    this.#options = options;
    this.#saveMs = options.clock.nowMs() + saveMs;
    const { refused } = options.watch;
    if (refused > 0)
      options.log.error(
        { code: 'bursts.refused', refused },
        `what was known of bursts of ${refused} workloads is damaged: it is learned anew`,
      );
  }

  /** Once a second. */
  tick(): void {
    const { watch, running, figures, raise, clock } = this.#options;
    const nowMs = clock.nowMs();
    const containers = running();
    const read = figures(containers);
    let looks = looksMax;
    for (const container of containers) {
      const figuresNow = read.get(container.id) ?? {};
      for (const { alert } of watch.sample(container, figuresNow, nowMs)) raise(alert, container);
      const cores = this.#cores(container, figuresNow.cpuSeconds, nowMs);
      const busy = this.#busy.get(container.id);
      // It does something else than what it was left alone for.
      if (cores < Math.max(busyFrom, (busy?.coresThen ?? 0) / 2)) this.#busy.delete(container.id);
      if (cores < busyFrom || !watch.wantsProcesses(container.workload.id, nowMs)) continue;
      if (looks > 0 && this.#look(container, cores, nowMs)) looks--;
    }
    if (nowMs < this.#saveMs) return;
    this.#saveMs = nowMs + saveMs;
    this.#save();
  }

  forget(containerId: string): void {
    this.#busy.delete(containerId);
    this.#last.delete(containerId);
    this.#options.watch.forget(containerId);
  }

  /** What was lost, by reason. */
  get lost(): Readonly<Record<string, number>> {
    return { bursts_refused: this.#options.watch.refused, bursts_store_failed: this.#saveFailures };
  }

  /** Before the end: saves everything. */
  finish(): void {
    this.#save();
  }

  /** What it took of processors since the last second; 0 where that is not known. */
  #cores({ id }: Container, cpuSeconds: number | undefined, nowMs: number): number {
    const last = this.#last.get(id);
    if (cpuSeconds === undefined) {
      this.#last.delete(id);
      return 0;
    }
    this.#last.set(id, { cpuSeconds, timeMs: nowMs });
    return last === undefined || nowMs <= last.timeMs
      ? 0
      : ((cpuSeconds - last.cpuSeconds) * 1000) / (nowMs - last.timeMs);
  }

  /** False: nothing was looked at. */
  #look(container: Container, cores: number, nowMs: number): boolean {
    const { processes, watch, raise } = this.#options;
    const busy = this.#busy.get(container.id) ?? {
      ...{ looks: undefined, family: undefined, nextMs: 0, coresThen: 0 },
    };
    this.#busy.set(container.id, busy);
    // Looks that are closer together than that say nothing.
    if (nowMs < busy.nextMs || (busy.looks !== undefined && nowMs - busy.looks.timeMs < spinMs)) return false;
    const now: Looks = { timeMs: nowMs, processes: processes.work(container, processesMax) };
    const spins = busy.looks === undefined ? [] : spinsOf(busy.looks, now);
    const found = spins.find(
      ({ pid, family, still }) => still || processes.workOnDevicesOnly(container, [pid, ...family]),
    );
    const isFamily = found !== undefined && found.family.length > 0;
    // A family is believed when it is so at two looks; one between two of its programs, with nothing to see, says nothing.
    const spin = !isFamily || found.pid === busy.family ? found : undefined;
    if (isFamily) busy.family = found.pid;
    else if (spins.some(({ pid }) => pid === busy.family)) busy.family = undefined;
    const process = spin && processes.process(container, spin.pid);
    if (spin !== undefined && process !== undefined) {
      const told = watch.computes(container, { process, cores: spin.cores, heldMs: spin.lengthMs }, nowMs);
      if (told !== undefined) raise(told.alert, container);
    }
    if (busy.looks === undefined) busy.looks = now;
    else if (nowMs - busy.looks.timeMs >= spinLooksMs) {
      // Busy with something else: seldom looked at as long as it goes on.
      busy.looks = undefined;
      busy.family = undefined;
      busy.nextMs = nowMs + againMs - spinLooksMs;
      busy.coresThen = cores;
    }
    return true;
  }

  #save(): void {
    try {
      this.#options.watch.save();
    } catch (error) {
      this.#saveFailures++;
      this.#options.log.error({ err: error }, `what is known of bursts could not be saved: ${errorText(error)}`);
    }
  }
}
