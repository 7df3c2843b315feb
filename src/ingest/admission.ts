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
/** Connections that may be under way: on a machine that has much else to do, more would give up before it is their turn, and come again. */
const underWayMax = 200;

/** Lets agents in no faster than they can be welcomed beside the work for those that are there already. */
export class Door {
  readonly #clock: Clock;
  /** Connections that may be taken now. */
  #room = connectsAtOnce;
  /** So many were sent away of late and will come again. */
  #away = 0;
  #lastMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastMs = clock.monotonicMs();
  }

  /**
   * 0: come in. Else after how many seconds to come again: the more were sent away, the later, so that they do not come at once.
   * @param underWay connections that were let in and have not been welcomed
   */
  enter(underWay: number): number {
    const nowMs = this.#clock.monotonicMs();
    const gained = ((nowMs - this.#lastMs) / 1000) * connectsPerSecond;
    this.#room = Math.min(connectsAtOnce, this.#room + gained);
    this.#away = Math.max(0, this.#away - gained);
    this.#lastMs = nowMs;
    if (this.#room >= 1 && underWay < underWayMax) {
      this.#room -= 1;
      return 0;
    }
    this.#away += 1;
    return Math.min(60, Math.ceil(this.#away / connectsPerSecond));
  }
}

/** What agents are asked for, by how many they are: together no more than some 250 connections and 330 reports a second. Pure. */
export function paceOf(agents: number): { readonly reconnectMs: number; readonly reportMs: number } {
  return {
    reconnectMs: Math.min(600_000, Math.max(500, agents * 4)),
    reportMs: Math.min(600_000, Math.max(5000, agents * 3)),
  };
}
