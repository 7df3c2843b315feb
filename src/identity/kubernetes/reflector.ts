import { z } from 'zod';
import { AnchorwatchError, errorText } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { backoffMs } from '../../lib/retry.ts';
import { parse } from '../../protocol/message.ts';
import { ApiFailure } from './api-client.ts';
import type { StreamListener } from './api-client.ts';

/** What a reflector needs of an API client. */
export interface Api {
  get(path: string, stop: AbortSignal): Promise<unknown>;
  watch(path: string, lastsMs: number, listener: StreamListener, stop: AbortSignal): Promise<void>;
}

/** Who keeps the objects. Objects are as the API has them, unchecked. */
export interface ReflectorListener {
  /** These objects and no others exist. */
  replaced(objects: readonly unknown[]): void;
  put(object: unknown): void;
  removed(object: unknown): void;
}

export interface ReflectorOptions {
  readonly api: Api;
  /** `/api/v1/pods` */
  readonly path: string;
  /** Without it all objects of the kind. */
  readonly fieldSelector?: string;
  readonly listener: ReflectorListener;
  /** What is kept of an object of a list until the list is whole; all of it unless said. `replaced` gets what it answers. */
  readonly kept?: (object: unknown) => unknown;
  /**
   * Objects in a page of a list: with it no list comes in one piece, not even the first. Default 500, but for the first list, which comes from the server's
   * cache, and as a whole.
   */
  readonly pageObjects?: number;
  readonly log: Logger;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** How long one watch is asked to last, seconds, before half of it again at random. Default 240. */
  readonly watchSeconds?: number;
  /** Upper bound of the first wait after a failure. Default 500. */
  readonly retryBaseMs?: number;
}

export interface ReflectorCounters {
  lists: number;
  watches: number;
  /** 410 Gone: the version was too old to go on from. */
  expired: number;
  /** 429, or 503 with `Retry-After`. */
  throttled: number;
  /** 401: the credentials had expired. */
  unauthorized: number;
  failures: number;
  /** Lines of a watch that are no event. */
  broken: number;
}

const listSchema = z.object({
  metadata: z.object({ resourceVersion: z.string(), continue: z.string().nullish() }),
  items: z.array(z.unknown()).nullish(),
});
const eventSchema = z.object({
  type: z.string(),
  object: z.object({
    code: z.number().optional(),
    message: z.string().optional(),
    metadata: z.object({ resourceVersion: z.string().optional() }).optional(),
  }),
});

const retryMaxMs = 30_000;
const forbiddenMs = 60_000;
const usualPageObjects = 500;
/** A watch that ends sooner without an event is not opened again at once. */
const briefMs = 1_000;

/** What is done about a failure: how long to wait, and whether to go on from the version that was reached. */
export type Remedy = {
  readonly reason: 'expired' | 'throttled' | 'unauthorized' | 'forbidden' | 'failed';
  readonly waitMs: number;
  readonly relist: boolean;
};

/** Decides by what was thrown (Kubernetes API concepts, "Efficient detection of changes"; API conventions, "HTTP Status codes"). Pure. */
export function remedyOf(error: unknown, attempt: number, random: () => number, retryBaseMs: number): Remedy {
  const waitMs = backoffMs(attempt, { baseMs: retryBaseMs, maxMs: retryMaxMs, random });
  if (!(error instanceof ApiFailure)) return { reason: 'failed', waitMs, relist: false };
  const { status, retryAfterMs } = error;
  // The first list after it is asked for at once; a server that goes on saying so is not stormed.
  if (status === 410) return { reason: 'expired', waitMs: attempt === 0 ? 0 : waitMs, relist: true };
  if (status === 429 || (status === 503 && retryAfterMs !== undefined))
    return { reason: 'throttled', waitMs: (retryAfterMs ?? 1_000) + waitMs, relist: false };
  if (status === 401) return { reason: 'unauthorized', waitMs, relist: false };
  if (status === 403 || status === 404) return { reason: 'forbidden', waitMs: forbiddenMs, relist: false };
  // 504: a version that this server has not reached yet, after a restore perhaps; 400: one that it does not understand.
  return { reason: 'failed', waitMs, relist: status === 504 || status === 400 };
}

/** Keeps a listener's picture of one kind of object the API's: lists, watches from there on, for ever. */
export class Reflector {
  readonly #options: ReflectorOptions;
  readonly #stop: AbortController = new AbortController();
  readonly counters: ReflectorCounters = {
    ...{ lists: 0, watches: 0, expired: 0, throttled: 0, unauthorized: 0, failures: 0, broken: 0 },
  };
  /** Where to go on from; undefined: list. */
  #version: string | undefined;
  /** Failures in a row. */
  #attempt = 0;
  /** Watches in a row that ended at once. */
  #brief = 0;
  #trouble = '';
  #forbidden = false;
  #synced = false;
  #firstTry: (() => void) | undefined;

  constructor(options: ReflectorOptions) {
    this.#options = options;
  }

  /** The picture is whole, and nothing has failed since. */
  get current(): boolean {
    return this.#synced && this.#trouble === '';
  }

  /** The picture was whole once. */
  get synced(): boolean {
    return this.#synced;
  }

  /** What goes wrong at present; empty: nothing. */
  get trouble(): string {
    return this.#trouble;
  }

  /** The API does not let us: another caller may fare better. */
  get forbidden(): boolean {
    return this.#forbidden;
  }

  /** Begins; resolves after the first list, or its failure. */
  async start(): Promise<void> {
    const first = new Promise<void>((resolve) => {
      this.#firstTry = resolve;
    });
    void this.#run();
    await first;
  }

