import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { AnchorwatchError } from '../../src/lib/errors.ts';
import { replayed } from '../recordings/expected.ts';
import { engineMissing } from '../support/requirements.ts';
import { waitFor } from '../support/wait.ts';
import { type Engine, startEngine } from './engine.ts';
import { type Product, startProduct } from './product.ts';

const missing = engineMissing();
const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-recording-'));
const path = join(directory, 'up.recording');
const options = ['--slice', '1s', '--startup', '2s', '--record', path];
let engine: Engine;
let product: Product;

beforeEach((context) => {
  if (missing !== undefined) context.skip(missing);
});
beforeAll(async () => {
  if (missing !== undefined) return;
  engine = await startEngine();
  product = await startProduct(engine.host, options);
}, 300_000);
afterAll(async () => {
  await product?.stop();
  await engine?.stop();
  rmSync(directory, { recursive: true, force: true });
}, 120_000);

/** What a replay of the recording would say; nothing as long as not even its first line is written through. */
async function alertsSoFar(): Promise<Awaited<ReturnType<typeof replayed>>['alerts']> {
  try {
    return (await replayed(path)).alerts;
  } catch (error) {
    if (error instanceof AnchorwatchError && error.code === 'recording.foreign') return [];
    throw error;
  }
}

test('what an agent records beside its work is there after kill -9, and says what the agent said', async () => {
  const script = 'while :; do cat /etc/passwd > /dev/null; sleep 0.2; [ -e /tmp/go ] && cat /etc/shadow; done';
  await engine.cli('run', '-d', '--name', 'recorded', await engine.busyboxImage(), 'sh', '-c', script);
  await waitFor('the container to be watched', () => product.log().includes('"container":"recorded"'), 30_000);
  await engine.cli('exec', 'recorded', 'touch', '/tmp/go');
  const shadow = ({ key }: { readonly key: string }): boolean => key === '/etc/shadow';
  const told = await waitFor('the alert', () => product.alerts.find(shadow), 30_000);
  // It is written through about once a second, and can be read meanwhile; before the first time there is nothing in it.
  await waitFor('the recording', async () => (await alertsSoFar()).some(shadow), 30_000);
  await product.kill('SIGKILL');
  const { alerts, summary } = await replayed(path);
  const { title, score, evidence } = alerts.find(shadow) ?? {};
  expect({ title, score, evidence }).toEqual({ title: told.title, score: told.score, evidence: told.evidence });
  expect(summary).toMatchObject({ broken: 0, failed: 0, shed: 0, torn: 'it has no end' });

  // The same file again: the agent says that it does not record, and watches.
  product = await startProduct(engine.host, options, product.state);
  expect(product.log()).toContain('nothing is recorded');
  expect((await replayed(path)).alerts).toEqual(alerts);
});
