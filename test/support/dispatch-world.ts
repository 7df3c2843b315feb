import { Dispatcher } from '../../src/dispatch/dispatcher.ts';
import { DispatchMetrics } from '../../src/dispatch/dispatch-metrics.ts';
import { Ledger } from '../../src/dispatch/ledger.ts';
import type { NotificationBook } from '../../src/dispatch/ledger.ts';
import { parseRoutes } from '../../src/dispatch/routes-file.ts';
import type { Routes } from '../../src/dispatch/routes.ts';
import { Silences } from '../../src/dispatch/silences.ts';
import { createLogger } from '../../src/lib/log.ts';
import { createRegistry } from '../../src/lib/metrics.ts';
import type { Registry } from '../../src/lib/metrics.ts';
import type { Alert, StoredAlert } from '../../src/model/alert.ts';
import type { Decision } from '../../src/model/decision.ts';
import { growIncident } from '../../src/model/incident.ts';
import type { StoredIncident } from '../../src/model/incident.ts';
import type { NotificationRecord } from '../../src/model/notification-record.ts';
import type { Notification, Receiver, ReceiverKind, SendOutcome } from '../../src/model/notification.ts';
import { alertId, makeAlert } from './alerts.ts';

/** What a receiver got, whether it said so or not. */
export interface Delivered extends Notification {
  readonly atMs: number;
}

/** How a stand-in receiver behaves: it may have taken what it says it has not. */
export type Behaviour = (notification: Notification) => { readonly outcome: SendOutcome; readonly taken: boolean };

export const healthy: Behaviour = () => ({ outcome: { outcome: 'sent', reference: 'first' }, taken: true });

/** A kind of receivers whose behaviour a test says. Its settings may have one key: `name`. */
export function standInKind(
  behave: (name: string) => Behaviour,
  got: (notification: Delivered) => void,
  nowMs: () => number,
): ReceiverKind {
  return {
    kind: 'standIn',
    keys: ['name'],
    open: (settings) => {
      const name = (settings as { readonly name?: unknown }).name;
      const other = Object.keys(settings as object).find((key) => key !== 'name');
      if (other !== undefined) return { problems: [{ path: [other], message: 'unknown key' }] };
      const receiver: Receiver = {
        send: async (notification) => {
          const { outcome, taken } = behave(typeof name === 'string' ? name : notification.receiver)(notification);
          await Promise.resolve();
          if (taken) got({ ...notification, atMs: nowMs() });
          return outcome;
        },
      };
      return { receiver };
    },
  };
}

/** Routes of a text; throws what is wrong with it. */
export function routesOf(text: string, kinds: readonly ReceiverKind[]): Routes {
  const parsed = parseRoutes('routes.yaml', text, { kinds, nowMs: Date.now });
  if ('problems' in parsed)
    throw new Error(parsed.problems.map(({ line, message }) => `${String(line)}: ${message}`).join('\n'));
  return parsed.routes;
}

/** Everything around dispatch in memory; `crash` loses what was not saved. Time is the clock of the process: fake it. */
export class DispatchWorld {
  readonly delivered: Delivered[] = [];
  readonly alerts: StoredAlert[] = [];
  readonly incidents: Map<string, StoredIncident> = new Map<string, StoredIncident>();
  readonly decisions: Decision[] = [];
  readonly records: NotificationRecord[] = [];
  readonly lines: string[] = [];
  readonly behaviours: Map<string, Behaviour> = new Map<string, Behaviour>();
  silences: Silences = new Silences();
  registry: Registry = createRegistry();
  dispatcher: Dispatcher;
  #groups = new Map<string, string>();
  #seq: number | undefined;
  #decidedMs = 0;
  #life = 0;
  #ids = 0;
  #text: string;
  /** Crashes when the book is written to for the so-manieth time from now, before it is written. */
  crashAfterSaves: number = Infinity;
  crashed = false;
  readonly #groupsMax: number;

  constructor(text: string, groupsMax = 100) {
    this.#text = text;
    this.#groupsMax = groupsMax;
    this.dispatcher = this.#make();
  }

  async start(): Promise<void> {
    await this.dispatcher.start(this.alerts.at(-1)?.seq ?? 0);
  }

  /** The process dies: nothing of it is heard of any more. */
  crash(): void {
    this.#life += 1;
    this.crashed = true;
    void this.dispatcher.stop();
  }

  async restart(text: string = this.#text): Promise<void> {
    if (!this.crashed) this.crash();
    this.crashed = false;
    this.#text = text;
    this.registry = createRegistry();
    this.dispatcher = this.#make();
    await this.dispatcher.start(this.alerts.at(-1)?.seq ?? 0);
  }

