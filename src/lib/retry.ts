export interface BackoffOptions {
  /** Upper bound of the first wait. */
  readonly baseMs: number;
  /** Upper bound of every wait. */
  readonly maxMs: number;
  /** Uniform in [0, 1): `Math.random` outside tests. */
  readonly random: () => number;
}

/**
 * How long to wait before trying again: uniform between 0 and `min(maxMs, baseMs * 2^attempt)` ("full jitter"), so that many
 * clients of one server that went away do not come back all at once.
 * Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 * @param attempt How many tries have failed before this wait, from 0. Any size: the bound does not overflow.
 * @returns Whole milliseconds.
 */
export function backoffMs(attempt: number, options: BackoffOptions): number {
  const bound = Math.min(options.maxMs, options.baseMs * 2 ** Math.min(Math.max(attempt, 0), 64));
  return Math.floor(options.random() * bound);
}
