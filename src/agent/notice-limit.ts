export interface NoticeLimitOptions {
  /** Notices of a dimension of a workload whose features are held back from its profile. */
  readonly heldMax: number;
  /** Dimensions of workloads that are counted; the one that was counted first is forgotten. */
  readonly capacity: number;
}

const defaults: NoticeLimitOptions = { heldMax: 128, capacity: 4096 };

/**
 * Whether what a notice tells of is held back from the profile until somebody accepts it, or learned at once. Were all of it learned, an intruder's first dozen acts
 * would make a workload one that shows something new all the time, of which nothing is told any more; were none of it, one that does so by its nature would be told
 * of for ever. So the first ones are held back. Counts begin anew with the agent.
 */
export class NoticeLimit {
  readonly #options: NoticeLimitOptions;
  readonly #held: Map<string, number> = new Map();

  constructor(options: NoticeLimitOptions = defaults) {
    this.#options = options;
  }

  /** Counts a notice; true when it is held back. */
  holds(workloadId: string, dimension: string): boolean {
    const key = `${dimension} ${workloadId}`;
    const held = this.#held.get(key) ?? 0;
    if (held >= this.#options.heldMax) return false;
    this.#held.set(key, held + 1);
    if (this.#held.size > this.#options.capacity)
      for (const oldest of this.#held.keys()) {
        this.#held.delete(oldest);
        break;
      }
    return true;
  }
}
