import { markNumbers, markWords, packMarks } from '../model/process-marks.ts';
import type { PackedMarks } from '../model/process-marks.ts';
import { mark, markKinds, markKnown, wireVersion } from './layout.ts';

/** What packing needs to know besides the bytes. */
export interface MarkContext {
  /** Path of a program by its hash; empty when it is not known. @param pid What ran it a moment ago. */
  readonly programPath: (program: bigint, pid: number) => string;
  /** Milliseconds since the epoch at CLOCK_MONOTONIC zero. */
  readonly monotonicOriginMs: number;
}

const strideWords = (8 + mark.sizeBytes) / 4;
const headWords = 2;
/** Words of a mark in the ring; `agents/sensor/wire.h`, where all of them are little-endian. */
const [pidAt, timeAt, cgroupAt, programAt, executionAt, otherAt, detailAt, uidAt] = (
  ['pid', 'time_ns', 'cgroup_id', 'program', 'execution', 'other', 'detail', 'uid'] as const
).map((name) => headWords + mark.members[name][0] / 4) as [
  ...[number, number, number, number, number, number, number, number],
];
const programsMax = 0xffff;
const wordMax = 0x1_0000_0000;

/** Marks of one container that are being put together. */
interface Group {
  readonly low: number;
  readonly high: number;
  /** Of the first mark; others of other CPUs may be a little earlier. */
  readonly originNs: number;
  readonly count: number;
  readonly words: Uint32Array;
  readonly programs: string[];
  readonly numbers: Map<number, number>;
  /** Index of the next mark. */
  at: number;
  spanUs: number;
}

/**
 * Sorts what stood in the ring of marks by container, and packs it: no object is made for a mark. `refused`: how many were of another
 * version or kind, or of another time than the rest. Pure but for `programPath`.
 */
export function packRing(
  bytes: Uint8Array<ArrayBuffer>,
  { programPath, monotonicOriginMs }: MarkContext,
): { readonly batches: readonly PackedMarks[]; readonly refused: number } {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.byteLength / 4));
  const total = Math.floor(words.length / strideWords);
  const groups = groupsOf(words, total);
  let refused = 0;
  let group: Group | undefined;
  let [lastLow, lastHigh, lastProgram] = [-1, -1, 0];
  for (let i = 0; i < total; i += 1) {
    const at = i * strideWords;
    const head = words[at + headWords] ?? 0;
    const kind = (head >>> 16) & 0xff;
    const [low, high] = [words[at + cgroupAt] ?? 0, words[at + cgroupAt + 1] ?? 0];
    if (group?.low !== low || group.high !== high) {
      group = groups.get(high * wordMax + low);
      lastLow = -1;
      lastHigh = -1;
    }
    if (group === undefined) continue;
    const timeNs = (words[at + timeAt + 1] ?? 0) * wordMax + (words[at + timeAt] ?? 0);
    const us = Math.round((timeNs - group.originNs) / 1000);
    const isMark = (head & 0xffff) === wireVersion && (kind === markKinds.start || kind === markKinds.end);
    if (!isMark || us < 0 || us >= wordMax) {
      refused += 1;
      continue;
    }
    const [programLow, programHigh] = [words[at + programAt] ?? 0, words[at + programAt + 1] ?? 0];
    if (programLow !== lastLow || programHigh !== lastHigh) {
      lastProgram = numberOf(group, programLow, programHigh, words[at + pidAt] ?? 0, programPath);
      lastLow = programLow;
      lastHigh = programHigh;
    }
    const to = group.at;
    const { words: out, count } = group;
    out[to] = us;
    out[to + count] = words[at + pidAt] ?? 0;
    out[to + 2 * count] = words[at + executionAt] ?? 0;
    out[to + 3 * count] = words[at + executionAt + 1] ?? 0;
    out[to + 4 * count] = words[at + otherAt] ?? 0;
    out[to + 5 * count] = words[at + otherAt + 1] ?? 0;
    out[to + 6 * count] = words[at + detailAt] ?? 0;
    out[to + 7 * count] = words[at + uidAt] ?? 0;
    const known = (head >>> 24) & markKnown;
    out[to + 8 * count] =
      lastProgram | ((kind === markKinds.start ? markNumbers.start : markNumbers.end) << 16) | (known << 24);
    group.at += 1;
    if (us > group.spanUs) group.spanUs = us;
  }
  const batches: PackedMarks[] = [];
  for (const { low, high, originNs, count, at, spanUs, programs, words: packed } of groups.values()) {
    if (at === 0) continue;
    const fromMs = monotonicOriginMs + originNs / 1e6;
    batches.push({
      ...{ cgroupId: (BigInt(high) * BigInt(wordMax) + BigInt(low)).toString(), count: at, fromMs },
      toMs: fromMs + spanUs / 1000,
      bytes: packMarks(at === count ? packed : compacted(packed, count, at), fromMs, spanUs, programs),
    });
  }
  return { batches, refused };
}

/** Without the room of what was refused. */
function compacted(words: Uint32Array, count: number, used: number): Uint32Array {
  const out = new Uint32Array(used * markWords);
  for (let word = 0; word < markWords; word += 1)
    out.set(words.subarray(word * count, word * count + used), word * used);
  return out;
}

/** An empty group for each container, with room for its marks. */
function groupsOf(words: Uint32Array, total: number): ReadonlyMap<number, Group> {
  const sizes = new Map<number, { count: number; originNs: number }>();
  let [lastKey, last] = [-1, { count: 0, originNs: 0 }];
  for (let i = 0; i < total; i += 1) {
    const at = i * strideWords;
    const key = (words[at + cgroupAt + 1] ?? 0) * wordMax + (words[at + cgroupAt] ?? 0);
    const timeNs = (words[at + timeAt + 1] ?? 0) * wordMax + (words[at + timeAt] ?? 0);
    if (key !== lastKey) {
      lastKey = key;
      last = sizes.get(key) ?? { count: 0, originNs: timeNs };
      sizes.set(key, last);
    }
    last.count += 1;
    if (timeNs < last.originNs) last.originNs = timeNs;
  }
  const groups = new Map<number, Group>();
  for (const [key, { count, originNs }] of sizes)
    groups.set(key, {
      ...{ low: key % wordMax, high: Math.floor(key / wordMax), originNs, count, programs: [], numbers: new Map() },
      ...{ words: new Uint32Array(count * markWords), at: 0, spanUs: 0 },
    });
  return groups;
}

/** Number of a program among those of its group. 53 bits of a keyed hash tell programs apart here. */
function numberOf(
  { programs, numbers }: Group,
  low: number,
  high: number,
  pid: number,
  programPath: MarkContext['programPath'],
): number {
  const key = (high % 0x20_0000) * wordMax + low;
  const known = numbers.get(key);
  if (known !== undefined) return known;
  if (programs.length >= programsMax) return programsMax;
  const number = programs.push(programPath(BigInt(high) * BigInt(wordMax) + BigInt(low), pid)) - 1;
  numbers.set(key, number);
  return number;
}
