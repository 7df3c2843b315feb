export type PendingLoss = 'full' | 'expired' | 'not-a-container';

export interface PendingOptions {
  /** Items in all. Default 10000. */
  readonly capacity?: number;
  /** Items of one cgroup. Default 2000. */
  readonly capacityPerCgroup?: number;
  /** Default 10000. */
  readonly ageMs?: number;
}

/**
 * Items whose container is not known yet. Full: the new item is dropped and counted. Too old: dropped and counted by `expire`. Nothing
 * survives a stop: the kernel tells everything again to the next agent. Pure but for its own state.
 */
export class Pending<Item> {
  readonly #capacity: number;
  readonly #perCgroup: number;
  readonly #ageMs: number;
  readonly #waiting: Map<string, { readonly sinceMs: number; readonly item: Item }[]> = new Map();
  #size = 0;
  readonly #lost: Record<PendingLoss, number> = { full: 0, expired: 0, 'not-a-container': 0 };

  constructor({ capacity = 10_000, capacityPerCgroup = 2_000, ageMs = 10_000 }: PendingOptions = {}) {
    this.#capacity = capacity;
    this.#perCgroup = capacityPerCgroup;
    this.#ageMs = ageMs;
  }

  get size(): number {
    return this.#size;
  }

  /** How many were lost, by reason. */
  get lost(): Readonly<Record<PendingLoss, number>> {
    return this.#lost;
  }

  /** Keeps an item; false when there is no room. */
  hold(cgroupId: string, item: Item, nowMs: number): boolean {
    const queue = this.#waiting.get(cgroupId) ?? [];
    if (this.#size >= this.#capacity || queue.length >= this.#perCgroup) {
      this.#lost.full++;
      return false;
    }
    queue.push({ sinceMs: nowMs, item });
    this.#waiting.set(cgroupId, queue);
    this.#size++;
    return true;
  }

  /** Takes the items of a cgroup out, in their order. */
  take(cgroupId: string): readonly Item[] {
    const queue = this.#waiting.get(cgroupId) ?? [];
    this.#waiting.delete(cgroupId);
    this.#size -= queue.length;
    return queue.map(({ item }) => item);
  }

  /** The cgroup is no container. */
  drop(cgroupId: string): void {
    this.#lost['not-a-container'] += this.take(cgroupId).length;
  }

  /** Takes out what waited too long. */
  expire(nowMs: number): readonly Item[] {
    const out: Item[] = [];
    for (const [cgroupId, queue] of this.#waiting) {
      const fresh = queue.filter(({ sinceMs }) => nowMs - sinceMs <= this.#ageMs);
      if (fresh.length === queue.length) continue;
      for (const { sinceMs, item } of queue) if (nowMs - sinceMs > this.#ageMs) out.push(item);
      if (fresh.length === 0) this.#waiting.delete(cgroupId);
      else this.#waiting.set(cgroupId, fresh);
    }
    this.#size -= out.length;
    this.#lost.expired += out.length;
    return out;
  }
}
