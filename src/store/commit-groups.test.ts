import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeAlert } from '../../test/support/alerts.ts';
import { CommitGroups } from './commit-groups.ts';
import { CollectorFile } from './collector-file.ts';
import { CollectorStore } from './collector-store.ts';
import { verifyFile } from './verify-file.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'anchorwatch-'));
  path = join(directory, 'collector.db');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('batches that come together share transactions, and are answered in the order of the log', async () => {
  const file = new CollectorFile(path);
  const groups: number[] = [];
  const log = new CommitGroups(async (batches, nowMs) => {
    groups.push(batches.length);
    return file.append(batches, nowMs);
  }, 0);
  const order: number[] = [];
  const results = await Promise.all(
    Array.from({ length: 50 }, async (_, batch) => {
      const alerts = Array.from({ length: 100 }, (__, index) => makeAlert(batch * 100 + index));
      const result = await log.append(alerts, 1);
      order.push(batch);
      return result;
    }),
  );
  // Two that found nothing to wait for, then groups of at most 2,000 alerts.
  expect(groups).toEqual([1, 1, 20, 20, 8]);
  expect(order).toEqual(Array.from({ length: 50 }, (_, batch) => batch));
  expect(results.flatMap(({ stored }) => stored.map(({ seq }) => seq))).toEqual(
    Array.from({ length: 5000 }, (_, index) => index + 1),
  );
  expect(log.lastSeq).toBe(5000);
  const again = await log.append([makeAlert(1), makeAlert(9999)], 1);
  expect(again).toMatchObject({
    stored: [{ seq: 5001, previousHash: results.at(-1)?.stored.at(-1)?.hash }],
    duplicate: 1,
  });
  file.close();
  expect(verifyFile(path)).toMatchObject({ alerts: 5001, end: { seq: 5001, hash: again.stored[0]?.hash } });
});

test('a batch that cannot be stored spoils no other that came with it', async () => {
  const store = await CollectorStore.open(path);
  const batches = Array.from({ length: 6 }, (_, batch) => [makeAlert(batch, batch === 3 ? { time: 'never' } : {})]);
  const results = await Promise.allSettled(batches.map((batch) => store.append(batch, 1)));
  expect(results.map(({ status }) => status)).toEqual([
    ...['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
  ]);
  expect(results[3]).toMatchObject({ reason: { code: 'store.failed', retryable: false } });
  expect(results[5]).toMatchObject({ value: { stored: [{ seq: 5 }] } });
  expect(await store.lastSeq()).toBe(5);
  expect(await store.verifyChain()).toEqual({ alerts: 5, brokenAt: undefined });
  await store.close();
  await expect(store.append([makeAlert(9)], 1)).rejects.toMatchObject({ code: 'store.closed' });
});

test('incidents that several batches of a group change come once, with the last of them', async () => {
  const store = await CollectorStore.open(path);
  const incident = makeAlert(1).id;
  const results = await Promise.all(
    [1, 2, 3, 4, 5].map((number) => store.append([makeAlert(number, { incident, key: `/bin/${String(number)}` })], 1)),
  );
  expect(results.at(-1)?.incidents).toMatchObject([{ id: incident, alerts: 5, seq: 5 }]);
  expect(await store.incident(incident)).toMatchObject({ alerts: 5 });
  expect(await store.alertsOf(incident, 10)).toHaveLength(5);
  await store.close();
});
