import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeAlert } from '../../support/alerts.ts';
import { waitFor } from '../../support/wait.ts';
import { Harness, metric } from './harness.ts';
import type { Client } from './harness.ts';

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});
afterEach(() => harness.end());

function seqs(client: Client): unknown[] {
  return client.messages.filter(({ type }) => type === 'alert').map(({ seq }) => seq);
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

test('resumes after a seq, without gap or repetition between the past and the present', async () => {
  const { url } = await harness.collector();
  const outbox = harness.outbox(url);
  for (let number = 1; number <= 900; number += 1) outbox.push(makeAlert(number));
  await waitFor('some alerts', () => outbox.counters.sent >= 300);
  // The log grows while these read it.
  const clients = await Promise.all(
    [0, 250, 299].map(async (after) => ({ after, client: await harness.client(`${url}/feed?after=${String(after)}`) })),
  );
  for (let number = 901; number <= 1000; number += 1) outbox.push(makeAlert(number));
  for (const { after, client } of clients) {
    await waitFor('the last alert', () => seqs(client).includes(1000));
    expect(seqs(client)).toEqual(range(after + 1, 1000));
  }
  const again = await harness.client(`${url}/feed?after=998`);
  await waitFor('the last alert', () => seqs(again).includes(1000));
  expect(again.messages[0]).toMatchObject({
    type: 'alert',
    seq: 999,
    title: 'nginx started /bin/sh in shop/web',
    hash: expect.any(String),
  });
});

test('filters by severity, workload, node and kind; tells of nodes', async () => {
  const { url } = await harness.collector();
  const [severe, other, elsewhere, nodes] = await Promise.all(
    ['severity=warning', 'workload=another', 'node=worker-4', 'kind=node'].map((query) =>
      harness.client(`${url}/feed?${query}`),
    ),
  );
  const outbox = harness.outbox(url);
  outbox.push(makeAlert(1, { severity: 'notice' }));
  outbox.push(makeAlert(2, { severity: 'warning', node: 'worker-4' }));
  outbox.push(makeAlert(3, { workload: { id: 'x', name: 'another', kind: 'image' } }));
  await waitFor('the outbox to drain', () => outbox.depth() === 0);
  await outbox.stop();
  for (const client of [severe, nodes])
    await waitFor('the node to go', () => client?.messages.some(({ type, up }) => type === 'node' && up === false));
  expect(severe === undefined ? [] : seqs(severe)).toEqual([2, 3]);
  expect(other === undefined ? [] : seqs(other)).toEqual([3]);
  expect(elsewhere?.messages.map(({ seq }) => seq)).toEqual([2]);
  expect(nodes?.messages.map(({ type, node, up }) => [type, node, up])).toEqual([
    ['node', 'worker-3', true],
    ['node', 'worker-3', false],
  ]);
});

test.each(['severity=loud', 'kind=alert,gossip', 'after=-1', 'unknown=1'])('refuses %s', async (query) => {
  const { url } = await harness.collector();
  await expect(harness.client(`${url}/feed?${query}`)).rejects.toThrow('HTTP 400');
});

test('a client that does not read is dropped, told where to resume, and does not hold up the others', async () => {
  const { url } = await harness.collector();
  const slow = await harness.client(`${url}/feed?after=0`);
  const quick = await harness.client(`${url}/feed?after=0`);
  slow.socket.pause();
  const outbox = harness.outbox(url, { bounds: { sizeBytesMax: 1e9, ageMsMax: 1e9 } });
  const note = 'x'.repeat(4000);
  const dropped = 'anchorwatch_feed_dropped_total{reason="slow"}';
  let number = 0;
  // How much the kernel holds for a client that does not read differs from machine to machine.
  await waitFor(
    'the slow client to be dropped',
    async () => {
      for (let more = 0; more < 300; more += 1) {
        number += 1;
        outbox.push(makeAlert(number, { evidence: { ...makeAlert(1).evidence, note } }));
      }
      await waitFor('the outbox to drain', () => outbox.depth() === 0, 20_000);
      return (await metric(url, dropped)) === 1;
    },
    25_000,
  );
  await waitFor('the quick client to have all', () => seqs(quick).length === number);
  expect(await metric(url, 'anchorwatch_feed_clients')).toBe(1);
  slow.socket.resume();
  const lag = await slow.message('lag');
  expect(await slow.closed()).toBe(1013);
  expect(seqs(slow)).toEqual(range(1, Number(lag['seq'])));
});

test('a client that vanishes in the middle of the handshake harms nobody', async () => {
  const { url } = await harness.collector();
  const { hostname, port } = new URL(url);
  const head = `GET /feed HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`;
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`${head}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`);
      socket.resetAndDestroy();
    });
    socket.on('close', () => resolve());
  });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});
