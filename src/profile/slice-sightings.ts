import type { Stratum } from '../model/feature.ts';
import type { Sample } from './samples.ts';

export interface Sighting {
  /** Samples in which it was seen, by number; the first one apart, mostly there is one. */
  readonly first: number;
  others: Set<number> | undefined;
  startup: number;
  steady: number;
}

/** What user space saw of a profile's features within the present slice, and in which samples. */
export class SliceSightings {
  readonly #features: Map<number, Sighting> = new Map();
  /** Numbers of the samples of containers in this slice. */
  readonly #samples: Map<string, number> = new Map();
  #containerId = '';
  #sampleNumber = 0;
  #sample = -1;

  /** True when it is the first sighting of the feature in this container's sample. */
  see(feature: number, containerId: string, sample: Sample): boolean {
    const number = this.#numberOf(containerId, sample.number);
    const sighting = this.#features.get(feature);
    if (sighting === undefined) {
      const startup = sample.stratum === 'startup' ? 1 : 0;
      this.#features.set(feature, { first: number, others: undefined, startup, steady: 1 - startup });
      return true;
    }
    if (sighting.first === number || sighting.others?.has(number) === true) return false;
    (sighting.others ??= new Set()).add(number);
    sighting[sample.stratum]++;
    return true;
  }

  /** In how many samples of the stratum the feature was seen. */
  count(feature: number, stratum: Stratum): number {
    return this.#features.size === 0 ? 0 : (this.#features.get(feature)?.[stratum] ?? 0);
  }

  /** What is to be said of a pattern that takes the place of its siblings, `last` the latest of them: it was seen in all their samples. */
  joined(last: number, siblings: readonly number[]): Sighting {
    const samples = new Set<number>();
    for (const sibling of siblings) {
      const sighting = this.#features.get(sibling);
      if (sighting === undefined) continue;
      samples.add(sighting.first);
      for (const other of sighting.others ?? []) samples.add(other);
    }
    const { startup = 0, steady = 0 } = this.#features.get(last) ?? {};
    const [first = -1, ...others] = samples;
    return { first, others: new Set(others), startup, steady };
  }

  set(feature: number, sighting: Sighting): void {
    this.#features.set(feature, sighting);
  }

  /** The feature is gone. */
  forget(feature: number): void {
    this.#features.delete(feature);
  }

  /** The slice is over. */
  clear(): void {
    if (this.#features.size > 0) this.#features.clear();
    if (this.#samples.size > 0) this.#samples.clear();
    this.#sample = -1;
  }

  #numberOf(containerId: string, sampleNumber: number): number {
    if (this.#sample >= 0 && containerId === this.#containerId && sampleNumber === this.#sampleNumber)
      return this.#sample;
    const name = `${containerId}:${sampleNumber}`;
    const number = this.#samples.get(name) ?? this.#samples.size;
    this.#samples.set(name, number);
    [this.#containerId, this.#sampleNumber, this.#sample] = [containerId, sampleNumber, number];
    return number;
  }
}
