import type { Deduplicator } from '../alert/deduplicate.ts';
import type { Reason } from '../detect/score.ts';
import type { Container } from '../model/container.ts';
import type { Event } from '../model/event.ts';
import { isWorthRemembering, kernelPatterns } from '../profile/patterns.ts';
import type { Profile } from '../profile/profile.ts';
import type { Sample } from '../profile/samples.ts';
import { featureText as key, type Judgement } from './judgement.ts';
import type { ReleaseCandidate } from './release-note.ts';

/** An event that raises no alert, and what it says about the workload. */
export interface Lesson {
  readonly event: Event;
  readonly container: Container;
  readonly profile: Profile;
  readonly candidates: readonly ReleaseCandidate[];
  readonly sample: Sample;
}

/** The profile learns what is new; what was judged before is counted, on its alert where there is one, and never learned. */
export function learn(
  { event, container, profile, candidates, sample }: Lesson,
  reason: Reason,
  deduplicator: Pick<Deduplicator, 'count'>,
): Judgement {
  const wasKnown = candidates.every(({ state }) => state === 'known');
  const program = candidates[0]?.key ?? '';
  let full = false;
  for (const candidate of candidates) {
    if (candidate.state === 'judged') continue;
    if (candidate.level === 'arguments') profile.learnShape(program, candidate, container.id, sample, event.timeMs);
    else if (profile.learn(candidate, container.id, sample, event.timeMs) === 'full') full = true;
  }
  if (candidates.some(({ state }) => state === 'judged')) {
    const judged = candidates.find(({ state }) => state === 'judged');
    const subjects = [container.id, container.workload.id];
    const counted = judged && deduplicator.count(subjects, key(judged), event.timeMs);
    const alert = counted?.outcome === 'update' ? { alert: counted.alert } : {};
    return { reason, mark: 'judged', alsoKnown: [], saveNow: false, ...alert };
  }
  // A key that stands for nothing in the profile could neither be counted nor restored.
  if (event.kernelKey !== undefined && !full && isWorthRemembering(event))
    profile.addKernelKey(event.kernelKey, candidates);
  const alsoKnown = kernelPatterns(event, profile, wasKnown);
  for (const pattern of alsoKnown) profile.addKernelKey(pattern, candidates);
  return { reason, mark: 'known', alsoKnown, saveNow: false };
}
