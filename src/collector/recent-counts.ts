/** How often something happened within the last minute or so, by name. Counts start anew when the window is over. Bounded: the name that came first is forgotten first. */
export class RecentCounts {
  readonly #windowMs: number;
  readonly #capacity: number;
  readonly #counts: Map<string, { sinceMs: number; count: number }> = new Map();

  /** @param capacity Names that are counted at once. */
  constructor(windowMs: number, capacity: number) {
    this.#windowMs = windowMs;
    this.#capacity = capacity;
  }

  /** Counts one more, and answers how many there are. */
  count(name: string, nowMs: number): number {
    const known = this.#counts.get(name);
    if (known !== undefined && nowMs - known.sinceMs <= this.#windowMs) return (known.count += 1);
    this.#counts.delete(name);
    this.#counts.set(name, { sinceMs: nowMs, count: 1 });
    const [first] = this.#counts.keys();
    if (this.#counts.size > this.#capacity && first !== undefined) this.#counts.delete(first);
    return 1;
  }
}
