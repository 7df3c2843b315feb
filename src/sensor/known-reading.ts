import { feature, featureKey } from './layout.ts';

/** As many as one look-up answers. */
export const batchEntries = 16_384;

/** Words of what is kept of an entry: both halves of its hash, startup, steady. */
export const entryWords = 4;
const [keyWords, valueWords] = [featureKey.sizeBytes >> 2, feature.sizeBytes >> 2];
const incidenceAt = feature.members.incidence[0] >> 2;

/** What one workload's keys were read to have: `entryWords` each, `count` of them. */
export interface ReadEntries<Keys> {
  readonly keys: Keys;
  readonly entries: Uint32Array;
  readonly count: number;
}

interface Met<Keys> {
  /** Undefined: it is not counted. */
  readonly keys: Keys | undefined;
  /** Upper half of the workload's number. */
  readonly high: number;
  entries: Uint32Array;
  count: number;
}

/**
 * One reading of the kernel's map of known features. The map answers in the order of its own hashes, in which each key is of another workload: what
 * is to be compared with it would be a miss of the processor's cache for each. So entries are sorted by workload first, which reads and writes
 * in sequence, and compared when all are there. Takes 16 bytes for each key that is known, until it is let go.
 */
export class KnownReading<Keys extends { readonly size: number }> {
  readonly #find: (low: number, high: number) => Keys | undefined;
  /** By the lower half of the workload's number, signed: a larger number would be an object to the map. */
  readonly #workloads: Map<number, Met<Keys>> = new Map();
  /** Those whose lower half another one has, by both. */
  readonly #others: Map<string, Met<Keys>> = new Map();
  readonly #keys: Uint32Array = new Uint32Array(batchEntries * keyWords);
  readonly #values: Uint32Array = new Uint32Array(batchEntries * valueWords);
  readonly #after: Uint8Array = new Uint8Array(16);
  #position: Uint8Array | null = null;

  /** @param find The keys of the workload with such a number; undefined: it is not counted. */
  constructor(find: (low: number, high: number) => Keys | undefined) {
    this.#find = find;
  }

  /** What the next look-up is given. Both sides are little-endian. */
  lookup(): [Uint8Array | null, Uint8Array, Uint8Array, Uint8Array, number] {
    const position = this.#position === null ? null : Uint8Array.from(this.#after);
    this.#position = this.#after;
    const bytes = (words: Uint32Array): Uint8Array => new Uint8Array(words.buffer);
    return [position, this.#after, bytes(this.#keys), bytes(this.#values), batchEntries];
  }

  /** Sorts what the look-up answered: so many entries. */
  take(count: number): void {
    const [keys, values] = [this.#keys, this.#values];
    for (let i = 0; i < count; i++) {
      const key = i * keyWords;
      const of = this.#of(keys[key] ?? 0, keys[key + 1] ?? 0);
      if (of.keys === undefined) continue;
      const to = of.count++ * entryWords;
      if (to >= of.entries.length) of.entries = grown(of.entries);
      const { entries } = of;
      const value = i * valueWords + incidenceAt;
      entries[to] = keys[key + 2] ?? 0;
      entries[to + 1] = keys[key + 3] ?? 0;
      entries[to + 2] = values[value] ?? 0;
      entries[to + 3] = values[value + 1] ?? 0;
    }
  }

  /** What was read, workload by workload. */
  *workloads(): Iterable<ReadEntries<Keys>> {
    for (const met of [this.#workloads, this.#others])
      for (const { keys, entries, count } of met.values()) if (keys !== undefined) yield { keys, entries, count };
  }

  #of(low: number, high: number): Met<Keys> {
    const first = this.#workloads.get(low | 0);
    if (first?.high === high) return first;
    if (first === undefined) {
      const made = this.#made(low, high);
      this.#workloads.set(low | 0, made);
      return made;
    }
    const id = `${low} ${high}`;
    const other = this.#others.get(id) ?? this.#made(low, high);
    this.#others.set(id, other);
    return other;
  }

  #made(low: number, high: number): Met<Keys> {
    const keys = this.#find(low, high);
    return { keys, high, entries: new Uint32Array((keys?.size ?? 0) * entryWords), count: 0 };
  }
}

/** Keys may come while they are read. */
function grown(entries: Uint32Array): Uint32Array {
  const larger = new Uint32Array(Math.max(64 * entryWords, entries.length * 2));
  larger.set(entries);
  return larger;
}
