import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeContainer } from '../../test/support/containers.ts';
import { waitFor } from '../../test/support/wait.ts';
import { systemClock } from '../lib/clock.ts';
import { createLogger } from '../lib/log.ts';
import type { HistoryEntry } from '../model/history.ts';
import { markRecordBytes, packMarks } from '../model/process-marks.ts';
import { FlightRecorder } from './flight-recorder.ts';

const log = createLogger({ level: 'silent' });
let directory: string;
const open: FlightRecorder[] = [];
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'aw-recorder-')), 'history');
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  rmSync(join(directory, '..'), { recursive: true });
});

function recorder(capacityBytes?: number, sizeBytesMax = 1e9): FlightRecorder {
  const options = { directory, node: 'n', sizeBytesMax, ageMsMax: 1e12, clock: systemClock, log };
  const made = new FlightRecorder({ ...options, ...(capacityBytes === undefined ? {} : { capacityBytes }) });
  open.push(made);
  return made;
}

async function all(of: FlightRecorder): Promise<readonly HistoryEntry[]> {
  let text = '';
  const everything = { sinceMs: 0, untilMs: 1e14, limit: 1e9 };
  for await (const lines of of.lines(everything, new AbortController().signal)) text += lines;
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as HistoryEntry);
}

test('what was recorded just now is told, and after a restart too, with the time in which nobody recorded', async () => {
  const first = recorder();
  first.add('exec', systemClock.nowMs() - 60_000, makeContainer(), { path: '/bin/é' });
  expect(await all(first)).toMatchObject([{ kind: 'exec', path: '/bin/é', container: { name: 'web-1' }, node: 'n' }]);
  await first.close();
  const second = recorder();
  await waitFor('the files to be open', () => second.state !== undefined);
  const told = await all(second);
  expect(told).toMatchObject([{ kind: 'exec' }, { kind: 'loss', hook: 'agent', reason: 'not_running', count: 0 }]);
  expect(second.counters).toMatchObject({ full: 0, failed: 0 });
});

test('an event is kept without what only the sensor needs; a later kind of a workload as a whole has no container', async () => {
  const of = recorder();
  of.record(
    { kind: 'lifecycle', timeMs: 5.7, cgroupId: '7', source: 'engine', action: 'oom', detail: '', containerId: 'x' },
    makeContainer({ pod: 'web-7d4' }),
  );
  const workload = { id: 'w', name: 'nginx/web', kind: 'image' as const };
  of.add('known', 6, { id: '', name: '', image: '', workload }, { workload, counts: [] });
  const [event, known] = await all(of);
  expect(event).toEqual({
    ...{ seq: expect.any(Number) as number, time: '1970-01-01T00:00:00.005Z', node: 'n', kind: 'lifecycle' },
    container: { id: 'a'.repeat(64), name: 'web-1', image: 'nginx:1.27', workload, pod: 'web-7d4' },
    ...{ source: 'engine', action: 'oom', detail: '' },
  });
  expect(known).toEqual({
    ...{ seq: expect.any(Number) as number, time: '1970-01-01T00:00:00.006Z', node: 'n', kind: 'known' },
    ...{ workload, counts: [] },
  });
});

test('what finds no room is counted, and told as a loss when there is room again', async () => {
  const of = recorder(2_000);
  for (let i = 0; i < 100; i++) of.add('exec', i, makeContainer(), { path: 'x'.repeat(100) });
  const { full } = of.counters;
  expect(full).toBeGreaterThan(50);
  of.flush();
  await waitFor('the thread', () => of.counters.waitingBytes === 0);
  const told = await all(of);
  expect(told.filter(({ kind }) => kind === 'exec')).toHaveLength(100 - full);
  expect(told.find(({ kind }) => kind === 'loss')).toMatchObject({ hook: 'history', reason: 'full', count: full });
});

test('starts and ends that went before everything else of their time are told as a loss', async () => {
  const of = recorder(32 << 20, 1_000);
  const parts = [Buffer.alloc(markRecordBytes * 5_000, 1)];
  const [fromMs, toMs] = [1_000, 9_000];
  const bytes = packMarks({ parts, lives: 0, originMs: 0, fromMs, toMs, programs: new Map() });
  // As much as makes a segment.
  for (let i = 0; i < 25; i += 1) of.addMarks({ cgroupId: '7', count: 5_000, fromMs, toMs, bytes }, makeContainer());
  of.flush();
  const loss = await waitFor('the loss to be told', async () =>
    (await all(of)).find((entry) => entry.kind === 'loss' && entry.reason === 'expired'),
  );
  expect(loss).toMatchObject({ hook: 'process', from: '1970-01-01T00:00:01.000Z', to: '1970-01-01T00:00:09.000Z' });
});

test('what cannot be written is counted, and an answer that cannot be given says why', async () => {
  writeFileSync(directory, 'in the way');
  const of = recorder();
  of.add('exec', 1, makeContainer(), {});
  of.flush();
  await waitFor('the failure', () => of.counters.failed === 1);
  await expect(all(of)).rejects.toMatchObject({ code: 'history.failed' });
});

describe('kill -9', () => {
  test('loses nothing that the files were said to hold, whenever it comes', { timeout: 60_000 }, async () => {
    const child = join(import.meta.dirname, '..', '..', 'test', 'unit', 'recorder-child.ts');
    const written = (): number => {
      try {
        return Number(readFileSync(`${directory}.written`, 'utf8'));
      } catch {
        return 0;
      }
    };
    let from = 1;
    for (const enough of [1, 400, 2_000]) {
      const process_ = spawn(process.execPath, [child, directory, String(from)], { stdio: 'inherit' });
      const before = from;
      await waitFor('entries', () => written() >= before + enough, 30_000);
      const ended = new Promise((resolve) => process_.once('exit', resolve));
      process_.kill('SIGKILL');
      await ended;
      const promised = written();
      const of = recorder();
      const numbers = (await all(of)).flatMap((entry) => ('number' in entry ? [entry.number as number] : []));
      await of.close();
      const own = numbers.filter((number) => number >= before);
      expect(own.length).toBeGreaterThanOrEqual(promised - before + 1);
      // In their order, without a gap.
      expect(own).toEqual(Array.from({ length: own.length }, (_, index) => before + index));
      from = Math.max(...numbers) + 1;
    }
  });
});
