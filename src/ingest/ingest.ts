import { collectorNodes } from '../model/posture.ts';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Clock } from '../lib/clock.ts';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { Registry } from '../lib/metrics.ts';
import type { Alert, StoredAlert } from '../model/alert.ts';
import type { Decision } from '../model/decision.ts';
import type { NodeState } from '../model/fleet.ts';
import type { StoredIncident } from '../model/incident.ts';
import type { NodeReport, ProfileFeature } from '../model/node.ts';
import { closeCodes, limits } from '../protocol/limits.ts';
import type { Hello } from '../protocol/message.ts';
import type { PostureKept, PostureReport } from '../protocol/posture-schema.ts';
import type { Evidence, Kept } from '../protocol/question.ts';
import { Admission, Door, paceOf } from './admission.ts';
import { Deliveries } from './deliveries.ts';
import type { DecisionLog } from './deliveries.ts';
import type { Fleet } from './fleet.ts';
import { IngestMetrics } from './ingest-metrics.ts';
import type { RefusalCode } from './ingest-metrics.ts';
import type { Nodes } from './nodes.ts';
import type { PeerDesk } from './peer-desk.ts';
import { ending } from './questions.ts';
import type { Answering, Inquiry } from './questions.ts';
import { Throttle, usualThrottle } from './throttle.ts';
import type { ThrottleLimits } from './throttle.ts';
import { Session } from './session.ts';
import type { BatchOutcome, SessionEnd, SessionEvents } from './session.ts';

/** Where alerts are kept for good. */
export interface AlertLog {
  /**
   * Durable when it resolves; `stored` are those that nobody was told of yet, also of earlier batches, `duplicate` how many of this one were
   * stored before, `incidents` those that changed by them, or by batches that were
   * stored together with this one. Calls resolve in the order of the log.
   */
  append(
    alerts: readonly Alert[],
    nowMs: number,
  ): Promise<{
    readonly stored: readonly StoredAlert[];
    readonly duplicate: number;
    readonly incidents: readonly StoredIncident[];
  }>;
}

/** Where events around alerts are kept. */
export interface EvidenceLog {
  /** Durable when it resolves `stored`; never rejects. */
  keep(node: string, evidence: Evidence): Promise<Kept['outcome']>;
}

/** Where what the checks of practices say is kept. */
export interface PostureLog {
  /** Durable when it resolves `stored`; never rejects. */
  keep(node: string, report: PostureReport): Promise<PostureKept['outcome']>;
}

/** Who is told what came in; called in order of `seq`. */
export interface IngestListener {
  stored(alerts: readonly StoredAlert[], incidents: readonly StoredIncident[]): void;
  nodeChanged(node: NodeState): void;
}

export interface IngestOptions {
  readonly collectorVersion: string;
  readonly alerts: AlertLog;
  readonly nodes: Nodes;
  readonly decisions: DecisionLog;
  readonly fleet: Fleet;
  /** Without it, agents send none. */
  readonly evidence?: EvidenceLog;
  /** Without it, agents send nothing of practices. */
  readonly posture?: PostureLog;
  /** Without it, no names of peers are shared. */
  readonly peers?: PeerDesk | undefined;
  readonly listener: IngestListener;
  /** Told of each alert that was stored, before the listener. */
  readonly counted?: (alert: StoredAlert) => void;
  /** Told of each report of a node. */
  readonly reported?: (node: string, report: NodeReport) => void;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Logger;
  /** Agents connected at once. Default 20000; the next is refused with `node.limit`. */
  readonly maxAgents?: number;
  /** Default 10000. */
  readonly helloTimeoutMs?: number;
  /** Default 15000. */
  readonly pingMs?: number;
  /** What one agent may send. */
  readonly throttle?: ThrottleLimits;
}

/** What one agent said when asked for a profile. */
export interface ProfileAnswer {
  readonly node: string;
  /** `silent`: no answer in time, or the connection broke. */
  readonly outcome: 'found' | 'unknown' | 'failed' | 'silent';
  readonly features: readonly ProfileFeature[];
  readonly omitted: number;
}

