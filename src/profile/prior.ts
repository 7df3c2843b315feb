import type { Dimension, Feature, Stratum } from '../model/feature.ts';
import type { ByStratum, SharedProfile } from '../model/shared-profile.ts';
import type { Incidences } from './coverage.ts';
import { FanOut, isPattern } from './fan-out.ts';
import { featureId } from './row.ts';

/** Samples on other nodes from which a feature is part of what the workload does. */
const establishedSamples = 10;
/** Nodes that must have seen a feature before it is known without having been seen here. */
const commonNodes = 2;

/** In how many samples a feature was seen, and by how many nodes. */
interface Seen extends ByStratum {
  readonly nodes: number;
}
interface DimensionFigures {
  readonly startup: Figures;
  readonly steady: Figures;
}
interface Figures {
  once: number;
  twice: number;
  total: number;
}

/**
 * What other nodes know of a workload, beside what this node has learned. It is weighed, never copied: the node's own profile holds only what
 * the node has seen itself. Bounded by what a message may hold.
 */
export class Prior {
  readonly nodes: number;
  readonly listeners: ReadonlySet<string>;
  /** Weights of the samples that it rests on. */
  readonly totals: ByStratum;
  /** Name and revision, where it is no word of other nodes but a starter's. */
  readonly starter: string | undefined;
  readonly #images: ReadonlySet<string>;
  readonly #incomplete: SharedProfile['incomplete'];
  readonly #known: Map<string, Seen> = new Map();
  readonly #fanOut: FanOut = new FanOut();
  readonly #figures: Map<Dimension, DimensionFigures> = new Map();
  /** Weights of the profile that it stands beside, per sample of the time of the sum. */
  readonly #unit: number;

  constructor(shared: SharedProfile, unit: number) {
    this.totals = shared.samples;
    this.#images = new Set(shared.images);
    this.#incomplete = shared.incomplete;
    this.#unit = unit;
    this.nodes = shared.nodes;
    this.starter = shared.starter;
    this.listeners = new Set(shared.listeners);
    for (const feature of shared.features) {
      if (feature.state !== 'known') continue;
      const { weight: seen, nodes } = feature;
      this.#known.set(featureId(feature), { startup: seen.startup, steady: seen.steady, nodes });
      if (isPattern(feature)) this.#fanOut.add(feature);
      const figures = this.#figuresOf(feature.dimension);
      for (const stratum of ['startup', 'steady'] as const) {
        const weight = feature.weight[stratum];
        if (feature.count[stratum] === 1) figures[stratum].once += weight;
        if (feature.count[stratum] === 2) figures[stratum].twice += weight / 2;
        figures[stratum].total += weight;
      }
    }
  }

  /** Other nodes have seen the workload under other images only. */
  isOfOthers(digest: string): boolean {
    return digest !== '' && this.#images.size > 0 && !this.#images.has(digest);
  }

  /** Some node has seen the feature, and none has judged it. */
  has(feature: Feature): boolean {
    return this.#find(feature) !== undefined;
  }

  /** Several nodes have seen it, in many samples or in half of the starts: known, whether this node has seen it or not. */
  isCommon(feature: Feature): boolean {
    const found = this.#find(feature);
    if (found === undefined || found.nodes < commonNodes) return false;
    const { startup, steady } = found;
    return startup + steady >= establishedSamples || (startup > 0 && startup >= this.totals.startup / 2);
  }

  /** In how many samples other nodes have seen the feature, of both strata, when they were asked. */
  incidence(feature: Feature): number {
    const { startup = 0, steady = 0 } = this.#find(feature) ?? {};
    return startup + steady;
  }

  /** Keys of the features of a dimension that are in most samples, at most `limit`. */
  expected(dimension: Dimension, limit: number): readonly string[] {
    const prefix = `${dimension} `;
    return [...this.#known]
      .filter(([id]) => id.startsWith(prefix))
      .toSorted(([a, x], [b, y]) => y.startup + y.steady - x.startup - x.steady || (a < b ? -1 : 1))
      .slice(0, limit)
      .map(([id]) => id.slice(prefix.length));
  }

  /** Samples of other nodes that tell something about the dimension. */
  samples(dimension: Dimension, stratum: Stratum): number {
    return Math.max(0, this.totals[stratum] - (this.#incomplete[dimension]?.[stratum] ?? 0));
  }

  /** Weights of samples that tell something about the dimension, and of what was seen in them, in the units of the profile. */
  incidences(dimension: Dimension, stratum: Stratum): Incidences {
    const { once, twice, total } = this.#figures.get(dimension)?.[stratum] ?? { once: 0, twice: 0, total: 0 };
    const unit = this.#unit;
    return {
      samples: this.samples(dimension, stratum) * unit,
      once: once * unit,
      twice: twice * unit,
      total: total * unit,
    };
  }

  #find(feature: Feature): Seen | undefined {
    const exact = this.#known.get(featureId(feature));
    if (exact !== undefined) return exact;
    const pattern = this.#fanOut.patternOf(feature);
    return pattern === undefined ? undefined : this.#known.get(featureId(pattern));
  }

  #figuresOf(dimension: Dimension): DimensionFigures {
    let figures = this.#figures.get(dimension);
    if (figures === undefined) {
      figures = { startup: { once: 0, twice: 0, total: 0 }, steady: { once: 0, twice: 0, total: 0 } };
      this.#figures.set(dimension, figures);
    }
    return figures;
  }
}
