import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { createLogger } from '../lib/log.ts';
import { archiveOf } from '../../test/support/snapshots.ts';
import { SnapshotArchives } from './snapshot-archives.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'anchorwatch-snapshots-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
});

function openArchives(bounds: { readonly sizeBytesMax?: number; readonly countMax?: number } = {}): SnapshotArchives {
  const log = createLogger({ level: 'silent' });
  return new SnapshotArchives({ directory, log, sizeBytesMax: 1e6, countMax: 100, ...bounds });
}

async function add(archives: SnapshotArchives, number: number, node = 'a', sizeBytes = 10): Promise<string> {
  const bytes = Buffer.alloc(sizeBytes, number);
  const archive = archiveOf(number, bytes, { node });
  const receiving = await archives.receive(archive);
  await receiving.append(bytes.subarray(0, 4));
  await receiving.append(bytes.subarray(4));
  expect(await receiving.finish(0)).toBe('stored');
  return archive.manifest.id;
}

test('what is kept is there after a restart, the latest first, found by incident, node and container', async () => {
  const archives = openArchives();
  const ids = [await add(archives, 1), await add(archives, 2, 'b')];
  const again = openArchives();
  const list = (query: object): readonly string[] =>
    again.list({ limit: 10, ...query }).map(({ manifest }) => manifest.id);
  expect(list({})).toEqual(ids.toReversed());
  expect(list({ node: 'a' })).toEqual([ids[0]]);
  expect(list({ container: 'shop-web-1', limit: 1 })).toEqual([ids[1]]);
  expect(list({ container: 'c'.repeat(12) })).toHaveLength(2);
  expect(list({ incident: ids[0] })).toEqual([]);
});

test('beyond the bounds the oldest of the node with the most go: none can push out what another has sent', async () => {
  const archives = openArchives({ countMax: 4 });
  const kept = await add(archives, 1, 'quiet');
  const flood = [];
  for (let number = 2; number < 9; number++) flood.push(await add(archives, number, 'loud'));
  expect(archives.list({ limit: 10 }).map(({ manifest }) => manifest.id)).toEqual([
    ...flood.slice(-3).toReversed(),
    kept,
  ]);
  expect(archives.removed).toBe(4);
  expect(readdirSync(directory)).toHaveLength(8);
  const small = openArchives({ sizeBytesMax: 25 });
  await add(small, 20, 'loud');
  expect(small.sizeBytes).toBeLessThanOrEqual(25);
  expect(small.get(kept)).toBeDefined();
});

test('other bytes than were offered are not kept; half an archive is gone on with', async () => {
  const archives = openArchives();
  const archive = archiveOf(1, Buffer.from('0123456789'));
  const first = await archives.receive(archive);
  await first.append(Buffer.from('0123'));
  const second = await archives.receive(archive);
  expect(second.offset).toBe(4);
  await second.append(Buffer.from('45678X'));
  expect(await second.finish(0)).toBe('damaged');
  expect((await archives.receive(archive)).offset).toBe(0);
  expect(archives.count).toBe(0);
});

test('an archive that is damaged on disk is left out', async () => {
  const id = await add(openArchives(), 1);
  truncateSync(join(directory, `${id}.tar.gz`), 2);
  expect(openArchives().get(id)).toBeUndefined();
});
