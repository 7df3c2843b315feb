import type { Alert } from '../model/alert.ts';

export interface DeduplicateOptions {
  /** A feature that comes again within this time of its last sighting belongs to the same alert. */
  readonly windowMs: number;
  /** After this long a feature that goes on is a new alert all the same. */
  readonly longestMs: number;
  /** Alerts remembered; the one that was quiet longest is forgotten first. */
  readonly capacity: number;
  /** A grown count is told again after this long at the earliest (and at 2, 4, 8 …). */
  readonly updateMs: number;
  /** Alerts of one kind (see `take`) within the window; more of it only count on the last one. */
  readonly kindMax: number;
  /** Alerts of one kind within `burstMs`; what comes faster only counts on the last one. */
  readonly burstMax: number;
  readonly burstMs: number;
  /** What may come back (see `take`) and was quiet for so long is a new alert; each time it takes `returnFactor` times as long a quiet, `windowMs` at most. */
  readonly returnMs: number;
  readonly returnFactor: number;
  /** The first time it is enough that it was quiet for so long, where somebody else does it. */
  readonly otherDoerMs: number;
}

/** What is suspicious and may be told anew when it comes back. */
export interface Returning {
  /** The execution that has it done; empty: not known. */
  readonly doer: string;
}

export const defaultDeduplication: DeduplicateOptions = {
  windowMs: 600_000,
  longestMs: 6 * 3_600_000,
  capacity: 4096,
  updateMs: 5000,
  kindMax: 40,
  burstMax: 6,
  burstMs: 10_000,
  returnMs: 70_000,
  returnFactor: 3,
  otherDoerMs: 2_000,
};

/** @param sliceMs What goes on is told once in a slice: sightings of it are two slices apart at most. */
export function deduplicationOf(sliceMs: number): DeduplicateOptions {
  return { ...defaultDeduplication, returnMs: 2 * sliceMs + 10_000 };
}

interface Remembered {
  readonly alert: Alert;
  readonly sinceMs: number;
  /** How long it has to be quiet to be told anew when it comes back. */
  readonly returnMs: number;
  readonly doer: string;
  readonly returned: boolean;
  count: number;
  lastMs: number;
  toldMs: number;
  toldCount: number;
}

/** Alerts that are the same to a person. */
interface Kind {
  readonly sinceMs: number;
  keys: number;
  last: string;
  /** When those of the last `burstMs` were raised. */
  latelyMs: number[];
}

/** `new`: send it. `update`: send this copy (same id, larger count). `counted`: send nothing now. */
export type Deduplicated =
  | { readonly outcome: 'new' | 'update'; readonly alert: Alert }
  | { readonly outcome: 'counted' };

/**
 * One alert for one feature of one subject (a container, or the replicas of a workload), however often it is seen; its count grows. Bounded; time is passed in.
 */
export class Deduplicator {
  readonly #options: DeduplicateOptions;
  readonly #alerts: Map<string, Remembered> = new Map();
  readonly #kinds: Map<string, Kind> = new Map();
  #forgotten = 0;
  #folded = 0;

  constructor(options: DeduplicateOptions = defaultDeduplication) {
    this.#options = options;
  }

  /** Alerts forgotten before their window ended, because there were too many. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** Alerts that were not raised on their own, because there were enough of their kind: they count on the last one. */
  get folded(): number {
    return this.#folded;
  }

  get size(): number {
    return this.#alerts.size;
  }

