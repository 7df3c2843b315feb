import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../lib/directory.ts';
import type { FrameHead } from './frame.ts';
import { findJournal, Journal } from './journal.ts';
import type { Owner } from './record.ts';
import { readSegment, writeSegment } from './segment.ts';
import type { Loose, Segment } from './segment.ts';

export interface ArchiveOptions {
  readonly directory: string;
  /** All files together; the oldest segments make room. */
  readonly sizeBytesMax: number;
  /** Segments whose last entry is older are removed. */
  readonly ageMsMax: number;
  /** A journal that holds so much, unpacked, becomes a segment. */
  readonly journalBytes?: number;
  /** A journal that is so old becomes a segment. */
  readonly journalMs?: number;
}

export interface ArchiveState {
  readonly sizeBytes: number;
  readonly segments: number;
  readonly entries: number;
  /** Of the first entry that is kept; undefined: there is none. */
  readonly oldestMs: number | undefined;
  /** Of the last one. */
  readonly newestMs: number | undefined;
  /** Bytes of cut-off or damaged frames that were met since the start. */
  readonly damagedBytes: number;
  /** Entries that were removed for size or age since the start. */
  readonly expired: number;
}

const journalName = /^\d{15}-\d{9}\.journal$/u;
const segmentName = /^\d{15}-\d{9}\.(?:segment|marks)$/u;
/** Segments of starts and ends of programs alone may take so much of the room: of what is known there is much, and it must push out nothing that was new. */
const marksShare = 0.5;

/** Starts and ends of a time that made room before everything else of that time did. */
export interface GoneMarks {
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
}

/**
 * The flight recorder's files: a journal that batches are appended to as they come, and segments that full journals become, in which each
 * container's entries stand together. Synchronous: it lives in a thread of its own. Methods throw what the file system throws.
 */
export class Archive {
  readonly #options: ArchiveOptions;
  #segments: Segment[] = [];
  #journal: Journal | undefined;
  #number = 0;
  #damagedBytes = 0;
  #expired = 0;
  #changes = 0;
  #gone: GoneMarks[] = [];

  /** Opens what is there; a journal of an earlier run goes on, or becomes a segment. */
  constructor(options: ArchiveOptions, nowMs: number) {
    this.#options = options;
    makeDirectory(options.directory, 0o700);
    const names = readdirSync(options.directory).toSorted();
    for (const name of names) if (name.endsWith('.new')) rmSync(join(options.directory, name), { force: true });
    // The clock may have been set back: a name must not come twice.
    for (const name of names) this.#number = Math.max(this.#number, Number(/-(\d{9})\./u.exec(name)?.[1] ?? 0));
    const sealed = new Set<string>();
    for (const name of names.filter((one) => segmentName.test(one))) {
      const [stem = ''] = name.split('.');
      // Killed before the other half of the journal was there: both are made anew.
      if (name.endsWith('.marks') && names.includes(`${stem}.journal`) && !names.includes(`${stem}.segment`)) {
        rmSync(join(options.directory, name));
        continue;
      }
      const { segment, lost } = readSegment(join(options.directory, name));
      this.#damagedBytes += lost;
      if (segment.blocks.length > 0) this.#add(segment);
      sealed.add(`${stem}.journal`);
    }
    for (const name of names.filter((one) => journalName.test(one))) {
      // Killed after the segment was there, before its journal was gone.
      if (sealed.has(name)) rmSync(join(options.directory, name));
      else this.#adopt(join(options.directory, name), nowMs);
    }
  }

