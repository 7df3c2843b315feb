import { ulid } from 'ulid';
import { Dispatcher } from '../dispatch/dispatcher.ts';
import { DispatchMetrics } from '../dispatch/dispatch-metrics.ts';
import type { Explanation } from '../dispatch/explain.ts';
import { Ledger } from '../dispatch/ledger.ts';
import { RoutesWatch, invalidRoutes, readRoutes } from '../dispatch/routes-watch.ts';
import type { RoutesProblem } from '../dispatch/routes.ts';
import { sendSample } from '../dispatch/sample.ts';
import type { SampleResult } from '../dispatch/sample.ts';
import { SilenceDesk } from '../dispatch/silence-desk.ts';
import { Silences } from '../dispatch/silences.ts';
import type { Clock } from '../lib/clock.ts';
import { AnchorwatchError } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { Registry } from '../lib/metrics.ts';
import type { StoredAlert } from '../model/alert.ts';
import type { Decision } from '../model/decision.ts';
import type { StoredIncident } from '../model/incident.ts';
import type { NotificationRecord } from '../model/notification-record.ts';
import type { Notification, Receiver, ReceiverKind } from '../model/notification.ts';
import { receiverKinds } from '../notify/kinds.ts';
import { sampleNotification } from '../notify/sample.ts';
import type { CollectorStore } from '../store/collector-store.ts';

export { routesProblemText } from '../dispatch/routes.ts';

export interface NotificationsOptions {
  /** Who is told of what; undefined: nobody of anything. */
  readonly routesFile: string | undefined;
  /** Where people reach the collector. */
  readonly publicUrl: string | undefined;
  readonly store: CollectorStore;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Logger;
  /** Default: all that there are. */
  readonly kinds?: readonly ReceiverKind[] | undefined;
}

/** Groups that one receiver may have, and with that how long its queue may get. */
const groupsMax = 2000;

/** What receivers are told, put together: the routes file, dispatch and its receivers. */
export class Notifications {
  readonly silences: SilenceDesk;
  readonly #options: NotificationsOptions;
  readonly #dispatcher: Dispatcher | undefined;
  readonly #watch: RoutesWatch | undefined;

  private constructor(
    options: NotificationsOptions,
    parts: { silences: SilenceDesk; dispatcher: Dispatcher | undefined; watch: RoutesWatch | undefined },
  ) {
    this.#options = options;
    this.silences = parts.silences;
    this.#dispatcher = parts.dispatcher;
    this.#watch = parts.watch;
  }

  /** Rejects with `routes.unreadable`, `routes.invalid`, and as the store does. */
  static async start(options: NotificationsOptions): Promise<Notifications> {
    const { routesFile, store, registry, clock, log, publicUrl, kinds = receiverKinds } = options;
    const metrics = new DispatchMetrics(registry, groupsMax);
    const silences = new Silences();
    const desk = new SilenceDesk({ book: store.silences, silences, clock, newId: ulid });
    await desk.load();
    if (routesFile === undefined) {
      const dropped = await store.notifications.forget();
      if (dropped > 0)
        log.warn({ groups: dropped }, 'what receivers were still to be told is dropped: there is no --routes any more');
      log.info('alerts are stored and shown, and sent to nobody: there is no --routes');
      return new Notifications(options, { silences: desk, dispatcher: undefined, watch: undefined });
    }
    let dispatcher: Dispatcher | undefined;
    const watch = new RoutesWatch(
      routesFile,
      { kinds, nowMs: () => clock.nowMs(), warn: (text) => log.warn({ routes: routesFile }, text) },
      {
        log,
        outcome: (outcome, routes) => {
          metrics.reloaded(routesFile, outcome);
          if (routes !== undefined) void dispatcher?.reload(routes);
        },
      },
    );
    metrics.reloaded(routesFile, 'started');
    dispatcher = new Dispatcher(watch.routes, {
      ...{ ledger: new Ledger(store.notifications), alerts: store, decisions: store, silences, metrics },
      ...{ publicUrl, groupsMax, clock, log, random: Math.random, newId: ulid },
    });
    await dispatcher.start(await store.lastSeq());
    watch.start();
    log.info({ routes: routesFile, receivers: [...watch.routes.receivers.keys()] }, 'alerts are sent to receivers');
    return new Notifications(options, { silences: desk, dispatcher, watch });
  }

