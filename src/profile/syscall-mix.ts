import { surpriseOfNew } from './coverage.ts';

/** How often each system call (by a number below `callsMax`) was made in a window of time. Calls that were not made are absent. */
export type CallCounts = ReadonlyMap<number, number>;

/** System calls are told apart up to this number; others are counted in `overflow`. */
export const callsMax = 512;
/** Windows that a mixture remembers unless it is told otherwise: some 800 bytes each with 40 calls. More than a thousand, so that three decades are within reach. */
export const windowsDefault = 1024;
/** Calls whose numbers vary less than this (natural logarithms) count as if they varied so much: one call more or less is no news. */
const spreadMin = 0.2;
const firstRefresh = 8;

/** What a window is worth, given what was seen before. */
export interface MixScore {
  /** `-log10 p`: 0 without evidence, or where no call was made more often than usual; at most `log10(windows + 1)`. */
  readonly decades: number;
  /** Calls that were never made before. */
  readonly newCalls: readonly number[];
  /** Surprise of a call that was never made before, decades. */
  readonly newCallSurprise: number;
  /** Remembered windows that it was compared with. */
  readonly windows: number;
}

/** A call that stands out in a window. */
export interface MixDifference {
  readonly call: number;
  readonly count: number;
  /** How often it was made in the most similar window that is remembered. */
  readonly usual: number;
  readonly isNew: boolean;
}

/** One remembered window, as it is stored: `[call, count, call, count, …]`. */
export interface StoredWindow {
  readonly sample: number;
  readonly counts: readonly number[];
}

/** A mixture as it is stored. */
export interface StoredMix {
  readonly learned: number;
  /** `[call, windows that made it, …]`. */
  readonly incidence: readonly number[];
  readonly windows: readonly StoredWindow[];
}

interface Window {
  readonly sample: number;
  readonly calls: Uint16Array;
  /** `ln(1 + count)` of each of `calls`. */
  readonly logs: Float32Array;
  /** Length of the vector in the present scale. */
  length: number;
  /** Squared distance to the nearest window of another sample, and where that is. */
  nearest: number;
  nearestAt: number;
}

export interface SyscallMixOptions {
  /** At least 1. A full memory forgets a random window for each new one, so that it fades exponentially (Aggarwal, VLDB 2006, "biased reservoir"). */
  readonly windowsMax?: number;
  /** Uniform in [0, 1): which window is forgotten. */
  readonly random: () => number;
}

/**
 * The mixture of system calls that a workload makes: remembered windows, compared by the Euclidean distance of `ln(1 + count)`, each call in units of
 * its own spread. The p-value of a window is conformal with the distance to the nearest neighbour as its strangeness (Vovk, Gammerman & Shafer,
 * "Algorithmic Learning in a Random World", 2005, section 3.1): with `d` the distance to the nearest remembered window and `d_i` those of
 * the remembered windows to theirs, `p = (#{d_i >= d} + 1) / (n + 1)`. (The window itself may be left out of the `d_i`: it is never nearer to one of them
 * than `d`.) Windows of one sample resemble each other because they are close in time, therefore only those of other samples are neighbours of a
 * remembered one. A window in which no call exceeds its mean by more than its spread is worth nothing: an attack makes calls, and a pause is a matter of
 * rates. Memory: `windowsMax` windows of at most `callsMax` calls. Comparing a window takes `windowsMax` sparse
 * products, 0.1 ms with 1,000 windows of 40 calls; learning it some three times as many.
 */
export class SyscallMix {
  readonly #windowsMax: number;
  readonly #random: () => number;
  readonly #windows: Window[] = [];
  readonly #incidence: Float64Array = new Float64Array(callsMax);
  /** One over the squared spread of each call. */
  readonly #weight: Float64Array = new Float64Array(callsMax).fill(spreadMin ** -2);
  readonly #mean: Float64Array = new Float64Array(callsMax);
  /** The window that is compared at the moment: weighted logarithms by call; zero where it made none. */
  readonly #query: Float64Array = new Float64Array(callsMax);
  #learned = 0;
  /** So many windows are learned before the spread is measured again. At once after a start: when it is first asked for. */
  #refreshAt = firstRefresh;
  #overflow = 0;

