import type { Dimension } from '../model/feature.ts';

/** What a container shows for the first time counts as lately for so long. */
const latelyMs = 10_000;
/** Counted further than this nothing more is said. */
const newsMax = 64;
const containersMax = 4_096;

/** How much that is new a container showed in each dimension within the last ten seconds: one new port is news, eight are a search. Bounded. */
export class News {
  readonly #times: Map<string, Map<Dimension, number[]>> = new Map();

  /** @param isNew what is judged now is new itself. Answers how much was lately, that included; at most `newsMax`. */
  count(containerId: string, dimension: Dimension, isNew: boolean, timeMs: number): number {
    let dimensions = this.#times.get(containerId);
    if (dimensions === undefined) {
      if (!isNew) return 0;
      if (this.#times.size >= containersMax)
        for (const oldest of this.#times.keys()) if (this.#times.delete(oldest)) break;
      this.#times.set(containerId, (dimensions = new Map()));
    }
    const times = (dimensions.get(dimension) ?? []).filter((time) => timeMs - time < latelyMs);
    if (isNew) times.push(timeMs);
    if (times.length > newsMax) times.shift();
    dimensions.set(dimension, times);
    return times.length;
  }

  /** A container is gone. */
  forget(containerId: string): void {
    this.#times.delete(containerId);
  }
}
