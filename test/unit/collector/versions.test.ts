import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { makeAlert } from '../../support/alerts.ts';
import { waitFor } from '../../support/wait.ts';
import { Harness, token } from './harness.ts';

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});
afterEach(() => harness.end());

// What the sides of the first release (protocol version 1) send and get, byte for byte. These texts never change.
const alert =
  '{"id":"01JDAW00000000000000000001","time":"2026-11-23T02:00:00.001Z","raisedAfterMs":3,"severity":"critical","score":6.2,' +
  '"surprise":3.2,"suspicion":3,"title":"nginx started /bin/sh in shop/web","dimension":"exec","key":"/bin/sh","detector":"novelty",' +
  '"rules":["shell-from-service"],"techniques":["T1059.004"],"practices":["docker-10"],"node":"worker-3",' +
  '"workload":{"id":"w-web","name":"shop/web","kind":"compose"},"container":{"id":"0123","name":"shop-web-1","image":"nginx:1.27",' +
  '"digest":"sha256:00"},"process":{"pid":4711,"exe":"/bin/sh","args":["sh","-c","id"],"uid":33,"cwd":"/","ancestors":[{"pid":4200,' +
  '"exe":"/usr/sbin/nginx"}]},"evidence":{"samples":1812,"seenInOneSample":0,"coverage":0.998,"expected":["/usr/sbin/nginx"],' +
  '"note":"never in 1,812 samples"},"count":1,"lastTime":"2026-11-23T02:00:00.001Z"}';
const report =
  '{"type":"report","report":{"timeMs":1795000000000,"agentVersion":"0.1.0","kernel":"6.1.0","sensor":"bpf","hooks":[],' +
  '"engineConnected":true,"containers":[],"unseenContainers":0,"workloads":[],"events":{"exec":7},"known":{},"lost":[],' +
  '"pendingEvents":0,"outboxAlerts":0,"expectedAlertsPerDay":0.5}}';
const batch = (seq: number): string => `{"type":"batch","seq":${String(seq)},"alerts":[${alert}]}`;

/** A peer that says what it is told to say and keeps every byte that it gets. */
async function agent(url: string): Promise<{ readonly socket: WebSocket; readonly got: string[] }> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/agent`, { headers: { authorization: `Bearer ${token}` } });
  const got: string[] = [];
  socket.on('message', (data: Buffer) => got.push(data.toString()));
  harness.defer(() => socket.terminate());
  await new Promise((resolve) => socket.once('open', resolve));
  return { socket, got };
}

async function collector(answer: (text: string, socket: WebSocket) => void): Promise<{ url: string; got: string[] }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  const got: string[] = [];
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      got.push(data.toString());
      answer(data.toString(), socket);
    });
  });
  harness.defer(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  await waitFor('the server', () => server.address() !== null);
  const address = server.address();
  return { url: `http://127.0.0.1:${String(typeof address === 'object' ? address?.port : 0)}`, got };
}

describe('a collector of this release', () => {
  test('speaks with an agent of the first release as its collector did, byte for byte', async () => {
    const { url } = await harness.collector();
    const { socket, got } = await agent(url);
    socket.send('{"type":"hello","protocol":1,"node":"worker-3","agentVersion":"0.1.0"}');
    socket.send(report);
    socket.send(batch(1));
    socket.send(batch(2));
    await waitFor('the answers', () => got.length >= 3);
    expect(got).toEqual([
      '{"type":"welcome","protocol":1,"collectorVersion":"0.1.0","accepts":["fleet"]}',
      '{"type":"ack","seq":1,"stored":1,"duplicate":0}',
      '{"type":"ack","seq":2,"stored":0,"duplicate":1}',
    ]);
    expect(await (await fetch(`${url}/api/v1/alerts`)).json()).toMatchObject({ items: [JSON.parse(alert)] });
    // Its clock cannot be asked for: the report has to do.
    const nodes = (await (await fetch(`${url}/api/v1/nodes`)).json()) as { items: { clockSkewMs?: number }[] };
    expect(nodes.items[0]?.clockSkewMs).toBeLessThan(1_795_000_000_000);
  });

  test('speaks with an agent of the next release in its own version', async () => {
    const { url } = await harness.collector();
    const { socket, got } = await agent(url);
    socket.send(
      '{"type":"hello","protocol":3,"node":"worker-3","agentVersion":"9","accepts":["decide","dreams"],"mood":{"a":[1]}}',
    );
    socket.send(batch(1).replace('"seq":1', '"seq":1,"weight":7').replace('"count":1', '"count":1,"colour":"red"'));
    await waitFor('the acknowledgement', () => got.some((text) => text.startsWith('{"type":"ack"')));
    expect(got[0]).toBe(
      '{"type":"welcome","protocol":2,"collectorVersion":"0.1.0","accepts":["fleet","evidence","posture","posture-facts"]}',
    );
    expect(got.slice(1).toSorted()).toEqual([
      '{"type":"ack","seq":1,"stored":1,"duplicate":0}',
      '{"type":"clock","id":1}',
      '{"type":"pace","reconnectMs":500,"reportMs":5000}',
    ]);
  });
});

describe('an agent of this release', () => {
  test('speaks with a collector of the first release, which refuses every other version, byte for byte', async () => {
    const { url, got } = await collector((text, socket) => {
      const message = JSON.parse(text) as { type: string; protocol?: number; seq?: number };
      if (message.type === 'hello' && message.protocol !== 1) {
        socket.send(
          '{"type":"refuse","code":"protocol.version","message":"the agent speaks protocol version 2, this collector 1: use the same release of both"}',
        );
        socket.close(4000, 'protocol.version');
      } else if (message.type === 'hello') socket.send('{"type":"welcome","protocol":1,"collectorVersion":"0.1.0"}');
      else if (message.type === 'batch')
        socket.send(`{"type":"ack","seq":${String(message.seq)},"stored":1,"duplicate":0}`);
    });
    const outbox = harness.outbox(url, { refusedRetryMs: 3_600_000 });
    outbox.push(JSON.parse(alert) as ReturnType<typeof makeAlert>);
    await waitFor('the outbox to drain', () => outbox.depth() === 0);
    const hello = (version: number): string =>
      `{"type":"hello","protocol":${String(version)},"node":"worker-3","agentVersion":"0.1.0","accepts":["decide"]}`;
    expect(got).toEqual([hello(2), hello(1), batch(1)]);
  });

  test('speaks with a collector of the next release, which comes down to its version and says more than it knows', async () => {
    const { url } = await collector((text, socket) => {
      const message = JSON.parse(text) as { type: string; seq?: number };
      if (message.type === 'hello')
        socket.send('{"type":"welcome","protocol":2,"collectorVersion":"9","accepts":["fleet","dreams"],"region":"x"}');
      if (message.type === 'batch')
        socket.send(`{"type":"ack","seq":${String(message.seq)},"stored":1,"duplicate":0,"depth":17}`);
    });
    const outbox = harness.outbox(url);
    outbox.push(makeAlert(1));
    await waitFor('the outbox to drain', () => outbox.depth() === 0);
  });

  test('does not go on with a collector that answers in a version that it did not offer', async () => {
    const { url } = await collector((text, socket) => {
      if (text.startsWith('{"type":"hello"')) socket.send('{"type":"welcome","protocol":3,"collectorVersion":"9"}');
    });
    const outbox = harness.outbox(url);
    outbox.push(makeAlert(1));
    await waitFor('the line', () => harness.lines.some((line) => line.includes('answers in protocol version 3')));
    expect(outbox.depth()).toBe(1);
  });
});
