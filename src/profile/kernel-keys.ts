import type { KernelKey } from '../model/event.ts';
import type { Stratum } from '../model/feature.ts';
import type { KernelKeyRow } from './stored.ts';

/** Most kernel keys that one workload's profile remembers. */
const kernelKeysMax = 16_384;

interface Held extends KernelKeyRow {
  /** What the kernel counted since the last read. */
  startup: number;
  steady: number;
}

/** What the kernel hashed, and the features (`dimension` + space + `key`) that each stands for. Bounded by `kernelKeysMax`. */
export class KernelKeys {
  readonly #rows: Map<string, Held> = new Map();
  /** The sensor counts by the very objects that it was given: these need not be written out to be found. */
  readonly #own: WeakMap<KernelKey, Held> = new WeakMap();
  readonly #counted: Set<Held> = new Set();
  #dirty: Set<string> = new Set();

  constructor(stored: readonly KernelKeyRow[] = []) {
    for (const row of stored) this.#hold(JSON.stringify(row.kernelKey), row);
  }

  /** False: there was no room. */
  add(kernelKey: KernelKey, features: readonly string[]): boolean {
    if (this.#own.has(kernelKey)) return true;
    const id = JSON.stringify(kernelKey);
    const before = this.#rows.get(id);
    // Another may have the address by now: what is counted from here on is counted for it.
    const isAnother = kernelKey.kind === 'net.out' && before?.features.join('\n') !== features.join('\n');
    if (before !== undefined && !isAnother) return true;
    if (before === undefined && this.#rows.size >= kernelKeysMax) return false;
    this.#hold(id, { kernelKey, features });
    this.#dirty.add(id);
    return true;
  }

  /** What the kernel counted for a key since the last read; of keys that were not added nothing is counted. */
  count(kernelKey: KernelKey, stratum: Stratum, delta: number): void {
    const held = this.#own.get(kernelKey) ?? this.#rows.get(JSON.stringify(kernelKey));
    if (held === undefined) return;
    held[stratum] += delta;
    this.#counted.add(held);
  }

  /**
   * What was counted since the last call, by what `resolve` makes of a feature. Of several keys of one feature the largest count is taken,
   * because they may have been seen in the same samples.
   */
  takeCounts<Of>(resolve: (feature: string) => Of | undefined): ReadonlyMap<Of, Readonly<Record<Stratum, number>>> {
    const largest = new Map<Of, Record<Stratum, number>>();
    for (const held of this.#counted) {
      const { features, startup, steady } = held;
      held.startup = 0;
      held.steady = 0;
      for (const feature of features) {
        const of = resolve(feature);
        if (of === undefined) continue;
        const best = largest.get(of);
        if (best === undefined) largest.set(of, { startup, steady });
        else {
          best.startup = Math.max(best.startup, startup);
          best.steady = Math.max(best.steady, steady);
        }
      }
    }
    this.#counted.clear();
    return largest;
  }

  #hold(id: string, { kernelKey, features }: KernelKeyRow): void {
    const held = { kernelKey, features, startup: 0, steady: 0 };
    this.#rows.set(id, held);
    this.#own.set(kernelKey, held);
  }

  /** Keys of which `test` holds. */
  *where(test: (features: readonly string[], kernelKey: KernelKey) => boolean): Iterable<KernelKey> {
    for (const { kernelKey, features } of this.#rows.values()) if (test(features, kernelKey)) yield kernelKey;
  }

  get changed(): boolean {
    return this.#dirty.size > 0;
  }

  /** What was added since the last call. */
  takeChanges(): readonly KernelKeyRow[] {
    const changes = [...this.#dirty].flatMap((id) => {
      const held = this.#rows.get(id);
      return held === undefined ? [] : [{ kernelKey: held.kernelKey, features: held.features }];
    });
    this.#dirty = new Set();
    return changes;
  }

  /** These could not be saved: the next `takeChanges` hands them out again. */
  returnChanges(changes: readonly KernelKeyRow[]): void {
    for (const { kernelKey } of changes) this.#dirty.add(JSON.stringify(kernelKey));
  }
}
