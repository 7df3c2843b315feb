import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeAlert } from '../../test/support/alerts.ts';
import { backupStore } from './backup.ts';
import { CollectorStore } from './collector-store.ts';
import { verifyFile } from './verify-file.ts';

let directory: string;
let path: string;
let copy: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'anchorwatch-'));
  path = join(directory, 'collector.db');
  copy = join(directory, 'copy.db');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('a backup beside a collector that stores alerts is one state of the store, whole, and can take its place', async () => {
  const store = await CollectorStore.open(path);
  const batch = (from: number) =>
    Array.from({ length: 100 }, (_, index) => makeAlert(from + index, { key: 'x'.repeat(2000) }));
  for (let from = 0; from < 5000; from += 100) await store.append(batch(from), 1);
  const copied = new AbortController();
  const writing = (async () => {
    for (let from = 5000; !copied.signal.aborted; from += 100) await store.append(batch(from), 1);
  })();
  const met: number[] = [];
  const { alerts } = await backupStore(path, copy, (done, pages) => met.push(done / pages));
  copied.abort();
  await writing;
  await store.close();
  expect(alerts).toBeGreaterThanOrEqual(5000);
  expect(alerts % 100).toBe(0);
  expect(verifyFile(copy)).toMatchObject({ alerts });
  expect(verifyFile(copy).fault).toBeUndefined();
  expect(met.length).toBeGreaterThan(1);
  expect(met).toEqual(met.toSorted((a, b) => a - b));
  expect(readdirSync(directory).filter((name) => name.includes('partial'))).toEqual([]);
  const restored = await CollectorStore.open(copy);
  expect(restored.opened).toMatchObject({ fault: undefined, end: { seq: alerts } });
  await restored.close();
});

test('a backup overwrites nothing, and leaves nothing behind when it fails', async () => {
  const store = await CollectorStore.open(path);
  await store.close();
  writeFileSync(copy, 'something');
  await expect(backupStore(path, copy, () => undefined)).rejects.toMatchObject({ code: 'backup.exists' });
  expect(readFileSync(copy, 'utf8')).toBe('something');
  await expect(backupStore(path, join(directory, 'none', 'copy.db'), () => undefined)).rejects.toMatchObject({
    code: expect.stringMatching(/^store\./),
  });
  await expect(backupStore(join(directory, 'none.db'), `${copy}2`, () => undefined)).rejects.toMatchObject({
    code: 'store.unwritable',
  });
  expect(existsSync(`${copy}2`)).toBe(false);
});
