import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { severities } from '../model/alert.ts';
import type { Alert, Severity } from '../model/alert.ts';

/** An alert that waits, and which copy of it. */
export interface Waiting {
  readonly alert: Alert;
  readonly revision: number;
}

/** Why an alert is gone undelivered: the file was full, it had waited too long, or memory was full while the file could not be written. */
export type DropReason = 'size' | 'age' | 'memory';

export interface Dropped {
  readonly alert: Alert;
  readonly reason: DropReason;
}

/** Where alerts are kept until the collector has them. Methods throw AnchorwatchError when the file cannot be written. */
export interface OutboxFile {
  /** All of them, durable when it returns, or none; each replaces an earlier copy of the same id. `dropped`: alerts that had to make room. */
  put(...alerts: readonly Alert[]): { readonly depth: number; readonly dropped: readonly Dropped[] };
  /** The most urgent that wait, in the order in which they go out. `dropped`: alerts that had waited too long. */
  next(limit: number): {
    readonly waiting: readonly Waiting[];
    readonly depth: number;
    readonly dropped: readonly Dropped[];
    /** What the file held so far that was no alert; it is gone. */
    readonly damaged: number;
  };
  /** `sent`: forget these copies. `refused`: set them aside. */
  settle(waiting: readonly Waiting[], outcome: 'sent' | 'refused'): { readonly depth: number };
}

/** Cumulative since the start. */
export interface QueueCounters {
  readonly dropped: Record<Severity, Record<DropReason, number>>;
  refused: number;
  damaged: number;
  storeFailures: number;
}

/** What goes out together: from memory or from the file, never mixed. */
export interface Parcel {
  readonly from: 'memory' | 'file';
  readonly waiting: readonly Waiting[];
}

interface Unsettled {
  readonly waiting: readonly Waiting[];
  readonly outcome: 'sent' | 'refused';
}

/** Alerts that the collector has and the file still holds: so many are forgotten by one write, fewer when `shelve` is called. */
const settledAtOnce = 64;
/** A flood of drops is one line of the log in this time; the counters have them all. */
const dropLogMs = 10_000;

/**
 * Alerts that the collector has not acknowledged. They live in the file; while the file cannot be written (disk full), up to
 * `memoryCapacity` wait in memory, where the oldest of the lowest severity makes room, and what the collector took of the file is
 * remembered until the file can forget it. Both count what they drop, by severity and reason. Stopping leaves the file as it is, and
 * `shelve` tries once more to bring memory into it.
 */
export class AlertQueue {
  readonly counters: QueueCounters = {
    dropped: {
      notice: { size: 0, age: 0, memory: 0 },
      warning: { size: 0, age: 0, memory: 0 },
      critical: { size: 0, age: 0, memory: 0 },
    },
    refused: 0,
    damaged: 0,
    storeFailures: 0,
  };
  readonly #file: OutboxFile;
  readonly #memoryCapacity: number;
  readonly #log: Logger;
  readonly #memory = new Map<string, Waiting>();
  #revision = 0;
  #depth = 0;
  /** Bounded by `settledAtOnce` and a parcel, or by what was in the file when it stopped being writable. */
  #unsettled: Unsettled[] = [];
  /** Ids of what the collector has and the file still holds. */
  readonly #sent: Set<string> = new Set();
  #failing = false;
  #dropsUnlogged = 0;
  #dropLoggedMs = -Infinity;

  constructor(file: OutboxFile, memoryCapacity: number, log: Logger) {
    this.#file = file;
    this.#memoryCapacity = memoryCapacity;
    this.#log = log;
    this.#take(file.next(1));
  }

