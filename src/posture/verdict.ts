import type { AlertContainer } from '../model/alert.ts';
import type { Container } from '../model/container.ts';
import type { PostureOutcome, PostureVerdict } from '../model/posture.ts';

/** What is kept of an outcome, to know whether the next is another one. */
export type Kept = Pick<PostureOutcome, 'result' | 'note'>;

/** A container as findings name it. */
export function namesOf({ id, name, image, digest, pod, namespace }: Container): AlertContainer {
  return {
    ...{ id, name, image, digest },
    ...(pod === undefined ? {} : { pod }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** What checks said about a subject. Pure. */
export function verdictOf(
  outcomes: readonly PostureOutcome[],
  timeMs: number,
  subject: Pick<PostureVerdict, 'container' | 'workload' | 'vulnerabilities'>,
): PostureVerdict {
  return {
    ...subject,
    timeMs,
    outcomes: outcomes.filter(({ result }) => result !== 'pass'),
    passed: outcomes.filter(({ result }) => result === 'pass').map(({ check }) => check),
  };
}

/** Whether all results and their reasons are the same; what was read for them may differ. */
export function isSame(before: ReadonlyMap<string, Kept>, now: ReadonlyMap<string, Kept>): boolean {
  if (before.size !== now.size) return false;
  for (const [check, { result, note }] of now) {
    const was = before.get(check);
    if (was?.result !== result || (result !== 'pass' && was.note !== note)) return false;
  }
  return true;
}
