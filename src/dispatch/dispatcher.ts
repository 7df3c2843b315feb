import { errorText } from '../lib/errors.ts';
import type { StoredAlert } from '../model/alert.ts';
import type { Decision } from '../model/decision.ts';
import type { StoredIncident } from '../model/incident.ts';
import type { NotificationRecord } from '../model/notification-record.ts';
import { Caretaker } from './caretaker.ts';
import { Courier } from './courier.ts';
import type { CourierSurroundings } from './courier.ts';
import { explain } from './explain.ts';
import type { Explanation } from './explain.ts';
import { resolve } from './group.ts';
import type { Group } from './group.ts';
import { InhibitSources } from './inhibit.ts';
import { incomingOf, intakeStages } from './intake.ts';
import type { Decided, Incoming, Intake } from './intake.ts';
import { applyDecision } from './progress.ts';
import { waitingRecord } from './records.ts';
import type { Routes } from './routes.ts';
import { runStages } from './stage.ts';
import { Waiter } from './waiter.ts';

/** What operators decided, for reading. */
export interface DecisionSource {
  /** The latest first. */
  decisions(query: { readonly limit: number }): Promise<readonly Decision[]>;
}

export interface DispatcherOptions extends Omit<CourierSurroundings, 'addresses'> {
  readonly decisions: DecisionSource;
  /** Where people reach the collector. */
  readonly publicUrl: string | undefined;
  /** Groups that one receiver may have. */
  readonly groupsMax: number;
}

const pageAlerts = 500;
/** Alerts that come one after the other are taken in together: each time is a transaction that batches of agents wait for. */
const gatherMs = 100;
const tickMs = 1000;
/** Every so many ticks it is looked whether incidents were closed unheard, and what became of receivers that are gone. */
const ticksToReview = 60;
/** Decisions that were made while the collector was away, at most. */
const decisionsMax = 1000;
/** After a start, so much of the log says which sources of inhibition hold. */
const sourcesRead = 2000;