  stop(): void {
    this.#stop.abort();
    this.#firstTry?.();
  }

  async #run(): Promise<void> {
    const { random, retryBaseMs = 500 } = this.#options;
    const stop = this.#stop.signal;
    while (!stop.aborted) {
      let waitMs = 0;
      let [sinceMs, from] = [Infinity, this.#version];
      const lastedMs = (): number => performance.now() - sinceMs;
      try {
        if (this.#version === undefined) await this.#list();
        [sinceMs, from] = [performance.now(), this.#version];
        await this.#watch();
        const idle = this.#version === from && lastedMs() < briefMs;
        waitMs = idle ? backoffMs(this.#brief++, { baseMs: briefMs, maxMs: retryMaxMs, random }) : 0;
        if (!idle) [this.#attempt, this.#brief] = [0, 0];
      } catch (error) {
        if (stop.aborted) return;
        // A stream that held and broke is the first failure, however many there were before it.
        if (lastedMs() >= briefMs) [this.#attempt, this.#brief] = [0, 0];
        const remedy = remedyOf(error, this.#attempt++, random, retryBaseMs);
        if (remedy.relist) this.#version = undefined;
        this.#note(remedy, error);
        waitMs = remedy.waitMs;
      }
      this.#firstTry?.();
      await pause(waitMs, stop);
    }
  }

  #well(): void {
    if (this.#trouble !== '') this.#options.log.info({ path: this.#options.path }, 'the Kubernetes API answers again');
    this.#trouble = '';
    this.#forbidden = false;
    this.#synced = true;
    this.#firstTry?.();
  }

  #note({ reason }: Remedy, error: unknown): void {
    const { log, path } = this.#options;
    if (reason === 'expired') return void this.counters.expired++;
    if (reason === 'throttled') this.counters.throttled++;
    else if (reason === 'unauthorized') this.counters.unauthorized++;
    else this.counters.failures++;
    this.#forbidden = reason === 'forbidden' || reason === 'unauthorized';
    const text = errorText(error);
    if (text === this.#trouble) return;
    this.#trouble = text;
    const remedy = {
      ...{ expired: '', throttled: 'the server asks for patience', failed: 'what is known stays' },
      unauthorized: 'the credentials are refused; they are read again for each try',
      forbidden: 'the role lacks list and watch of it (docs/kubernetes.md)',
    }[reason];
    log.warn({ code: `kubernetes.${reason}`, path }, `the Kubernetes API: ${text} (${remedy}); trying again`);
  }

  async #list(): Promise<void> {
    const { api, path, listener, kept, pageObjects } = this.#options;
    const objects: unknown[] = [];
    // The first one from the server's cache; after that, never an older picture than the one that is there.
    const version = this.#synced || pageObjects !== undefined ? {} : { resourceVersion: '0' };
    for (let next: string | undefined; ;) {
      const from = next === undefined ? version : { continue: next };
      const query = this.#query({ ...from, limit: String(pageObjects ?? usualPageObjects) });
      const page = parse(
        listSchema,
        await api.get(`${path}?${query}`, this.#stop.signal),
        'kubernetes.answer',
        `${path} gave no list`,
      );
      for (const object of page.items ?? []) objects.push(kept === undefined ? object : kept(object));
      next = page.metadata.continue || undefined;
      if (next !== undefined) continue;
      this.counters.lists++;
      listener.replaced(objects);
      this.#version = page.metadata.resourceVersion;
      this.#well();
      return;
    }
  }

  async #watch(): Promise<void> {
    const { api, path, watchSeconds = 240, random } = this.#options;
    this.counters.watches++;
    const lastsSeconds = Math.ceil(watchSeconds * (1 + random() / 2));
    const query = this.#query({
      ...{ watch: 'true', allowWatchBookmarks: 'true', timeoutSeconds: String(lastsSeconds) },
      resourceVersion: this.#version ?? '',
    });
    const graceMs = Math.min(15_000, lastsSeconds * 500);
    const stream = { opened: () => this.#well(), line: (text: string) => this.#take(text) };
    await api.watch(`${path}?${query}`, lastsSeconds * 1000 + graceMs, stream, this.#stop.signal);
  }

  #take(line: string): void {
    const { listener } = this.#options;
    let event: z.infer<typeof eventSchema>;
    let object: unknown;
    try {
      const raw = JSON.parse(line) as { readonly object?: unknown };
      event = eventSchema.parse(raw);
      ({ object } = raw);
    } catch (error) {
      this.counters.broken++;
      // What it said is lost: only a list tells it again.
      this.#version = undefined;
      throw new AnchorwatchError('kubernetes.stream', 'a line of a watch is no event', {
        cause: error,
        retryable: true,
      });
    }
    if (event.type === 'ERROR')
      throw new ApiFailure(event.object.code ?? 500, event.object.message ?? 'the watch failed');
    if (event.type === 'ADDED' || event.type === 'MODIFIED') listener.put(object);
    else if (event.type === 'DELETED') listener.removed(object);
    this.#version = event.object.metadata?.resourceVersion ?? this.#version;
    this.#attempt = 0;
  }

  #query(parts: Readonly<Record<string, string>>): string {
    const { fieldSelector } = this.#options;
    return new URLSearchParams({ ...(fieldSelector === undefined ? {} : { fieldSelector }), ...parts }).toString();
  }
}

async function pause(waitMs: number, stop: AbortSignal): Promise<void> {
  if (waitMs <= 0 || stop.aborted) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      stop.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, waitMs);
    stop.addEventListener('abort', end);
  });
}
