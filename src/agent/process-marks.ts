import { lossBody } from '../history/flight-recorder.ts';
import { Pending } from '../identity/pending.ts';
import type { Clock } from '../lib/clock.ts';
import type { Container } from '../model/container.ts';
import type { HistoryKind } from '../model/history.ts';
import type { PackedMarks } from '../model/process-marks.ts';

/** Where they are kept. */
interface MarkEntries {
  addMarks(marks: PackedMarks, container: Container): void;
  add(kind: HistoryKind, timeMs: number, whose: undefined, body: object): void;
}

export interface ProcessMarksOptions {
  readonly entries: MarkEntries;
  readonly byCgroup: (cgroupId: string) => Container | undefined;
  readonly clock: Clock;
}

/** Batches that wait for their container: one of each container for each time that marks are fetched. */
const batchesMax = 256;
const batchesOfOneMax = 64;

/**
 * Starts and ends of programs that no event tells of, on their way to the flight recorder. Those of a container that is not known yet wait up to
 * ten seconds; what finds none, or no room, is counted and told as a loss. Stop: what waits is dropped.
 */
export class ProcessMarks {
  readonly #options: ProcessMarksOptions;
  readonly #pending: Pending<PackedMarks> = new Pending({
    capacity: batchesMax,
    capacityPerCgroup: batchesOfOneMax,
  });
  readonly #waiting: Set<string> = new Set();
  #unidentified = 0;

  constructor(options: ProcessMarksOptions) {
    this.#options = options;
  }

  /** Marks that no container was found for. */
  get unidentified(): number {
    return this.#unidentified;
  }

  take(marks: PackedMarks): void {
    const { byCgroup, entries, clock } = this.#options;
    const container = byCgroup(marks.cgroupId);
    if (container !== undefined) entries.addMarks(marks, container);
    else if (this.#pending.hold(marks.cgroupId, marks, clock.nowMs())) this.#waiting.add(marks.cgroupId);
    else this.#lose([marks]);
  }

  /** Call it about once a second. */
  tick(nowMs: number): void {
    for (const cgroupId of this.#waiting) {
      const container = this.#options.byCgroup(cgroupId);
      if (container === undefined) continue;
      for (const marks of this.#pending.take(cgroupId)) this.#options.entries.addMarks(marks, container);
      this.#waiting.delete(cgroupId);
    }
    this.#lose(this.#pending.expire(nowMs));
    if (this.#pending.size === 0) this.#waiting.clear();
  }

  #lose(lost: readonly PackedMarks[]): void {
    for (const { count, fromMs, toMs } of lost) {
      this.#unidentified += count;
      this.#options.entries.add('loss', toMs, undefined, lossBody(fromMs, toMs, 'process', 'unidentified', count));
    }
  }
}
