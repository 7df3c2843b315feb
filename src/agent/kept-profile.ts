import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SharedProfile } from '../model/shared-profile.ts';
import { Profile } from '../profile/profile.ts';
import { fitShared } from '../protocol/fit.ts';
import { limits } from '../protocol/limits.ts';
import { profilesOf } from './replay.ts';

/**
 * What an agent learned of a workload, by name or id, as it last saved it: its contribution as of now. Its file is read from a copy. Undefined where there is no
 * file, or no sample of the workload yet.
 * @throws AnchorwatchError `replay.profiles`
 */
export function learnedHere(stateDir: string, workload: string, nowMs: number): SharedProfile | undefined {
  const path = join(stateDir, 'profiles.db');
  if (!existsSync(path)) return undefined;
  const stored = profilesOf(path).find((one) => one.workload.id === workload || one.workload.name === workload);
  if (stored === undefined) return undefined;
  const contribution = new Profile(stored, stored.decay?.halfLifeMs).contribution(nowMs, limits.sharedFeatures);
  return contribution === undefined ? undefined : fitShared(contribution);
}
