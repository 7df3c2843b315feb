import type { Logger } from '../lib/log.ts';
import type { Alert } from '../model/alert.ts';
import type { NodeReport } from '../model/node.ts';
import { fitAlert, fitReport } from '../protocol/fit.ts';
import { commonVersion, limits } from '../protocol/limits.ts';
import type {
  AgentMessage,
  Ask,
  CollectorMessage,
  Contribution,
  Refuse,
  Report,
  Welcome,
} from '../protocol/message.ts';
import { answerTo, decide } from './replies.ts';
import { agentUrl, checkUrl } from './collector-url.ts';
import { Link } from './link.ts';
import type { LinkEnd } from './link.ts';
import { AlertQueue } from './queue.ts';
import type { Parcel, QueueCounters } from './queue.ts';
import type { OutboxOptions } from './outbox-options.ts';
import { underLimit } from './parcel-size.ts';
import { Redial } from './redial.ts';
import { ReportSlot } from './report-slot.ts';

export interface OutboxCounters extends QueueCounters {
  readonly pushed: number;
  readonly sent: number;
  readonly batches: number;
  readonly connects: number;
  readonly unauthorized: number;
  readonly ackTimeouts: number;
}

/**
 * The agent's durable queue to the collector. What is pushed in one turn of the process goes to disk together, at its end, and only then to the
 * collector; one WebSocket carries batches, one at a time, and a batch is forgotten when it is acknowledged. The link is dialled again for ever (full jitter, 0.5 s to 30 s, or spread over
 * as long as the collector asked for). Bounds, and what happens at them: see `AlertQueue`.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #queue: AlertQueue;
  readonly #log: Logger;
  readonly #counts = { pushed: 0, sent: 0, batches: 0, connects: 0, unauthorized: 0, ackTimeouts: 0 };
  #token: string;
  #link: Link | undefined;
  #welcomed = false;
  #sharing = false;
  #running = false;
  #batchSeq = 0;
  #batchLimit: number = limits.batchAlerts;
  #inFlight: Parcel | undefined;
  /** Pushed in this turn; a batch at most. */
  #fresh: Alert[] = [];
  #committing: NodeJS.Immediate | undefined;
  readonly #report: ReportSlot;
  readonly #redial: Redial;
  #refusal: Refuse | undefined;
  #lastTrouble = '';
  #dialTimer: NodeJS.Timeout | undefined;
  #ackTimer: NodeJS.Timeout | undefined;
  #storeTimer: NodeJS.Timeout | undefined;
  #tendTimer: NodeJS.Timeout | undefined;
  #tidyTimer: NodeJS.Timeout | undefined;
  #flushed: (() => void) | undefined;

  /** Throws `collector.url` when the URL is not one of ws or wss, and what the file throws when it cannot be read. */
  constructor(options: OutboxOptions) {
    checkUrl(options.collectorUrl);
    this.#options = options;
    this.#log = options.log;
    this.#token = options.token;
    this.#queue = new AlertQueue(options.file, options.memoryCapacity ?? 1000, options.log);
    this.#redial = new Redial(options);
    this.#report = new ReportSlot((message) => this.#sendFresh(message));
  }

  get counters(): OutboxCounters {
    return { ...this.#queue.counters, ...this.#counts };
  }

  /** True while the collector takes what is sent. */
  get connected(): boolean {
    return this.#welcomed;
  }

  /** Alerts that are not acknowledged. */
  depth(): number {
    return this.#queue.depth + this.#fresh.length;
  }

  /**
   * Keeps an alert until the collector has it; a later push with the same id replaces the earlier one. Too long texts are cut
   * (`fitAlert`). It is on disk before the process's next turn; what says that it was told is to be saved after that. Throws `alert.invalid` for
   * an alert that cannot be one.
   */
  push(alert: Alert): void {
    this.#fresh.push(fitAlert(alert));
    this.#counts.pushed += 1;
    if (this.#fresh.length >= limits.batchAlerts) this.#commit();
    else this.#committing ??= setImmediate(() => this.#commit());
  }

  /** One wait for the disk for all that was pushed in a turn. */
  #commit(): void {
    clearImmediate(this.#committing);
    this.#committing = undefined;
    const fresh = this.#fresh;
    this.#fresh = [];
    if (fresh.length > 0 && !this.#queue.add(...fresh)) this.#retryStore();
    this.#pump();
  }

  /** Replaces the report; the latest is sent at once when connected, else when it is next. */
  report(report: NodeReport): void {
    const { message, omitted } = fitReport(report);
    if (omitted > 0)
      this.#log.warn({ omitted }, 'the node report was too large: containers or workloads were left out');
    this.#report.put(message);
  }

  /** Sends a message about the fleet. False: the collector is away, takes none, or has not read what was sent before; try again later. */
  share(message: Contribution | Ask): boolean {
    if (!this.#welcomed || !this.#sharing || (this.#link?.bufferedBytes ?? 0) >= limits.messageBytes) return false;
    this.#send(message);
    return true;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#tendTimer = setInterval(() => this.#queue.tend(), tendMs);
    this.#dial();
  }

  /** Dials at once when there is no link and the next dial is some way off: something was changed that may help. */
  redial(): void {
    if (!this.#running || this.#link !== undefined) return;
    clearTimeout(this.#dialTimer);
    this.#renewToken();
    this.#dial();
  }

  /** Sends what waits within `flushMs` when the link is up, then closes it. What was not sent stays in the file. */
  async stop(): Promise<void> {
    if (this.#fresh.length > 0) this.#commit();
    if (!this.#running) return;
    if (this.#welcomed && this.#queue.depth > 0) await this.#flush();
    this.#running = false;
    clearTimeout(this.#dialTimer);
    clearTimeout(this.#ackTimer);
    clearTimeout(this.#storeTimer);
    clearTimeout(this.#tidyTimer);
    clearInterval(this.#tendTimer);
    this.#report.clear();
    this.#link?.close();
    this.#link = undefined;
    this.#welcomed = false;
    this.#options.companion?.ended();
    this.#queue.shelve();
    if (this.#queue.blocked)
      this.#log.error({ alerts: this.#queue.depth }, 'stopping with alerts that could not be written to disk');
  }

  #flush(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#options.flushMs ?? 3000);
      this.#flushed = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#pump();
    });
  }

  #dial(): void {
    this.#refusal = undefined;
    const events = {
      opened: () => this.#opened(),
      received: (message: CollectorMessage) => this.#received(message),
      ended: (end: LinkEnd) => this.#ended(end),
    };
    const { collectorUrl, silenceMs = 45_000, tls } = this.#options;
    this.#link = new Link(agentUrl(collectorUrl), this.#token, silenceMs, events, tls?.());
  }

  #opened(): void {
    this.#batchSeq = 0;
    this.#awaitAnswer();
    const { nodeName, agentVersion, companion } = this.#options;
    const node = nodeName.slice(0, limits.nameLength);
    const accepts = ['decide', ...(companion?.accepts ?? [])];
    this.#send({ type: 'hello', protocol: this.#redial.version, node, agentVersion, accepts });
  }

  #received(message: CollectorMessage): void {
    if (message.type === 'welcome') this.#onWelcome(message);
    else if (message.type === 'ack') this.#onAck(message.seq);
    else if (message.type === 'refuse') this.#onRefuse(message);
    else if (message.type === 'decide') this.#send(decide(message.decision, this.#options));
    else if (message.type === 'fleet') this.#options.onFleet?.(message.workload, message.shared);
    else if (message.type === 'clock')
      this.#send({ type: 'clock', id: message.id, timeMs: (this.#options.nowMs ?? Date.now)() });
    else if (message.type === 'pace') {
      this.#redial.spread(message.reconnectMs);
      this.#report.every(message.reportMs);
    } else if (message.type === 'request')
      void answerTo(message, this.#options).then((response) => this.#send(response));
    else this.#options.companion?.take(message, this.#send);
  }

  #onWelcome({ protocol, collectorVersion, accepts = [] }: Welcome): void {
    clearTimeout(this.#ackTimer);
    if (commonVersion(protocol) !== protocol) {
      this.#link?.end({ reason: 'garbage', detail: `the collector answers in protocol version ${String(protocol)}` });
      return;
    }
    this.#welcomed = true;
    this.#redial.welcomed();
    this.#lastTrouble = '';
    this.#counts.connects += 1;
    this.#log.info(
      { collector: this.#options.collectorUrl, collectorVersion, waiting: this.#queue.depth },
      'connected to the collector',
    );
    this.#report.flush();
    this.#sharing = accepts.includes('fleet');
    if (this.#sharing) this.#options.onFleetOpen?.();
    this.#options.companion?.opened(accepts, this.#send);
    this.#pump();
  }

  #onAck(seq: number): void {
    const parcel = this.#inFlight;
    if (parcel === undefined || seq !== this.#batchSeq) return;
    clearTimeout(this.#ackTimer);
    this.#inFlight = undefined;
    this.#counts.sent += parcel.waiting.length;
    this.#batchLimit = Math.min(limits.batchAlerts, this.#batchLimit * 2);
    this.#queue.sent(parcel);
    this.#tidyTimer ??= setTimeout(() => this.#tidy(), tidyMs);
    this.#pump();
  }

  /** The file forgets what the collector has. */
  #tidy(): void {
    this.#tidyTimer = undefined;
    this.#queue.shelve();
    if (this.#queue.blocked) this.#retryStore();
  }

  #onRefuse(refuse: Refuse): void {
    this.#refusal = refuse;
    if (refuse.code.startsWith('message.')) this.#halve(refuse);
    if (refuse.seq === undefined) return;
    clearTimeout(this.#ackTimer);
    this.#trouble(`the collector could not take a batch: ${refuse.code}: ${refuse.message}`);
    this.#inFlight = undefined;
    this.#retryStore(refuse.retryAfterMs);
  }

  /** A refused batch is tried again in halves; an alert that is refused alone is set aside, so that it cannot hold up the others. */
  #halve(refuse: Refuse): void {
    const parcel = this.#inFlight;
    if (parcel === undefined) return;
    if (parcel.waiting.length > 1) {
      this.#batchLimit = Math.max(1, parcel.waiting.length >> 1);
      return;
    }
    this.#inFlight = undefined;
    this.#queue.settle(parcel, 'refused');
    this.#log.error(
      { alert: parcel.waiting[0]?.alert, code: refuse.code },
      `the collector refuses an alert, it is set aside: ${refuse.message}`,
    );
  }

  #ended(end: LinkEnd): void {
    clearTimeout(this.#ackTimer);
    this.#link = undefined;
    this.#welcomed = false;
    this.#inFlight = undefined;
    this.#options.companion?.ended();
    this.#flushed?.();
    if (!this.#running) return;
    if (end.reason === 'unauthorized') this.#counts.unauthorized += 1;
    const refused = this.#refusal === undefined ? '' : ` (${this.#refusal.code}: ${this.#refusal.message})`;
    this.#trouble(
      `no connection to the collector at ${this.#options.collectorUrl}: ${end.detail}${refused}`,
      end.reason === 'unauthorized',
    );
    this.#dialTimer = setTimeout(
      () => {
        if (end.reason === 'unauthorized') this.#renewToken();
        this.#dial();
      },
      this.#redial.waitMs(end, this.#refusal),
    );
  }

  #renewToken(): void {
    try {
      this.#token = this.#options.renewToken?.() ?? this.#token;
    } catch (error) {
      this.#log.debug({ err: error }, 'the token could not be read again');
    }
  }

  /** The same trouble is logged once until it changes. */
  #trouble(text: string, grave = false): void {
    if (text === this.#lastTrouble) return;
    this.#lastTrouble = text;
    this.#log[grave ? 'error' : 'warn']({ waiting: this.#queue.depth }, text);
  }

  #pump(): void {
    if (this.#queue.depth === 0) this.#flushed?.();
    if (!this.#welcomed || this.#inFlight !== undefined) return;
    // A store that just failed gets the time of the retry timer.
    if (this.#refusal?.seq !== undefined && this.#storeTimer !== undefined) return;
    const parcel = this.#queue.take(this.#batchLimit);
    if (parcel === undefined) {
      if (this.#queue.blocked && this.#tidyTimer === undefined) this.#retryStore();
      return;
    }
    const waiting = underLimit(parcel);
    this.#inFlight = { from: parcel.from, waiting };
    this.#batchSeq += 1;
    this.#counts.batches += 1;
    this.#awaitAnswer();
    this.#send({ type: 'batch', seq: this.#batchSeq, alerts: waiting.map(({ alert }) => alert) });
  }

  /** After a while, writes what waits for the file and sends again what the collector could not store. */
  #retryStore(afterMs?: number): void {
    if (!this.#running) return;
    this.#storeTimer ??= setTimeout(
      () => {
        this.#storeTimer = undefined;
        this.#refusal = undefined;
        this.#queue.shelve();
        this.#pump();
        if (this.#queue.blocked) this.#retryStore();
      },
      afterMs ?? this.#options.storeRetryMs ?? 1000,
    );
  }

  #awaitAnswer(): void {
    clearTimeout(this.#ackTimer);
    this.#ackTimer = setTimeout(() => {
      this.#counts.ackTimeouts += 1;
      this.#link?.end({ reason: 'silent', detail: 'the collector did not acknowledge in time' });
    }, this.#options.ackTimeoutMs ?? 10_000);
  }

  /** A report behind a full socket would be stale when it arrives; the next one takes its place. */
  #sendFresh(message: Report): boolean {
    if (!this.#welcomed || (this.#link?.bufferedBytes ?? 0) >= limits.messageBytes) return false;
    this.#send(message);
    return true;
  }

  readonly #send = (message: AgentMessage): void => this.#link?.send(message);
}

/** How long the file may hold what the collector has: the next alerts are not kept waiting for the disk meanwhile. */
const tidyMs = 100;
/** How often is looked for alerts that have waited too long. */
const tendMs = 600_000;
