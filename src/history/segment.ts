import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { encodeFrame, framesOf, headBytes, readFrame } from './frame.ts';
import { damaged, PayloadWriter, readPayload } from './record.ts';
import type { Owner, Stored } from './record.ts';

/** Entries of one owner, in the order of time. */
export interface Block {
  /** Index of the segment's owners; -1: of the node. */
  readonly owner: number;
  readonly offset: number;
  readonly sizeBytes: number;
  readonly count: number;
  readonly kinds: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A file that is not written any more: blocks, and behind them where each stands. */
export interface Segment {
  readonly path: string;
  readonly sizeBytes: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
  readonly owners: readonly Owner[];
  readonly blocks: readonly Block[];
}

/** `AWHI` */
const trailerMagic = 0x49485741;
const trailerBytes = 16;
/** A block is larger only by its last entry. Larger ones pack better, smaller ones are read faster. */
const blockBytes = 128 * 1024;
const level = 3;
/** Of blocks that are marks for the most part: they pack little better by more work, and may be many. */
const marksLevel = 1;

/** An entry with the bytes that it stands in. */
export interface Loose {
  readonly entry: Stored;
  readonly payload: Buffer;
}

/** In which order entries are told. */
export function inOrder(a: { timeMs: number; seq: number }, b: { timeMs: number; seq: number }): number {
  return a.timeMs - b.timeMs || a.seq - b.seq;
}

/**
 * Writes entries, each list those of one owner, into a new segment: beside its name first, so that it is there as a whole or not at all. Throws what
 * the file system throws.
 */
export function writeSegment(path: string, entries: ReadonlyMap<Owner | undefined, Loose[]>): Segment {
  const owners = [...entries.keys()].filter((owner) => owner !== undefined);
  const blocks: Block[] = [];
  const fd = openSync(`${path}.new`, 'w', 0o600);
  let offset = 0;
  const put = (bytes: Uint8Array): void => {
    for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
    offset += bytes.length;
  };
  try {
    for (const [owner, own] of entries) {
      const number = owner === undefined ? -1 : owners.indexOf(owner);
      const writer = new PayloadWriter();
      let marksBytes = 0;
      const end = (): void => {
        if (writer.count === 0) return;
        const { count, kinds, fromMs, toMs, sizeBytes } = writer;
        const payload = writer.take(owner === undefined ? [] : [owner]);
        const pack = marksBytes * 2 > sizeBytes ? marksLevel : level;
        const frame = encodeFrame({ kind: 'sorted', count, kinds, fromMs, toMs }, payload, pack);
        marksBytes = 0;
        blocks.push({ owner: number, offset, sizeBytes: frame.length - headBytes, count, kinds, fromMs, toMs });
        put(frame);
      };
      for (const { entry, payload } of own.toSorted((a, b) => inOrder(a.entry, b.entry))) {
        const json = payload.subarray(entry.start, entry.end);
        if (entry.kind === 'start') marksBytes += json.length;
        writer.add(entry.timeMs, entry.seq, owner === undefined ? -1 : 0, entry.kind, json);
        if (writer.sizeBytes >= blockBytes) end();
      }
      end();
    }
    const rows = blocks.map((b) => [b.owner, b.offset, b.sizeBytes, b.count, b.kinds, b.fromMs, b.toMs]);
    const index = Buffer.from(JSON.stringify({ owners, blocks: rows }));
    const { fromMs, toMs, count } = spanOf(blocks);
    const trailer = Buffer.alloc(trailerBytes);
    trailer.writeDoubleLE(offset, 0);
    trailer.writeUInt32LE(trailerMagic, 12);
    const frame = encodeFrame({ kind: 'index', count, kinds: 0, fromMs, toMs }, index, level);
    trailer.writeUInt32LE(frame.length - headBytes, 8);
    put(frame);
    put(trailer);
    fsyncSync(fd);
    closeSync(fd);
    renameSync(`${path}.new`, path);
    return { path, sizeBytes: offset, fromMs, toMs, count, owners, blocks };
  } catch (error) {
    try {
      closeSync(fd);
    } catch {
      // Closed already: what failed came after.
    }
    rmSync(`${path}.new`, { force: true });
    throw error;
  }
}

function spanOf(blocks: readonly Block[]): Pick<Segment, 'fromMs' | 'toMs' | 'count'> {
  let [fromMs, toMs, count] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const block of blocks) {
    fromMs = Math.min(fromMs, block.fromMs);
    toMs = Math.max(toMs, block.toMs);
    count += block.count;
  }
  return { fromMs, toMs, count };
}

