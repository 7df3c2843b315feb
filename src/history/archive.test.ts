import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { historyKinds } from '../model/history.ts';
import type { HistoryEntry, HistoryKind, HistoryQuery } from '../model/history.ts';
import type { NodeHistoryQuery } from '../protocol/history-question.ts';
import { Archive } from './archive.ts';
import { framesOf, headBytes } from './frame.ts';
import { answer } from './query.ts';
import { PayloadWriter } from './record.ts';
import type { Owner } from './record.ts';

let directory: string;
let open: Archive | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aw-history-'));
});
afterEach(() => {
  open?.close();
  open = undefined;
  rmSync(directory, { recursive: true });
});

const owner = (id: string, workload = 'shop/web'): Owner => ({
  ...{ id, name: `name-${id}`, image: 'nginx', workload: { id: `w-${workload}`, name: workload, kind: 'image' } },
});

interface Made {
  readonly timeMs: number;
  readonly whose: Owner | undefined;
  readonly kind: HistoryKind;
  readonly body: object;
}

let seq = 0;

function batch(into: Archive, entries: readonly Made[]): void {
  const owners: Owner[] = [];
  const writer = new PayloadWriter();
  for (const { timeMs, whose, kind, body } of entries) {
    const known = owners.findIndex(({ id }) => id === whose?.id);
    const number = whose === undefined ? -1 : known >= 0 ? known : owners.push(whose) - 1;
    writer.add(timeMs, ++seq, number, kind, JSON.stringify(body));
  }
  const { count, kinds, fromMs, toMs } = writer;
  into.append({ count, kinds, fromMs, toMs }, writer.take(owners), toMs);
}

const options = { sizeBytesMax: 1 << 30, ageMsMax: 7 * 86_400_000 };
function archive(changes: Partial<ConstructorParameters<typeof Archive>[0]> = {}, nowMs = 1_000_000): Archive {
  open?.close();
  open = new Archive({ directory, ...options, ...changes }, nowMs);
  return open;
}

const everything: HistoryQuery = { sinceMs: 0, untilMs: 1e12, limit: 1e9 };
function ask(of: Archive, query: Partial<NodeHistoryQuery> = {}): HistoryEntry[] {
  return [...answer(of, { ...everything, ...query }, 'n')]
    .filter((line) => line !== undefined)
    .map((line) => JSON.parse(line) as HistoryEntry);
}

const file = (timeMs: number, id: string, path: string): Made => ({
  ...{ timeMs, whose: owner(id), kind: 'file' as const, body: { path, process: { pid: 7, exe: '/bin/é' } } },
});

test('what was written is told, from the journal, from segments, and after both were opened again', () => {
  const first = archive();
  batch(first, [file(2_000, 'a', '/2'), file(1_000, 'b', '/1')]);
  first.seal();
  batch(first, [file(1_500, 'a', '/1.5')]);
  const told = ask(first);
  expect(told.map((entry) => ('path' in entry ? entry.path : ''))).toEqual(['/1', '/1.5', '/2']);
  expect(told[0]).toEqual({
    ...{ seq: 2, time: '1970-01-01T00:00:01.000Z', node: 'n', container: owner('b'), kind: 'file', path: '/1' },
    process: { pid: 7, exe: '/bin/é' },
  });
  expect(statSync(join(directory, readdirSync(directory)[0] ?? '')).mode & 0o777).toBe(0o600);
  const again = archive();
  expect(ask(again)).toEqual(told);
  expect(again.state).toMatchObject({ entries: 3, segments: 1, oldestMs: 1_000, newestMs: 2_000, damagedBytes: 0 });
  again.seal();
  expect(ask(again)).toEqual(told);
  batch(again, [file(3_000, 'a', '/3')]);
  expect(ask(archive())).toHaveLength(4);
});

