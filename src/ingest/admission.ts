import type { Clock } from '../lib/clock.ts';

export interface AdmissionOptions {
  readonly clock: Clock;
  /** Bytes of batches that may wait to be stored. Default 32 MiB. */
  readonly maxBytes?: number;
  /** How long a batch may have to wait before its turn. Default 4000: agents give up an acknowledgement after 10000. */
  readonly maxWaitMs?: number;
}

/**
 * How much may wait to be stored. An agent has one batch under way at a time and batches are stored in the order in which they came, so that
 * every agent gets its turn however much it has to send; what is bounded here is their sum. A batch that is put off is not lost: the agent
 * keeps it and sends it again after the time that it is told.
 */
export class Admission {
  readonly #clock: Clock;
  readonly #maxBytes: number;
  readonly #maxWaitMs: number;
  #batches = 0;
  #bytes = 0;
  /** Milliseconds that a batch took of late, while others waited. */
  #batchMs = 1;
  #lastMs = 0;

  constructor({ clock, maxBytes = 32 * 1_048_576, maxWaitMs = 4000 }: AdmissionOptions) {
    this.#clock = clock;
    this.#maxBytes = maxBytes;
    this.#maxWaitMs = maxWaitMs;
  }

  /** Batches that wait or are being stored. */
  get waiting(): number {
    return this.#batches;
  }

  /** Takes a batch in, until `end` is called for it; or answers after how many milliseconds it should come again. */
  begin(sizeBytes: number): number | undefined {
    const waitMs = this.#batches * this.#batchMs;
    // One is always taken, however large and slow.
    if (this.#batches > 0 && (this.#bytes + sizeBytes > this.#maxBytes || waitMs > this.#maxWaitMs))
      return Math.round(Math.min(60_000, Math.max(500, waitMs)));
    if (this.#batches === 0) this.#lastMs = this.#clock.monotonicMs();
    this.#batches += 1;
    this.#bytes += sizeBytes;
    return undefined;
  }

  /** The batch is stored, or could not be. */
  end(sizeBytes: number): void {
    const nowMs = this.#clock.monotonicMs();
    this.#batchMs += (nowMs - this.#lastMs - this.#batchMs) / 16;
    this.#lastMs = nowMs;
    this.#batches -= 1;
    this.#bytes -= sizeBytes;
  }
}

/** Connections that may be taken in a second on the average, and at once. */
const connectsPerSecond = 500;
const connectsAtOnce = 500;

/** Lets agents in no faster than they can be welcomed beside the work for those that are there already. */
export class Door {
  readonly #clock: Clock;
  #room = connectsAtOnce;
  #lastMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastMs = clock.monotonicMs();
  }

  /** False: there were too many just now; this one should come again later. */
  enter(): boolean {
    const nowMs = this.#clock.monotonicMs();
    this.#room = Math.min(connectsAtOnce, this.#room + ((nowMs - this.#lastMs) / 1000) * connectsPerSecond);
    this.#lastMs = nowMs;
    if (this.#room < 1) return false;
    this.#room -= 1;
    return true;
  }
}

/** What agents are asked for, by how many they are: together no more than some 250 connections and 330 reports a second. Pure. */
export function paceOf(agents: number): { readonly reconnectMs: number; readonly reportMs: number } {
  return {
    reconnectMs: Math.min(600_000, Math.max(500, agents * 4)),
    reportMs: Math.min(600_000, Math.max(5000, agents * 3)),
  };
}
