import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { auditEvent, eventList } from '../../support/audit-events.ts';
import { waitFor } from '../../support/wait.ts';
import { AccessHarness } from './access-harness.ts';
import { metric, token as sharedToken } from './harness.ts';

let harness: AccessHarness;
beforeEach(() => {
  harness = new AccessHarness();
});
afterEach(() => harness.end());

const route = 'POST /kubernetes/audit';
const secretListing = { verb: 'list', objectRef: { resource: 'secrets', namespace: 'shop', apiVersion: 'v1' } };

async function outcomes(url: string): Promise<Readonly<Record<string, number>>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const found = [...text.matchAll(/^anchorwatch_audit_events_total\{outcome="(\w+)"\} ([1-9]\d*)$/gmu)];
  return Object.fromEntries(found.map(([, outcome = '', count]) => [outcome, Number(count)]));
}

async function alerts(url: string, query = ''): Promise<readonly Record<string, unknown>[]> {
  const page = (await (await fetch(`${url}/api/v1/alerts${query}`)).json()) as { items: Record<string, unknown>[] };
  return page.items;
}

test('a batch is kept, in all stages and twice, and each request counts once', async () => {
  await harness.start();
  const stages = ['RequestReceived', 'ResponseStarted', 'ResponseComplete'].map((stage) => auditEvent(1, { stage }));
  // As the API server's client has it.
  expect(await harness.ask(`${route}?timeout=30s`, undefined, eventList([...stages, auditEvent(2)]))).toMatchObject({
    status: 200,
    body: { taken: 4 },
  });
  expect((await harness.ask(route, undefined, eventList(stages))).status).toBe(200);
  expect(await outcomes(harness.url)).toEqual({ learned: 1, known: 1, stage: 2, duplicate: 3 });
  expect(await metric(harness.url, 'anchorwatch_audit_users')).toBe(1);
  expect((await harness.ask(route, undefined, eventList([]))).body).toEqual({ taken: 0 });
});

test('a secret listing is an alert when the batch is answered, and what was listed is nowhere', async () => {
  await harness.start();
  const content = { items: [{ data: { password: 'aHVudGVyMg==' } }] };
  const event = auditEvent(1, { ...secretListing, level: 'RequestResponse', responseObject: content });
  expect((await harness.ask(route, undefined, eventList([event]))).status).toBe(200);
  expect(await alerts(harness.url, '?dimension=api')).toMatchObject([
    {
      title: 'system:serviceaccount:shop:web listed secrets in shop (web from 10.244.1.9)',
      workload: { name: 'system:serviceaccount:shop:web', kind: 'kubernetes-user' },
      container: { namespace: 'shop' },
      rules: expect.arrayContaining(['api-secrets-listed']) as unknown,
      techniques: ['T1552.007'],
    },
  ]);
  await harness.running?.stop();
  for (const file of readdirSync(harness.directory, { recursive: true, withFileTypes: true }))
    if (file.isFile())
      expect(readFileSync(join(file.parentPath, file.name)).includes('aHVudGVyMg'), file.name).toBe(false);
});

test('what is no batch is refused with what is wrong where; an event that cannot be read costs the others nothing', async () => {
  await harness.start();
  const problem = async (body: unknown): Promise<unknown> => (await harness.ask(route, undefined, body)).body;
  expect(await problem({ kind: 'Pod' })).toMatchObject({
    ...{ status: 400, code: 'audit.invalid', detail: 'kind must be "EventList"' },
  });
  expect(await problem(eventList([auditEvent(1), auditEvent(2, { stage: 'Done' }), { verb: 'get' }]))).toMatchObject({
    status: 400,
    detail:
      'items[1].stage must be one of RequestReceived, ResponseStarted, ResponseComplete, Panic, and 1 more events could not be read; ' +
      'the other 1 events are kept',
  });
  expect(await outcomes(harness.url)).toEqual({ invalid: 3, learned: 1 });
  expect(await harness.ask(`${route}?limit=1`, undefined, eventList([]))).toMatchObject({ status: 400 });
});

test('agents and operators may send batches, viewers and strangers may not; the audit trail of the API has none of it', async () => {
  await harness.start();
  const admin = await harness.makeToken('admin');
  const batch = eventList([auditEvent(1)]);
  const status = async (secret?: string): Promise<number> => (await harness.ask(route, secret, batch)).status;
  expect(await status(await harness.makeToken('agent'))).toBe(200);
  expect(await status(sharedToken)).toBe(200);
  expect(await status(await harness.makeToken('operator'))).toBe(200);
  expect(await status(await harness.makeToken('viewer'))).toBe(403);
  expect(await status()).toBe(401);
  expect(JSON.stringify((await harness.ask('GET /api/v1/audit', admin)).body)).not.toContain('/kubernetes/audit');
});

test('a batch of 9 MB is kept, one of 11 MB is refused', { timeout: 30_000 }, async () => {
  await harness.start();
  const padding = { annotations: { padding: 'x'.repeat(9000) } };
  const batch = (count: number): unknown =>
    eventList(Array.from({ length: count }, (_, number) => auditEvent(number, padding)));
  expect((await harness.ask(route, undefined, batch(980))).body).toEqual({ taken: 980 });
  expect(await harness.ask(route, undefined, batch(1200))).toMatchObject({ status: 413, body: { code: 'body.size' } });
});

