import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createLogger } from '../lib/log.ts';
import { archiveOf } from '../../test/support/snapshots.ts';
import { Spool } from './spool.ts';

const log = createLogger({ level: 'silent' });

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-spool-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function add(spool: Spool, number: number, bytes = Buffer.from('archive')): string {
  const archive = archiveOf(number, bytes);
  const { id } = archive.manifest;
  writeFileSync(spool.pathOfNew(id), bytes);
  spool.add(archive);
  return id;
}

test('keeps archives over a restart, in their order, until they are removed', async () => {
  const directory = newDirectory();
  const first = new Spool({ directory, log });
  const ids = [add(first, 1), add(first, 2, Buffer.from('another one'))];
  const again = new Spool({ directory, log });
  expect(again.waiting.map(({ manifest }) => manifest.id)).toEqual(ids);
  expect((await again.read(ids[1] ?? '', 3, 100)).toString()).toBe('ther one');
  again.remove(ids[0] ?? '');
  expect(new Spool({ directory, log }).waiting).toHaveLength(1);
  again.remove(ids[1] ?? '');
  expect(readdirSync(directory)).toEqual([]);
});

test('what a crash left half-written, and what is not what was written, is removed', () => {
  const directory = newDirectory();
  const spool = new Spool({ directory, log });
  const [whole, torn] = [add(spool, 1), add(spool, 2)];
  truncateSync(join(directory, `${torn}.tar.gz`), 3);
  writeFileSync(spool.pathOfNew('X'), 'half');
  writeFileSync(join(directory, 'Y.json'), '{}');
  expect(new Spool({ directory, log }).waiting.map(({ manifest }) => manifest.id)).toEqual([whole]);
  expect(readdirSync(directory).toSorted()).toEqual([`${whole}.json`, `${whole}.tar.gz`]);
});

test('has no room beyond its bounds, and on a disk that is nearly full', () => {
  const directory = newDirectory();
  const spool = new Spool({ directory, log, snapshotsMax: 2, sizeBytesMax: 10 });
  expect(spool.room()).toBe('room');
  add(spool, 1);
  expect(spool.room()).toBe('room');
  const second = add(spool, 2);
  expect(spool.room()).toBe('spool_full');
  spool.remove(second);
  expect(spool.room()).toBe('room');
  expect(existsSync(directory)).toBe(true);
  expect(new Spool({ directory, log, freeBytesMin: 2 ** 60 }).room()).toBe('disk_low');
});
