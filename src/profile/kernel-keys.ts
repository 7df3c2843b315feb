import type { KernelKey } from '../model/event.ts';
import type { Stratum } from '../model/feature.ts';
import type { KernelKeyRow } from './stored.ts';

/** Most kernel keys that one workload's profile remembers. */
const kernelKeysMax = 16_384;

/** What the kernel hashed, and the features (`dimension` + space + `key`) that each stands for. Bounded by `kernelKeysMax`. */
export class KernelKeys {
  readonly #rows: Map<string, KernelKeyRow> = new Map();
  #counts: Map<string, Record<Stratum, number>> = new Map();
  #dirty: Set<string> = new Set();

  constructor(stored: readonly KernelKeyRow[] = []) {
    for (const row of stored) this.#rows.set(JSON.stringify(row.kernelKey), row);
  }

  /** False: there was no room. */
  add(kernelKey: KernelKey, features: readonly string[]): boolean {
    const id = JSON.stringify(kernelKey);
    if (this.#rows.has(id)) return true;
    if (this.#rows.size >= kernelKeysMax) return false;
    this.#rows.set(id, { kernelKey, features });
    this.#dirty.add(id);
    return true;
  }

  /** What the kernel counted for a key since the last read. */
  count(kernelKey: KernelKey, stratum: Stratum, delta: number): void {
    const id = JSON.stringify(kernelKey);
    const counted = this.#counts.get(id) ?? { startup: 0, steady: 0 };
    counted[stratum] += delta;
    this.#counts.set(id, counted);
  }

  /**
   * What was counted since the last call, by what `resolve` makes of a feature. Of several keys of one feature the largest count is taken,
   * because they may have been seen in the same samples.
   */
  takeCounts<Of>(resolve: (feature: string) => Of | undefined): ReadonlyMap<Of, Readonly<Record<Stratum, number>>> {
    const largest = new Map<Of, Record<Stratum, number>>();
    for (const [id, counted] of this.#counts)
      for (const feature of this.#rows.get(id)?.features ?? []) {
        const of = resolve(feature);
        if (of === undefined) continue;
        const best = largest.get(of) ?? { startup: 0, steady: 0 };
        best.startup = Math.max(best.startup, counted.startup);
        best.steady = Math.max(best.steady, counted.steady);
        largest.set(of, best);
      }
    this.#counts = new Map();
    return largest;
  }

  /** Keys of whose features `test` holds. */
  *where(test: (features: readonly string[]) => boolean): Iterable<KernelKey> {
    for (const { kernelKey, features } of this.#rows.values()) if (test(features)) yield kernelKey;
  }

  get changed(): boolean {
    return this.#dirty.size > 0;
  }

  /** What was added since the last call. */
  takeChanges(): readonly KernelKeyRow[] {
    const changes = [...this.#dirty].flatMap((id) => this.#rows.get(id) ?? []);
    this.#dirty = new Set();
    return changes;
  }

  /** These could not be saved: the next `takeChanges` hands them out again. */
  returnChanges(changes: readonly KernelKeyRow[]): void {
    for (const { kernelKey } of changes) this.#dirty.add(JSON.stringify(kernelKey));
  }
}
