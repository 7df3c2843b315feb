const hourMs = 3_600_000;
/** Hours of a week. */
export const weekHours = 168;
/** 1970 began on a Thursday: hours from Monday, 0:00 UTC. */
const epochHours = 72;
/** How fast the usual level follows: after this long a new level counts for two thirds. */
const followMs = 86_400_000;
/** The same for one hour of the week, in time spent in it: four weeks. */
const followHourMs = 4 * hourMs;
/** Occasions of an hour of the week after which its own level counts as much as the general one. */
const occasionsHalf = 2;
/** What lies farther from the level than this many spreads pulls no harder. */
const clip = 2;
/** Spread is never thought to be smaller, on the scale of `toScale`. */
const spreadMin = 0.05;

/** What one hour of the week is known for. */
export interface HourLevel {
  level: number;
  /** Time that was spent in it, milliseconds. */
  seenMs: number;
  /** In how many weeks. */
  occasions: number;
  /** The last of them, weeks since the epoch. */
  week: number;
}

export interface StoredBaseline {
  readonly level: number;
  readonly spread: number;
  /** Time that it was learned for, milliseconds. */
  readonly seenMs: number;
  /** By hour of the week (UTC), those that were seen. */
  readonly hours: readonly (readonly [hour: number, level: HourLevel])[];
}

/** Hour of the week, 0 on Monday at 0:00 UTC. Local time is not known in a profile that nodes share. */
export function hourOfWeek(timeMs: number): number {
  return (Math.floor(timeMs / hourMs) + epochHours) % weekHours;
}

/**
 * The usual level of a rate, on the scale of `toScale`: a robust exponential smoothing (Gelper, Fried & Croux, "Robust forecasting with
 * exponential and Holt-Winters smoothing", Journal of Forecasting 29, 2010, section 2: each observation is first cleaned by Huber's psi with
 * `k = 2`), for all times and for each hour of the week. An hour's own level counts `n / (n + 2)` after `n` weeks, the general one the rest. At most
 * 168 hours, made when they are first seen; some 6 KB when a week was seen.
 */
export class RateBaseline {
  #level: number;
  #spread: number;
  #seenMs: number;
  readonly #hours: Map<number, HourLevel>;

  constructor(stored: StoredBaseline = { level: 0, spread: 0, seenMs: 0, hours: [] }) {
    this.#level = stored.level;
    this.#spread = stored.spread;
    this.#seenMs = stored.seenMs;
    this.#hours = new Map(stored.hours.map(([hour, level]) => [hour, { ...level }]));
  }

  get stored(): StoredBaseline {
    const hours = [...this.#hours].map(([hour, level]) => [hour, { ...level }] as const);
    return { level: this.#level, spread: this.#spread, seenMs: this.#seenMs, hours };
  }

  /** False before anything was learned: there is nothing to compare with. */
  get isKnown(): boolean {
    return this.#seenMs > 0;
  }

  /** The level that is usual at this time. */
  at(timeMs: number): number {
    const hour = this.#hours.get(hourOfWeek(timeMs));
    if (hour === undefined) return this.#level;
    // The present occasion is not over: what began a minute ago is not usual yet.
    const past = hour.week === weekOf(timeMs) ? hour.occasions - 1 : hour.occasions;
    return this.#level + (past / (past + occasionsHalf)) * (hour.level - this.#level);
  }

  /** Learns from a slice of so many milliseconds: the mean of the workload's containers. */
  learn(value: number, lengthMs: number, timeMs: number): void {
    const first = this.#seenMs === 0;
    const difference = value - this.#level;
    const gain = first ? 1 : gainOf(lengthMs, this.#seenMs, followMs);
    const spread = Math.max(spreadMin, this.#spread);
    this.#level += gain * (first ? difference : bounded(difference, clip * spread));
    if (!first) this.#spread = spread + gain * (Math.min(Math.abs(difference), 2 * clip * spread) - spread);
    this.#seenMs += lengthMs;
    this.#learnHour(value, lengthMs, timeMs);
  }

  /** What was learned is the level of another time: the next slice is taken as the level, hours are learned anew. */
  restart(): void {
    this.#seenMs = 0;
    this.#hours.clear();
  }

  #learnHour(value: number, lengthMs: number, timeMs: number): void {
    const [index, week] = [hourOfWeek(timeMs), weekOf(timeMs)];
    const hour = this.#hours.get(index);
    if (hour === undefined) {
      this.#hours.set(index, { level: value, seenMs: lengthMs, occasions: 1, week });
      return;
    }
    const most = clip * Math.max(spreadMin, this.#spread);
    hour.level += gainOf(lengthMs, hour.seenMs, followHourMs) * bounded(value - hour.level, most);
    hour.seenMs += lengthMs;
    if (week > hour.week) hour.occasions++;
    hour.week = Math.max(week, hour.week);
  }
}

/** The mean of what was seen as long as that is little, then an exponential one. */
function gainOf(lengthMs: number, seenMs: number, timeConstantMs: number): number {
  return Math.min(1, lengthMs / Math.min(timeConstantMs, seenMs + lengthMs));
}

function bounded(value: number, most: number): number {
  return Math.max(-most, Math.min(most, value));
}

function weekOf(timeMs: number): number {
  return Math.floor((Math.floor(timeMs / hourMs) + epochHours) / weekHours);
}
