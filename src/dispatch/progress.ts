import type { StoredAlert } from '../model/alert.ts';
import type { Decision } from '../model/decision.ts';
import { accept, acknowledge, featureKey, isOfGroup } from './group.ts';
import type { Group } from './group.ts';
import { overflowKey } from './intake.ts';
import { labelsOf } from './labels.ts';

/**
 * What a decision of an operator makes of a group. Accepting takes its features out of what is news. Denying and acknowledging say that somebody
 * saw to it: to what the alert was grouped with, or to whatever has the features. Pure.
 * @param alert The alert that the decision was said of.
 */
export function applyDecision(group: Group, decision: Decision, alert: StoredAlert | undefined, nowMs: number): Group {
  const { verdict, workload, features } = decision;
  const about = new Set(features.map((feature) => featureKey(workload, feature)));
  if (verdict === 'accept') return accept(group, about, nowMs);
  if (verdict === 'relearn' || group.key === overflowKey) return group;
  const why = verdict === 'deny' ? 'denied' : 'acknowledged';
  const meant =
    alert === undefined
      ? group.features.some((one) => about.has(one))
      : isOfGroup(group, labelsOf(alert, alert.severity)) && group.openedMs <= nowMs;
  return meant ? acknowledge(group, why, nowMs) : group;
}

/**
 * Groups that escalation makes, and those that it was taken from: a step is due when nobody acknowledged for so long since the group was opened.
 * A receiver that has the group already is not told again; a silence holds a step back. Pure.
 */
export function escalationsDue(
  groups: readonly Group[],
  {
    nowMs,
    exists,
    silenced,
  }: {
    readonly nowMs: number;
    readonly exists: (receiver: string, key: string) => boolean;
    readonly silenced: (group: Group) => boolean;
  },
): readonly Group[] {
  const made = new Map<string, Group>();
  const taken: Group[] = [];
  for (const group of groups) {
    if (group.state !== 'open' || group.escalated || group.timing.escalation.length <= group.steps) continue;
    const due = group.timing.escalation.filter(({ afterMs }) => group.openedMs + afterMs <= nowMs).length;
    if (due <= group.steps || silenced(group)) continue;
    const { told: _told, gaveUp: _gaveUp, attempt: _attempt, reference: _reference, ...plain } = group;
    for (const { receivers } of group.timing.escalation.slice(group.steps, due))
      for (const receiver of receivers) {
        const id = `${receiver}\n${group.key}`;
        if (exists(receiver, group.key) || made.has(id)) continue;
        // It was waited for long enough.
        const timing = { ...group.timing, groupWaitMs: 0, escalation: [] };
        made.set(id, { ...plain, receiver, timing, openedMs: nowMs, escalated: true, steps: 0 });
      }
    taken.push({ ...group, steps: due });
  }
  return [...made.values(), ...taken];
}