/**
 * What is in a segment. Where its index is damaged, it is made again from the blocks: `lost` are bytes that are no block. Throws what the file
 * system throws.
 */
export function readSegment(path: string): { readonly segment: Segment; readonly lost: number } {
  const { size: sizeBytes } = statSync(path);
  try {
    const { owners, blocks } = readIndex(path, sizeBytes);
    return { segment: { path, sizeBytes, owners, blocks, ...spanOf(blocks) }, lost: 0 };
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw error;
  }
  const { places, torn } = framesOf(path, sizeBytes);
  const owners: Owner[] = [];
  const blocks: Block[] = [];
  let lost = torn;
  const fd = openSync(path, 'r');
  try {
    for (const { offset, head } of places) {
      if (head.kind !== 'sorted') continue;
      try {
        const [owner] = readPayload(readFrame(fd, offset, head.sizeBytes).payload, () => undefined);
        const key = JSON.stringify(owner);
        let number = owner === undefined ? -1 : owners.findIndex((other) => JSON.stringify(other) === key);
        if (owner !== undefined && number < 0) number = owners.push(owner) - 1;
        const { sizeBytes: size, count, kinds, fromMs, toMs } = head;
        blocks.push({ owner: number, offset, sizeBytes: size, count, kinds, fromMs, toMs });
      } catch {
        lost += headBytes + head.sizeBytes;
      }
    }
  } finally {
    closeSync(fd);
  }
  return { segment: { path, sizeBytes, owners, blocks, ...spanOf(blocks) }, lost };
}

function readIndex(path: string, sizeBytes: number): Pick<Segment, 'owners' | 'blocks'> {
  const fd = openSync(path, 'r');
  try {
    const trailer = Buffer.alloc(trailerBytes);
    if (sizeBytes < trailerBytes || readSync(fd, trailer, 0, trailerBytes, sizeBytes - trailerBytes) !== trailerBytes)
      throw damaged('a segment is cut off');
    const [offset, packed] = [trailer.readDoubleLE(0), trailer.readUInt32LE(8)];
    const fits = offset + headBytes + packed + trailerBytes === sizeBytes && Number.isSafeInteger(offset);
    if (trailer.readUInt32LE(12) !== trailerMagic || !fits) throw damaged('a segment has no index');
    const { head, payload } = readFrame(fd, offset, packed);
    if (head.kind !== 'index') throw damaged('an index is none');
    return parseIndex(payload);
  } finally {
    closeSync(fd);
  }
}

/** An index as it was written. Its checksum was right: it is what this program, or a later one, wrote. Throws `history.damaged`. Pure. */
function parseIndex(payload: Buffer): Pick<Segment, 'owners' | 'blocks'> {
  let value: { readonly owners?: unknown; readonly blocks?: unknown };
  try {
    value = JSON.parse(payload.toString()) as typeof value;
  } catch (error) {
    throw damaged('an index is no JSON', error);
  }
  const { owners, blocks } = value;
  if (!Array.isArray(owners) || !Array.isArray(blocks)) throw damaged('an index is incomplete');
  return {
    owners: owners as readonly Owner[],
    blocks: blocks.map((row: unknown): Block => {
      if (!Array.isArray(row) || row.length < 7 || !row.every((figure) => typeof figure === 'number'))
        throw damaged('a block of an index is none');
      const [owner = -1, offset = 0, sizeBytes = 0, count = 0, kinds = 0, fromMs = 0, toMs = 0] = row;
      if (owner >= owners.length) throw damaged('a block of nobody');
      return { owner, offset, sizeBytes, count, kinds, fromMs, toMs };
    }),
  };
}
