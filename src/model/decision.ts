import type { Feature } from './feature.ts';

/**
 * What an operator may say about behaviour. `accept`: it belongs to the workload, and is known from now on. `deny`: it does not, and stays
 * judged, or becomes so. `acknowledge`: an alert was seen to; nothing changes on the nodes. `relearn`: the profile of the workload starts anew.
 */
export const verdicts = ['accept', 'deny', 'acknowledge', 'relearn'] as const;
export type Verdict = (typeof verdicts)[number];

/** Who decided what, when and why. */
export interface Decision {
  /** ULID, made by the collector. */
  readonly id: string;
  readonly verdict: Verdict;
  /** Workload id. */
  readonly workload: string;
  /** What it is about; empty for `relearn` and `acknowledge`. */
  readonly features: readonly Feature[];
  /** Id of the alert that it was said of. */
  readonly alert?: string;
  readonly by: string;
  /** May be empty. */
  readonly reason: string;
  /** ISO 8601, by the collector's clock. */
  readonly time: string;
}

/**
 * What became of a decision on a node. `applied`: something changed, or had changed already. `unknown`: the node has no profile of the
 * workload. `pattern`: a feature that was denied is part of a pattern, which cannot be denied for one of its members; the others were.
 * `full`: a feature did not fit the profile any more.
 */
export const decisionOutcomes = ['applied', 'unknown', 'pattern', 'full'] as const;
export type DecisionOutcome = (typeof decisionOutcomes)[number];

/** A decision and what became of it, by node; `pending`: the node has not answered yet. */
export interface StoredDecision extends Decision {
  readonly nodes: readonly { readonly node: string; readonly outcome: DecisionOutcome | 'pending' }[];
}
