import type { Clock } from '../lib/clock.ts';

/** By how much a node's clock is ahead of the collector's, and by how much that may be wrong: half of the round trip. Milliseconds. */
export interface ClockSkew {
  readonly skewMs: number;
  readonly errorMs: number;
}

/** Measures the clock of one agent by a question and its answer (as NTP does, RFC 5905 section 8). One question is under way at a time. */
export class ClockProbe {
  readonly #clock: Clock;
  #id = 0;
  #askedMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The id of a question that is being sent now. An answer to an earlier one counts no more. */
  ask(): number {
    this.#id += 1;
    this.#askedMs = this.#clock.monotonicMs();
    return this.#id;
  }

  /** What an answer that came now says; undefined for one to a question that is not the last. */
  answered(id: number, timeMs: number): ClockSkew | undefined {
    if (id !== this.#id) return undefined;
    const errorMs = (this.#clock.monotonicMs() - this.#askedMs) / 2;
    return { skewMs: timeMs - (this.#clock.nowMs() - errorMs), errorMs };
  }
}
