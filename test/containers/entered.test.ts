import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { engineMissing } from '../support/requirements.ts';
import { waitFor } from '../support/wait.ts';
import { type Engine, startEngine } from './engine.ts';
import { type Product, startProduct } from './product.ts';

let engine: Engine;
let product: Product;

const missing = engineMissing();

beforeEach((context) => {
  if (missing !== undefined) context.skip(missing);
});
beforeAll(async () => {
  if (missing !== undefined) return;
  engine = await startEngine();
  product = await startProduct(engine.host, ['--slice', '1s', '--startup', '2s']);
}, 120_000);
afterAll(async () => {
  await product?.stop();
  await engine?.stop();
}, 120_000);

/** Keys of what a container's workload, which is its own, is known to execute. */
async function executed(name: string): Promise<readonly string[]> {
  const { items } = await product.get<{ items: { id: string; name: string }[] }>('/api/v1/workloads');
  const id = items.find((workload) => workload.name.endsWith(`/${name}`))?.id;
  if (id === undefined) return [];
  const { features = [] } = await product.get<{ features?: { dimension: string; key: string }[] }>(
    `/api/v1/workloads/${id}/profile`,
  );
  return features.flatMap(({ dimension, key }) => (dimension === 'exec' ? [key] : []));
}

test('nsenter on the node passes the engine by: an alert that says who; docker exec and its forks are not told as such', async () => {
  const image = await engine.busyboxImage();
  for (const name of ['served', 'visited']) {
    await engine.cli('run', '-d', '--name', name, image, 'sleep', '600');
    await waitFor('the start', () => new RegExp(`"container":"${name}"[^\n]*container watched`).test(product.log()));
  }
  const twice = '(/bin/sh -c "/bin/env /bin/true; :" &) & /bin/env /bin/id; :';
  await Promise.all(Array.from({ length: 5 }, () => engine.cli('exec', 'served', '/bin/sh', '-c', twice)));
  const pid = await engine.cli('inspect', '-f', '{{.State.Pid}}', 'visited');
  execFileSync('nsenter', ['-t', pid, '-m', '-p', '/bin/sh', '-c', twice], { stdio: 'ignore' });
  const alert = await waitFor('the alert', () =>
    product.alerts.find(({ rules }) => rules.includes('entered-from-outside')),
  );
  expect(alert.title).toMatch(/^nsenter started \/bin\/busybox sh, from outside of the container, in /);
  expect(alert.process?.ancestors[0]?.exe).toMatch(/\/nsenter$/);
  const keys = await waitFor('what docker exec ran', async () => {
    const found = await executed('served');
    return found.some((key) => key.includes('busybox true')) && found;
  });
  expect(keys).toContain('runtime > /bin/busybox sh');
  expect(keys.filter((key) => key.includes('outside'))).toEqual([]);
  const told = product.alerts.filter(({ rules }) => rules.includes('entered-from-outside'));
  expect(new Set(told.map(({ container }) => container.name))).toEqual(new Set(['visited']));
}, 60_000);
