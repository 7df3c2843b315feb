import type { Decision } from './decision.ts';
import type { Dimension, Feature } from './feature.ts';
import type { Ancestor } from './event.ts';
import type { Workload } from './container.ts';

export const severities = ['notice', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** Scores from which a finding is an alert of that severity unless the configuration says otherwise, decades. */
export const defaultThresholds = { warning: 3, critical: 5 } as const;

/** What was expected, on how much evidence. */
export interface Evidence {
  /** Samples of the stratum that the judgement rests on. */
  readonly samples: number;
  /** Features of the dimension that were seen in exactly one sample (Q1). */
  readonly seenInOneSample: number;
  /** Estimated coverage of the dimension, 0 to 1. */
  readonly coverage: number;
  /** The most frequent features of the dimension, at most ten. */
  readonly expected: readonly string[];
  /** One sentence for a person. */
  readonly note: string;
  /** How far the figures can be trusted, 0 to 1: the share of what they rest on that was seen without a gap. Absent: nothing was missing. */
  readonly confidence?: number;
  /** What was not seen, for people; absent: nothing. */
  readonly gaps?: readonly string[];
}

/** One detector's opinion about one event or slice. */
export interface Finding {
  readonly feature: Feature;
  readonly detector: string;
  /** Decades, after capping. */
  readonly surprise: number;
  /** Decades. */
  readonly suspicion: number;
  /** Sum of both. */
  readonly score: number;
  readonly rules: readonly string[];
  readonly techniques: readonly string[];
  readonly practices: readonly string[];
  /** Titles of the rules that spoke, the most suspicious first; empty when novelty alone did. */
  readonly explanation: string;
  readonly evidence: Evidence;
}

export interface AlertContainer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly digest: string;
  readonly pod?: string;
  readonly namespace?: string;
}

export interface AlertProcess {
  readonly pid: number;
  readonly exe: string;
  readonly args: readonly string[];
  /** As the node calls it. */
  readonly uid: number;
  /** What the same user is called inside of the container; absent: the same, or it has no name there. */
  readonly containerUid?: number;
  readonly cwd: string;
  readonly ancestors: readonly Ancestor[];
}

/** A finding above the threshold, as the agent raises it (contract.md, "Alert"). */
export interface Alert {
  /** ULID, made by the agent: the collector stores an id once. */
  readonly id: string;
  /** ISO 8601 with milliseconds, UTC: when the event happened. */
  readonly time: string;
  /** From the event to the moment the alert was raised on the node. */
  readonly raisedAfterMs: number;
  readonly severity: Severity;
  readonly score: number;
  readonly surprise: number;
  readonly suspicion: number;
  readonly title: string;
  readonly dimension: Dimension;
  readonly key: string;
  readonly detector: string;
  readonly rules: readonly string[];
  readonly techniques: readonly string[];
  readonly practices: readonly string[];
  readonly node: string;
  readonly workload: Workload;
  readonly container: AlertContainer;
  /** Undefined for alerts that no process caused. */
  readonly process?: AlertProcess;
  readonly evidence: Evidence;
  /** How many times the feature was seen in this container since; 1 for the first. Grows by later copies of the same id. */
  readonly count: number;
  /** ISO 8601: when it was last seen. */
  readonly lastTime: string;
  /** Id of the incident that it belongs to, given by the agent; absent from agents that do not group. */
  readonly incident?: string;
  /** What it was raised for, and what accepting or denying it is about; absent: `dimension` and `key` alone. */
  readonly features?: readonly Feature[];
}

/** An alert as the collector keeps and serves it. */
export interface StoredAlert extends Alert {
  /** Position in the collector's log, from 1, without gaps. */
  readonly seq: number;
  /** ISO 8601: when the collector stored it. */
  readonly storedAt: string;
  /** SHA-256, hex, over `previousHash` and the alert as first stored. */
  readonly hash: string;
  readonly previousHash: string;
  /** What an operator said of it last. No part of the hash. */
  readonly decision?: AlertDecision;
}

/** What an operator said of an alert. */
export type AlertDecision = Pick<Decision, 'id' | 'verdict' | 'by' | 'reason' | 'time'>;
