import { errorText } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { clusterEventOf } from './cluster-event.ts';
import type { ClusterEvent } from './cluster-event.ts';
import type { ReflectorListener } from './reflector.ts';

/** Events are kept by the API for an hour (`--event-ttl`). Beyond so many the oldest are forgotten. */
const eventsMax = 50_000;

interface Known {
  readonly count: number;
  readonly lastMs: number;
}

/**
 * The Events of the cluster, each told once for each time that it happened again: what was there when the watch began is no news, and a list that is made anew
 * after an outage tells what happened meanwhile and nothing twice. Of each Event a few bytes are kept.
 */
export class EventBook implements ReflectorListener {
  readonly #tell: (event: ClusterEvent) => void;
  readonly #log: Logger;
  readonly #most: number;
  readonly #known: Map<string, Known> = new Map();
  /** What was forgotten for want of room is no news at or before this time. */
  #floorMs = 0;
  /** The first list was read. By no clock: that of the API server may be another one. */
  #begun = false;
  #misread = '';
  readonly counters: { refused: number; forgotten: number } = { refused: 0, forgotten: 0 };

  /** @param most Events at most; for tests */
  constructor(tell: (event: ClusterEvent) => void, log: Logger, most: number = eventsMax) {
    this.#tell = tell;
    this.#log = log;
    this.#most = most;
  }

  get size(): number {
    return this.#known.size;
  }

  /** What stays of an object; undefined for one that is no Event as the API has it. */
  readonly kept = (object: unknown): ClusterEvent | undefined => {
    try {
      return clusterEventOf(object);
    } catch (error) {
      this.counters.refused++;
      const message = errorText(error);
      if (message !== this.#misread) this.#log.error({ code: 'kubernetes.object' }, `an Event is not told: ${message}`);
      this.#misread = message;
      return undefined;
    }
  };

  /** @param objects as `kept` made them */
  replaced(objects: readonly unknown[]): void {
    const events = objects.filter((one): one is ClusterEvent => one !== undefined);
    const uids = new Set(events.map(({ uid }) => uid));
    for (const uid of this.#known.keys()) if (!uids.has(uid)) this.#known.delete(uid);
    // In their order: what is told is about behaviour over time.
    for (const event of events.toSorted((a, b) => a.lastMs - b.lastMs)) this.#take(event);
    this.#begun = true;
  }

  put(object: unknown): void {
    const event = this.kept(object);
    if (event !== undefined) this.#take(event);
  }

  /** Its time is over: nothing happened. */
  removed(object: unknown): void {
    const event = this.kept(object);
    if (event !== undefined) this.#known.delete(event.uid);
  }

  #take(event: ClusterEvent): void {
    const { uid, count, lastMs } = event;
    const before = this.#known.get(uid);
    this.#known.delete(uid);
    this.#known.set(uid, { count, lastMs });
    if (this.#known.size > this.#most)
      for (const [oldest, known] of this.#known) {
        this.#known.delete(oldest);
        this.#floorMs = Math.max(this.#floorMs, known.lastMs);
        this.counters.forgotten++;
        break;
      }
    if (this.#begun && (before === undefined ? lastMs > this.#floorMs : count > before.count)) this.#tell(event);
  }
}
