import type { Workload } from '../model/container.ts';
import type { KernelKey } from '../model/event.ts';
import type { Dimension } from '../model/feature.ts';

/** One feature as it is stored. */
export interface FeatureRow {
  readonly dimension: Dimension;
  readonly key: string;
  readonly state: 'known' | 'judged';
  readonly startup: number;
  readonly steady: number;
  /** The same counts with forgetting, in the units of the profile's landmark (src/profile/decay.ts). */
  readonly weight: { readonly startup: number; readonly steady: number };
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

/** What the kernel hashed, and the features (`dimension` + space + `key`) that it stands for. */
export interface KernelKeyRow {
  readonly kernelKey: KernelKey;
  readonly features: readonly string[];
}

/** One image of a workload (src/profile/releases.ts). */
export interface StoredRelease {
  readonly digest: string;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  /** What is new with it was told. */
  readonly noted: boolean;
  /** Weights of the samples under it. */
  readonly weight: { readonly startup: number; readonly steady: number };
}

/** What weights are measured by (src/profile/decay.ts). */
export interface StoredDecay {
  readonly landmarkMs: number;
  readonly halfLifeMs: number;
  /** Weights of the completed samples. */
  readonly samples: { readonly startup: number; readonly steady: number };
  /** Absent: from before images were told apart. */
  readonly releases?: readonly StoredRelease[];
}

/** A profile as the store has it. As a change: only rows that changed, and the ids of rows that went. */
export interface StoredProfile {
  readonly workload: Workload;
  readonly createdMs: number;
  readonly samples: { readonly startup: number; readonly steady: number };
  /** Undefined: from before there was forgetting, weights are counts. */
  readonly decay: StoredDecay | undefined;
  readonly listeners: readonly string[];
  /** By dimension, weights of samples in which something of it could not be told. */
  readonly incomplete: Readonly<Record<string, { readonly startup: number; readonly steady: number }>>;
  readonly features: readonly FeatureRow[];
  readonly kernelKeys: readonly KernelKeyRow[];
  /** Ids (`dimension` + space + `key`) of features that a pattern replaced. Empty when loaded. */
  readonly removed: readonly string[];
  /** Id of the decision by which the profile started anew; absent: it never did. */
  readonly relearned?: string;
  /** As a change: nothing of what was stored before is left. */
  readonly reset?: boolean;
}
