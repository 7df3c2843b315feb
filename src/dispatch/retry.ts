import { backoffMs } from '../lib/retry.ts';
import type { SendOutcome } from '../model/notification.ts';
import type { Attempt, Group, Told } from './group.ts';

/** How long a receiver is tried, and how often. */
export interface RetryPolicy {
  /** From the first attempt until a notification is given up. */
  readonly giveUpAfterMs: number;
  readonly baseMs: number;
  readonly maxMs: number;
}

/** What becomes of an attempt. */
export type AttemptResult =
  | { readonly became: 'sent'; readonly group: Group }
  | { readonly became: 'retry'; readonly group: Group; readonly waitMs: number; readonly detail: string }
  | { readonly became: 'failed'; readonly group: Group; readonly detail: string; readonly why: 'refused' | 'too-long' };

/**
 * The group after an attempt. `group` is as it is now: alerts may have come while it was sent, and are told next. A notification that failed is
 * given up at once, or when it was tried for too long; the wait is drawn between 0 and a bound that doubles, and as long as the receiver says. Pure.
 */
export function settle(
  group: Group,
  attempt: Attempt,
  outcome: SendOutcome,
  { policy, nowMs, random }: { readonly policy: RetryPolicy; readonly nowMs: number; readonly random: () => number },
): AttemptResult {
  const { attempt: _tried, ...rest } = group;
  const known: Told = { atMs: nowMs, state: attempt.state, severity: attempt.severity, count: attempt.count };
  if (outcome.outcome === 'sent') {
    const { gaveUp: _given, untoldSinceMs, ...clean } = rest;
    // Another one is of a message that took the place of the first.
    const reference = outcome.reference ?? clean.reference;
    const more = group.count > attempt.count && untoldSinceMs !== undefined;
    return {
      became: 'sent',
      group: {
        ...clean,
        told: known,
        ...(reference === undefined ? {} : { reference }),
        // Not told yet is at most what came since the attempt was made.
        ...(more ? { untoldSinceMs: Math.max(untoldSinceMs, attempt.firstMs) } : {}),
      },
    };
  }
  const { reason: detail } = outcome;
  if (outcome.outcome === 'failed')
    return { became: 'failed', why: 'refused', detail, group: { ...rest, gaveUp: known } };
  const asked = outcome.afterMs ?? 0;
  const drawn = backoffMs(attempt.tries, { baseMs: policy.baseMs, maxMs: policy.maxMs, random });
  const waitMs = Math.max(asked, drawn, 1);
  const endMs = attempt.firstMs + policy.giveUpAfterMs;
  if (nowMs + asked >= endMs) return { became: 'failed', why: 'too-long', detail, group: { ...rest, gaveUp: known } };
  // The last attempt is made when the time is over, not some time before.
  const notBeforeMs = Math.min(nowMs + waitMs, endMs);
  return {
    became: 'retry',
    waitMs,
    detail,
    group: { ...rest, attempt: { ...attempt, tries: attempt.tries + 1, notBeforeMs, detail } },
  };
}
