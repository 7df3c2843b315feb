import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { severities } from '../model/alert.ts';
import type { Alert, Severity } from '../model/alert.ts';

/** An alert that waits, and which copy of it. */
export interface Waiting {
  readonly alert: Alert;
  readonly revision: number;
}

/** Where alerts are kept until the collector has them. Methods throw AnchorwatchError when the file cannot be written. */
export interface OutboxFile {
  /** Durable when it returns; replaces an earlier copy of the same id. `dropped`: alerts that had to make room. */
  put(alert: Alert): { readonly depth: number; readonly dropped: readonly Alert[] };
  /** The oldest that wait. */
  next(limit: number): { readonly waiting: readonly Waiting[]; readonly depth: number };
  /** `sent`: forget these copies. `refused`: set them aside. */
  settle(waiting: readonly Waiting[], outcome: 'sent' | 'refused'): { readonly depth: number };
}

/** Cumulative since the start. */
export interface QueueCounters {
  readonly dropped: Record<Severity, number>;
  refused: number;
  storeFailures: number;
}

/** What goes out together: from memory or from the file, never mixed. */
export interface Parcel {
  readonly from: 'memory' | 'file';
  readonly waiting: readonly Waiting[];
}

/**
 * Alerts that the collector has not acknowledged. They live in the file; while the file cannot be written (disk full), up to
 * `memoryCapacity` wait in memory, where the oldest of the lowest severity makes room. Both count what they drop, by severity.
 * Stopping leaves the file as it is, and `shelve` tries once more to bring memory into it.
 */
export class AlertQueue {
  readonly counters: QueueCounters = { dropped: { notice: 0, warning: 0, critical: 0 }, refused: 0, storeFailures: 0 };
  readonly #file: OutboxFile;
  readonly #memoryCapacity: number;
  readonly #log: Logger;
  readonly #memory = new Map<string, Waiting>();
  #revision = 0;
  #depth: number;
  #unsettled: { readonly waiting: readonly Waiting[]; readonly outcome: 'sent' | 'refused' } | undefined;
  #failing = false;

  constructor(file: OutboxFile, memoryCapacity: number, log: Logger) {
    this.#file = file;
    this.#memoryCapacity = memoryCapacity;
    this.#log = log;
    this.#depth = file.next(1).depth;
  }

  /** Alerts that wait, in the file and in memory. */
  get depth(): number {
    return this.#depth + this.#memory.size;
  }

  /** True while something waits for the file to become writable. */
  get blocked(): boolean {
    return this.#memory.size > 0 || this.#unsettled !== undefined;
  }

  /** Keeps an alert: in the file when it returns true, else in memory. */
  add(alert: Alert): boolean {
    const kept = this.#attempt(() => this.#put(alert));
    if (!kept) this.#remember(alert);
    return kept;
  }

  /** Tries to write what waits for the file. */
  shelve(): void {
    this.#settleAgain();
    for (const [id, { alert }] of this.#memory) {
      if (!this.#attempt(() => this.#put(alert))) return;
      this.#memory.delete(id);
    }
  }

  /** What to send next; undefined when nothing can be. */
  take(limit: number): Parcel | undefined {
    if (this.#memory.size > 0) return { from: 'memory', waiting: [...this.#memory.values()].slice(0, limit) };
    // Until the file has forgotten what was sent, it would only offer the same alerts again.
    if (!this.#settleAgain()) return undefined;
    let waiting: readonly Waiting[] = [];
    this.#attempt(() => {
      const next = this.#file.next(limit);
      this.#depth = next.depth;
      waiting = next.waiting;
    });
    return waiting.length === 0 ? undefined : { from: 'file', waiting };
  }

  /** The collector has the parcel, or will never take it. */
  settle(parcel: Parcel, outcome: 'sent' | 'refused'): void {
    if (outcome === 'refused') this.counters.refused += parcel.waiting.length;
    if (parcel.from === 'memory') {
      for (const { alert, revision } of parcel.waiting) {
        if (this.#memory.get(alert.id)?.revision === revision) this.#memory.delete(alert.id);
      }
      return;
    }
    this.#unsettled = { waiting: parcel.waiting, outcome };
    this.#settleAgain();
  }

  #put(alert: Alert): void {
    const { depth, dropped } = this.#file.put(alert);
    this.#depth = depth;
    for (const one of dropped) this.#drop(one);
  }

  #settleAgain(): boolean {
    const unsettled = this.#unsettled;
    if (unsettled === undefined) return true;
    return this.#attempt(() => {
      this.#depth = this.#file.settle(unsettled.waiting, unsettled.outcome).depth;
      this.#unsettled = undefined;
    });
  }

  #remember(alert: Alert): void {
    // An alert that is replaced keeps its place.
    this.#revision += 1;
    this.#memory.set(alert.id, { alert, revision: this.#revision });
    if (this.#memory.size <= this.#memoryCapacity) return;
    const rank = (waiting: Waiting): number => severities.indexOf(waiting.alert.severity);
    let least: Waiting | undefined;
    for (const waiting of this.#memory.values())
      if (least === undefined || rank(waiting) < rank(least)) least = waiting;
    if (least === undefined) return;
    this.#memory.delete(least.alert.id);
    this.#drop(least.alert);
  }

  #drop(alert: Alert): void {
    this.counters.dropped[alert.severity] += 1;
    this.#log.error(
      { alert: alert.id, severity: alert.severity, title: alert.title },
      'the outbox is full: an alert was dropped',
    );
  }

  /** Logs when the file stops being writable and when it is again, not in between. */
  #attempt(work: () => void): boolean {
    try {
      work();
      if (this.#failing) this.#log.info('the outbox can be written again');
      this.#failing = false;
      return true;
    } catch (error) {
      this.counters.storeFailures += 1;
      if (!this.#failing)
        this.#log.error({ err: error }, `the outbox cannot be written, alerts wait in memory: ${errorText(error)}`);
      this.#failing = true;
      return false;
    }
  }
}
