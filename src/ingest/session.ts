import { WebSocket } from 'ws';
import type { Clock } from '../lib/clock.ts';
import { AnchorwatchError } from '../lib/errors.ts';
import type { Alert } from '../model/alert.ts';
import type { Decision } from '../model/decision.ts';
import type { NodeReport } from '../model/node.ts';
import type { SharedProfile } from '../model/shared-profile.ts';
import { closeCodes, commonVersion, protocolVersion } from '../protocol/limits.ts';
import { decodeAgentMessage, encodeMessage } from '../protocol/message.ts';
import type { AgentMessage, CollectorMessage, Decided, Hello, Pace, Response } from '../protocol/message.ts';
import type { PeersHeld } from '../protocol/peers-schema.ts';
import type { PostureKept, PostureReport } from '../protocol/posture-schema.ts';
import type { Evidence, Kept } from '../protocol/question.ts';
import { ClockProbe } from './clock-probe.ts';
import type { ClockSkew } from './clock-probe.ts';
import type { RefusalCode } from './ingest-metrics.ts';
import { Questions } from './questions.ts';
import type { Answering, Inquiry } from './questions.ts';
import type { Throttle } from './throttle.ts';

/** What a session asks of ingest. */
export interface SessionEvents {
  /** The first valid message; answers a refusal, or undefined when the agent is welcome. */
  hello(session: Session, hello: Hello): RefusalCode | undefined;
  /** Stores the alerts, or says when they shall come again. Throws AnchorwatchError when storing fails. */
  batch(alerts: readonly Alert[], sizeBytes: number): Promise<BatchOutcome>;
  /** It was welcomed: messages to it are read from now on. */
  welcomed(session: Session): void;
  report(session: Session, report: NodeReport): void;
  decided(session: Session, id: string, outcome: Decided['outcome']): void;
  /** Keeps what the node contributed, or counts why not; never rejects. */
  contribution(session: Session, shared: SharedProfile): Promise<void>;
  /** What other nodes know of the workload; undefined when nothing, or when it cannot be told; never rejects. */
  asked(session: Session, workload: string): Promise<SharedProfile | undefined>;
  /** Keeps events around an alert; never rejects. */
  evidence(session: Session, evidence: Evidence): Promise<Kept['outcome']>;
  /** Keeps what the checks of practices say; never rejects. */
  posture(session: Session, report: PostureReport): Promise<PostureKept['outcome']>;
  /** It says what it holds of the names of peers. */
  peersHeld(session: Session, held: PeersHeld): void;
  refused(session: Session, code: RefusalCode, message: string): void;
  /** The agent's clock was compared with ours. */
  clock(session: Session, skew: ClockSkew): void;
  ended(session: Session, end: SessionEnd): void;
}

/** What became of a batch: it is stored, or was put off and is to come again. */
export type BatchOutcome = { readonly stored: number; readonly duplicate: number } | { readonly retryAfterMs: number };

export interface SessionEnd {
  /** The agent said goodbye. */
  readonly stopped: boolean;
  /** How long ago something came from it last. */
  readonly heardAgoMs: number;
}

export interface SessionOptions {
  readonly collectorVersion: string;
  /** Messages beside those of the first release that the collector takes. */
  readonly accepts: readonly string[];
  readonly helloTimeoutMs: number;
  readonly pingMs: number;
  /** The only node that it may speak for. */
  readonly boundTo: string | undefined;
  readonly throttle: Throttle;
  readonly clock: Clock;
}

/** What agents of the first release are told that the collector takes: they send nothing else. */
const acceptedAtFirst = ['fleet'];

/** The clock is asked for at the hello and with every so many pings. */
const clockEveryPings = 4;

/**
 * One agent's connection. Messages are worked off one after the other; while one is being worked on, the socket is not read, so
 * what a fast agent sends waits in the kernel and not here.
 */
export class Session {
  /** Messages beside those of the first release that the agent takes. */
  accepts: readonly string[] = [];
  /** Empty until the hello. */
  node = '';
  /** Version that both sides speak, from the hello on. */
  protocol = 0;
  readonly #socket: WebSocket;
  readonly #events: SessionEvents;
  readonly #options: SessionOptions;
  readonly #questions = new Map<number, (response: Response | undefined) => void>();
  readonly #answers: Questions = new Questions((message) => this.#send(message));
  #work: Promise<void> = Promise.resolve();
  #lastBatch = 0;
  #lastQuestion = 0;
  #closing = false;
  #alive = true;
  #heardMs: number;
  #pings = 0;
  readonly #probe: ClockProbe;
  #helloTimer: NodeJS.Timeout | undefined;
  readonly #pingTimer: NodeJS.Timeout;

