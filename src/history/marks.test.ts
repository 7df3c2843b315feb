import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HistoryEntry } from '../model/history.ts';
import { markAt, markNumbers, markRecordBytes, marksHead, packMarks } from '../model/process-marks.ts';
import { readEntry } from '../protocol/history-schema.ts';
import type { NodeHistoryQuery } from '../protocol/history-question.ts';
import { Archive } from './archive.ts';
import { answer } from './query.ts';
import { PayloadWriter } from './record.ts';
import type { Owner } from './record.ts';

let directory: string;
let archive: Archive;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aw-marks-'));
  archive = new Archive({ directory, sizeBytesMax: 1 << 30, ageMsMax: 1e15 }, 0);
});
afterEach(() => {
  archive.close();
  rmSync(directory, { recursive: true });
});

const owner: Owner = {
  ...{ id: 'c'.repeat(64), name: 'web', image: 'nginx' },
  workload: { id: 'w', name: 'shop/web', kind: 'image' },
};

interface Mark {
  readonly us: number;
  readonly pid: number;
  readonly execution: number;
  readonly other: number;
  readonly detail: number;
  readonly program: number;
  readonly kind: 'start' | 'end' | 'life';
  readonly ranUs?: number;
}

const programs = ['/usr/bin/known', '/bin/é "x"', ''];
function packed(fromMs: number, marks: readonly Mark[]): Uint8Array {
  const records = Buffer.alloc(marks.length * markRecordBytes);
  for (const [i, { us, pid, execution, other, detail, program, kind, ranUs = 0 }] of marks.entries()) {
    const record = records.subarray(i * markRecordBytes);
    record.writeUInt8(markNumbers[kind], markAt.kind);
    record.writeUInt8(1, markAt.flags);
    record.writeUInt32LE(pid, markAt.pid);
    record.writeBigUInt64LE(BigInt(us) * 1000n, markAt.timeNs);
    record.writeBigUInt64LE(BigInt(program), markAt.program);
    record.writeBigUInt64LE((1n << 32n) + BigInt(execution), markAt.execution);
    record.writeBigUInt64LE(BigInt(other) + (kind === 'end' ? 0n : 1n << 32n), markAt.other);
    record.writeUInt32LE(detail, markAt.detail);
    record.writeUInt32LE(1000, markAt.uid);
    record.writeUInt32LE(6, markAt.parent);
    record.writeUInt32LE(ranUs, markAt.ranUs);
  }
  const times = marks.flatMap(({ us, ranUs = 0 }) => [us, us - ranUs]).map((us) => fromMs + us / 1000);
  return packMarks({
    ...{ parts: [records], originMs: fromMs, programs: new Map(programs.map((path, i) => [String(i), path])) },
    lives: marks.filter(({ kind }) => kind === 'life').length,
    ...{ fromMs: Math.min(...times, fromMs), toMs: Math.max(...times, fromMs) },
  });
}

let seq = 0;
function write(fromMs: number, marks: readonly Mark[]): void {
  const writer = new PayloadWriter();
  const bytes = packed(fromMs, marks);
  const head = marksHead(bytes);
  writer.add(Math.floor(head?.fromMs ?? 0), seq + 1, 0, 'start', bytes);
  seq += head?.count ?? 0;
  writer.add(fromMs, ++seq, 0, 'exec', JSON.stringify({ path: '/usr/bin/new', process: { pid: 1 } }));
  const { count, kinds, fromMs: first, toMs } = writer;
  archive.append({ count, kinds, fromMs: first, toMs }, writer.take([owner]), fromMs);
}

function ask(query: Partial<NodeHistoryQuery> = {}): HistoryEntry[] {
  const lines = [...answer(archive, { sinceMs: 0, untilMs: 1e12, limit: 1e9, ...query }, 'n')];
  return lines.flatMap((line) => (line === undefined ? [] : [JSON.parse(line) as HistoryEntry]));
}

const start: Mark = { us: 1_500, pid: 7, execution: 70, other: 60, detail: 6, program: 0, kind: 'start' };
const end: Mark = { us: 9_000, pid: 7, execution: 70, other: 7_500_000, detail: 0x300, program: 0, kind: 'end' };

