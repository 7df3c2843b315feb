import type { Candidate } from '../detect/score.ts';
import type { Stratum } from '../model/feature.ts';
import { surpriseOfNew, surpriseOfSeen, surpriseOfTold } from '../profile/coverage.ts';
import type { LevelledFeature } from '../profile/features.ts';
import type { Profile } from '../profile/profile.ts';

/**
 * A feature of an event with what the profile, and the prior beside it, say about it. What the fleet knows surprises little, but stays new
 * until several nodes know it: suspicion rules speak about it. Pure.
 * @param judgedByKernel The kernel remembers a judgement that the profile had no room for.
 */
export function candidateOf(
  profile: Profile,
  feature: LevelledFeature,
  stratum: Stratum,
  judgedByKernel: boolean,
): Candidate {
  const state = profile.state(feature);
  const counts = profile.incidences(feature.dimension, stratum);
  const here = profile.incidence(feature, stratum);
  if (state === 'judged' || (state === 'new' && judgedByKernel))
    return { ...feature, state: 'judged', surprise: surpriseOfNew(counts) };
  // What was seen here needs no other's word.
  const elsewhere = here > 0 ? 0 : profile.incidenceElsewhere(feature);
  if (state === 'known') return { ...feature, state, surprise: surpriseOfSeen(counts, here + elsewhere) };
  return { ...feature, state, surprise: elsewhere > 0 ? surpriseOfTold(counts, elsewhere) : surpriseOfNew(counts) };
}
