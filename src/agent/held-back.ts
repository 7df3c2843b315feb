import type { Feature } from '../model/feature.ts';
import { featureText } from './judgement.ts';

export interface HeldBackOptions {
  /** Features of a dimension of a workload that are held back at a time; what is told of beyond them is learned at once. */
  readonly heldMax: number;
  /** After this time without an answer what is held back is learned. */
  readonly adoptMs: number;
  /** Features that are remembered in all; beyond them the dimension of a workload that was added first is forgotten, and what it holds waits for an answer for ever. */
  readonly capacity: number;
}

const defaults: HeldBackOptions = { heldMax: 512, adoptMs: 86_400_000, capacity: 16_384 };

interface Held {
  readonly workloadId: string;
  /** By its text: the feature, and when it was told of first. */
  readonly features: Map<string, { readonly feature: Feature; readonly timeMs: number }>;
}

/** What of a workload was held back for long enough. */
export interface DueFeatures {
  readonly workloadId: string;
  readonly features: readonly Feature[];
}

/**
 * What notices tell of, held back from the profile for a day, so that somebody can object. Were it learned at once, an intruder's first dozen acts would make
 * a workload one that shows something new all the time, of which nothing is told any more; were it never learned, one that does so by its nature would be told of
 * for ever. Some 200 bytes a feature, 3 MB at most; an agent that is restarted forgets what it waits for, which is not learned then until somebody accepts it.
 */
export class HeldBack {
  readonly #options: HeldBackOptions;
  readonly #held: Map<string, Held> = new Map();

  constructor(options: HeldBackOptions = defaults) {
    this.#options = options;
  }

  /** Takes features of one dimension that are told of; false when there is no more room: they are to be learned at once. */
  hold(workloadId: string, features: readonly Feature[], timeMs: number): boolean {
    const key = `${features[0]?.dimension ?? ''} ${workloadId}`;
    const held = this.#held.get(key) ?? { workloadId, features: new Map<string, never>() };
    const fresh = features.filter((feature) => !held.features.has(featureText(feature)));
    if (held.features.size + fresh.length > this.#options.heldMax) return false;
    for (const { dimension, key: text } of fresh)
      held.features.set(featureText({ dimension, key: text }), { feature: { dimension, key: text }, timeMs });
    this.#held.set(key, held);
    this.#bound();
    return true;
  }

  #bound(): void {
    let size = [...this.#held.values()].reduce((sum, { features }) => sum + features.size, 0);
    for (const [oldest, { features }] of this.#held) {
      if (size <= this.#options.capacity) break;
      size -= features.size;
      this.#held.delete(oldest);
    }
  }

  /** The profile starts anew. */
  forget(workloadId: string): void {
    for (const [key, held] of this.#held) if (held.workloadId === workloadId) this.#held.delete(key);
  }

  /** Somebody decided about these. */
  decided(workloadId: string, features: readonly Feature[]): void {
    for (const feature of features)
      this.#held.get(`${feature.dimension} ${workloadId}`)?.features.delete(featureText(feature));
  }

  /** What waited for long enough, and is forgotten here. */
  takeDue(nowMs: number): readonly DueFeatures[] {
    const all: DueFeatures[] = [];
    for (const [key, { workloadId, features }] of this.#held) {
      const due = [...features].filter(([, { timeMs }]) => nowMs - timeMs >= this.#options.adoptMs);
      for (const [text] of due) features.delete(text);
      if (due.length > 0) all.push({ workloadId, features: due.map(([, { feature }]) => feature) });
      if (features.size === 0) this.#held.delete(key);
    }
    return all;
  }
}
