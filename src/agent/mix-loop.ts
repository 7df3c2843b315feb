import { errorText } from '../lib/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Alert } from '../model/alert.ts';
import type { Container } from '../model/container.ts';
import type { CallCounts } from '../profile/syscall-mix.ts';
import type { MixWatch } from './mix-watch.ts';

export interface MixLoopOptions {
  readonly watch: MixWatch;
  readonly running: () => readonly Container[];
  /** How often the container made each system call, by its number, since it is watched; undefined where they are not counted. */
  readonly counts: (container: Container) => readonly number[] | undefined;
  readonly raise: (alert: Alert, container: Container) => void;
  readonly sliceMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Reading {
  readonly timeMs: number;
  readonly totals: readonly number[];
}

/** A reading that is so many slices away from the last one is no slice: what lies between is a gap. */
const slicesMin = 0.5;
const slicesMax = 1.5;

/** Reads the system calls of running containers once a slice, has them judged, and saves what was learned. Holds the last reading of each. */
export class MixLoop {
  readonly #options: MixLoopOptions;
  readonly #last: Map<string, Reading> = new Map();
  #endsMs: number;
  #saveFailures = 0;
  #trouble = '';

  constructor(options: MixLoopOptions) {
    this.#options = options;
    this.#endsMs = options.clock.nowMs();
    const { refused } = options.watch;
    if (refused > 0)
      options.log.error(
        { code: 'mix.refused', refused },
        `${refused} stored mixtures of system calls are damaged: they are learned anew`,
      );
  }

  /** Once a second. */
  tick(): void {
    const { watch, running, raise, sliceMs, clock } = this.#options;
    const nowMs = clock.nowMs();
    if (nowMs < this.#endsMs) return;
    this.#endsMs += sliceMs * (Math.floor((nowMs - this.#endsMs) / sliceMs) + 1);
    const counted = running().map((container) => ({ container, counts: this.#read(container, nowMs) }));
    for (const { alert, container } of watch.endSlice(counted, nowMs)) raise(alert, container);
    this.#save(false);
  }

  forget(containerId: string): void {
    this.#last.delete(containerId);
    this.#options.watch.forget(containerId);
  }

  /** What was lost, by reason: mixtures that there was no room for, that were damaged, that could not be saved. */
  get lost(): Readonly<Record<string, number>> {
    const { overflow, refused } = this.#options.watch;
    return { mix_full: overflow, mix_refused: refused, mix_store_failed: this.#saveFailures };
  }

  /** Before the end: saves everything. */
  finish(): void {
    this.#save(true);
  }

  /** Calls of the slice that ends now; undefined after a gap, or when a counter went back: the container was started again. */
  #read(container: Container, timeMs: number): CallCounts | undefined {
    const totals = this.#options.counts(container);
    const last = this.#last.get(container.id);
    if (totals === undefined) {
      this.#last.delete(container.id);
      return undefined;
    }
    this.#last.set(container.id, { timeMs, totals });
    const slices = (timeMs - (last?.timeMs ?? Number.NaN)) / this.#options.sliceMs;
    if (last === undefined || !(slices >= slicesMin && slices <= slicesMax)) return undefined;
    const made = totals.map((total, call) => (total - (last.totals[call] ?? 0)) / slices);
    if (made.some((count) => count < 0)) return undefined;
    return new Map([...made.entries()].filter(([, count]) => count > 0));
  }

  #save(atOnce: boolean): void {
    const { watch, log, clock } = this.#options;
    try {
      watch.save(clock.nowMs(), atOnce);
      this.#trouble = '';
    } catch (error) {
      this.#saveFailures++;
      const text = errorText(error);
      if (text !== this.#trouble)
        log.error(
          { err: error },
          `mixtures of system calls could not be saved, trying again with the next slice: ${text}`,
        );
      this.#trouble = text;
    }
  }
}
