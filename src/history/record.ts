import { AnchorwatchError } from '../lib/errors.ts';
import { historyKinds } from '../model/history.ts';
import type { HistoryContainer, HistoryKind } from '../model/history.ts';
import { marksHead } from '../model/process-marks.ts';

/** An entry as it stands in the files: what is looked for without reading its JSON, and the JSON. */
export interface Stored {
  /** Whole milliseconds since the epoch. */
  readonly timeMs: number;
  readonly seq: number;
  /** Index of the payload's table of owners; -1: of the node. */
  readonly owner: number;
  readonly kind: HistoryKind;
  /** Where the JSON of the rest of the entry stands in the payload. */
  readonly start: number;
  readonly end: number;
}

/** Whose entries they are. With an empty id: of the workload as a whole. */
export type Owner = HistoryContainer;

/** The error for bytes that cannot be what was written. */
export function damaged(detail: string, cause?: unknown): AnchorwatchError {
  return new AnchorwatchError('history.damaged', `the history is damaged: ${detail}`, { cause });
}

const kindNumbers: ReadonlyMap<HistoryKind, number> = new Map(historyKinds.map((kind, index) => [kind, index]));

/** One bit for each kind that stands in the files: ends stand with starts. */
export function kindMask(kinds: readonly HistoryKind[]): number {
  const bit = (kind: HistoryKind): number => 1 << (kindNumbers.get(kind === 'end' ? 'start' : kind) ?? 0);
  return kinds.reduce((mask, kind) => mask | bit(kind), 0);
}

/** Twice a number that may be negative, so that small ones stay small. */
function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

const firstBytes = 16 * 1024;

/** Puts entries together into a payload. Times and positions are written as differences, so that they take few bytes. */
export class PayloadWriter {
  #bytes: Buffer = Buffer.allocUnsafe(firstBytes);
  #used = 0;
  #count = 0;
  #timeMs = 0;
  #seq = 0;
  #fromMs = Number.POSITIVE_INFINITY;
  #toMs = Number.NEGATIVE_INFINITY;
  #kinds = 0;

  get count(): number {
    return this.#count;
  }

  get sizeBytes(): number {
    return this.#used;
  }

  get fromMs(): number {
    return this.#fromMs;
  }

  get toMs(): number {
    return this.#toMs;
  }

  /** @see kindMask */
  get kinds(): number {
    return this.#kinds;
  }

  /** @param json An object; of kind `start`, as bytes: marks (`packMarks`), which count as entries of consecutive positions from `seq` on. */
  add(timeMs: number, seq: number, owner: number, kind: HistoryKind, json: string | Uint8Array): void {
    const most = typeof json === 'string' ? json.length * 3 : json.length;
    this.#room(most + 40);
    const length = typeof json === 'string' ? Buffer.byteLength(json) : json.length;
    this.#varint(length);
    this.#varint(zigzag(timeMs - this.#timeMs));
    this.#varint(zigzag(seq - this.#seq));
    this.#varint(owner + 1);
    const number = kindNumbers.get(kind) ?? 0;
    this.#bytes[this.#used++] = number;
    if (typeof json === 'string') this.#used += this.#bytes.write(json, this.#used, 'utf8');
    else {
      this.#bytes.set(json, this.#used);
      this.#used += length;
    }
    this.#timeMs = timeMs;
    this.#seq = seq;
    const marks = kind === 'start' && typeof json !== 'string' ? marksHead(json) : undefined;
    this.#count += marks?.count ?? 1;
    this.#kinds |= 1 << number;
    if (timeMs < this.#fromMs) this.#fromMs = timeMs;
    if ((marks?.toMs ?? timeMs) > this.#toMs) this.#toMs = Math.ceil(marks?.toMs ?? timeMs);
  }

  /** The payload, in memory of its own; the writer begins anew. */
  take(owners: readonly Owner[]): Buffer<ArrayBuffer> {
    const table = Buffer.from(JSON.stringify(owners));
    const entries = this.#bytes.subarray(0, this.#used);
    this.#used = 0;
    const head = Buffer.alloc(10);
    const body = this.#bytes;
    this.#bytes = head;
    this.#varint(table.length);
    const headBytes = this.#used;
    this.#bytes = body;
    // Not of the pool: it is handed over to another thread.
    const out = Buffer.from(new ArrayBuffer(headBytes + table.length + entries.length));
    out.set(head.subarray(0, headBytes));
    out.set(table, headBytes);
    out.set(entries, headBytes + table.length);
    this.#used = 0;
    this.#count = 0;
    this.#timeMs = 0;
    this.#seq = 0;
    this.#fromMs = Number.POSITIVE_INFINITY;
    this.#toMs = Number.NEGATIVE_INFINITY;
    this.#kinds = 0;
    return out;
  }

  #room(bytes: number): void {
    if (this.#used + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#used + bytes));
    this.#bytes.copy(larger, 0, 0, this.#used);
    this.#bytes = larger;
  }

  #varint(value: number): void {
    let rest = value;
    // Bits cannot be shifted out of what has more than 32 of them.
    while (rest >= 0x80) {
      this.#bytes[this.#used++] = (rest % 0x80) + 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#used++] = rest;
  }
}

/** Reads a payload from its beginning. */
class Cursor {
  readonly bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  varint(): number {
    let value = 0;
    for (let factor = 1, digits = 0; digits < 8; digits += 1, factor *= 0x80) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw damaged('an entry is cut off');
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        if (!Number.isSafeInteger(value)) break;
        return value;
      }
    }
    throw damaged('a number is too large');
  }

