import { closeSync, openSync } from 'node:fs';
import type { HistoryKind, HistoryQuery } from '../model/history.ts';
import { bodyMatcher, isAboutContainers, ownerMatcher } from '../model/history-match.ts';
import type { BodyMatcher } from '../model/history-match.ts';
import type { Archive } from './archive.ts';
import { headBytes, readFrame } from './frame.ts';
import { expanded, markBody } from './marks.ts';
import type { Placed } from './marks.ts';
import { kindMask, readPayload } from './record.ts';
import type { Owner, Stored } from './record.ts';
import { inOrder } from './segment.ts';

/** How far an answer has come: every entry before this time that fits was told. Milliseconds since the epoch. */
export interface Progress {
  reachedMs: number;
}

/** Where the last answer ended: only what comes after it is told. */
export interface After {
  readonly timeMs: number;
  readonly seq: number;
}

/** Frames that may hold something that is asked for. */
interface Source {
  readonly path: string;
  readonly offset: number;
  readonly sizeBytes: number;
  readonly fromMs: number;
  /** @see kindMask */
  readonly kinds: number;
}

/** Matching entries of one frame, in their order. */
interface Run {
  readonly payload: Buffer;
  /** What the lines of each owner say of it. */
  readonly owners: readonly string[];
  readonly entries: readonly Placed[];
  at: number;
}

const lossMask = kindMask(['loss']);
/** How long to work before there is something to say. */
const breathMs = 50;

/**
 * Entries that fit the query as lines of JSON, in the order of their times; `undefined` when there was none for a while, so that others get their turn.
 * What cannot be read is counted by the archive, and left out. @param progress Told how far everything was looked at.
 */
export function* answer(
  archive: Archive,
  query: HistoryQuery & { readonly after?: After | undefined },
  node: string,
  progress: Progress = { reachedMs: Number.NEGATIVE_INFINITY },
): Generator<string | undefined, void, undefined> {
  const body = bodyMatcher(query);
  const reader = new Reader(archive, query, body);
  const nodeJson = JSON.stringify(node);
  let told = 0;
  let breathAtMs = performance.now() + breathMs;
  for (const found of merged(reader, archive, query)) {
    progress.reachedMs = reader.reachedMs;
    if (performance.now() >= breathAtMs) {
      yield undefined;
      breathAtMs = performance.now() + breathMs;
    }
    if (found === undefined) continue;
    const { entry, run } = found;
    const json = bodyOf(entry, run.payload);
    if (entry.kind !== 'loss' && body?.matches(json) === false) continue;
    if (query.after !== undefined && inOrder(entry, query.after) <= 0) continue;
    // Of the losses after the time that is asked for: those that reach into it.
    if (entry.timeMs >= query.untilMs && !beginsBefore(json, query.untilMs)) continue;
    yield line(entry, run, nodeJson, json);
    told += 1;
    if (told >= query.limit) return;
  }
}

/** What is asked for, and then the losses that ended later. */
function* merged(
  reader: Reader,
  archive: Archive,
  query: HistoryQuery & { readonly after?: After | undefined },
): ReturnType<Reader['entries']> {
  yield* reader.entries();
  const later = { ...query, kinds: ['loss' as const], sinceMs: query.untilMs, untilMs: Number.POSITIVE_INFINITY };
  yield* new Reader(archive, later, undefined).entries();
}

function bodyOf({ marks, index = 0, start, end }: Placed, payload: Buffer): string {
  return marks === undefined ? payload.toString('utf8', start, end) : JSON.stringify(markBody(marks.mark(index)));
}

function beginsBefore(json: string, timeMs: number): boolean {
  // Written by the recorder, in this form.
  const from = /"from":"([^"]*)"/u.exec(json)?.[1];
  return from !== undefined && Date.parse(from) < timeMs;
}

function line({ seq, timeMs, kind, owner }: Stored, { owners }: Run, node: string, json: string): string {
  const whose = owners[owner] ?? '';
  const rest = json.length > 2 ? `,${json.slice(1)}` : '}';
  return `{"seq":${String(seq)},"time":"${new Date(timeMs).toISOString()}","node":${node},${whose}"kind":"${kind}"${rest}`;
}

/** Merges the runs of all frames; a frame is read when its first entry may be the next one. */
class Reader {
  readonly #archive: Archive;
  readonly #query: HistoryQuery & { readonly after?: After | undefined };
  readonly #needles: readonly Buffer[];
  readonly #mask: number;
  readonly #kinds: ReadonlySet<HistoryKind> | undefined;
  readonly #aboutContainers: boolean;
  readonly #isWanted: (owner: Owner) => boolean;
  /** Every entry before this was looked at. */
  reachedMs: number = Number.NEGATIVE_INFINITY;
  #file: { readonly path: string; readonly fd: number } | undefined;

  constructor(
    archive: Archive,
    query: HistoryQuery & { readonly after?: After | undefined },
    body: BodyMatcher | undefined,
  ) {
    this.#archive = archive;
    this.#query = query;
    this.#needles = (body?.needles ?? []).map((needle) => Buffer.from(needle));
    this.#mask = query.kinds === undefined ? 0xffffffff : kindMask(query.kinds) | lossMask;
    this.#kinds = query.kinds === undefined ? undefined : new Set([...query.kinds, 'loss']);
    this.#aboutContainers = isAboutContainers(query);
    this.#isWanted = ownerMatcher(query, archive.owners);
  }

