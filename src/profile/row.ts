import type { Dimension, Feature, Stratum } from '../model/feature.ts';
import type { ProfileFeature } from '../model/node.ts';
import type { FeatureRow } from './stored.ts';

/** How user space saw a feature within a slice. */
interface SeenInSlice {
  /** `container:sample` of each. */
  readonly marks: Set<string>;
  startup: number;
  steady: number;
}

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
  /** What user space saw of it in the present slice; undefined for most rows most of the time. */
  slice: SeenInSlice | undefined;
  /** Other nodes have seen it too. */
  elsewhere: boolean;
}

/** Name of a feature within its profile, as it is stored. */
export function featureId(feature: Feature): string {
  return `${feature.dimension} ${feature.key}`;
}

/** The feature of such a name. */
export function featureOfId(id: string): Feature {
  const space = id.indexOf(' ');
  return { dimension: id.slice(0, space) as Dimension, key: id.slice(space + 1) };
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
    slice: undefined,
    elsewhere: false,
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
    slice: {
      marks: new Set(members.flatMap(({ slice }) => [...(slice?.marks ?? [])])),
      ...{ startup: last.slice?.startup ?? 0, steady: last.slice?.steady ?? 0 },
    },
    elsewhere: false,
  };
}
