import { parentPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { errorText } from '../lib/errors.ts';
import type { NodeHistoryQuery } from '../protocol/history-question.ts';
import { Archive } from './archive.ts';
import type { ArchiveOptions, ArchiveState, GoneMarks } from './archive.ts';
import type { FrameHead } from './frame.ts';
import { answer } from './query.ts';
import type { Progress } from './query.ts';

/** What the thread is started with. */
export interface ArchiveInput extends ArchiveOptions {
  readonly node: string;
  readonly nowMs: number;
}

/** What the thread is told. */
export type ArchiveOrder =
  | {
      readonly type: 'append';
      readonly head: Pick<FrameHead, 'count' | 'kinds' | 'fromMs' | 'toMs'>;
      readonly payload: Uint8Array;
      readonly nowMs: number;
    }
  /** Lines are sent for each `next`. */
  | { readonly type: 'ask'; readonly id: number; readonly query: NodeHistoryQuery }
  | { readonly type: 'next'; readonly id: number }
  | { readonly type: 'drop'; readonly id: number }
  | { readonly type: 'tidy'; readonly nowMs: number }
  | { readonly type: 'close' };

/** What the thread says. */
export type ArchiveWord =
  | { readonly type: 'ready'; readonly state: ArchiveState }
  /** A batch is in the file, or (`reason`) could not be written. */
  | { readonly type: 'written'; readonly count: number; readonly sizeBytes: number; readonly reason: string }
  /** Whole lines; empty: none were found for a while, or (`over`) there are no more. */
  | {
      readonly type: 'lines';
      readonly id: number;
      readonly text: string;
      readonly over: boolean;
      readonly reason: string;
      /** See `Progress`. */
      readonly reachedMs: number;
    }
  | { readonly type: 'state'; readonly state: ArchiveState }
  | ({ readonly type: 'gone' } & GoneMarks)
  /** Something could not be tidied; empty: it could. */
  | { readonly type: 'trouble'; readonly reason: string };

/** Lines are sent when there are so many characters of them. */
const linesLength = 64 * 1024;
/** A line that is longer would not fit the protocol. */
const lineLengthMax = 200_000;

interface Asked {
  readonly query: NodeHistoryQuery;
  lines: Generator<string | undefined, void, undefined>;
  /** Of the archive, when the lines were begun. */
  changes: number;
  told: number;
  readonly progress: Progress;
  last: { readonly timeMs: number; readonly seq: number } | undefined;
}

/** The thread's side: works orders off one after the other. */
class ArchiveServer {
  readonly #port: MessagePort;
  readonly #archive: Archive;
  readonly #node: string;
  readonly #asked: Map<number, Asked> = new Map();

  /** Opens the files. Throws what the file system throws. */
  constructor(port: MessagePort, input: ArchiveInput) {
    this.#port = port;
    this.#node = input.node;
    this.#archive = new Archive(input, input.nowMs);
    this.#say({ type: 'ready', state: this.#archive.state });
  }

  #say(word: ArchiveWord): void {
    this.#port.postMessage(word);
  }

  #lines(id: number): void {
    const one = this.#asked.get(id);
    if (one === undefined) return;
    let text = '';
    let [over, reason] = [false, ''];
    try {
      if (one.changes !== this.#archive.changes) {
        one.changes = this.#archive.changes;
        const limit = one.query.limit - one.told;
        one.lines.return();
        const rest = { ...one.query, limit, after: one.last ?? one.query.after };
        one.lines = answer(this.#archive, rest, this.#node, one.progress);
      }
      for (;;) {
        const next = one.lines.next();
        if (next.done === true) {
          over = true;
          break;
        }
        if (next.value === undefined) break;
        const { timeMs, seq } = placeOf(next.value);
        one.last = { timeMs, seq };
        one.told += 1;
        if (next.value.length <= lineLengthMax) text += `${next.value}\n`;
        if (text.length >= linesLength) break;
      }
    } catch (error) {
      over = true;
      reason = errorText(error);
    }
    if (over) this.#asked.delete(id);
    const { reachedMs } = one.progress;
    this.#say({ type: 'lines', id, text, over, reason, reachedMs });
  }

  #tidy(nowMs: number): void {
    try {
      this.#archive.tidy(nowMs);
      this.#say({ type: 'trouble', reason: '' });
    } catch (error) {
      this.#say({ type: 'trouble', reason: errorText(error) });
    }
    for (const gone of this.#archive.takeGone()) this.#say({ type: 'gone', ...gone });
    this.#say({ type: 'state', state: this.#archive.state });
  }

  take(order: ArchiveOrder): void {
    switch (order.type) {
      case 'append': {
        let reason = '';
        try {
          this.#archive.append(order.head, order.payload, order.nowMs);
        } catch (error) {
          reason = errorText(error);
        }
        this.#say({ type: 'written', count: order.head.count, sizeBytes: order.payload.length, reason });
        if (this.#archive.isFull) this.#tidy(order.nowMs);
        return;
      }
      case 'ask': {
        const { id, query } = order;
        const progress = { reachedMs: Number.NEGATIVE_INFINITY };
        const begun = answer(this.#archive, query, this.#node, progress);
        this.#asked.set(id, {
          query,
          lines: begun,
          changes: this.#archive.changes,
          told: 0,
          last: undefined,
          progress,
        });
        return;
      }
      case 'next':
        this.#lines(order.id);
        return;
      case 'drop':
        this.#asked.get(order.id)?.lines.return();
        this.#asked.delete(order.id);
        return;
      case 'tidy':
        this.#tidy(order.nowMs);
        return;
      case 'close':
        this.#archive.close();
        this.#port.close();
    }
  }
}

/** A line begins with its place. */
function placeOf(line: string): { readonly timeMs: number; readonly seq: number } {
  const [, seq = '', time = ''] = /^\{"seq":(\d+),"time":"([^"]+)"/u.exec(line) ?? [];
  return { timeMs: Date.parse(time), seq: Number(seq) };
}

function serve(port: MessagePort, input: ArchiveInput): void {
  const server = new ArchiveServer(port, input);
  port.on('message', (order: ArchiveOrder) => server.take(order));
}

// Outside of a thread it has nobody to serve: the first start ever only compiles it.
if (parentPort !== null) serve(parentPort, workerData as ArchiveInput);
