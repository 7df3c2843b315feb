import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeAlert } from '../../support/alerts.ts';
import { mountTinyDisk } from '../../support/tiny-disk.ts';
import { waitFor } from '../../support/wait.ts';
import { getJson, Harness, metric } from './harness.ts';

/** What was pushed in a turn is written at its end. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

// Mounted here and not in a hook, because whether it works decides between running and skipping.
const disk = mountTinyDisk(2 * 1024 * 1024);
const reason = typeof disk === 'string' ? disk : '';

describe.skipIf(typeof disk === 'string')(`a full disk${reason === '' ? '' : ` (${reason})`}`, () => {
  if (typeof disk === 'string') return;
  let harness: Harness;
  let run = 0;
  beforeEach(() => {
    harness = new Harness();
    run += 1;
  });
  afterEach(() => harness.end());
  afterAll(() => disk.remove());

  test('under the outbox: alerts wait in memory, reach a collector all the same, and the file when there is room', async () => {
    const { url } = await harness.collector();
    const file = join(disk.path, `outbox-${String(run)}.db`);
    // Nobody listens there yet: the alerts have to wait.
    const alone = harness.outbox('http://127.0.0.1:1', { fileName: `../..${file}`, memoryCapacity: 20 });
    alone.push(makeAlert(1));
    await turn();
    expect(alone.counters.storeFailures).toBe(0);
    disk.fill();
    for (let number = 2; number <= 21; number += 1) alone.push(makeAlert(number));
    await turn();
    expect(alone.counters.storeFailures).toBeGreaterThan(0);
    expect(alone.depth()).toBe(21);
    alone.push(makeAlert(22, { severity: 'notice' }));
    await turn();
    expect(alone.counters.dropped).toMatchObject({
      notice: { memory: 1 },
      warning: { memory: 0 },
      critical: { memory: 0 },
    });
    disk.free();
    await waitFor('the alerts to be on disk', () =>
      harness.lines.some((line) => line.includes('can be written again')),
    );
    await alone.stop();

    disk.fill();
    const connected = harness.outbox(url, { fileName: `../..${file}` });
    for (let number = 23; number <= 40; number += 1) connected.push(makeAlert(number));
    await waitFor(
      'the alerts at the collector',
      async () => ((await getJson(`${url}/api/v1/alerts`))['items'] as unknown[]).length === 39,
    );
    disk.free();
    await waitFor('the outbox to drain', () => connected.depth() === 0);
    const items = (await getJson(`${url}/api/v1/alerts`))['items'] as { seq: number }[];
    expect(Math.max(...items.map(({ seq }) => seq))).toBe(39);
  });

  test('under the collector: batches are refused, it says that it is not ready, and nothing is lost', async () => {
    const { url } = await harness.collector({ storePath: join(disk.path, `collector-${String(run)}.db`) });
    const outbox = harness.outbox(url);
    outbox.push(makeAlert(1));
    await waitFor('the outbox to drain', () => outbox.depth() === 0);
    disk.fill();
    for (let number = 2; number <= 200; number += 1) outbox.push(makeAlert(number));
    await waitFor(
      'a failed batch',
      async () => ((await metric(url, 'anchorwatch_ingest_batches_total{outcome="failed"}')) ?? 0) > 0,
    );
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(await metric(url, 'anchorwatch_node_up{node="worker-3"}')).toBe(1);
    disk.free();
    await waitFor('the outbox to drain', () => outbox.depth() === 0);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const items = (await getJson(`${url}/api/v1/alerts?limit=1000`))['items'] as { seq: number }[];
    expect(items.map(({ seq }) => seq)).toEqual(Array.from({ length: 200 }, (_, index) => 200 - index));
  });
});
