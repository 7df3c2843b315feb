/** What was lost of one container so far, by hook and reason. */
export interface LossCount {
  readonly cgroupId: string;
  readonly hook: string;
  readonly reason: string;
  readonly count: number;
}

/** Something was lost between two readings. */
export interface Growth extends LossCount {
  /** Of these since the last reading. */
  readonly delta: number;
}

/** A time without a pause in which something was lost. `count`: in that time. */
export interface ClosedWindow extends LossCount {
  readonly fromMs: number;
  readonly toMs: number;
}

interface Open {
  fromMs: number;
  toMs: number;
  count: number;
}

/** A window ends when nothing was lost for this long. */
const pauseMs = 5_000;

/** Makes windows of loss from counters that are read again and again. A window begins at the reading before its first loss. Pure state. */
export class LossWindows {
  readonly #open: Map<string, Open> = new Map();
  readonly #totals: Map<string, number> = new Map();
  #readMs: number;

  constructor(nowMs: number) {
    this.#readMs = nowMs;
  }

  /** Takes a reading of all counters. A counter that is gone, or smaller than before, is one of another container. */
  read(
    counts: readonly LossCount[],
    nowMs: number,
  ): { readonly grown: readonly Growth[]; readonly closed: readonly ClosedWindow[] } {
    const grown: Growth[] = [];
    const present = new Set<string>();
    for (const loss of counts) {
      const id = JSON.stringify([loss.cgroupId, loss.hook, loss.reason]);
      present.add(id);
      const before = this.#totals.get(id) ?? 0;
      const delta = loss.count < before ? loss.count : loss.count - before;
      this.#totals.set(id, loss.count);
      if (delta === 0) continue;
      grown.push({ ...loss, delta });
      const open = this.#open.get(id) ?? { fromMs: this.#readMs, toMs: nowMs, count: 0 };
      open.toMs = nowMs;
      open.count += delta;
      this.#open.set(id, open);
    }
    for (const id of this.#totals.keys()) if (!present.has(id)) this.#totals.delete(id);
    this.#readMs = nowMs;
    return { grown, closed: this.#close((open, id) => nowMs - open.toMs >= pauseMs || !present.has(id)) };
  }

  /** Ends the windows of a container that stopped, and forgets its counters: its number may be another's soon. */
  end(cgroupId: string): readonly ClosedWindow[] {
    const isIts = (id: string): boolean => (JSON.parse(id) as string[])[0] === cgroupId;
    for (const id of this.#totals.keys()) if (isIts(id)) this.#totals.delete(id);
    return this.#close((_, id) => isIts(id));
  }

  /** Ends all windows: nothing more will be read. */
  finish(): readonly ClosedWindow[] {
    return this.#close(() => true);
  }

  #close(over: (open: Open, id: string) => boolean): readonly ClosedWindow[] {
    const closed: ClosedWindow[] = [];
    for (const [id, open] of this.#open) {
      if (!over(open, id)) continue;
      this.#open.delete(id);
      const [cgroupId = '', hook = '', reason = ''] = JSON.parse(id) as string[];
      closed.push({ cgroupId, hook, reason, count: open.count, fromMs: open.fromMs, toMs: open.toMs });
    }
    return closed;
  }
}
