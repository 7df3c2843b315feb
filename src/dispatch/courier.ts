import type { Clock } from '../lib/clock.ts';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { backoffMs } from '../lib/retry.ts';
import type { StoredAlert } from '../model/alert.ts';
import type { StoredIncident } from '../model/incident.ts';
import type { SendOutcome } from '../model/notification.ts';
import { composeNotification } from './compose.ts';
import type { Addresses } from './compose.ts';
import type { DispatchMetrics } from './dispatch-metrics.ts';
import { resolve } from './group.ts';
import type { Attempt, Group, GroupState } from './group.ts';
import type { Ledger } from './ledger.ts';
import { departuresOf, outgoingStages, planOf, quietAtMs } from './plan.ts';
import type { Departure } from './plan.ts';
import { recordOf } from './records.ts';
import { settle } from './retry.ts';
import type { NamedReceiver } from './routes.ts';
import type { Silences } from './silences.ts';
import { runStages } from './stage.ts';
import { Waiter } from './waiter.ts';

/** Stored alerts and incidents, for reading. */
export interface AlertSource {
  /** Alerts in the order of the log, those after `seq`. */
  after(seq: number, limit: number): Promise<readonly StoredAlert[]>;
  get(id: string): Promise<StoredAlert | undefined>;
  incident(id: string): Promise<StoredIncident | undefined>;
}

/** What every courier needs besides its receiver. */
export interface CourierSurroundings {
  readonly ledger: Ledger;
  readonly alerts: AlertSource;
  readonly silences: Silences;
  readonly metrics: DispatchMetrics;
  readonly addresses: Addresses;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Ids of notifications. */
  readonly newId: (nowMs: number) => string;
  readonly log: Logger;
  /** An attempt is broken off after so long. Default 20000. */
  readonly sendTimeoutMs?: number | undefined;
}

const backoff = { baseMs: 1000, maxMs: 60_000 };
/** A receiver that failed is left alone as a whole, for a shorter time: another notification may go through. */
const pause = { baseMs: 500, maxMs: 30_000 };
/** So many failures in a row are the receiver's own: when it is back, nothing waits for its own time. */
const downAfter = 3;
/** What could not be written is tried again after so long. */
const storeRetryMs = 1000;

/**
 * Sends what is due of one receiver's groups, one notification after the other: a slow receiver keeps nobody else waiting. What waits is in
 * the ledger, each group once, whatever comes for it meanwhile; the bound on its groups is that of the queue. Stop: what is being sent is
 * broken off and sent again after a start.
 */
export class Courier {
  readonly named: NamedReceiver;
  readonly #around: CourierSurroundings;
  readonly #sentMs: number[];
  readonly #stop = new AbortController();
  readonly #waiter: Waiter;
  #running: Promise<void> | undefined;
  #retired = false;
  #trouble = '';
  #failures = 0;
  #pausedUntilMs = 0;

  /** @param sentMs When the receiver was sent something, the latest last: the rate limit goes on after a restart. */
  constructor(named: NamedReceiver, sentMs: readonly number[], around: CourierSurroundings) {
    this.named = named;
    this.#around = around;
    this.#sentMs = [...sentMs];
    this.#waiter = new Waiter(around.clock);
  }

