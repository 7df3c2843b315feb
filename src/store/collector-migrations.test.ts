import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alertId, makeAlert } from '../../test/support/alerts.ts';
import { severities } from '../model/alert.ts';
import { canonicalJson, chainHash, chainStart } from './chain.ts';
import { CollectorFile } from './collector-file.ts';
import { collectorMigrations } from './collector-migrations.ts';
import { CollectorReader } from './collector-reader.ts';
import { databaseKinds } from './migration.ts';
import { verifyFile } from './verify-file.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'anchorwatch-'));
  path = join(directory, 'collector.db');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const made = Array.from({ length: 30 }, (_, number) =>
  makeAlert(number, {
    severity: severities[number % 3] ?? 'notice',
    node: `n${String(number % 2)}`,
    workload: { id: `w${String(number % 4)}`, name: `shop/w${String(number % 4)}`, kind: 'image' },
  }),
);

/** From this version on alerts have their facets apart; files of it are made without alerts here. */
const facetsVersion = collectorMigrations.findIndex(({ name }) => name === 'facets') + 1;

/** A file as a release with the first `versions` migrations left it, with what such a release could store. */
function fileOf(versions: number): void {
  const sqlite = new BetterSqlite(path);
  for (const { sql } of collectorMigrations.slice(0, versions)) sqlite.exec(sql);
  sqlite.pragma(`application_id = ${String(databaseKinds.collector)}`);
  sqlite.pragma(`user_version = ${String(versions)}`);
  sqlite.pragma('journal_mode = WAL');
  if (versions < facetsVersion) {
    let previous = chainStart;
    for (const [index, alert] of made.entries()) {
      const text = canonicalJson(alert);
      const hash = chainHash(previous, text);
      const { container, workload, node, dimension, severity, time, lastTime } = alert;
      sqlite
        .prepare(
          `INSERT INTO alerts (seq, id, time_ms, severity, dimension, node, workload_id, workload_name, container_id, container_name,
            alert, count, last_time, stored_at, previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?)`,
        )
        .run(
          ...[index + 1, alert.id, Date.parse(time), severities.indexOf(severity), dimension, node],
          ...[workload.id, workload.name, container.id, container.name, text, lastTime, time, previous, hash],
        );
      previous = hash;
    }
  }
  sqlite
    .prepare("INSERT INTO nodes (name, agent_version, first_seen_ms, last_seen_ms) VALUES ('a', '0.1.0', 1, 2)")
    .run();
  if (versions >= 3)
    sqlite.prepare("INSERT INTO decisions VALUES (1, 'd', 'w', NULL, ?)").run(JSON.stringify({ id: 'd' }));
  sqlite.close();
}

const all = collectorMigrations.map(({ name }, index) => ({ name, versions: index + 1 }));

describe.each(all)('a file of version $versions ($name)', ({ versions }) => {
  test('is brought up to date with all that is in it, and its chain', () => {
    fileOf(versions);
    const file = new CollectorFile(path);
    expect(file.opened()).toMatchObject({ fault: undefined, checked: 'whole' });
    expect(file.nodes.list()).toMatchObject([{ name: 'a', lastSeenMs: 2 }]);
    const older = file.opened().end.seq;
    file.append([made.concat(makeAlert(100)).map(canonicalJson)], 0);
    const reader = new CollectorReader(path);
    expect(reader.after(0, 100).map(({ id }) => id)).toEqual([...made.map(({ id }) => id), alertId(100)]);
    expect(reader.list({ workload: 'shop/w1', limit: 100 })).toHaveLength(8);
    expect(reader.counts({ by: 'node', limit: 10 }).items).toContainEqual({ value: 'n0', alerts: 15 });
    expect(reader.counts({ by: 'node', sinceMs: 0, limit: 10 }).alerts).toBe(31);
    if (versions >= 3) expect(reader.decision('d')).toMatchObject({ id: 'd' });
    expect(older).toBe(versions < facetsVersion ? made.length : 0);
    reader.close();
    file.close();
    expect(verifyFile(path)).toMatchObject({ alerts: 31, end: { seq: 31 } });
    expect(verifyFile(path).fault).toBeUndefined();
  });

  test('can be shrunk from then on', () => {
    fileOf(versions);
    new CollectorFile(path).close();
    const sqlite = new BetterSqlite(path);
    expect(sqlite.pragma('auto_vacuum', { simple: true })).toBe(2);
    expect(sqlite.pragma('user_version', { simple: true })).toBe(collectorMigrations.length);
    expect(sqlite.pragma('integrity_check', { simple: true })).toBe('ok');
    sqlite.close();
  });
});

test('a file of a newer version is refused and left as it is; one of an older is not read without being brought up to date', () => {
  new CollectorFile(path).close();
  const sqlite = new BetterSqlite(path);
  const version = (number: number): unknown => sqlite.pragma(`user_version = ${String(number)}`);
  version(collectorMigrations.length + 1);
  const newer = expect.objectContaining({
    code: 'store.newer',
    message: expect.stringMatching(/newer version of Anchorwatch/),
  });
  expect(() => new CollectorFile(path)).toThrow(newer);
  expect(() => verifyFile(path)).toThrow(newer);
  version(collectorMigrations.length - 1);
  expect(() => verifyFile(path)).toThrow(expect.objectContaining({ code: 'store.older' }));
  sqlite.close();
});

test('the schema is the same whether a file was made by one release or by each in turn', () => {
  const schema = (file: string): unknown => {
    const sqlite = new BetterSqlite(file, { readonly: true });
    const rows = sqlite.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all();
    sqlite.close();
    return rows;
  };
  new CollectorFile(path).close();
  const fresh = schema(path);
  rmSync(path);
  fileOf(1);
  new CollectorFile(path).close();
  expect(schema(path)).toEqual(fresh);
});