  /** Alerts that wait, in the file and in memory. */
  get depth(): number {
    return Math.max(0, this.#depth - this.#sent.size) + this.#memory.size;
  }

  /** True while something waits for the file to become writable. */
  get blocked(): boolean {
    return this.#memory.size > 0 || this.#unsettled.length > 0;
  }

  /** Keeps alerts: in the file when it returns true, else in memory. */
  add(...alerts: readonly Alert[]): boolean {
    // What waits in memory was raised before them; a later copy of what was sent waits again.
    if (this.#memory.size > 0) this.shelve();
    if (alerts.some(({ id }) => this.#sent.has(id))) this.#settleAgain();
    const kept = this.#memory.size === 0 && this.#attempt(() => this.#put(alerts));
    if (!kept) for (const alert of alerts) this.#remember(alert);
    return kept;
  }

  /** Tries to write what waits for the file. */
  shelve(): void {
    this.#settleAgain();
    for (const [id, { alert }] of this.#memory) {
      if (!this.#attempt(() => this.#put([alert]))) return;
      this.#memory.delete(id);
    }
  }

  /** Drops what has waited too long; call it now and then. */
  tend(): void {
    this.#read(1);
  }

  /** What to send next; undefined when nothing can be. */
  take(limit: number): Parcel | undefined {
    if (this.#failing || this.#sent.size >= settledAtOnce) this.#settleAgain();
    // What was sent and could not be forgotten stands in the file still.
    const sent = new Set(this.#unsettled.flatMap(({ waiting }) => waiting.map(keyOf)));
    const waiting = this.#read(limit + sent.size)
      .filter((one) => !sent.has(keyOf(one)))
      .slice(0, limit);
    if (waiting.length > 0) return { from: 'file', waiting };
    const remembered = mostUrgent([...this.#memory.values()]).slice(0, limit);
    return remembered.length === 0 ? undefined : { from: 'memory', waiting: remembered };
  }

  /**
   * The collector has the parcel. The file forgets it with the next of `settledAtOnce`, or by `shelve`: a write of its own for each would keep the
   * next alert waiting for the disk. Killed before, the agent sends it again, which the collector knows by the id.
   */
  sent(parcel: Parcel): void {
    if (parcel.from === 'memory') {
      this.settle(parcel, 'sent');
      return;
    }
    this.#unsettled.push({ waiting: parcel.waiting, outcome: 'sent' });
    for (const { alert } of parcel.waiting) this.#sent.add(alert.id);
  }

  /** The collector has the parcel, or will never take it; the file is told at once. */
  settle(parcel: Parcel, outcome: 'sent' | 'refused'): void {
    if (outcome === 'refused') this.counters.refused += parcel.waiting.length;
    if (parcel.from === 'memory') {
      for (const { alert, revision } of parcel.waiting) {
        if (this.#memory.get(alert.id)?.revision === revision) this.#memory.delete(alert.id);
      }
      return;
    }
    this.#unsettled.push({ waiting: parcel.waiting, outcome });
    this.#settleAgain();
  }

  #read(limit: number): readonly Waiting[] {
    let waiting: readonly Waiting[] = [];
    this.#attempt(() => {
      const next = this.#file.next(limit);
      this.#take(next);
      waiting = next.waiting;
    }, 'read');
    return waiting;
  }

  #take({ depth, dropped, damaged }: ReturnType<OutboxFile['next']>): void {
    this.#depth = depth;
    this.#drop(dropped);
    if (damaged > this.counters.damaged)
      this.#log.error({ damaged }, 'the outbox held what is no alert: the file was damaged');
    this.counters.damaged = damaged;
  }

  #put(alerts: readonly Alert[]): void {
    const { depth, dropped } = this.#file.put(...alerts);
    this.#depth = depth;
    this.#drop(dropped);
  }

  #settleAgain(): void {
    while (this.#unsettled.length > 0) {
      const [first] = this.#unsettled;
      const settled =
        first !== undefined &&
        this.#attempt(() => {
          this.#depth = this.#file.settle(first.waiting, first.outcome).depth;
        });
      if (!settled) return;
      this.#unsettled = this.#unsettled.slice(1);
      for (const { alert } of first.waiting) this.#sent.delete(alert.id);
    }
  }

  #remember(alert: Alert): void {
    // An alert that is replaced keeps its place.
    this.#revision += 1;
    this.#memory.set(alert.id, { alert, revision: this.#revision });
    if (this.#memory.size <= this.#memoryCapacity) return;
    let least: Waiting | undefined;
    for (const waiting of this.#memory.values())
      if (least === undefined || rank(waiting) < rank(least)) least = waiting;
    if (least === undefined) return;
    this.#memory.delete(least.alert.id);
    this.#drop([{ alert: least.alert, reason: 'memory' }]);
  }

  #drop(all: readonly Dropped[]): void {
    for (const { alert, reason } of all) this.counters.dropped[alert.severity][reason] += 1;
    const last = all.at(-1);
    if (last === undefined) return;
    this.#dropsUnlogged += all.length;
    if (performance.now() - this.#dropLoggedMs < dropLogMs) return;
    const { id, severity, title } = last.alert;
    this.#log.error(
      { alert: id, severity, title, reason: last.reason, dropped: this.#dropsUnlogged },
      last.reason === 'age' ? 'alerts waited too long and were dropped' : 'the outbox is full: an alert was dropped',
    );
    this.#dropsUnlogged = 0;
    this.#dropLoggedMs = performance.now();
  }

  /** Logs when the file stops being writable and when it is again, not in between. */
  #attempt(work: () => void, how: 'read' | 'write' = 'write'): boolean {
    try {
      work();
      // A full disk can be read.
      if (this.#failing && how === 'write') {
        this.#log.info('the outbox can be written again');
        this.#failing = false;
      }
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

function keyOf({ alert, revision }: Waiting): string {
  return `${alert.id} ${String(revision)}`;
}

function rank({ alert }: Waiting): number {
  return severities.indexOf(alert.severity);
}

/** The order of the file: severe alerts first, each with what waits before it of the same container. */
function mostUrgent(waiting: readonly Waiting[]): readonly Waiting[] {
  const highest = new Map<string, number>();
  const urgencies = waiting
    .toReversed()
    .map((one) => {
      const urgency = Math.max(rank(one), highest.get(one.alert.container.id) ?? 0);
      highest.set(one.alert.container.id, urgency);
      return urgency;
    })
    .toReversed();
  return waiting
    .map((one, index) => ({ one, urgency: urgencies[index] ?? 0 }))
    .toSorted((a, b) => b.urgency - a.urgency)
    .map(({ one }) => one);
}
