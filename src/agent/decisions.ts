import type { Decision, DecisionOutcome } from '../model/decision.ts';
import type { KernelKey } from '../model/event.ts';
import { isOfSlices } from '../model/feature.ts';
import { Profile } from '../profile/profile.ts';

/** What a decision did on this node. */
export interface AppliedDecision {
  readonly outcome: DecisionOutcome;
  /** The profile that takes the place of the old one. */
  readonly fresh?: Profile;
  /** Kernel keys that must be told again as judged. */
  readonly judged: readonly KernelKey[];
  /** Everything that the kernel recognises of the workload must be told again. */
  readonly forget: boolean;
}

const nothing = { judged: [], forget: false } as const;

/**
 * Applies what an operator decided to the profile of the workload. Doing it again changes nothing: accepted is accepted, and a profile
 * remembers the decision by which it started anew.
 */
export function applyDecision(
  profile: Profile | undefined,
  { id, verdict, features: all }: Decision,
  nowMs: number,
  halfLifeMs?: number,
): AppliedDecision {
  if (profile === undefined) return { outcome: 'unknown', ...nothing };
  // Detectors of slices decide about theirs (src/agent/slice-findings.ts).
  const features = all.filter(({ dimension }) => !isOfSlices(dimension));
  switch (verdict) {
    case 'acknowledge':
      return { outcome: 'applied', ...nothing };
    case 'accept': {
      // Every feature is tried: one that does not fit must not cost the others.
      const outcomes = features.map((feature) => profile.accept(feature, nowMs));
      return { outcome: outcomes.includes('full') ? 'full' : 'applied', ...nothing };
    }
    case 'deny': {
      const denied = features.map((feature) => profile.deny(feature, nowMs));
      const outcome = denied.find((one) => typeof one === 'string') ?? 'applied';
      return { outcome, judged: denied.flatMap((one) => (typeof one === 'string' ? [] : one)), forget: false };
    }
    case 'relearn': {
      if (profile.relearned === id) return { outcome: 'applied', ...nothing };
      // Who listens is told once, when the socket is made: running containers will not tell it again.
      const { workload, listeners } = profile;
      const fresh = { workload, createdMs: nowMs, listeners: [...listeners], relearned: id, reset: true };
      return { outcome: 'applied', fresh: new Profile(fresh, halfLifeMs), judged: [], forget: true };
    }
  }
}
