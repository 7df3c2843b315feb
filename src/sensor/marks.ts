import type { PackedMarks } from '../model/process-marks.ts';
import { mark } from './layout.ts';
import { packRing } from './mark-packing.ts';
import type { ProgramPaths } from './program-paths.ts';

/** Who is told of starts and ends that no event tells of. */
export interface MarkTaker {
  take(marks: PackedMarks): void;
}

/** One container's marks a second; more are counted (hook `process`, `rate_limited`). */
export const defaultMarksPerSecond = 5_000;

const nextMs = 500;

/** Marks on their way from the reader's thread to whoever keeps them. */
export class Marks {
  #waiting: (() => void)[] = [];
  /** Marks that made no sense. */
  refused = 0;
  /** Programs whose paths were taken from `/proc`. */
  healed = 0;
  readonly #taker: MarkTaker;
  readonly #paths: Pick<ProgramPaths, 'pathOf' | 'heal'>;

  constructor(taker: MarkTaker, paths: Pick<ProgramPaths, 'pathOf' | 'heal'>) {
    this.#taker = taker;
    this.#paths = paths;
  }

  /** Resolves when marks were taken the next time, or after half a second: whatever holds the reader up, nobody waits longer. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, nextMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Takes what stood in the ring; answers how many marks that were. @param monotonicOriginMs as `EventContext` has it */
  take(bytes: Uint8Array<ArrayBuffer>, monotonicOriginMs: number): number {
    const programPath = (program: bigint, pid: number): string => {
      if (this.#paths.pathOf(program) === '') this.healed += this.#paths.heal([{ pid, program }]);
      return this.#paths.pathOf(program);
    };
    const { batches, refused } = packRing(bytes, { programPath, monotonicOriginMs });
    this.refused += refused;
    for (const batch of batches) this.#taker.take(batch);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
    return bytes.length / (8 + mark.sizeBytes);
  }
}
