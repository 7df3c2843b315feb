import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { StoredAlert } from '../model/alert.ts';
import type { NodeState } from '../model/fleet.ts';
import type { StoredIncident } from '../model/incident.ts';
import type { PostureChange } from '../model/posture.ts';
import { alertMessage, filterKey, incidentMessage } from './batch.ts';
import type { FeedBatch } from './batch.ts';
import { wantsAlert, wantsIncident, wantsKind, wantsNode, wantsPosture } from './filter.ts';
import type { FeedFilter } from './filter.ts';

/** The log of alerts, to catch up from. */
export interface FeedLog {
  /** In order of `seq`, those after it. */
  after(seq: number, limit: number): Promise<readonly StoredAlert[]>;
  lastSeq(): Promise<number>;
  /** In the order in which they changed last: those that changed at `seq` or later and come after `id` at `seq`. */
  incidentsFrom(at: { readonly seq: number; readonly id: string }, limit: number): Promise<readonly StoredIncident[]>;
}

export const dropReasons = ['slow', 'silent', 'failed'] as const;
export type DropReason = (typeof dropReasons)[number];

export interface FeedClientOptions {
  readonly log: FeedLog;
  readonly logger: Logger;
  /** Bytes that may wait for the client to read them; with more it is dropped. */
  readonly maxBufferedBytes: number;
  /** How long a client that catches up may take no byte at all. */
  readonly stallMs: number;
  readonly pingMs: number;
  /** Alerts read from the log at once. */
  readonly pageSize: number;
  dropped(reason: DropReason): void;
  closed(): void;
}

/**
 * One client of the feed. It goes through the log in order: first in pages, as fast as the client reads, and when the end is
 * reached, live. `#position` is the last `seq` that it went past, so the seam between the two has no gap and no repetition. Incidents have
 * the `seq` of the log at which they changed last: whoever resumes gets those that changed there or later once more, after the alerts.
 */
export class FeedClient {
  readonly #socket: WebSocket;
  readonly #connection: Duplex;
  readonly #filter: FeedFilter;
  readonly #key: string;
  readonly #options: FeedClientOptions;
  #position = 0;
  #newest = 0;
  #live = false;
  /** Lowest `seq` of incidents that changed since the log was asked for them last. */
  #unreadFrom = Infinity;
  #ended = false;
  #alive = true;
  readonly #pingTimer: NodeJS.Timeout;

