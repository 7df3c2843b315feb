import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { alertId, makeAlert, makeReport } from '../../test/support/alerts.ts';
import { waitFor } from '../../test/support/wait.ts';
import { AnchorwatchError } from '../lib/errors.ts';
import { createLogger } from '../lib/log.ts';
import type { Alert } from '../model/alert.ts';
import { decodeAgentMessage } from '../protocol/message.ts';
import type { AgentMessage } from '../protocol/message.ts';
import { Outbox } from './outbox.ts';
import type { OutboxOptions } from './outbox-options.ts';
import type { OutboxFile, Waiting } from './queue.ts';

/** A file that is a map; it can be made to fail. The real one is tested with its store. */
class MapFile implements OutboxFile {
  readonly rows = new Map<string, Waiting>();
  readonly refused: string[] = [];
  failing = false;

  put(...alerts: readonly Alert[]): { depth: number; dropped: [] } {
    this.#check();
    for (const alert of alerts)
      this.rows.set(alert.id, { alert, revision: (this.rows.get(alert.id)?.revision ?? 0) + 1 });
    return { depth: this.rows.size, dropped: [] };
  }

  next(limit: number): { waiting: Waiting[]; depth: number; dropped: []; damaged: number } {
    return { waiting: [...this.rows.values()].slice(0, limit), depth: this.rows.size, dropped: [], damaged: 0 };
  }

  settle(waiting: readonly Waiting[], outcome: 'sent' | 'refused'): { depth: number } {
    this.#check();
    for (const { alert, revision } of waiting) {
      if (outcome === 'refused') this.refused.push(alert.id);
      if (this.rows.get(alert.id)?.revision === revision) this.rows.delete(alert.id);
    }
    return { depth: this.rows.size };
  }

  #check(): void {
    if (this.failing) throw new AnchorwatchError('store.full', 'no space left', { retryable: true });
  }
}

type Reply = (message: AgentMessage, socket: WebSocket) => void;

let server: WebSocketServer;
let received: AgentMessage[];
let reply: Reply;
let file: MapFile;
let outbox: Outbox | undefined;

beforeEach(async () => {
  received = [];
  file = new MapFile();
  outbox = undefined;
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      const message = decodeAgentMessage(data);
      received.push(message);
      reply(message, socket);
    });
  });
  await waitFor('the server', () => server.address() !== null);
});
afterEach(async () => {
  await outbox?.stop();
  for (const socket of server.clients) socket.terminate();
  server.close();
});

function start(changes: Partial<OutboxOptions> = {}): Outbox {
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  outbox = new Outbox({
    collectorUrl: `ws://127.0.0.1:${String(port)}`,
    token: 'token',
    nodeName: 'n',
    agentVersion: '0',
    file,
    log: createLogger({ level: 'silent' }),
    reconnectBaseMs: 10,
    reconnectMaxMs: 20,
    refusedRetryMs: 20,
    storeRetryMs: 10,
    ...changes,
  });
  outbox.start();
  return outbox;
}

const welcome = JSON.stringify({ type: 'welcome', protocol: 1, collectorVersion: '0' });
/** A collector that takes everything. */
const obliging: Reply = (message, socket) => {
  if (message.type === 'hello') socket.send(welcome);
  if (message.type === 'batch')
    socket.send(JSON.stringify({ type: 'ack', seq: message.seq, stored: message.alerts.length, duplicate: 0 }));
};

function batches(): string[][] {
  return received.flatMap((message) => (message.type === 'batch' ? [message.alerts.map(({ id }) => id)] : []));
}

