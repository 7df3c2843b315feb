import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { engineMissing } from '../support/requirements.ts';
import { waitFor } from '../support/wait.ts';
import { type Engine, startEngine } from './engine.ts';
import { ExportTrial } from './export-trial.ts';
import { type Product, startProduct } from './product.ts';

const missing = engineMissing();
const run = promisify(execFile);

let engine: Engine;
let product: Product;
let trial: ExportTrial;
let directory: string;

beforeEach((context) => {
  if (missing !== undefined) context.skip(missing);
});
beforeAll(async () => {
  if (missing !== undefined) return;
  directory = mkdtempSync(join(tmpdir(), 'anchorwatch-exports-'));
  engine = await startEngine();
  product = await startProduct(engine.host, [
    ...['--syscalls', 'all', '--slice', '1s', '--startup', '2s', '--starter', 'off'],
  ]);
  trial = new ExportTrial(engine, product, directory);
  await trial.learn(['nginx', 'redis'], 12_000);
}, 300_000);
afterAll(async () => {
  trial?.stop();
  await product?.stop();
  await engine?.stop();
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
}, 120_000);

test.each(['nginx', 'redis'])(
  '%s serves on with what was exported applied, and what it never did is refused',
  async (name) => {
    const outcome = await trial.apply(name);
    expect(outcome.said).toMatchObject({ kind: 'seen' });
    expect(outcome.served, outcome.log).toMatchObject({ failed: 0 });
    expect(outcome.served.answered).toBeGreaterThan(20);
    for (const { attack, before, after } of outcome.attacks) {
      expect(`${attack}: ${before}`).toBe(`${attack}: done`);
      expect(`${attack}: ${after}`).toBe(`${attack}: refused`);
    }
  },
  120_000,
);

test('the advice says what the container of the trial never needed', async () => {
  // The collector is told of a workload half a minute to a minute after it was seen first.
  const { items } = await waitFor(
    'the API to have heard of it',
    async () => {
      const answer = await product.get<{ items?: readonly { subject: string }[] }>('/api/v1/workloads/nginx/advice');
      return answer.items === undefined ? undefined : { items: answer.items };
    },
    90_000,
  );
  const file = join(directory, 'inspect.json');
  writeFileSync(file, await engine.cli('inspect', 'nginx'));
  const { stdout } = await run(process.execPath, [
    ...[
      join(import.meta.dirname, '../../bin/anchorwatch.mjs'),
      'profile',
      'advice',
      'nginx',
      '--inspect',
      file,
      '--json',
    ],
    ...['--collector', product.url],
  ]);
  const advice = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { subject: string; outcome: string; evidence: readonly string[] });
  expect(advice.find(({ subject }) => subject === 'capabilities')).toMatchObject({
    outcome: 'tighten',
    evidence: expect.arrayContaining(['SETFCAP', 'AUDIT_WRITE']) as unknown,
  });
  expect(items.map(({ subject }) => subject)).toEqual(advice.map(({ subject }) => subject));
}, 120_000);
