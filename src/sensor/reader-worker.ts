import { parentPort, workerData } from 'node:worker_threads';
import koffi from 'koffi';
import { mark, record } from './layout.ts';
import { openLibbpf } from './libbpf.ts';
import { YoungMarks } from './young-marks.ts';
import { Ring } from './ring.ts';

/** What the reader's thread is started with. */
export interface ReaderInput {
  /** The rings, the one that is drained first first. */
  readonly rings: readonly { readonly fd: number; readonly sizeBytes: number }[];
  /** The ring of marks, and the map of starts that were not told yet, where they are wanted. */
  readonly marks: { readonly fd: number; readonly sizeBytes: number; readonly youngFd: number } | undefined;
}

/**
 * What the reader's thread sends: records as they stood in the rings, oldest first. Bytes wait outside of the heap, where a backlog costs
 * the garbage collector nothing, and are handed over without a copy.
 */
export interface ReaderBatch {
  readonly bytes: Uint8Array;
  /** Start and length of each record in `bytes`. */
  readonly spans: Uint32Array;
  /** Lengths and positions in the rings that cannot be, since the thread began. */
  readonly torn: number;
  /** Marks of processes, as they stood in their ring (`Ring.copy`). They count as records that are to be handled. */
  readonly marks?: Uint8Array<ArrayBuffer>;
}

/** What the reader's thread is told: how many records were handled, to fetch marks now, or to end. */
export type ReaderOrder = { readonly handled: number } | 'marks' | 'stop';

/**
 * Records that were sent and not handled yet. Beyond it they stay in the rings; when those are full the kernel counts what it cannot
 * tell (`ring_full`) and tells it again later. At the end everything is read, whatever waits.
 */
const outstandingMax = 65_536;
/** A drain stops here, so that the loop breathes. */
const drainLimit = 20_000;
/** Being woken for each record costs the watched program 1.3 µs: after a drain the reader rests before it asks to be woken again. */
const restMs = 3;
/** Where next to nothing comes, what comes next need not wait as long: it may be an attack's. */
const quietRestMs = 1;
/** Records of one drain below which it is quiet. */
const quietRecords = 4;
/** In a flood the batches are larger: handing one over costs both threads as much as a hundred of its records. */
const floodRestMs = 15;
/** Records of one drain from which on it is a flood: some 10,000 a second. */
const floodRecords = 32;
/** Covers a wake-up that went missing. */
const sweepMs = 250;
const pageBytes = 4096;
const firstBytes = 8 * 1024;
/** Marks are fetched once in so many sweeps: a batch costs all threads together as much as a thousand of its marks. */
const marksAfterSweeps = 20;
/** of which so much stays free for what comes in bursts. */
const marksSpareBytes = 128 << 10;
/** Of a mark in its ring. */
const markStride: number = 8 + mark.sizeBytes;

/** Copies of records: what stands in a ring is only valid while it is drained. */
class Copies {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(firstBytes);
  #used = 0;
  readonly #records: { readonly at: number; readonly length: number; readonly timeNs: bigint }[] = [];

  get count(): number {
    return this.#records.length;
  }

