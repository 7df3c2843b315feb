import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import { CollectorStore } from '../../src/store/collector-store.ts';
import { makeAlert } from '../support/alerts.ts';
import { waitFor } from '../support/wait.ts';
import { getJson, Harness, metric } from './collector/harness.ts';

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});
afterEach(() => harness.end());

async function run(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const [out, err]: string[][] = [[], []];
  const terminal = { out: (line: string) => void out?.push(line), err: (line: string) => void err?.push(line) };
  const status = await runProgram(args, { terminal, env: {}, stop: new AbortController().signal });
  return { status, out: (out ?? []).join('\n'), err: (err ?? []).join('\n') };
}

/** A collector with ten alerts. */
async function collecting(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const running = await harness.collector();
  const outbox = harness.outbox(running.url);
  for (let number = 1; number <= 10; number += 1)
    outbox.push(makeAlert(number, { severity: number % 2 === 0 ? 'critical' : 'warning' }));
  await waitFor('the outbox to drain', () => outbox.depth() === 0);
  await outbox.stop();
  return running;
}

test('verify asks the collector, or reads the file, and finds what was changed in it', async () => {
  const { directory } = harness;
  const store = `sqlite:${join(directory, 'collector.db')}`;
  const running = await collecting();
  const asked = await run('verify', '--state', directory);
  expect(asked).toMatchObject({
    status: 0,
    out: expect.stringMatching(
      /http:.*: the chain is whole: 10 alerts\.\nIt ends at 10:[0-9a-f]{64}\nThe audit trail is whole: 0 records\.$/,
    ),
  });
  const head = /\d+:[0-9a-f]{64}/.exec(asked.out)?.[0] ?? '';
  expect((await run('verify', '--state', directory, '--head', head)).status).toBe(0);
  const { items } = (await getJson(`${running.url}/api/v1/alerts`)) as {
    items: readonly { seq: number; hash: string }[];
  };
  const third = items.find(({ seq }) => seq === 3)?.hash ?? '';
  for (const where of [
    ['--state', directory],
    ['--store', store],
  ]) {
    expect((await run('verify', ...where, '--head', `3:${third}`)).status).toBe(0);
    expect((await run('verify', ...where, '--head', `3:${'0'.repeat(64)}`)).status).toBe(1);
    expect((await run('verify', ...where, '--head', `11:${third}`)).status).toBe(1);
  }
  expect(await run('verify', '--head', 'x')).toMatchObject({ status: 2, err: expect.stringMatching(/--head/) });
  expect(JSON.parse((await run('verify', '--store', store, '--json')).out)).toMatchObject({
    ...{ whole: true, alerts: 10, removed: 0, end: { seq: 10 } },
  });

  const sqlite = new BetterSqlite(join(directory, 'collector.db'));
  sqlite.exec("UPDATE alerts SET alert = replace(alert, 'nginx', 'ngnix') WHERE seq = 7");
  const found = { status: 1, out: expect.stringMatching(/broken at alert 7 \(hash\).*\n6 alerts before it are whole/) };
  expect(await run('verify', '--state', directory)).toMatchObject(found);
  await running.stop();
  // Nobody answers any more: the file in the state directory is read.
  expect(await run('verify', '--state', directory)).toMatchObject(found);
  sqlite.exec(
    "UPDATE alerts SET alert = replace(alert, 'ngnix', 'nginx') WHERE seq = 7; DELETE FROM alerts WHERE seq = 10",
  );
  sqlite.close();
  const cut = JSON.parse((await run('verify', '--store', store, '--json')).out) as object;
  expect(cut).toMatchObject({ whole: false, alerts: 9, fault: { seq: 10, what: 'truncated' } });
  await harness.collector();
  expect(harness.lines.some((line) => line.includes('not as it was left'))).toBe(true);
});

test('backup copies the store of a running collector; the copy is verified, and serves', async () => {
  const { directory } = harness;
  const { url } = await collecting();
  const elsewhere = mkdtempSync(join(tmpdir(), 'anchorwatch-'));
  harness.defer(() => rmSync(elsewhere, { recursive: true, force: true }));
  const file = join(elsewhere, 'copy.db');
  const made = await run('backup', '--state', directory, file);
  expect(made).toMatchObject({
    status: 0,
    out: expect.stringMatching(/copy\.db: 10 alerts, checked; the chain ends at 10:/),
  });
  expect(await run('verify', '--store', `sqlite:${file}`)).toMatchObject({ status: 0 });
  expect(await run('backup', '--state', directory, file)).toMatchObject({
    status: 1,
    err: expect.stringMatching(/is there already/),
  });
  expect(await metric(url, 'anchorwatch_store_chain_fault')).toBe(0);
  const store = await CollectorStore.open(file);
  expect(await store.list({ limit: 3 })).toMatchObject([{ seq: 10 }, { seq: 9 }, { seq: 8 }]);
  await store.close();
});

test('counts alerts by workload, severity, dimension and node', async () => {
  const { url } = await collecting();
  const counts = (query: string): Promise<Record<string, unknown>> => getJson(`${url}/api/v1/alerts/counts?${query}`);
  expect(await counts('by=workload')).toEqual({
    ...{ by: 'workload', alerts: 10, values: 1, items: [{ value: 'w-web', name: 'shop/web', alerts: 10 }] },
  });
  expect(await counts('by=severity&since=2026-11-23T02:00:00Z&until=2026-11-23T02:00:00.006Z')).toMatchObject({
    since: '2026-11-23T02:00:00.000Z',
    items: [
      { value: 'warning', alerts: 3 },
      { value: 'critical', alerts: 2 },
    ],
  });
  expect(await counts('by=node&severity=critical&workload=shop/web')).toMatchObject({
    items: [{ value: 'worker-3', alerts: 5 }],
  });
  expect(await counts('by=dimension&since=1h')).toMatchObject({ alerts: expect.any(Number) });
  expect(await counts('by=colour')).toMatchObject({ status: 400, code: 'query.invalid', parameter: 'by' });
  expect(await counts('')).toMatchObject({ status: 400, parameter: 'by' });
  expect(await counts('by=node&after=1.1')).toMatchObject({ status: 400, parameter: 'after' });
});

test('retention removes what is too old, says so in its metrics, and the chain stays whole', async () => {
  const running = await collecting();
  await running.stop();
  const { url } = await harness.collector({ retentionMs: 1 });
  await waitFor(
    'the alerts to be removed',
    async () => (await metric(url, 'anchorwatch_store_rows_removed_total{table="alerts",reason="age"}')) === 10,
  );
  await waitFor('the size', async () => ((await metric(url, 'anchorwatch_store_size_bytes')) ?? 0) > 10_000);
  expect(await getJson(`${url}/api/v1/alerts`)).toEqual({ items: [] });
  expect(await run('verify', '--state', harness.directory)).toMatchObject({
    status: 0,
    out: expect.stringMatching(/whole: 0 alerts\.\nRetention removed 10 alerts before them\.\nIt ends at 10:/),
  });
});
