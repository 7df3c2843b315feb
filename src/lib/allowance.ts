/**
 * So much at once, and so much a second from then on. What is taken beyond it is a debt that has to be waited for. Pure but for its own
 * state; the time is passed in, milliseconds of a clock that never goes back.
 */
export class Allowance {
  readonly #perSecond: number;
  readonly #most: number;
  #left: number;
  #atMs: number;

  /** @param most What may be taken at once. @param nowMs Time at which all of it is there. */
  constructor(perSecond: number, most: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#most = most;
    this.#left = most;
    this.#atMs = nowMs;
  }

  /** Milliseconds until `amount` may be taken; 0: now. */
  waitMs(amount: number, nowMs: number): number {
    this.#fill(nowMs);
    const missing = Math.min(amount, this.#most) - this.#left;
    return missing <= 0 ? 0 : (missing / this.#perSecond) * 1000;
  }

  /** Takes it, whether it is there or not; answers the milliseconds until the debt is paid. */
  take(amount: number, nowMs: number): number {
    this.#fill(nowMs);
    this.#left -= amount;
    return this.#left >= 0 ? 0 : (-this.#left / this.#perSecond) * 1000;
  }

  #fill(nowMs: number): void {
    this.#left = Math.min(this.#most, this.#left + (Math.max(0, nowMs - this.#atMs) / 1000) * this.#perSecond);
    this.#atMs = nowMs;
  }
}

/** An allowance for each key. It remembers at most `keysMax` keys: the one that was not asked for longest is forgotten, and starts anew. */
export class Allowances {
  readonly #perSecond: number;
  readonly #most: number;
  readonly #keysMax: number;
  readonly #byKey = new Map<string, Allowance>();

  constructor(perSecond: number, most: number, keysMax: number) {
    this.#perSecond = perSecond;
    this.#most = most;
    this.#keysMax = keysMax;
  }

  /** Milliseconds until one may be taken; 0: now. */
  waitMs(key: string, nowMs: number): number {
    return this.#of(key, nowMs).waitMs(1, nowMs);
  }

  /** Takes one when it is there; answers the milliseconds until it is, 0 when it was. */
  take(key: string, nowMs: number): number {
    const allowance = this.#of(key, nowMs);
    const waitMs = allowance.waitMs(1, nowMs);
    if (waitMs === 0) allowance.take(1, nowMs);
    return waitMs;
  }

  #of(key: string, nowMs: number): Allowance {
    const known = this.#byKey.get(key);
    const allowance = known ?? new Allowance(this.#perSecond, this.#most, nowMs);
    // Asked for last is last in the order of the map.
    this.#byKey.delete(key);
    this.#byKey.set(key, allowance);
    const [oldest] = this.#byKey.keys();
    if (this.#byKey.size > this.#keysMax && oldest !== undefined) this.#byKey.delete(oldest);
    return allowance;
  }
}
