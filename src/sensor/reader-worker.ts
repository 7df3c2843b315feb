import { parentPort, workerData } from 'node:worker_threads';
import koffi from 'koffi';
import { decodeRecord } from './decode.ts';
import type { DecodeFailure, SensorRecord } from './decode.ts';
import { openLibbpf } from './libbpf.ts';
import { Ring } from './ring.ts';

/** What the reader's thread is started with. */
export interface ReaderInput {
  /** The rings, the one that is drained first first. */
  readonly rings: readonly { readonly fd: number; readonly sizeBytes: number }[];
}

/** What the reader's thread sends. */
export interface ReaderBatch {
  readonly records: readonly SensorRecord[];
  /** Bytes that were no record, by reason, since the thread began. */
  readonly failures: Readonly<Partial<Record<DecodeFailure | 'torn-ring', number>>>;
}

/** What the reader's thread is told: how many records were handled, or to end. */
export type ReaderOrder = { readonly handled: number } | 'stop';

/**
 * Records that were sent and not handled yet. Beyond it they stay in the rings; when those are full the kernel counts what it cannot
 * tell (`ring_full`) and tells it again later. At the end everything is read, whatever waits.
 */
const outstandingMax = 100_000;
/** A drain stops here, so that the loop breathes. */
const drainLimit = 20_000;
/** Being woken for each record costs the watched program 1.3 µs: after a drain the reader rests before it asks to be woken again. */
const restMs = 3;
/** Covers a wake-up that went missing. */
const sweepMs = 250;
const pageBytes = 4096;

/** Reads the rings in a thread of its own, so that a busy main thread loses nothing. */
function run(input: ReaderInput): void {
  const port = parentPort;
  if (port === null) return;
  const libbpf = openLibbpf();
  const failures: Partial<Record<DecodeFailure | 'torn-ring', number>> = {};
  const rings = input.rings.map(({ fd, sizeBytes }) => ({
    fd,
    ring: new Ring({
      consumer: libbpf.map(fd, 0, pageBytes, true),
      producer: libbpf.map(fd, pageBytes, pageBytes + 2 * sizeBytes, false),
      pageBytes,
      dataBytes: sizeBytes,
    }),
  }));

  let outstanding = 0;
  let stopped = false;
  const drain = (): void => {
    if (outstanding >= outstandingMax && !stopped) return;
    const records: SensorRecord[] = [];
    let more = false;
    let failed = false;
    for (const { ring } of rings) {
      const taken = ring.drain(drainLimit, (bytes) => {
        const decoded = decodeRecord(bytes);
        if ('record' in decoded) records.push(decoded.record);
        else {
          failures[decoded.failure] = (failures[decoded.failure] ?? 0) + 1;
          failed = true;
        }
      });
      more ||= taken === drainLimit;
      if (ring.torn > 0) failures['torn-ring'] = rings.reduce((sum, { ring: { torn } }) => sum + torn, 0);
    }
    // Several rings and CPUs: what was first comes first.
    records.sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0));
    outstanding += records.length;
    if (records.length > 0 || failed) port.postMessage({ records, failures: { ...failures } } satisfies ReaderBatch);
    if (more) setImmediate(drain);
  };

  // The handles must stay referenced: the garbage collector closes them silently.
  const handles = rings.map(({ fd }) => {
    const onReadable = (): void => {
      handle.stop();
      drain();
      setTimeout(() => {
        if (!stopped) handle.start({ readable: true }, onReadable);
      }, restMs);
    };
    const handle = koffi.node.poll(fd, { readable: true }, onReadable);
    return handle;
  });
  const sweep = setInterval(drain, sweepMs);
  port.on('message', (order: ReaderOrder) => {
    if (order !== 'stop') {
      const full = outstanding >= outstandingMax;
      outstanding -= order.handled;
      if (full) drain();
      return;
    }
    stopped = true;
    clearInterval(sweep);
    drain();
    // Before the thread ends: an open handle crashes the process then.
    for (const handle of handles) handle.close();
    port.close();
  });
  port.postMessage({ records: [], failures: {} } satisfies ReaderBatch);
}

run(workerData as ReaderInput);
