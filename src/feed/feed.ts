import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Logger } from '../lib/log.ts';
import { counter, gauge } from '../lib/metrics.ts';
import type { Counter, Gauge, Registry } from '../lib/metrics.ts';
import type { StoredAlert } from '../model/alert.ts';
import type { NodeState } from '../model/fleet.ts';
import type { StoredIncident } from '../model/incident.ts';
import type { PostureChange } from '../model/posture.ts';
import { FeedBatch } from './batch.ts';
import { dropReasons, FeedClient } from './client.ts';
import type { FeedLog } from './client.ts';
import { parseFeedFilter } from './filter.ts';

/**
 * To write to one client takes the kernel some microseconds however little it is. With many of them alerts are gathered for so long for each
 * client: 25 ms for 500 of them, nothing to speak of for a few.
 */
const perClientMs = 0.05;

export interface FeedOptions {
  readonly alerts: FeedLog;
  readonly registry: Registry;
  readonly log: Logger;
  /** Clients at once; the next gets 503. Default 2000. */
  readonly maxClients?: number;
  /** Default 1 MiB. */
  readonly maxBufferedBytes?: number;
  /** Default 10000. */
  readonly stallMs?: number;
  /** Default 15000; a client that answers no ping until the next is dropped. */
  readonly pingMs?: number;
  /** Default 200. */
  readonly pageSize?: number;
}

/** `WS /feed`: alerts, incidents and nodes as they come, resumable after a `seq`. Every client is bounded; one over its bound is told and closed. */
export class Feed {
  readonly #options: FeedOptions;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: 4096,
    perMessageDeflate: false,
    clientTracking: false,
  });
  readonly #clients = new Set<FeedClient>();
  /** What came since the last time that clients were written to: the alerts, and of each incident how it is now. */
  #alerts: StoredAlert[] = [];
  #incidents = new Map<string, StoredIncident>();
  #flushedMs = -Infinity;
  #flushing: NodeJS.Timeout | undefined;
  readonly #gauge: Gauge;
  readonly #dropped: Counter<'reason'>;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#gauge = gauge(options.registry, 'anchorwatch_feed_clients', 'Clients of the feed.');
    this.#dropped = counter(
      options.registry,
      'anchorwatch_feed_dropped_total',
      'Clients of the feed that were dropped or turned away.',
      ['reason'],
    );
    for (const reason of [...dropReasons, 'full']) this.#dropped.inc({ reason }, 0);
    this.#server.on('wsClientError', ({ message }, socket) =>
      reject(socket, { title: 'Bad Request', status: 400, code: 'upgrade.invalid', detail: message }),
    );
  }

  /** Takes over an HTTP upgrade to `/feed`, or answers it with a problem document (400, 503). */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const filter = parseFeedFilter(new URL(request.url ?? '/', 'http://collector').searchParams);
    if ('parameter' in filter) {
      const { parameter, detail } = filter;
      reject(socket, {
        title: 'Bad Request',
        status: 400,
        code: 'query.invalid',
        detail: `${parameter}: ${detail}`,
        parameter,
      });
      return;
    }
    const {
      maxClients = 2000,
      maxBufferedBytes = 1_048_576,
      stallMs = 10_000,
      pingMs = 15_000,
      pageSize = 200,
    } = this.#options;
    if (this.#clients.size >= maxClients) {
      this.#dropped.inc({ reason: 'full' });
      reject(socket, {
        title: 'Service Unavailable',
        status: 503,
        code: 'feed.full',
        detail: 'the feed takes no more clients',
      });
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      const client: FeedClient = new FeedClient({ webSocket, connection: socket }, filter, {
        log: this.#options.alerts,
        logger: this.#options.log,
        maxBufferedBytes,
        stallMs,
        pingMs,
        pageSize,
        dropped: (reason) => this.#dropped.inc({ reason }),
        closed: () => {
          this.#clients.delete(client);
          this.#gauge.set(this.#clients.size);
        },
      });
      this.#clients.add(client);
      this.#gauge.set(this.#clients.size);
    });
  }

  /** Alerts that were just stored, in order of `seq`, and the incidents that changed by them. */
  publish(alerts: readonly StoredAlert[], incidents: readonly StoredIncident[]): void {
    if (this.#clients.size === 0) return;
    this.#alerts.push(...alerts);
    for (const incident of incidents) this.#incidents.set(incident.id, incident);
    if (this.#flushing !== undefined) return;
    const waitMs = this.#flushedMs + this.#clients.size * perClientMs - performance.now();
    if (waitMs <= 0) this.#flush();
    else this.#flushing = setTimeout(() => this.#flush(), waitMs);
  }

  /** A node came or went. */
  nodeChanged(state: NodeState): void {
    for (const client of this.#clients) client.node(state);
  }

  /** Results of practices changed, of one subject. */
  postureChanged(changes: readonly PostureChange[]): void {
    for (const client of this.#clients) client.posture(changes);
  }

  stop(): void {
    this.#flush();
    for (const client of this.#clients) client.close();
  }

  #flush(): void {
    clearTimeout(this.#flushing);
    this.#flushing = undefined;
    this.#flushedMs = performance.now();
    const batch = new FeedBatch(this.#alerts, [...this.#incidents.values()]);
    this.#alerts = [];
    this.#incidents = new Map();
    for (const client of this.#clients) client.publish(batch);
  }
}

interface Problem {
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly parameter?: string;
}

/** Answers an upgrade request with a problem document (RFC 9457) and closes. */
function reject(socket: Duplex, problem: Problem): void {
  const body = JSON.stringify({ type: 'about:blank', ...problem });
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${String(problem.status)} ${problem.title}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${String(Buffer.byteLength(body))}\r\nConnection: close\r\n\r\n${body}`,
  );
}
