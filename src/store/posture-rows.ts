import type { AlertContainer } from '../model/alert.ts';
import { workloadKinds } from '../model/container.ts';
import type { PostureSubject } from '../model/posture.ts';

/** Its tables are asked in plain SQL: what a report holds goes through thousands of statements. */
export interface PostureSchema {
  posture_nodes: { node: string; sweep: number };
}

/** As JSON, `null` of a node. */
export interface StoredSubject {
  readonly container: string;
  readonly workload: string;
}

/** A container or node of a row. */
export function subjectOf({ container, workload }: StoredSubject): PostureSubject {
  // Written above; the kind of a workload that a later release knew is none to this one.
  const named = JSON.parse(container) as AlertContainer | null;
  const group = JSON.parse(workload) as PostureSubject['workload'] | null;
  return {
    ...(named === null ? {} : { container: named }),
    ...(group === null || group === undefined || !workloadKinds.includes(group.kind) ? {} : { workload: group }),
  };
}
