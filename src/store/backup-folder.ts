import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { makeDirectory } from '../lib/directory.ts';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import { backupStore } from './backup.ts';
import { corrupt, openDatabase, storeError } from './database.ts';
import { profileMigrations } from './profile-migrations.ts';
import type { ChainVerdict } from './verify-file.ts';

/** What is in a backup folder, `manifest.json`. */
export interface BackupManifest {
  readonly anchorwatch: 'backup';
  readonly version: 1;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Where the chain of alerts ends in it. */
  readonly end: { readonly seq: number; readonly hash: string };
  readonly files: readonly { readonly path: string; readonly sizeBytes: number; readonly sha256: string }[];
}

export interface BackupFolderOptions {
  readonly storePath: string;
  /** The collector's state directory: snapshots and `api-profiles.db` are there. */
  readonly stateDir: string;
  /** Must not be there yet. */
  readonly folder: string;
  readonly nowMs: number;
  readonly progress: (donePages: number, pages: number) => void;
}

const snapshotName = /^[0-7][0-9A-HJKMNP-TV-Z]{25}\.json$/;

/**
 * Copies everything that a collector keeps into a new folder, while the collector runs: the store (checked, see `backupStore`), then what was learned of
 * users of the Kubernetes API, then snapshots; a manifest has the hash of each file. Snapshots are written once: those that come after the store was copied
 * may be there without their incident. The folder appears under its name when it is whole.
 * @throws AnchorwatchError `backup.exists`, `backup.broken`, `store.…`
 */
export async function backupFolder(options: BackupFolderOptions): Promise<BackupManifest & { alerts: number }> {
  const { storePath, stateDir, folder, nowMs, progress } = options;
  if (existsSync(folder))
    throw new AnchorwatchError('backup.exists', `${folder} is there already: choose another name`);
  const partial = `${folder}.partial`;
  try {
    await rm(partial, { recursive: true, force: true });
    makeDirectory(partial, 0o700);
    const verdict: ChainVerdict = await backupStore(storePath, join(partial, 'collector.db'), progress);
    const names = ['collector.db', 'collector.db.head'];
    const profiles = join(stateDir, 'api-profiles.db');
    if (existsSync(profiles)) {
      await copyProfiles(profiles, join(partial, 'api-profiles.db'));
      names.push('api-profiles.db');
    }
    names.push(...(await copySnapshots(join(stateDir, 'snapshots'), partial)));
    const files: BackupManifest['files'][number][] = [];
    for (const path of names) files.push({ path, ...(await digestOf(join(partial, path))) });
    const createdAt = new Date(nowMs).toISOString();
    const manifest: BackupManifest = { anchorwatch: 'backup', version: 1, createdAt, end: verdict.end, files };
    await writeFile(join(partial, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: 0o600 });
    await rename(partial, folder);
    return { ...manifest, alerts: verdict.alerts };
  } catch (error) {
    throw storeError(error, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/**
 * Compares a backup with its manifest: every file is there, and as it was written.
 * @throws AnchorwatchError `backup.broken`, which names the first that is not
 */
export async function checkBackup(folder: string): Promise<BackupManifest> {
  const broken = (detail: string, cause?: unknown): AnchorwatchError =>
    new AnchorwatchError('backup.broken', `${folder}: ${detail}`, { cause });
  let manifest: BackupManifest;
  try {
    manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as BackupManifest;
  } catch (error) {
    throw broken(`manifest.json cannot be read: ${errorText(error)}`, error);
  }
  const isManifest = manifest.anchorwatch === 'backup' && manifest.version === 1 && Array.isArray(manifest.files);
  if (!isManifest) throw broken('manifest.json is none of a backup that this release reads');
  for (const { path, sizeBytes, sha256 } of manifest.files) {
    let found: Awaited<ReturnType<typeof digestOf>>;
    try {
      found = await digestOf(join(folder, path));
    } catch (error) {
      throw broken(`${path} cannot be read: ${errorText(error)}`, error);
    }
    if (found.sizeBytes !== sizeBytes || found.sha256 !== sha256) throw broken(`${path} is not as it was written`);
  }
  return manifest;
}

async function copyProfiles(from: string, to: string): Promise<void> {
  const options = { kind: 'profile', migrations: profileMigrations, synchronous: 'full' } as const;
  const source = openDatabase<object>({ ...options, path: from, readonly: true });
  try {
    await source.copyTo(to, () => undefined);
  } finally {
    source.close();
  }
  const copy = openDatabase<object>({ ...options, path: to });
  try {
    const found = copy.pragma('integrity_check(1)');
    if (found !== 'ok') throw corrupt(to, String(found));
    copy.pragma('journal_mode = DELETE');
  } finally {
    copy.close();
  }
}

/** Whole snapshots only; one that retention removes meanwhile is left out. Answers the paths of the copies. */
async function copySnapshots(directory: string, into: string): Promise<readonly string[]> {
  if (!existsSync(directory)) return [];
  await mkdir(join(into, 'snapshots'), { mode: 0o700 });
  const copied: string[] = [];
  for (const name of readdirSync(directory).toSorted()) {
    if (!snapshotName.test(name)) continue;
    const both = [name, name.replace('.json', '.tar.gz')];
    try {
      for (const one of both) await copyFile(join(directory, one), join(into, 'snapshots', one));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
      for (const one of both) await rm(join(into, 'snapshots', one), { force: true });
      continue;
    }
    copied.push(...both.map((one) => `snapshots/${one}`));
  }
  return copied;
}

async function digestOf(path: string): Promise<{ readonly sizeBytes: number; readonly sha256: string }> {
  const sum = createHash('sha256');
  await pipeline(createReadStream(path), sum);
  return { sizeBytes: statSync(path).size, sha256: sum.digest('hex') };
}