  constructor(socket: WebSocket, events: SessionEvents, options: SessionOptions) {
    this.#socket = socket;
    this.#events = events;
    this.#options = options;
    this.#heardMs = options.clock.monotonicMs();
    this.#probe = new ClockProbe(options.clock);
    this.#helloTimer = setTimeout(() => this.refuse('hello.timeout', 'no hello came'), options.helloTimeoutMs);
    this.#pingTimer = setInterval(() => this.#ping(), options.pingMs);
    socket.on('pong', () => {
      this.#alive = true;
      this.#heardMs = options.clock.monotonicMs();
    });
    socket.on('message', (data: Buffer) => this.#receive(data));
    socket.on('error', (error) => {
      const tooLarge = 'code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
      if (!this.#closing) this.#events.refused(this, tooLarge ? 'message.size' : 'message.syntax', error.message);
    });
    // The code of our own goodbye comes back to us.
    socket.on('close', (code) => this.#ended(code === closeCodes.goingAway && !this.#closing));
  }

  /** Asks the agent for a profile; undefined when it does not answer in time or goes away. */
  ask(workload: string, timeoutMs: number): Promise<Response | undefined> {
    return new Promise((resolve) => {
      this.#lastQuestion += 1;
      const id = this.#lastQuestion;
      const timer = setTimeout(() => this.#questions.get(id)?.(undefined), timeoutMs);
      this.#questions.set(id, (response) => {
        clearTimeout(timer);
        this.#questions.delete(id);
        resolve(response);
      });
      this.#send({ type: 'request', id, what: 'profile', workload });
    });
  }

  /** Asks the agent something that it has said to answer; see `Questions`. */
  inquire(inquiry: Inquiry): Answering {
    return this.#answers.ask(inquiry);
  }

  /** Says how much of the collector the agent may take; an agent of an earlier release is not told. */
  pace(pace: Omit<Pace, 'type'>): void {
    if (this.protocol >= 2) this.#send({ type: 'pace', ...pace });
  }

  /** Tells what an operator decided; the answer comes as `decided`. */
  decide(decision: Decision): void {
    this.#send({ type: 'decide', decision });
  }

  /** Bytes handed over that have not left the process. */
  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** Sends a message that others are sent as well, as `encodeMessage` made it. */
  sendEncoded(bytes: Buffer): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(bytes, { binary: false });
  }

  /** Says why, then closes. */
  refuse(code: RefusalCode, message: string): void {
    if (this.#closing) return;
    this.#events.refused(this, code, message);
    this.#send({ type: 'refuse', code, message });
    this.close(code === 'node.replaced' ? closeCodes.replaced : closeCodes.refused, code);
  }

  /** Closes; breaks off when the other side does not follow within a second. */
  close(code: number, reason: string): void {
    this.#closing = true;
    this.#socket.close(code, reason);
    const socket = this.#socket;
    setTimeout(() => socket.terminate(), 1000).unref();
  }

  #receive(data: Buffer): void {
    if (this.#closing) return;
    this.#heardMs = this.#options.clock.monotonicMs();
    this.#socket.pause();
    this.#work = this.#work
      .then(() => this.#handle(data))
      .then(() => this.#options.throttle.spend(data.length))
      .finally(() => this.#socket.resume());
  }

  async #handle(data: Buffer): Promise<void> {
    if (this.#closing) return;
    let message: AgentMessage;
    try {
      message = this.node === '' ? decodeFirst(data) : decodeAgentMessage(data);
    } catch (error) {
      const known =
        error instanceof AnchorwatchError
          ? error
          : new AnchorwatchError('message.invalid', 'unreadable', { cause: error });
      this.refuse(refusalOf(known.code), known.message);
      return;
    }
    if (message.type === 'hello') this.#hello(message);
    else if (this.node === '') this.refuse('hello.missing', `the first message must be a hello, not a ${message.type}`);
    else if (message.type === 'batch' && this.#isForeign(message.alerts))
      this.refuse('message.node', `an alert is not of node ${this.node}, the only one that this agent may speak for`);
    else if (message.type === 'batch') await this.#batch(message.seq, message.alerts, data.byteLength);
    else if (message.type === 'report') this.#events.report(this, message.report);
    else if (message.type === 'decided') this.#events.decided(this, message.id, message.outcome);
    else if (message.type === 'contribution') await this.#events.contribution(this, message.shared);
    else if (message.type === 'ask') this.#send(await this.#fleet(message.workload));
    else if (message.type === 'clock') this.#clock(message.id, message.timeMs);
    else if (message.type === 'evidence')
      this.#send({ type: 'kept', id: message.id, outcome: await this.#events.evidence(this, message) });
    else if (message.type === 'posture')
      this.#send({ type: 'posture-kept', id: message.id, outcome: await this.#events.posture(this, message) });
    else if (message.type === 'peers-held') this.#events.peersHeld(this, message);
    else if (message.type === 'response') this.#questions.get(message.id)?.(message);
    else this.#answers.take(message);
  }

  async #fleet(workload: string): Promise<CollectorMessage> {
    const shared = await this.#events.asked(this, workload);
    return { type: 'fleet', workload, ...(shared === undefined ? {} : { shared }) };
  }

  #hello(hello: Hello): void {
    clearTimeout(this.#helloTimer);
    if (this.node !== '') {
      this.refuse('message.unexpected', 'a second hello');
      return;
    }
    const refusal = this.#events.hello(this, hello);
    if (refusal !== undefined) {
      const { boundTo } = this.#options;
      const forbidden =
        boundTo === undefined
          ? `no agent may say that it is node ${hello.node}: findings of the collector's own are under that name`
          : `what this agent shows is for node ${boundTo}, and it says that it is ${hello.node}`;
      this.refuse(refusal, refusal === 'node.forbidden' ? forbidden : 'the collector takes no more nodes');
      return;
    }
    this.node = hello.node;
    // `decodeFirst` let no other version pass.
    this.protocol = commonVersion(hello.protocol) ?? protocolVersion;
    this.accepts = hello.accepts ?? [];
    const { collectorVersion } = this.#options;
    const accepts = this.protocol >= 2 ? this.#options.accepts : acceptedAtFirst;
    this.#send({ type: 'welcome', protocol: this.protocol, collectorVersion, accepts });
    this.#events.welcomed(this);
    this.#askClock();
  }

  /** May it speak for the node? */
  mayBe(node: string): boolean {
    return (this.#options.boundTo ?? node) === node;
  }

  #isForeign(alerts: readonly Alert[]): boolean {
    return alerts.some(({ node }) => !this.mayBe(node));
  }

  #askClock(): void {
    if (this.protocol >= 2) this.#send({ type: 'clock', id: this.#probe.ask() });
  }

  #clock(id: number, timeMs: number): void {
    const skew = this.#probe.answered(id, timeMs);
    if (skew !== undefined) this.#events.clock(this, skew);
  }

  async #batch(seq: number, alerts: readonly Alert[], sizeBytes: number): Promise<void> {
    if (seq !== this.#lastBatch + 1) {
      this.refuse('batch.order', `batch ${String(seq)} came after batch ${String(this.#lastBatch)}`);
      return;
    }
    this.#lastBatch = seq;
    try {
      const outcome = await this.#events.batch(alerts, sizeBytes);
      if ('stored' in outcome) this.#send({ type: 'ack', seq, ...outcome });
      else
        this.#send({ type: 'refuse', seq, code: 'collector.busy', message: 'too much waits to be stored', ...outcome });
    } catch (error) {
      const code = error instanceof AnchorwatchError ? error.code : 'store.failed';
      this.#send({ type: 'refuse', seq, code, message: 'the collector could not store the batch' });
    }
  }

  #send(message: CollectorMessage): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(encodeMessage(message));
  }

  #ping(): void {
    if (!this.#alive) {
      this.#socket.terminate();
      return;
    }
    this.#alive = false;
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping();
    this.#pings += 1;
    if (this.#pings % clockEveryPings === 0) this.#askClock();
  }

  #ended(stopped: boolean): void {
    this.#closing = true;
    clearTimeout(this.#helloTimer);
    clearInterval(this.#pingTimer);
    for (const answer of this.#questions.values()) answer(undefined);
    this.#answers.ended();
    this.#events.ended(this, { stopped, heardAgoMs: this.#options.clock.monotonicMs() - this.#heardMs });
  }
}

/**
 * Before the hello only its version is certain to be readable: another version may have another hello. Throws `protocol.version`,
 * and what `decodeAgentMessage` throws.
 */
function decodeFirst(data: Buffer): AgentMessage {
  const version = versionOf(data);
  if (version !== undefined && commonVersion(version) === undefined) {
    const message = `the agent speaks protocol version ${String(version)}, this collector ${String(protocolVersion)}: use releases whose versions differ by one at most`;
    throw new AnchorwatchError('protocol.version', message);
  }
  return decodeAgentMessage(data);
}

function versionOf(data: Buffer): number | undefined {
  try {
    const value: unknown = JSON.parse(data.toString());
    if (typeof value !== 'object' || value === null || !('protocol' in value)) return undefined;
    return typeof value.protocol === 'number' ? value.protocol : undefined;
  } catch {
    // What is not JSON is named by the full decoding that follows.
    return undefined;
  }
}

function refusalOf(code: string): RefusalCode {
  const codes = { 'protocol.version': true, 'message.size': true, 'message.syntax': true } as const;
  return code in codes ? (code as keyof typeof codes) : 'message.invalid';
}
