import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engineMissing } from '../support/requirements.ts';
import { waitFor } from '../support/wait.ts';
import { type Engine, startEngine } from './engine.ts';
import { type Product, startProduct } from './product.ts';

const missing = engineMissing();
const network = 'aw-names';
let engine: Engine;
let product: Product;
let image = '';

beforeEach((context) => {
  if (missing !== undefined) context.skip(missing);
});
beforeAll(async () => {
  if (missing !== undefined) return;
  engine = await startEngine();
  image = await engine.busyboxImage();
  await engine.cli('network', 'create', network);
  product = await startProduct(engine.host, ['--slice', '1s', '--startup', '2s', '--capture', '4s']);
}, 300_000);
afterAll(async () => {
  await product?.stop();
  await engine?.stop();
}, 120_000);

async function run(name: string, script: string, ...flags: readonly string[]): Promise<void> {
  await engine.cli('run', '-d', '--name', name, ...flags, image, 'sh', '-c', script);
}

/** What a command of the product prints. */
async function commandLine(...args: readonly string[]): Promise<string> {
  const program = new URL('../../bin/anchorwatch.mjs', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args, '--state', product.state]);
  return stdout;
}

async function features(name: string): Promise<readonly { dimension: string; key: string; state: string }[]> {
  const { items } = await product.get<{ items: { id: string; name: string }[] }>('/api/v1/workloads');
  const id = items.find((workload) => workload.name === `anchorwatch-test/busybox/${name}`)?.id;
  if (id === undefined) return [];
  const { features: found } = await product.get<{ features?: { dimension: string; key: string; state: string }[] }>(
    `/api/v1/workloads/${id}/profile`,
  );
  return found ?? [];
}

describe('peers by name', () => {
  const database = 'while :; do nc -l -p 5432 < /dev/null > /dev/null; done';
  const has = (name: string, dimension: string, key: string): Promise<true> =>
    waitFor(
      `the feature ${dimension} ${key} of ${name}`,
      async () => (await features(name)).some((feature) => feature.dimension === dimension && feature.key === key),
      30_000,
    );

  test('the engine’s own resolver: a peer is its name, at whatever address', async () => {
    await run('store', database, '--network', network);
    await run('asker', 'while :; do echo | nc -w 1 store 5432; sleep 0.3; done', '--network', network);
    await has('asker', 'dns', 'store');
    await has('asker', 'net.out', 'store:5432/tcp');
    await has('store', 'net.listen', '5432/tcp from private');
    const address = (container: string): Promise<string> =>
      engine.cli('inspect', '-f', `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`, container);
    const first = await address('store');
    await engine.cli('rm', '-f', 'store');
    // Takes the address that is free now, so that the store comes back at another one.
    await run('squatter', 'sleep 600', '--network', network);
    await run('store', database, '--network', network);
    expect(await address('store')).not.toBe(first);
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    const peers = (await features('asker')).filter(({ dimension }) => dimension === 'net.out').map(({ key }) => key);
    expect(peers.filter((key) => key.includes(':5432/tcp') && !key.startsWith('store:'))).toEqual([]);
    expect(product.alerts.filter(({ container }) => container.name === 'asker')).toEqual([]);
  }, 90_000);
});

