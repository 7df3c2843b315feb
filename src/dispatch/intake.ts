import type { Severity, StoredAlert } from '../model/alert.ts';
import { dedupKeyOf, fold, groupOf } from './group.ts';
import type { Delivery, Group } from './group.ts';
import type { InhibitSources } from './inhibit.ts';
import { effectiveSeverity, labelsOf } from './labels.ts';
import type { Labels } from './labels.ts';
import { routeVerdicts } from './route.ts';
import type { Route, RouteVerdict } from './route.ts';
import type { Silences } from './silences.ts';
import type { StoredIncident } from '../model/incident.ts';
import type { Stage } from './stage.ts';

/** Why an alert does not go to a receiver, or goes there in another way (docs/routing.md, "Reasons"). */
export type DeliveryReason =
  | 'no-route'
  | 'no-receivers'
  | 'silenced'
  | 'inhibited'
  | 'incident-summary'
  | 'other-route'
  | 'already-in-group'
  | 'folded-into-overflow';

/** What was decided about an alert and a receiver. */
export interface Decided {
  readonly alert: string;
  /** Absent: it is about the alert as a whole. */
  readonly receiver?: string;
  readonly stage: string;
  readonly reason: DeliveryReason;
  readonly detail: string;
}

/** A stored alert with its incident as it is now. */
export interface Incoming {
  readonly alert: StoredAlert;
  readonly severity: Severity;
  readonly labels: Labels;
}

/** What the stages of taking in decide about. */
export interface Intake {
  readonly nowMs: number;
  readonly root: Route;
  readonly silences: Silences;
  readonly inhibit: InhibitSources;
  /** Groups as they are: by receiver and key. */
  readonly group: (receiver: string, key: string) => Group | undefined;
  /** Receivers that are told of a key by escalation. */
  readonly escalated: (key: string) => readonly Group[];
  /** Whether a receiver takes one more group. */
  readonly hasRoom: (receiver: string, added: number) => boolean;
  readonly alerts: readonly Incoming[];
  readonly verdicts: ReadonlyMap<string, readonly RouteVerdict[]>;
  readonly deliveries: readonly Delivery[];
  readonly decided: readonly Decided[];
  /** Groups that the batch changes, by receiver and key. */
  readonly changed: ReadonlyMap<string, Group>;
}

/** An alert as the stages want it. Pure. */
export function incomingOf(alert: StoredAlert, incident: StoredIncident | undefined): Incoming {
  const severity = effectiveSeverity(alert, incident);
  return { alert, severity, labels: labelsOf(alert, severity) };
}

/** Names a group. */
function groupId(receiver: string, key: string): string {
  return `${receiver}\n${key}`;
}

/** The key of the group that takes what has no room of its own. */
export const overflowKey = 'anchorwatch-overflow';

const route: Stage<Intake> = {
  name: 'route',
  decide: (batch) => {
    const verdicts = new Map<string, readonly RouteVerdict[]>();
    const deliveries: Delivery[] = [];
    const decided: Decided[] = [...batch.decided];
    for (const { alert, severity, labels } of batch.alerts) {
      const said = routeVerdicts(batch.root, labels);
      verdicts.set(alert.id, said);
      const taking = said.filter(({ reason }) => reason === 'takes').map((verdict) => verdict.route);
      if (taking.length === 0)
        decided.push({ alert: alert.id, stage: 'route', reason: 'no-route', detail: 'no route takes it' });
      for (const { id, receivers, groupBy, timing } of taking) {
        if (receivers.length === 0)
          decided.push({ alert: alert.id, stage: 'route', reason: 'no-receivers', detail: `${id} tells nobody` });
        const groupLabels = groupOf(groupBy, labels);
        const key = dedupKeyOf(groupLabels);
        const common = { alert, severity, labels, route: id, timing, key, groupLabels };
        for (const receiver of receivers) deliveries.push({ ...common, receiver });
        // Whoever was told by escalation is told how it goes on.
        for (const { receiver } of batch.escalated(key)) deliveries.push({ ...common, receiver });
      }
    }
    return { ...batch, verdicts, deliveries, decided };
  },
};

