import type { NotificationEvent } from '../model/notification.ts';
import type { Group, Told } from './group.ts';
import { severityRank } from './labels.ts';
import type { QuietHours } from './quiet-hours.ts';
import { quietUntil } from './quiet-hours.ts';
import type { Stage } from './stage.ts';

/** Why a notification is due, or none is (docs/routing.md, "Reasons"). */
export type PlanReason =
  | 'first'
  | 'closed-before-told'
  | 'acknowledged'
  | 'resolved'
  | 'reopened'
  | 'worse'
  | 'more-alerts'
  | 'repeat'
  | 'nothing-new'
  | 'never-told'
  | 'settled-before-told'
  | 'resolve-told'
  | 'gave-up';

/** Why a notification that is due waits. */
export type WaitReason = 'group-wait' | 'silenced' | 'quiet-hours' | 'rate-limit' | 'retry';

/** What is told next of a group, and when. */
export type Plan =
  | { readonly next: 'send'; readonly event: NotificationEvent; readonly dueMs: number; readonly reason: PlanReason }
  /** Nothing until something happens. */
  | { readonly next: 'idle'; readonly reason: PlanReason }
  /** The receiver knows everything, or will never: the group can be forgotten. */
  | { readonly next: 'over'; readonly reason: PlanReason };

/**
 * What is told next of a group: the difference between what it is and what its receiver was told. So whatever happens meanwhile folds into one
 * notification, nothing that was not told is forgotten, and what is sent twice says the same. Pure.
 */
export function planOf(group: Group): Plan {
  const { told, gaveUp, state, timing } = group;
  if (state === 'resolved') return planOfResolved(group);
  if (told === undefined) {
    if (gaveUp === undefined) return send('trigger', group.openedMs + timing.groupWaitMs, 'first');
    if (!isMore(group, gaveUp)) return { next: 'idle', reason: 'gave-up' };
    return send('trigger', gaveUp.atMs + timing.groupIntervalMs, 'first');
  }
  const known = gaveUp !== undefined && gaveUp.atMs > told.atMs ? gaveUp : told;
  // It was reopened while its end was being told.
  if (known.state === 'resolved') return send('update', group.openedMs + timing.groupWaitMs, 'reopened');
  if (state === 'acknowledged' && known.state !== 'acknowledged')
    return send('acknowledge', group.stateMs, 'acknowledged');
  if (severityRank(group.severity) > severityRank(known.severity))
    return send('update', group.severityMs + timing.groupWaitMs, 'worse');
  if (group.count > known.count) return send('update', known.atMs + timing.groupIntervalMs, 'more-alerts');
  if (state === 'open' && timing.repeatIntervalMs !== undefined)
    return send('update', known.atMs + timing.repeatIntervalMs, 'repeat');
  return { next: 'idle', reason: known === told ? 'nothing-new' : 'gave-up' };
}

function planOfResolved({ told, gaveUp, why, openedMs, stateMs, timing }: Group): Plan {
  if (told === undefined) {
    if (gaveUp !== undefined) return { next: 'over', reason: 'never-told' };
    // Whoever accepted it knows; what closed by itself was seen by nobody.
    if (why === 'accepted') return { next: 'over', reason: 'settled-before-told' };
    return send('trigger', openedMs + timing.groupWaitMs, 'closed-before-told');
  }
  if (told.state === 'resolved') return { next: 'over', reason: 'resolve-told' };
  if (gaveUp?.state === 'resolved' && gaveUp.atMs >= told.atMs) return { next: 'over', reason: 'gave-up' };
  return send('resolve', stateMs, 'resolved');
}

function isMore(group: Group, known: Told): boolean {
  return group.count > known.count || severityRank(group.severity) > severityRank(known.severity);
}

function send(event: NotificationEvent, dueMs: number, reason: PlanReason): Plan {
  return { next: 'send', event, dueMs, reason };
}

/** When a group that is no incident is over because nothing came for it; undefined: never by itself. Pure. */
export function quietAtMs({ incident, state, lastMs, timing }: Group): number | undefined {
  return incident !== undefined || state === 'resolved' ? undefined : lastMs + timing.resolveAfterMs;
}