  add(bytes: Uint8Array): void {
    if (this.#used + bytes.length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#used + bytes.length));
      larger.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#used);
    this.#records.push({ at: this.#used, length: bytes.length, timeNs: timeOf(bytes) });
    this.#used += bytes.length;
  }

  /** Several rings and CPUs: what was first comes first. */
  take(): { readonly bytes: Uint8Array<ArrayBuffer>; readonly spans: Uint32Array<ArrayBuffer> } {
    const records = this.#records.toSorted((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0));
    const spans = new Uint32Array(records.length * 2);
    for (const [i, { at, length }] of records.entries()) spans.set([at, length], i * 2);
    return { bytes: new Uint8Array(this.#bytes.buffer.transfer(this.#used)), spans };
  }
}

/** When a record was made; 0 where the bytes are too short for one. */
function timeOf(bytes: Uint8Array): bigint {
  const [at, sizeBytes] = record.members.time_ns;
  if (bytes.length < at + sizeBytes) return 0n;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(at, true);
}

/** Reads the rings in a thread of its own, so that a busy main thread loses nothing. */
function run(input: ReaderInput): void {
  const port = parentPort;
  if (port === null) return;
  const libbpf = openLibbpf();
  const open = ({ fd, sizeBytes }: ReaderInput['rings'][number]): { readonly fd: number; readonly ring: Ring } => ({
    fd,
    ring: new Ring({
      consumer: libbpf.map(fd, 0, pageBytes, true),
      producer: libbpf.map(fd, pageBytes, pageBytes + sizeBytes, false),
      pageBytes,
      dataBytes: sizeBytes,
    }),
  });
  const rings = input.rings.map(open);
  const marks = input.marks === undefined ? undefined : open(input.marks).ring;
  const young = input.marks === undefined ? undefined : new YoungMarks(libbpf, input.marks.youngFd);

  let outstanding = 0;
  let stopped = false;
  let torn = 0;
  let drained = 0;
  const drain = (): void => {
    drained = 0;
    if (outstanding >= outstandingMax && !stopped) return;
    const copies = new Copies();
    let more = false;
    for (const { ring } of rings)
      more =
        ring.drain(drainLimit, (bytes) => {
          copies.add(bytes);
        }) === drainLimit || more;
    const tornNow = rings.reduce((sum, { ring }) => sum + ring.torn, marks?.torn ?? 0);
    if (copies.count > 0 || tornNow > torn) {
      torn = tornNow;
      outstanding += copies.count;
      drained = copies.count;
      const { bytes, spans } = copies.take();
      port.postMessage({ bytes, spans, torn } satisfies ReaderBatch, [bytes.buffer, spans.buffer]);
    }
    if (more) setImmediate(drain);
  };

  // Nobody is woken for marks: they are fetched every five seconds, or when their ring might be full before the sweep after the next.
  let sweeps = 0;
  let waitedBytes = 0;
  const mayBeFull = (ring: Ring): boolean => {
    const waitingBytes = ring.waitingBytes;
    const grownBytes = waitingBytes - waitedBytes;
    waitedBytes = waitingBytes;
    return waitingBytes + 2 * grownBytes > ring.sizeBytes - marksSpareBytes;
  };
  const drainMarks = (now = false): void => {
    if (marks === undefined || young === undefined || (outstanding >= outstandingMax && !stopped)) return;
    sweeps += 1;
    const isDue = mayBeFull(marks) || sweeps >= marksAfterSweeps;
    if (!stopped && !now && !isDue) return;
    sweeps = 0;
    waitedBytes = 0;
    // Those that began before what stands in the ring ended are told with it.
    const bytes = young.with(marks.copy(mark.sizeBytes));
    if (bytes.length === 0 && !now) return;
    outstanding += bytes.length / markStride;
    port.postMessage({ bytes: new Uint8Array(), spans: new Uint32Array(), torn, marks: bytes } satisfies ReaderBatch, [
      bytes.buffer,
    ]);
  };

  // The handles must stay referenced: the garbage collector closes them silently.
  const handles = rings.map(({ fd }) => {
    const onReadable = (): void => {
      handle.stop();
      drain();
      const rest = drained < quietRecords ? quietRestMs : drained < floodRecords ? restMs : floodRestMs;
      setTimeout(() => {
        if (!stopped) handle.start({ readable: true }, onReadable);
      }, rest);
    };
    const handle = koffi.node.poll(fd, { readable: true }, onReadable);
    return handle;
  });
  const sweep = setInterval(() => {
    drain();
    drainMarks();
  }, sweepMs);
  port.on('message', (order: ReaderOrder) => {
    if (order === 'marks') {
      drainMarks(true);
      return;
    }
    if (order !== 'stop') {
      const full = outstanding >= outstandingMax;
      outstanding -= order.handled;
      if (full) drain();
      return;
    }
    stopped = true;
    clearInterval(sweep);
    drain();
    drainMarks();
    // Before the thread ends: an open handle crashes the process then.
    for (const handle of handles) handle.close();
    port.close();
  });
  port.postMessage({ bytes: new Uint8Array(), spans: new Uint32Array(), torn: 0 } satisfies ReaderBatch);
}

run(workerData as ReaderInput);