test('answers are what a list of all entries would give, however it is cut into batches, segments and pages', () => {
  const made = fc.record({
    timeMs: fc.integer({ min: 0, max: 50 }),
    whose: fc.constantFrom(undefined, owner('a'.repeat(12)), owner('b'.repeat(64)), owner('c', 'db'), owner('', 'db')),
    kind: fc.constantFrom(...historyKinds.filter((kind) => !['loss', 'start', 'end'].includes(kind))),
    body: fc.constantFrom(
      {},
      { path: '/etc/shadow' },
      { path: '/tmp/x', other: '/etc/x' },
      { address: '10.0.0.1', port: 443 },
    ),
  });
  const query = fc.record({
    sinceMs: fc.integer({ min: 0, max: 50 }),
    untilMs: fc.integer({ min: 0, max: 60 }),
    container: fc.constantFrom(undefined, undefined, 'name-c', 'a'.repeat(12), 'b'.repeat(12), 'nobody'),
    workload: fc.constantFrom(undefined, undefined, 'db', 'w-shop/web'),
    kinds: fc.constantFrom(undefined, undefined, ['exec'] as const, ['file', 'exit'] as const),
    path: fc.constantFrom(undefined, undefined, undefined, '/etc/*', '/etc/shadow', '*x'),
    address: fc.constantFrom(undefined, undefined, undefined, undefined, '10.0.0.1:443', '10.*'),
  });
  const steps = fc.array(fc.oneof(fc.array(made, { minLength: 1, maxLength: 12 }), fc.constantFrom('seal', 'open')), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(steps, query, fc.integer({ min: 1, max: 7 }), (all, asked, limit) => {
      rmSync(directory, { recursive: true });
      let of = archive();
      const list: (Made & { seq: number })[] = [];
      for (const step of all) {
        if (step === 'seal') of.seal();
        else if (step === 'open') of = archive();
        else {
          for (const [index, one] of step.entries()) list.push({ ...one, seq: seq + index + 1 });
          batch(of, step);
        }
      }
      const expected = list
        .filter((one) => fits(one, asked, list))
        .toSorted((a, b) => a.timeMs - b.timeMs || a.seq - b.seq)
        .map((one) => one.seq);
      expect(ask(of, asked).map((entry) => entry.seq)).toEqual(expected);
      const paged: number[] = [];
      for (let after: NodeHistoryQuery['after']; ;) {
        const page = ask(of, { ...asked, limit, after });
        paged.push(...page.map((entry) => entry.seq));
        const last = page.at(-1);
        if (last === undefined) break;
        after = { timeMs: Date.parse(last.time), seq: last.seq };
      }
      expect(paged).toEqual(expected);
    }),
    { numRuns: 150 },
  );
});

/** What the query means, said another way. */
function fits({ timeMs, whose, kind, body }: Made, query: Partial<HistoryQuery>, all: readonly Made[]): boolean {
  const { container, workload, path, address } = query;
  const { path: its, other, address: peer } = body as { path?: string; other?: string; address?: string };
  if (timeMs < (query.sinceMs ?? 0) || timeMs >= (query.untilMs ?? 0)) return false;
  if (query.kinds?.includes(kind) === false) return false;
  const glob = (text: string): RegExp => new RegExp(`^${text.replaceAll('.', '\\.').replaceAll('*', '.*')}$`, 'u');
  if (path !== undefined && ![its, other].some((one) => one !== undefined && glob(path).test(one))) return false;
  if (
    address !== undefined &&
    ![peer, `${peer ?? ''}:443`].some((one) => one !== undefined && peer !== undefined && glob(address).test(one))
  )
    return false;
  if (workload !== undefined && ![whose?.workload.id, whose?.workload.name].includes(workload)) return false;
  if (container === undefined) return true;
  // What its workload does is known of the container, wherever that one stands.
  if (whose?.id === '') return container === 'name-c' && all.some((one) => one.whose?.name === 'name-c');
  return whose?.name === container || (container.length >= 12 && whose?.id.startsWith(container) === true);
}

describe('losses', () => {
  const loss = (fromMs: number, toMs: number, whose?: Owner): Made => ({
    ...{ timeMs: toMs, whose, kind: 'loss' },
    body: {
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      hook: 'open',
      reason: 'ring_full',
      count: 1,
    },
  });

  test('are told whatever is asked for, also those that reach into the time from behind it, and those of the node', () => {
    const of = archive();
    batch(of, [
      file(1_000, 'a', '/x'),
      loss(500, 900, owner('a')),
      loss(1_900, 5_000),
      loss(2_500, 6_000),
      loss(1, 2, owner('b')),
    ]);
    const asked = { container: 'name-a', kinds: ['exec' as const], path: '/none', sinceMs: 600, untilMs: 2_000 };
    const times = (): string[] => ask(of, asked).map(({ time }) => time);
    expect(times()).toEqual(['1970-01-01T00:00:00.900Z', '1970-01-01T00:00:05.000Z']);
    of.seal();
    expect(times()).toEqual(['1970-01-01T00:00:00.900Z', '1970-01-01T00:00:05.000Z']);
  });
});

