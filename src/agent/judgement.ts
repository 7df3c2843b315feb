import type { Reason } from '../detect/score.ts';
import type { Alert } from '../model/alert.ts';
import type { KernelKey } from '../model/event.ts';
import type { Sample } from '../profile/samples.ts';

/** What becomes of an event. */
export interface Judgement {
  readonly reason: Reason | 'nothing-to-judge';
  /** What to answer the kernel about `event.kernelKey`; `none`: leave it as it is. */
  readonly mark: 'known' | 'judged' | 'none';
  /** More kernel keys that are known from now on: patterns. */
  readonly alsoKnown: readonly KernelKey[];
  /** A new alert, or a copy of an earlier one (same id) with a larger count. */
  readonly alert?: Alert;
  /** Something was judged that must not be forgotten: call `save()` now, not at the end of the slice. */
  readonly saveNow: boolean;
}

/** A container that is in another sample than before. */
export interface SampleChange {
  readonly containerId: string;
  readonly cgroupId: string | undefined;
  readonly sample: Sample;
}

export interface Rollover {
  readonly changes: readonly SampleChange[];
  /** A slice ended: `save()` is due. */
  readonly sliceEnded: boolean;
  /** Alerts whose count grew. */
  readonly updates: readonly Alert[];
}

/** What had no room, and what rules could not judge, so often. */
export type WatchLosses = Readonly<
  Record<'profileOverflow' | 'alertsForgotten' | 'alertsFolded' | 'incidentsForgotten' | 'ruleFailures', number>
>;

/** Of events that say nothing. */
export const nothing: Judgement = { reason: 'nothing-to-judge', mark: 'none', alsoKnown: [], saveNow: false };

/** What a feature is remembered by. Pure. */
export function featureText({ dimension, key: text }: { readonly dimension: string; readonly key: string }): string {
  return `${dimension} ${text}`;
}
