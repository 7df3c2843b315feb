import { closeSync, ftruncateSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { encodeFrame, framesOf, headBytes, readFrame } from './frame.ts';
import type { FrameHead, Place } from './frame.ts';
import { kindMask, ownersOf, readPayload } from './record.ts';
import type { Owner } from './record.ts';
import type { Loose } from './segment.ts';

/** Fast (negative levels are): what is in a journal is packed again with its like when it is full. */
const level = -5;
/** Of batches with starts and ends of programs: as fast for these, and half as large. */
const marksLevel = 1;
const marksMask: number = kindMask(['start']);

/** The file that is being written: one frame for each batch, so that a kill loses what was not handed over, and nothing before it. */
export class Journal {
  readonly path: string;
  /** When its first frame was written; undefined: there is none. */
  startedMs: number | undefined;
  readonly #places: Place[] = [];
  readonly #owners: Map<string, Owner> = new Map();
  #fd: number;
  #sizeBytes = 0;
  #rawBytes = 0;

  /** Begins a new one. Throws what the file system throws. */
  constructor(path: string, found?: Found) {
    this.path = path;
    this.#fd = openSync(path, found === undefined ? 'wx' : 'r+', 0o600);
    for (const place of found?.places ?? []) this.#keep(place);
    // What was cut off by a kill must not stand between what is there and what will be.
    if (found !== undefined) ftruncateSync(this.#fd, this.#sizeBytes);
    this.startedMs = found?.places[0]?.head.fromMs;
    if (found !== undefined) for (const owner of this.entries(() => undefined).keys()) if (owner) this.#know(owner);
  }

  /** Everybody that has entries. */
  get owners(): readonly Owner[] {
    return [...this.#owners.values()];
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Unpacked. */
  get rawBytes(): number {
    return this.#rawBytes;
  }

  get places(): readonly Place[] {
    return this.#places;
  }

  /** Throws what the file system throws; nothing was written then. */
  append(head: Pick<FrameHead, 'count' | 'kinds' | 'fromMs' | 'toMs'>, payload: Uint8Array, nowMs: number): void {
    const pack = (head.kinds & marksMask) === 0 ? level : marksLevel;
    const frame = encodeFrame({ kind: 'mixed', ...head }, payload, pack);
    try {
      for (let at = 0; at < frame.length;)
        at += writeSync(this.#fd, frame, at, frame.length - at, this.#sizeBytes + at);
    } catch (error) {
      ftruncateSync(this.#fd, this.#sizeBytes);
      throw error;
    }
    this.startedMs ??= nowMs;
    for (const owner of ownersOf(payload)) this.#know(owner);
    const sizes = { sizeBytes: frame.length - headBytes, rawBytes: payload.length };
    this.#keep({ offset: this.#sizeBytes, head: { kind: 'mixed', ...head, ...sizes } });
  }

  close(): void {
    closeSync(this.#fd);
  }

  remove(): void {
    this.close();
    rmSync(this.path, { force: true });
  }

  /** All entries by their owner. `onDamage` is told of frames that cannot be read. */
  entries(onDamage: (place: Place) => void): Map<Owner | undefined, Loose[]> {
    const byOwner = new Map<string, { readonly owner: Owner | undefined; readonly loose: Loose[] }>();
    const fd = openSync(this.path, 'r');
    try {
      for (const place of this.#places) {
        try {
          const { payload } = readFrame(fd, place.offset, place.head.sizeBytes);
          const own: Loose[] = [];
          const owners = readPayload(payload, (entry) => own.push({ entry, payload }));
          const lists = owners.map((owner) => {
            const key = JSON.stringify(owner);
            let list = byOwner.get(key);
            if (list === undefined) byOwner.set(key, (list = { owner, loose: [] }));
            return list.loose;
          });
          let ofNode = byOwner.get('');
          if (ofNode === undefined) byOwner.set('', (ofNode = { owner: undefined, loose: [] }));
          for (const loose of own) (lists[loose.entry.owner] ?? ofNode.loose).push(loose);
        } catch (error) {
          if (error instanceof Error && 'syscall' in error) throw error;
          onDamage(place);
        }
      }
    } finally {
      closeSync(fd);
    }
    return new Map(
      [...byOwner.values()].filter(({ loose }) => loose.length > 0).map(({ owner, loose }) => [owner, loose]),
    );
  }

  #know(owner: Owner): void {
    this.#owners.set(`${owner.id} ${owner.name} ${owner.workload.id}`, owner);
  }

  #keep(place: Place): void {
    this.#places.push(place);
    this.#sizeBytes += headBytes + place.head.sizeBytes;
    this.#rawBytes += place.head.rawBytes;
  }
}

interface Found {
  readonly places: readonly Place[];
  /** Bytes at the end that are no whole frame. */
  readonly torn: number;
}

/** What an earlier run left. The last frame is read: the file may have grown before its bytes came. Throws what the file system throws. */
export function findJournal(path: string): Found {
  const { size } = statSync(path);
  const { places, torn } = framesOf(path, size);
  const last = places.at(-1);
  if (last === undefined) return { places, torn };
  const fd = openSync(path, 'r');
  try {
    readFrame(fd, last.offset, last.head.sizeBytes);
    return { places, torn };
  } catch {
    return { places: places.slice(0, -1), torn: torn + headBytes + last.head.sizeBytes };
  } finally {
    closeSync(fd);
  }
}
