import { Worker } from 'node:worker_threads';
import type { Clock } from '../lib/clock.ts';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { NodeHistoryQuery } from '../protocol/history-question.ts';
import type { ArchiveOptions, ArchiveState, GoneMarks } from './archive.ts';
import type { ArchiveInput, ArchiveOrder, ArchiveWord } from './archive-worker.ts';
import type { FrameHead } from './frame.ts';

export interface ArchiveThreadOptions extends ArchiveOptions {
  readonly node: string;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface ArchiveThreadEvents {
  /** The files are open: once for each time that the thread was started. */
  ready(state: ArchiveState): void;
  /** So many entries are in the file, or (`reason`) are not. */
  written(count: number, reason: string): void;
  gone(marks: GoneMarks): void;
}

type Lines = Extract<ArchiveWord, { type: 'lines' }>;

const nowhere = { reachedMs: Number.NEGATIVE_INFINITY };
/** A thread that ended is started anew after this long. */
const restartMs = 10_000;
const closeMs = 5_000;

/** The thread that the files of the flight recorder live in. It is started anew when it ends; what it had in hand is counted as not written then. */
export class ArchiveThread {
  readonly #options: ArchiveThreadOptions;
  readonly #events: ArchiveThreadEvents;
  readonly #asked: Map<number, (word: Lines) => void> = new Map();
  #worker: Worker | undefined;
  #waitingBytes = 0;
  #waitingCount = 0;
  #state: ArchiveState | undefined;
  #last = 0;
  #trouble = '';
  #closing = false;
  #restart: NodeJS.Timeout | undefined;

  constructor(options: ArchiveThreadOptions, events: ArchiveThreadEvents) {
    this.#options = options;
    this.#events = events;
    this.#start();
  }

  /** Bytes handed over that are not in the files. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  get state(): ArchiveState | undefined {
    return this.#state;
  }

  /** @param payload Is the thread's from now on. */
  append(
    head: Pick<FrameHead, 'count' | 'kinds' | 'fromMs' | 'toMs'>,
    payload: Buffer<ArrayBuffer>,
    nowMs: number,
  ): void {
    if (this.#worker === undefined) {
      this.#events.written(head.count, 'there is no thread to write it');
      return;
    }
    this.#waitingBytes += payload.length;
    this.#waitingCount += head.count;
    this.#worker.postMessage({ type: 'append', head, payload, nowMs } satisfies ArchiveOrder, [payload.buffer]);
  }

  tidy(nowMs: number): void {
    this.#send({ type: 'tidy', nowMs });
  }

  /** Returns how far it came, see `Progress`. */
  async *lines(query: NodeHistoryQuery, signal: AbortSignal): AsyncGenerator<string, number, undefined> {
    this.#last += 1;
    const id = this.#last;
    this.#send({ type: 'ask', id, query });
    let reachedMs = Number.NEGATIVE_INFINITY;
    try {
      while (!signal.aborted) {
        const { text, over, reason, ...word } = await this.#next(id);
        // What is in the text counts when it is taken: then the next is asked for.
        if (signal.aborted) break;
        ({ reachedMs } = word);
        if (reason !== '') throw new AnchorwatchError('history.failed', `the history could not be read: ${reason}`);
        if (text !== '') yield text;
        if (over) break;
      }
      return reachedMs;
    } finally {
      this.#send({ type: 'drop', id });
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#restart);
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise<void>((resolve) => {
      worker.once('exit', () => resolve());
    });
    this.#send({ type: 'close' });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, closeMs);
    });
    await Promise.race([ended, late]);
    clearTimeout(timer);
    await worker.terminate();
  }

  #next(id: number): Promise<Lines> {
    return new Promise((resolve) => {
      this.#asked.set(id, resolve);
      this.#send({ type: 'next', id });
      if (this.#worker === undefined)
        this.#answer({ type: 'lines', id, text: '', over: true, reason: 'there is no thread to read it', ...nowhere });
    });
  }

  #answer(word: Lines): void {
    const resolve = this.#asked.get(word.id);
    this.#asked.delete(word.id);
    resolve?.(word);
  }

  #send(order: ArchiveOrder): void {
    this.#worker?.postMessage(order);
  }

  #start(): void {
    const { directory, node, sizeBytesMax, ageMsMax, clock } = this.#options;
    const workerData: ArchiveInput = { directory, node, sizeBytesMax, ageMsMax, nowMs: clock.nowMs() };
    const worker = new Worker(new URL('./archive-worker.ts', import.meta.url), {
      ...{ workerData, name: 'history' },
      // Entries stand outside of the heap; what a segment is made of is small.
      resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 },
    });
    this.#worker = worker;
    let why = '';
    worker.on('message', (word: ArchiveWord) => this.#heard(word));
    worker.on('error', (error) => {
      why = errorText(error);
    });
    worker.on('exit', () => this.#ended(why));
  }

  #heard(word: ArchiveWord): void {
    if (word.type === 'lines') this.#answer(word);
    else if (word.type === 'trouble') this.#say(word.reason);
    else if (word.type === 'written') {
      this.#waitingBytes -= word.sizeBytes;
      this.#waitingCount -= word.count;
      this.#say(word.reason);
      this.#events.written(word.count, word.reason);
    } else if (word.type === 'gone') this.#events.gone(word);
    else {
      this.#state = word.state;
      if (word.type === 'ready') this.#events.ready(word.state);
    }
  }

  #ended(why: string): void {
    this.#worker = undefined;
    if (this.#waitingCount > 0) this.#events.written(this.#waitingCount, 'its thread ended');
    if (!this.#closing) this.#waitingBytes = 0;
    this.#waitingCount = 0;
    for (const id of [...this.#asked.keys()])
      this.#answer({ type: 'lines', id, text: '', over: true, reason: 'its thread ended', ...nowhere });
    if (this.#closing) return;
    this.#say(why === '' ? 'its thread ended' : why);
    this.#restart = setTimeout(() => this.#start(), restartMs);
  }

  /** The same trouble is logged once until it changes. */
  #say(trouble: string): void {
    const { log } = this.#options;
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    if (trouble === '') log.info('the history can be written again');
    else log.error({ code: 'history.failed' }, `the history cannot be written: ${trouble}`);
  }
}
