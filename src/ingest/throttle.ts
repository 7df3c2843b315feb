import { setTimeout as sleep } from 'node:timers/promises';
import { Allowance } from '../lib/allowance.ts';
import type { Clock } from '../lib/clock.ts';

/** What one agent may send: so much at once, and so much a second from then on. */
export interface ThrottleLimits {
  readonly messagesPerSecond: number;
  readonly messagesAtOnce: number;
  readonly bytesPerSecond: number;
  readonly bytesAtOnce: number;
}

/** Far more than an agent has to say: a full batch of the largest alerts is 1 MiB, and a storm of alerts is folded at the agent. */
export const usualThrottle: ThrottleLimits = {
  messagesPerSecond: 2000,
  messagesAtOnce: 8000,
  bytesPerSecond: 33_554_432,
  bytesAtOnce: 134_217_728,
};

/**
 * Slows one agent down to what it may send, without losing anything: while it has to wait its connection is not read, and what it sends
 * stays in its outbox.
 */
export class Throttle {
  readonly #clock: Clock;
  readonly #messages: Allowance;
  readonly #bytes: Allowance;
  readonly #throttled: () => void;

  /** @param throttled Called each time the agent has to wait. */
  constructor(limits: ThrottleLimits, clock: Clock, throttled: () => void) {
    const nowMs = clock.monotonicMs();
    this.#clock = clock;
    this.#messages = new Allowance(limits.messagesPerSecond, limits.messagesAtOnce, nowMs);
    this.#bytes = new Allowance(limits.bytesPerSecond, limits.bytesAtOnce, nowMs);
    this.#throttled = throttled;
  }

  /** Counts a message; resolves when the next may be read. */
  async spend(sizeBytes: number): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    const waitMs = Math.max(this.#messages.take(1, nowMs), this.#bytes.take(sizeBytes, nowMs));
    if (waitMs === 0) return;
    this.#throttled();
    await sleep(waitMs, undefined, { ref: false });
  }
}
