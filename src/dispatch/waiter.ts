import type { Clock } from '../lib/clock.ts';

/** Longer waits are cut: the machine's clock may be set, or the machine may sleep. */
const longestMs = 30_000;

/** Waits until a time, or until it is poked; a poke while nobody waits ends the next wait at once. */
export class Waiter {
  readonly #clock: Clock;
  #poked = false;
  #wake: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  poke(): void {
    this.#poked = true;
    this.#wake?.();
  }

  /** @param timeMs Milliseconds since the epoch; Infinity: until it is poked, or for half a minute. */
  async until(timeMs: number): Promise<void> {
    const waitMs = Math.min(timeMs - this.#clock.nowMs(), longestMs);
    if (waitMs > 0 && !this.#poked)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.#wake = undefined;
    this.#poked = false;
  }
}
