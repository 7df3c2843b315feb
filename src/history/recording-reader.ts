import { createReadStream } from 'node:fs';
import { constants, createGunzip } from 'node:zlib';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import { recordingVersion } from '../model/recording.ts';
import type { RecordingEntry, RecordingHeader } from '../model/recording.ts';
import { recordingEntrySchema, recordingHeaderSchema, recordingKindSchema } from '../protocol/recording-schema.ts';

/** Bytes of one line: the profile of a workload at its bounds is shorter. */
const lineBytesMax = 32 << 20;
/** Bytes of a recording without compression: what unpacks to more is not read further. */
const unpackedBytesMax = 16 * 2 ** 30;

/** Who is given what a recording holds, in its order. */
export interface RecordingSink {
  header(header: RecordingHeader): void;
  entry(entry: RecordingEntry): void;
}

/** How reading went. */
export interface RecordingRead {
  readonly entries: number;
  /** Lines that are no entry: left out. */
  readonly broken: number;
  /** What is wrong with the first of them; empty when there is none. */
  readonly firstBroken: string;
  /** Why the recording ends before its end: everything before that was given out. Empty when it is whole. */
  readonly torn: string;
}

/**
 * Reads a recording line by line, in memory that its size does not change. What is damaged is said and counted: a line that is no entry is
 * left out, and where the file cannot be unpacked further it ends.
 * @throws AnchorwatchError `recording.unreadable` (no such file), `recording.foreign` (something else), `recording.version` (of another version);
 *   what the sink throws
 */
export async function readRecording(path: string, sink: RecordingSink): Promise<RecordingRead> {
  const lines = new Lines(path, sink);
  const file = createReadStream(path);
  // What was written until the recording agent died is there, whether its last block is whole or not.
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: 256 << 10 });
  let fileError: unknown;
  file.on('error', (error) => {
    fileError = error;
    gunzip.destroy(error);
  });
  file.pipe(gunzip);
  let torn = '';
  const chunks: AsyncIterator<Buffer> = gunzip[Symbol.asyncIterator]();
  try {
    for (;;) {
      let next: IteratorResult<Buffer>;
      try {
        next = await chunks.next();
      } catch (error) {
        if (fileError !== undefined && !lines.begun)
          throw new AnchorwatchError('recording.unreadable', `${path} cannot be read: ${errorText(fileError)}`, {
            cause: fileError,
          });
        torn = errorText(error);
        break;
      }
      if (next.done === true) break;
      torn = lines.take(next.value);
      if (torn !== '') break;
    }
  } finally {
    file.destroy();
    gunzip.destroy();
  }
  return lines.finish(torn);
}

class Lines {
  readonly #path: string;
  readonly #sink: RecordingSink;
  #rest: Buffer[] = [];
  #restBytes = 0;
  #bytes = 0;
  #number = 0;
  #entries = 0;
  #broken = 0;
  #firstBroken = '';
  #whole = false;

  constructor(path: string, sink: RecordingSink) {
    this.#path = path;
    this.#sink = sink;
  }

  get begun(): boolean {
    return this.#number > 0;
  }

  /** Answers why nothing more is to be read; empty to go on. */
  take(chunk: Buffer): string {
    this.#bytes += chunk.length;
    let from = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      const piece = chunk.subarray(from, at);
      from = at + 1;
      if (this.#restBytes === 0) this.#line(piece);
      else {
        const line = Buffer.concat([...this.#rest, piece]);
        this.#rest = [];
        this.#restBytes = 0;
        this.#line(line);
      }
    }
    if (from < chunk.length) {
      this.#rest.push(chunk.subarray(from));
      this.#restBytes += chunk.length - from;
    }
    if (this.#restBytes > lineBytesMax) return `line ${this.#number + 1} is longer than ${lineBytesMax} bytes`;
    if (this.#bytes > unpackedBytesMax) return `it unpacks to more than ${unpackedBytesMax} bytes`;
    return '';
  }

  finish(torn: string): RecordingRead {
    if (!this.begun) throw foreign(this.#path, torn === '' ? 'it holds no line' : torn);
    const reason =
      torn !== '' ? torn : this.#restBytes > 0 ? 'its last line is cut off' : this.#whole ? '' : 'it has no end';
    return { entries: this.#entries, broken: this.#broken, firstBroken: this.#firstBroken, torn: reason };
  }

  #line(bytes: Buffer): void {
    this.#number++;
    if (this.#number === 1) {
      this.#sink.header(headerOf(this.#path, bytes));
      return;
    }
    const parsed = entryOf(bytes);
    if (!parsed.ok) {
      this.#broken++;
      if (this.#firstBroken === '') this.#firstBroken = `line ${this.#number}: ${parsed.problem}`;
      return;
    }
    this.#entries++;
    this.#whole = parsed.entry.what === 'end';
    this.#sink.entry(parsed.entry);
  }
}

const newline = 0x0a;

function foreign(path: string, why: string): AnchorwatchError {
  return new AnchorwatchError('recording.foreign', `${path} is no recording of Anchorwatch: ${why}`);
}

function headerOf(path: string, line: Buffer): RecordingHeader {
  let value: unknown;
  try {
    value = JSON.parse(line.toString('utf8'));
  } catch (error) {
    throw foreign(path, errorText(error).slice(0, 200));
  }
  const kind = recordingKindSchema.safeParse(value);
  if (!kind.success) throw foreign(path, 'its first line is no header');
  if (kind.data.version !== recordingVersion)
    throw new AnchorwatchError(
      'recording.version',
      `${path} is a recording of version ${kind.data.version}, and this Anchorwatch reads version ${recordingVersion}`,
    );
  const header = recordingHeaderSchema.safeParse(value);
  if (!header.success) throw foreign(path, `its header is wrong: ${issueOf(header.error.issues)}`);
  return header.data;
}

type Parsed = { readonly ok: true; readonly entry: RecordingEntry } | { readonly ok: false; readonly problem: string };

/** An entry of a line of JSON, or what is wrong with it. Does not throw. */
export function entryOf(line: Uint8Array): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8'));
  } catch (error) {
    return { ok: false, problem: errorText(error).slice(0, 200) };
  }
  const parsed = recordingEntrySchema.safeParse(value);
  return parsed.success ? { ok: true, entry: parsed.data } : { ok: false, problem: issueOf(parsed.error.issues) };
}

function issueOf(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): string {
  const [first] = issues;
  return first === undefined ? 'unknown' : `${first.path.map(String).join('.')}: ${first.message}`.slice(0, 200);
}
