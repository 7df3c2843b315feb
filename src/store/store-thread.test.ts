import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
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
  let writer = threads.at(-1);
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
    await writer?.terminate();
    for (const answer of await Promise.all(answers)) expect(['', 'store.thread']).toContain(answer);
    expect(store.trouble).toContain('the thread that writes the store ended and is started again');
    await expect(store.append([makeAlert(9999)], 1000)).rejects.toMatchObject({
      code: 'store.thread',
      retryable: true,
    });
    // Nobody asks, and it is there again.
    await waitFor('the thread', () => store.trouble === undefined);
    // Later another one may read what this one stored without saying so.
    writer = threads.at(-1);
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

test('a thread that dies between commit and answer: what it stored is there once, and told with the next batch', async () => {
  await store.append([makeAlert(1)], 1000);
  const writer = threads[0];
  if (writer === undefined) throw new Error('no thread');
  // Its answer is the last thing that it says, and nobody hears it.
  const emit = writer.emit.bind(writer);
  writer.emit = (event: string | symbol, ...args: readonly unknown[]): boolean => {
    if (event !== 'message') return emit(event, ...args);
    void writer.terminate();
    return true;
  };
  const two = [2, 3].map((number) => makeAlert(number, { incident: `incident-${number}` }));
  const unheard = await Promise.allSettled([store.append(two, 1000), store.append([makeAlert(4)], 1000)]);
  expect(unheard[0]).toMatchObject({ status: 'rejected', reason: { code: 'store.thread', retryable: true } });
  await waitFor('the thread', () => store.trouble === undefined);
  expect(await store.lastSeq()).toBe(1);
  // Of which agent the next batch is does not matter.
  const [other, again] = await Promise.all([store.append([makeAlert(5)], 1000), store.append(two, 1000)]);
  const told = [...other.stored, ...again.stored];
  const stored = await store.after(0, 10);
  expect(stored.map(({ id }) => id).slice(0, 3)).toEqual([makeAlert(1), ...two].map(({ id }) => id));
  expect(told).toEqual(stored.slice(1));
  expect(other.incidents.map(({ id }) => id)).toEqual(expect.arrayContaining(['incident-2', 'incident-3']));
  expect([other.duplicate, again.duplicate]).toEqual([0, 2]);
  expect(await store.lastSeq()).toBe(stored.length);
  expect(await store.verifyChain()).toEqual({ alerts: stored.length, brokenAt: undefined });
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

test('closing brings everything into one file, whoever read from it: that file alone is the store', async () => {
  for (let round = 0; round < 2; round += 1) {
    await store.append([makeAlert(round)], 1000);
    await store.list({ limit: 10 });
    await store.close();
    expect(readdirSync(folder).toSorted((a, b) => a.localeCompare(b))).toEqual(['collector.db', 'collector.db.head']);
    store = await CollectorStore.open(join(folder, 'collector.db'));
  }
});
