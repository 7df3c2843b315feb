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
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

/** What the kernel hashed, and the features (`dimension` + space + `key`) that it stands for. */
export interface KernelKeyRow {
  readonly kernelKey: KernelKey;
  readonly features: readonly string[];
}

/** A profile as the store has it. As a change: only rows that changed, and the ids of rows that went. */
export interface StoredProfile {
  readonly workload: Workload;
  readonly createdMs: number;
  readonly samples: { readonly startup: number; readonly steady: number };
  readonly listeners: readonly string[];
  /** By dimension, samples in which something of it could not be told. */
  readonly incomplete: Readonly<Record<string, { readonly startup: number; readonly steady: number }>>;
  readonly features: readonly FeatureRow[];
  readonly kernelKeys: readonly KernelKeyRow[];
  /** Ids (`dimension` + space + `key`) of features that a pattern replaced. Empty when loaded. */
  readonly removed: readonly string[];
}
