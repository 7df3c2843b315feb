import type { Dimension, Feature } from '../model/feature.ts';
import type { FeatureRow } from './stored.ts';

/** A feature of a profile in memory. */
export interface Row {
  dimension: Dimension;
  key: string;
  state: 'known' | 'judged';
  startup: number;
  steady: number;
  firstSeenMs: number;
  lastSeenMs: number;
  /** How often user space has seen it since the agent's start, after the first time. */
  sightings: number;
  /** `container:sample` in which user space saw it during this slice. */
  marks: Set<string>;
  inSlice: { startup: number; steady: number };
}

/** Figures of one dimension that are kept up to date as rows change. */
export interface Counts {
  keys: Set<string>;
  startup: StratumCounts;
  steady: StratumCounts;
  /** Samples in which something of the dimension could not be told: they are no evidence that something was absent. */
  incomplete: { startup: number; steady: number };
}

interface StratumCounts {
  /** Features seen in exactly one sample. */
  once: number;
  twice: number;
  /** Sum of all incidences. */
  total: number;
}

export function noCounts(): Counts {
  const none = { once: 0, twice: 0, total: 0 };
  return { keys: new Set(), startup: { ...none }, steady: { ...none }, incomplete: { startup: 0, steady: 0 } };
}

/** Name of a feature within its profile, as it is stored. */
export function featureId(feature: Feature): string {
  return `${feature.dimension} ${feature.key}`;
}

/** Counts a feature of this incidence in, or out. */
export function tally(counts: StratumCounts, incidence: number, sign: 1 | -1): void {
  if (incidence === 1) counts.once += sign;
  if (incidence === 2) counts.twice += sign;
  counts.total += sign * incidence;
}

/** The row as it is stored. */
export function plain({ dimension, key, state, startup, steady, firstSeenMs, lastSeenMs }: Row): FeatureRow {
  return { dimension, key, state, startup, steady, firstSeenMs, lastSeenMs };
}