describe('captures', () => {
  interface Entry {
    readonly kind: string;
    readonly captured?: boolean;
    readonly path?: string;
    readonly action?: string;
    readonly process?: { readonly pid: number };
  }
  /** What the recorder holds of a container. */
  const history = async (container: string, more = ''): Promise<readonly Entry[]> =>
    (await product.get<{ items: readonly Entry[] }>(`/api/v1/history?container=${container}&limit=10000${more}`)).items;

  test('after an alert everything is recorded, what is known too, until it was quiet', async () => {
    await run(
      'reader',
      'echo x > /srv-data; while :; do read x < /srv-data; [ -e /go ] && rm /go && cp /bin/busybox /tmp/dropped && /tmp/dropped true; sleep 0.1; done',
    );
    await waitFor('the file to be known', async () =>
      (await features('reader')).some(({ key, state }) => key === '/srv-data' && state === 'known'),
    );
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const told = await history('reader');
    expect(told.filter(({ captured }) => captured === true)).toEqual([]);
    expect(told.find(({ kind }) => kind === 'container')).toMatchObject({ action: 'started' });
    expect(told.some(({ kind, path }) => kind === 'file' && path === '/srv-data')).toBe(true);
    await engine.cli('exec', 'reader', 'touch', '/go');
    await waitFor('the alert', () => product.alerts.find(({ key }) => key.includes('/tmp/dropped')));
    await waitFor('known behaviour in the capture', async () =>
      (await history('reader', '&path=/srv-data')).some(({ kind, captured }) => kind === 'file' && captured === true),
    );
    const dropped = (await history('reader', '&kind=exec')).find(({ path }) => path === '/tmp/dropped');
    const ofProcess = await history('reader', `&process=${String(dropped?.process?.pid)}`);
    expect(ofProcess.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['exec', 'exit', 'alert']));
    const lines = (await commandLine('history', '--container', 'reader', '--kind', 'exec,alert')).split('\n');
    expect(lines.some((line) => / exec {7}\/tmp\/dropped {2}\/tmp\/dropped true {2}by /.test(line))).toBe(true);
    await waitFor(
      'the end of the capture',
      () => /"container":"reader".*quiet again: recorded no more/.test(product.log()),
      20_000,
    );
    await waitFor('the capture to be counted', async () =>
      /anchorwatch_events_total\{[^}]*kind="captured"[^}]*\} [1-9]/.test(await product.metrics()),
    );
    const captured = async (): Promise<number> =>
      (await history('reader', '&kind=file')).filter((entry) => entry.captured === true).length;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const after = await captured();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(await captured()).toBe(after);
  }, 90_000);
});

test('a flood is told as a time of partial blindness, of this container and not of one that was still', async () => {
  const names = `l='a b c d e f g h i j k l m n o p q r s t u v w x y z'; for a in $l; do for b in $l; do for c in $l; do : > /etc/n/$a$b$c; done; done; done`;
  await run('still', 'sleep 600');
  await run('flood', `mkdir -p /etc/n; until [ -e /go ]; do sleep 0.1; done; ${names}; : > /done; sleep 600`);
  await waitFor('the container to be watched', () => /"container":"flood".*container watched/.test(product.log()));
  // Seen from outside, so that nobody has to enter the container.
  const root = `/proc/${await engine.cli('inspect', '-f', '{{.State.Pid}}', 'flood')}/root`;
  // 17,576 new names while nobody reads the ring, which holds some 9,000: however slow the machine is, some are lost.
  process.kill(product.pid, 'SIGSTOP');
  try {
    writeFileSync(`${root}/go`, '');
    await waitFor('the flood to end', () => existsSync(`${root}/done`), 60_000);
  } finally {
    process.kill(product.pid, 'SIGCONT');
  }
  const window = await waitFor(
    'the window of loss',
    async () => {
      const { items } = await product.get<{
        items: { reported?: { lossWindows: { container: string; count: number; hook: string }[] } }[];
      }>('/api/v1/nodes');
      return items[0]?.reported?.lossWindows.find(({ container, hook }) => container === 'flood' && hook === 'open');
    },
    60_000,
  );
  expect(window).toMatchObject({ container: 'flood', hook: 'open' });
  expect(window.count).toBeGreaterThan(0);
  const { blind } = await product.get<{ blind: { hook: string; container: { name: string } }[] }>(
    '/api/v1/history?container=flood&kind=exec',
  );
  expect(blind).toContainEqual(expect.objectContaining({ hook: 'open' }));
  expect(product.log()).toMatch(
    /partly blind for \d+\.\d s: \d+ records of flood could not be told \(open, (?:rate_limited|ring_full)\)/,
  );
  await waitFor('the figure of the container', async () =>
    /anchorwatch_container_records_lost_total\{[^}]*container="flood"[^}]*\} [1-9]/.test(await product.metrics()),
  );
  expect(await product.metrics()).toMatch(/anchorwatch_container_records_lost_total\{[^}]*container="still"[^}]*\} 0/);
}, 120_000);
