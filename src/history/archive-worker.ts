import { parentPort, workerData } from 'node:worker_threads';
import { errorText } from '../lib/errors.ts';
import type { NodeHistoryQuery } from '../protocol/history-question.ts';
import { Archive } from './archive.ts';
import type { ArchiveOptions, ArchiveState } from './archive.ts';
import type { FrameHead } from './frame.ts';
import { answer } from './query.ts';

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
    }
  | { readonly type: 'state'; readonly state: ArchiveState }
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
  last: { readonly timeMs: number; readonly seq: number } | undefined;
}

const input = workerData as ArchiveInput;
const archive = new Archive(input, input.nowMs);
const asked = new Map<number, Asked>();

function say(word: ArchiveWord): void {
  parentPort?.postMessage(word);
}

function lines(id: number): void {
  const one = asked.get(id);
  if (one === undefined) return;
  let text = '';
  let [over, reason] = [false, ''];
  try {
    if (one.changes !== archive.changes) {
      one.changes = archive.changes;
      const limit = one.query.limit - one.told;
      one.lines.return();
      one.lines = answer(archive, { ...one.query, limit, after: one.last ?? one.query.after }, input.node);
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
  if (over) asked.delete(id);
  say({ type: 'lines', id, text, over, reason });
}

/** A line begins with its place. */
function placeOf(line: string): { readonly timeMs: number; readonly seq: number } {
  const [, seq = '', time = ''] = /^\{"seq":(\d+),"time":"([^"]+)"/u.exec(line) ?? [];
  return { timeMs: Date.parse(time), seq: Number(seq) };
}

function tidy(nowMs: number): void {
  try {
    archive.tidy(nowMs);
    say({ type: 'trouble', reason: '' });
  } catch (error) {
    say({ type: 'trouble', reason: errorText(error) });
  }
  say({ type: 'state', state: archive.state });
}

parentPort?.on('message', (order: ArchiveOrder) => {
  switch (order.type) {
    case 'append': {
      let reason = '';
      try {
        archive.append(order.head, order.payload, order.nowMs);
      } catch (error) {
        reason = errorText(error);
      }
      say({ type: 'written', count: order.head.count, sizeBytes: order.payload.length, reason });
      if (archive.isFull) tidy(order.nowMs);
      return;
    }
    case 'ask': {
      const { id, query } = order;
      const begun = answer(archive, query, input.node);
      asked.set(id, { query, lines: begun, changes: archive.changes, told: 0, last: undefined });
      return;
    }
    case 'next':
      lines(order.id);
      return;
    case 'drop':
      asked.get(order.id)?.lines.return();
      asked.delete(order.id);
      return;
    case 'tidy':
      tidy(order.nowMs);
      return;
    case 'close':
      archive.close();
      parentPort?.close();
  }
});
say({ type: 'ready', state: archive.state });
