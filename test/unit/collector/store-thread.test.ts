import type { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { makeAlert } from '../../support/alerts.ts';
import { waitFor } from '../../support/wait.ts';
import { Harness } from './harness.ts';

const harness = new Harness();
const threads: Worker[] = [];
const met = (worker: Worker): void => void threads.push(worker);
afterEach(async () => {
  process.off('worker', met);
  await harness.end();
});

test('while a thread of the store is gone, requests and /readyz say so; then all goes on, and it was counted', async () => {
  process.on('worker', met);
  const { url } = await harness.collector({});
  const outbox = harness.outbox(url);
  outbox.push(makeAlert(1));
  await waitFor('the first alert', () => outbox.depth() === 0);
  const [writer] = threads;
  await writer?.terminate();
  outbox.push(makeAlert(2));
  const ready = await fetch(`${url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([
    503,
    expect.objectContaining({
      code: 'collector.not-ready',
      detail: expect.stringContaining('the thread that writes the store ended and is started again') as string,
    }),
  ]);
  await waitFor('the second alert', () => outbox.depth() === 0, 20_000);
  await waitFor('readiness', async () => (await fetch(`${url}/readyz`)).status === 200);
  const page = (await (await fetch(`${url}/api/v1/alerts`)).json()) as { items: readonly { seq: number }[] };
  expect(page.items.map(({ seq }) => seq)).toEqual([2, 1]);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain('anchorwatch_store_thread_failures_total{role="write"} 1');
});
