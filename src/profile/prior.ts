import type { Dimension, Feature, Stratum } from '../model/feature.ts';
import type { SharedFeature, SharedProfile } from '../model/shared-profile.ts';
import type { Incidences } from './coverage.ts';
import { FanOut } from './fan-out.ts';
import { featureId } from './row.ts';

/** Samples on other nodes from which a feature is part of what the workload does. */
const establishedSamples = 10;
/** Nodes that must have seen a feature before it is known without having been seen here. */
const commonNodes = 2;

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
  readonly #shared: SharedProfile;
  readonly #known: Map<string, SharedFeature> = new Map();
  readonly #fanOut: FanOut = new FanOut();
  readonly #figures: Map<Dimension, DimensionFigures> = new Map();
  /** Weights of the profile that it stands beside, per sample of the time of the sum. */
  readonly #unit: number;

  constructor(shared: SharedProfile, unit: number) {
    this.#shared = shared;
    this.#unit = unit;
    this.nodes = shared.nodes;
    this.listeners = new Set(shared.listeners);
    for (const feature of shared.features) {
      if (feature.state !== 'known') continue;
      this.#known.set(featureId(feature), feature);
      this.#fanOut.add(feature);
      const figures = this.#figuresOf(feature.dimension);
      for (const stratum of ['startup', 'steady'] as const) {
        const weight = feature.weight[stratum];
        if (feature.count[stratum] === 1) figures[stratum].once += weight;
        if (feature.count[stratum] === 2) figures[stratum].twice += weight / 2;
        figures[stratum].total += weight;
      }
    }
  }

  /** Some node has seen the feature, and none has judged it. */
  has(feature: Feature): boolean {
    return this.#find(feature) !== undefined;
  }

  /** Several nodes have seen it, in many samples or in half of the starts: known, whether this node has seen it or not. */
  isCommon(feature: Feature): boolean {
    const found = this.#find(feature);
    if (found === undefined || found.nodes < commonNodes) return false;
    const { startup, steady } = found.weight;
    return startup + steady >= establishedSamples || startup >= this.#shared.samples.startup / 2;
  }

  /** Weight of the samples in which other nodes have seen the feature, of both strata, in the units of the profile. */
  weight(feature: Feature): number {
    const { startup = 0, steady = 0 } = this.#find(feature)?.weight ?? {};
    return (startup + steady) * this.#unit;
  }

  /** Samples of other nodes that tell something about the dimension. */
  samples(dimension: Dimension, stratum: Stratum): number {
    return Math.max(0, this.#shared.samples[stratum] - (this.#shared.incomplete[dimension]?.[stratum] ?? 0));
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

  #find(feature: Feature): SharedFeature | undefined {
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
