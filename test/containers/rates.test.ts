import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { rateNames } from '../../src/model/rate.ts';
import { engineMissing } from '../support/requirements.ts';
import { waitFor } from '../support/wait.ts';
import { type Engine, startEngine } from './engine.ts';
import { type Product, startProduct } from './product.ts';

interface Rate {
  readonly name: string;
  readonly usual: number;
}

const missing = engineMissing();
const network = 'aw-rates';
let engine: Engine;
let product: Product;

beforeEach((context) => {
  if (missing !== undefined) context.skip(missing);
});
beforeAll(async () => {
  if (missing !== undefined) return;
  engine = await startEngine();
  const image = await engine.busyboxImage();
  await engine.cli('network', 'create', network);
  product = await startProduct(engine.host, ['--slice', '1s', '--startup', '2s']);
  const run = (name: string, script: string, ...flags: readonly string[]): Promise<string> =>
    engine.cli('run', '-d', '--name', name, ...flags, image, 'sh', '-c', script);
  await run('store', 'while :; do nc -l -p 5432 < /dev/null > /dev/null; done', '--network', network);
  // Executes, asks and connects some five times a second, and is never idle.
  await run('asker', 'while :; do echo | nc -w 1 store 5432; usleep 200000; done', '--network', network);
  await run('guest', 'while :; do usleep 200000; done', '--network', 'host');
}, 300_000);
afterAll(async () => {
  await product?.stop();
  await engine?.stop();
}, 120_000);

async function rates(name: string): Promise<ReadonlyMap<string, number>> {
  const { items } = await product.get<{ items: { name: string; rates?: readonly Rate[] }[] }>('/api/v1/workloads');
  const found = items.find((workload) => workload.name === `anchorwatch-test/busybox/${name}`)?.rates ?? [];
  return new Map(found.map((rate) => [rate.name, rate.usual]));
}

test('what is usual is measured, each rate in its unit; what cannot be read is absent', async () => {
  const asker = await waitFor(
    'all rates of the asker',
    async () => {
      const found = await rates('asker');
      return (found.get('exec') ?? 0) > 1 ? found : undefined;
    },
    60_000,
  );
  const blind = rateNames.filter((name) => !asker.has(name));
  // Block devices may have no accounting here; everything else must be there.
  expect(blind.filter((name) => !name.startsWith('disk.'))).toEqual([]);
  for (const [name, least, most] of [
    ['cpu', 0.0001, 4],
    ['memory', 1, 1e9],
    ['pids', 1, 20],
    ['exec', 1, 50],
    ['connect', 0.5, 50],
    ['dns', 0.5, 100],
    ['net.transmit.bytes', 50, 1e7],
    ['net.transmit.packets', 1, 1e4],
  ] as const) {
    expect(asker.get(name), name).toBeGreaterThan(least);
    expect(asker.get(name), name).toBeLessThan(most);
  }
  const guest = await rates('guest');
  expect(guest.has('exec')).toBe(true);
  expect([...guest.keys()].filter((name) => name.startsWith('net.'))).toEqual([]);
  const metrics = await product.metrics();
  for (const name of ['execs', 'connects', 'dns_questions', 'network_transmit_packets'])
    expect(metrics).toMatch(new RegExp(`anchorwatch_container_${name}_total\\{[^}]*container="asker"[^}]*\\} [1-9]`));
});

test('anchorwatch profile show prints what is usual', () => {
  const bin = join(import.meta.dirname, '../../bin/anchorwatch.mjs');
  const args = ['profile', 'show', 'anchorwatch-test/busybox/asker', '--state', product.state];
  const shown = execFileSync(process.execPath, [bin, ...args], { encoding: 'utf8' });
  expect(shown).toMatch(/^exec +known .*\/bin\/busybox/m);
  expect(shown).toMatch(/^RATE +USUAL NOW +HIGHEST HELD +HALF HOURS$/m);
  expect(shown).toMatch(/^rate\.exec +[\d.]+\/s /m);
  const json = execFileSync(process.execPath, [bin, ...args, '--dimension', 'rate.cpu', '--json'], {
    encoding: 'utf8',
  });
  expect(JSON.parse(json)).toMatchObject({ dimension: 'rate.cpu', usual: expect.any(Number), samples: 0 });
});

test('a burst in a young workload is no news', async () => {
  await engine.cli('exec', 'asker', 'sh', '-c', 'for i in $(seq 2000); do true | cat > /dev/null; done');
  expect(product.alerts.filter(({ dimension }) => dimension.startsWith('rate.'))).toEqual([]);
});
