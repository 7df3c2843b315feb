import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeAlert } from '../../test/support/alerts.ts';
import { waitFor } from '../../test/support/wait.ts';
import { CollectorStore } from './collector-store.ts';

let folder: string;
let store: CollectorStore;
/** Threads in the order in which they were started. */
let threads: Worker[];
const met = (worker: Worker): void => void threads.push(worker);
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'anchorwatch-thread-'));
  threads = [];
  process.on('worker', met);
  store = await CollectorStore.open(join(folder, 'collector.db'));
});
afterEach(async () => {
  await store.close();
  process.off('worker', met);
  rmSync(folder, { recursive: true });
});

test('a thread that is killed is started again; what waited is refused as retryable, and nothing acknowledged is lost', async () => {
  const acknowledged = new Set<string>();
  for (let round = 0; round < 4; round += 1) {
    const batches = Array.from({ length: 20 }, (_, i) => [makeAlert(round * 100 + i)]);
    const answers = batches.map(async (alerts) => {
      try {
        await store.append(alerts, 1000);
        for (const { id } of alerts) acknowledged.add(id);
        return '';
      } catch (error) {
        return (error as { code: string; retryable: boolean }).retryable ? (error as { code: string }).code : 'lost';
      }
    });
    await threads.at(-1)?.terminate();
    for (const answer of await Promise.all(answers)) expect(['', 'store.thread']).toContain(answer);
    expect(store.trouble).toContain('the thread that writes the store ended and is started again');
    await expect(store.append([makeAlert(9999)], 1000)).rejects.toMatchObject({
      code: 'store.thread',
      retryable: true,
    });
    // Nobody asks, and it is there again.
    await waitFor('the thread', () => store.trouble === undefined);
    for (const alerts of batches) {
      await store.append(alerts, 1000);
      for (const { id } of alerts) acknowledged.add(id);
    }
  }
  expect(store.threadFailures).toEqual({ write: 4, read: 0 });
  expect(await store.verifyChain()).toEqual({ alerts: 80, brokenAt: undefined });
  const stored = (await store.after(0, 1000)).map(({ id }) => id);
  expect(new Set(stored)).toEqual(acknowledged);
  expect(stored).toHaveLength(80);
});

test('the thread that reads is started again, too, and the other one goes on meanwhile', async () => {
  await store.append([makeAlert(1)], 1000);
  expect(await store.list({ limit: 10 })).toHaveLength(1);
  const asked = store.list({ limit: 10 });
  await threads.at(-1)?.terminate();
  await asked.catch((error: unknown) => expect(error).toMatchObject({ code: 'store.thread' }));
  expect(store.trouble).toContain('reads');
  await store.append([makeAlert(2)], 1000);
  await waitFor('the thread', () => store.trouble === undefined);
  expect(await store.list({ limit: 10 })).toHaveLength(2);
  expect(store.threadFailures).toEqual({ write: 0, read: 1 });
});

test('closing ends the threads, and starts none', async () => {
  await threads.at(-1)?.terminate();
  await store.close();
  await expect(store.append([makeAlert(1)], 1000)).rejects.toMatchObject({ code: 'store.closed' });
  expect(threads).toHaveLength(1);
});
