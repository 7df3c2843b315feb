import type { KernelKey } from '../model/event.ts';
import type { Stratum } from '../model/feature.ts';
import { kernelKeyOf, textOf } from './kernel-key-text.ts';
import type { KernelKeyRow } from './stored.ts';
import { grown, grownTo, TextTable } from './text-table.ts';

/** Most kernel keys that one workload's profile remembers. */
const kernelKeysMax = 16_384;

/** Whoever holds the features that kernel keys stand for, by number. */
interface FeatureNames {
  /** Ids (`dimension` + space + `key`), as they are stored. */
  id(feature: number): string;
  /** The number of an id, which stays the same from now on. */
  refer(id: string): number;
}

/** What the kernel counted for a feature since the last call of `takeCounts`. */
export interface KernelCount {
  readonly feature: number;
  readonly startup: number;
  readonly steady: number;
}

/**
 * What the kernel hashed, and the features that each stands for. Bounded by `kernelKeysMax`. A key is a number, in the order in which they came,
 * that stays the same; its text is in a table, its features are in one list of all.
 */
export class KernelKeys {
  readonly #names: FeatureNames;
  readonly #texts: TextTable;
  /** Tags of texts are places in this list. */
  readonly #forms: string[] = [];
  /** Where the features of each key begin in the list; those of the next one follow. */
  #begin: Uint32Array;
  #features: Uint32Array;
  #used = 0;
  /** What the kernel counted since the last `takeCounts`, while there is something; and the keys that it counted. */
  #counts: { readonly startup: Uint32Array; readonly steady: Uint32Array } | undefined;
  readonly #counted: number[] = [];
  /** Added since this one, or handed back, and not saved. */
  #unsaved: number[] = [];

  constructor(names: FeatureNames, stored: readonly KernelKeyRow[] = []) {
    this.#names = names;
    this.#texts = new TextTable(stored.length);
    this.#begin = new Uint32Array(this.#texts.room + 1);
    this.#features = new Uint32Array(this.#texts.room * 2);
    for (const { kernelKey, features } of stored)
      this.#hold(
        kernelKey,
        features.map((id) => names.refer(id)),
      );
  }

  /** The key's number; -1 when it was not added. */
  number(kernelKey: KernelKey): number {
    const { form, text } = textOf(kernelKey);
    const tag = this.#forms.indexOf(form);
    return tag < 0 ? -1 : this.#texts.find(text, tag);
  }

  /** Numbers are below this. */
  get end(): number {
    return this.#texts.end;
  }

  key(number: number): KernelKey {
    return kernelKeyOf({ form: this.#forms[this.#texts.tag(number)] ?? '', text: this.#texts.text(number) });
  }

  /** False: there was no room. @param ids of its features */
  add(kernelKey: KernelKey, ids: readonly string[]): boolean {
    if (this.number(kernelKey) >= 0) return true;
    if (this.#texts.size >= kernelKeysMax) return false;
    this.#unsaved.push(
      this.#hold(
        kernelKey,
        ids.map((id) => this.#names.refer(id)),
      ),
    );
    return true;
  }

  /** What the kernel counted for a key, or the key of a number, since the last read; of keys that were not added nothing is counted. */
  count(kernelKey: KernelKey | number, stratum: Stratum, delta: number): void {
    const number = typeof kernelKey === 'number' ? kernelKey : this.number(kernelKey);
    if (number < 0 || number >= this.#texts.end) return;
    if (this.#counts === undefined || this.#counts.steady.length <= number) {
      const [room, had] = [this.#texts.room, this.#counts];
      this.#counts = { startup: new Uint32Array(room), steady: new Uint32Array(room) };
      if (had !== undefined) {
        this.#counts.startup.set(had.startup);
        this.#counts.steady.set(had.steady);
      }
    }
    const { startup, steady } = this.#counts;
    if (startup[number] === 0 && steady[number] === 0) this.#counted.push(number);
    const counts = stratum === 'startup' ? startup : steady;
    counts[number] = (counts[number] ?? 0) + delta;
  }

  /**
   * What was counted since the last call, by what `resolve` makes of a feature; what it makes -1 of is left out. Of several keys of one feature the
   * largest count is taken, because they may have been seen in the same samples.
   */
  takeCounts(resolve: (feature: number) => number): readonly KernelCount[] {
    if (this.#counts === undefined) return [];
    const { startup, steady } = this.#counts;
    const largest = new Map<number, { feature: number; startup: number; steady: number }>();
    for (const number of this.#counted) {
      const [inStartup, inSteady] = [startup[number] ?? 0, steady[number] ?? 0];
      for (let at = this.#begin[number] ?? 0; at < (this.#begin[number + 1] ?? 0); at++) {
        const feature = resolve(this.#features[at] ?? -1);
        if (feature < 0) continue;
        const best = largest.get(feature);
        if (best === undefined) largest.set(feature, { feature, startup: inStartup, steady: inSteady });
        else {
          best.startup = Math.max(best.startup, inStartup);
          best.steady = Math.max(best.steady, inSteady);
        }
      }
    }
    this.#counts = undefined;
    this.#counted.length = 0;
    return [...largest.values()];
  }

  /** Keys of all of whose features `test` holds. */
  *whereEvery(test: (feature: number) => boolean): Iterable<KernelKey> {
    for (let number = 0; number < this.#texts.end; number++)
      if (this.#featuresOf(number).every(test)) yield this.key(number);
  }

  /** Keys of some feature of which `test` holds. */
  *whereSome(test: (feature: number) => boolean): Iterable<KernelKey> {
    for (let number = 0; number < this.#texts.end; number++)
      if (this.#featuresOf(number).some(test)) yield this.key(number);
  }

  get changed(): boolean {
    return this.#unsaved.length > 0;
  }

  /** What was added since the last call, `most` of it. */
  takeChanges(most: number = Infinity): readonly KernelKeyRow[] {
    const taken = this.#unsaved.slice(0, most);
    this.#unsaved = this.#unsaved.slice(taken.length);
    return taken.map((number) => {
      const features = Array.from(this.#featuresOf(number), (feature) => this.#names.id(feature));
      return { kernelKey: this.key(number), features };
    });
  }

  /** These could not be saved: the next `takeChanges` hands them out again. */
  returnChanges(changes: readonly KernelKeyRow[]): void {
    this.#unsaved = [...changes.map(({ kernelKey }) => this.number(kernelKey)), ...this.#unsaved];
  }

  #featuresOf(number: number): Uint32Array {
    return this.#features.subarray(this.#begin[number] ?? 0, this.#begin[number + 1] ?? 0);
  }

  #hold(kernelKey: KernelKey, features: readonly number[]): number {
    const { form, text } = textOf(kernelKey);
    let tag = this.#forms.indexOf(form);
    if (tag < 0) tag = this.#forms.push(form) - 1;
    const before = this.#texts.size;
    const number = this.#texts.intern(text, tag);
    // The same key twice, from a file that was written by hand: the first one stays.
    if (this.#texts.size === before) return number;
    if (this.#begin.length <= number + 1) this.#begin = grown(this.#begin, new Uint32Array(this.#texts.room + 1));
    if (this.#used + features.length > this.#features.length)
      this.#features = grown(this.#features, new Uint32Array(grownTo(this.#used + features.length)));
    this.#features.set(features, this.#used);
    this.#used += features.length;
    this.#begin[number + 1] = this.#used;
    return number;
  }
}
