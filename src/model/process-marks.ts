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

const version = 2;
const headBytes = 48;

/**
 * Bytes of a record of marks: eight of the kernel's ring, which say nothing, and a mark as `agents/sensor/wire.h` has it (a test compares
 * them). They are kept as they come: nothing is made for each.
 */
export const markRecordBytes = 72;
/** Where the fields of a mark are, in bytes from its beginning. */
export const markAt = {
  kind: 10,
  flags: 11,
  pid: 12,
  timeNs: 16,
  program: 32,
  execution: 40,
  other: 48,
  detail: 56,
  uid: 60,
  parent: 64,
  ranUs: 68,
} as const;
/** A life is a start and an end: of a process that ended before its start was told. */
export const markNumbers = { start: 1, end: 2, life: 3 } as const;
const knownFlag = 1;

/** Records that are to be packed. */
export interface MarkRecords {
  /** `markRecordBytes` each. */
  readonly parts: readonly Uint8Array[];
  /** How many of them are lives. */
  readonly lives: number;
  /** Milliseconds since the epoch at zero of the kernel's clock. */
  readonly originMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** Paths by the hash, decimal. */
  readonly programs: ReadonlyMap<string, string>;
}

/** Bytes of a batch: head, records, and the paths of their programs as JSON. */
export function packMarks({ parts, lives, originMs, fromMs, toMs, programs }: MarkRecords): Uint8Array {
  const table = Buffer.from(JSON.stringify([...programs]));
  const sizeBytes = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = Buffer.allocUnsafe(headBytes + sizeBytes + table.length);
  bytes.writeUInt32LE(version, 0);
  bytes.writeUInt32LE(sizeBytes / markRecordBytes, 4);
  bytes.writeUInt32LE(lives, 8);
  bytes.writeUInt32LE(table.length, 12);
  bytes.writeDoubleLE(originMs, 16);
  bytes.writeDoubleLE(fromMs, 24);
  bytes.writeDoubleLE(toMs, 32);
  bytes.writeDoubleLE(0, 40);
  let at = headBytes;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  bytes.set(table, at);
  return bytes;
}

/** What a batch says of itself; undefined: it is none, or of another release. Pure. */
export function marksHead(bytes: Uint8Array): MarksHead | undefined {
  if (bytes.length < headBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [records, lives] = [view.getUint32(4, true), view.getUint32(8, true)];
  const size = headBytes + records * markRecordBytes + view.getUint32(12, true);
  if (view.getUint32(0, true) !== version || size !== bytes.length || lives > records) return undefined;
  const [originMs, fromMs, toMs] = [16, 24, 32].map((at) => view.getFloat64(at, true)) as [number, number, number];
  // Of a time that no Date can hold nothing can be told.
  if (![originMs, fromMs, toMs].every((ms) => Math.abs(ms) < 8e15) || toMs < fromMs) return undefined;
  return { count: records + lives, fromMs, toMs };
}

/** Reads a batch, where `marksHead` finds one: first a mark of each record, a start of each life; then the ends of the lives. */
export class MarksReader {
  readonly count: number;
  readonly #view: DataView;
  readonly #records: number;
  readonly #originMs: number;
  readonly #lives: readonly number[];
  readonly #programs: ReadonlyMap<string, string>;

  /** @param head Of these bytes. */
  constructor(bytes: Uint8Array, head: MarksHead) {
    this.count = head.count;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#records = this.#view.getUint32(4, true);
    this.#originMs = this.#view.getFloat64(16, true);
    this.#programs = programsOf(bytes.subarray(headBytes + this.#records * markRecordBytes));
    const lives: number[] = [];
    for (let i = 0; i < this.#records; i += 1) if (this.#number(i) === markNumbers.life) lives.push(i);
    this.#lives = lives;
  }

  timeMs(index: number): number {
    const record = this.#recordOf(index);
    const timeMs = this.#originMs + Number(this.#wide(record, markAt.timeNs)) / 1e6;
    return this.#isStartOfLife(index) ? timeMs - this.#word(record, markAt.ranUs) / 1000 : timeMs;
  }

  kind(index: number): 'start' | 'end' {
    return this.#number(this.#recordOf(index)) === markNumbers.start || this.#isStartOfLife(index) ? 'start' : 'end';
  }

  mark(index: number): ProcessMark {
    const record = this.#recordOf(index);
    const isLife = this.#number(record) === markNumbers.life;
    const kind = this.kind(index);
    const other = this.#wide(record, markAt.other);
    const detail = this.#word(record, markAt.detail);
    const base = {
      ...{ kind, timeMs: this.timeMs(index), pid: this.#word(record, markAt.pid), uid: this.#word(record, markAt.uid) },
      exe: this.#programs.get(this.#wide(record, markAt.program).toString()) ?? '',
      execution: this.#wide(record, markAt.execution).toString(),
    };
    if (kind === 'end') {
      const durationMs = isLife ? this.#word(record, markAt.ranUs) / 1000 : Number(other) / 1e6;
      return { ...base, durationMs, exitCode: (detail >>> 8) & 0xff, signal: detail & 0x7f };
    }
    const parent = other === 0n ? {} : { parentExecution: other.toString() };
    const parentPid = isLife ? this.#word(record, markAt.parent) : detail;
    return { ...base, ...parent, parentPid, known: (this.#byte(record, markAt.flags) & knownFlag) !== 0 };
  }

  #recordOf(index: number): number {
    return index < this.#records ? index : (this.#lives[index - this.#records] ?? 0);
  }

  #isStartOfLife(index: number): boolean {
    return index < this.#records && this.#number(index) === markNumbers.life;
  }

  #number(record: number): number {
    return this.#byte(record, markAt.kind);
  }

  #byte(record: number, at: number): number {
    return this.#view.getUint8(headBytes + record * markRecordBytes + at);
  }

  #word(record: number, at: number): number {
    return this.#view.getUint32(headBytes + record * markRecordBytes + at, true);
  }

  #wide(record: number, at: number): bigint {
    return this.#view.getBigUint64(headBytes + record * markRecordBytes + at, true);
  }
}

function programsOf(bytes: Uint8Array): ReadonlyMap<string, string> {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
    if (!Array.isArray(value)) return new Map();
    return new Map(
      value.flatMap((pair: unknown) => {
        if (!Array.isArray(pair)) return [];
        const [hash, path]: readonly unknown[] = pair;
        return typeof hash === 'string' && typeof path === 'string' ? [[hash, path] as const] : [];
      }),
    );
  } catch {
    return new Map();
  }
}
