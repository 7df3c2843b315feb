import type { Feature } from '../model/feature.ts';
import type { FeatureTable } from './feature-table.ts';
import { featureId, featureOfId } from './row.ts';
import type { FeatureRow } from './stored.ts';

/** Which features of a profile are not saved as they are. */
export class FeatureChanges {
  readonly #features: FeatureTable;
  /** Numbers in the order in which they changed; those that are not marked in the table any more are passed over. */
  #changed: number[] = [];
  /** Ids (`dimension` + space + `key`) of features that went. */
  #removed: Set<string> = new Set();
  #count = 0;

  constructor(features: FeatureTable) {
    this.#features = features;
  }

  get any(): boolean {
    return this.#count + this.#removed.size > 0;
  }

  changed(number: number): void {
    if (!this.#features.setDirty(number, true)) return;
    this.#count++;
    this.#changed.push(number);
  }

  /** A feature came, changed. */
  made(number: number): void {
    if (this.#removed.size > 0) this.#removed.delete(featureId(this.#features.feature(number)));
    this.changed(number);
  }

  /** Call it before the feature is dropped. */
  removing(number: number, feature: Feature): void {
    if (this.#features.setDirty(number, false)) this.#count--;
    this.#removed.add(featureId(feature));
  }

  /** What is to be saved, `most` features of it; they are taken for saved. */
  take(most: number): { readonly features: readonly FeatureRow[]; readonly removed: readonly string[] } {
    const [features, removed]: [FeatureRow[], string[]] = [[], [...this.#removed]];
    let at = 0;
    for (; at < this.#changed.length && features.length < most; at++) {
      const number = this.#changed[at] ?? -1;
      if (!this.#features.isThere(number) || !this.#features.setDirty(number, false)) continue;
      this.#count--;
      features.push(this.#features.row(number));
    }
    this.#changed = this.#count === 0 ? [] : this.#changed.slice(at);
    if (this.#removed.size > 0) this.#removed = new Set();
    return { features, removed };
  }

  /** What was taken could not be saved. */
  giveBack(features: readonly Feature[], removed: readonly string[]): void {
    for (const feature of features) {
      const number = this.#features.find(feature);
      if (number >= 0) this.changed(number);
    }
    for (const id of removed) if (this.#features.find(featureOfId(id)) < 0) this.#removed.add(id);
  }
}
