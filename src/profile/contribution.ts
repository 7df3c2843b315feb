import type { Workload } from '../model/container.ts';
import type { ByStratum, SharedFeature, SharedProfile } from '../model/shared-profile.ts';
import { condensed, thousandths } from './merge.ts';
import type { Decay } from './decay.ts';
import type { FeatureRow } from './stored.ts';

/** What a node has learned of a workload. */
export interface Learned {
  readonly of: {
    readonly workload: Workload;
    readonly listeners: Iterable<string>;
    readonly releases: { stored(): readonly { readonly digest: string }[] };
  };
  readonly rows: Iterable<FeatureRow>;
  /** By dimension, weights of samples in which something could not be told. */
  readonly incomplete: Readonly<Record<string, ByStratum>>;
  /** Weights of the completed samples. */
  readonly samples: ByStratum;
  readonly decay: Decay;
}

/** What the node tells the others, at most `featuresMost` features: what it has seen itself, and nothing that it was told. Undefined before a sample is completed. */
export function contributionOf(
  { of: { workload, listeners, releases }, decay, ...learned }: Learned,
  nowMs: number,
  featuresMost: number,
): SharedProfile | undefined {
  if (learned.samples.startup + learned.samples.steady === 0) return undefined;
  decay.at(nowMs);
  const told = ({ startup, steady }: ByStratum): ByStratum => ({
    startup: thousandths(decay.value(startup)),
    steady: thousandths(decay.value(steady)),
  });
  const samples = told(learned.samples);
  const features = [...learned.rows].map(({ dimension, key, state, startup, steady, ...row }): SharedFeature => {
    const weight = told(row.weight);
    return {
      ...{ dimension, key, state, count: { startup, steady }, nodes: 1 },
      // What the present sample has shown counts when the sample is over.
      weight: {
        startup: Math.min(samples.startup, weight.startup),
        steady: Math.min(samples.steady, weight.steady),
      },
    };
  });
  const incomplete = Object.entries(learned.incomplete).map(([dimension, lost]) => [dimension, told(lost)] as const);
  const shared: SharedProfile = {
    ...{ workload, asOfMs: nowMs, halfLifeMs: decay.unit.halfLifeMs, nodes: 1, samples, features, omitted: 0 },
    incomplete: Object.fromEntries(incomplete),
    listeners: [...listeners].toSorted(),
    images: releases.stored().map(({ digest }) => digest),
  };
  return condensed(shared, featuresMost);
}
