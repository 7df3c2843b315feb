import { createWriteStream, openSync } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { constants, createGzip } from 'node:zlib';
import type { Gzip } from 'node:zlib';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { RecordingEnd, RecordingEntry, RecordingHeader } from '../model/recording.ts';

/** Bytes of text that wait for compression; beyond them events and incidences are shed. */
const waitingBytesMax = 16 << 20;
/** Beyond them everything is: what there is one of for each container, second or decision has room while events have none. */
const waitingBytesAbsoluteMax = 64 << 20;

export interface RecordingWriterOptions {
  /** Made; a file that is there already is never touched. Only its owner may read it. */
  readonly path: string;
  readonly header: RecordingHeader;
  readonly log: Logger;
  /** The recording ends when its file has grown to this. */
  readonly sizeBytesMax: number;
}

/**
 * Writes a recording: lines of JSON, compressed (gzip) beside everything else. Call `flush` about once a second: what was written before
 * it survives the death of the process. Entries wait in memory, at most 16 MB of them (64 MB with those that there are few of);
 * what does not fit is shed and counted, here and in the recording. A file that cannot be written ends the recording, said once.
 */
export class RecordingWriter {
  readonly path: string;
  readonly #log: Logger;
  readonly #sizeBytesMax: number;
  readonly #gzip: Gzip;
  readonly #file: WriteStream;
  readonly #finished: Promise<void>;
  #ended: RecordingEnd | 'failed' | undefined;
  #onEnd: (() => void) | undefined;
  #entries = 0;
  #shed = 0;
  #untoldShed = 0;
  #flushing = false;
  #lastMs: number;

  /** @throws AnchorwatchError `recording.exists`, `recording.unwritable` */
  constructor({ path, header, log, sizeBytesMax }: RecordingWriterOptions) {
    this.path = path;
    this.#log = log;
    this.#sizeBytesMax = sizeBytesMax;
    this.#lastMs = header.createdMs;
    const descriptor = openNew(path);
    this.#gzip = createGzip({ level: 6 });
    this.#file = createWriteStream('', { fd: descriptor });
    this.#finished = new Promise((resolve) => {
      this.#file.once('close', resolve);
    });
    for (const stream of [this.#gzip, this.#file])
      stream.on('error', (error: Error) => {
        this.#fail(error);
      });
    this.#gzip.pipe(this.#file);
    this.#gzip.write(`${JSON.stringify(header)}\n`);
  }

  /** `bytes`: of the file, compressed. */
  get counters(): { readonly entries: number; readonly shed: number; readonly bytes: number } {
    return { entries: this.#entries, shed: this.#shed, bytes: this.#file.bytesWritten };
  }

  /** Why nothing more is recorded; undefined while it is. */
  get ended(): RecordingEnd | 'failed' | undefined {
    return this.#ended;
  }

  /** Called once when the recording ends by itself: at its size, or because it could not be written. */
  onEnd(act: () => void): void {
    this.#onEnd = act;
  }

  /** Adds an entry; false when it was shed, or the recording has ended. */
  write(entry: RecordingEntry): boolean {
    if (this.#ended !== undefined) return false;
    const waiting = this.#gzip.writableLength + this.#gzip.readableLength;
    const many = entry.what === 'event' || entry.what === 'incidence';
    if (waiting >= (many ? waitingBytesMax : waitingBytesAbsoluteMax)) {
      this.#shed++;
      this.#untoldShed++;
      return false;
    }
    this.#lastMs = entry.t;
    if (this.#untoldShed > 0) this.#line({ what: 'shed', t: entry.t, count: this.#untoldShed });
    this.#untoldShed = 0;
    this.#line(entry);
    this.#entries++;
    return true;
  }

  /** Gives what was written so far to the file; ends the recording at its size. */
  flush(): void {
    if (this.#ended !== undefined) return;
    if (this.#file.bytesWritten >= this.#sizeBytesMax) {
      this.#log.warn(
        { code: 'recording.size', file: this.path, sizeBytes: this.#file.bytesWritten },
        `the recording has grown to its size and ends: ${this.path}`,
      );
      this.#end('size');
      this.#onEnd?.();
    } else if (!this.#flushing) {
      this.#flushing = true;
      this.#gzip.flush(constants.Z_SYNC_FLUSH, () => {
        this.#flushing = false;
      });
    }
  }

  /** Ends the recording and answers when its file is closed. Never rejects. */
  async close(): Promise<void> {
    this.#end('stopped');
    await this.#finished;
  }

  #end(reason: RecordingEnd): void {
    if (this.#ended !== undefined) return;
    if (this.#untoldShed > 0) this.#line({ what: 'shed', t: this.#lastMs, count: this.#untoldShed });
    this.#line({ what: 'end', t: this.#lastMs, reason });
    this.#ended = reason;
    this.#gzip.end();
  }

  #line(entry: RecordingEntry): void {
    this.#gzip.write(`${JSON.stringify(entry)}\n`);
  }

  #fail(error: unknown): void {
    if (this.#ended === 'failed') return;
    this.#ended = 'failed';
    this.#log.error(
      { err: error, code: 'recording.failed', file: this.path },
      `the recording could not be written, and ends: ${this.path}: ${errorText(error)}`,
    );
    this.#gzip.destroy();
    this.#file.destroy();
    this.#onEnd?.();
  }
}

function openNew(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')
      throw new AnchorwatchError(
        'recording.exists',
        `${path} is there already, and recordings never overwrite: choose another name`,
        { cause },
      );
    throw new AnchorwatchError('recording.unwritable', `the recording ${path} cannot be made: ${errorText(cause)}`, {
      cause,
    });
  }
}