  /** Undefined after each frame that was read. */
  *entries(): Generator<{ readonly entry: Placed; readonly run: Run } | undefined, void, undefined> {
    const sources = this.#sources();
    const runs: Run[] = [];
    let next = 0;
    try {
      for (;;) {
        const source = sources[next];
        const head = runs[0];
        const entry = head?.entries[head.at];
        if (source !== undefined && (entry === undefined || source.fromMs <= entry.timeMs)) {
          next += 1;
          this.reachedMs = source.fromMs;
          const run = this.#read(source);
          if (run !== undefined) rise(runs, runs.push(run) - 1);
          yield undefined;
          continue;
        }
        if (head === undefined || entry === undefined) return;
        this.reachedMs = entry.timeMs;
        head.at += 1;
        if (head.at === head.entries.length) {
          const last = runs.pop();
          if (last !== undefined && last !== head) runs[0] = last;
        }
        sink(runs);
        yield { entry, run: head };
      }
    } finally {
      if (this.#file !== undefined) closeSync(this.#file.fd);
    }
  }

  #sources(): readonly Source[] {
    const { sinceMs, untilMs, after, process } = this.#query;
    // Who a process started is known from its beginning on.
    const fromMs = after === undefined || process !== undefined ? sinceMs : Math.max(sinceMs, after.timeMs);
    const sources: Source[] = [];
    for (const segment of this.#archive.segments) {
      if (segment.toMs < fromMs || segment.fromMs >= untilMs) continue;
      const wanted = segment.owners.map(this.#isWanted);
      for (const { owner, offset, sizeBytes, kinds, fromMs: first, toMs } of segment.blocks) {
        if (toMs < fromMs || first >= untilMs || (kinds & this.#mask) === 0) continue;
        if (owner < 0 ? this.#aboutContainers && (kinds & lossMask) === 0 : wanted[owner] !== true) continue;
        sources.push({ path: segment.path, offset, sizeBytes, kinds, fromMs: first });
      }
    }
    const { journal } = this.#archive;
    for (const { offset, head } of journal?.places ?? []) {
      const { kinds, fromMs: first, toMs, sizeBytes } = head;
      if (toMs < fromMs || first >= untilMs || (kinds & this.#mask) === 0) continue;
      sources.push({ path: journal?.path ?? '', offset, sizeBytes, kinds, fromMs: first });
    }
    return sources.toSorted((a, b) => a.fromMs - b.fromMs);
  }

  #read({ path, offset, sizeBytes, kinds }: Source): Run | undefined {
    let payload: Buffer;
    let entries: Placed[] = [];
    let owners: readonly Owner[] = [];
    try {
      ({ payload } = readFrame(this.#open(path), offset, sizeBytes));
      // Most frames that hold nothing of what is looked for are seen to at the speed of memory; losses are told in any case.
      const hopeless = this.#needles.some((needle) => !payload.includes(needle));
      if (hopeless && (kinds & lossMask) === 0) return undefined;
      owners = readPayload(payload, (entry) => {
        if (hopeless && entry.kind !== 'loss') return;
        for (const one of expanded(entry, payload)) if (this.#isInTime(one)) entries.push(one);
      });
    } catch (error) {
      // A segment may have been removed for its age since the answer began.
      if (!(error instanceof Error && 'syscall' in error)) this.#archive.damaged(headBytes + sizeBytes);
      return undefined;
    }
    const wanted = owners.map(this.#isWanted);
    entries = entries.filter(({ owner, kind }) =>
      owner < 0 ? !this.#aboutContainers || kind === 'loss' : wanted[owner] === true,
    );
    if (entries.length === 0) return undefined;
    const told = owners.map((owner) => (owner.id === '' ? '' : `"container":${JSON.stringify(owner)},`));
    return { payload, owners: told, entries: entries.toSorted(inOrder), at: 0 };
  }

  #isInTime({ timeMs, kind }: Stored): boolean {
    const { sinceMs, untilMs } = this.#query;
    return timeMs >= sinceMs && timeMs < untilMs && this.#kinds?.has(kind) !== false;
  }

  #open(path: string): number {
    if (this.#file?.path !== path) {
      if (this.#file !== undefined) closeSync(this.#file.fd);
      this.#file = undefined;
      this.#file = { path, fd: openSync(path, 'r') };
    }
    return this.#file.fd;
  }
}

/** A run's place in the heap is by its next entry. */
function before(a: Run | undefined, b: Run | undefined): boolean {
  const [first, second] = [a?.entries[a.at], b?.entries[b.at]];
  return first !== undefined && second !== undefined && inOrder(first, second) < 0;
}

function swap(runs: Run[], i: number, j: number): void {
  const [a, b] = [runs[i], runs[j]];
  if (a === undefined || b === undefined) return;
  runs[i] = b;
  runs[j] = a;
}

function rise(runs: Run[], from: number): void {
  for (let at = from; at > 0;) {
    const parent = (at - 1) >> 1;
    if (!before(runs[at], runs[parent])) return;
    swap(runs, at, parent);
    at = parent;
  }
}

function sink(runs: Run[]): void {
  for (let at = 0; ;) {
    let least = at;
    for (const child of [2 * at + 1, 2 * at + 2]) if (before(runs[child], runs[least])) least = child;
    if (least === at) return;
    swap(runs, at, least);
    at = least;
  }
}
