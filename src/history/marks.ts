import type { EndEntry, StartEntry } from '../model/history.ts';
import { marksHead, MarksReader } from '../model/process-marks.ts';
import type { ProcessMark } from '../model/process-marks.ts';
import type { Stored } from './record.ts';

/** An entry, or one of the marks that stand together in one. */
export interface Placed extends Stored {
  readonly marks?: MarksReader;
  /** Which of them. */
  readonly index?: number;
}

/** The entries that one of the files stands for: itself, or each of its marks; none where they cannot be read. */
export function expanded(entry: Stored, payload: Uint8Array): readonly Placed[] {
  if (entry.kind !== 'start') return [entry];
  const bytes = payload.subarray(entry.start, entry.end);
  const head = marksHead(bytes);
  if (head === undefined) return [];
  const marks = new MarksReader(bytes, head);
  return Array.from({ length: head.count }, (_, index) => ({
    ...{ ...entry, marks, index, kind: marks.kind(index) },
    ...{ timeMs: Math.floor(marks.timeMs(index)), seq: entry.seq + index },
  }));
}

type Body<E> = Omit<E, 'seq' | 'time' | 'node' | 'container' | 'kind'>;

/** What the line of a mark says besides place, time and kind. Pure. */
export function markBody(mark: ProcessMark): Body<StartEntry> | Body<EndEntry> {
  const { kind, pid, exe, uid, execution, parentExecution, parentPid = 0, known = false } = mark;
  const process = {
    ...{ pid, exe, uid, execution },
    ...(parentExecution === undefined ? {} : { parentExecution }),
    ancestors: parentPid === 0 ? [] : [{ pid: parentPid, exe: '' }],
  };
  if (kind === 'start') return { path: exe, known, process };
  const { durationMs = 0, exitCode = 0, signal = 0 } = mark;
  return { path: exe, durationMs: Math.round(durationMs * 1000) / 1000, exitCode, signal, process };
}