  /**
   * Takes an alert about a subject, or a sighting of one: `make` is called when it is a new one. `kind` says what makes alerts of different features
   * the same to a person (dimension, rule, program): a port scan is a few alerts with a count, not a thousand. What is suspicious and was quiet for
   * a while `returns`: somebody does it again, which is news, but less so each time. What is done every so often is told three times at most, and once more where others do it.
   */
  take(
    subject: string,
    feature: string,
    kind: string,
    timeMs: number,
    make: () => Alert,
    returns?: Returning,
  ): Deduplicated {
    const key = `${subject} ${feature}`;
    const current = this.#current(key, timeMs);
    const returned = returns !== undefined && current !== undefined && this.#isBack(current, timeMs, returns.doer);
    const known = returned ? undefined : current;
    if (known === undefined) {
      const fold = this.#fold(`${subject} ${kind}`, key, timeMs);
      if (fold !== undefined) {
        this.#folded++;
        return this.#again(fold.key, fold.known, timeMs);
      }
      const alert = make();
      const { returnMs, returnFactor } = this.#options;
      const sooner = current !== undefined && timeMs - current.lastMs <= current.returnMs;
      this.#alerts.delete(key);
      this.#alerts.set(key, {
        ...{ alert, sinceMs: current?.sinceMs ?? timeMs, count: 1, lastMs: timeMs, toldMs: timeMs, toldCount: 1 },
        ...{ doer: returns?.doer ?? '', returned },
        returnMs: current === undefined ? returnMs : current.returnMs * (sooner ? 1 : returnFactor),
      });
      this.#bound(timeMs);
      return { outcome: 'new', alert };
    }
    return this.#again(key, known, timeMs);
  }

  #isBack({ lastMs, returnMs, doer, returned }: Remembered, timeMs: number, by: string): boolean {
    return timeMs - lastMs > (returned || by === doer ? returnMs : Math.min(returnMs, this.#options.otherDoerMs));
  }

  /** Counts another sighting of an alert that may have been raised about the first of these; `undefined` when there is none to count on. */
  count(subjects: readonly string[], feature: string, timeMs: number): Deduplicated | undefined {
    for (const subject of subjects) {
      const key = `${subject} ${feature}`;
      const known = this.#current(key, timeMs);
      if (known !== undefined) return this.#again(key, known, timeMs);
    }
    return undefined;
  }

  /** Updates that are due: counts that grew and were not told for `updateMs`. */
  due(nowMs: number): readonly Alert[] {
    const alerts: Alert[] = [];
    for (const [key, known] of this.#alerts) {
      if (known.count > known.toldCount && nowMs - known.toldMs >= this.#options.updateMs)
        alerts.push(tell(known, nowMs));
      if (nowMs - known.lastMs > this.#options.windowMs) this.#alerts.delete(key);
    }
    return alerts;
  }

  #fold(
    kindKey: string,
    key: string,
    timeMs: number,
  ): { readonly key: string; readonly known: Remembered } | undefined {
    const { windowMs, kindMax, burstMax, burstMs, capacity } = this.#options;
    const kind = this.#kinds.get(kindKey);
    if (kind === undefined || timeMs - kind.sinceMs > windowMs) {
      this.#kinds.delete(kindKey);
      this.#kinds.set(kindKey, { sinceMs: timeMs, keys: 1, last: key, latelyMs: [timeMs] });
      if (this.#kinds.size > capacity) for (const oldest of this.#kinds.keys()) return void this.#kinds.delete(oldest);
      return undefined;
    }
    kind.latelyMs = kind.latelyMs.filter((time) => timeMs - time < burstMs);
    const many = kind.keys >= kindMax || kind.latelyMs.length >= burstMax;
    const known = many ? this.#current(kind.last, timeMs) : undefined;
    if (known !== undefined) return { key: kind.last, known };
    kind.latelyMs.push(timeMs);
    kind.keys++;
    kind.last = key;
    return undefined;
  }

  #current(key: string, timeMs: number): Remembered | undefined {
    const known = this.#alerts.get(key);
    if (known === undefined) return undefined;
    const { windowMs, longestMs } = this.#options;
    if (timeMs - known.lastMs <= windowMs && timeMs - known.sinceMs <= longestMs) return known;
    this.#alerts.delete(key);
    return undefined;
  }

  #again(key: string, known: Remembered, timeMs: number): Deduplicated {
    known.count++;
    known.lastMs = Math.max(known.lastMs, timeMs);
    this.#alerts.delete(key);
    this.#alerts.set(key, known);
    const power = (known.count & (known.count - 1)) === 0 && known.count <= 8;
    if (!power && timeMs - known.toldMs < this.#options.updateMs) return { outcome: 'counted' };
    return { outcome: 'update', alert: tell(known, timeMs) };
  }

  #bound(timeMs: number): void {
    if (this.#alerts.size <= this.#options.capacity) return;
    const oldest = this.#alerts.entries().next().value;
    if (oldest === undefined) return;
    this.#alerts.delete(oldest[0]);
    if (timeMs - oldest[1].lastMs <= this.#options.windowMs) this.#forgotten++;
  }
}

function tell(known: Remembered, nowMs: number): Alert {
  known.toldMs = nowMs;
  known.toldCount = known.count;
  return { ...known.alert, count: known.count, lastTime: new Date(known.lastMs).toISOString() };
}