/** Parts deliveries into those that go on, and decisions about those that do not. */
function sieve(
  batch: Intake,
  stage: string,
  refuse: (delivery: Delivery) => Pick<Decided, 'reason' | 'detail'> | undefined,
): Intake {
  const deliveries: Delivery[] = [];
  const decided = [...batch.decided];
  for (const delivery of batch.deliveries) {
    const refused = refuse(delivery);
    if (refused === undefined) deliveries.push(delivery);
    else decided.push({ alert: delivery.alert.id, receiver: delivery.receiver, stage, ...refused });
  }
  return { ...batch, deliveries, decided };
}

const silence: Stage<Intake> = {
  name: 'silence',
  decide: (batch) =>
    sieve(batch, 'silence', ({ labels }) => {
      const held = batch.silences.holding(labels, batch.nowMs);
      return held === undefined
        ? undefined
        : { reason: 'silenced', detail: `silence ${held.id} by ${held.by}: ${held.reason}` };
    }),
};

const inhibit: Stage<Intake> = {
  name: 'inhibit',
  decide: (batch) => {
    // All alerts of the batch first: which one of those that came together is stored first says nothing.
    for (const { alert, labels } of batch.alerts) batch.inhibit.note(alert.id, labels, Date.parse(alert.storedAt));
    const summaries = new Set(
      batch.deliveries
        .filter(({ groupLabels }) => groupLabels['incident'] !== undefined)
        .map(({ alert, receiver }) => `${alert.id} ${receiver}`),
    );
    return sieve(batch, 'inhibit', ({ alert, labels, receiver, groupLabels }) => {
      const inhibiting = batch.inhibit.inhibiting(alert.id, labels, batch.nowMs);
      if (inhibiting !== undefined)
        return {
          reason: 'inhibited',
          detail: `alert ${inhibiting.by}, by the rule in line ${String(inhibiting.rule.line)}`,
        };
      return groupLabels['incident'] === undefined && summaries.has(`${alert.id} ${receiver}`)
        ? { reason: 'incident-summary', detail: 'the receiver gets the incident that it belongs to' }
        : undefined;
    });
  },
};

const group: Stage<Intake> = {
  name: 'group',
  decide: (batch) => {
    const decided = [...batch.decided];
    const added = new Map<string, Set<string>>();
    const deliveries = batch.deliveries.map((delivery) => {
      const { alert, receiver, key } = delivery;
      const fresh = added.get(receiver) ?? new Set();
      added.set(receiver, fresh);
      if (fresh.has(key) || batch.group(receiver, key) !== undefined) return delivery;
      if (batch.hasRoom(receiver, fresh.size)) {
        fresh.add(key);
        return delivery;
      }
      const detail =
        'the receiver has as many groups as it may have; this alert is counted in one for all further ones';
      decided.push({ alert: alert.id, receiver, stage: 'group', reason: 'folded-into-overflow', detail });
      return { ...delivery, key: overflowKey, groupLabels: {} };
    });
    return { ...batch, deliveries, decided };
  },
};

const deduplicate: Stage<Intake> = {
  name: 'deduplicate',
  decide: (batch) => {
    const seen = new Map<string, string>();
    const sifted = sieve(batch, 'deduplicate', ({ alert, receiver, key, route: by }) => {
      const one = `${alert.id} ${groupId(receiver, key)}`;
      const earlier = seen.get(one);
      if (earlier !== undefined) return { reason: 'other-route', detail: `${earlier} brings it there already` };
      seen.set(one, by);
      const before = batch.group(receiver, key);
      return before !== undefined && alert.seq <= before.lastSeq
        ? { reason: 'already-in-group', detail: `counted in ${key} already` }
        : undefined;
    });
    const changed = new Map<string, Group>();
    for (const delivery of sifted.deliveries) {
      const id = groupId(delivery.receiver, delivery.key);
      changed.set(id, fold(changed.get(id) ?? batch.group(delivery.receiver, delivery.key), delivery, batch.nowMs));
    }
    return { ...sifted, changed };
  },
};

/** From stored alerts to changed groups, in this order. What is due of them is sent by `outgoingStages`. */
export const intakeStages: readonly Stage<Intake>[] = [route, silence, inhibit, group, deduplicate];
