import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engineMissing } from '../support/requirements.ts';
import { mountTinyDisk } from '../support/tiny-disk.ts';
import type { TinyDisk } from '../support/tiny-disk.ts';
import { waitFor } from '../support/wait.ts';
import { type Engine, startEngine } from './engine.ts';
import { type Command, followAlerts, type Product, type SeenAlert, spawnCommand, startCommand } from './product.ts';
import { startProduct } from './product.ts';

/** How long the engine stays away. The full minute is for releases: ANCHORWATCH_LONG=1. */
const awayMs = process.env['ANCHORWATCH_LONG'] === '1' ? 60_000 : 10_000;
const options = ['--slice', '1s', '--startup', '2s'] as const;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

let engine: Engine;
let scratch = '';
let image = '';

const missing = engineMissing();

beforeEach((context) => {
  if (missing !== undefined) context.skip(missing);
});
beforeAll(async () => {
  if (missing !== undefined) return;
  scratch = mkdtempSync(join(tmpdir(), 'anchorwatch-outage-'));
  engine = await startEngine({ liveRestore: true });
  image = await engine.busyboxImage();
}, 300_000);
afterAll(async () => {
  await engine?.stop();
  if (scratch !== '') rmSync(scratch, { recursive: true, force: true });
}, 120_000);

/** A container that does what it is ordered to, without the engine's help. */
async function startServant(name: string): Promise<void> {
  const directory = join(scratch, name);
  mkdirSync(directory);
  spawnSync('mkfifo', [join(directory, 'orders')]);
  // Opened for both ways, it never ends: between two orders there is no writer.
  const loop = 'exec 3<> /orders/orders; while read order <&3; do [ "$order" = end ] && exit 0; eval "$order"; done';
  await engine.cli('run', '-d', '--name', name, '-v', `${directory}:/orders`, image, '/bin/sh', '-c', loop);
}

/** Gives an order, as soon as the container listens. */
async function order(name: string, command: string): Promise<void> {
  const pipe = await waitFor(`${name} to listen`, () => {
    try {
      return openSync(join(scratch, name, 'orders'), constants.O_WRONLY | constants.O_NONBLOCK);
    } catch {
      return undefined;
    }
  });
  writeSync(pipe, `${command}\n`);
  closeSync(pipe);
}

/** A program that was not in the image: an alert with `key` in any workload, at any time. */
const drop = (name: string, program: string): Promise<void> =>
  order(name, `cp /bin/busybox /tmp/${program} && /tmp/${program} true`);

const alertOf = (alerts: readonly SeenAlert[], name: string, key: string): Promise<SeenAlert> =>
  waitFor(`the alert ${key} of ${name}`, () =>
    alerts.find((alert) => alert.container.name === name && alert.key.includes(key)),
  );

const count = (log: string, pattern: RegExp): number => log.split('\n').filter((line) => pattern.test(line)).length;

