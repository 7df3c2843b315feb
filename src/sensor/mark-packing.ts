import { packMarks } from '../model/process-marks.ts';
import type { PackedMarks } from '../model/process-marks.ts';
import { mark, markKinds, wireVersion } from './layout.ts';

/** What packing needs to know besides the bytes. */
export interface MarkContext {
  /** Path of a program by its hash; empty when it is not known. @param pid What ran it a moment ago. */
  readonly programPath: (program: bigint, pid: number) => string;
  /** Milliseconds since the epoch at CLOCK_MONOTONIC zero. */
  readonly monotonicOriginMs: number;
}

const strideBytes = 8 + mark.sizeBytes;
const strideWords = strideBytes / 4;
const headWords = 2;
/** Words of a mark in the ring; `agents/sensor/wire.h`, where all of them are little-endian. */
const wordOf = (name: 'pid' | 'time_ns' | 'cgroup_id' | 'program' | 'ran_us'): number =>
  headWords + mark.members[name][0] / 4;
const [pidAt, timeAt, cgroupAt] = [wordOf('pid'), wordOf('time_ns'), wordOf('cgroup_id')] as const;
const [programAt, ranAt] = [wordOf('program'), wordOf('ran_us')] as const;
const wordMax = 0x1_0000_0000;

/** Marks of one container that are being put together. */
interface Group {
  readonly parts: Uint8Array[];
  /** By 53 bits of the hash, which tell programs apart here: the hash, decimal, and the path. */
  readonly programs: Map<number, readonly [string, string]>;
  records: number;
  lives: number;
  fromNs: number;
  toNs: number;
}

/**
 * Sorts what stood in the ring of marks by container, and packs it. Marks stay as they are, those of one container in a row together:
 * little is done for each. `refused`: how many were of another version or kind. Pure but for `programPath`.
 */
export function packRing(
  bytes: Uint8Array<ArrayBuffer>,
  { programPath, monotonicOriginMs }: MarkContext,
): { readonly batches: readonly PackedMarks[]; readonly refused: number } {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.byteLength / 4));
  const end = Math.floor(words.length / strideWords) * strideWords;
  const groups = new Map<bigint, Group>();
  let refused = 0;
  let group: Group | undefined;
  let [low, high, programLow, programHigh, from] = [-1, -1, -1, -1, 0];
  for (let at = 0; at < end; at += strideWords) {
    const head = words[at + headWords] ?? 0;
    const kind = (head >>> 16) & 0xff;
    if ((head & 0xffff) !== wireVersion || kind < markKinds.start || kind > markKinds.life) {
      refused += 1;
      group?.parts.push(bytes.subarray(from * 4, at * 4));
      group = undefined;
      continue;
    }
    if (group === undefined || words[at + cgroupAt] !== low || words[at + cgroupAt + 1] !== high) {
      group?.parts.push(bytes.subarray(from * 4, at * 4));
      from = at;
      low = words[at + cgroupAt] ?? 0;
      high = words[at + cgroupAt + 1] ?? 0;
      programLow = -1;
      group = groupOf(groups, low, high);
    }
    const timeNs = (words[at + timeAt + 1] ?? 0) * wordMax + (words[at + timeAt] ?? 0);
    let startNs = timeNs;
    if (kind === markKinds.life) {
      group.lives += 1;
      startNs -= (words[at + ranAt] ?? 0) * 1000;
    }
    group.records += 1;
    if (startNs < group.fromNs) group.fromNs = startNs;
    if (timeNs > group.toNs) group.toNs = timeNs;
    if (words[at + programAt] === programLow && words[at + programAt + 1] === programHigh) continue;
    programLow = words[at + programAt] ?? 0;
    programHigh = words[at + programAt + 1] ?? 0;
    const key = (programHigh % 0x20_0000) * wordMax + programLow;
    if (group.programs.has(key)) continue;
    const program = wide(programLow, programHigh);
    group.programs.set(key, [program.toString(), programPath(program, words[at + pidAt] ?? 0)]);
  }
  group?.parts.push(bytes.subarray(from * 4, end * 4));
  const batches = [...groups].map(([cgroup, { parts, programs, records, lives, fromNs, toNs }]): PackedMarks => {
    const fromMs = monotonicOriginMs + fromNs / 1e6;
    const toMs = monotonicOriginMs + toNs / 1e6;
    const packed = { parts, lives, originMs: monotonicOriginMs, fromMs, toMs, programs: new Map(programs.values()) };
    return { cgroupId: cgroup.toString(), count: records + lives, fromMs, toMs, bytes: packMarks(packed) };
  });
  return { batches, refused };
}

function wide(low: number, high: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}

function groupOf(groups: Map<bigint, Group>, low: number, high: number): Group {
  const key = wide(low, high);
  let group = groups.get(key);
  if (group === undefined) {
    group = { parts: [], programs: new Map(), records: 0, lives: 0, fromNs: Number.POSITIVE_INFINITY, toNs: 0 };
    groups.set(key, group);
  }
  return group;
}
