import type { Dimension, Stratum } from '../model/feature.ts';
import type { Incidences } from './coverage.ts';
import type { Decay } from './decay.ts';
import type { Row } from './row.ts';
import type { StoredProfile } from './stored.ts';

/** Figures of one dimension that are kept up to date as rows change. */
export interface Tally {
  /** Known features. */
  readonly keys: Set<string>;
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
function count(tally: StratumTally, row: Row, stratum: Stratum, sign: 1 | -1): void {
  const weight = sign * row.weight[stratum];
  if (row[stratum] === 1) tally.once += weight;
  if (row[stratum] === 1 && row.elsewhere) tally.onceElsewhere += weight;
  if (row[stratum] === 2) tally.twice += weight / 2;
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

/** Figures of a profile by dimension. */
export class Tallies {
  readonly #dimensions: Map<Dimension, Tally> = new Map();

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
      tally = { keys: new Set(), startup: { ...none }, steady: { ...none }, incomplete: { startup: 0, steady: 0 } };
      this.#dimensions.set(dimension, tally);
    }
    return tally;
  }

  /** A known feature came. */
  add(row: Row): void {
    const tally = this.of(row.dimension);
    tally.keys.add(row.key);
    count(tally.startup, row, 'startup', 1);
    count(tally.steady, row, 'steady', 1);
  }

  /** A feature went. */
  remove(row: Row): void {
    const tally = this.of(row.dimension);
    tally.keys.delete(row.key);
    count(tally.startup, row, 'startup', -1);
    count(tally.steady, row, 'steady', -1);
  }

  /** Other nodes have seen a feature that is counted in, or not. */
  mark(row: Row, elsewhere: boolean): void {
    if (row.state !== 'known' || row.elsewhere === elsewhere) return;
    this.remove(row);
    row.elsewhere = elsewhere;
    this.add(row);
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

  /** A feature is changed by `change`. */
  update(row: Row, stratum: Stratum, change: () => void): void {
    const tally = this.of(row.dimension)[stratum];
    count(tally, row, stratum, -1);
    change();
    count(tally, row, stratum, 1);
  }

  /** By dimension, weights of samples in which something of it could not be told; as it is stored. */
  incomplete(): StoredProfile['incomplete'] {
    return Object.fromEntries(
      [...this.#dimensions].flatMap(([dimension, { incomplete }]) =>
        incomplete.startup + incomplete.steady > 0 ? [[dimension, { ...incomplete }]] : [],
      ),
    );
  }
}