  length(): number {
    const length = this.varint();
    if (length > this.bytes.length - this.at) throw damaged('a length goes beyond the end');
    return length;
  }
}

/** Latest time that a Date can hold, so that every time that was read can be written. */
const timeMax = 8.64e15;

/** The owners of a payload, and every entry in its order. Throws `history.damaged`, after what stands before the damage. */
export function readPayload(payload: Uint8Array, visit: (entry: Stored) => void): readonly Owner[] {
  const cursor = new Cursor(payload);
  const owners = readOwners(payload, cursor);
  let [timeMs, seq] = [0, 0];
  while (cursor.at < payload.length) {
    const length = cursor.varint();
    timeMs += unzigzag(cursor.varint());
    seq += unzigzag(cursor.varint());
    const owner = cursor.varint() - 1;
    const kind = historyKinds[payload[cursor.at++] ?? historyKinds.length];
    const start = cursor.at;
    if (length > payload.length - start) throw damaged('an entry is cut off');
    if (Math.abs(timeMs) > timeMax || !Number.isSafeInteger(seq)) throw damaged('a time or position cannot be');
    if (owner >= owners.length) throw damaged('an entry of nobody');
    cursor.at = start + length;
    // Of a later release: left out, the rest is served.
    if (kind !== undefined) visit({ timeMs, seq, owner, kind, start, end: cursor.at });
  }
  return owners;
}

/** Whose entries a payload holds. Throws `history.damaged`. */
export function ownersOf(payload: Uint8Array): readonly Owner[] {
  return readOwners(payload, new Cursor(payload));
}

function readOwners(payload: Uint8Array, cursor: Cursor): readonly Owner[] {
  const length = cursor.length();
  const text = Buffer.from(payload.buffer, payload.byteOffset + cursor.at, length).toString();
  cursor.at += length;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damaged('its table of containers is no JSON', error);
  }
  if (!Array.isArray(value) || !value.every(isOwner)) throw damaged('its table of containers is none');
  return value;
}

function isOwner(value: unknown): value is Owner {
  if (typeof value !== 'object' || value === null) return false;
  const { id, name, image, workload, pod, namespace } = value as Record<string, unknown>;
  if (typeof workload !== 'object' || workload === null) return false;
  const { id: workloadId, name: workloadName, kind } = workload as Record<string, unknown>;
  return (
    [id, name, image, workloadId, workloadName, kind].every((text) => typeof text === 'string') &&
    [pod, namespace].every((text) => text === undefined || typeof text === 'string')
  );
}