describe('the outbox', () => {
  test('keeps an alert before the next turn, and forgets it when it is acknowledged, not before', async () => {
    reply = (message, socket) => {
      if (message.type === 'hello') socket.send(welcome);
    };
    const box = start();
    box.push(makeAlert(1));
    const atTheEndOfTheTurn = new Promise<readonly string[]>((resolve) =>
      setImmediate(() => resolve([...file.rows.keys()])),
    );
    expect(await atTheEndOfTheTurn).toEqual([alertId(1)]);
    await waitFor('a batch', () => batches().length === 1);
    expect(box.depth()).toBe(1);
    for (const socket of server.clients) socket.send(JSON.stringify({ type: 'ack', seq: 1, stored: 1, duplicate: 0 }));
    await waitFor('the acknowledgement', () => box.depth() === 0);
  });

  test('sends a batch again on a new connection when no acknowledgement comes', async () => {
    let deaf = true;
    reply = (message, socket) => {
      if (message.type === 'batch' && deaf) deaf = false;
      else obliging(message, socket);
    };
    const box = start({ ackTimeoutMs: 500 });
    box.push(makeAlert(1));
    await waitFor('the acknowledgement', () => box.depth() === 0);
    expect(batches()).toEqual([[alertId(1)], [alertId(1)]]);
    expect(box.counters).toMatchObject({ ackTimeouts: 1, connects: 2, sent: 1 });
  });

  test('a copy that is pushed while its first is under way is sent too', async () => {
    reply = (message, socket) => {
      if (message.type === 'batch' && message.seq === 1) outbox?.push(makeAlert(1, { count: 2 }));
      obliging(message, socket);
    };
    const box = start();
    box.push(makeAlert(1));
    await waitFor('the acknowledgement', () => batches().length === 2 && box.depth() === 0);
    expect(
      received.flatMap((message) => (message.type === 'batch' ? message.alerts.map(({ count }) => count) : [])),
    ).toEqual([1, 2]);
  });

  test('sets aside the one alert that the collector refuses, and delivers the others', async () => {
    const taken = new Set<string>();
    reply = (message, socket) => {
      if (message.type !== 'batch') obliging(message, socket);
      else if (message.alerts.some(({ id }) => id === alertId(6))) {
        socket.send(JSON.stringify({ type: 'refuse', code: 'message.invalid', message: 'no' }));
        socket.close(4000);
      } else {
        for (const { id } of message.alerts) taken.add(id);
        obliging(message, socket);
      }
    };
    for (let number = 1; number <= 10; number += 1) file.put(makeAlert(number));
    const box = start();
    await waitFor('the others', () => box.depth() === 0);
    expect(file.refused).toEqual([alertId(6)]);
    expect(taken.size).toBe(9);
    expect(box.counters).toMatchObject({ refused: 1, sent: 9 });
  });

  test('a collector that cannot store gets the batch again on the same connection', async () => {
    let failures = 3;
    reply = (message, socket) => {
      if (message.type === 'batch' && failures > 0) {
        failures -= 1;
        socket.send(JSON.stringify({ type: 'refuse', seq: message.seq, code: 'store.full', message: 'full' }));
      } else obliging(message, socket);
    };
    const box = start();
    box.push(makeAlert(1));
    await waitFor('the acknowledgement', () => box.depth() === 0);
    expect(received.flatMap((message) => (message.type === 'batch' ? [message.seq] : []))).toEqual([1, 2, 3, 4]);
    expect(box.counters.connects).toBe(1);
  });

  test('a batch that is put off comes again after the time that it was told, on the same connection', async () => {
    let busy = true;
    reply = (message, socket) => {
      if (message.type === 'batch' && busy) {
        busy = false;
        const refusal = { type: 'refuse', seq: message.seq, code: 'collector.busy', message: 'busy', retryAfterMs: 20 };
        socket.send(JSON.stringify(refusal));
      } else obliging(message, socket);
    };
    const box = start({ storeRetryMs: 3_600_000 });
    box.push(makeAlert(1));
    await waitFor('the acknowledgement', () => box.depth() === 0);
    expect(batches()).toEqual([[alertId(1)], [alertId(1)]]);
    expect(box.counters).toMatchObject({ connects: 1, sent: 1 });
  });

  test('reports no more often than it is told to, and the latest when it is connected again', async () => {
    reply = (message, socket) => {
      obliging(message, socket);
      if (message.type === 'hello') socket.send(JSON.stringify({ type: 'pace', reconnectMs: 1, reportMs: 3_600_000 }));
      if (message.type === 'hello') socket.send(JSON.stringify({ type: 'clock', id: 1 }));
    };
    const box = start();
    const told = (): readonly number[] =>
      received.flatMap((message) => (message.type === 'report' ? [message.report.pendingEvents] : []));
    await waitFor('the pace', () => received.some(({ type }) => type === 'clock'));
    for (const pendingEvents of [1, 2, 3]) box.report(makeReport({ pendingEvents }));
    await waitFor('the first', () => told().length === 1);
    for (const socket of server.clients) socket.terminate();
    await waitFor('the last', () => told().length === 2);
    expect(told()).toEqual([1, 3]);
  });

  test('what was sent is not sent again while the file cannot forget it', async () => {
    reply = (message, socket) => {
      if (message.type === 'batch') file.failing = true;
      obliging(message, socket);
    };
    const box = start();
    box.push(makeAlert(1));
    await waitFor('failures', () => box.counters.storeFailures >= 3);
    box.push(makeAlert(2));
    await waitFor('the second', () => batches().length === 2);
    expect(batches()).toEqual([[alertId(1)], [alertId(2)]]);
    file.failing = false;
    await waitFor('the file to forget', () => box.depth() === 0);
  });

  test('garbage from the collector ends the connection, not the agent', async () => {
    let answers = 0;
    reply = (message, socket) => {
      answers += 1;
      if (answers === 1) socket.send('nonsense');
      else obliging(message, socket);
    };
    const box = start();
    box.push(makeAlert(1));
    await waitFor('the acknowledgement', () => box.depth() === 0);
  });

  test('sends the last report once it is connected; stopping delivers what waits', async () => {
    reply = obliging;
    const box = start();
    box.report(makeReport({ pendingEvents: 1 }));
    box.report(makeReport({ pendingEvents: 2 }));
    await waitFor('the report', () => received.some(({ type }) => type === 'report'));
    for (let number = 1; number <= 150; number += 1) box.push(makeAlert(number));
    await box.stop();
    expect(file.rows.size).toBe(0);
    expect(received.flatMap((message) => (message.type === 'report' ? [message.report.pendingEvents] : []))).toEqual([
      2,
    ]);
  });
});

test.each(['http://localhost', 'localhost:7080', ''])('does not take %s for an address', (collectorUrl) => {
  expect(() => start({ collectorUrl })).toThrow(expect.objectContaining({ code: 'collector.url' }));
});