  constructor({ windowsMax = windowsDefault, random }: SyscallMixOptions, stored?: StoredMix) {
    this.#windowsMax = windowsMax;
    this.#random = random;
    if (stored === undefined) return;
    this.#learned = stored.learned;
    for (let at = 0; at + 1 < stored.incidence.length; at += 2)
      this.#incidence[stored.incidence[at] ?? callsMax] = stored.incidence[at + 1] ?? 0;
    for (const { sample, counts } of stored.windows.slice(-windowsMax)) {
      const pairs: [number, number][] = [];
      for (let at = 0; at + 1 < counts.length; at += 2) pairs.push([counts[at] ?? 0, counts[at + 1] ?? 0]);
      this.#windows.push(this.#window(new Map(pairs), sample));
    }
    this.#refreshAt = 0;
  }

  /** Windows that are remembered. */
  get windows(): number {
    return this.#windows.length;
  }

  /** Windows that were learned, forgotten ones too. */
  get learned(): number {
    return this.#learned;
  }

  /** Calls with numbers from `callsMax` on, or with counts that are no numbers: left out. */
  get overflow(): number {
    return this.#overflow;
  }

  get stored(): StoredMix {
    return {
      learned: this.#learned,
      incidence: [...this.#incidence].flatMap((windows, call) => (windows > 0 ? [call, windows] : [])),
      windows: this.#windows.map(({ sample, calls, logs }) => ({
        sample,
        counts: [...calls].flatMap((call, at) => [call, countOf(logs[at] ?? 0)]),
      })),
    };
  }

  /** Compares a window with what is remembered; learns nothing. */
  score(counts: CallCounts): MixScore {
    if (this.#refreshAt <= 0) this.refresh();
    const window = this.#window(counts, 0);
    const newCalls = [...window.calls].filter((call) => this.#incidence[call] === 0);
    let once = 0;
    for (const windows of this.#incidence) if (windows === 1) once++;
    return {
      decades: this.#exceeds(window) ? this.#decades(window) : 0,
      newCalls,
      newCallSurprise: surpriseOfNew({ samples: this.#learned, once, twice: 0, total: 0 }),
      windows: this.#windows.length,
    };
  }

  /** The calls that make up most of a window's distance to the nearest remembered one, the strongest first, at most `limit`. */
  differences(counts: CallCounts, limit: number): readonly MixDifference[] {
    const window = this.#window(counts, 0);
    const { at } = this.#nearest(window);
    const usual = new Float64Array(callsMax);
    const neighbour = this.#windows[at];
    neighbour?.calls.forEach((call, index) => (usual[call] = neighbour.logs[index] ?? 0));
    const own = new Float64Array(callsMax);
    window.calls.forEach((call, index) => (own[call] = window.logs[index] ?? 0));
    return [...own.keys()]
      .map((call) => ({ call, part: ((own[call] ?? 0) - (usual[call] ?? 0)) ** 2 * (this.#weight[call] ?? 0) }))
      .filter(({ part }) => part > 0)
      .toSorted((a, b) => b.part - a.part || a.call - b.call)
      .slice(0, limit)
      .map(({ call }) => ({
        call,
        count: countOf(own[call] ?? 0),
        usual: countOf(usual[call] ?? 0),
        isNew: this.#incidence[call] === 0,
      }));
  }

  /** Remembers a window. `sample`: which container's slice it is a part of; windows of one sample are no evidence for each other. */
  learn(counts: CallCounts, sample: number): void {
    if (this.#refreshAt <= 0) this.refresh();
    const window = this.#window(counts, sample);
    this.#learned++;
    for (const call of window.calls) this.#incidence[call] = (this.#incidence[call] ?? 0) + 1;
    const slot =
      this.#windows.length < this.#windowsMax ? this.#windows.length : Math.floor(this.#random() * this.#windowsMax);
    const orphans = [...this.#windows.keys()].filter((at) => at !== slot && this.#windows[at]?.nearestAt === slot);
    this.#windows[slot] = window;
    for (const at of orphans) this.#settle(at);
    this.#settle(slot);
    this.#refreshAt--;
  }

  /**
   * Measures the spread of every call anew, and all distances with it. Done by itself whenever the memory has doubled, and when as much as it holds
   * was learned since; to be called once after learning many windows. Takes 50 ms with 1,000 windows of 40 calls.
   */
  refresh(): void {
    this.#refreshAt = Math.max(firstRefresh, this.#windows.length);
    const [sums, squares] = [new Float64Array(callsMax), new Float64Array(callsMax)];
    for (const { calls, logs } of this.#windows)
      calls.forEach((call, at) => {
        const log = logs[at] ?? 0;
        sums[call] = (sums[call] ?? 0) + log;
        squares[call] = (squares[call] ?? 0) + log * log;
      });
    const count = Math.max(1, this.#windows.length);
    for (let call = 0; call < callsMax; call++) {
      const mean = (sums[call] ?? 0) / count;
      this.#mean[call] = mean;
      this.#weight[call] = 1 / Math.max(spreadMin ** 2, (squares[call] ?? 0) / count - mean * mean);
    }
    for (const window of this.#windows) {
      window.length = this.#lengthOf(window);
      window.nearest = Infinity;
      window.nearestAt = -1;
    }
    for (let at = 1; at < this.#windows.length; at++) this.#settle(at, at);
  }

  /** Finds the neighbour of a remembered window among the first `count`, and makes it theirs where it is nearer than the one they had. */
  #settle(slot: number, count: number = this.#windows.length): void {
    const window = this.#windows[slot];
    if (window === undefined) return;
    window.nearest = Infinity;
    window.nearestAt = -1;
    this.#ask(window);
    for (let at = 0; at < count; at++) {
      const other = this.#windows[at];
      if (other === undefined || other.sample === window.sample) continue;
      const gap = other.length - window.length;
      if (gap * gap >= window.nearest && gap * gap >= other.nearest) continue;
      const squared = this.#squared(window, other);
      if (squared < window.nearest) [window.nearest, window.nearestAt] = [squared, at];
      if (squared < other.nearest) [other.nearest, other.nearestAt] = [squared, slot];
    }
    this.#forgetQuery(window);
  }

  #nearest(window: Window): { readonly distance: number; readonly at: number } {
    let [distance, nearestAt] = [Infinity, -1];
    this.#ask(window);
    for (let at = 0; at < this.#windows.length; at++) {
      const other = this.#windows[at];
      if (other === undefined || (other.length - window.length) ** 2 >= distance) continue;
      const squared = this.#squared(window, other);
      if (squared < distance) [distance, nearestAt] = [squared, at];
    }
    this.#forgetQuery(window);
    return { distance, at: nearestAt };
  }

  #decades(window: Window): number {
    const { distance } = this.#nearest(window);
    let further = 0;
    for (const { nearest } of this.#windows) if (nearest >= distance) further++;
    return Math.log10((this.#windows.length + 1) / (further + 1));
  }

  #exceeds({ calls, logs }: Window): boolean {
    return logs.some((log, at) => {
      const above = log - (this.#mean[calls[at] ?? 0] ?? 0);
      return above > 0 && above * above * (this.#weight[calls[at] ?? 0] ?? 0) > 1;
    });
  }

  #ask({ calls, logs }: Window): void {
    for (let at = 0; at < calls.length; at++) {
      const call = calls[at] ?? 0;
      this.#query[call] = (logs[at] ?? 0) * (this.#weight[call] ?? 0);
    }
  }

  #forgetQuery({ calls }: Window): void {
    for (const call of calls) this.#query[call] = 0;
  }

  /** Squared distance between the window that `#ask` was given and a remembered one. */
  #squared(window: Window, { calls, logs, length }: Window): number {
    const query = this.#query;
    let product = 0;
    for (let at = 0; at < calls.length; at++) product += (logs[at] as number) * (query[calls[at] as number] as number);
    const squared = window.length * window.length + length * length - 2 * product;
    // What is left of rounding is no distance: equal windows are equal.
    return squared < 1e-6 ? 0 : squared;
  }

  #lengthOf({ calls, logs }: Window): number {
    let sum = 0;
    for (let at = 0; at < calls.length; at++) sum += (logs[at] ?? 0) ** 2 * (this.#weight[calls[at] ?? 0] ?? 0);
    return Math.sqrt(sum);
  }

  #window(counts: CallCounts, sample: number): Window {
    const made = [...counts].filter(([call, count]) => {
      const usable = Number.isInteger(call) && call >= 0 && call < callsMax && count > 0 && Number.isFinite(count);
      if (!usable && count !== 0) this.#overflow++;
      return usable;
    });
    const window: Window = {
      sample,
      calls: Uint16Array.from(made, ([call]) => call),
      logs: Float32Array.from(made, ([, count]) => Math.log1p(count)),
      length: 0,
      nearest: Infinity,
      nearestAt: -1,
    };
    window.length = this.#lengthOf(window);
    return window;
  }
}

/** The count of a logarithm, as far as 24 bits of it tell: whole from a hundred on. */
function countOf(log: number): number {
  const count = Math.expm1(log);
  return count < 100 ? Math.round(count * 1000) / 1000 : Math.round(count);
}
