import type { ReaderBatch } from './reader-worker.ts';

/** Who handles records, and hears how many were. */
interface RecordTaker {
  /** The bytes of one record, as they stood in the ring. */
  take(bytes: Uint8Array): void;
  handled(count: number): void;
}

/** Records are handled this long at a time, so that a flood leaves the process time to answer and to send. */
const turnMs = 10;

/**
 * What the reader's thread handed over and nobody handled yet. Its bound is the reader's (`outstandingMax`): beyond it records stay in the
 * rings, where the kernel counts what it has no room for. `finish` handles the rest.
 */
export class RecordQueue {
  readonly #taker: RecordTaker;
  readonly #batches: { readonly batch: ReaderBatch; next: number }[] = [];

  constructor(taker: RecordTaker) {
    this.#taker = taker;
  }

  push(batch: ReaderBatch): void {
    if (batch.spans.length === 0) return;
    this.#batches.push({ batch, next: 0 });
    if (this.#batches.length === 1) this.#work(turnMs);
  }

  /** Handles everything at once. */
  finish(): void {
    this.#work(Number.POSITIVE_INFINITY);
  }

  /** Handles what waits, for `forMs` at most; the rest after whatever else the process has to do. */
  #work(forMs: number): void {
    const endMs = performance.now() + forMs;
    for (let first = this.#batches[0]; first !== undefined; first = this.#batches[0]) {
      const { bytes, spans } = first.batch;
      const from = first.next;
      while (first.next < spans.length && performance.now() < endMs) {
        const [at = 0, length = 0] = spans.subarray(first.next, first.next + 2);
        first.next += 2;
        this.#taker.take(bytes.subarray(at, at + length));
      }
      this.#taker.handled((first.next - from) / 2);
      if (first.next < spans.length) {
        setImmediate(() => {
          this.#work(turnMs);
        });
        return;
      }
      this.#batches.shift();
    }
  }
}
