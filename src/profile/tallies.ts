import type { Dimension, Stratum } from '../model/feature.ts';
import type { Incidences } from './coverage.ts';
import type { Decay } from './decay.ts';
import type { FeatureTable } from './feature-table.ts';
import type { StoredProfile } from './stored.ts';

/** Figures of one dimension that are kept up to date as rows change. */
export interface Tally {
  /** Known features. */
  size: number;
  readonly startup: StratumTally;
  readonly steady: StratumTally;
  /** Weights of samples in which something of the dimension could not be told: they are no evidence that something was absent. */
  incomplete: { startup: number; steady: number };
}

interface StratumTally {
  /** Weights of the features seen in exactly one sample. */
  once: number;
  /** Of these, those that other nodes have seen too. */
  onceElsewhere: number;
  /** Half the weights of the features seen in exactly two samples. */
  twice: number;
  /** Sum of all weights. */
  total: number;
}

/** Without forgetting, weights are counts: `once` is Q1, `twice` Q2, `total` U of src/profile/coverage.ts. */
function count(tally: StratumTally, seen: number, weight: number, elsewhere: boolean): void {
  if (seen === 1) tally.once += weight;
  if (seen === 1 && elsewhere) tally.onceElsewhere += weight;
  if (seen === 2) tally.twice += weight / 2;
  tally.total += weight;
}

/** What completed samples, and a prior beside them, say. */
interface Evidence {
  /** Weight of the samples. */
  readonly samples: number;
  readonly prior: { incidences(dimension: Dimension, stratum: Stratum): Incidences } | undefined;
  readonly decay: Pick<Decay, 'value'>;
}

const none: StratumTally = { once: 0, onceElsewhere: 0, twice: 0, total: 0 };

/** Figures of a profile's features by dimension. */
export class Tallies {
  readonly #features: FeatureTable;
  readonly #dimensions: Map<Dimension, Tally> = new Map();
  /** The same by their numbers in the table, as far as they were asked for. */
  readonly #byNumber: Tally[] = [];

  constructor(features: FeatureTable) {
    this.#features = features;
  }

  get dimensions(): readonly Dimension[] {
    return [...this.#dimensions.keys()];
  }

  /** Undefined for a dimension of which nothing was seen. */
  get(dimension: Dimension): Tally | undefined {
    return this.#dimensions.get(dimension);
  }

  of(dimension: Dimension): Tally {
    let tally = this.#dimensions.get(dimension);
    if (tally === undefined) {
      tally = { size: 0, startup: { ...none }, steady: { ...none }, incomplete: { startup: 0, steady: 0 } };
      this.#dimensions.set(dimension, tally);
    }
    return tally;
  }

  /** A known feature came. */
  add(number: number): void {
    this.#count(number, 1);
  }

  /** A feature goes. */
  remove(number: number): void {
    this.#count(number, -1);
  }

  /** Other nodes have seen a feature that is counted in, or not. */
  mark(number: number, elsewhere: boolean): void {
    const features = this.#features;
    if (!features.isKnown(number) || features.isElsewhere(number) === elsewhere) return;
    this.remove(number);
    features.setElsewhere(number, elsewhere);
    this.add(number);
  }

  /**
   * What coverage and surprise are computed from. What was seen once here and elsewhere too was not seen once; what was seen once elsewhere, and
   * here too, is taken for seen once all the same: that errs towards quiet.
   */
  incidences(dimension: Dimension, stratum: Stratum, { samples, prior, decay }: Evidence): Incidences {
    const tally = this.#dimensions.get(dimension);
    const { once, onceElsewhere, twice, total } = tally?.[stratum] ?? none;
    const told = prior?.incidences(dimension, stratum);
    return {
      samples: decay.value(samples - (tally?.incomplete[stratum] ?? 0) + (told?.samples ?? 0)),
      once: decay.value(once - onceElsewhere + (told?.once ?? 0)),
      twice: decay.value(twice + (told?.twice ?? 0)),
      total: decay.value(total + (told?.total ?? 0)),
    };
  }

  /** A feature was seen in `more` samples more, which weigh `weight`. */
  see(number: number, stratum: Stratum, more: number, weight: number): void {
    const features = this.#features;
    const tally = this.#of(number)[stratum];
    const seen = features.count(number, stratum);
    const weighed = features.weight(number, stratum);
    const elsewhere = features.isElsewhere(number);
    count(tally, seen, -weighed, elsewhere);
    features.add(number, stratum, more, weight);
    count(tally, seen + more, features.weight(number, stratum), elsewhere);
  }

  /** Share of the samples of that weight in which everything of the dimension could be told, 0 to 1. */
  wholeShare(dimension: Dimension, stratum: Stratum, samples: number): number {
    const incomplete = this.#dimensions.get(dimension)?.incomplete[stratum] ?? 0;
    return samples <= 0 ? 1 : Math.max(0, 1 - incomplete / samples);
  }

  /** By dimension, weights of samples in which something of it could not be told; as it is stored. */
  incomplete(): StoredProfile['incomplete'] {
    return Object.fromEntries(
      [...this.#dimensions].flatMap(([dimension, { incomplete }]) =>
        incomplete.startup + incomplete.steady > 0 ? [[dimension, { ...incomplete }]] : [],
      ),
    );
  }

  /** Of a feature's dimension, without asking for its name: it is asked for a hundred thousand times after a slice. */
  #of(number: number): Tally {
    const at = this.#features.dimensionNumber(number);
    return (this.#byNumber[at] ??= this.of(this.#features.dimension(number)));
  }

  #count(number: number, sign: 1 | -1): void {
    const features = this.#features;
    const tally = this.#of(number);
    if (features.isKnown(number)) tally.size += sign;
    const elsewhere = features.isElsewhere(number);
    for (const stratum of ['startup', 'steady'] as const)
      count(tally[stratum], features.count(number, stratum), sign * features.weight(number, stratum), elsewhere);
  }
}
