import type { Workload } from './container.ts';
import type { Feature, Stratum } from './feature.ts';

/** A figure for each stratum. */
export type ByStratum = Readonly<Record<Stratum, number>>;

/** One feature of a shared profile. */
export interface SharedFeature extends Feature {
  /** `judged`: an alert was raised for it on a node, or an operator denied it. */
  readonly state: 'known' | 'judged';
  /** In how many samples it was seen. */
  readonly count: ByStratum;
  /** The same less what was forgotten by `asOfMs`; multiples of a thousandth. */
  readonly weight: ByStratum;
  /** How many nodes have seen it. */
  readonly nodes: number;
}

/**
 * What one node learned of a workload by itself (its contribution, `nodes` is 1), or the sum of several contributions. Keys of the kernel are
 * no part of it: they are hashed with a key of each boot.
 */
export interface SharedProfile {
  readonly workload: Workload;
  /** When the weights were as they are here, milliseconds since the epoch. Of two contributions of a node the later one counts. */
  readonly asOfMs: number;
  /** After this time weights count half. */
  readonly halfLifeMs: number;
  /** Nodes that contributed. */
  readonly nodes: number;
  /** Completed samples, weighted as features are. */
  readonly samples: ByStratum;
  /** By dimension, samples in which something of it could not be told: no evidence of absence. */
  readonly incomplete: Readonly<Record<string, ByStratum>>;
  /** Digests of the images that it was learned under. */
  readonly images: readonly string[];
  /** Programs that were seen to listen. */
  readonly listeners: readonly string[];
  readonly features: readonly SharedFeature[];
  /** Features left out because there was no room for them. */
  readonly omitted: number;
  /** Name and revision of the starter that this is, weighed already; never on the way between nodes, nor in files. */
  readonly starter?: string;
}