test('a start and an end are entries of their own, with what the kernel said', () => {
  write(1_000, [end, start]);
  const [first, second, ...rest] = ask({ kinds: ['start', 'end'] }).map(readEntry);
  expect(rest).toEqual([]);
  expect(first).toEqual({
    ...{ seq: 2, time: '1970-01-01T00:00:01.001Z', node: 'n', container: owner, kind: 'start' },
    ...{ path: '/usr/bin/known', known: true },
    process: {
      ...{ pid: 7, exe: '/usr/bin/known', uid: 1000, execution: '4294967366', parentExecution: '4294967356' },
      ancestors: [{ pid: 6, exe: '' }],
    },
  });
  expect(second).toMatchObject({ kind: 'end', seq: 1, durationMs: 7.5, exitCode: 3, signal: 0 });
});

test('a life is a start and an end', () => {
  write(1_000, [{ ...start, us: 9_000, kind: 'life', detail: 0x300, ranUs: 7_500 }]);
  const [first, second, ...rest] = ask({ kinds: ['start', 'end'] }).map(readEntry);
  expect(rest).toEqual([]);
  expect(first).toMatchObject({ kind: 'start', time: '1970-01-01T00:00:01.001Z', known: true, path: '/usr/bin/known' });
  expect(first).toMatchObject({
    process: { parentExecution: '4294967356', ancestors: [{ pid: 6 }], execution: '4294967366' },
  });
  expect(second).toMatchObject({ kind: 'end', time: '1970-01-01T00:00:01.009Z', durationMs: 7.5, exitCode: 3 });
  expect(second).toMatchObject({ signal: 0, process: { execution: '4294967366' } });
});

test('a path, a kind, a process and what it started are found among them', () => {
  write(1_000, [start, { ...start, pid: 8, execution: 80, other: 70, program: 1, detail: 7 }, end]);
  const kinds = (query: Partial<NodeHistoryQuery>): string[] => ask(query).map(({ kind }) => kind);
  expect(kinds({ path: '/usr/bin/known' })).toEqual(['start', 'end']);
  expect(kinds({ path: '/bin/é*' })).toEqual(['start']);
  expect(kinds({ path: '/nowhere' })).toEqual([]);
  expect(kinds({ kinds: ['end'] })).toEqual(['end']);
  expect(kinds({ kinds: ['exec'] })).toEqual(['exec']);
  expect(kinds({ process: '4294967366' })).toEqual(['start', 'start', 'end']);
  expect(kinds({ process: '8' })).toEqual(['start']);
  expect(kinds({ sinceMs: 1_002, kinds: ['start', 'end'] })).toEqual(['end']);
  expect(kinds({ container: 'nobody' })).toEqual([]);
  expect(kinds({ address: '10.0.0.1' })).toEqual([]);
});

test('pages of any length add up to all of them in order, from journal and segment', () => {
  const mark = fc.record({
    us: fc.integer({ min: 0, max: 20_000 }),
    pid: fc.integer({ min: 1, max: 9 }),
    execution: fc.integer({ min: 1, max: 9 }),
    other: fc.nat(9),
    detail: fc.nat(0xffff),
    program: fc.nat(3),
    kind: fc.constantFrom('start' as const, 'end' as const, 'life' as const),
    ranUs: fc.constant(700),
  });
  const batches = fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.array(mark, { maxLength: 9 }), fc.boolean()), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(batches, fc.integer({ min: 1, max: 5 }), (all, limit) => {
      archive.close();
      rmSync(directory, { recursive: true });
      archive = new Archive({ directory, sizeBytesMax: 1 << 30, ageMsMax: 1e15 }, 0);
      for (const [fromMs, marks, seal] of all) {
        write(fromMs, marks);
        if (seal) archive.seal();
      }
      const told = ask();
      const count = all.reduce(
        (sum, [, marks]) => sum + marks.length + marks.filter(({ kind }) => kind === 'life').length + 1,
        0,
      );
      expect(told).toHaveLength(count);
      expect(archive.state.entries).toBe(count);
      expect(new Set(told.map((entry) => entry.seq)).size).toBe(count);
      const times = told.map(({ time }) => time);
      expect(times).toEqual(times.toSorted());
      const pages: number[] = [];
      for (let after: NodeHistoryQuery['after']; ;) {
        const page = ask({ limit, after });
        pages.push(...page.map((entry) => entry.seq));
        const last = page.at(-1);
        if (last === undefined) break;
        after = { timeMs: Date.parse(last.time), seq: last.seq };
      }
      expect(pages).toEqual(told.map((entry) => entry.seq));
    }),
    { numRuns: 60 },
  );
});

