import type { Severity } from '../model/alert.ts';
import type { Group } from './group.ts';
import type { Decided, Intake } from './intake.ts';
import { planOf } from './plan.ts';
import type { Departure, PlanReason, WaitReason } from './plan.ts';
import type { RouteReason } from './route.ts';
import type { Routes } from './routes.ts';

/** Why a receiver gets an alert or does not (docs/routing.md, "Reasons"). */
export type ReceiverReason = 'routed' | 'not-routed' | 'escalation' | Decided['reason'];

/** Who is told of an alert, and why not the others. */
export interface Explanation {
  readonly alert: string;
  /** That of its incident where it is higher. */
  readonly severity: Severity;
  readonly file: string;
  /** Every route, in the order of the file. */
  readonly routes: readonly {
    readonly route: string;
    readonly line: number;
    readonly reason: RouteReason;
    readonly detail: string;
  }[];
  readonly receivers: readonly ReceiverVerdict[];
}

export interface ReceiverVerdict {
  readonly receiver: string;
  readonly kind: string;
  readonly gets: boolean;
  readonly reason: ReceiverReason;
  readonly detail: string;
  readonly dedupKey?: string;
  /** What was or will be done about its group; absent where there is no such group any more. */
  readonly next?: {
    readonly state: Group['state'];
    readonly reason: PlanReason | WaitReason;
    readonly detail: string;
    /** ISO 8601. */
    readonly toldAt?: string;
    readonly dueAt?: string;
  };
}

/** Puts what the stages decided about one alert into words for each receiver. Pure. */
export function explain(
  routes: Routes,
  batch: Intake,
  now: {
    readonly nowMs: number;
    readonly group: (receiver: string, key: string) => Group | undefined;
    readonly departures: (receiver: string) => readonly Departure[];
  },
): Explanation {
  const [incoming] = batch.alerts;
  const id = incoming?.alert.id ?? '';
  const verdicts = batch.verdicts.get(id) ?? [];
  return {
    alert: id,
    severity: incoming?.severity ?? 'notice',
    file: routes.file,
    routes: verdicts.map(({ route, reason, detail }) => ({ route: route.id, line: route.line, reason, detail })),
    receivers: [...routes.receivers.values()].map(({ name, kind }) => ({
      ...{ receiver: name, kind },
      ...verdictOf(name, batch, now),
    })),
  };
}

function verdictOf(
  receiver: string,
  batch: Intake,
  now: Parameters<typeof explain>[2],
): Omit<ReceiverVerdict, 'receiver' | 'kind'> {
  const delivery = batch.deliveries.find((one) => one.receiver === receiver);
  if (delivery !== undefined) {
    const { route, key } = delivery;
    const group = now.group(receiver, key);
    const departure = now.departures(receiver).find((one) => one.group.key === key);
    return {
      ...{ gets: true, reason: 'routed', detail: `by ${route}`, dedupKey: key },
      ...(group === undefined ? {} : { next: nextOf(group, departure) }),
    };
  }
  const decided = batch.decided.find((one) => one.receiver === receiver && one.reason !== 'other-route');
  if (decided !== undefined) return { gets: false, reason: decided.reason, detail: decided.detail };
  const taking = [...batch.verdicts.values()].flat().filter(({ reason }) => reason === 'takes');
  for (const { route } of taking) {
    const step = route.timing.escalation.find(({ receivers }) => receivers.includes(receiver));
    if (step !== undefined)
      return {
        gets: false,
        reason: 'escalation',
        detail: `after ${String(step.afterMs / 1000)} s without acknowledgement, by ${route.id}`,
      };
  }
  const whole = batch.decided.find((one) => one.receiver === undefined);
  return {
    gets: false,
    reason: whole?.reason ?? 'not-routed',
    detail: whole?.detail ?? 'no route that takes it names it',
  };
}

function nextOf(group: Group, departure: Departure | undefined): NonNullable<ReceiverVerdict['next']> {
  const { told, state } = group;
  const plan = planOf(group);
  return {
    state,
    reason: departure === undefined || departure.waits === 'group-wait' ? plan.reason : departure.waits,
    detail: departure?.detail ?? '',
    ...(told === undefined ? {} : { toldAt: new Date(told.atMs).toISOString() }),
    ...(departure === undefined ? {} : { dueAt: new Date(departure.dueMs).toISOString() }),
  };
}
