import type { Dimension, Feature, Stratum } from '../model/feature.ts';
import type { ProfileFeature } from '../model/node.ts';
import type { FeatureRow, StoredProfile } from './stored.ts';

/** A feature of a profile in memory. */
export interface Row {
  dimension: Dimension;
  key: string;
  state: 'known' | 'judged';
  startup: number;
  steady: number;
  /** The same counts with forgetting. */
  weight: { startup: number; steady: number };
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
  /** Weights of samples in which something of the dimension could not be told: they are no evidence that something was absent. */
  incomplete: { startup: number; steady: number };
}

interface StratumCounts {
  /** Weights of the features seen in exactly one sample. */
  once: number;
  /** Half the weights of the features seen in exactly two samples. */
  twice: number;
  /** Sum of all weights. */
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

/** Counts a feature in, or out. Without forgetting, weights are counts: `once` is Q1, `twice` Q2, `total` U of src/profile/coverage.ts. */
export function tally(counts: StratumCounts, row: Row, stratum: Stratum, sign: 1 | -1): void {
  const weight = sign * row.weight[stratum];
  if (row[stratum] === 1) counts.once += weight;
  if (row[stratum] === 2) counts.twice += weight / 2;
  counts.total += weight;
}

/** The row as it is stored. */
export function plain({ dimension, key, state, startup, steady, weight, firstSeenMs, lastSeenMs }: Row): FeatureRow {
  return { dimension, key, state, startup, steady, weight: { ...weight }, firstSeenMs, lastSeenMs };
}

/** The row as people see it. */
export function shown(row: Row): ProfileFeature {
  return {
    dimension: row.dimension,
    key: row.key,
    state: row.state,
    incidence: { startup: row.startup, steady: row.steady },
    firstSeen: new Date(row.firstSeenMs).toISOString(),
    lastSeen: new Date(row.lastSeenMs).toISOString(),
  };
}

export function newRow({ dimension, key }: Feature, state: 'known' | 'judged', timeMs: number): Row {
  return {
    ...{ dimension, key, state, startup: 0, steady: 0, firstSeenMs: timeMs, lastSeenMs: timeMs },
    weight: { startup: 0, steady: 0 },
    sightings: 0,
    marks: new Set(),
    inSlice: { startup: 0, steady: 0 },
  };
}

/** A row as it was stored. */
export function loadedRow(stored: FeatureRow): Row {
  const { dimension, key, state, startup, steady, weight, firstSeenMs, lastSeenMs } = stored;
  return { ...newRow({ dimension, key }, state, firstSeenMs), startup, steady, weight: { ...weight }, lastSeenMs };
}

type Strata = Readonly<Record<Stratum, number>>;

/**
 * The row of a pattern that replaces its siblings, `last` the latest of them. In how many samples any of them was seen is not known any more:
 * between the largest count and the sum, and in no more than there were.
 */
export function patternRow(
  key: string,
  last: Row,
  members: readonly Row[],
  { samples, most }: { readonly samples: Strata; readonly most: Strata },
): Row {
  const sum = (of: (member: Row) => number): number => members.reduce((total, member) => total + of(member), 0);
  return {
    dimension: last.dimension,
    key,
    state: 'known',
    startup: Math.min(
      Math.max(1, samples.startup),
      sum(({ startup }) => startup),
    ),
    steady: Math.min(
      Math.max(1, samples.steady),
      sum(({ steady }) => steady),
    ),
    weight: {
      startup: Math.min(
        most.startup,
        sum(({ weight }) => weight.startup),
      ),
      steady: Math.min(
        most.steady,
        sum(({ weight }) => weight.steady),
      ),
    },
    firstSeenMs: Math.min(...members.map((member) => member.firstSeenMs)),
    lastSeenMs: Math.max(...members.map((member) => member.lastSeenMs)),
    sightings: 0,
    marks: new Set(members.flatMap((member) => [...member.marks])),
    inSlice: { ...last.inSlice },
  };
}

/** By dimension, weights of samples in which something of it could not be told; as it is stored. */
export function incompleteOf(counts: ReadonlyMap<Dimension, Counts>): StoredProfile['incomplete'] {
  return Object.fromEntries(
    [...counts].flatMap(([dimension, { incomplete }]) =>
      incomplete.startup + incomplete.steady > 0 ? [[dimension, { ...incomplete }]] : [],
    ),
  );
}
