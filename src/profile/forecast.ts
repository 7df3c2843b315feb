import type { Incidences } from './coverage.ts';

/** False alerts a day: what is expected, and between which bounds (95 %) that expectation lies, by how much was seen. */
export interface Forecast {
  readonly perDay: number;
  readonly low: number;
  readonly high: number;
}

/** How much of what is new is told: a share that is estimated, and the variance of the estimate. */
export interface Share {
  readonly mean: number;
  readonly variance: number;
}

/** What one stratum of one dimension of one workload adds. */
export interface NewsLine {
  readonly counts: Incidences;
  /** Samples that a day has, all containers together. */
  readonly samplesPerDay: number;
  /** Of its news, what is told. Lines that know it from the same news share one object. */
  readonly told: Share;
}

/** News of one dimension so far, and how many of them were suspicious enough. */
export interface NewsTally {
  readonly news: number;
  readonly loud: number;
}

/** As many news of its own as a dimension needs to be believed as much as all dimensions together. */
const shareStrength = 10;
const z = 1.96;

/**
 * Features that the next sample is expected to show for the first time, of `Q1` seen in one sample so far: `Q1/T` (Good 1953, "The population frequencies of
 * species", Biometrika 40:237), times the correction for small samples, `(T-1)Q1 / ((T-1)Q1 + 2Q2)`, by which it is the share of incidences
 * not covered (Chao & Jost 2012, as in `coverage`) times incidences a sample. A number of features, not a chance: it may be above one. 0 of fewer than two samples,
 * which say nothing of a third.
 */
export function newsPerSample({ samples, once, twice }: Incidences): number {
  if (samples < 2 || once <= 0) return 0;
  const top = (samples - 1) * once;
  return (once / samples) * (top / (top + 2 * twice));
}

/**
 * Share of a dimension's news that is suspicious enough: its own, drawn towards that of all dimensions, to which half a loud one is added (Jeffreys'
 * prior), so that none seen yet is not none ever. Pure.
 */
export function shareOf(own: NewsTally, all: NewsTally): Share {
  const prior = (all.loud + 0.5) / (all.news + 1);
  const loud = own.loud + shareStrength * prior;
  const total = own.news + shareStrength;
  const mean = Math.min(1, loud / total);
  return { mean, variance: (mean * (1 - mean)) / (total + 1) };
}

/**
 * The expectation of all lines together. Features seen once are Poisson counts, each worth as many alerts a day as its line makes of it: the bounds are those of
 * a weighted sum of such counts (Fay & Feuer 1997, "Confidence intervals for directly standardized rates: a method based on the gamma distribution",
 * Statistics in Medicine 16:791), with the variance of the shares added. To the expectation half a feature of average worth is
 * added: where nothing was seen once yet, something may be all the same. Lines of fewer than two samples say nothing. Pure.
 * @param others expected a day by others, who know nothing of their bounds
 */
export function forecastOf(lines: readonly NewsLine[], others: number): Forecast {
  let [sum, variance, most, worth, used] = [0, 0, 0, 0, 0];
  const news = new Map<Share, number>();
  for (const { counts, samplesPerDay, told } of lines) {
    if (counts.samples < 2 || samplesPerDay <= 0) continue;
    const perFeature = samplesPerDay / counts.samples;
    const each = perFeature * told.mean;
    const features = newsPerSample(counts) * counts.samples;
    sum += each * features;
    variance += each ** 2 * features;
    news.set(told, (news.get(told) ?? 0) + perFeature * features);
    most = Math.max(most, each);
    worth += each;
    used++;
  }
  for (const [told, perDay] of news) variance += perDay ** 2 * told.variance;
  const average = used === 0 ? 0 : worth / used;
  const perDay = sum + average / 2;
  return {
    perDay: others + perDay,
    low: others + Math.min(perDay, gammaQuantile(sum, variance, -z)),
    high: others + Math.max(perDay, gammaQuantile(sum + most, variance + most ** 2, z)),
  };
}

/** Starts of a workload's containers in a day, those that run now left out: as many as there were, where it is not known for a day yet. Pure. */
export function restartsPerDay(
  { samples, createdMs }: { readonly samples: { readonly startup: number }; readonly createdMs: number },
  containers: number,
  nowMs: number,
): number {
  return Math.max(0, samples.startup - containers) / Math.max(1, (nowMs - createdMs) / 86_400_000);
}

/** Quantile of a gamma distribution by its mean and variance (Wilson & Hilferty 1931, "The distribution of chi-square", PNAS 17:684). */
function gammaQuantile(mean: number, variance: number, deviations: number): number {
  if (mean <= 0 || variance <= 0) return Math.max(0, mean);
  const shape = mean ** 2 / variance;
  return mean * Math.max(0, 1 - 1 / (9 * shape) + deviations / (3 * Math.sqrt(shape))) ** 3;
}
