import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeAlert } from '../../test/support/alerts.ts';
import { backupFolder, checkBackup } from './backup-folder.ts';
import { CollectorStore } from './collector-store.ts';
import { openDatabase } from './database.ts';
import { profileMigrations } from './profile-migrations.ts';
import { Profiles } from './profiles.ts';
import type { ProfileSchema } from './profiles.ts';

let folder: string;
let state: string;
let store: CollectorStore;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'anchorwatch-backup-'));
  state = join(folder, 'state');
  mkdirSync(join(state, 'snapshots'), { recursive: true });
  store = await CollectorStore.open(join(state, 'collector.db'), false);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const id = '01M83WF2QNR6SW3BQF0CH09PX2';
const profileOptions = { kind: 'profile', migrations: profileMigrations, synchronous: 'full' } as const;
function take(name: string): ReturnType<typeof backupFolder> {
  const storePath = join(state, 'collector.db');
  const target = { storePath, stateDir: state, folder: join(folder, name), nowMs: 0, progress: () => undefined };
  return backupFolder(target);
}

test('everything is copied while it is open, with hashes, and is there after it was put into another state directory', async () => {
  await store.append([makeAlert(1), makeAlert(2)], 1000);
  const record = { by: 'a', role: 'admin', from: '', action: 'x', subject: '', detail: '', status: 200 } as const;
  await store.audit.add(record, 1000);
  const profiles = openDatabase<ProfileSchema>({ ...profileOptions, path: join(state, 'api-profiles.db') });
  for (const [name, text] of [
    [`${id}.json`, '{}'],
    [`${id}.tar.gz`, 'archive'],
    ['01M83WF2QNR6SW3BQF0CH09PX3.json', 'its archive is gone'],
    ['01M83WF2QNR6SW3BQF0CH09PX4.part', 'half of one'],
  ] as const)
    writeFileSync(join(state, 'snapshots', name), text);
  const made = await take('copy');
  expect(made).toMatchObject({ alerts: 2, end: { seq: 2 } });
  expect(made.files.map(({ path }) => path)).toEqual([
    ...['collector.db', 'collector.db.head', 'api-profiles.db'],
    ...[`snapshots/${id}.json`, `snapshots/${id}.tar.gz`],
  ]);
  await store.append([makeAlert(3)], 2000);
  profiles.close();
  expect((await checkBackup(join(folder, 'copy'))).files).toHaveLength(5);
  await expect(take('copy')).rejects.toMatchObject({ code: 'backup.exists' });

  const restored = join(folder, 'restored');
  cpSync(join(folder, 'copy'), restored, { recursive: true });
  const other = await CollectorStore.open(join(restored, 'collector.db'), false);
  expect(other.opened.fault).toBeUndefined();
  expect((await other.list({ limit: 10 })).map(({ seq }) => seq)).toEqual([2, 1]);
  expect(await other.verifyChain()).toEqual({ alerts: 2, brokenAt: undefined });
  expect(await other.checkAudit(undefined, 10)).toMatchObject({ checked: 1, done: true });
  await other.close();
  const again = openDatabase<ProfileSchema>({ ...profileOptions, path: join(restored, 'api-profiles.db') });
  expect([...new Profiles(again).load()]).toEqual([]);
  again.close();
  expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([]);
});

test('a file that is missing or another one is found', async () => {
  await store.append([makeAlert(1)], 1000);
  writeFileSync(join(state, 'snapshots', `${id}.json`), '{}');
  writeFileSync(join(state, 'snapshots', `${id}.tar.gz`), 'archive');
  await take('copy');
  const copy = join(folder, 'copy');
  writeFileSync(join(copy, 'snapshots', `${id}.tar.gz`), 'Archive');
  await expect(checkBackup(copy)).rejects.toMatchObject({
    code: 'backup.broken',
    message: expect.stringContaining('.tar.gz is not as it was written') as string,
  });
  rmSync(join(copy, 'snapshots', `${id}.tar.gz`));
  await expect(checkBackup(copy)).rejects.toThrow('cannot be read');
  rmSync(join(copy, 'manifest.json'));
  await expect(checkBackup(copy)).rejects.toThrow('manifest.json cannot be read');
});
