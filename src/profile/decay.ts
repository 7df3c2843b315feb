import type { FeatureRow, StoredDecay, StoredProfile } from './stored.ts';

/** Half-life of what was seen, unless an option says otherwise: 30 days. */
export const defaultHalfLifeMs: number = 30 * 86_400_000;
/** A known feature that weighs less than this of one sample is forgotten: seen once, after 4.3 half-lives. */
export const forgottenBelow = 0.05;
/** Time is rounded down to this: what is seen within one step weighs exactly the same. */
const stepMs = 3_600_000;
/** A weight of 2^256 is far from the largest number (2^1023) for as long as an agent runs. */
const landmarkHalfLivesMax = 256;

/**
 * Forward decay (Cormode, Shkapenyuk, Srivastava & Xu, "Forward decay: a practical time decay model for streaming systems", ICDE 2009, section
 * 3): what is seen at `t` weighs `2^((t - landmark) / halfLife)` for ever, and every sum of weights is divided by the weight of the present when
 * it is read. Nothing is ever multiplied again, so that a figure does not depend on how often, or when, it was read before. With half-lives
 * of a day and more a process may run for two years before weights grow too large.
 */
export class Decay {
  readonly #landmarkMs: number;
  readonly #halfLifeMs: number;
  #step = Number.NaN;
  #steppedTo = Number.NaN;
  #weight = 1;
  #nowMs: number;

  constructor({ landmarkMs, halfLifeMs }: Pick<StoredDecay, 'landmarkMs' | 'halfLifeMs'>) {
    this.#landmarkMs = landmarkMs;
    this.#halfLifeMs = halfLifeMs;
    this.#nowMs = landmarkMs;
  }

  /** What weights are measured by. */
  get unit(): Pick<StoredDecay, 'landmarkMs' | 'halfLifeMs'> {
    return { landmarkMs: this.#landmarkMs, halfLifeMs: this.#halfLifeMs };
  }

  /** What something weighs that is seen now. The present never goes back: a clock that was set back adds at the last weight. */
  at(timeMs: number): number {
    if (timeMs > this.#nowMs) this.#nowMs = timeMs;
    const step = Math.floor((this.#nowMs - this.#landmarkMs) / stepMs);
    if (step !== this.#step) {
      this.#step = step;
      this.#weight = 2 ** ((step * stepMs) / this.#halfLifeMs);
    }
    return this.#weight;
  }

  /** True when weights are worth less than at the last call; the first is one. */
  stepped(timeMs: number): boolean {
    this.at(timeMs);
    const stepped = this.#step !== this.#steppedTo;
    this.#steppedTo = this.#step;
    return stepped;
  }

  /** A sum of weights as of now, in samples of the present. */
  value(sum: number): number {
    return Math.max(0, sum / this.at(this.#nowMs));
  }
}

/**
 * A stored profile with weights as `halfLifeMs` has them: unchanged, unless the half-life is another one than it was, its landmark lies too far
 * back, or it is from before there was forgetting. Then the landmark moves to when something was last seen, and weights with it.
 */
export function landmarked(
  stored: Pick<StoredProfile, 'createdMs'> & Partial<StoredProfile>,
  halfLifeMs: number,
): {
  readonly decay: StoredDecay;
  readonly features: readonly FeatureRow[];
  readonly incomplete: StoredProfile['incomplete'];
  /** When something was last seen: the present, until more is. */
  readonly lastMs: number;
} {
  const { decay, features = [], incomplete = {}, createdMs } = stored;
  const samples = decay?.samples ?? { startup: 0, steady: 0, ...stored.samples };
  const lastMs = features.reduce((last, { lastSeenMs }) => Math.max(last, lastSeenMs), createdMs);
  if (decay === undefined) return { decay: { landmarkMs: lastMs, halfLifeMs, samples }, features, incomplete, lastMs };
  const far = lastMs - decay.landmarkMs > landmarkHalfLivesMax * halfLifeMs;
  if (decay.halfLifeMs === halfLifeMs && !far) return { decay, features, incomplete, lastMs };
  const unit = new Decay(decay).at(lastMs);
  const scaled = ({ startup, steady }: StoredDecay['samples']): StoredDecay['samples'] => ({
    startup: startup / unit,
    steady: steady / unit,
  });
  return {
    decay: {
      ...{ landmarkMs: lastMs, halfLifeMs, samples: scaled(samples) },
      releases: (decay.releases ?? []).map((release) => ({ ...release, weight: scaled(release.weight) })),
    },
    features: features.map((row) => ({ ...row, weight: scaled(row.weight) })),
    incomplete: Object.fromEntries(Object.entries(incomplete).map(([dimension, lost]) => [dimension, scaled(lost)])),
    lastMs,
  };
}
