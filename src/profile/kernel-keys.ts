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

/** Whether a kernel key with these features (`dimension` + space + `key`) is wanted. */
export type KeyTest = (features: readonly string[], kernelKey: KernelKey) => boolean;

/** Told what the kernel counted for a feature since the last call of `takeCounts`: in how many samples of each stratum. */
export type CountTaker = (feature: number, startup: number, steady: number) => void;

/** Largest counts by feature, while `takeCounts` is at work: one for all profiles of the thread, so that a slice makes no object for a feature. */
const largest = {
  startup: new Uint32Array(4096),
  steady: new Uint32Array(4096),
  features: new Uint32Array(4096),
};

function makeRoomFor(feature: number): void {
  if (feature < largest.startup.length) return;
  const room = grownTo(feature + 1);
  largest.startup = grown(largest.startup, new Uint32Array(room));
  largest.steady = grown(largest.steady, new Uint32Array(room));
  largest.features = grown(largest.features, new Uint32Array(room));
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
  /** What the kernel counted since the last `takeCounts`, while there is something: startup and steady, side by side; and the keys that it counted. */
  #counts: Uint32Array | undefined;
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
    let counts = this.#counts;
    if (counts === undefined || counts.length <= number * 2) {
      counts = grown(counts ?? new Uint32Array(), new Uint32Array(this.#texts.room * 2));
      this.#counts = counts;
    }
    const at = number * 2;
    if (counts[at] === 0 && counts[at + 1] === 0) this.#counted.push(number);
    const own = stratum === 'startup' ? at : at + 1;
    counts[own] = (counts[own] ?? 0) + delta;
  }

  /**
   * Tells what was counted since the last call, each feature once, by what `resolve` makes of it; what it makes -1 of is left out. Of several keys of
   * one feature the largest count is taken, because they may have been seen in the same samples.
   */
  takeCounts(resolve: (feature: number) => number, take: CountTaker): void {
    if (this.#counts === undefined) return;
    const counts = this.#counts;
    let features = 0;
    for (const number of this.#counted) {
      const [inStartup, inSteady] = [counts[number * 2] ?? 0, counts[number * 2 + 1] ?? 0];
      const end = this.#begin[number + 1] ?? 0;
      for (let at = this.#begin[number] ?? 0; at < end; at++) {
        const feature = resolve(this.#features[at] ?? -1);
        if (feature < 0) continue;
        makeRoomFor(feature);
        const [bestStartup, bestSteady] = [largest.startup[feature] ?? 0, largest.steady[feature] ?? 0];
        if (bestStartup === 0 && bestSteady === 0) largest.features[features++] = feature;
        if (inStartup > bestStartup) largest.startup[feature] = inStartup;
        if (inSteady > bestSteady) largest.steady[feature] = inSteady;
      }
    }
    this.#counts = undefined;
    this.#counted.length = 0;
    for (let index = 0; index < features; index++) {
      const feature = largest.features[index] ?? 0;
      const [inStartup, inSteady] = [largest.startup[feature] ?? 0, largest.steady[feature] ?? 0];
      largest.startup[feature] = 0;
      largest.steady[feature] = 0;
      take(feature, inStartup, inSteady);
    }
  }

  /** Keys of all of whose features `test` holds, and `also` of key and ids together. */
  *whereEvery(test: (feature: number) => boolean, also?: KeyTest): Iterable<KernelKey> {
    for (let number = 0; number < this.#texts.end; number++) {
      const features = this.#featuresOf(number);
      if (!features.every(test)) continue;
      const key = this.key(number);
      const ids = (): readonly string[] => Array.from(features, (feature) => this.#names.id(feature));
      if (also === undefined || also(ids(), key)) yield key;
    }
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