/** Sum of a metric over all its labels that contain `label`. */
async function metric(url: string, name: string, label = ''): Promise<number> {
  const lines = (await (await fetch(`${url}/metrics`)).text()).split('\n');
  return lines
    .filter((line) => line.startsWith(name) && line.includes(label))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

describe('the container engine', () => {
  const absent = /no container engine answers/;
  const connected = /container engine connected/;
  let product: Product;

  beforeAll(async () => {
    if (missing !== undefined) return;
    await startServant('servant');
    await startServant('leaver');
    await engine.suspend();
    product = await startProduct(engine.host, options);
  }, 120_000);
  afterAll(() => product?.stop());

  test('that is absent at the start is missed in one line with the remedy; what it runs is watched when it appears', async () => {
    await waitFor('the line', () => absent.test(product.log()));
    const line =
      product
        .log()
        .split('\n')
        .find((one) => absent.test(one)) ?? '';
    expect(JSON.parse(line)).toMatchObject({ code: 'engine.unreachable', engine: engine.host });
    expect(line).toMatch(/start it, or name another with --docker-host; trying again/);
    expect(await metric(product.url, 'anchorwatch_node_up')).toBe(1);

    await engine.resume();
    await waitFor('the connection', () => connected.test(product.log()), 20_000);
    expect(count(product.log(), absent)).toBe(1);
    await startServant('newcomer');
    for (const name of ['servant', 'leaver', 'newcomer']) {
      await order(name, 'cat /etc/shadow > /dev/null');
      await alertOf(product.alerts, name, '/etc/shadow');
    }
  }, 60_000);

  test(
    `that goes away for ${awayMs / 1000} s: what runs is watched on, its events are followed again, nothing is lost`,
    async () => {
      const watched = count(product.log(), /container watched/);
      await engine.suspend();
      await waitFor('the loss', () => /went away; what is known stays watched/.test(product.log()));
      const awaySince = Date.now();

      await drop('servant', 'first');
      await alertOf(product.alerts, 'servant', '/tmp/first');
      await order('leaver', 'end');
      await sleep(awaySince + awayMs - Date.now());
      await drop('newcomer', 'second');
      const second = await alertOf(product.alerts, 'newcomer', '/tmp/second');
      expect(second.receivedMs).toBeGreaterThanOrEqual(awaySince + awayMs);

      await engine.resume();
      await waitFor('the connection', () => count(product.log(), connected) === 2, 20_000);
      // Its end is the engine's to tell: the empty cgroup is removed by it.
      await waitFor('the end of a container', async () => {
        const items = await product.get<{ items: { name: string; containers: number }[] }>('/api/v1/workloads');
        return items.items.find(({ name }) => name.endsWith('/leaver'))?.containers === 0;
      });
      await engine.cli('cp', '/etc/hostname', 'servant:/tmp/hostname');
      await startServant('late');
      await drop('late', 'third');
      await alertOf(product.alerts, 'late', '/tmp/third');
      await drop('servant', 'fourth');
      await alertOf(product.alerts, 'servant', '/tmp/fourth');
      const { items } = await product.get<{ items: { id: string; name: string }[] }>('/api/v1/workloads');
      const servant = items.find(({ name }) => name.endsWith('/servant'))?.id ?? '';
      await waitFor('the event of the engine', async () => {
        const { features } = await product.get<{ features: { key: string }[] }>(`/api/v1/workloads/${servant}/profile`);
        return features.some(({ key }) => key === 'archive:in');
      });

      // Known all the time: they were not taken for new ones, and nothing was told twice.
      expect(count(product.log(), /container watched/)).toBe(watched + 1);
      const keys = product.alerts.map(({ container, key }) => `${container.name} ${key}`);
      expect(keys).toHaveLength(new Set(keys).size);
      expect(count(product.log(), /went away/)).toBe(1);
      const lost = (await product.metrics())
        .split('\n')
        .filter((line) => line.startsWith('anchorwatch_sensor_lost_total') && !line.endsWith(' 0'));
      expect(lost).toEqual([]);
    },
    awayMs + 60_000,
  );
});

test('an engine that takes connections and never answers is missed like one that is absent', async () => {
  const socket = join(scratch, 'silent.sock');
  const server: Server = createServer(() => undefined);
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve);
  });
  let product: Product | undefined;
  try {
    product = await startProduct(`unix://${socket}`);
    expect(product.log()).toMatch(
      /no container engine answers at unix:[^ ]+silent\.sock \(silent for 10 s\): start it/,
    );
  } finally {
    await product?.stop();
    server.close();
  }
}, 60_000);