  /** @param connection What the WebSocket writes to: whole frames may be written there beside it. */
  constructor(
    { webSocket: socket, connection }: { readonly webSocket: WebSocket; readonly connection: Duplex },
    filter: FeedFilter,
    options: FeedClientOptions,
  ) {
    this.#socket = socket;
    this.#connection = connection;
    this.#filter = filter;
    this.#key = filterKey(filter);
    this.#options = options;
    this.#pingTimer = setInterval(() => this.#ping(), options.pingMs);
    socket.on('pong', () => {
      this.#alive = true;
    });
    // The feed goes one way; what a client sends is read (pongs must be) and ignored.
    socket.on('error', (error) => options.logger.debug({ err: error }, 'a feed client failed'));
    socket.on('close', () => this.#end());
    this.#catchUp().catch((error: unknown) => {
      options.logger.error({ err: error }, `the feed could not read the alerts: ${errorText(error)}`);
      this.#drop('failed', 1011, 'the collector could not read its alerts');
    });
  }

  /** Alerts that were just stored, in order, and the incidents that changed by them. */
  publish(batch: FeedBatch): void {
    const { alerts, incidents } = batch;
    const last = alerts.at(-1)?.seq ?? 0;
    this.#newest = Math.max(this.#newest, last);
    if (!this.#live) {
      for (const { seq } of incidents) this.#unreadFrom = Math.min(this.#unreadFrom, seq);
      return;
    }
    // The log was read up to somewhere within the batch: the rest of it goes one by one.
    if (alerts.length > 0 && (alerts[0]?.seq ?? 0) <= this.#position) {
      for (const alert of alerts) this.#pass(alert);
      for (const incident of incidents) this.#passIncident(incident);
      return;
    }
    const frames = batch.frames(this.#filter, this.#key);
    if (frames.length > 0 && this.#mayWrite()) this.#connection.write(frames);
    if (!this.#ended) this.#position = Math.max(this.#position, last);
  }

  node(state: NodeState): void {
    if (!wantsNode(this.#filter, state.name)) return;
    const { name, up, agentVersion, lastSeenMs, stopped = false, silentAlert } = state;
    this.#send({
      type: 'node',
      seq: this.#position,
      node: name,
      up,
      agentVersion,
      stopped: !up && stopped,
      silent: silentAlert !== undefined,
      time: new Date(lastSeenMs).toISOString(),
    });
  }

  /** Changes of one subject, in one message. What a client missed is asked of the API: these are not in the log. */
  posture(changes: readonly PostureChange[]): void {
    const wanted = changes.filter((change) => wantsPosture(this.#filter, change));
    const [first] = wanted;
    if (first === undefined) return;
    const { node, workload, container, timeMs } = first;
    this.#send({
      ...{ type: 'posture', seq: this.#position, time: new Date(timeMs).toISOString(), node },
      ...{ workload, container },
      changes: wanted.map(({ check, severity, was, result }) => ({ check, severity, was, result })),
    });
  }

  close(): void {
    this.#socket.close(1001, 'the collector stops');
    setTimeout(() => this.#socket.terminate(), 1000).unref();
  }

  async #catchUp(): Promise<void> {
    const { log, pageSize } = this.#options;
    const lastSeq = await log.lastSeq();
    // An `after` beyond the log is from another log, before a new start: what comes next is new to the client.
    this.#position = Math.min(this.#filter.after ?? lastSeq, lastSeq);
    this.#newest = Math.max(this.#newest, this.#position);
    if (this.#filter.after !== undefined) this.#unreadFrom = this.#position;
    // Who wants to hear what comes from now on need not wait for the log.
    else if (this.#newest <= this.#position && this.#unreadFrom === Infinity) {
      this.#live = true;
      return;
    }
    while (!this.#ended) {
      const page = await log.after(this.#position, pageSize);
      for (const alert of page) {
        this.#tellGap(alert.seq);
        this.#pass(alert);
        // A page may be larger than what a client may leave unread.
        if (this.#isFull) await this.#drained();
      }
      if (page.length === 0 && this.#newest <= this.#position) {
        await this.#catchUpIncidents();
        if (this.#newest <= this.#position && this.#unreadFrom === Infinity) {
          this.#live = true;
          return;
        }
      }
      await this.#drained();
    }
  }

  async #catchUpIncidents(): Promise<void> {
    let at = { seq: this.#unreadFrom, id: '' };
    this.#unreadFrom = Infinity;
    while (at.seq < Infinity && wantsKind(this.#filter, 'incident') && !this.#ended) {
      const changed = await this.#options.log.incidentsFrom(at, this.#options.pageSize);
      for (const incident of changed) {
        this.#passIncident(incident);
        if (this.#isFull) await this.#drained();
      }
      at = changed.at(-1) ?? { seq: Infinity, id: '' };
      await this.#drained();
    }
  }

  #pass(alert: StoredAlert): void {
    if (alert.seq <= this.#position || this.#ended) return;
    if (wantsAlert(this.#filter, alert)) this.#sendText(alertMessage(alert));
    if (!this.#ended) this.#position = alert.seq;
  }

  #passIncident(incident: StoredIncident): void {
    if (!this.#ended && wantsIncident(this.#filter, incident)) this.#sendText(incidentMessage(incident));
  }

  /** The log has no gaps but for what was deleted for its age. */
  #tellGap(seq: number): void {
    const first = this.#position + 1;
    if (seq <= first) return;
    const detail = `alerts ${String(first)} to ${String(seq - 1)} are not kept any more`;
    this.#send({ type: 'lag', seq: seq - 1, reason: 'expired', detail });
  }

  get #isFull(): boolean {
    return this.#socket.bufferedAmount > this.#options.maxBufferedBytes / 4;
  }

  /** Resolves when the client has read most of what was sent; drops it when it reads nothing. */
  async #drained(): Promise<void> {
    const { stallMs } = this.#options;
    let before = this.#socket.bufferedAmount;
    let stalledSince = performance.now();
    while (!this.#ended && this.#isFull) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      const buffered = this.#socket.bufferedAmount;
      if (buffered < before) stalledSince = performance.now();
      before = buffered;
      if (performance.now() - stalledSince > stallMs) this.#tooSlow();
    }
  }

  #send(message: object): void {
    this.#sendText(JSON.stringify(message));
  }

  #sendText(text: string): void {
    if (this.#mayWrite()) this.#socket.send(text);
  }

  /** Whether the client is there and reads; drops it when it does not read. */
  #mayWrite(): boolean {
    if (this.#ended || this.#socket.readyState !== WebSocket.OPEN) return false;
    if (this.#socket.bufferedAmount <= this.#options.maxBufferedBytes) return true;
    this.#tooSlow();
    return false;
  }

  /** The message waits behind what the client has not read; one that starts reading again learns where to resume. */
  #tooSlow(): void {
    const detail = `too slow: connect again with after=${String(this.#position)}`;
    this.#socket.send(JSON.stringify({ type: 'lag', seq: this.#position, reason: 'slow', detail }));
    this.#drop('slow', 1013, 'too slow');
  }

  #drop(reason: DropReason, code: number, text: string): void {
    if (this.#ended) return;
    this.#options.dropped(reason);
    this.#end();
    this.#socket.close(code, text);
    setTimeout(() => this.#socket.terminate(), 10_000).unref();
  }

  #ping(): void {
    if (this.#alive) {
      this.#alive = false;
      if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping();
      return;
    }
    // The ping waits behind what the client has not read: it is told where to resume, should it read again soon.
    if (this.#connection.writableLength > 0) return this.#tooSlow();
    this.#drop('silent', 1001, 'no pong');
    this.#socket.terminate();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#pingTimer);
    this.#options.closed();
  }
}