  /** Those of the routes in force. */
  receivers(): readonly Receiver[] {
    return [...(this.#dispatcher?.routes.receivers.values() ?? [])].map(({ receiver }) => receiver);
  }

  /** Alerts were stored. */
  stored(alerts: readonly StoredAlert[]): void {
    this.#dispatcher?.stored(alerts.at(-1)?.seq);
  }

  /** Incidents are over. */
  closed(incidents: readonly StoredIncident[]): void {
    void this.#dispatcher?.closed(incidents);
  }

  /** An operator decided. */
  decided(decision: Decision): void {
    void this.#dispatcher?.decided(decision);
  }

  /** Reads the routes file again. */
  reload(): void {
    this.#watch?.reload();
  }

  async stop(): Promise<void> {
    this.#watch?.stop();
    await this.#dispatcher?.stop();
  }

  /** What waits, and what was sent or given up; the latest first. */
  async list(query: {
    readonly receiver?: string | undefined;
    readonly state?: NotificationRecord['state'] | undefined;
    readonly sinceMs?: number | undefined;
    readonly limit: number;
  }): Promise<readonly NotificationRecord[]> {
    const { receiver, state, sinceMs, limit } = query;
    const waiting = (this.#dispatcher?.waiting() ?? [])
      .filter((record) => receiver === undefined || record.receiver === receiver)
      .toReversed();
    if (state === 'waiting') return waiting.slice(0, limit);
    const told = await this.#options.store.notifications.list({ receiver, state, sinceMs, limit });
    return (state === undefined ? [...waiting, ...told] : told).slice(0, limit);
  }

  /** Who is told of an alert, and why not the others. Rejects with `routes.missing`. */
  async explain(alert: StoredAlert): Promise<Explanation> {
    return this.#working().explain(alert);
  }

  /** Sends a sample to a receiver of the routes in force. Rejects with `routes.missing` and `receiver.unknown`. */
  async test(name: string, by: string): Promise<SampleResult> {
    const receiver = this.#working().routes.receivers.get(name);
    if (receiver === undefined) throw unknownReceiver(name, [...this.#working().routes.receivers.keys()]);
    const { clock, publicUrl, log } = this.#options;
    const result = await sendSample(receiver, sampleOf(name, clock.nowMs(), publicUrl));
    log.info({ ...result, by }, 'a sample was sent');
    return result;
  }

  #working(): Dispatcher {
    if (this.#dispatcher !== undefined) return this.#dispatcher;
    throw new AnchorwatchError(
      'routes.missing',
      'the collector has no routes file (--routes): nothing is sent to anybody',
    );
  }
}

function unknownReceiver(name: string, names: readonly string[]): AnchorwatchError {
  return new AnchorwatchError('receiver.unknown', `there is no receiver ${name}; there are ${names.join(', ')}`);
}

/** What is wrong in a routes file; nothing: how many receivers and routes it has. Throws `routes.unreadable`. */
export function checkRoutes(file: string): {
  readonly problems: readonly RoutesProblem[];
  readonly receivers: readonly string[];
} {
  const read = readRoutes(file, { kinds: receiverKinds, nowMs: Date.now });
  return 'problems' in read
    ? { problems: read.problems, receivers: [] }
    : { problems: [], receivers: [...read.routes.receivers.keys()] };
}

/** Sends a sample to a receiver of a routes file, without a collector. Rejects with `routes.…` and `receiver.unknown`. */
export async function testReceiver(file: string, name: string, publicUrl: string | undefined): Promise<SampleResult> {
  const read = readRoutes(file, { kinds: receiverKinds, nowMs: Date.now });
  if ('problems' in read) throw invalidRoutes(file, read.problems);
  const receiver = read.routes.receivers.get(name);
  if (receiver === undefined) throw unknownReceiver(name, [...read.routes.receivers.keys()]);
  return sendSample(receiver, sampleOf(name, Date.now(), publicUrl));
}

function sampleOf(receiver: string, nowMs: number, publicUrl: string | undefined): Notification {
  const console = publicUrl === undefined ? {} : { consoleUrl: publicUrl.replace(/\/+$/, '') };
  return sampleNotification({ receiver, id: ulid(nowMs), subject: ulid(nowMs), nowMs, ...console });
}