  /** When the receiver was sent something, as far as its rate limit asks. */
  get sentMs(): readonly number[] {
    return this.#sentMs;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Something changed: looks again. */
  poke(): void {
    this.#waiter.poke();
  }

  /** Takes nothing up any more; resolves when what is being sent is settled. */
  async retire(): Promise<void> {
    this.#retired = true;
    this.#waiter.poke();
    await this.#running;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.retire();
  }

  /** What is to be told, with when and why not before, in the order in which it will be. */
  departures(): readonly Departure[] {
    const { ledger, silences, clock } = this.#around;
    const nowMs = clock.nowMs();
    const batch = runStages(outgoingStages, {
      ...{ nowMs, departures: departuresOf(ledger.of(this.named.name)), sentMs: this.#sentMs },
      rateLimit: this.named.rateLimit,
      pausedUntilMs: this.#pausedUntilMs,
      silenced: ({ last }) => {
        const held = silences.holding(last, nowMs);
        return held === undefined ? undefined : { id: held.id, untilMs: Date.parse(held.until) };
      },
    });
    return batch.departures.toSorted((a, b) => a.plannedMs - b.plannedMs || a.group.lastSeq - b.group.lastSeq);
  }

  /** Does what is due, one notification at most. @returns When there may be more to do, milliseconds since the epoch. */
  async step(): Promise<number> {
    const { ledger, clock } = this.#around;
    const { name } = this.named;
    await this.#tidy();
    const departures = this.departures();
    const nowMs = clock.nowMs();
    this.#measure(departures, nowMs);
    const due = departures.find(({ dueMs }) => dueMs <= nowMs);
    if (due === undefined) {
      const quiet = ledger.of(name).map((group) => quietAtMs(group) ?? Infinity);
      return Math.min(Infinity, ...departures.map(({ dueMs }) => dueMs), ...quiet);
    }
    await this.#attempt(due);
    return clock.nowMs();
  }

  async #run(): Promise<void> {
    const { clock } = this.#around;
    while (!this.#retired) {
      let nextMs: number;
      try {
        nextMs = await this.step();
        this.#trouble = '';
      } catch (error) {
        this.#complain(error, 'notifications wait');
        nextMs = clock.nowMs() + storeRetryMs;
      }
      await this.#waiter.until(nextMs);
    }
  }

  /** Said once: it is tried again every second. */
  #complain(error: unknown, what: string): void {
    const text = `${what}: ${errorText(error)}`;
    if (text !== this.#trouble) this.#around.log.error({ err: error, receiver: this.named.name }, text);
    this.#trouble = text;
  }

  /** Groups that nothing came for are over; those whose receiver knows it are forgotten. */
  async #tidy(): Promise<void> {
    const { ledger, clock } = this.#around;
    await ledger.change(() => {
      const nowMs = clock.nowMs();
      const groups = ledger.of(this.named.name);
      const put = groups
        .filter((group) => (quietAtMs(group) ?? Infinity) <= nowMs)
        .map((group) => resolve(group, 'quiet', nowMs));
      const remove = groups.filter((group) => planOf(group).next === 'over');
      return put.length + remove.length === 0 ? undefined : { put, remove };
    });
  }