/**
 * Dispatch at work: takes in stored alerts in the order of the log, from where it stood, and has couriers tell receivers. An alert is taken
 * in with the place in the log, in one transaction: a crash takes none twice and leaves none out. What is sent is recorded afterwards: a crash
 * means twice, never none.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  #routes: Routes;
  #inhibit: InhibitSources;
  #couriers = new Map<string, Courier>();
  #seq = 0;
  #seqUnsaved = false;
  #storedSeq = 0;
  #taking: Promise<void> | undefined;
  #again = false;
  #ticks = 0;
  #timer: NodeJS.Timeout | undefined;
  #started = false;
  #stopping = false;
  #trouble = '';
  #reloading: Promise<void> = Promise.resolve();
  readonly #caretaker: Caretaker;
  readonly #gathering: Waiter;
  /** Who waits for everything to be taken in. */
  #hurried = 0;

  constructor(routes: Routes, options: DispatcherOptions) {
    this.#options = options;
    this.#routes = routes;
    this.#inhibit = new InhibitSources(routes.inhibit);
    this.#caretaker = new Caretaker(options);
    this.#gathering = new Waiter(options.clock);
  }

  get routes(): Routes {
    return this.#routes;
  }

  /** Goes on where it stood; the first time, after `lastSeq`: what was stored before is no news. Rejects as the book does. */
  async start(lastSeq: number): Promise<void> {
    const { ledger, clock, metrics, decisions } = this.#options;
    const { seq, decidedMs, sent } = await ledger.load();
    const first = seq === undefined;
    this.#seq = seq ?? lastSeq;
    if (first) await ledger.change(() => ({ seq: lastSeq, decidedMs: clock.nowMs() }));
    metrics.receivers([...this.#routes.receivers.keys()], []);
    const sentOf = (name: string): readonly number[] =>
      sent.filter(({ receiver }) => receiver === name).map(({ timeMs }) => timeMs);
    await this.#remember();
    this.#hire(sentOf);
    this.#started = true;
    this.stored();
    if (!first) {
      const missed = await decisions.decisions({ limit: decisionsMax });
      for (const decision of missed.toReversed())
        if (Date.parse(decision.time) > decidedMs) await this.decided(decision);
    }
    await this.#review();
    this.#timer = setInterval(() => void this.#tick(), tickMs);
  }

  /** Alerts were stored. @param seq Of the last one. */
  stored(seq = 0): void {
    this.#storedSeq = Math.max(this.#storedSeq, seq);
    this.#again = true;
    if (this.#stopping || !this.#started) return;
    this.#taking ??= this.#takeAll().finally(() => {
      this.#taking = undefined;
      if (this.#again && !this.#stopping) this.stored();
    });
  }

  /** Incidents are over. A failure is made good by the next review. */
  async closed(incidents: readonly StoredIncident[]): Promise<void> {
    const over = new Map(incidents.filter(({ state }) => state === 'closed').map(({ id, seq }) => [id, seq]));
    if (over.size === 0) return;
    await this.#guard(async () => {
      await this.#upToDate();
      await this.#changeGroups((group, nowMs) =>
        // What came after it was closed has opened it again.
        group.incident !== undefined && group.lastSeq <= (over.get(group.incident) ?? -1)
          ? resolve(group, 'closed', nowMs)
          : group,
      );
    });
  }

  /** An operator decided. */
  async decided(decision: Decision): Promise<void> {
    await this.#guard(async () => {
      await this.#upToDate();
      const { alerts } = this.#options;
      const alert = decision.alert === undefined ? undefined : await alerts.get(decision.alert);
      await this.#changeGroups(
        (group, nowMs) => applyDecision(group, decision, alert, nowMs),
        Date.parse(decision.time),
      );
    });
  }

  /** Other routes from now on; what waits, and what was told, stays. */
  reload(routes: Routes): Promise<void> {
    const before = [...this.#routes.receivers.keys()];
    this.#routes = routes;
    this.#inhibit = new InhibitSources(routes.inhibit);
    this.#reloading = this.#replace(this.#reloading, before);
    return this.#reloading;
  }

  async #replace(earlier: Promise<void>, before: readonly string[]): Promise<void> {
    await earlier;
    const old = this.#couriers;
    await Promise.all([...old.values()].map((courier) => courier.retire()));
    this.#options.metrics.receivers([...this.#routes.receivers.keys()], before);
    await this.#guard(() => this.#remember());
    if (this.#stopping) return;
    this.#hire((name) => old.get(name)?.sentMs ?? []);
  }

  /** Which receivers get an alert, and why not the others. */
  async explain(alert: StoredAlert): Promise<Explanation> {
    const incoming = await this.#incoming([alert]);
    const { ledger, clock } = this.#options;
    const batch = runStages(intakeStages, { ...this.#batch(incoming), group: () => undefined });
    return explain(this.#routes, batch, {
      nowMs: clock.nowMs(),
      group: (receiver, key) => ledger.get(receiver, key),
      departures: (receiver) => this.#couriers.get(receiver)?.departures() ?? [],
    });
  }

  /** What waits to be sent, what is due first first. */
  waiting(): readonly NotificationRecord[] {
    return [...this.#couriers.values()]
      .flatMap((courier) => courier.departures())
      .filter(({ reason }) => reason !== 'repeat')
      .map(waitingRecord)
      .toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time));
  }

  /** What waits stays in the book; what is being sent is sent again after a start. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    await Promise.all([...this.#couriers.values()].map((courier) => courier.stop()));
    await this.#reloading;
    this.#gathering.poke();
    await this.#taking;
    await this.#guard(() => this.#keepPlace());
    await this.#options.ledger.settled();
  }

  #hire(sentOf: (name: string) => readonly number[]): void {
    const { publicUrl, ledger, log } = this.#options;
    const addresses = { publicUrl, runbookUrl: this.#routes.runbookUrl };
    this.#couriers = new Map(
      [...this.#routes.receivers].map(([name, named]) => [
        name,
        new Courier(named, sentOf(name), { ...this.#options, addresses }),
      ]),
    );
    for (const courier of this.#couriers.values()) courier.start();
    for (const receiver of ledger.receivers().filter((name) => !this.#couriers.has(name)))
      log.warn(
        { receiver, groups: ledger.count(receiver) },
        'notifications wait for a receiver that is not in the routes file; after an hour they are given up',
      );
  }

  /** Which sources of inhibition hold is not kept: the last alerts of the log say it. */
  async #remember(): Promise<void> {
    if (this.#inhibit.rules.length === 0) return;
    const alerts = await this.#options.alerts.after(Math.max(0, this.#seq - sourcesRead), sourcesRead);
    for (const { alert, labels } of await this.#incoming(alerts))
      this.#inhibit.note(alert.id, labels, Date.parse(alert.storedAt));
  }

  async #incoming(alerts: readonly StoredAlert[]): Promise<readonly Incoming[]> {
    const ids = [...new Set(alerts.flatMap(({ incident }) => (incident === undefined ? [] : [incident])))];
    const incidents = new Map<string, StoredIncident | undefined>();
    for (const id of ids) incidents.set(id, await this.#options.alerts.incident(id));
    return alerts.map((alert) => incomingOf(alert, incidents.get(alert.incident ?? '')));
  }

  #batch(alerts: readonly Incoming[]): Intake {
    const { ledger, silences, clock, groupsMax } = this.#options;
    return {
      nowMs: clock.nowMs(),
      ...{ root: this.#routes.root, silences, inhibit: this.#inhibit, alerts },
      group: (receiver, key) => ledger.get(receiver, key),
      escalated: (key) =>
        ledger
          .receivers()
          .map((receiver) => ledger.get(receiver, key))
          .filter((group) => group?.escalated === true)
          .filter((group) => group !== undefined),
      hasRoom: (receiver, added) => ledger.count(receiver) + added < groupsMax,
      ...{ verdicts: new Map(), deliveries: [], decided: [], changed: new Map() },
    };
  }

  async #takeAll(): Promise<void> {
    const { alerts, log } = this.#options;
    this.#again = false;
    try {
      for (;;) {
        const page = await alerts.after(this.#seq, pageAlerts);
        if (page.length === 0 || this.#stopping) break;
        await this.#take(page);
        if (page.length < pageAlerts && this.#hurried === 0)
          await this.#gathering.until(this.#options.clock.nowMs() + gatherMs);
      }
      this.#trouble = '';
    } catch (error) {
      const text = errorText(error);
      // Said once; the next tick tries again.
      if (text !== this.#trouble) log.error({ err: error }, `alerts wait to be dispatched: ${text}`);
      this.#trouble = text;
    }
  }

  async #take(page: readonly StoredAlert[]): Promise<void> {
    const { ledger } = this.#options;
    const incoming = await this.#incoming(page);
    const seq = page.at(-1)?.seq ?? this.#seq;
    this.#seqUnsaved = true;
    let decided: readonly Decided[] = [];
    let changed: readonly Group[] = [];
    await ledger.change(() => {
      const batch = runStages(intakeStages, this.#batch(incoming));
      decided = batch.decided;
      changed = [...batch.changed.values()];
      // What no route takes changes nothing: where it stands is written down with what comes next, or within a second.
      if (changed.length === 0 && decided.every(({ stage }) => stage === 'route')) return undefined;
      this.#seqUnsaved = false;
      return { seq, put: changed };
    });
    this.#seq = seq;
    for (const one of decided) this.#count(one);
    this.#poke(changed);
  }

  #count({ receiver = '', reason }: Decided): void {
    const { metrics } = this.#options;
    if (reason === 'no-route' || reason === 'no-receivers') metrics.unrouted(reason);
    else if (!this.#couriers.has(receiver)) return;
    else if (reason === 'silenced') metrics.count(receiver, 'silenced');
    else if (reason === 'inhibited' || reason === 'incident-summary') metrics.count(receiver, 'inhibited');
    else if (reason === 'folded-into-overflow') metrics.count(receiver, 'folded');
  }

  /** Resolves when what is stored by now is taken in, as far as it can be. */
  async #upToDate(): Promise<void> {
    this.#hurried += 1;
    this.stored();
    this.#gathering.poke();
    await this.#taking;
    this.#hurried -= 1;
  }

  async #changeGroups(work: (group: Group, nowMs: number) => Group, decidedMs?: number): Promise<void> {
    const { ledger, clock } = this.#options;
    let put: readonly Group[] = [];
    await ledger.change(() => {
      const nowMs = clock.nowMs();
      put = ledger.all().flatMap((group) => {
        const made = work(group, nowMs);
        return made === group ? [] : [made];
      });
      return put.length === 0 && decidedMs === undefined ? undefined : { put, decidedMs };
    });
    this.#poke(put);
  }

  #poke(groups: readonly Group[]): void {
    for (const receiver of new Set(groups.map((group) => group.receiver))) this.#couriers.get(receiver)?.poke();
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#options.log.error({ err: error }, `dispatch could not take note of a change: ${errorText(error)}`);
    }
  }

  async #tick(): Promise<void> {
    const { metrics, silences, clock } = this.#options;
    metrics.silences(silences.active(clock.nowMs()));
    metrics.behind(Math.max(0, this.#storedSeq - this.#seq));
    this.#ticks += 1;
    if (this.#trouble !== '') this.stored();
    await this.#guard(() => this.#keepPlace());
    await this.#guard(async () => this.#poke(await this.#caretaker.escalate()));
    if (this.#ticks % ticksToReview === 0) await this.#review();
  }

  async #keepPlace(): Promise<void> {
    if (!this.#seqUnsaved) return;
    await this.#options.ledger.change(() => {
      this.#seqUnsaved = false;
      return { seq: this.#seq };
    });
  }

  /** What was missed: incidents that were closed while nobody listened, and receivers that are gone for good. */
  async #review(): Promise<void> {
    await this.#guard(async () => {
      this.#poke(await this.#caretaker.reconcile());
      await this.#caretaker.bury((receiver) => this.#couriers.has(receiver));
    });
  }
}
