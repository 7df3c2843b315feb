import { existsSync, renameSync, rmSync } from 'node:fs';
import { AnchorwatchError } from '../lib/errors.ts';
import { headPath, writeHead } from './chain-head.ts';
import { CollectorReader } from './collector-reader.ts';
import { collectorMigrations } from './collector-migrations.ts';
import { corrupt, openDatabase, storeError } from './database.ts';
import { verifyFile } from './verify-file.ts';
import type { ChainVerdict } from './verify-file.ts';

/**
 * Copies a collector's file while a collector may be writing to it, and checks the copy: structure and chain. The copy is one file without
 * companions, with the record of its chain's end beside it (`FILE.head`), and appears under its name only when it is whole.
 * @param progress pages copied, of how many
 * @throws AnchorwatchError `backup.exists`, `backup.broken` (the chain of the copy, and so of the store, is broken), `store.…`
 */
export async function backupStore(
  storePath: string,
  path: string,
  progress: (donePages: number, pages: number) => void,
): Promise<ChainVerdict> {
  for (const one of [path, headPath(path)])
    if (existsSync(one)) throw new AnchorwatchError('backup.exists', `${one} is there already: choose another name`);
  const partial = `${path}.partial`;
  const clean = (): void => {
    for (const suffix of ['', '-wal', '-shm', '-journal', '.head']) rmSync(`${partial}${suffix}`, { force: true });
  };
  clean();
  try {
    const source = openDatabase<object>({
      ...{ path: storePath, kind: 'collector', migrations: collectorMigrations, synchronous: 'full', readonly: true },
    });
    try {
      await source.copyTo(partial, progress);
    } finally {
      source.close();
    }
    finish(partial);
    const verdict = verifyFile(partial);
    if (verdict.fault !== undefined) {
      const { seq, detail } = verdict.fault;
      throw new AnchorwatchError(
        'backup.broken',
        `the chain of ${storePath} is broken at alert ${String(seq)}: ${detail}`,
      );
    }
    renameSync(headPath(partial), headPath(path));
    renameSync(partial, path);
    return verdict;
  } catch (error) {
    throw storeError(error, path);
  } finally {
    clean();
  }
}

/** Checks the structure of a copy, makes it one file, and writes down where its chain ends. */
function finish(path: string): void {
  const copy = openDatabase<object>({
    ...{ path, kind: 'collector', migrations: collectorMigrations, synchronous: 'full' },
  });
  try {
    const found = copy.pragma('integrity_check(1)');
    if (found !== 'ok') throw corrupt(path, String(found));
    copy.pragma('journal_mode = DELETE');
  } finally {
    copy.close();
  }
  const reader = new CollectorReader(path);
  try {
    const { end, anchor, audit } = reader.chainEnds();
    writeHead(headPath(path), { ...end, removedSeq: anchor.seq, audit, time: new Date().toISOString() });
  } finally {
    reader.close();
  }
}
