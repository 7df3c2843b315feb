import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { makeAlert } from '../../test/support/alerts.ts';
import { waitFor } from '../../test/support/wait.ts';
import { createLogger } from '../lib/log.ts';
import { createRegistry } from '../lib/metrics.ts';
import type { StoredAlert } from '../model/alert.ts';
import { growIncident } from '../model/incident.ts';
import type { StoredIncident } from '../model/incident.ts';
import type { FeedLog } from './client.ts';
import { Feed } from './feed.ts';
import { parseFeedFilter } from './filter.ts';

/** A log that answers when the test says so, with what was in it when it was asked. */
class HeldLog implements FeedLog {
  readonly alerts: StoredAlert[] = [];
  readonly incidents: StoredIncident[] = [];
  readonly #held: (() => void)[] = [];

  get asked(): number {
    return this.#held.length;
  }

  add(): StoredAlert {
    const seq = this.alerts.length + 1;
    const alert = { ...makeAlert(seq), seq, storedAt: '', hash: '', previousHash: '' };
    this.alerts.push(alert);
    return alert;
  }

  /** An incident that the alert belongs to, in place of an earlier state of it. */
  change(alert: StoredAlert, id = alert.id): StoredIncident {
    const incident = { ...growIncident(undefined, { ...alert, incident: id }).incident, seq: alert.seq };
    const earlier = this.incidents.findIndex((one) => one.id === id);
    if (earlier >= 0) this.incidents.splice(earlier, 1);
    this.incidents.push(incident);
    return incident;
  }

  answer(): void {
    this.#held.shift()?.();
  }

