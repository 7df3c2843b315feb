/** Starts and ends of programs that were told of in no event, as they stand together: in memory, and in the files of the history. */

/** A mark as it is read. */
export interface ProcessMark {
  readonly kind: 'start' | 'end';
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  readonly pid: number;
  readonly uid: number;
  /** Path of the program; empty where it is not known. */
  readonly exe: string;
  /** Decimal, as events have it. */
  readonly execution: string;
  /** Start: the execution that started it; absent: not known. */
  readonly parentExecution?: string;
  /** Start. */
  readonly parentPid?: number;
  /** Start: its workload is known to do so; else it was told in full earlier in the same sample. */
  readonly known?: boolean;
  /** End: how long it ran. */
  readonly durationMs?: number;
  readonly exitCode?: number;
  /** End: 0 where no signal ended it. */
  readonly signal?: number;
}

/** What stands before the marks of a batch. */
export interface MarksHead {
  readonly count: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Marks of one container, packed. */
export interface PackedMarks extends MarksHead {
  readonly cgroupId: string;
  readonly bytes: Uint8Array;
}

const version = 1;
const headBytes = 24;
/**
 * Words of 32 bits of a mark, all first ones first, then all second ones and so on, which packs well: microseconds since the first, pid, execution (2), other (2), detail, uid, and
 * program | kind << 16 | known << 24.
 */
export const markWords = 9;
const markBytes = markWords * 4;
export const markNumbers = { start: 1, end: 2 } as const;

/**
 * Bytes of a batch: head, marks, and the paths of their programs as JSON.
 * @param words `markWords` of `count` marks, by word. @param fromMs Milliseconds since the epoch, of the first. @param spanUs Until the last.
 */
export function packMarks(words: Uint32Array, fromMs: number, spanUs: number, programs: readonly string[]): Uint8Array {
  const table = Buffer.from(JSON.stringify(programs));
  const bytes = Buffer.allocUnsafe(headBytes + words.byteLength + table.length);
  bytes.writeUInt32LE(version, 0);
  bytes.writeUInt32LE(words.length / markWords, 4);
  bytes.writeDoubleLE(fromMs, 8);
  bytes.writeUInt32LE(spanUs, 16);
  bytes.writeUInt32LE(table.length, 20);
  bytes.set(new Uint8Array(words.buffer, words.byteOffset, words.byteLength), headBytes);
  bytes.set(table, headBytes + words.byteLength);
  return bytes;
}

/** What a batch says of itself; undefined: it is none, or of a later release. Pure. */
export function marksHead(bytes: Uint8Array): MarksHead | undefined {
  if (bytes.length < headBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(4, true);
  const fromMs = view.getFloat64(8, true);
  const size = headBytes + count * markBytes + view.getUint32(20, true);
  // Of a time that no Date can hold nothing can be told.
  if (view.getUint32(0, true) !== version || size !== bytes.length || !(Math.abs(fromMs) < 8e15)) return undefined;
  return { count, fromMs, toMs: fromMs + view.getUint32(16, true) / 1000 };
}

/** Reads a batch. Every mark of it can be read where `marksHead` finds one. */
export class MarksReader {
  readonly count: number;
  readonly #view: DataView;
  readonly #fromMs: number;
  readonly #programs: readonly string[];

  /** @param head Of these bytes. */
  constructor(bytes: Uint8Array, head: MarksHead) {
    this.count = head.count;
    this.#fromMs = head.fromMs;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#programs = programsOf(bytes.subarray(headBytes + head.count * markBytes));
  }

  timeMs(index: number): number {
    return this.#fromMs + this.#word(index, 0) / 1000;
  }

  kind(index: number): 'start' | 'end' {
    return ((this.#word(index, 8) >>> 16) & 0xff) === markNumbers.start ? 'start' : 'end';
  }

  mark(index: number): ProcessMark {
    const kind = this.kind(index);
    const last = this.#word(index, 8);
    const other = this.#pair(index, 4);
    const detail = this.#word(index, 6);
    const base = {
      ...{ kind, timeMs: this.timeMs(index), pid: this.#word(index, 1), uid: this.#word(index, 7) },
      exe: this.#programs[last & 0xffff] ?? '',
      execution: this.#pair(index, 2).toString(),
    };
    if (kind === 'end')
      return { ...base, durationMs: Number(other) / 1e6, exitCode: (detail >>> 8) & 0xff, signal: detail & 0x7f };
    const parent = other === 0n ? {} : { parentExecution: other.toString() };
    return { ...base, ...parent, parentPid: detail, known: ((last >>> 24) & 1) === 1 };
  }

  #word(index: number, word: number): number {
    return this.#view.getUint32(headBytes + (word * this.count + index) * 4, true);
  }

  #pair(index: number, low: number): bigint {
    return (BigInt(this.#word(index, low + 1)) << 32n) | BigInt(this.#word(index, low));
  }
}

function programsOf(bytes: Uint8Array): readonly string[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
    return Array.isArray(value) ? value.map((path) => (typeof path === 'string' ? path : '')) : [];
  } catch {
    return [];
  }
}