/** A group on its way out: what is told next, from when on, and why not now. */
export interface Departure {
  readonly group: Group;
  readonly event: NotificationEvent;
  readonly reason: PlanReason;
  /** When it was due before anything put it off: what waits for longest goes first. */
  readonly plannedMs: number;
  readonly dueMs: number;
  /** Why it waits until `dueMs`. */
  readonly waits: WaitReason;
  /** For people. */
  readonly detail: string;
}

/** What the stages of sending decide about: the groups of one receiver of which something is to be told. */
export interface Outgoing {
  readonly nowMs: number;
  readonly departures: readonly Departure[];
  /** When the receiver was sent something, the latest last. */
  readonly sentMs: readonly number[];
  readonly rateLimit: RateLimit | undefined;
  /** The receiver as a whole is left alone until then: it failed last. */
  readonly pausedUntilMs: number;
  /** Id of a silence that the labels fit. */
  readonly silenced: (group: Group) => { readonly id: string; readonly untilMs: number } | undefined;
}

/** At most so many notifications in so long. */
export interface RateLimit {
  readonly most: number;
  readonly perMs: number;
}

/** Departures of groups, before any stage. */
export function departuresOf(groups: Iterable<Group>): readonly Departure[] {
  const departures: Departure[] = [];
  for (const group of groups) {
    const plan = planOf(group);
    if (plan.next !== 'send') continue;
    const { event, reason, dueMs } = plan;
    departures.push({ group, event, reason, dueMs, plannedMs: dueMs, waits: 'group-wait', detail: '' });
  }
  return departures;
}

/** Puts off what is due sooner; what waits longer for something else keeps its reason. */
function until(departure: Departure, untilMs: number, waits: WaitReason, detail: string): Departure {
  return untilMs > departure.dueMs ? { ...departure, dueMs: untilMs, waits, detail } : departure;
}

/** Only what would be due: there may be thousands of repetitions that are hours away, and each is asked again when its time comes. */
function eachDue(batch: Outgoing, decide: (departure: Departure) => Departure): Outgoing {
  const departures = batch.departures.map((one) => (one.plannedMs > batch.nowMs ? one : decide(one)));
  return { ...batch, departures };
}

/** A repetition is for those who may have missed it: a silence says that they know. */
const silenceRepeats: Stage<Outgoing> = {
  name: 'silence',
  decide: (batch) =>
    eachDue(batch, (departure) => {
      const silence = departure.reason === 'repeat' ? batch.silenced(departure.group) : undefined;
      return silence === undefined ? departure : until(departure, silence.untilMs, 'silenced', `silence ${silence.id}`);
    }),
};

/** Holds back what can wait until morning; that something is over, or seen to, wakes nobody who was not woken by it. */
const quietHours: Stage<Outgoing> = {
  name: 'quiet-hours',
  decide: (batch) =>
    eachDue(batch, (departure) => {
      const { group, event } = departure;
      if (event === 'resolve' || event === 'acknowledge') return departure;
      const quiet = quietUntil(group.timing.quietHours, group.severity, batch.nowMs);
      return quiet === undefined ? departure : until(departure, quiet.untilMs, 'quiet-hours', windowText(quiet.window));
    }),
};

function windowText({ fromMinute, toMinute, timeZone }: QuietHours): string {
  const clock = (minute: number): string =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  return `${clock(fromMinute)} to ${clock(toMinute)} ${timeZone}`;
}

const rateLimit: Stage<Outgoing> = {
  name: 'rate-limit',
  decide: (batch) => {
    const limit = batch.rateLimit;
    if (limit === undefined) return batch;
    const oldest = batch.sentMs.filter((atMs) => atMs > batch.nowMs - limit.perMs).at(-limit.most);
    if (oldest === undefined) return batch;
    const detail = `${String(limit.most)} were sent in ${String(limit.perMs / 1000)} s`;
    return eachDue(batch, (departure) => until(departure, oldest + limit.perMs, 'rate-limit', detail));
  },
};

const retry: Stage<Outgoing> = {
  name: 'retry',
  decide: (batch) =>
    eachDue(batch, (departure) => {
      const { attempt } = departure.group;
      const paused = until(departure, batch.pausedUntilMs, 'retry', 'the receiver failed');
      return attempt === undefined ? paused : until(paused, attempt.notBeforeMs, 'retry', attempt.detail ?? '');
    }),
};

/** What may put off a notification, in this order; then it is sent, and recorded. */
export const outgoingStages: readonly Stage<Outgoing>[] = [silenceRepeats, quietHours, rateLimit, retry];
