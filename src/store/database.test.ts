import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collectorMigrations } from './collector-migrations.ts';
import { CollectorStore } from './collector-store.ts';
import { openDatabase } from './database.ts';
import type { DatabaseOptions } from './database.ts';
import { outboxMigrations } from './outbox-migrations.ts';
import { OutboxStore } from './outbox-store.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'anchorwatch-'));
  path = join(directory, 'file.db');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

interface Schema {
  things: { name: string };
}

function options(changes: Partial<DatabaseOptions> = {}): DatabaseOptions {
  return {
    path,
    kind: 'profile',
    migrations: [{ name: 'things', sql: 'CREATE TABLE things (name TEXT) STRICT' }],
    synchronous: 'full',
    ...changes,
  };
}

test('migrates step by step, and only what is missing', () => {
  const first = openDatabase<Schema>(options());
  first.run(first.query.insertInto('things').values({ name: 'kept' }));
  first.close();
  const second = { name: 'more', sql: 'ALTER TABLE things ADD COLUMN size INTEGER' };
  const grown = openDatabase<Schema & { things: { size: number | null } }>(
    options({ migrations: [...options().migrations, second] }),
  );
  expect(grown.all(grown.query.selectFrom('things').selectAll())).toEqual([{ name: 'kept', size: null }]);
  grown.close();
});

test('a migration that fails leaves the file as it was', () => {
  openDatabase<Schema>(options()).close();
  const broken = { name: 'broken', sql: 'CREATE TABLE half (a TEXT); SELECT nonsense FROM nowhere' };
  expect(() => openDatabase(options({ migrations: [...options().migrations, broken] }))).toThrow(
    expect.objectContaining({ code: 'store.failed' }),
  );
  const database = openDatabase<{ sqlite_schema: { name: string } }>(options());
  expect(database.all(database.query.selectFrom('sqlite_schema').select('name'))).toEqual([{ name: 'things' }]);
  database.close();
});

test('names a newer schema, a file of another kind, a damaged file, a file that is none and a place that is none', async () => {
  openDatabase<Schema>(options()).close();
  expect(() => openDatabase(options({ migrations: [] }))).toThrow(
    expect.objectContaining({ code: 'store.newer', retryable: false }),
  );
  expect(() => new OutboxStore(path, { sizeBytesMax: 1e6, ageMsMax: 1e6 })).toThrow(
    expect.objectContaining({ code: 'store.kind' }),
  );
  writeFileSync(path, 'this is no database at all, but a text '.repeat(100));
  await expect(CollectorStore.open(path)).rejects.toMatchObject({ code: 'store.corrupt' });
  await expect(CollectorStore.open(directory)).rejects.toMatchObject({ code: 'store.unwritable' });
});

test('a file and what SQLite puts beside it are their owner’s alone, also where the directory is open, and one that is there already', () => {
  const modes = (): readonly string[] =>
    [path, `${path}-wal`, `${path}-shm`].map((file) => (statSync(file).mode & 0o777).toString(8));
  let database = openDatabase<Schema>(options());
  expect(modes()).toEqual(['600', '600', '600']);
  database.close();
  // As an earlier release made it; the group was let in by somebody.
  chmodSync(path, 0o664);
  database = openDatabase<Schema>(options());
  expect(modes()).toEqual(['660', '660', '660']);
  database.close();
});

test('a transaction that throws is undone', () => {
  const database = openDatabase<Schema>(options());
  const work = (): void => {
    database.run(database.query.insertInto('things').values({ name: 'gone' }));
    throw new Error('changed my mind');
  };
  expect(() => database.transaction(work)).toThrow('changed my mind');
  expect(database.all(database.query.selectFrom('things').selectAll())).toEqual([]);
  database.close();
});

test('the schemas of the collector and the outbox are durable ones', () => {
  for (const [kind, migrations] of [
    ['collector', collectorMigrations],
    ['outbox', outboxMigrations],
  ] as const) {
    const database = openDatabase<Schema>(options({ path: join(directory, kind), kind, migrations }));
    const pragma = (name: string): unknown =>
      database.all({
        compile: () => ({ ...database.query.selectFrom('things').compile(), sql: `PRAGMA ${name}`, parameters: [] }),
      })[0];
    expect(pragma('journal_mode')).toEqual({ journal_mode: 'wal' });
    expect(pragma('synchronous')).toEqual({ synchronous: 2 });
    expect(pragma('foreign_keys')).toEqual({ foreign_keys: 1 });
    database.close();
  }
});
