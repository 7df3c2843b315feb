import { createHash } from 'node:crypto';
import type { Severity, StoredAlert } from '../model/alert.ts';
import type { Feature } from '../model/feature.ts';
import type { NotificationEvent } from '../model/notification.ts';
import { severityRank } from './labels.ts';
import type { LabelName, Labels } from './labels.ts';
import type { Timing } from './route.ts';

/** What a receiver was told of a group, or what was given up to tell it. */
export interface Told {
  readonly atMs: number;
  readonly state: GroupState;
  readonly severity: Severity;
  readonly count: number;
}

/** A notification that is tried. Written down before it is sent the first time: its id is the same after a crash. */
export interface Attempt {
  /** ULID of the notification. */
  readonly id: string;
  readonly event: NotificationEvent;
  readonly state: GroupState;
  readonly severity: Severity;
  readonly count: number;
  readonly reason: string;
  /** When it was first tried: from then on the time runs after which it is given up. */
  readonly firstMs: number;
  readonly tries: number;
  readonly notBeforeMs: number;
  /** What the receiver answered last. */
  readonly detail?: string;
}

export type GroupState = 'open' | 'acknowledged' | 'resolved';

/** Alerts that one receiver is told of together, and how far that is. Immutable; what happens to it makes another one. */
export interface Group {
  readonly receiver: string;
  /** What receivers fold by; with the receiver it names the group. */
  readonly key: string;
  /** What the alerts were grouped by, with its value. */
  readonly labels: Readonly<Record<string, string>>;
  /** Id of the route that the last alert came by. */
  readonly route: string;
  readonly timing: Timing;
  /** Incident id, of groups that are one. */
  readonly incident?: string;
  readonly title: string;
  readonly state: GroupState;
  /** Why it is in that state: `acknowledged`, `denied`, `accepted`, `closed`, `quiet`. */
  readonly why: string;
  readonly stateMs: number;
  /** When its first alert came; later ones that reopened it count. */
  readonly openedMs: number;
  /** When its last alert came. */
  readonly lastMs: number;
  readonly severity: Severity;
  /** When it became as severe as it is. */
  readonly severityMs: number;
  readonly count: number;
  /** `seq` of the last alert in it: an alert that comes twice counts once. */
  readonly lastSeq: number;
  /** Ids of its newest alerts, the newest first. */
  readonly recent: readonly string[];
  /** Labels of its last alert: what silences are compared with when it is repeated. */
  readonly last: Labels;
  /** What its alerts were raised for and nobody has accepted yet, as `featureKey` has it. */
  readonly features: readonly string[];
  /** More than fit: it cannot be resolved by accepting. */
  readonly moreFeatures: boolean;
  readonly told?: Told;
  readonly gaveUp?: Told;
  readonly attempt?: Attempt;
  /** What the receiver answered to the first notification. */
  readonly reference?: string;
  /** When the oldest alert was stored that the receiver was not told of. */
  readonly untoldSinceMs?: number;
  /** Came by escalation: further alerts of the key come to it too. */
  readonly escalated: boolean;
  /** Steps of its escalation that were taken. */
  readonly steps: number;
}

/** An alert on its way to a receiver. */
export interface Delivery {
  readonly alert: StoredAlert;
  readonly severity: Severity;
  readonly labels: Labels;
  readonly receiver: string;
  readonly route: string;
  readonly timing: Timing;
  readonly key: string;
  readonly groupLabels: Readonly<Record<string, string>>;
}

const recentMax = 10;
const featuresMax = 64;

/** What alerts are grouped by, with its value; an alert of no incident is grouped by its workload instead. Pure. */
export function groupOf(groupBy: readonly LabelName[], labels: Labels): Readonly<Record<string, string>> {
  const names = new Set(
    groupBy.map((name) => (name === 'incident' && labels.incident.length === 0 ? ('workload' as const) : name)),
  );
  return Object.fromEntries([...names].map((name) => [name, labels[name][0] ?? '']));
}