test('one client has four batches under way, then it is told to come again; its place is free when it goes', async () => {
  await harness.start();
  const { port } = new URL(harness.url);
  const slow = Array.from({ length: 4 }, () => {
    const headers = { 'content-type': 'application/json', 'content-length': 100 };
    const request = httpRequest({ port, method: 'POST', path: '/kubernetes/audit', headers });
    request.on('error', () => undefined);
    request.write('{');
    return request;
  });
  harness.defer(() => slow.forEach((request) => request.destroy()));
  const ask = (): ReturnType<typeof harness.ask> => harness.ask(route, undefined, eventList([]));
  const refused = await waitFor('a refusal', async () => {
    const said = await ask();
    return said.status === 429 ? said : undefined;
  });
  expect(refused.body).toMatchObject({ code: 'audit.busy' });
  expect(refused.headers.get('retry-after')).toBe('1');
  slow[0]?.destroy();
  await waitFor('a free place', async () => (await ask()).status === 200);
});

test('what an operator accepts of a user is known from then on', async () => {
  await harness.start();
  const send = (number: number): ReturnType<typeof harness.ask> =>
    harness.ask(route, undefined, eventList([auditEvent(number, secretListing)]));
  await send(1);
  const [alert] = await alerts(harness.url);
  expect(await harness.ask(`POST /api/v1/alerts/${String(alert?.['id'])}/accept`)).toMatchObject({
    status: 200,
    body: { nodes: [] },
  });
  await send(2);
  expect(await outcomes(harness.url)).toEqual({ alerted: 1, known: 1 });
  const workload = 'system:serviceaccount:shop:web';
  const listed = (await harness.ask('GET /api/v1/workloads')).body['items'];
  expect(listed).toMatchObject([{ name: workload, kind: 'kubernetes-user', containers: 0, nodes: ['kubernetes-api'] }]);
  const known = (await harness.ask(`GET /api/v1/workloads/${workload}/profile`)).body['features'];
  expect(known).toMatchObject([{ key: 'list secrets in shop' }, { key: 'by web' }, { key: 'from 10.244.0.0/16' }]);
  expect(
    (await harness.ask(`POST /api/v1/workloads/${workload}/decisions`, undefined, { verdict: 'relearn' })).status,
  ).toBe(200);
  expect((await harness.ask('GET /api/v1/nodes')).body['items']).toEqual([]);
});

/** A collector that is killed and started again on the same files. */
class Killed {
  process: ChildProcess | undefined;

  async start(): Promise<string> {
    const child = join(import.meta.dirname, 'collector-child.ts');
    this.process = spawn(process.execPath, [child, harness.directory, '127.0.0.1:0', sharedToken], { stdio: 'ignore' });
    return waitFor(
      'the collector',
      async () => {
        try {
          const url = readFileSync(join(harness.directory, 'listen'), 'utf8');
          return (await fetch(`${url}/readyz`)).ok ? url : undefined;
        } catch {
          // It is not there yet.
          return undefined;
        }
      },
      20_000,
    );
  }

  async kill(): Promise<void> {
    const child = this.process;
    if (child === undefined) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
}

test(
  'kill -9 loses nothing of what was answered with 200, and doubles no alert that is sent again',
  { timeout: 60_000 },
  async () => {
    const collector = new Killed();
    harness.defer(() => collector.kill());
    const answered = new Set<number>();
    const batchSize = 50;
    // Each batch: a user of its own that lists secrets, among ordinary requests.
    const batch = (round: number): unknown =>
      eventList(
        Array.from({ length: batchSize }, (_, index) =>
          auditEvent(round * batchSize + index, {
            user: { username: `system:serviceaccount:shop:s${String(round)}` },
            ...(index === 7 ? secretListing : {}),
          }),
        ),
      );
    const send = async (url: string, round: number): Promise<void> => {
      try {
        const headers = { 'content-type': 'application/json' };
        const response = await fetch(`${url}/kubernetes/audit`, {
          method: 'POST',
          headers,
          body: JSON.stringify(batch(round)),
        });
        if (response.status === 200) answered.add(round);
      } catch {
        // It was killed: the API server would send the batch again.
      }
    };
    let round = 0;
    for (let kill = 0; kill < 3; kill += 1) {
      const url = await collector.start();
      const enough = answered.size + 8;
      const sending = (async () => {
        while (answered.size < enough) {
          await Promise.all([send(url, round), send(url, round + 1), send(url, round + 2)]);
          round += 3;
        }
      })();
      await sending;
      // In the middle of batches that are not answered yet.
      const last = Promise.all([send(url, round), send(url, round + 1), send(url, round + 2)]);
      await collector.kill();
      await last;
      round += 3;
    }
    const url = await collector.start();
    const listed = async (): Promise<readonly string[]> =>
      (await alerts(url, '?limit=1000')).map(({ workload }) => (workload as { name: string }).name).toSorted();
    const before = await listed();
    expect(new Set(before).size).toBe(before.length);
    for (const one of answered) expect(before).toContain(`system:serviceaccount:shop:s${String(one)}`);
    // Its profile is there too: what it did before is known.
    const ordinary = [...answered].map((one) =>
      auditEvent(900_000 + one, { user: { username: `system:serviceaccount:shop:s${String(one)}` } }),
    );
    const post = (body: unknown): Promise<Response> =>
      fetch(`${url}/kubernetes/audit`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await post(eventList(ordinary))).status).toBe(200);
    expect(await outcomes(url)).toEqual({ known: answered.size });
    for (let again = 0; again < round; again += 1) expect((await post(batch(again))).status).toBe(200);
    expect(await listed()).toEqual(
      Array.from({ length: round }, (_, one) => `system:serviceaccount:shop:s${String(one)}`).toSorted(),
    );
  },
);
