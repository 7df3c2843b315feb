import { expect, test } from 'vitest';
import { markAt, markNumbers, markRecordBytes, marksHead, MarksReader } from '../model/process-marks.ts';
import type { PackedMarks } from '../model/process-marks.ts';
import { mark, markKinds, markKnown, wireVersion } from './layout.ts';
import { packRing } from './mark-packing.ts';

interface Mark {
  readonly kind: number;
  readonly timeNs: number;
  readonly cgroup: number;
  readonly program?: number;
  readonly ranUs?: number;
  readonly version?: number;
}

function ring(marks: readonly Mark[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(marks.length * markRecordBytes);
  const view = new DataView(bytes.buffer);
  const { members } = mark;
  for (const [i, { kind, timeNs, cgroup, program = 5, ranUs = 0, version = wireVersion }] of marks.entries()) {
    const at = i * markRecordBytes + 8;
    view.setUint32(at - 8, mark.sizeBytes, true);
    view.setUint16(at + members.version[0], version, true);
    view.setUint8(at + members.kind[0], kind);
    view.setUint8(at + members.flags[0], markKnown);
    view.setUint32(at + members.pid[0], 100 + i, true);
    view.setBigUint64(at + members.time_ns[0], BigInt(timeNs), true);
    view.setBigUint64(at + members.cgroup_id[0], BigInt(cgroup), true);
    view.setBigUint64(at + members.program[0], BigInt(program), true);
    view.setUint32(at + members.ran_us[0], ranUs, true);
  }
  return bytes;
}

function pack(marks: readonly Mark[]): ReturnType<typeof packRing> {
  const programPath = (program: bigint, pid: number): string => `/p${String(program)}/${String(pid)}`;
  return packRing(ring(marks), { programPath, monotonicOriginMs: 1_000 });
}

function read({ bytes }: PackedMarks): readonly string[] {
  const head = marksHead(bytes);
  if (head === undefined) throw new Error('these are no marks');
  const reader = new MarksReader(bytes, head);
  return Array.from({ length: reader.count }, (_, i) => {
    const { kind, timeMs, pid, exe } = reader.mark(i);
    return [kind, timeMs, pid, exe].join(' ');
  });
}

test('records are kept as wire.h has them', () => {
  const { kind, flags, pid, time_ns, program, execution, other, detail, uid, parent, ran_us } = mark.members;
  const members = { kind, flags, pid, program, execution, other, detail, uid, parent, timeNs: time_ns, ranUs: ran_us };
  expect(markAt).toEqual(Object.fromEntries(Object.entries(members).map(([name, [at]]) => [name, at + 8])));
  expect(markRecordBytes).toBe(mark.sizeBytes + 8);
  expect(markNumbers).toEqual(markKinds);
});

test('marks are sorted by container, however they come', () => {
  const { batches, refused } = pack([
    { kind: markKinds.start, timeNs: 2e6, cgroup: 1 },
    { kind: markKinds.life, timeNs: 9e6, cgroup: 2, ranUs: 8_000, program: 6 },
    { kind: markKinds.end, timeNs: 3e6, cgroup: 1 },
    { kind: markKinds.end, timeNs: 4e6, cgroup: 1, program: 6 },
  ]);
  expect(refused).toBe(0);
  expect(batches.map(({ cgroupId, count, fromMs, toMs }) => [cgroupId, count, fromMs, toMs])).toEqual([
    ['1', 3, 1_002, 1_004],
    ['2', 2, 1_001, 1_009],
  ]);
  expect(batches.map(read)).toEqual([
    ['start 1002 100 /p5/100', 'end 1003 102 /p5/100', 'end 1004 103 /p6/103'],
    ['start 1001 101 /p6/101', 'end 1009 101 /p6/101'],
  ]);
});

test('what is no mark is refused, and loses nothing else', () => {
  const { batches, refused } = pack([
    { kind: 7, timeNs: 1e6, cgroup: 1 },
    { kind: markKinds.start, timeNs: 2e6, cgroup: 1 },
    { kind: markKinds.start, timeNs: 2e6, cgroup: 1, version: 99 },
    { kind: markKinds.end, timeNs: 3e6, cgroup: 1 },
    { kind: 0, timeNs: 3e6, cgroup: 1 },
  ]);
  expect(refused).toBe(3);
  expect(batches.map(read)).toEqual([['start 1002 101 /p5/101', 'end 1003 103 /p5/101']]);
  expect(pack([]).batches).toEqual([]);
});
