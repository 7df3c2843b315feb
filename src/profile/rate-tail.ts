/** The unit in which evidence about rates is counted: half an hour of one container, of which the highest held value counts. */
export const blockMs = 1_800_000;
const blocksPerWeek: number = (7 * 86_400_000) / blockMs;
/** Highest blocks that are kept; the tail is fitted to them. */
export const peaksMax = 64;
const peaksMin = 8;
/** The share of all blocks that is the tail while there are few. */
const tailShare = 0.25;
/** Blocks that count less than this are let go. */
const weightMin = 0.05;
/** A spread below this is not believed: a tenth more or less is no news. On the scale of `toScale`. */
const sigmaMin = 0.2;
/** Shape of the tail before the data speaks, the number of peaks that this counts for, and its bounds. */
const shapePrior = { shape: 0.05, peaks: 32, min: 0, max: 0.5 };

/** The highest held value of a block, as a residual on the scale of `toScale`. */
export interface Peak {
  readonly residual: number;
  readonly timeMs: number;
}

/** A fitted tail: the chance that a block's highest value exceeds `threshold` is `share`. */
export interface TailFit {
  readonly threshold: number;
  readonly share: number;
  /** Scale of the generalised Pareto distribution of the excesses. */
  readonly sigma: number;
  /** Its shape. */
  readonly shape: number;
}

/**
 * Peaks over threshold: beyond a high threshold excesses follow a generalised Pareto distribution (Pickands 1975; Siffer, Fouque, Termier &
 * Largouët, "Anomaly detection in streams with extreme value theory", KDD 2017, equations 1 and 2). As there the tail is kept up with a stream,
 * with two differences. The peaks are maxima of half hours, so that neighbours are independent enough (declustering: Coles, "An introduction to
 * statistical modeling of extreme values", 2001, section 5.3.3). And the threshold is the smallest of the `peaksMax` highest peaks, so that no
 * initial batch decides it. What was seen fades with a half-life. At most `peaksMax` peaks, 16 bytes each.
 */
export class RateTail {
  readonly #halfLifeMs: number;
  #peaks: Peak[];
  #blocks: number;
  #timeMs: number;
  #fit: TailFit | undefined;
  #fitted = false;

  constructor(
    halfLifeMs: number,
    stored: { readonly peaks: readonly Peak[]; readonly blocks: number; readonly timeMs: number } = noTail,
  ) {
    this.#halfLifeMs = halfLifeMs;
    this.#peaks = [...stored.peaks];
    this.#blocks = stored.blocks;
    this.#timeMs = stored.timeMs;
  }

  /** Blocks seen, less what was forgotten. */
  get blocks(): number {
    return this.#blocks;
  }

  get peaks(): readonly Peak[] {
    return this.#peaks;
  }

  get timeMs(): number {
    return this.#timeMs;
  }