  async after(seq: number, limit: number): Promise<StoredAlert[]> {
    const found = this.alerts.filter((alert) => alert.seq > seq).slice(0, limit);
    await new Promise<void>((resolve) => this.#held.push(resolve));
    return found;
  }

  async incidentsFrom({ seq, id }: { seq: number; id: string }, limit: number): Promise<StoredIncident[]> {
    return this.incidents.filter((one) => one.seq > seq || (one.seq === seq && one.id > id)).slice(0, limit);
  }

  async lastSeq(): Promise<number> {
    return this.alerts.length;
  }
}

let log: HeldLog;
let feed: Feed;
let server: Server;
let received: unknown[];

beforeEach(async () => {
  log = new HeldLog();
  received = [];
  const options = { alerts: log, registry: createRegistry(), log: createLogger({ level: 'silent' }), pageSize: 2 };
  feed = new Feed({ ...options, pingMs: 50 });
  server = createServer();
  server.on('upgrade', feed.upgrade.bind(feed));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  feed.stop();
  server.closeAllConnections();
  server.close();
});

async function open(query: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${String((server.address() as AddressInfo).port)}/feed?${query}`);
  socket.on('message', (data: Buffer) => received.push((JSON.parse(data.toString()) as { seq: unknown }).seq));
  await new Promise((resolve) => socket.once('open', resolve));
  await asked();
  return socket;
}

async function asked(): Promise<void> {
  await waitFor('the client to ask the log', () => log.asked > 0);
}

test('an alert that is stored while the end of the log is being read is not missed', async () => {
  log.add();
  await open('after=0');
  log.answer();
  await asked();
  // The answer that is under way says that there is nothing more; this one comes too late for it.
  feed.publish([log.add()], []);
  log.answer();
  await asked();
  log.answer();
  await asked();
  log.answer();
  await waitFor('both', () => received.length === 2);
  feed.publish([log.add()], []);
  await waitFor('the third', () => {
    log.answer();
    return received.length === 3;
  });
  expect(received).toEqual([1, 2, 3]);
});

test('an alert that was read from the log before it was announced is not sent twice', async () => {
  log.add();
  const early = log.add();
  await open('after=0');
  log.answer();
  await asked();
  log.answer();
  await waitFor('both', () => received.length === 2);
  feed.publish([early], []);
  feed.publish([log.add()], []);
  await waitFor('the third', () => {
    log.answer();
    return received.includes(3);
  });
  expect(received).toEqual([1, 2, 3]);
});

test('an after beyond the log means from now on', async () => {
  log.add();
  await open('after=1000');
  feed.publish([log.add()], []);
  await waitFor('an alert', () => {
    log.answer();
    return received.length > 0;
  });
  expect(received).toEqual([2]);
});

test('who resumes gets the incidents that changed since, after the alerts, in pages, and later ones live', async () => {
  const alerts = Array.from({ length: 6 }, () => log.add());
  for (const alert of alerts) log.change(alert);
  const types: unknown[] = [];
  const socket = await open('after=3');
  socket.on('message', (data: Buffer) => types.push((JSON.parse(data.toString()) as { type: unknown }).type));
  await waitFor('what was missed', () => {
    log.answer();
    return received.length === 7;
  });
  expect(received).toEqual([4, 5, 6, 3, 4, 5, 6]);
  const next = log.add();
  feed.publish([next], [log.change(next, alerts[0]?.id)]);
  await waitFor('both', () => {
    log.answer();
    return received.length === 9;
  });
  expect(received.slice(7)).toEqual([7, 7]);
  expect(types.slice(7)).toEqual(['alert', 'incident']);
});

test('incidents alone, when only they are wanted', async () => {
  const first = log.add();
  log.change(first);
  await open('after=0&kind=incident');
  await waitFor('the incident', () => {
    log.answer();
    return received.length === 1;
  });
  const second = log.add();
  feed.publish([second], [log.change(second)]);
  await waitFor('the other', () => {
    log.answer();
    return received.length === 2;
  });
  expect(received).toEqual([1, 2]);
});

test('a client that does not answer pings is dropped', async () => {
  const socket = await open('after=0');
  log.answer();
  let closed = false;
  socket.on('close', () => {
    closed = true;
  });
  socket.pong = (): void => undefined;
  await waitFor('the end', () => closed);
});

test('who resumes before what is kept is told which alerts are gone', async () => {
  for (let alert = 0; alert < 5; alert += 1) log.add();
  log.alerts.splice(0, 3);
  // The log goes on where it was.
  log.lastSeq = async () => 5;
  const lags: unknown[] = [];
  const socket = await open('after=1');
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as { type: string };
    if (message.type === 'lag') lags.push(message);
  });
  await waitFor('what is left', () => {
    log.answer();
    return received.length === 3;
  });
  expect(received).toEqual([3, 4, 5]);
  expect(lags).toEqual([{ type: 'lag', seq: 3, reason: 'expired', detail: 'alerts 2 to 3 are not kept any more' }]);
});

test('a page that is larger than what may wait for a client does not make it a slow one', async () => {
  const args = Array.from({ length: 64 }, () => 'x'.repeat(4096));
  const process = { ...(makeAlert(0).process ?? { pid: 0, exe: '', uid: 0, cwd: '', ancestors: [] }), args };
  for (let alert = 0; alert < 100; alert += 1) log.alerts[alert] = { ...log.add(), process };
  const large = new Feed({
    ...{ alerts: log, registry: createRegistry(), log: createLogger({ level: 'silent' }), pageSize: 200 },
  });
  server.removeAllListeners('upgrade');
  server.on('upgrade', large.upgrade.bind(large));
  const socket = await open('after=0');
  socket.pause();
  log.answer();
  const sent = await waitFor('more than the kernel takes', () => log.asked === 0);
  expect(sent).toBe(true);
  socket.resume();
  await waitFor('all', () => {
    log.answer();
    return received.length >= 100;
  });
  expect(received).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  large.stop();
});

test('a client that reads nothing answers no ping: it is slow, not silent, and told where to resume', async () => {
  const args = Array.from({ length: 64 }, () => 'x'.repeat(4096));
  const process = { ...(makeAlert(0).process ?? { pid: 0, exe: '', uid: 0, cwd: '', ancestors: [] }), args };
  for (let alert = 0; alert < 100; alert += 1) log.alerts[alert] = { ...log.add(), process };
  const registry = createRegistry();
  const large = new Feed({
    ...{ alerts: log, registry, log: createLogger({ level: 'silent' }), pageSize: 200, pingMs: 50 },
  });
  server.removeAllListeners('upgrade');
  server.on('upgrade', large.upgrade.bind(large));
  const socket = await open('after=0');
  let [code, last] = [0, ''];
  socket.on('close', (was: number) => {
    code = was;
  });
  socket.on('message', (data: Buffer) => {
    last = data.toString('utf8', 0, 200);
  });
  socket.pause();
  log.answer();
  await waitFor('the drop', async () => /feed_dropped_total\{reason="slow"\} 1/.test(await registry.metrics()));
  socket.resume();
  await waitFor('the end', () => code !== 0);
  expect([code, JSON.parse(last)]).toMatchObject([1013, { type: 'lag', reason: 'slow', seq: received.length - 1 }]);
  large.stop();
});

test('every type of message is a kind that can be asked for', () => {
  const kinds = ['alert', 'incident', 'node', 'posture', 'lag'];
  expect(parseFeedFilter(new URLSearchParams({ kind: kinds.join(',') }))).toMatchObject({ kinds });
  expect(parseFeedFilter(new URLSearchParams('kind=lag'))).toMatchObject({ kinds: ['lag'] });
  expect(parseFeedFilter(new URLSearchParams('kind=alert,nothing'))).toMatchObject({ parameter: 'kind' });
});