test('a process is told with what it started, by pid and by execution', () => {
  const of = archive();
  const by = (timeMs: number, pid: number, execution: string, parentExecution: string, ...above: number[]): Made => ({
    ...{ timeMs, whose: owner('a'), kind: 'exec' as const },
    body: { process: { pid, execution, parentExecution, ancestors: above.map((one) => ({ pid: one, exe: '' })) } },
  });
  const [first, second, third, other] = ['9000000001', '9000000002', '9000000003', '9000000009'];
  batch(of, [by(1, 10, first, '1'), by(2, 11, second, first, 10)]);
  of.seal();
  batch(of, [by(3, 12, third, second, 11, 10), by(4, 20, other, '1')]);
  const pids = (process: string): string =>
    ask(of, { process })
      .map((entry) => ('process' in entry ? entry.process?.pid : 0))
      .join(' ');
  expect(pids('10')).toBe('10 11 12');
  expect(pids(first)).toBe('10 11 12');
  expect(pids(third)).toBe('12');
  expect(pids('20')).toBe('20');
});

describe('after a kill', () => {
  const journalOf = (): string =>
    join(directory, readdirSync(directory).find((name) => name.endsWith('.journal')) ?? '');

  test('wherever the journal was cut off, whole batches before are told and the rest is counted', () => {
    const of = archive();
    for (let i = 1; i <= 5; i++) batch(of, [file(i, 'a', `/${String(i)}`)]);
    of.close();
    open = undefined;
    const bytes = readFileSync(journalOf());
    const { places } = framesOf(journalOf(), bytes.length);
    const ends = places.map(({ offset, head }) => offset + headBytes + head.sizeBytes);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes.length }), fc.uint8Array({ maxLength: 80 }), (length, garbage) => {
        rmSync(directory, { recursive: true });
        archive().close();
        const path = join(directory, '000000000000001-000000001.journal');
        writeFileSync(path, bytes.subarray(0, length));
        appendFileSync(path, garbage);
        const again = archive();
        const whole = ends.filter((end) => end <= length);
        expect(ask(again)).toHaveLength(whole.length);
        expect(again.state.damagedBytes).toBe(length - (whole.at(-1) ?? 0) + garbage.length);
        // What is written from now on stands behind what is whole.
        batch(again, [file(9, 'a', '/9')]);
        expect(ask(archive()).at(-1)).toMatchObject({ path: '/9' });
      }),
      { numRuns: 40 },
    );
  });

  test('a segment without an index is read by its blocks; a damaged block is counted, the others are told', () => {
    const of = archive();
    batch(of, [file(1, 'a', '/1'), file(2, 'b', '/2'), file(3, 'c', '/3')]);
    of.seal();
    const path = join(directory, readdirSync(directory)[0] ?? '');
    const { blocks } = of.segments[0] ?? { blocks: [] };
    truncateSync(path, statSync(path).size - 20);
    expect(ask(archive())).toHaveLength(3);
    expect(open?.state.damagedBytes).toBeGreaterThan(0);
    const bytes = readFileSync(path);
    bytes.fill(0x55, (blocks[1]?.offset ?? 0) + 50, (blocks[1]?.offset ?? 0) + 60);
    writeFileSync(path, bytes);
    expect(ask(archive()).map((entry) => ('path' in entry ? entry.path : ''))).toEqual(['/1', '/3']);
  });

  test('a segment whose journal is still there is told once', () => {
    const of = archive();
    batch(of, [file(1, 'a', '/1')]);
    const journal = journalOf();
    const bytes = readFileSync(journal);
    of.seal();
    writeFileSync(journal, bytes);
    writeFileSync(`${journal}.new`, 'half');
    expect(ask(archive())).toHaveLength(1);
    expect(readdirSync(directory)).toHaveLength(1);
  });
});

test('bounded by size and by age: the oldest segments go, and are counted', () => {
  const of = archive({ journalBytes: 1, sizeBytesMax: 3_000, ageMsMax: 50_000 });
  for (let i = 1; i <= 20; i++) {
    batch(of, [file(i * 1_000, 'a', `/${String(i)}`)]);
    of.tidy(i * 1_000);
  }
  const kept = ask(of).length;
  expect(of.state.sizeBytes).toBeLessThanOrEqual(3_000);
  expect(kept).toBeGreaterThan(2);
  expect(of.state.expired).toBe(20 - kept);
  expect(readdirSync(directory)).toHaveLength(kept);
  of.tidy(20_000 + 49_999);
  expect(ask(of)).toHaveLength(1);
  of.tidy(20_000 + 50_001);
  expect(of.state).toMatchObject({ entries: 0, sizeBytes: 0, oldestMs: undefined });
});
