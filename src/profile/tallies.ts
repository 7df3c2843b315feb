import type { Dimension, Stratum } from '../model/feature.ts';
import type { ByStratum } from '../model/shared-profile.ts';
import type { Incidences } from './coverage.ts';
import type { Decay } from './decay.ts';
import type { Row } from './row.ts';

/** Sums over the known features of one dimension in one stratum. Without forgetting, weights are counts. */
interface Sums {
  /** Weights of the features seen in exactly one sample: Q1 of src/profile/coverage.ts. */
  once: number;
  /** Of these, those that other nodes have seen too. */
  onceElsewhere: number;
  /** Half the weights of the features seen in exactly two samples: Q2. */
  twice: number;
  /** Sum of all weights: U. */
  total: number;
}

interface Tally {
  readonly keys: Set<string>;
  readonly startup: Sums;
  readonly steady: Sums;
  /** Weights of samples in which something of the dimension could not be told: they are no evidence that something was absent. */
  incomplete: ByStratum;
}

const none: Sums = { once: 0, onceElsewhere: 0, twice: 0, total: 0 };
const noKeys: ReadonlySet<string> = new Set();

/** Figures of each dimension of a profile, kept up to date as rows change, so that asking costs the same however many rows there are. */
export class Tallies {
  readonly #tallies: Map<Dimension, Tally> = new Map();

  /** Keys of the known features. */
  keys(dimension: Dimension): ReadonlySet<string> {
    return this.#tallies.get(dimension)?.keys ?? noKeys;
  }

  get dimensions(): readonly Dimension[] {
    return [...this.#tallies.keys()];
  }

  /** Counts a row in. Judged rows count nothing. */
  enter(row: Row): void {
    if (row.state !== 'known') return;
    this.#of(row.dimension).keys.add(row.key);
    this.#add(row, 1);
  }

  /** Counts a row out, unchanged since it was counted in. */
  leave(row: Row): void {
    if (row.state !== 'known') return;
    this.#of(row.dimension).keys.delete(row.key);
    this.#add(row, -1);
  }

  addIncomplete(dimension: Dimension, { startup, steady }: ByStratum): void {
    const tally = this.#of(dimension);
    tally.incomplete = { startup: tally.incomplete.startup + startup, steady: tally.incomplete.steady + steady };
  }

  /** By dimension, weights of samples in which something of it could not be told; dimensions without any are left out. */
  get incomplete(): Readonly<Record<string, ByStratum>> {
    return Object.fromEntries(
      [...this.#tallies].flatMap(([dimension, { incomplete }]) =>
        incomplete.startup + incomplete.steady > 0 ? [[dimension, incomplete]] : [],
      ),
    );
  }

  /**
   * What coverage and surprise are computed from, of completed samples of the weight `samples` and, when there is one, of a prior. What was seen once here and
   * elsewhere too was not seen once; what was seen once elsewhere and here too is taken for seen once all the same: that errs towards quiet.
   */
  incidences(
    dimension: Dimension,
    stratum: Stratum,
    {
      samples,
      prior,
      decay,
    }: { readonly samples: number; readonly prior: Incidences | undefined; readonly decay: Decay },
  ): Incidences {
    const tally = this.#tallies.get(dimension);
    const { once, onceElsewhere, twice, total } = tally?.[stratum] ?? none;
    return {
      samples: decay.value(samples - (tally?.incomplete[stratum] ?? 0) + (prior?.samples ?? 0)),
      once: decay.value(once - onceElsewhere + (prior?.once ?? 0)),
      twice: decay.value(twice + (prior?.twice ?? 0)),
      total: decay.value(total + (prior?.total ?? 0)),
    };
  }

  #add(row: Row, sign: 1 | -1): void {
    const tally = this.#of(row.dimension);
    for (const stratum of ['startup', 'steady'] as const) {
      const sums = tally[stratum];
      const weight = sign * row.weight[stratum];
      if (row[stratum] === 1) sums.once += weight;
      if (row[stratum] === 1 && row.elsewhere) sums.onceElsewhere += weight;
      if (row[stratum] === 2) sums.twice += weight / 2;
      sums.total += weight;
    }
  }

  #of(dimension: Dimension): Tally {
    let tally = this.#tallies.get(dimension);
    if (tally === undefined) {
      tally = { keys: new Set(), startup: { ...none }, steady: { ...none }, incomplete: { startup: 0, steady: 0 } };
      this.#tallies.set(dimension, tally);
    }
    return tally;
  }
}
