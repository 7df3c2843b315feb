import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogger } from '../lib/log.ts';
import type { NodeHistoryQuery } from '../protocol/history-question.ts';
import { EvidenceBundles } from './evidence.ts';
import type { DuePiece } from './evidence.ts';

const log = createLogger({ level: 'silent' });
let directory: string;
let nowMs: number;
let asked: NodeHistoryQuery[];
/** Times of the entries that there are. */
let entries: number[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aw-evidence-'));
  [nowMs, asked, entries] = [1_000_000, [], []];
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function bundles(captures = true, text = ''): EvidenceBundles {
  return new EvidenceBundles({
    ...{ path: join(directory, 'evidence.json'), beforeMs: 300_000, captures, log },
    clock: { nowMs: () => nowMs, monotonicMs: () => nowMs },
    async *lines(query) {
      asked.push(query);
      const { after, sinceMs, untilMs } = query;
      for (const timeMs of entries)
        if (timeMs >= sinceMs && timeMs < untilMs && timeMs > (after?.timeMs ?? -1))
          yield `{"seq":${String(timeMs)},"time":"${new Date(timeMs).toISOString()}","x":"${text}"}\n`;
    },
  });
}

const alert = (incident = 'i1') => ({ incident, time: new Date(nowMs).toISOString() });

async function piece(
  of: EvidenceBundles,
  outcome: 'stored' | 'full' | 'failed' = 'stored',
): Promise<DuePiece | undefined> {
  const next = await of.next();
  if (next !== undefined) of.settle(next, outcome);
  return next;
}

function timesOf({ data }: DuePiece): number[] {
  const text = zstdDecompressSync(Buffer.from(data, 'base64')).toString();
  return text
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { seq: number }).seq);
}

test('the minutes before, then what came since, until the container was quiet', async () => {
  const of = bundles();
  entries = [nowMs - 400_000, nowMs - 200_000, nowMs - 1, nowMs + 400, nowMs + 900];
  of.alerted(alert(), { id: 'c' });
  expect(await piece(of)).toBeUndefined();
  nowMs += 1_000;
  const first = await piece(of);
  expect(first).toMatchObject({ incident: 'i1', container: 'c', piece: 0, entries: 3, fromMs: 800_000 });
  // What may still come out of order waits.
  expect(first === undefined ? [] : timesOf(first)).toEqual([800_000, 999_999, 1_000_400]);
  expect(await piece(of)).toBeUndefined();
  nowMs += 6_000;
  of.quiet('c');
  entries.push(nowMs + 60_000);
  expect(await piece(of)).toMatchObject({ piece: 1, entries: 1, fromMs: 1_000_900 });
  for (let i = 0; i < 4; i++) {
    nowMs += 6_000;
    expect(await piece(of)).toBeUndefined();
  }
  const questions = asked.length;
  nowMs += 60_000;
  expect(await piece(of)).toBeUndefined();
  expect(asked).toHaveLength(questions);
  expect(of.counters).toEqual({ pieces: 2, shortened: 0 });
});

test('a piece that was not kept comes again; a restart goes on behind what was kept', async () => {
  const of = bundles();
  entries = [nowMs - 10, nowMs - 5];
  of.alerted(alert(), { id: 'c' });
  nowMs += 1_000;
  expect(await piece(of, 'failed')).toMatchObject({ piece: 0, entries: 2 });
  nowMs += 6_000;
  expect(await piece(of)).toMatchObject({ piece: 0, entries: 2 });
  entries.push(nowMs - 3_000);
  const again = bundles();
  expect(await piece(again)).toMatchObject({ piece: 1, entries: 1 });
  nowMs += 6_000;
  expect(await piece(again, 'full')).toBeUndefined();
});

test('much becomes several pieces at once; what the collector has no room for ends the incident, counted', async () => {
  const of = bundles(false, 'x'.repeat(100_000));
  entries = Array.from({ length: 7 }, (_, index) => nowMs - 100 + index);
  of.alerted(alert(), { id: 'c' });
  nowMs += 1_500;
  expect(await piece(of)).toMatchObject({ piece: 0, entries: 3 });
  expect(await piece(of)).toMatchObject({ piece: 1, entries: 3 });
  expect(await piece(of, 'full')).toMatchObject({ piece: 2, entries: 1 });
  nowMs += 60_000;
  expect(await piece(of)).toBeUndefined();
  expect(of.counters).toEqual({ pieces: 2, shortened: 1 });
});