describe('an agent apart from its collector', () => {
  let disk: TinyDisk | string = '';
  let collector: Command;
  let agent: Command;
  let url = '';
  let feed: { readonly alerts: readonly SeenAlert[]; readonly close: () => void };
  let collectorArgs: readonly string[] = [];
  let agentArgs: readonly string[] = [];
  let tokenFile = '';

  const state = (): string => (typeof disk === 'string' ? '' : disk.path);

  beforeEach((context) => {
    if (missing === undefined && typeof disk === 'string') context.skip(disk);
  });
  beforeAll(async () => {
    if (missing !== undefined) return;
    disk = mountTinyDisk(16 << 20);
    if (typeof disk === 'string') return;
    const collectorState = join(scratch, 'collector');
    collectorArgs = ['collector', '--state', collectorState, '--listen', '127.0.0.1:0'];
    collector = await startCommand(collectorArgs);
    url = readFileSync(join(collectorState, 'listen'), 'utf8').trim();
    feed = await followAlerts(url);
    tokenFile = join(scratch, 'agent-token');
    writeFileSync(tokenFile, 'a-token-of-another-collector\n', { mode: 0o600 });
    const to = ['--collector', url.replace('http', 'ws'), '--token-file', tokenFile];
    agentArgs = ['agent', '--state', state(), '--docker-host', engine.host, ...to, ...options];
    agent = await startCommand(agentArgs);
    await startServant('apart');
  }, 120_000);
  afterAll(async () => {
    feed?.close();
    await agent?.kill('SIGTERM');
    await collector?.kill('SIGTERM');
    if (typeof disk !== 'string') disk.remove();
  }, 30_000);

  test('with a wrong token says so, keeps its alerts, and delivers them when the file is right and SIGHUP comes', async () => {
    await waitFor('the refusal', () => /does not accept the token; --token-file must hold/.test(agent.log()));
    await drop('apart', 'kept');
    await waitFor('the alert on the node', () => /started \/tmp\/kept/.test(agent.log()));
    expect(feed.alerts).toEqual([]);
    expect(await metric(url, 'anchorwatch_ingest_refused_total', 'unauthorized')).toBeGreaterThan(0);
    expect(await metric(url, 'anchorwatch_alerts_total')).toBe(0);
    expect(agent.log()).not.toContain('a-token-of-another-collector');

    writeFileSync(tokenFile, readFileSync(join(scratch, 'collector', 'agent-token')));
    process.kill(agent.pid, 'SIGHUP');
    const alert = await alertOf(feed.alerts, 'apart', '/tmp/kept');
    expect(alert.process?.exe).toBe('/tmp/kept');
    expect(count(agent.log(), /does not accept the token/)).toBe(1);
  });

  test('with a full disk goes on watching and delivering, counts what it could not write, and writes it when there is room', async () => {
    if (typeof disk === 'string') return;
    disk.fill();
    const full = [
      /the outbox cannot be written, alerts wait in memory: .*no space left/,
      /profiles could not be saved/,
    ];
    const dropped: string[] = [];
    // The files have some room of their own, which has to be used up first.
    while (!full.every((line) => line.test(agent.log()))) {
      const program = `full-${'abcdefghijklmnopqrstuvwxyz'.charAt(dropped.length)}`;
      expect(dropped.length).toBeLessThan(26);
      dropped.push(`/tmp/${program}`);
      await drop('apart', program);
      await alertOf(feed.alerts, 'apart', `/tmp/${program}`);
    }
    // Told when it begins and when it ends, not for every write between: a small write may still fit after a large one did not.
    const again = [/the outbox can be written again/, /the profiles can be saved again/];
    for (const [index, line] of full.entries())
      expect([0, 1]).toContain(count(agent.log(), line) - count(agent.log(), again[index] ?? line));
    await waitFor('the counters', async () => {
      const lost = 'anchorwatch_sensor_lost_total';
      return (
        (await metric(url, lost, 'hook="outbox",reason="store_failed"')) > 0 &&
        (await metric(url, lost, 'hook="profile",reason="store_failed"')) > 0
      );
    });
    expect(agent.status()).toBeUndefined();

    disk.free();
    await waitFor('the profiles to be saved', () => /the profiles can be saved again/.test(agent.log()));
    await drop('apart', 'roomy');
    await alertOf(feed.alerts, 'apart', '/tmp/roomy');
    await waitFor('the outbox to be written', () => /the outbox can be written again/.test(agent.log()));
    await waitFor('an empty outbox', async () => (await metric(url, 'anchorwatch_outbox_alerts')) === 0);
    const keys = feed.alerts.map(({ key }) => key);
    for (const program of dropped) expect(keys.filter((key) => key.includes(program))).toHaveLength(1);
  }, 60_000);

  test('whose profiles are damaged says so, moves them aside and watches with new ones', async () => {
    // Stopped in order: after a kill, sound copies of the pages stand in the write-ahead log and mend the file.
    await agent.kill('SIGTERM');
    const path = join(state(), 'profiles.db');
    const middle = Math.floor(statSync(path).size / 2);
    const content = readFileSync(path);
    writeFileSync(path, content.fill(0xff, middle));
    agent = await startCommand(agentArgs);
    const line =
      agent
        .log()
        .split('\n')
        .find((one) => one.includes('store.corrupt')) ?? '';
    expect(JSON.parse(line)).toMatchObject({ code: 'store.corrupt', aside: `${path}.damaged` });
    expect(line).toContain('It was moved aside, a new one begins');
    expect(existsSync(`${path}.damaged`)).toBe(true);
    await drop('apart', 'afresh');
    await alertOf(feed.alerts, 'apart', '/tmp/afresh');
  }, 60_000);

  test('a collector whose store is damaged refuses to start and names the file and the remedy', async () => {
    const store = join(scratch, 'damaged.db');
    writeFileSync(store, 'this is no database '.repeat(1000));
    const other = spawnCommand([...collectorArgs, '--state', join(scratch, 'other'), '--store', `sqlite:${store}`]);
    await waitFor('the end', () => other.status() !== undefined);
    expect(other.status()).toBe(1);
    expect(other.log()).toContain(
      `${store}: the file is damaged or not a database; move it away to start with a new one`,
    );
    expect(readFileSync(store, 'utf8')).toContain('this is no database');
  });
});
