import { WebSocket } from 'ws';
import { AnchorwatchError } from '../lib/errors.ts';
import type { Alert } from '../model/alert.ts';
import type { Decision } from '../model/decision.ts';
import type { NodeReport } from '../model/node.ts';
import type { SharedProfile } from '../model/shared-profile.ts';
import { closeCodes, protocolVersion } from '../protocol/limits.ts';
import { decodeAgentMessage, encodeMessage } from '../protocol/message.ts';
import type { AgentMessage, CollectorMessage, Decided, Hello, Response } from '../protocol/message.ts';
import type { Evidence, Kept } from '../protocol/question.ts';
import type { RefusalCode } from './ingest-metrics.ts';
import { Questions } from './questions.ts';
import type { Answering, Inquiry } from './questions.ts';

/** What a session asks of ingest. */
export interface SessionEvents {
  /** The first valid message; answers a refusal, or undefined when the agent is welcome. */
  hello(session: Session, hello: Hello): RefusalCode | undefined;
  /** Stores the alerts. Throws AnchorwatchError when that fails. */
  batch(alerts: readonly Alert[]): Promise<{ readonly stored: number; readonly duplicate: number }>;
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
  refused(session: Session, code: RefusalCode, message: string): void;
  ended(session: Session): void;
}

export interface SessionOptions {
  readonly collectorVersion: string;
  /** Messages beside those of the first release that the collector takes. */
  readonly accepts: readonly string[];
  readonly helloTimeoutMs: number;
  readonly pingMs: number;
}

/**
 * One agent's connection. Messages are worked off one after the other; while one is being worked on, the socket is not read, so
 * what a fast agent sends waits in the kernel and not here.
 */
export class Session {
  /** Messages beside those of the first release that the agent takes. */
  accepts: readonly string[] = [];
  /** Empty until the hello. */
  node = '';
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
  #helloTimer: NodeJS.Timeout | undefined;
  readonly #pingTimer: NodeJS.Timeout;

  constructor(socket: WebSocket, events: SessionEvents, options: SessionOptions) {
    this.#socket = socket;
    this.#events = events;
    this.#options = options;
    this.#helloTimer = setTimeout(() => this.refuse('hello.timeout', 'no hello came'), options.helloTimeoutMs);
    this.#pingTimer = setInterval(() => this.#ping(), options.pingMs);
    socket.on('pong', () => {
      this.#alive = true;
    });
    socket.on('message', (data: Buffer) => this.#receive(data));
    socket.on('error', (error) => {
      const tooLarge = 'code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
      if (!this.#closing) this.#events.refused(this, tooLarge ? 'message.size' : 'message.syntax', error.message);
    });
    socket.on('close', () => this.#ended());
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

  /** Tells what an operator decided; the answer comes as `decided`. */
  decide(decision: Decision): void {
    this.#send({ type: 'decide', decision });
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
    this.#socket.pause();
    this.#work = this.#work.then(() => this.#handle(data)).finally(() => this.#socket.resume());
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
    else if (message.type === 'batch') await this.#batch(message.seq, message.alerts);
    else if (message.type === 'report') this.#events.report(this, message.report);
    else if (message.type === 'decided') this.#events.decided(this, message.id, message.outcome);
    else if (message.type === 'contribution') await this.#events.contribution(this, message.shared);
    else if (message.type === 'ask') this.#send(await this.#fleet(message.workload));
    else if (message.type === 'evidence')
      this.#send({ type: 'kept', id: message.id, outcome: await this.#events.evidence(this, message) });
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
      this.refuse(refusal, 'the collector takes no more nodes');
      return;
    }
    this.node = hello.node;
    this.accepts = hello.accepts ?? [];
    const { collectorVersion, accepts } = this.#options;
    this.#send({ type: 'welcome', protocol: protocolVersion, collectorVersion, accepts });
    this.#events.welcomed(this);
  }

  async #batch(seq: number, alerts: readonly Alert[]): Promise<void> {
    if (seq !== this.#lastBatch + 1) {
      this.refuse('batch.order', `batch ${String(seq)} came after batch ${String(this.#lastBatch)}`);
      return;
    }
    this.#lastBatch = seq;
    try {
      this.#send({ type: 'ack', seq, ...(await this.#events.batch(alerts)) });
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
  }

  #ended(): void {
    this.#closing = true;
    clearTimeout(this.#helloTimer);
    clearInterval(this.#pingTimer);
    for (const answer of this.#questions.values()) answer(undefined);
    this.#answers.ended();
    this.#events.ended(this);
  }
}

/**
 * Before the hello only its version is certain to be readable: another version may have another hello. Throws `protocol.version`,
 * and what `decodeAgentMessage` throws.
 */
function decodeFirst(data: Buffer): AgentMessage {
  const version = versionOf(data);
  if (version !== undefined && version !== protocolVersion) {
    const message = `the agent speaks protocol version ${String(version)}, this collector ${String(protocolVersion)}: use the same release of both`;
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
