import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { backoffMs } from '../lib/retry.ts';
import { beginning } from './engine-client.ts';
import type { EngineClient } from './engine-client.ts';
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
const listSchema = z.array(z.object({ Id: z.string().min(1) }));

/** Connection to a container engine: lists, then follows its events; connects again for ever and resumes where it was. */
export class Engine {
  readonly #options: EngineOptions;
  readonly #client: EngineClient;
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
    this.#client = options.address.connect();
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

  /** @throws what `EngineClient.json` throws, `statusCode` 404 when there is no such container; what `inspected` throws, which is logged once */
  async inspect(id: string): Promise<Inspected> {
    const answer = await this.inspection(id, requestTimeoutMs);
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

  /** What the engine says of a container, as it says it. @throws as `EngineClient.json` does */
  async inspection(id: string, timeoutMs: number): Promise<unknown> {
    return await this.#client.json(`/containers/${encodeURIComponent(id)}/json`, AbortSignal.timeout(timeoutMs));
  }

  /** What the engine answers to `GET path` (`/info`, `/images/NAME/json`), as it says it. @throws as `inspect` does */
  async ask(path: string, timeoutMs: number): Promise<unknown> {
    return await this.#client.json(path, AbortSignal.timeout(timeoutMs));
  }

  /**
   * The beginning of its list of files that are not as the image has them, which may be of any length (Docker Engine API, `GET
   * /containers/{id}/changes`). @throws as `inspection` does
   */
  async changes(id: string, bytesMax: number, timeoutMs: number): Promise<EngineText> {
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await this.#client.open(`/containers/${encodeURIComponent(id)}/changes`, signal);
    return await beginning(answer, bytesMax, signal);
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
      for (const id of await this.#list()) {
        try {
          containers.push(await this.inspect(id));
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
    const query = new URLSearchParams({
      ...(first ? {} : { since: String(wholeSeconds(this.#lastTimeNano)) }),
      filters: JSON.stringify({ type: ['container'] }),
    });
    // Only the answer is waited for; the stream that it opens may stay silent for days.
    const giveUp = new AbortController();
    const timer = setTimeout(() => {
      giveUp.abort();
    }, requestTimeoutMs);
    try {
      return await this.#client.open(`/events?${query.toString()}`, giveUp.signal);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ids of what runs, and of what was only created. */
  async #list(): Promise<readonly string[]> {
    const signal = AbortSignal.timeout(requestTimeoutMs);
    const created = new URLSearchParams({ all: 'true', filters: JSON.stringify({ status: ['created'] }) });
    const ids: string[] = [];
    for (const path of ['/containers/json', `/containers/json?${created.toString()}`]) {
      const list = listSchema.safeParse(await this.#client.json(path, signal));
      if (!list.success) throw new AnchorwatchError('engine.answer', 'the list of containers is none');
      ids.push(...list.data.map(({ Id }) => Id));
    }
    return ids;
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
  if (error instanceof AnchorwatchError) return error.message;
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : String(error);
}

/** Seconds: finer ones do not fit into a number. What comes twice is left out by `#take`. */
function wholeSeconds(timeNano: string): number {
  return Number(timeNano.padStart(10, '0').slice(0, -9));
}