/** Nodes that are remembered, connected or not; new names beyond them are refused. */
const maxNodes = 40_000;

/** The collector's side of `WS /agent`: validates, stores, acknowledges. */
export class Ingest {
  readonly #options: IngestOptions;
  readonly #metrics: IngestMetrics;
  readonly #deliveries: Deliveries;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: limits.messageBytes,
    perMessageDeflate: false,
    clientTracking: false,
  });
  readonly #sessions = new Set<Session>();
  readonly #byNode = new Map<string, Session>();
  readonly #admission: Admission;
  readonly #door: Door;
  /** For how many agents their pace was told last. */
  #pacedFor = 0;
  readonly #appending = new Set<Promise<unknown>>();
  #stopping = false;
  #storeTrouble: string | undefined;
  #allEnded: (() => void) | undefined;

  constructor(options: IngestOptions) {
    this.#options = options;
    this.#metrics = new IngestMetrics(options.registry);
    const { decisions, registry, log, clock } = options;
    this.#admission = new Admission({ clock });
    this.#door = new Door(clock);
    this.#server.on('wsClientError', ({ message }, socket) => {
      this.#metrics.refused.inc({ code: 'upgrade.invalid' });
      reject(socket, 400, 'Bad Request', 'upgrade.invalid', message);
    });
    const send = (node: string, decision: Decision): boolean => {
      const session = this.#byNode.get(node);
      // An agent of an earlier release would end the connection: the decision waits for its successor.
      if (session?.accepts.includes('decide') !== true) return false;
      session.decide(decision);
      return true;
    };
    this.#deliveries = new Deliveries({ decisions, registry, log, send });
  }

  /**
   * Takes over an HTTP upgrade to `/agent` of an agent that was let in, or answers it with a problem document (503).
   * @param boundTo The only node that it may speak for.
   */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, boundTo: string | undefined): void {
    const full = this.#sessions.size >= (this.#options.maxAgents ?? 20_000);
    const retryAfterSeconds = full
      ? 60
      : this.#stopping
        ? 1
        : this.#door.enter(this.#sessions.size - this.#byNode.size);
    if (retryAfterSeconds > 0) {
      const [code, detail] = full
        ? (['node.limit', 'the collector takes no more agents'] as const)
        : (['collector.busy', 'too many agents come at once, or the collector stops'] as const);
      this.#metrics.refused.inc({ code });
      reject(socket, 503, 'Service Unavailable', code, detail, retryAfterSeconds);
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      const { collectorVersion, helloTimeoutMs = 10_000, pingMs = 15_000, clock } = this.#options;
      const throttle = new Throttle(this.#options.throttle ?? usualThrottle, clock, () =>
        this.#metrics.throttled.inc(),
      );
      const { evidence, posture, peers } = this.#options;
      const accepts = [
        'fleet',
        ...(evidence === undefined ? [] : ['evidence']),
        ...(posture === undefined ? [] : ['posture', 'posture-facts']),
        ...(peers?.accepts ?? []),
      ];
      const options = { collectorVersion, accepts, helloTimeoutMs, pingMs, clock, boundTo, throttle };
      this.#sessions.add(new Session(webSocket, this.#events, options));
    });
  }

  readonly #events: SessionEvents = {
    hello: (session, hello) =>
      session.mayBe(hello.node) && !collectorNodes.has(hello.node) ? this.#hello(session, hello) : 'node.forbidden',
    batch: (alerts, sizeBytes) => this.#admit(alerts, sizeBytes),
    report: (session, report) => this.#report(session, report),
    welcomed: (session) => this.#welcomed(session),
    contribution: (session, shared) => this.#options.fleet.contributed(session.node, shared),
    asked: (session, workload) => this.#options.fleet.known(session.node, workload),
    decided: (session, id, outcome) => void this.#deliveries.answered(session.node, id, outcome),
    evidence: (session, evidence) => this.#options.evidence?.keep(session.node, evidence) ?? Promise.resolve('full'),
    posture: (session, report) => this.#options.posture?.keep(session.node, report) ?? Promise.resolve('failed'),
    peersHeld: (session, held) => this.#options.peers?.held(session, held),
    refused: (session, code, message) => this.#refused(session, code, message),
    clock: (session, skew) => this.#options.nodes.clock(session.node, skew),
    ended: (session, end) => this.#ended(session, end),
  };

  /** An agent was not let in. */
  turnedAway(address: string, reason: string): void {
    this.#metrics.refused.inc({ code: 'unauthorized' });
    this.#options.log.warn({ from: address }, `an agent was not let in: ${reason}`);
  }

  /** Stores an alert of the collector's own; durable when it resolves. */
  async raise(alert: Alert): Promise<void> {
    await this.#batch([alert]);
  }

  /** Why the last batch could not be stored; undefined when it could. */
  get storeTrouble(): string | undefined {
    return this.#storeTrouble;
  }

  /** Asks the named nodes, as far as they are connected, for their profile of a workload. */
  async askProfile(nodes: readonly string[], workload: string, timeoutMs: number): Promise<readonly ProfileAnswer[]> {
    return Promise.all(
      nodes.map(async (node): Promise<ProfileAnswer> => {
        const response = await this.#byNode.get(node)?.ask(workload, timeoutMs);
        if (response === undefined) return { node, outcome: 'silent', features: [], omitted: 0 };
        return { node, outcome: response.outcome, features: response.features, omitted: response.omitted };
      }),
    );
  }

  /** Asks a node something whose answer may be long; one that is away, or does not know the question, ends at once. */
  inquire(node: string, inquiry: Inquiry): Answering {
    const session = this.#byNode.get(node);
    if (session === undefined) return ending('silent', 'the node is not connected');
    if (!session.accepts.includes(inquiry.what)) return ending('unsupported', 'the agent is of an earlier release');
    return session.inquire(inquiry);
  }

  /** There is a new decision in the log: tells those of the nodes that are connected. */
  tellDecisions(nodes: readonly string[]): void {
    for (const node of nodes) if (this.#byNode.has(node)) void this.#deliveries.next(node);
  }

  /** Closes every agent's connection; what was not acknowledged they send again. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const ended = new Promise<void>((resolve) => {
      this.#allEnded = resolve;
    });
    const all = [...this.#sessions];
    for (const session of all) session.close(closeCodes.goingAway, 'the collector stops');
    if (all.length > 0) await ended;
    await Promise.allSettled(this.#appending);
  }

  #hello(session: Session, hello: Hello): RefusalCode | undefined {
    // Names cost memory for a week: whoever has the token could make them up without end.
    if (this.#options.nodes.size >= maxNodes && this.#options.nodes.get(hello.node) === undefined) return 'node.limit';
    const older = this.#byNode.get(hello.node);
    this.#byNode.set(hello.node, session);
    this.#deliveries.ended(hello.node);
    older?.refuse(
      'node.replaced',
      `another agent says that it is node ${hello.node}; give each agent its own --node-name`,
    );
    const { nodes, listener, log } = this.#options;
    log.info({ node: hello.node, agentVersion: hello.agentVersion }, 'an agent connected');
    listener.nodeChanged(nodes.up(hello.node, hello.agentVersion));
    return undefined;
  }

  #pace(): ReturnType<typeof paceOf> {
    return paceOf(Math.max(this.#sessions.size, this.#options.nodes.size));
  }

  /** The pace follows the number of agents; all are told anew when that has doubled, or is a quarter. */
  #welcomed(session: Session): void {
    void this.#deliveries.next(session.node);
    const agents = Math.max(this.#sessions.size, this.#options.nodes.size);
    const pace = this.#pace();
    if (agents >= this.#pacedFor * 2 || agents * 4 < this.#pacedFor) {
      this.#pacedFor = agents;
      for (const one of this.#byNode.values()) if (one !== session) one.pace(pace);
    }
    session.pace(pace);
  }

  #report(session: Session, report: Parameters<Nodes['report']>[1]): void {
    const { nodes, clock } = this.#options;
    nodes.report(session.node, report);
    // An agent that cannot be asked for its clock says it in its report; how long that was under way is not known.
    if (session.protocol < 2) nodes.clock(session.node, { skewMs: report.timeMs - clock.nowMs(), errorMs: 1000 });
    this.#deliveries.reported(session.node);
    this.#options.reported?.(session.node, report);
  }

  async #admit(alerts: readonly Alert[], sizeBytes: number): Promise<BatchOutcome> {
    const retryAfterMs = this.#admission.begin(sizeBytes);
    if (retryAfterMs !== undefined) {
      this.#metrics.batches.inc({ outcome: 'deferred' });
      return { retryAfterMs };
    }
    try {
      return await this.#batch(alerts);
    } finally {
      this.#admission.end(sizeBytes);
    }
  }

  /** Batches of all agents go to the log at once, which writes those together that come together, and answers in its own order. */
  #batch(alerts: readonly Alert[]): Promise<{ readonly stored: number; readonly duplicate: number }> {
    const result = this.#append(alerts);
    this.#appending.add(result);
    return result.finally(() => this.#appending.delete(result));
  }

  async #append(alerts: readonly Alert[]): Promise<{ readonly stored: number; readonly duplicate: number }> {
    const { clock, log, listener } = this.#options;
    const startMs = clock.monotonicMs();
    try {
      const { stored, duplicate, incidents } = await this.#options.alerts.append(alerts, clock.nowMs());
      this.#storeTrouble = undefined;
      this.#metrics.writeSeconds.observe((clock.monotonicMs() - startMs) / 1000);
      this.#metrics.batches.inc({ outcome: duplicate < alerts.length ? 'stored' : 'duplicate' });
      for (const alert of stored) {
        this.#metrics.countAlert(alert);
        this.#options.counted?.(alert);
        this.#metrics.delaySeconds.observe(Math.max(0, clock.nowMs() - Date.parse(alert.time)) / 1000);
      }
      if (stored.length + incidents.length > 0) listener.stored(stored, incidents);
      return { stored: alerts.length - duplicate, duplicate };
    } catch (error) {
      this.#storeTrouble = errorText(error);
      this.#metrics.batches.inc({ outcome: 'failed' });
      log.error({ err: error }, `a batch of alerts could not be stored; the agent keeps it: ${errorText(error)}`);
      throw error;
    }
  }

  #refused(session: Session, code: RefusalCode, message: string): void {
    this.#metrics.refused.inc({ code });
    if (session.node !== '' && (code.startsWith('message.') || code === 'batch.order'))
      this.#metrics.batches.inc({ outcome: 'refused' });
    this.#options.log.warn({ node: session.node, code }, `an agent was refused: ${message}`);
  }

  #ended(session: Session, end: SessionEnd): void {
    this.#sessions.delete(session);
    this.#options.peers?.ended(session);
    if (this.#sessions.size === 0) queueMicrotask(() => this.#allEnded?.());
    if (session.node === '' || this.#byNode.get(session.node) !== session) return;
    this.#byNode.delete(session.node);
    this.#deliveries.ended(session.node);
    this.#options.log.info({ node: session.node }, 'an agent went away');
    const state = this.#options.nodes.down(session.node, end);
    if (state !== undefined) this.#options.listener.nodeChanged(state);
  }
}

/** Answers an upgrade request with a problem document (RFC 9457) and closes. */
function reject(
  socket: Duplex,
  status: number,
  title: string,
  code: string,
  detail: string,
  retryAfterSeconds?: number,
): void {
  const body = JSON.stringify({ type: 'about:blank', title, status, code, detail });
  const retryAfter = retryAfterSeconds === undefined ? '' : `Retry-After: ${String(retryAfterSeconds)}\r\n`;
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${String(status)} ${title}\r\n${retryAfter}Content-Type: application/problem+json\r\n` +
      `Content-Length: ${String(Buffer.byteLength(body))}\r\nConnection: close\r\n\r\n${body}`,
  );
}
