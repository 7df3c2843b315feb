/** Time as it is passed in everywhere, so that tests and replays bring their own. */
export interface Clock {
  /** Milliseconds since the epoch; jumps when the machine's clock is set. */
  nowMs(): number;
  /** Milliseconds from an arbitrary point, with fractions; never goes back. */
  monotonicMs(): number;
}

/** The machine's clocks. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
