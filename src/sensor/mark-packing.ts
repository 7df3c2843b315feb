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
  /** Not after the first of them; a little before it, where some ran longer than others. */
  fromNs: number;
  toNs: number;
}

/** Marks in a row that are of one kind, container and program. */
interface Run {
  /** The word behind the last of them. */
  readonly end: number;
  readonly firstNs: number;
  readonly lastNs: number;
  readonly mostRanUs: number;
}

/**
 * The run that begins at a word: what a ring holds is few of them, mostly. No other loop looks at every mark. It does next to nothing, so that
 * the engine compiles it within a millisecond; a larger one took eleven, as much as some ten thousand marks.
 */
function runAt(words: Uint32Array, from: number, end: number): Run {
  const [head, timeHigh] = [words[from + headWords], words[from + timeAt + 1] ?? 0];
  const [low, high] = [words[from + cgroupAt], words[from + cgroupAt + 1]];
  const [programLow, programHigh] = [words[from + programAt], words[from + programAt + 1]];
  let [first, last, mostRanUs, at] = [wordMax, 0, 0, from];
  // A run ends where the upper half of the time changes, too: every four seconds.
  while (
    at < end &&
    words[at + programAt] === programLow &&
    words[at + cgroupAt] === low &&
    words[at + headWords] === head &&
    words[at + timeAt + 1] === timeHigh &&
    words[at + programAt + 1] === programHigh &&
    words[at + cgroupAt + 1] === high
  ) {
    const time = words[at + timeAt] ?? 0;
    if (time < first) first = time;
    if (time > last) last = time;
    const ranUs = words[at + ranAt] ?? 0;
    if (ranUs > mostRanUs) mostRanUs = ranUs;
    at += strideWords;
  }
  return { end: at, firstNs: timeHigh * wordMax + first, lastNs: timeHigh * wordMax + last, mostRanUs };
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
  const groups = new Map<number | bigint, Group>();
  let refused = 0;
  // The last group's marks from here on are not in its parts yet.
  let from = 0;
  let group: Group | undefined;
  for (let at = 0; at < end;) {
    const run = runAt(words, at, end);
    const count = (run.end - at) / strideWords;
    const head = words[at + headWords] ?? 0;
    const kind = (head >>> 16) & 0xff;
    const isMark = (head & 0xffff) === wireVersion && kind >= markKinds.start && kind <= markKinds.life;
    const next = isMark ? groupOf(groups, words[at + cgroupAt] ?? 0, words[at + cgroupAt + 1] ?? 0) : undefined;
    if (next !== group) {
      group?.parts.push(bytes.subarray(from * 4, at * 4));
      group = next;
      from = at;
    }
    if (group === undefined) refused += count;
    else {
      group.records += count;
      const isLife = kind === markKinds.life;
      if (isLife) group.lives += count;
      group.fromNs = Math.min(group.fromNs, isLife ? run.firstNs - run.mostRanUs * 1000 : run.firstNs);
      group.toNs = Math.max(group.toNs, run.lastNs);
      const [programLow, programHigh] = [words[at + programAt] ?? 0, words[at + programAt + 1] ?? 0];
      const key = (programHigh % 0x20_0000) * wordMax + programLow;
      if (!group.programs.has(key)) {
        const program = wide(programLow, programHigh);
        group.programs.set(key, [program.toString(), programPath(program, words[at + pidAt] ?? 0)]);
      }
    }
    at = run.end;
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

function groupOf(groups: Map<number | bigint, Group>, low: number, high: number): Group {
  const key = high < 0x20_0000 ? high * wordMax + low : wide(low, high);
  let group = groups.get(key);
  if (group === undefined) {
    group = { parts: [], programs: new Map(), records: 0, lives: 0, fromNs: Number.POSITIVE_INFINITY, toNs: 0 };
    groups.set(key, group);
  }
  return group;
}
