/** What an origin is measured with. */
export interface OriginClocks {
  /** Milliseconds since the epoch, without fractions; jumps when the machine's clock is set. */
  wallMs(): number;
  /** CLOCK_MONOTONIC, milliseconds with fractions. */
  monotonicMs(): number;
}

const machine: OriginClocks = {
  wallMs: () => Date.now(),
  monotonicMs: () => Number(process.hrtime.bigint()) / 1e6,
};

/** The wall clock's next millisecond comes within one: what takes longer was held up. */
const tickTimeoutMs = 3;
/** A clock that stands still ends the wait as well. */
const looksMax = 100_000;
/** An interval this narrow is good enough. */
const narrowMs = 0.02;
const triesMax = 5;
/** Times of our days have a quarter of a microsecond as their last digit. */
const roundingMs = 0.001;

/** The origin lies between the two. */
interface Bounds {
  readonly lowMs: number;
  readonly highMs: number;
}

/**
 * Milliseconds since the epoch at CLOCK_MONOTONIC zero. The kernel changes that only when the clock is set, so it is measured once, by the
 * moment at which the wall clock's millisecond changes, and stays as it is for as long as the clocks do not contradict it: what happened
 * later never gets an earlier time, unless the clock was set back meanwhile. Whole milliseconds of the wall clock, taken anew each time,
 * would move it by up to one.
 */
export class MonotonicOrigin {
  readonly #clocks: OriginClocks;
  #bounds: Bounds;
  #originMs: number;

  constructor(clocks: OriginClocks = machine) {
    this.#clocks = clocks;
    this.#bounds = this.#measured();
    this.#originMs = middle(this.#bounds);
  }

  /** The origin by the clocks as they are now. Waits up to some milliseconds when the clock was set since the last call, else not. */
  nowMs(): number {
    const seen = this.#look();
    if (!overlap(seen, this.#bounds)) {
      this.#bounds = this.#measured();
      this.#originMs = middle(this.#bounds);
    }
    return this.#originMs;
  }

  /** One look at both clocks: bounds a millisecond apart. */
  #look(): Bounds {
    const before = this.#clocks.monotonicMs();
    const wall = this.#clocks.wallMs();
    return { lowMs: wall - this.#clocks.monotonicMs(), highMs: wall + 1 - before };
  }

  /** The narrowest of a few. */
  #measured(): Bounds {
    let best = this.#look();
    for (let tries = 0; tries < triesMax && best.highMs - best.lowMs > narrowMs; tries++) {
      const bounds = this.#tick();
      if (bounds === undefined) break;
      if (bounds.highMs - bounds.lowMs < best.highMs - best.lowMs || !overlap(bounds, best)) best = bounds;
    }
    return best;
  }

  /** Waits for the wall clock's next millisecond, which began between two looks at it; undefined when it does not come. */
  #tick(): Bounds | undefined {
    // Before the last look at the old millisecond, and before the next look.
    let earlier = this.#clocks.monotonicMs();
    const startMs = earlier;
    const old = this.#clocks.wallMs();
    let before = this.#clocks.monotonicMs();
    for (let looks = 0; looks < looksMax; looks++) {
      const wall = this.#clocks.wallMs();
      const after = this.#clocks.monotonicMs();
      if (wall !== old) {
        const lowMs = wall - after;
        const highMs = Math.min(old + 1 - earlier, wall + 1 - before);
        // The clock was set between the two looks: only the second counts.
        return highMs < lowMs ? { lowMs, highMs: wall + 1 - before } : { lowMs, highMs };
      }
      if (after - startMs > tickTimeoutMs) return undefined;
      earlier = before;
      before = after;
    }
    return undefined;
  }
}

function overlap(a: Bounds, b: Bounds): boolean {
  return a.lowMs <= b.highMs + roundingMs && b.lowMs <= a.highMs + roundingMs;
}

function middle({ lowMs, highMs }: Bounds): number {
  return (lowMs + highMs) / 2;
}
