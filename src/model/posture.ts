import type { AlertContainer, Severity } from './alert.ts';
import type { Advice } from './advice.ts';
import type { Workload } from './container.ts';
import type { VulnerabilityList } from './vulnerability.ts';
import type { ContainerFacts } from './container-facts.ts';

/**
 * What a check says. `fail`: the practice is broken; `warn`: weakly, or in part; `unknown`: it could not be read, which is never a pass; `pass`: it is met, or
 * does not apply here, which the note says.
 */
export const postureResults = ['fail', 'warn', 'unknown', 'pass'] as const;
export type PostureResult = (typeof postureResults)[number];

/** What was read: where, and what stood there. Never a secret. */
export interface PostureEvidence {
  /** As the API or the kernel calls it: `HostConfig.Privileged`, `/proc/PID/status CapEff`. */
  readonly field: string;
  readonly value: string;
}

/** What one check says about one container or node. */
export interface PostureOutcome {
  /** Id of the check, as in profiles/practices.yaml. */
  readonly check: string;
  readonly result: PostureResult;
  /** Why, in one sentence. */
  readonly note: string;
  readonly evidence: readonly PostureEvidence[];
}

/** In the place of the node, of a finding that the collector makes of a workload on all nodes. */
export const anyNode = '*';
/** What a cluster's own findings are of, in place of a node. */
export const clusterNode = 'kubernetes-cluster';
/** Names in the place of a node that are the collector's: no agent may have one. */
export const collectorNodes: ReadonlySet<string> = new Set([anyNode, clusterNode]);

/** What was checked: a container; where there is none a workload; where there is neither the node itself. */
export interface PostureSubject {
  readonly container?: AlertContainer;
  readonly workload?: Workload;
}

/** All that the checks say about one subject. What passed is named only: there is much of it, and nothing to do about it. */
export interface PostureVerdict extends PostureSubject {
  /** When it was read, milliseconds since the epoch. */
  readonly timeMs: number;
  readonly outcomes: readonly PostureOutcome[];
  readonly passed: readonly string[];
  /** Of the container's image; absent: there is no report about it. */
  readonly vulnerabilities?: VulnerabilityList;
  /** How the containers of the workload are made on a node; of a workload alone, without a container. */
  readonly facts?: ContainerFacts;
}

/** The subject of a workload as a whole, in the place of the id of a container. */
export const workloadSubject = (workloadId: string): string => `workload:${workloadId}`;

/** Why a finding does not count. */
export interface PostureException {
  readonly id: string;
  /** Check or practice id (`privileged`, `D09`, `docker-9`). */
  readonly of: string;
  /** Workload id or name, container name, node; absent: any. */
  readonly workload?: string;
  readonly container?: string;
  readonly node?: string;
  /** Who answers for it. */
  readonly owner: string;
  readonly reason: string;
  /** Milliseconds since the epoch; from then on the finding counts again. */
  readonly expiresMs: number;
  /** `file`: of the configuration; `api`: somebody made it there. */
  readonly origin: 'file' | 'api';
}

/** How grave an outcome is: as its check says when it fails, one step less when it warns. */
export function outcomeSeverity(check: Severity, result: PostureResult): Severity {
  if (result === 'fail') return check;
  return result === 'warn' && check === 'critical' ? 'warning' : 'notice';
}

/** A finding as the collector keeps it. Times are milliseconds since the epoch. */
export interface PostureFinding extends PostureOutcome, PostureSubject {
  readonly id: number;
  readonly severity: Severity;
  readonly node: string;
  /** Since when it has not passed, or has. */
  readonly firstSeenMs: number;
  /** When its node said last that it is so. */
  readonly lastSeenMs: number;
  /** When its result became another one last. */
  readonly changedMs: number;
}

/** That the result of a check became another one; `gone`: its container ended, `new`: nothing was known of it. */
export interface PostureChange extends PostureSubject {
  readonly seq: number;
  readonly timeMs: number;
  readonly node: string;
  readonly check: string;
  /** The graver of what it was and of what it is. */
  readonly severity: Severity;
  readonly was: PostureResult | 'new';
  readonly result: PostureResult | 'gone';
}

/** Which findings are asked for; undefined members do not filter. */
export interface PostureFilter {
  /** Id or name. */
  readonly workload?: string | undefined;
  /** Id, 12 characters of it or more, or name. */
  readonly container?: string | undefined;
  readonly node?: string | undefined;
  /** Any of these. */
  readonly checks?: readonly string[] | undefined;
  readonly results?: readonly PostureResult[] | undefined;
  /** At least. */
  readonly severity?: Severity | undefined;
}

/** A finding with all that is known of its check, as the API serves it. Times are ISO 8601. */
export interface PostureView extends PostureOutcome, PostureSubject {
  readonly id: number;
  readonly title: string;
  /** Id of the practice that the check belongs to, and of all that it bears on. */
  readonly practice: string;
  readonly practices: readonly string[];
  readonly severity: Severity;
  /** Ids in benchmarks, by benchmark with its version. */
  readonly sources: Readonly<Record<string, readonly string[]>>;
  /** How to mend it: `docker`, `compose`, `kubernetes`, `host`. */
  readonly remedy: Readonly<Record<string, string>>;
  readonly node: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly changed: string;
  readonly exception?: PostureExcuse;
  /** What the workload's profile says of it: of checks that such advice bears on. */
  readonly advice?: Advice;
}

/** An exception as a finding shows it. One that expired excuses nothing. */
export interface PostureExcuse {
  readonly id: string;
  readonly owner: string;
  readonly reason: string;
  readonly expires: string;
  readonly expired: boolean;
}
