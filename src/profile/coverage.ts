/** Incidences of one dimension in one stratum. */
export interface Incidences {
  /** T: completed samples. */
  readonly samples: number;
  /** Q1: features seen in exactly one sample. */
  readonly once: number;
  /** Q2: features seen in exactly two samples. */
  readonly twice: number;
  /** U: sum of all incidences. */
  readonly total: number;
}

/**
 * Estimated share of the behaviour that was seen: the incidence-based sample coverage of Chao & Jost (2012), "Coverage-based
 * rarefaction and extrapolation", Ecology 93:2533, equation for incidence data:
 * `1 - (Q1/U) * ((T-1)Q1 / ((T-1)Q1 + 2Q2))`. 0 without evidence; in [0, 1].
 */
export function coverage({ samples, once, twice, total }: Incidences): number {
  if (samples === 0 || total === 0) return 0;
  const top = (samples - 1) * once;
  const bottom = top + 2 * twice;
  // With one sample, or without singletons and doubletons, the correction factor is undefined: leave it out.
  const estimate = 1 - (once / total) * (bottom > 0 ? top / bottom : 1);
  return Math.min(1, Math.max(0, estimate));
}

/**
 * Coverage as it is shown: of a dimension that was watched and showed nothing the estimate is undefined, but much is known of it all the same.
 * By Laplace's rule of succession the next sample shows something with a chance of about `1/(T+1)`.
 */
export function coverageShown(counts: Incidences): number {
  return counts.samples > 0 && counts.total === 0 ? counts.samples / (counts.samples + 1) : coverage(counts);
}

/**
 * Surprise of a feature that was never seen, in decades: `log10((T+1)/(Q1+1))`. `Q1/T` is Good's (1953, "The population
 * frequencies of species", Biometrika 40:237) chance that the next sample shows something new; one is added to both so that
 * no evidence gives no surprise. Never negative.
 */
export function surpriseOfNew({ samples, once }: Incidences): number {
  return Math.max(0, Math.log10((samples + 1) / (once + 1)));
}

/** Most that a feature which was seen before can surprise, decades. */
const rareMax = 1;

/**
 * Surprise left in a known feature: `log10((T+1)/(n+1)) / (n+1)` with `n` its incidence, at most one decade, so that it decays
 * with every sample that shows it and never raises an alert alone.
 */
export function surpriseOfSeen({ samples }: Incidences, incidence: number): number {
  const decades = Math.log10((samples + 1) / (incidence + 1)) / (incidence + 1);
  return Math.min(rareMax, Math.max(0, decades));
}

/**
 * Surprise of a feature that was never seen here and in `incidence` samples elsewhere: as if it had been seen here so often, without the bound for
 * what was, so that what few samples show excuses little; never more than `surpriseOfNew`, which it is for none.
 */
export function surpriseOfTold(counts: Incidences, incidence: number): number {
  const decades = Math.log10((counts.samples + 1) / (incidence + 1)) / (incidence + 1);
  return Math.min(surpriseOfNew(counts), Math.max(0, decades));
}

/**
 * Surprise of a feature that was never seen here and that a starter weighs as `incidence` samples: as if it had been seen in them, nothing more, so that
 * a starter takes off no more decades than its weight is worth. Never more than `surpriseOfNew`.
 */
export function surpriseOfShipped(counts: Incidences, incidence: number): number {
  const decades = Math.log10((counts.samples + 1) / (incidence + 1));
  return Math.min(surpriseOfNew(counts), Math.max(0, decades));
}

/** Chance that the next sample shows something new (Good 1953), 1 without evidence. */
export function chanceOfNew({ samples, once }: Incidences): number {
  return samples === 0 ? 1 : Math.min(1, once / samples);
}
