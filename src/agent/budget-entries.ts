import { restartsPerDay } from '../profile/forecast.ts';
import type { Profile } from '../profile/profile.ts';
import type { BudgetEntry } from './alert-budget.ts';

/** What the alert budget counts of events: an entry for each dimension of each workload of which containers run. */
export function eventEntries(
  profiles: Iterable<Profile>,
  running: (profile: Profile) => number,
  nowMs: number,
): readonly BudgetEntry[] {
  return [...profiles].flatMap((profile) => {
    const [containers, { workload }] = [running(profile), profile];
    if (containers === 0) return [];
    const perDay = restartsPerDay(profile, containers, nowMs);
    return profile.dimensionsSeen().map((dimension) => {
      const counts = profile.incidences(dimension, 'steady');
      const startup = { counts: profile.incidences(dimension, 'startup'), perDay };
      return { workload, dimension, containers, counts, startup };
    });
  });
}
