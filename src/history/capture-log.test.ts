import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogger } from '../lib/log.ts';
import type { Container } from '../model/container.ts';
import type { Event } from '../model/event.ts';
import { CaptureLog } from './capture-log.ts';

const log = createLogger({ level: 'silent' });
let directory: string;
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'aw-captures-')), 'captures');
});
afterEach(() => {
  rmSync(join(directory, '..'), { recursive: true });
});

const container = (id: string): Container => ({
  ...{ id, name: `n-${id}`, image: 'i', digest: '', workload: { id: 'w', name: 'shop/web', kind: 'image' } },
  ...{ cgroupId: '1', pid: 1, startedAtMs: 0, labels: {}, mounts: [], privileged: false, hostNamespaces: [] },
});
const event = (timeMs: number): Event => ({
  ...{ kind: 'lifecycle', timeMs, cgroupId: '1', source: 'engine', action: 'oom', detail: '', containerId: 'a' },
});

test('a line for each event, a file for each container and capture, for the owner alone', async () => {
  const captures = new CaptureLog({ directory, log });
  captures.record(event(1_000), container('a'));
  captures.record(event(2_000), container('a'));
  captures.record(event(2_000), container('b'));
  await captures.close();
  captures.end('a');
  captures.record(event(61_000), container('a'));
  await captures.close();
  const names = readdirSync(directory).toSorted();
  expect(names).toEqual([
    '1970-01-01T00-00-01-000Z-a.ndjson',
    '1970-01-01T00-00-02-000Z-b.ndjson',
    '1970-01-01T00-01-01-000Z-a.ndjson',
  ]);
  const lines = readFileSync(join(directory, names[0] ?? ''), 'utf8')
    .trim()
    .split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    expect.objectContaining({
      time: '1970-01-01T00:00:01.000Z',
      kind: 'lifecycle',
      container: expect.objectContaining({ workload: 'shop/web' }) as unknown,
    }),
    expect.objectContaining({ time: '1970-01-01T00:00:02.000Z' }),
  ]);
  expect(statSync(join(directory, names[0] ?? '')).mode & 0o777).toBe(0o600);
  expect(captures.counters).toEqual({ written: 4, full: 0, failed: 0 });
});

test('bounded: a large file is followed by another, the oldest make room, what does not fit in memory is counted', async () => {
  const captures = new CaptureLog({ directory, log, fileBytesMax: 100, totalBytesMax: 600 });
  for (let i = 0; i < 6; i++) {
    captures.record(event(1_000 * i), container('a'));
    await captures.flush();
  }
  const names = readdirSync(directory).toSorted();
  expect(names.at(-1)).toBe('1970-01-01T00-00-05-000Z-a.ndjson');
  expect(names).not.toContain('1970-01-01T00-00-00-000Z-a.ndjson');
  for (let i = 0; i < 20_010; i++) captures.record(event(i), container('a'));
  expect(captures.counters.full).toBe(10);
  await captures.close();
  expect(captures.counters.written).toBe(20_006);
});

test('what cannot be written is counted, and the next is tried again', async () => {
  const captures = new CaptureLog({ directory, log });
  writeFileSync(directory, 'in the way');
  captures.record(event(1), container('a'));
  await captures.close();
  expect(captures.counters).toEqual({ written: 0, full: 0, failed: 1 });
  rmSync(directory);
  captures.record(event(2), container('a'));
  await captures.close();
  expect(captures.counters).toEqual({ written: 1, full: 0, failed: 1 });
});
