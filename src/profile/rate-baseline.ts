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

/** What one hour of the week is known for: its level, the time that was spent in it (seconds), in how many weeks, and the last of these since the epoch. */
export type HourLevel = readonly [hour: number, level: number, seenSeconds: number, occasions: number, week: number];

export interface StoredBaseline {
  readonly level: number;
  readonly spread: number;
  /** Time that it was learned for, milliseconds. */
  readonly seenMs: number;
  /** By hour of the week (UTC), those that were seen. */
  readonly hours: readonly HourLevel[];
}

/** Hour of the week, 0 on Monday at 0:00 UTC. Local time is not known in a profile that nodes share. */
export function hourOfWeek(timeMs: number): number {
  return (Math.floor(timeMs / hourMs) + epochHours) % weekHours;
}

/**
 * The usual level of a rate, on the scale of `toScale`: a robust exponential smoothing (Gelper, Fried & Croux, "Robust forecasting with
 * exponential and Holt-Winters smoothing", Journal of Forecasting 29, 2010, section 2: each observation is first cleaned by Huber's psi with
 * `k = 2`), for all times and for each hour of the week. An hour's own level counts `n / (n + 2)` after `n` weeks, the general one the rest. Hours
 * take 2.4 KB, from when the first is over.
 */
export class RateBaseline {
  #level: number;
  #spread: number;
  #seenMs: number;
  #hours: Hours | undefined;

  constructor(stored: StoredBaseline = { level: 0, spread: 0, seenMs: 0, hours: [] }) {
    this.#level = stored.level;
    this.#spread = stored.spread;
    this.#seenMs = stored.seenMs;
    if (stored.hours.length === 0) return;
    const hours = newHours();
    this.#hours = hours;
    for (const [hour, level, seenSeconds, occasions, week] of stored.hours) {
      hours.level[hour] = level;
      hours.seenSeconds[hour] = seenSeconds;
      hours.occasions[hour] = occasions;
      hours.week[hour] = week;
    }
  }

  get stored(): StoredBaseline {
    const hours = this.#hours;
    const seen = hours === undefined ? [] : [...hours.occasions.keys()].filter((hour) => hours.occasions[hour]);
    return {
      ...{ level: this.#level, spread: this.#spread, seenMs: this.#seenMs },
      hours: seen.map((hour) => [
        ...([hour, rounded(hours?.level[hour] ?? 0), Math.round(hours?.seenSeconds[hour] ?? 0)] as const),
        ...([hours?.occasions[hour] ?? 0, hours?.week[hour] ?? 0] as const),
      ]),
    };
  }

  /** False before anything was learned: there is nothing to compare with. */
  get isKnown(): boolean {
    return this.#seenMs > 0;
  }

  /** The level that is usual at this time. */
  at(timeMs: number): number {
    const [hour, hours] = [hourOfWeek(timeMs), this.#hours];
    const occasions = hours?.occasions[hour] ?? 0;
    if (hours === undefined || occasions === 0) return this.#level;
    // The present occasion is not over: what began a minute ago is not usual yet.
    const past = hours.week[hour] === weekOf(timeMs) ? occasions - 1 : occasions;
    return this.#level + (past / (past + occasionsHalf)) * ((hours.level[hour] ?? 0) - this.#level);
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
    this.#hours = undefined;
  }

  #learnHour(value: number, lengthMs: number, timeMs: number): void {
    this.#hours ??= newHours();
    const { level, seenSeconds, occasions, week } = this.#hours;
    const [hour, thisWeek] = [hourOfWeek(timeMs), weekOf(timeMs)];
    const [before, seen] = [level[hour] ?? 0, seenSeconds[hour] ?? 0];
    if (occasions[hour] === 0) level[hour] = value;
    else {
      const most = clip * Math.max(spreadMin, this.#spread);
      level[hour] = before + gainOf(lengthMs, seen * 1000, followHourMs) * bounded(value - before, most);
    }
    // A year is enough to know it; the counts stay within their bytes.
    if (occasions[hour] === 0 || (thisWeek > (week[hour] ?? 0) && (occasions[hour] ?? 0) < 52))
      occasions[hour] = (occasions[hour] ?? 0) + 1;
    seenSeconds[hour] = Math.min(1e6, seen + lengthMs / 1000);
    week[hour] = Math.max(thisWeek, week[hour] ?? 0);
  }
}

/** As exact as a level is worth keeping: a hundredth of a percent. */
function rounded(level: number): number {
  return Math.round(level * 10_000) / 10_000;
}

interface Hours {
  readonly level: Float32Array;
  readonly seenSeconds: Float32Array;
  readonly occasions: Uint8Array;
  readonly week: Uint16Array;
}

function newHours(): Hours {
  return {
    ...{ level: new Float32Array(weekHours), seenSeconds: new Float32Array(weekHours) },
    ...{ occasions: new Uint8Array(weekHours), week: new Uint16Array(weekHours) },
  };
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
