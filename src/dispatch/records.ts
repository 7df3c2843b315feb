import type { NotificationRecord } from '../model/notification-record.ts';
import { titleOf } from './compose.ts';
import type { Attempt, Group } from './group.ts';
import { planOf } from './plan.ts';
import type { Departure } from './plan.ts';
import type { AttemptResult } from './retry.ts';

/** What became of an attempt that is over. Pure. */
export function recordOf(
  group: Group,
  attempt: Attempt,
  result: Exclude<AttemptResult, { readonly became: 'retry' }>,
  atMs: number,
): NotificationRecord {
  const { untoldSinceMs } = group;
  return {
    id: attempt.id,
    receiver: group.receiver,
    dedupKey: group.key,
    event: attempt.event,
    state: result.became,
    time: new Date(atMs).toISOString(),
    severity: attempt.severity,
    title: titleOf(group, undefined),
    group: group.labels,
    alertsCount: attempt.count,
    attempts: attempt.tries + 1,
    reason: result.became === 'sent' ? attempt.reason : result.why,
    ...(result.became === 'failed' ? { detail: result.detail } : {}),
    ...(result.became === 'sent' && untoldSinceMs !== undefined ? { delayMs: Math.max(0, atMs - untoldSinceMs) } : {}),
  };
}

/** What waits, with when it is tried next. Pure. */
export function waitingRecord({ group, event, dueMs, waits, detail }: Departure): NotificationRecord {
  const { attempt, receiver, key, severity, labels, count } = group;
  return {
    ...(attempt === undefined ? {} : { id: attempt.id }),
    ...{ receiver, dedupKey: key, event, state: 'waiting', time: new Date(dueMs).toISOString(), severity },
    ...{ title: titleOf(group, undefined), group: labels, alertsCount: count, attempts: attempt?.tries ?? 0 },
    reason: waits,
    ...(detail === '' ? {} : { detail }),
  };
}

/** Whether a receiver is still to be told something that it was not told before. Pure. */
export function hasNews(group: Group): boolean {
  const plan = planOf(group);
  return plan.next === 'send' && plan.reason !== 'repeat';
}

/** What was to be told to a receiver that is gone. Pure. */
export function lostRecord(group: Group, nowMs: number): NotificationRecord {
  const { receiver, key, severity, labels, count, attempt, told } = group;
  const event = told === undefined ? 'trigger' : 'update';
  return {
    ...{ receiver, dedupKey: key, event, state: 'failed', time: new Date(nowMs).toISOString(), severity },
    ...{ title: titleOf(group, undefined), group: labels, alertsCount: count, attempts: attempt?.tries ?? 0 },
    reason: 'no-such-receiver',
  };
}
