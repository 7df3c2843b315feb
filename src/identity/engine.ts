import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { Clock } from '../lib/clock.ts';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { backoffMs } from '../lib/retry.ts';
import { EngineEvents } from './engine-events.ts';
import type { EngineEvent } from './engine-events.ts';
import type { EngineAddress } from './engine-socket.ts';
import { inspected } from './inspection.ts';
import type { Inspected } from './inspection.ts';

/** Who is told what the engine says. */
export interface EngineListener {
  /** All containers that run or were only created, after every (re)connection. */
  listed(containers: readonly Inspected[]): void;
  event(event: EngineEvent): void;
}

export interface EngineOptions {
  readonly address: EngineAddress;
  readonly listener: EngineListener;
  readonly log: Logger;
  readonly clock: Clock;
  readonly random: () => number;
}

/** An answer as text, and whether there was more of it. */
export interface EngineText {
  readonly text: string;
  readonly cut: boolean;
}

export interface EngineCounters {
  readonly connects: number;
  readonly disconnects: number;
  readonly brokenLines: number;
}

const retryBaseMs = 250;
const retryMaxMs = 5_000;
const requestTimeoutMs = 10_000;

/** Connection to a container engine: lists, then follows its events; connects again for ever and resumes where it was. */
export class Engine {
  readonly #options: EngineOptions;
  readonly #docker: Docker;
  readonly #counts = { connects: 0, disconnects: 0, brokenLines: 0 };
  #stream: Readable | undefined;
  #timer: NodeJS.Timeout | undefined;
  #attempt = 0;
  #stopped = false;
  #lastTimeNano = '0';
  #recent: Set<string> = new Set();
  #trouble = '';
  #misread = '';

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#docker = options.address.connect();
  }

  get connected(): boolean {
    return this.#stream !== undefined;
  }

  get counters(): EngineCounters {
    return { ...this.#counts };
  }

  /** Tries once and answers whether the engine is there; goes on trying in the background. */
  async start(): Promise<boolean> {
    await this.#connect();
    return this.connected;
  }

  /** @throws what dockerode throws, `statusCode` 404 when there is no such container; what `inspected` throws, which is logged once */
  async inspect(id: string): Promise<Inspected> {
    const abortSignal = AbortSignal.timeout(requestTimeoutMs);
    const answer = await this.#docker.getContainer(id).inspect({ abortSignal });
    try {
      return inspected(answer);
    } catch (error) {
      const message = `container ${id.slice(0, 12)} is not watched: ${errorText(error)}`;
      // It is asked for again and again.
      if (message !== this.#misread) this.#options.log.error({ code: 'engine.answer' }, message);
      this.#misread = message;
      throw error;
    }
  }

  /** What the engine says of a container, as it says it. @throws as `inspect` does */
  async inspection(id: string, timeoutMs: number): Promise<unknown> {
    return await this.#docker.getContainer(id).inspect({ abortSignal: AbortSignal.timeout(timeoutMs) });
  }

  /** What the engine answers to `GET path` (`/info`, `/images/NAME/json`), as it says it. @throws as `inspect` does */
  async ask(path: string, timeoutMs: number): Promise<unknown> {
    const abortSignal = AbortSignal.timeout(timeoutMs);
    return await new Promise<unknown>((resolve, reject) => {
      const statusCodes = { 200: true, 400: 'bad request', 404: 'there is none', 409: 'conflict', 500: 'server error' };
      this.#docker.modem.dial({ path, method: 'GET', abortSignal, statusCodes }, (error: unknown, answer: unknown) => {
        if (error === null || error === undefined) resolve(answer);
        else reject(error instanceof Error ? error : new Error('the engine failed'));
      });
    });
  }

  /**
   * The beginning of its list of files that are not as the image has them, which may be of any length (Docker Engine API, `GET
   * /containers/{id}/changes`). @throws as `inspect` does
   */
  async changes(id: string, bytesMax: number, timeoutMs: number): Promise<EngineText> {
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await new Promise<Readable>((resolve, reject) => {
      const options = {
        ...{ path: `/containers/${encodeURIComponent(id)}/changes`, method: 'GET', abortSignal: signal },
        ...{ isStream: true, statusCodes: { 200: true, 404: 'no such container', 500: 'server error' } },
      };
      this.#docker.modem.dial(options, (error: unknown, stream: unknown) => {
        if (error !== null && error !== undefined)
          reject(error instanceof Error ? error : new Error('the engine failed'));
        else resolve(asReadable(stream as NodeJS.ReadableStream));
      });
    });
    const parts: Buffer[] = [];
    let length = 0;
    // Leaving early destroys the stream.
    for await (const part of answer as AsyncIterable<Buffer>) {
      parts.push(part);
      length += part.length;
      if (length > bytesMax) break;
    }
    return { text: Buffer.concat(parts).subarray(0, bytesMax).toString(), cut: length > bytesMax };
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#stream?.destroy();
    this.#stream = undefined;
  }

  async #connect(): Promise<void> {
    const { address, listener, log } = this.#options;
    try {
      const stream = await this.#follow();
      if (this.#stopped) {
        stream.destroy();
        return;
      }
      this.#stream = stream;
      const events = new EngineEvents();
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => {
        for (const event of events.add(chunk)) this.#take(event);
        this.#counts.brokenLines += events.broken;
        events.broken = 0;
      });
      stream.once('error', () => {
        this.#lost(stream);
      });
      stream.once('close', () => {
        this.#lost(stream);
      });
      stream.once('end', () => {
        this.#lost(stream);
      });
      const containers: Inspected[] = [];
      for (const { Id } of await this.#list()) {
        try {
          containers.push(await this.inspect(Id));
        } catch {
          // Ended between list and inspect.
        }
      }
      this.#counts.connects++;
      this.#attempt = 0;
      this.#trouble = '';
      const running = containers.filter((one) => one.running).length;
      log.info({ engine: address.text, containers: running }, 'container engine connected');
      listener.listed(containers);
    } catch (error) {
      const stream = this.#stream;
      if (stream === undefined) this.#retry(error);
      else stream.destroy(error instanceof Error ? error : undefined);
    }
  }

  /** Opens the stream of events, from the last one on: what happened while nobody listened is told then. */
  async #follow(): Promise<Readable> {
    const first = this.#lastTimeNano === '0';
    if (first) this.#lastTimeNano = `${Math.floor(this.#options.clock.nowMs())}000000`;
    const since = first ? {} : { since: wholeSeconds(this.#lastTimeNano) };
    const filters = JSON.stringify({ type: ['container'] });
    // Only the answer is waited for; the stream that it opens may stay silent for days.
    const giveUp = new AbortController();
    const timer = setTimeout(() => {
      giveUp.abort();
    }, requestTimeoutMs);
    try {
      return asReadable(await this.#docker.getEvents({ ...since, filters, abortSignal: giveUp.signal }));
    } finally {
      clearTimeout(timer);
    }
  }

  async #list(): Promise<readonly Docker.ContainerInfo[]> {
    const abortSignal = AbortSignal.timeout(requestTimeoutMs);
    const running = await this.#docker.listContainers({ abortSignal });
    const created = await this.#docker.listContainers({
      all: true,
      filters: JSON.stringify({ status: ['created'] }),
      abortSignal,
    });
    return [...running, ...created];
  }

  #take(event: EngineEvent): void {
    const key = `${event.timeNano} ${event.containerId} ${event.action}`;
    if (this.#recent.has(key)) return;
    this.#recent.add(key);
    // Only events of the moment of the last one can come twice; a few thousand are plenty.
    if (this.#recent.size > 4096) this.#recent = new Set([...this.#recent].slice(2048));
    if (event.timeNano.length > this.#lastTimeNano.length || event.timeNano > this.#lastTimeNano)
      this.#lastTimeNano = event.timeNano;
    this.#options.listener.event(event);
  }

  #lost(stream: Readable): void {
    if (this.#stream !== stream) return;
    this.#stream = undefined;
    this.#counts.disconnects++;
    this.#retry(undefined);
  }

  #retry(error: unknown): void {
    if (this.#stopped) return;
    const { address, log, random } = this.#options;
    const code = error === undefined ? 'closed' : codeOf(error);
    if (code !== this.#trouble) {
      this.#trouble = code;
      const remedy =
        code === 'EACCES'
          ? 'run as root or as a member of the docker group'
          : 'start it, or name another with --docker-host';
      const message =
        code === 'closed'
          ? `the container engine at ${address.text} went away; what is known stays watched, trying again`
          : `no container engine answers at ${address.text} (${code}): ${remedy}; trying again`;
      log.warn({ code: 'engine.unreachable', engine: address.text }, message);
    }
    const waitMs = retryBaseMs + backoffMs(this.#attempt++, { baseMs: retryBaseMs, maxMs: retryMaxMs, random });
    this.#timer = setTimeout(() => void this.#connect(), waitMs);
  }
}

function codeOf(error: unknown): string {
  if (error instanceof Error && /^(?:Abort|Timeout)Error$/.test(error.name))
    return `silent for ${requestTimeoutMs / 1000} s`;
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : String(error);
}

/** Seconds: finer ones do not fit into a number. What comes twice is left out by `#take`. */
function wholeSeconds(timeNano: string): number {
  return Number(timeNano.padStart(10, '0').slice(0, -9));
}

/** dockerode types its streams by Node's older interface; the object is the HTTP response. */
function asReadable(stream: NodeJS.ReadableStream): Readable {
  if (!('destroy' in stream)) throw new TypeError('the engine gave no stream');
  return stream as Readable;
}
