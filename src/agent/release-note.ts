import { judge } from '../detect/score.ts';
import type { Candidate, Thresholds, Verdict } from '../detect/score.ts';
import type { RuleMatch } from '../detect/rules.ts';
import type { Evidence, Finding } from '../model/alert.ts';
import type { Stratum } from '../model/feature.ts';
import { surpriseOfNew, surpriseOfSeen, surpriseOfShipped, surpriseOfTold } from '../profile/coverage.ts';
import type { Incidences } from '../profile/coverage.ts';
import type { LevelledFeature } from '../profile/features.ts';
import type { Profile } from '../profile/profile.ts';

/** A feature with its surprise as if all samples had been under the image that runs. */
export interface ReleaseCandidate extends Candidate {
  readonly fullSurprise: number;
  /** Decades that a starter's having seen it has taken off the surprise. */
  readonly excuse: number;
}

/**
 * A feature with what the profile, and what other nodes know, say about it in a container of this image. What other nodes have seen surprises
 * little, but stays new until it is common there: suspicion rules speak about it.
 * @param judgedByKernel the kernel remembers a judgement: the profile may have had no room for it
 */
export function candidateOf(
  profile: Profile,
  feature: LevelledFeature,
  digest: string,
  stratum: Stratum,
  judgedByKernel: boolean,
): ReleaseCandidate {
  const { prior } = profile;
  const learned = profile.state(feature);
  const state = learned === 'new' && prior?.isCommon(feature) === true ? 'known' : learned;
  const here = learned === 'known' ? profile.incidence(feature, stratum) : 0;
  // What was seen here needs no other's word, and what was judged here gets none.
  const seen = here > 0 || learned === 'judged' ? here : (prior?.incidence(feature) ?? 0);
  const all = profile.incidences(feature.dimension, stratum);
  const counts = profile.incidencesUnder(digest, feature.dimension, stratum, all);
  const shipped = prior?.starter !== undefined && here === 0;
  const surpriseOfForeign = shipped ? surpriseOfShipped : surpriseOfTold;
  const surpriseBy = (by: Incidences): number =>
    state === 'known' ? surpriseOfSeen(by, seen) : surpriseOfForeign(by, seen);
  const surprise = surpriseBy(counts);
  const fullSurprise = counts === all ? surprise : surpriseBy(all);
  const excuse = shipped && state !== 'known' ? surpriseOfNew(counts) - surprise : 0;
  return { ...feature, state: state === 'new' && judgedByKernel ? 'judged' : state, surprise, fullSurprise, excuse };
}

/** The same candidates; where rules find the event suspicious, no starter's word excuses them. Pure. */
export function withoutExcuse(
  candidates: readonly ReleaseCandidate[],
  matches: readonly RuleMatch[],
): readonly ReleaseCandidate[] {
  if (!matches.some(({ suspicion }) => suspicion > 0) || candidates.every(({ excuse }) => excuse === 0))
    return candidates;
  return candidates.map((candidate) => ({
    ...candidate,
    surprise: candidate.surprise + candidate.excuse,
    fullSurprise: candidate.fullSurprise + candidate.excuse,
    excuse: 0,
  }));
}

/**
 * What a release explains: an event that would be an alert if the evidence from before the release counted in full, and is none because it
 * does not. Its scores are those that count; undefined when there is nothing to explain. Pure.
 * @param verdict about the same candidates, as they count
 */
export function releaseFinding(
  verdict: Verdict,
  candidates: readonly ReleaseCandidate[],
  matches: readonly RuleMatch[],
  thresholds: Thresholds,
  evidence: (feature: Candidate) => Evidence,
): Finding | undefined {
  if (verdict.reason !== 'learn') return undefined;
  if (candidates.every(({ surprise, fullSurprise }) => fullSurprise <= surprise)) return undefined;
  const full = judge(
    candidates.map((candidate) => ({ ...candidate, surprise: candidate.fullSurprise })),
    matches,
    thresholds,
    evidence,
  ).finding;
  if (full === undefined) return undefined;
  const { note } = full.evidence;
  return {
    ...full,
    detector: 'release',
    score: verdict.score,
    surprise: Math.round((verdict.score - full.suspicion) * 100) / 100,
    evidence: {
      ...full.evidence,
      note: `${note}; new since another image runs, so what was seen before it says little`,
    },
  };
}