  async #attempt({ group: due, event, reason }: Departure): Promise<void> {
    const { ledger, clock, newId } = this.#around;
    const { name } = this.named;
    let attempt: Attempt | undefined;
    let group = due;
    await ledger.change(() => {
      const current = ledger.get(name, due.key);
      // What came since it was looked at may have made another notification of it: it is looked at again.
      const plan = current === undefined ? undefined : planOf(current);
      if (current === undefined || plan?.next !== 'send' || plan.event !== event) return undefined;
      const { severity, count, attempt: before } = current;
      const state = stateToldBy(event, current.state);
      const nowMs = clock.nowMs();
      const same =
        before?.event === event && before.count === count && before.severity === severity && before.state === state;
      attempt = {
        ...{ event, state, severity, count, reason },
        id: same ? before.id : newId(nowMs),
        // What was not told yet is due since it was first tried, whatever came for it meanwhile.
        firstMs: before?.event === event ? before.firstMs : nowMs,
        tries: before?.event === event ? before.tries : 0,
        notBeforeMs: nowMs,
      };
      group = { ...current, attempt };
      return same ? undefined : { put: [group] };
    });
    if (attempt === undefined) return;
    const outcome = await this.#send(group, attempt);
    await this.#record(group, attempt, outcome);
  }

  async #send(group: Group, attempt: Attempt): Promise<SendOutcome> {
    const { alerts, addresses, clock, sendTimeoutMs = 20_000 } = this.#around;
    const timeout = AbortSignal.timeout(sendTimeoutMs);
    const signal = AbortSignal.any([this.#stop.signal, timeout]);
    try {
      const found = await Promise.all(group.recent.map((id) => alerts.get(id)));
      const incident = group.incident === undefined ? undefined : await alerts.incident(group.incident);
      const shown = found.filter((alert) => alert !== undefined);
      const nowMs = clock.nowMs();
      const notification = composeNotification(group, attempt, shown, incident, { addresses, nowMs });
      return await Promise.race([this.named.receiver.send(notification, signal), brokenOff(signal, timeout)]);
    } catch (error) {
      // Receivers never reject; what a mistake of ours throws may hold anything.
      this.#around.log.error({ receiver: this.named.name, kind: this.named.kind }, 'a notification could not be made');
      return { outcome: 'retry', reason: error instanceof Error ? error.name : 'unknown error' };
    }
  }

  /** Writes down what became of an attempt. It was made: where that cannot be written, nothing else is sent until it can. */
  async #record(sent: Group, attempt: Attempt, outcome: SendOutcome): Promise<void> {
    const { ledger, clock, random } = this.#around;
    const { name, giveUpAfterMs } = this.named;
    const atMs = clock.nowMs();
    const policy = { ...backoff, giveUpAfterMs };
    // A stop is no failure of the receiver.
    if (this.#stop.signal.aborted && outcome.outcome === 'retry') return;
    const recovered = outcome.outcome === 'sent' && this.#failures >= downAfter;
    if (outcome.outcome === 'sent' && outcome.note !== undefined)
      this.#around.log.warn({ receiver: name, kind: this.named.kind }, `sent, but ${outcome.note}`);
    for (;;) {
      let done: (() => void) | undefined;
      try {
        await ledger.change(() => {
          const current = ledger.get(name, sent.key) ?? sent;
          const result = settle(current, attempt, outcome, { policy, nowMs: atMs, random });
          done = () => this.#settled(result, attempt, sent, atMs);
          const others = recovered
            ? ledger.of(name).filter(({ key, attempt: one }) => key !== sent.key && one !== undefined)
            : [];
          const put = [
            result.group,
            ...others.map((one) => ({ ...one, attempt: { ...(one.attempt ?? attempt), notBeforeMs: atMs } })),
          ];
          const records = result.became === 'retry' ? [] : [recordOf(sent, attempt, result, atMs)];
          return { put, records };
        });
        this.#note(outcome, atMs);
        done?.();
        return;
      } catch (error) {
        this.#complain(error, 'what was sent could not be written down');
        if (this.#stop.signal.aborted || this.#retired) return;
        await this.#waiter.until(clock.nowMs() + storeRetryMs);
      }
    }
  }

  /** What an outcome says of the receiver as a whole. */
  #note(outcome: SendOutcome, atMs: number): void {
    const { random } = this.#around;
    if (outcome.outcome === 'sent') {
      this.#sentMs.push(atMs);
      const { perMs, most } = this.named.rateLimit ?? { perMs: 0, most: 0 };
      while (this.#sentMs.length > most || (this.#sentMs[0] ?? atMs) < atMs - perMs) {
        if (this.#sentMs.shift() === undefined) break;
      }
    }
    if (outcome.outcome !== 'retry') {
      // What it refuses it has read.
      this.#failures = 0;
      this.#pausedUntilMs = 0;
      return;
    }
    this.#pausedUntilMs = atMs + Math.max(outcome.afterMs ?? 0, backoffMs(this.#failures, { ...pause, random }));
    this.#failures += 1;
  }

  #settled(result: ReturnType<typeof settle>, attempt: Attempt, sent: Group, atMs: number): void {
    const { metrics, log } = this.#around;
    const { name: receiver } = this.named;
    const { id, event, tries } = attempt;
    const about = { receiver, notification: id, event, dedupKey: sent.key };
    if (result.became === 'sent') {
      metrics.count(receiver, 'sent');
      if (sent.untoldSinceMs !== undefined) metrics.delay(receiver, Math.max(0, atMs - sent.untoldSinceMs));
      log.info({ ...about, alerts: attempt.count, attempts: tries + 1 }, 'notified');
      return;
    }
    if (result.became === 'retry') {
      metrics.count(receiver, 'retried');
      if (tries === 0)
        log.warn({ ...about, reason: result.detail }, 'a notification could not be sent and is tried again');
      return;
    }
    metrics.count(receiver, 'failed');
    log.error({ ...about, attempts: tries + 1, reason: result.detail }, `a notification was given up: ${result.why}`);
  }

  #measure(departures: readonly Departure[], nowMs: number): void {
    // What waits because somebody wanted it to is not late.
    const late = departures.filter(
      ({ plannedMs, waits }) => plannedMs <= nowMs && waits !== 'quiet-hours' && waits !== 'silenced',
    );
    const oldestMs = nowMs - Math.min(nowMs, ...late.map(({ plannedMs }) => plannedMs));
    const groups = this.#around.ledger.count(this.named.name);
    this.#around.metrics.queue(this.named.name, { waiting: late.length, oldestMs, groups });
  }
}

/** What a receiver believes of a group that it was told this of: one that was over before it was told of is told twice. */
function stateToldBy(event: Attempt['event'], now: GroupState): GroupState {
  if (event === 'trigger') return 'open';
  if (event === 'acknowledge') return 'acknowledged';
  return event === 'resolve' ? 'resolved' : now;
}

/** A receiver that does not end when the signal says so is not waited for. */
function brokenOff(signal: AbortSignal, timeout: AbortSignal): Promise<SendOutcome> {
  return new Promise((settled) => {
    const end = (): void => {
      const outcome: SendOutcome = { outcome: 'retry', reason: timeout.aborted ? 'no answer in time' : 'stopped' };
      // It is given a moment to say so itself.
      setTimeout(settled, 200, outcome);
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
