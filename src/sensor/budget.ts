/**
 * Time that may be spent on a recurring task: so many milliseconds a second on average, and a store of unused time for bursts. Work that
 * cannot be divided may overdraw it; the debt is waited off. Time is passed in.
 */
export class Budget {
  readonly #msPerSecond: number;
  readonly #burstMs: number;
  #leftMs: number;
  #refilledMs: number;

  constructor(options: { readonly msPerSecond: number; readonly burstMs: number; readonly nowMs: number }) {
    this.#msPerSecond = options.msPerSecond;
    this.#burstMs = options.burstMs;
    this.#leftMs = options.burstMs;
    this.#refilledMs = options.nowMs;
  }

  /** Milliseconds left; negative while a debt is waited off. `nowMs`: a clock that never goes back. */
  left(nowMs: number): number {
    const passedMs = Math.max(0, nowMs - this.#refilledMs);
    this.#refilledMs = Math.max(this.#refilledMs, nowMs);
    this.#leftMs = Math.min(this.#burstMs, this.#leftMs + (passedMs * this.#msPerSecond) / 1000);
    return this.#leftMs;
  }

  spend(ms: number): void {
    this.#leftMs -= ms;
  }
}