  /** The highest peak that is remembered; undefined before the first. */
  get highest(): number | undefined {
    return this.#peaks.reduce<number | undefined>(
      (most, { residual }) => (most === undefined ? residual : Math.max(most, residual)),
      undefined,
    );
  }

  /** A block ended; `share` of it was seen. */
  add(residual: number, share: number, timeMs: number): void {
    this.#age(timeMs);
    this.#blocks += Math.min(2, Math.max(0, share));
    this.#peaks.push({ residual, timeMs });
    this.#peaks = this.#peaks
      .filter((peak) => this.#weight(peak) >= weightMin)
      .toSorted((a, b) => b.residual - a.residual)
      .slice(0, peaksMax);
    this.#fitted = false;
  }

  /** The tail as fitted to the peaks; undefined while there are too few. */
  fit(): TailFit | undefined {
    if (!this.#fitted) this.#fit = this.#fitNow();
    this.#fitted = true;
    return this.#fit;
  }

  /** How improbable it is that a week of one container holds such a residual, decades; not capped by the evidence. Never negative, grows with the residual. */
  surprise(residual: number): number {
    const fit = this.fit();
    if (fit === undefined || residual <= fit.threshold) return 0;
    return Math.max(0, -Math.log10(Math.min(1, blocksPerWeek * exceedance(fit, residual))));
  }

  /** The residual whose surprise is so many decades; infinite while nothing can be said. */
  residualOf(decades: number): number {
    const fit = this.fit();
    if (fit === undefined) return Infinity;
    const chance = Math.min(1, 10 ** -decades / blocksPerWeek / fit.share);
    // Siffer et al., equation 1, turned round.
    const excess = fit.shape === 0 ? -Math.log(chance) : (chance ** -fit.shape - 1) / fit.shape;
    return fit.threshold + fit.sigma * excess;
  }

  #age(timeMs: number): void {
    if (timeMs <= this.#timeMs) return;
    if (this.#blocks > 0) this.#blocks *= 2 ** ((this.#timeMs - timeMs) / this.#halfLifeMs);
    this.#timeMs = timeMs;
  }

  #weight({ timeMs }: Peak): number {
    return 2 ** (Math.min(0, timeMs - this.#timeMs) / this.#halfLifeMs);
  }

  #fitNow(): TailFit | undefined {
    const inTail = Math.min(this.#peaks.length, Math.max(peaksMin, Math.ceil(this.#blocks * tailShare)));
    if (inTail < peaksMin) return undefined;
    const tail = this.#peaks.slice(0, inTail);
    const threshold = tail.at(-1)?.residual ?? 0;
    const excesses = tail
      .map((peak) => ({ excess: peak.residual - threshold, weight: this.#weight(peak) }))
      .toReversed();
    const weight = excesses.reduce((sum, one) => sum + one.weight, 0);
    return { threshold, share: Math.min(1, weight / Math.max(weight, this.#blocks)), ...pareto(excesses) };
  }
}

const noTail = { peaks: [], blocks: 0, timeMs: 0 };

/** The chance that a block exceeds the residual, which is above the threshold: Siffer et al., equation 1. Pure. */
function exceedance({ threshold, share, sigma, shape }: TailFit, residual: number): number {
  const excess = (residual - threshold) / sigma;
  return share * (shape === 0 ? Math.exp(-excess) : (1 + shape * excess) ** (-1 / shape));
}

/**
 * Generalised Pareto distribution by probability-weighted moments (Hosking & Wallis, "Parameter and quantile estimation for the generalized
 * Pareto distribution", Technometrics 29, 1987, section 3: `k = a0 / (a0 - 2 a1) - 2` with `k` the shape's negative), which hold for small
 * samples where likelihoods do not (Grimshaw's included). The shape is drawn towards a prior and kept from being negative: with few peaks a bounded tail would be
 * too sure of its bound. The scale is then what the mean asks for. `excesses` ascend. Pure.
 */
function pareto(excesses: readonly { readonly excess: number; readonly weight: number }[]): {
  readonly sigma: number;
  readonly shape: number;
} {
  const total = excesses.reduce((sum, { weight }) => sum + weight, 0);
  let [below, mean, weighted] = [0, 0, 0];
  for (const { excess, weight } of excesses) {
    const above = 1 - (below + weight / 2) / total;
    mean += (weight / total) * excess;
    weighted += (weight / total) * excess * above;
    below += weight;
  }
  const denominator = mean - 2 * weighted;
  const { shape: prior, peaks, min, max } = shapePrior;
  const estimate = denominator > 0 ? 2 - mean / denominator : prior;
  // Differences that are too small to be believed say little about the shape either.
  const believed = excesses.length * Math.min(1, mean / sigmaMin);
  const drawn = (estimate * believed + prior * peaks) / (believed + peaks);
  const shape = Math.min(max, Math.max(min, drawn));
  return { sigma: Math.max(sigmaMin, mean * (1 - shape)), shape };
}
