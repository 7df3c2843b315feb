import fc from 'fast-check';
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

test('whatever comes in which order, each container is told its own, within the bounds that are said', () => {
  const someMark = fc.record({
    kind: fc.constantFrom(markKinds.start, markKinds.end, markKinds.life, markKinds.life),
    // Around one of the times at which the upper half of a time changes.
    timeNs: fc.integer({ min: 2 ** 42 - 5e9, max: 2 ** 42 + 5e9 }),
    cgroup: fc.constantFrom(1, 2, 2 ** 40 + 1, 2 ** 60),
    program: fc.constantFrom(5, 6, 2 ** 33 + 5),
    ranUs: fc.nat(1_000_000),
    version: fc.constantFrom(wireVersion, wireVersion, wireVersion, 99),
  });
  fc.assert(
    fc.property(fc.array(someMark, { maxLength: 60 }), (marks) => {
      const told = marks.map(({ ranUs, ...rest }) => ({ ...rest, ranUs: rest.kind === markKinds.life ? ranUs : 0 }));
      const good = told.filter(({ version }) => version === wireVersion);
      const { batches, refused } = pack(told);
      expect(refused).toBe(told.length - good.length);
      expect(new Set(batches.map(({ cgroupId }) => cgroupId)).size).toBe(batches.length);
      for (const batch of batches) {
        const own = good.filter(({ cgroup }) => BigInt(cgroup).toString() === batch.cgroupId);
        expect(batch.count).toBe(own.length + own.filter(({ kind }) => kind === markKinds.life).length);
        const head = marksHead(batch.bytes);
        expect(head).toEqual({ count: batch.count, fromMs: batch.fromMs, toMs: batch.toMs });
        const lines = read(batch);
        // Each start and end stands there once: who is meant is said by the pid, which is the place in the ring.
        const pids = told.flatMap((one, i) => (own.includes(one) ? [100 + i] : []));
        expect(new Set(lines.map((line) => Number(line.split(' ')[2])))).toEqual(new Set(pids));
        const times = lines.map((line) => Number(line.split(' ')[1]));
        expect(Math.min(...times)).toBeGreaterThanOrEqual(batch.fromMs - 0.001);
        expect(Math.max(...times)).toBeLessThanOrEqual(batch.toMs + 0.001);
        for (const line of lines) expect(line).toMatch(/\/p(?:5|6|8589934597)\/\d+$/u);
      }
      expect(batches.reduce((sum, { count }) => sum + count, 0)).toBe(
        good.length + good.filter(({ kind }) => kind === markKinds.life).length,
      );
    }),
  );
});
