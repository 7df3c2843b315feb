import type { Event } from '../model/event.ts';
import type { Dimension } from '../model/feature.ts';

/** What a container shows for the first time counts as lately for so long. */
const latelyMs = 10_000;
/** Counted further than this nothing more is said. */
const newsMax = 64;
const containersMax = 4_096;

/** What news is counted by: the dimension, and of files whether it is a directory that was listed. */
export function newsKind(event: Event, dimension: Dimension): string {
  return event.kind === 'file' && event.fileType === 'directory' ? `${dimension} directory` : dimension;
}

/** How much that is new of each kind a container showed within the last ten seconds: one new port is news, eight are a search. Bounded. */
export class News {
  readonly #times: Map<string, Map<string, number[]>> = new Map();

  /** @param kind See `newsKind`. @param isNew what is judged now is new itself. Answers how much was lately, that included; at most `newsMax`. */
  count(containerId: string, kind: string, isNew: boolean, timeMs: number): number {
    let kinds = this.#times.get(containerId);
    if (kinds === undefined) {
      if (!isNew) return 0;
      if (this.#times.size >= containersMax)
        for (const oldest of this.#times.keys()) if (this.#times.delete(oldest)) break;
      this.#times.set(containerId, (kinds = new Map()));
    }
    const times = (kinds.get(kind) ?? []).filter((time) => timeMs - time < latelyMs);
    if (isNew) times.push(timeMs);
    if (times.length > newsMax) times.shift();
    kinds.set(kind, times);
    return times.length;
  }

  /** A container is gone. */
  forget(containerId: string): void {
    this.#times.delete(containerId);
  }
}
