import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeEvent } from '../../../test/support/cluster-events.ts';
import { paths, startStandInCluster, writeKubeconfig } from '../../../test/support/stand-in-cluster.ts';
import type { StandInCluster } from '../../../test/support/stand-in-cluster.ts';
import { waitFor } from '../../../test/support/wait.ts';
import { createLogger } from '../../lib/log.ts';
import { accessSource } from './access.ts';
import { ApiClient } from './api-client.ts';
import { EventBook } from './event-book.ts';
import { Reflector } from './reflector.ts';

let cluster: StandInCluster;
let folder: string;
let client: ApiClient;
let reflector: Reflector;
let told: string[];
let book: EventBook;

beforeEach(async () => {
  cluster = await startStandInCluster();
  folder = mkdtempSync(join(tmpdir(), 'aw-events-'));
  told = [];
});

afterEach(async () => {
  reflector.stop();
  client.close();
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function follow(most?: number): Promise<void> {
  const access = accessSource(writeKubeconfig(folder, cluster.url));
  if (access === undefined) throw new Error('there is a kubeconfig');
  client = new ApiClient({ access });
  const log = createLogger({ level: 'silent' });
  book = new EventBook(({ uid, count }) => void told.push(`${uid} ${String(count)}`), log, most);
  reflector = new Reflector({
    ...{ api: client, path: paths.events, listener: book, kept: book.kept, pageObjects: 100, log },
    ...{ retryBaseMs: 5, random: () => 0.5 },
  });
  await reflector.start();
  await waitFor('the watch', () => cluster.watchers(paths.events) === 1 || undefined);
}

const put = (uid: string, count = 1, at = '2026-11-28T10:00:00Z'): void =>
  cluster.put(paths.events, makeEvent(uid, 'BackOff', 'Back-off restarting', { count, lastTimestamp: at }));
const is = (...expected: string[]): Promise<true> =>
  waitFor(expected.join(), () => told.join() === expected.join() || undefined);

test('what was there at the start is no news; what comes, and what happens again, is', async () => {
  for (let number = 0; number < 250; number++) put(`old-${String(number)}`);
  await follow();
  expect([book.size, told]).toEqual([250, []]);
  put('old-7', 2);
  put('new');
  // The same again, as where an annotation was written.
  put('new');
  put('new', 5);
  await is('old-7 2', 'new 1', 'new 5');
});

test('a list made anew after 410 Gone tells what happened meanwhile in its order, and nothing twice', async () => {
  put('old');
  await follow();
  put('a', 3);
  await is('a 3');
  const down = cluster.restart(50);
  put('c', 1, '2026-11-28T10:03:00Z');
  put('b', 2, '2026-11-28T10:02:00Z');
  put('a', 4, '2026-11-28T10:01:00Z');
  cluster.compact();
  await down;
  await is('a 3', 'a 4', 'b 2', 'c 1');
  await waitFor('the watch', () => cluster.watchers(paths.events) === 1 || undefined);
  const { lists } = reflector.counters;
  cluster.compact();
  cluster.endStreams();
  await waitFor('a further list', () => reflector.counters.lists > lists);
  put('d');
  await is('a 3', 'a 4', 'b 2', 'c 1', 'd 1');
});

test('Events whose time is over say nothing, and make room; beyond the bound what is old is not told again', async () => {
  await follow(2);
  put('a', 1, '2026-11-28T10:00:00Z');
  put('b', 1, '2026-11-28T10:00:01Z');
  put('c', 1, '2026-11-28T10:00:02Z');
  await is('a 1', 'b 1', 'c 1');
  expect([book.size, book.counters.forgotten]).toEqual([2, 1]);
  cluster.compact();
  cluster.endStreams();
  await waitFor('the second list', () => reflector.counters.lists === 2);
  await waitFor('the watch', () => cluster.watchers(paths.events) === 1 || undefined);
  cluster.remove(paths.events, 'b');
  put('d', 1, '2026-11-28T10:00:03Z');
  await is('a 1', 'b 1', 'c 1', 'd 1');
});

test('an object that is no Event is counted and loses nothing else', async () => {
  await follow();
  cluster.put(paths.events, { metadata: { uid: 'x', name: 'x', namespace: 'x' }, reason: 7 } as never);
  put('a');
  await is('a 1');
  expect(book.counters.refused).toBe(1);
});
