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
    expect(outcome.refusedBy).toMatchObject({
      seccomp: expect.arrayContaining(['trace a process', 'a program in memory']) as unknown,
      capabilities: ['a raw socket', 'a device', 'a changed root'],
      'read-only root': ['a file below /etc'],
      'network policy': ['a connection elsewhere'],
    });
  },
  120_000,
);

interface Piece {
  readonly subject: string;
  readonly outcome: string;
  readonly note: string;
  readonly evidence: readonly string[];
  readonly samples: { readonly steady: number };
}

async function cli(...args: readonly string[]): Promise<readonly unknown[]> {
  const program = join(import.meta.dirname, '../../bin/anchorwatch.mjs');
  const { stdout } = await run(process.execPath, [program, ...args, '--collector', product.url]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

test('the advice says what the containers of the trial never needed', async () => {
  // The collector is told of a workload half a minute to a minute after it was seen first, and how it is made within seconds.
  const { items } = await waitFor(
    'the API to have heard of it',
    async () => {
      const answer = await product.get<{ items?: readonly Piece[] }>('/api/v1/workloads/nginx/advice');
      return answer.items?.some(({ outcome }) => outcome === 'tighten') === true ? { items: answer.items } : undefined;
    },
    90_000,
  );
  const of = (subject: string): Piece | undefined => items.find((one) => one.subject === subject);
  expect(of('capabilities')).toMatchObject({
    outcome: 'tighten',
    evidence: expect.arrayContaining(['SETFCAP', 'AUDIT_WRITE']) as unknown,
  });
  // The attacks before have written below /etc: whether that is known by now decides between the two.
  expect(['tighten', 'fits']).toContain(of('read-only-root')?.outcome);
  expect(of('programs')).toMatchObject({
    outcome: 'tighten',
    note: expect.stringMatching(/^\d+ of \d+ programs \(.* MiB\) were never executed; of \d+ packages/u) as unknown,
  });
  expect(of('programs')?.evidence.join()).not.toMatch(/package nginx/u);
  expect(of('programs')?.samples.steady).toBeGreaterThan(10);
  expect(of('network')).toMatchObject({ outcome: 'tighten' });
  expect(await cli('profile', 'advice', 'nginx', '--json')).toEqual(items);

  const file = join(directory, 'inspect.json');
  writeFileSync(file, await engine.cli('inspect', 'nginx'));
  const inspected = (await cli('profile', 'advice', 'nginx', '--inspect', file, '--json')) as readonly Piece[];
  expect(inspected.find(({ subject }) => subject === 'capabilities')?.evidence).toEqual(of('capabilities')?.evidence);
}, 120_000);

test('findings of the practices carry the advice, and what is unused is one of its own', async () => {
  interface Finding {
    readonly check: string;
    readonly result: string;
    readonly note: string;
    readonly node: string;
    readonly advice?: Piece;
  }
  const found = await waitFor(
    'findings of the workload',
    async () => {
      const { items } = await product.get<{ items: readonly Finding[] }>('/api/v1/posture?workload=nginx&limit=1000');
      const unused = items.find(({ check }) => check === 'unused-capabilities');
      return unused === undefined || items.every(({ advice }) => advice === undefined) ? undefined : items;
    },
    120_000,
  );
  expect(found.find(({ check }) => check === 'root-filesystem')).toMatchObject({
    result: 'fail',
    advice: { subject: 'read-only-root' },
  });
  for (const check of ['unused-capabilities', 'unused-programs', 'unused-network'])
    expect(found.find((one) => one.check === check)).toMatchObject({
      ...{ result: 'warn', node: '*' },
      note: expect.stringMatching(/starts and \d+ samples, coverage/u) as unknown,
    });
}, 150_000);
