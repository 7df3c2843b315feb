import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AccessToken, AuditRecord } from '../model/access.ts';
import { CollectorReader } from './collector-reader.ts';
import { CollectorStore } from './collector-store.ts';

let folder: string;
let path: string;
let store: CollectorStore;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'anchorwatch-access-'));
  path = join(folder, 'collector.db');
  store = await CollectorStore.open(path);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const record: AuditRecord = {
  ...{
    by: 'alice',
    role: 'admin',
    from: '192.0.2.1',
    action: 'DELETE /api/v1/tokens/:id',
    subject: '/api/v1/tokens/x',
  },
  ...{ detail: '', status: 200 },
};
const token: AccessToken = {
  id: 'one',
  name: 'a',
  role: 'agent',
  createdAt: '2026-11-23T00:00:00.000Z',
  createdBy: 'me',
};

/** Changes the file as somebody would who does not go through the program. */
function tamper(sql: string): void {
  const sqlite = new BetterSqlite(path);
  sqlite.exec(sql);
  sqlite.close();
}

test('the trail is numbered and chained, also when two write, and is not changed by SQL', async () => {
  const other = await CollectorStore.open(path, false);
  await store.audit.add(record, 1000);
  await other.audit.add({ ...record, code: 'x' }, 2000);
  await store.audit.add({ ...record, by: 'bob' }, 3000);
  await other.close();
  expect((await store.audit.list({ limit: 10 })).map(({ seq }) => seq)).toEqual([3, 2, 1]);
  expect((await store.audit.list({ limit: 10, by: 'bob' })).map(({ time }) => time)).toEqual([
    '1970-01-01T00:00:03.000Z',
  ]);
  expect(await store.audit.list({ limit: 1, sinceMs: 1000, untilMs: 3000, before: 2 })).toMatchObject([
    { seq: 1, ...record },
  ]);
  expect(await store.checkAudit(undefined, 10)).toMatchObject({ checked: 3, done: true });
  expect(await store.checkAudit(undefined, 10)).not.toHaveProperty('fault');
  expect(() => tamper("UPDATE audit SET by = 'eve'")).toThrow('not changed');
  expect(() => tamper('DELETE FROM audit')).toThrow('not shortened');
});

test.each([
  ["DROP TRIGGER audit_unchanged; UPDATE audit SET by = 'eve' WHERE seq = 2", 2],
  ['DROP TRIGGER audit_kept; DELETE FROM audit WHERE seq = 1', 1],
  ["DROP TRIGGER audit_unchanged; UPDATE audit SET code = 'none' WHERE seq = 3", 3],
])('%s is found', async (sql, brokenAt) => {
  for (let number = 0; number < 4; number += 1) await store.audit.add(record, number);
  tamper(sql);
  expect((await store.checkAudit(undefined, 10)).fault?.seq).toBe(brokenAt);
});

test('retention takes the oldest records, an anchor says which, and the rest is verified', async () => {
  for (let number = 0; number < 6; number += 1) await store.audit.add(record, number * 1000);
  expect(await store.retainAudit(1000, 4000)).toEqual({ records: 3, more: true });
  expect(await store.retainAudit(1000, 4000)).toEqual({ records: 0, more: false });
  expect(await store.checkAudit(undefined, 10)).toMatchObject({ checked: 3, removed: 3, done: true, at: { seq: 6 } });
  expect(await store.checkAudit(undefined, 2)).toMatchObject({ checked: 2, done: false });
  await store.retainAudit(0, 1e9);
  expect(await store.checkAudit(undefined, 10)).toMatchObject({ checked: 0, removed: 6, at: { seq: 6 } });
  expect((await store.audit.add(record, 9000)).seq).toBe(7);
  expect(await store.checkAudit(undefined, 10)).not.toHaveProperty('fault');
  expect(() => tamper('DELETE FROM audit')).toThrow('not shortened');
});

test('what is done to the anchor and the end of the trail is found, also by the next start', async () => {
  for (let number = 0; number < 6; number += 1) await store.audit.add(record, number * 1000);
  await store.retainAudit(1000, 2000);
  await store.close();
  const faultAfter = async (sql: string): Promise<string | undefined> => {
    const [copy, head] = [`${path}.copy`, `${path}.copy.head`];
    copyFileSync(path, copy);
    copyFileSync(`${path}.head`, head);
    const sqlite = new BetterSqlite(copy);
    sqlite.exec(sql);
    sqlite.close();
    const reader = new CollectorReader(copy);
    const { fault } = reader.checkAudit(undefined, 10);
    reader.close();
    const opened = await CollectorStore.open(copy, false);
    const cut = ['truncated', 'anchor', 'link'].includes(fault?.what ?? '');
    expect(opened.opened.fault !== undefined).toBe(cut);
    expect((await opened.checkAudit(undefined, 10)).fault?.what).toBe(fault?.what);
    await opened.close();
    for (const file of [copy, head, `${head}.disputed`]) rmSync(file, { force: true });
    return fault?.what;
  };
  expect(await faultAfter('SELECT 1')).toBeUndefined();
  expect(await faultAfter('DROP TRIGGER audit_kept; DELETE FROM audit WHERE seq = 6')).toBe('truncated');
  expect(await faultAfter('UPDATE audit_anchor SET seq = 4; DELETE FROM audit WHERE seq <= 4')).toBe('link');
  const hash = '(SELECT hash FROM audit WHERE seq = 4)';
  expect(await faultAfter(`UPDATE audit_anchor SET seq = 4, hash = ${hash}; DELETE FROM audit WHERE seq <= 4`)).toBe(
    'anchor',
  );
  const row = "1, 'x', 'admin', '', '', '', '', 200, NULL, '', ''";
  expect(await faultAfter(`INSERT INTO audit VALUES (1, ${row})`)).toBe('inserted');
  expect(await faultAfter(`INSERT INTO audit VALUES (0, ${row})`)).toBe('inserted');
  expect(await faultAfter(`INSERT INTO audit VALUES (9, ${row})`)).toBe('gap');
  store = await CollectorStore.open(path, false);
});

test('tokens are kept with their hash, and revoked once', async () => {
  expect(await store.tokens.configured()).toBe(false);
  await store.tokens.add(token, 'hash');
  expect(await store.tokens.configured()).toBe(false);
  await store.tokens.add({ ...token, id: 'two', role: 'viewer', node: 'n', expiresAt: token.createdAt }, 'hash');
  expect(await store.tokens.configured()).toBe(true);
  expect(await store.tokens.find('none')).toBeUndefined();
  await store.tokens.used(new Map([['one', 100_000]]));
  await store.tokens.revoke('one', 'bob', 200_000);
  await store.tokens.revoke('one', 'eve', 300_000);
  const revoked = { revokedAt: '1970-01-01T00:03:20.000Z', revokedBy: 'bob', lastUsedAt: '1970-01-01T00:01:40.000Z' };
  expect(await store.tokens.find('one')).toEqual({ token: { ...token, ...revoked }, hash: 'hash' });
  expect((await store.tokens.list()).map(({ id }) => id)).toEqual(['one', 'two']);
});