test('bytes that are no marks are none, whatever they are', () => {
  const good = packed(1_000, [start, end]);
  expect(marksHead(good)).toEqual({ count: 2, fromMs: 1_000, toMs: 1_009 });
  expect(marksHead(good.subarray(1))).toBeUndefined();
  expect(marksHead(good.subarray(0, good.length - 1))).toBeUndefined();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const writer = new PayloadWriter();
      writer.add(5, ++seq, 0, 'start', bytes);
      archive.append({ count: 1, kinds: writer.kinds, fromMs: 5, toMs: 5 }, writer.take([owner]), 5);
      ask({ kinds: ['start'] });
    }),
    { numRuns: 100 },
  );
});

function files(): readonly string[] {
  return readdirSync(directory)
    .map((name) => name.replace(/^.*\./u, ''))
    .toSorted();
}

test('starts and ends become a segment of their own, also when a kill came between the two', () => {
  write(1_000, [start, end]);
  const told = ask();
  expect(told).toHaveLength(3);
  const [journal = ''] = readdirSync(directory);
  copyFileSync(join(directory, journal), join(directory, '..', `${journal}.kept`));
  archive.seal();
  expect(files()).toEqual(['marks', 'segment']);
  expect(ask()).toEqual(told);
  for (const gone of ['', 'segment']) {
    archive.close();
    copyFileSync(join(directory, '..', `${journal}.kept`), join(directory, journal));
    if (gone !== '') rmSync(join(directory, journal.replace('journal', gone)));
    archive = new Archive({ directory, sizeBytesMax: 1 << 30, ageMsMax: 1e15 }, 0);
    expect(files()).toEqual(gone === '' ? ['marks', 'segment'] : ['journal']);
    expect(ask()).toEqual(told);
  }
  archive.seal();
  expect(ask()).toEqual(told);
  rmSync(join(directory, '..', `${journal}.kept`));
});

test('however many programs are started, what was new keeps half of the room, and it is told what went', () => {
  archive.close();
  archive = new Archive({ directory, sizeBytesMax: 20_000, ageMsMax: 1e15 }, 0);
  const rounds = 30;
  for (let round = 0; round < rounds; round += 1) {
    const lives = Array.from({ length: 200 }, (_, i): Mark => {
      const us = ((i * 7919) % 100) * 10 + i;
      return { ...start, us, pid: (i * 104_729) % 30_000, execution: i * 3571 + round, kind: 'life', ranUs: us % 17 };
    });
    write(round * 10_000, lives);
    archive.seal();
    archive.tidy(round * 10_000);
  }
  expect(archive.state.sizeBytes).toBeLessThanOrEqual(20_000);
  expect(ask({ kinds: ['exec'] })).toHaveLength(rounds);
  const starts = ask({ kinds: ['start'] });
  expect(starts.length).toBeGreaterThan(0);
  expect(starts.length).toBeLessThan(rounds * 200);
  const gone = archive.takeGone();
  expect(gone.reduce((sum, { count }) => sum + count, 0)).toBe((rounds * 200 - starts.length) * 2);
  expect(gone[0]).toMatchObject({ fromMs: 0, count: 400 });
  expect(gone.every(({ toMs }) => toMs < Date.parse(starts[0]?.time ?? ''))).toBe(true);
  expect(archive.takeGone()).toEqual([]);
});