  reload(text: string): Promise<void> {
    this.#text = text;
    return this.dispatcher.reload(routesOf(text, this.#kinds()));
  }

  /** Stores an alert, and its incident with it. */
  store(changes: Partial<Alert> = {}): StoredAlert {
    const seq = this.alerts.length + 1;
    const alert = makeAlert(seq, { id: alertId(seq), ...changes });
    const storedAt = new Date().toISOString();
    const stored = { ...alert, seq, storedAt, hash: '', previousHash: '' };
    this.alerts.push(stored);
    if (alert.incident !== undefined) {
      const before = this.incidents.get(alert.incident);
      const grown = growIncident(
        before === undefined ? undefined : { incident: before, worst: before.severity },
        alert,
      );
      this.incidents.set(alert.incident, { ...grown.incident, seq });
    }
    if (!this.crashed) this.dispatcher.stored();
    return stored;
  }

  async close(id: string): Promise<void> {
    const incident = this.incidents.get(id);
    if (incident === undefined) return;
    const closed = { ...incident, state: 'closed' as const, seq: this.alerts.length };
    this.incidents.set(id, closed);
    if (!this.crashed) await this.dispatcher.closed([closed]);
  }

  async decide(decision: Omit<Decision, 'id' | 'time' | 'by' | 'reason' | 'workload'>): Promise<void> {
    const made = { ...decision, id: alertId(this.decisions.length, 3), time: new Date().toISOString() };
    const whole = { ...made, by: 'ada', reason: '', workload: 'w-web' };
    this.decisions.unshift(whole);
    if (!this.crashed) await this.dispatcher.decided(whole);
  }

  /** What a receiver was told, in short: `trigger 1`. */
  told(receiver: string): string[] {
    return this.delivered
      .filter((one) => one.receiver === receiver)
      .map(({ event, alertsCount }) => `${event} ${String(alertsCount)}`);
  }

  get groups(): readonly string[] {
    return [...this.#groups.values()];
  }

  #kinds(): readonly ReceiverKind[] {
    const life = this.#life;
    const behave =
      (name: string): Behaviour =>
      (notification) => {
        const result = (this.behaviours.get(name) ?? healthy)(notification);
        // What a dead process sends does not leave it.
        return this.#life === life ? result : { ...result, taken: false };
      };
    return [standInKind(behave, (notification) => this.delivered.push(notification), Date.now)];
  }

  #make(): Dispatcher {
    const kinds = this.#kinds();
    const clock = { nowMs: () => Date.now(), monotonicMs: () => Date.now() };
    const log = createLogger({ level: 'info', destination: { write: (line: string) => void this.lines.push(line) } });
    return new Dispatcher(routesOf(this.#text, kinds), {
      ledger: new Ledger(this.#book()),
      alerts: {
        after: async (seq, limit) => this.alerts.slice(seq, seq + limit),
        get: async (id) => this.alerts.find((alert) => alert.id === id),
        incident: async (id) => this.incidents.get(id),
      },
      decisions: { decisions: async () => this.decisions },
      ...{ silences: this.silences, metrics: new DispatchMetrics(this.registry, this.#groupsMax), clock, log },
      ...{ publicUrl: 'https://anchorwatch.example', groupsMax: this.#groupsMax, random: () => 0.5 },
      newId: () => {
        this.#ids += 1;
        return alertId(this.#ids, 7);
      },
    });
  }

  #book(): NotificationBook {
    const life = this.#life;
    return {
      load: async () => ({
        ...{ seq: this.#seq, decidedMs: this.#decidedMs, groups: [...this.#groups.values()] },
        sent: this.records
          .filter(({ state }) => state === 'sent')
          .map(({ receiver, time }) => ({ receiver, timeMs: Date.parse(time) })),
      }),
      save: async ({ seq, decidedMs, put, remove, records }) => {
        await Promise.resolve();
        this.crashAfterSaves -= 1;
        if (this.crashAfterSaves < 0) {
          this.crashAfterSaves = Infinity;
          this.crash();
        }
        if (this.#life !== life) throw new Error('the process is dead');
        this.#seq = seq ?? this.#seq;
        this.#decidedMs = decidedMs ?? this.#decidedMs;
        for (const { receiver, key, body } of put) this.#groups.set(`${receiver}\n${key}`, body);
        for (const { receiver, key } of remove) this.#groups.delete(`${receiver}\n${key}`);
        this.records.push(...records);
      },
      list: async () => this.records.toReversed(),
    };
  }
}
