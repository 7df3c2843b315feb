import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alertId, makeAlert } from '../../test/support/alerts.ts';
import { canonicalJson, chainHash } from './chain.ts';
import { CollectorStore } from './collector-store.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'anchorwatch-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('canonical JSON does not depend on the order of keys and stays the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()), (value, object) => {
      expect(JSON.parse(canonicalJson({ value, object }))).toEqual(JSON.parse(JSON.stringify({ object, value })));
      expect(canonicalJson(Object.fromEntries(Object.entries(object).toReversed()))).toBe(canonicalJson(object));
    }),
  );
});

describe.each([true, false])('the collector, with threads: %s', (threads) => {
  test('stores an id once, numbers without gaps, and chains', async () => {
    const path = join(directory, 'c.db');
    let store = await CollectorStore.open(path, threads);
    expect(await store.append([makeAlert(1), makeAlert(2), makeAlert(1)], 0)).toMatchObject({
      stored: [{ seq: 1 }, { seq: 2 }],
      duplicate: 1,
    });
    await store.close();
    store = await CollectorStore.open(path, threads);
    const later = makeAlert(2, { count: 9, lastTime: '2026-11-23T09:00:00.000Z', title: 'another title' });
    expect(await store.append([later, makeAlert(3)], 0)).toMatchObject({ stored: [{ seq: 3 }], duplicate: 1 });
    expect(await store.append([makeAlert(2, { count: 4 })], 0)).toMatchObject({ stored: [], duplicate: 1 });
    const second = await store.get(alertId(2));
    expect(second).toMatchObject({ seq: 2, count: 9, lastTime: later.lastTime, title: makeAlert(2).title });
    expect((await store.get(alertId(3)))?.previousHash).toBe(second?.hash);
    expect(second?.hash).toBe(chainHash((await store.get(alertId(1)))?.hash ?? '', canonicalJson(makeAlert(2))));
    expect(await store.verifyChain()).toEqual({ alerts: 3, brokenAt: undefined });
    expect(await store.totals()).toEqual([{ severity: 'critical', dimension: 'exec', alerts: 3 }]);
    await store.close();
  });

  test.each([
    ['altered', "UPDATE alerts SET alert = replace(alert, '/bin/sh', '/bin/ls') WHERE seq = 2", 2],
    ['removed', 'DELETE FROM alerts WHERE seq = 2', 2],
    [
      'swapped',
      'UPDATE alerts SET seq = CASE seq WHEN 3 THEN -2 ELSE seq END; UPDATE alerts SET seq = 3 WHERE seq = 2; UPDATE alerts SET seq = 2 WHERE seq = -2',
      2,
    ],
  ])('proves that an alert was %s', async (_what, sql, brokenAt) => {
    const path = join(directory, 'c.db');
    const store = await CollectorStore.open(path, threads);
    await store.append(
      [1, 2, 3].map((number) => makeAlert(number)),
      0,
    );
    const sqlite = new BetterSqlite(path);
    sqlite.exec(sql);
    sqlite.close();
    expect((await store.verifyChain()).brokenAt).toBe(brokenAt);
    await store.close();
  });

  test('a batch of which one fails is not stored at all, and the next is numbered as if it had not been', async () => {
    const store = await CollectorStore.open(join(directory, 'c.db'), threads);
    const broken = makeAlert(2, { time: 'never' });
    await expect(store.append([makeAlert(1), broken], 0)).rejects.toThrow(/time_ms/);
    expect((await store.append([makeAlert(3)], 0)).stored).toMatchObject([{ seq: 1 }]);
    expect(await store.verifyChain()).toEqual({ alerts: 1, brokenAt: undefined });
    await store.close();
  });

  test('remembers nodes', async () => {
    const store = await CollectorStore.open(join(directory, 'c.db'), threads);
    const node = { name: 'a', agentVersion: '1', firstSeenMs: 1, lastSeenMs: 2, report: undefined };
    await store.saveNodes([node, { ...node, name: 'b', stopped: true, silentAlert: alertId(1) }]);
    await store.saveNodes([{ ...node, agentVersion: '2', firstSeenMs: 9, lastSeenMs: 9 }]);
    expect(await store.nodes()).toEqual([
      { ...node, agentVersion: '2', lastSeenMs: 9, stopped: false },
      { ...node, name: 'b', stopped: true, silentAlert: alertId(1) },
    ]);
    await store.forgetNode('b');
    await store.forgetNode('a');
    expect(await store.nodes()).toEqual([]);
    await store.close();
  });
});
