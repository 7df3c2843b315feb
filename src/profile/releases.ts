import type { Dimension, Stratum } from '../model/feature.ts';
import type { Incidences } from './coverage.ts';
import type { Decay } from './decay.ts';
import type { StoredRelease } from './stored.ts';

/** Images that a workload's profile remembers; the one that was not seen for longest is forgotten first, its samples are others' then. */
export const releasesMax = 16;
/** A sample of another image says this much about the present one. */
const discount = 0.1;
/** Samples of other images, however many there were, weigh no more than so many of the present one: 1.5 decades of surprise. */
const carriedMax = 30;
/** While an image that follows another one has fewer samples than this, what its own layers hold is expected. */
const settledSamples = 60;

/** What the counts of a workload say about one of its images. */
export interface ReleaseShare {
  /** Samples under this image, with forgetting. */
  readonly own: number;
  /** Features that came with this image, and were seen in exactly one sample. */
  readonly onceSince: number;
}

/**
 * The counts as evidence about one image of the workload. A release changes behaviour, that is what it is for: what never happened under the
 * last image may well happen under this one, and ten thousand samples of the last one say little against it. So the present image's own
 * samples count in full, those of others at a discount (a tenth of them, `carriedMax` at most), with the share of news `Q1/T` that they had.
 * This is a power prior (Ibrahim & Chen 2000, "Power prior distributions for regression models", Statistical Science 15:46, equation 1: the
 * likelihood of historical data raised to a0, here `carried / others`). With all samples under one image nothing changes. Pure.
 */
export function countsUnder(counts: Incidences, { own, onceSince }: ReleaseShare): Incidences {
  const kept = Math.min(own, counts.samples);
  const others = counts.samples - kept;
  if (others <= 0) return counts;
  const carried = Math.min(discount * others, carriedMax);
  const weight = carried / others;
  const onceBefore = Math.max(0, counts.once - onceSince);
  return {
    samples: kept + carried,
    once: Math.min(counts.once, onceSince + onceBefore * weight),
    twice: counts.twice * weight,
    total: counts.total * ((kept + carried) / counts.samples),
  };
}

type Weights = Record<Stratum, number>;

interface Release extends Omit<StoredRelease, 'weight'> {
  lastSeenMs: number;
  noted: boolean;
  readonly weight: Weights;
}

/** Under which images a workload was learned, and by how many samples each. */
export class Releases {
  readonly #decay: Pick<Decay, 'value'>;
  readonly #releases: Map<string, Release> = new Map();
  /** `onceSince` by image, stratum and dimension, as of this slice. */
  readonly #once: Map<string, number> = new Map();
  #changed = false;

  constructor(decay: Pick<Decay, 'value'>, stored: readonly StoredRelease[] = []) {
    this.#decay = decay;
    for (const release of stored) this.#releases.set(release.digest, { ...release, weight: { ...release.weight } });
  }

  /**
   * A container of this image runs; an empty digest is none. What was learned before any image was noted is taken as of the first one.
   * @param weights of all samples so far
   */
  seen(digest: string, timeMs: number, weights: Readonly<Weights>): 'none' | 'first' | 'new' | 'known' {
    if (digest === '') return 'none';
    const known = this.#releases.get(digest);
    if (known !== undefined) {
      known.lastSeenMs = Math.max(known.lastSeenMs, timeMs);
      return 'known';
    }
    const first = this.#releases.size === 0;
    const weight = first ? { ...weights } : { startup: 0, steady: 0 };
    this.#releases.set(digest, { digest, firstSeenMs: timeMs, lastSeenMs: timeMs, noted: false, weight });
    if (this.#releases.size > releasesMax) {
      const oldest = [...this.#releases.values()].toSorted((a, b) => a.lastSeenMs - b.lastSeenMs)[0];
      if (oldest !== undefined) this.#releases.delete(oldest.digest);
    }
    this.#changed = true;
    return first ? 'first' : 'new';
  }

  /** A sample ended. */
  sampled(digest: string, stratum: Stratum, weight: number): void {
    const release = this.#releases.get(digest);
    if (release !== undefined) release.weight[stratum] += weight;
  }

  /** The image is one of several, and so young that what its layers hold is expected. */
  isFresh(digest: string): boolean {
    const release = this.#of(digest);
    return release !== undefined && this.#decay.value(release.weight.steady) < settledSamples;
  }

  /** True once for each image that is one of several: what is new with it is told once. */
  note(digest: string): boolean {
    const release = this.#of(digest);
    if (release === undefined || release.noted) return false;
    release.noted = true;
    this.#changed = true;
    return true;
  }

  /**
   * `countsUnder` this image; the counts as they are where it is the only one, or unknown.
   * @param onceSince features of the dimension, first seen since then, that were seen in exactly one sample of the stratum
   */
  under(
    digest: string,
    { dimension, stratum }: { readonly dimension: Dimension; readonly stratum: Stratum },
    counts: Incidences,
    onceSince: (sinceMs: number) => number,
  ): Incidences {
    const release = this.#of(digest);
    if (release === undefined) return counts;
    const id = `${digest} ${stratum} ${dimension}`;
    const once = this.#once.get(id) ?? onceSince(release.firstSeenMs);
    this.#once.set(id, once);
    return countsUnder(counts, { own: this.#decay.value(release.weight[stratum]), onceSince: once });
  }

  /** Counts are taken anew. */
  endSlice(): void {
    this.#once.clear();
  }

  /** Something is to be saved. False from the next call on. */
  takeChanged(): boolean {
    const changed = this.#changed;
    this.#changed = false;
    return changed;
  }

  stored(): readonly StoredRelease[] {
    return [...this.#releases.values()].map((release) => ({ ...release, weight: { ...release.weight } }));
  }

  #of(digest: string): Release | undefined {
    return this.#releases.size < 2 ? undefined : this.#releases.get(digest);
  }
}