/** The key that receivers fold by: the same for the same group, whatever route it came by. Pure. */
export function dedupKeyOf(group: Readonly<Record<string, string>>): string {
  const names = Object.keys(group).toSorted();
  const [only, ...others] = names;
  if (only !== undefined && others.length === 0 && (only === 'incident' || only === 'alert'))
    return `anchorwatch-${only}-${group[only] ?? ''}`;
  const text = JSON.stringify(names.map((name) => [name, group[name]]));
  return `anchorwatch-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}

/** A feature of a workload as one text. */
export function featureKey(workload: string, { dimension, key }: Feature): string {
  return createHash('sha256').update(`${workload}\n${dimension}\n${key}`).digest('base64url').slice(0, 22);
}

/** Puts an alert into its group, which is made when there is none. An alert that is in it already changes nothing. Pure. */
export function fold(group: Group | undefined, delivery: Delivery, nowMs: number): Group {
  const { alert, severity, labels, receiver, route, timing, key, groupLabels } = delivery;
  if (group !== undefined && alert.seq <= group.lastSeq) return group;
  const storedMs = Date.parse(alert.storedAt);
  const about = [alert, ...(alert.features ?? [])].map((one) => featureKey(alert.workload.id, one));
  const before = group;
  const features = [
    ...new Set([...(before?.features ?? []), ...(alert.features === undefined ? about : about.slice(1))]),
  ];
  const worse = before === undefined || severityRank(severity) > severityRank(before.severity);
  // Somebody who saw to a warning has not seen to what is critical; what was over, and the receiver was not told so, goes on.
  const reopened = before?.state === 'resolved' || (before?.state === 'acknowledged' && worse);
  return {
    ...{ receiver, key, labels: groupLabels, route, timing, last: labels, title: alert.title },
    ...(groupLabels['incident'] === undefined ? {} : { incident: groupLabels['incident'] }),
    state: before === undefined || reopened ? 'open' : before.state,
    why: before === undefined || reopened ? '' : before.why,
    stateMs: before === undefined || reopened ? nowMs : before.stateMs,
    openedMs: before === undefined || reopened ? nowMs : before.openedMs,
    lastMs: nowMs,
    severity: worse ? severity : before.severity,
    severityMs: worse ? nowMs : before.severityMs,
    count: (before?.count ?? 0) + 1,
    lastSeq: alert.seq,
    recent: [alert.id, ...(before?.recent ?? [])].slice(0, recentMax),
    features: features.slice(0, featuresMax),
    moreFeatures: (before?.moreFeatures ?? false) || features.length > featuresMax,
    ...(before?.told === undefined ? {} : { told: before.told }),
    ...(before?.gaveUp === undefined ? {} : { gaveUp: before.gaveUp }),
    ...(before?.attempt === undefined ? {} : { attempt: before.attempt }),
    ...(before?.reference === undefined ? {} : { reference: before.reference }),
    untoldSinceMs: Math.min(storedMs, before?.untoldSinceMs ?? storedMs),
    escalated: before?.escalated ?? false,
    steps: before === undefined || reopened ? 0 : before.steps,
  };
}

/** Somebody saw to it. Pure. */
export function acknowledge(group: Group, why: string, nowMs: number): Group {
  return group.state === 'open' ? { ...group, state: 'acknowledged', why, stateMs: nowMs } : group;
}

/** It is over. Pure. */
export function resolve(group: Group, why: string, nowMs: number): Group {
  return group.state === 'resolved' ? group : { ...group, state: 'resolved', why, stateMs: nowMs };
}

/** What was accepted is no news any more; with the last of it the group is over. Pure. */
export function accept(group: Group, accepted: ReadonlySet<string>, nowMs: number): Group {
  const features = group.features.filter((one) => !accepted.has(one));
  if (features.length === group.features.length) return group;
  const left = { ...group, features };
  return features.length === 0 && !group.moreFeatures ? resolve(left, 'accepted', nowMs) : left;
}

/** Whether an alert belongs to what a group was grouped by. Pure. */
export function isOfGroup(group: Group, labels: Labels): boolean {
  return Object.entries(group.labels).every(([name, value]) => {
    const values = labels[name as LabelName];
    return value === '' ? values.length === 0 : values.includes(value);
  });
}
