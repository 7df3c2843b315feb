import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { query } from '../recordings/clients.ts';
import { engineMissing } from '../support/requirements.ts';
import { waitFor } from '../support/wait.ts';
import { type Engine, startEngine } from './engine.ts';
import { type Product, startProduct } from './product.ts';

const missing = engineMissing();
const timing = ['--slice', '1s', '--startup', '2s'];
const database = [
  ...['/usr/lib/postgresql/15/bin/postgres', '-D', '/var/lib/postgresql/15/main', '-c', 'listen_addresses=*'],
  ...[
    '-c',
    'config_file=/etc/postgresql/15/main/postgresql.conf',
    '-c',
    'hba_file=/etc/open_hba.conf',
    '-c',
    'ssl=off',
  ],
];

interface Served {
  readonly name: string;
  readonly samples: { readonly steady: number };
  readonly dimensions: readonly { readonly dimension: string; readonly coverage: number }[];
  readonly priors?: readonly {
    readonly source: string;
    readonly name: string;
    readonly samples: { readonly steady: number };
  }[];
}

let engine: Engine;
/** Two agents that know nothing yet, and watch the same containers. */
let [withStarters, without]: Product[] = [];

beforeEach((context) => {
  if (missing !== undefined) context.skip(missing);
});
beforeAll(async () => {
  if (missing !== undefined) return;
  engine = await startEngine();
  // It has nginx too.
  const image = await engine.debianImage('postgresql');
  await engine.cli('tag', image, 'nginx:1');
  const open = await engine.withFile(image, '/etc/open_hba.conf', 'host all all all trust\n');
  await engine.cli('tag', open, 'shop/orders:1');
  withStarters = await startProduct(engine.host, timing);
  without = await startProduct(engine.host, [...timing, '--starter', 'off']);
  await engine.cli('run', '-d', '--init', '--name', 'web', 'nginx:1', '/usr/sbin/nginx', '-g', 'daemon off;');
  await engine.cli('run', '-d', '--name', 'orders', '--user', 'postgres', 'shop/orders:1', ...database);
}, 300_000);
afterAll(async () => {
  await withStarters?.stop();
  await without?.stop();
  await engine?.stop();
}, 120_000);

async function workload(product: Product | undefined, name: string): Promise<Served | undefined> {
  const { items = [] } = (await product?.get<{ items: readonly Served[] }>('/api/v1/workloads')) ?? {};
  return items.find((one) => one.name === name);
}

const address = (name: string): Promise<string> => engine.cli('inspect', '-f', '{{.NetworkSettings.IPAddress}}', name);

test('the first behaviour of programs with a starter raises nothing, and what is known of them is shown', async () => {
  const web = await address('web');
  await waitFor(
    'nginx to serve',
    () =>
      fetch(`http://${web}/`).then(
        ({ ok }) => ok,
        () => false,
      ),
    30_000,
  );
  const orders = await address('orders');
  await waitFor(
    'postgres to serve',
    () =>
      query(orders, 'SELECT 1').then(
        () => true,
        () => false,
      ),
    60_000,
  );
  const seen = await waitFor(
    'samples',
    async () => {
      const found = await workload(withStarters, 'nginx/web');
      return found !== undefined && found.samples.steady >= 5 && found;
    },
    60_000,
  );
  expect(withStarters?.alerts).toEqual([]);
  expect(seen.priors).toMatchObject([{ source: 'starter', samples: { steady: expect.closeTo(9.5, 0) as number } }]);
  expect(seen.priors?.[0]?.name).toMatch(/^nginx \d{4}-/);
  expect(seen.dimensions.find(({ dimension }) => dimension === 'net.listen')?.coverage).toBeGreaterThan(0.9);
  // Its image is not called after it: less counts.
  expect((await workload(withStarters, 'shop/orders'))?.priors?.[0]).toMatchObject({ source: 'starter' });
  expect(await workload(without, 'nginx/web')).not.toHaveProperty('priors');
}, 180_000);

test('a shell from the database is told the same with a starter and without', async () => {
  await query(await address('orders'), "CREATE TABLE loot (t text); COPY loot FROM PROGRAM 'cat /etc/passwd'");
  const [told, plain] = await Promise.all(
    [withStarters, without].map((product) =>
      waitFor('the shell', () => product?.alerts.find(({ rules }) => rules.includes('shell-from-service')), 30_000),
    ),
  );
  const { dimension, key, rules, suspicion } = plain ?? {};
  expect(told).toMatchObject({ dimension, key, rules, suspicion });
  expect(told?.score).toBeGreaterThanOrEqual(plain?.score ?? 0);
  expect(told?.evidence.note).toMatch(/by the weight of the starter postgres \d{4}-/);
  expect(plain?.evidence.note).not.toContain('starter');
}, 60_000);