  get directory(): string {
    return this.#options.directory;
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  get journal(): Journal | undefined {
    return this.#journal;
  }

  /** Everybody that has entries, some of them more than once. */
  get owners(): readonly Owner[] {
    return [...this.#segments.flatMap(({ owners }) => owners), ...(this.#journal?.owners ?? [])];
  }

  get state(): ArchiveState {
    const places = this.#journal?.places ?? [];
    const fromMs = [...this.#segments.map((one) => one.fromMs), ...places.map(({ head }) => head.fromMs)];
    const toMs = [...this.#segments.map((one) => one.toMs), ...places.map(({ head }) => head.toMs)];
    const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
    return {
      sizeBytes: sum(this.#segments.map((one) => one.sizeBytes)) + (this.#journal?.sizeBytes ?? 0),
      segments: this.#segments.length,
      entries: sum(this.#segments.map(({ count }) => count)) + sum(places.map(({ head }) => head.count)),
      oldestMs: fromMs.length === 0 ? undefined : fromMs.reduce((a, b) => Math.min(a, b)),
      newestMs: toMs.length === 0 ? undefined : toMs.reduce((a, b) => Math.max(a, b)),
      damagedBytes: this.#damagedBytes,
      expired: this.#expired,
    };
  }

  /** Grows when entries moved to another file, or went: an answer that began before has to begin again behind what it told. */
  get changes(): number {
    return this.#changes;
  }

  /** Something that cannot be read was met. */
  damaged(sizeBytes: number): void {
    this.#damagedBytes += sizeBytes;
  }

  /** Writes a batch. It is safe from a kill of the process when this returns. */
  append(head: Pick<FrameHead, 'count' | 'kinds' | 'fromMs' | 'toMs'>, payload: Uint8Array, nowMs: number): void {
    this.#journal ??= new Journal(this.#path('journal', nowMs));
    this.#journal.append(head, payload, nowMs);
  }

  /** Makes a segment of a journal that is full or old, and removes what is too much or too old. Call it now and then. */
  tidy(nowMs: number): void {
    const { journalMs = 3_600_000 } = this.#options;
    const { startedMs = nowMs } = this.#journal ?? {};
    if (this.isFull || nowMs - startedMs >= journalMs) this.seal();
    this.#prune(nowMs);
  }

  /** The journal should become a segment now. */
  get isFull(): boolean {
    return (this.#journal?.rawBytes ?? 0) >= (this.#options.journalBytes ?? 8 << 20);
  }

  /** What `tidy` removed since this was asked last. */
  takeGone(): readonly GoneMarks[] {
    const gone = this.#gone;
    this.#gone = [];
    return gone;
  }

  /** Makes a segment of the journal, and another one of the starts and ends of programs in it. */
  seal(): void {
    const journal = this.#journal;
    if (journal === undefined || journal.places.length === 0) return;
    const entries = journal.entries(({ head }) => this.damaged(head.sizeBytes));
    const path = (kind: 'marks' | 'segment'): string => journal.path.replace(/journal$/u, kind);
    // In this order: see the constructor.
    const marks = written(path('marks'), entries, true);
    let rest: Segment | undefined;
    try {
      rest = written(path('segment'), entries, false);
    } catch (error) {
      rmSync(path('marks'), { force: true });
      throw error;
    }
    for (const segment of [marks, rest]) if (segment !== undefined) this.#add(segment);
    this.#journal = undefined;
    journal.remove();
  }

  close(): void {
    this.#journal?.close();
    this.#journal = undefined;
  }

  #adopt(path: string, nowMs: number): void {
    const found = findJournal(path);
    this.#damagedBytes += found.torn;
    if (found.places.length === 0) return rmSync(path);
    this.seal();
    this.#journal = new Journal(path, found);
    this.tidy(nowMs);
  }

  /** In the order of their last entries. */
  #add(segment: Segment): void {
    this.#changes += 1;
    this.#segments = [...this.#segments, segment].toSorted((a, b) => a.toMs - b.toMs);
  }

  #prune(nowMs: number): void {
    const { sizeBytesMax, ageMsMax } = this.#options;
    let { sizeBytes } = this.state;
    const remove = (segment: Segment): void => {
      rmSync(segment.path, { force: true });
      this.#segments = this.#segments.filter((one) => one !== segment);
      sizeBytes -= segment.sizeBytes;
      this.#expired += segment.count;
    };
    const marks = this.#segments.filter(({ path }) => path.endsWith('.marks'));
    let marksBytes = marks.reduce((sum, one) => sum + one.sizeBytes, 0);
    for (const segment of marks) {
      if (marksBytes <= sizeBytesMax * marksShare) break;
      marksBytes -= segment.sizeBytes;
      const { fromMs, toMs, count } = segment;
      this.#gone.push({ fromMs, toMs, count });
      remove(segment);
    }
    for (const oldest of this.#segments) {
      if (sizeBytes <= sizeBytesMax && oldest.toMs >= nowMs - ageMsMax) return;
      remove(oldest);
    }
  }

  /** Names begin with the time, so that the oldest stand first. */
  #path(kind: 'journal', nowMs: number): string {
    this.#number += 1;
    const time = String(Math.floor(nowMs)).padStart(15, '0');
    return join(this.#options.directory, `${time}-${String(this.#number).padStart(9, '0')}.${kind}`);
  }
}

/** Writes the starts and ends among them, or the rest; undefined: there is none. Throws what the file system throws. */
function written(
  path: string,
  entries: ReadonlyMap<Owner | undefined, readonly Loose[]>,
  isMarks: boolean,
): Segment | undefined {
  const own = new Map<Owner | undefined, Loose[]>();
  for (const [owner, loose] of entries) {
    const wanted = loose.filter(({ entry }) => (entry.kind === 'start') === isMarks);
    if (wanted.length > 0) own.set(owner, wanted);
  }
  return own.size === 0 ? undefined : writeSegment(path, own);
}
