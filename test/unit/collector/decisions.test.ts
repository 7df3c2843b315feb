import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runProgram } from '../../../src/cli/program.ts';
import type { RunningCollector } from '../../../src/collector/collector.ts';
import type { Decision, DecisionOutcome, StoredDecision } from '../../../src/model/decision.ts';
import type { ProfileFeature } from '../../../src/model/node.ts';
import type { Outbox } from '../../../src/outbox/outbox.ts';
import { makeAlert, makeReport } from '../../support/alerts.ts';
import { waitFor } from '../../support/wait.ts';
import { getJson, Harness, metric, token } from './harness.ts';

let harness: Harness;
let collector: RunningCollector;
let told: Decision[];
beforeEach(async () => {
  harness = new Harness();
  collector = await harness.collector();
  told = [];
});
afterEach(() => harness.end());

const shell = { dimension: 'exec', key: '/bin/sh' } as const;
const pair = { dimension: 'exec', key: '/usr/sbin/nginx > /bin/sh' } as const;
const alert = makeAlert(1, { features: [shell, pair] });

function feature(key: string, state: ProfileFeature['state']): ProfileFeature {
  const time = '2026-11-23T02:00:00.000Z';
  return { dimension: 'exec', key, state, incidence: { startup: 0, steady: 0 }, firstSeen: time, lastSeen: time };
}

/** A node that is connected, has raised the alert, and takes decisions. */
async function connect(
  onDecision: (decision: Decision) => DecisionOutcome = (decision) => {
    told.push(decision);
    return 'applied';
  },
): Promise<Outbox> {
  const onRequest = (): Promise<readonly ProfileFeature[]> =>
    Promise.resolve([feature('/usr/sbin/nginx', 'known'), feature(shell.key, 'judged'), feature(pair.key, 'judged')]);
  const outbox = harness.outbox(collector.url, { onDecision, onRequest });
  outbox.push(alert);
  outbox.report(makeReport());
  await waitFor('the alert and the report', async () => {
    const reported = await metric(collector.url, 'anchorwatch_containers{node="worker-3"}');
    return outbox.depth() === 0 && reported === 1;
  });
  return outbox;
}

async function post(path: string, body?: object, headers: Record<string, string> = {}): Promise<Response> {
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  return fetch(`${collector.url}${path}`, { method: 'POST', headers: { ...type, ...headers }, ...json });
}

const stored = async (response: Response): Promise<StoredDecision> => (await response.json()) as StoredDecision;

/** The decision when no node is waited for any more. */
async function settled(id: string): Promise<StoredDecision> {
  return waitFor('every node to have taken it', async () => {
    const decision = (await getJson(`${collector.url}/api/v1/decisions/${id}`)) as unknown as StoredDecision;
    return decision.nodes.every(({ outcome }) => outcome !== 'pending') && decision;
  });
}

describe('a decision about an alert', () => {
  test('reaches the node with everything that the alert was raised for, and the alert shows who decided what', async () => {
    await connect();
    const { id, ...decided } = await stored(
      await post(`/api/v1/alerts/${alert.id}/accept`, { by: 'alice', reason: 'planned' }),
    );
    const said = { verdict: 'accept', by: 'alice', reason: 'planned' };
    expect(decided).toMatchObject({ ...said, workload: 'w-web', alert: alert.id, features: [shell, pair] });
    expect((await settled(id)).nodes).toEqual([{ node: 'worker-3', outcome: 'applied' }]);
    expect(told).toEqual([expect.objectContaining({ id, ...said, workload: 'w-web', features: [shell, pair] })]);
    for (const path of [`alerts/${alert.id}`, 'alerts'])
      expect(JSON.stringify(await getJson(`${collector.url}/api/v1/${path}`))).toContain(`"by":"alice"`);
    expect(await getJson(`${collector.url}/api/v1/alerts/${alert.id}`)).toMatchObject({ decision: { id, ...said } });
    expect(await metric(collector.url, 'anchorwatch_decision_deliveries_total{outcome="applied"}')).toBe(1);
    expect(harness.lines.join('')).toContain('an operator decided');
  });

  test('needs no body, and the last one counts', async () => {
    await connect();
    expect((await post(`/api/v1/alerts/${alert.id}/accept`)).status).toBe(200);
    const { id, by } = await stored(await post(`/api/v1/alerts/${alert.id}/deny`));
    expect(by).toBe('127.0.0.1');
    await settled(id);
    expect(told.map(({ verdict }) => verdict)).toEqual(['accept', 'deny']);
    expect(await getJson(`${collector.url}/api/v1/alerts/${alert.id}`)).toMatchObject({
      decision: { verdict: 'deny' },
    });
  });

  test('that was only acknowledged is no business of the nodes', async () => {
    await connect();
    const decision = await stored(await post(`/api/v1/alerts/${alert.id}/acknowledge`, { by: 'bob' }));
    expect(decision).toMatchObject({ verdict: 'acknowledge', features: [], nodes: [] });
    expect(told).toEqual([]);
    expect(await getJson(`${collector.url}/api/v1/alerts/${alert.id}`)).toMatchObject({
      decision: { verdict: 'acknowledge', by: 'bob' },
    });
  });

  test('of an agent that does not tell features is about dimension and key', async () => {
    const outbox = await connect();
    outbox.push(makeAlert(2));
    await waitFor('the alert', () => outbox.depth() === 0);
    const decision = await stored(await post(`/api/v1/alerts/${makeAlert(2).id}/accept`));
    expect(decision.features).toEqual([shell]);
  });

  test.each([
    ['an unknown alert', '/api/v1/alerts/none/accept', {}, 404, 'alert.unknown'],
    ['an unknown member', `/api/v1/alerts/${alert.id}/accept`, { why: 'x' }, 400, 'request.invalid'],
    ['nobody', `/api/v1/alerts/${alert.id}/accept`, { by: '' }, 400, 'request.invalid'],
    ['an unknown workload', '/api/v1/workloads/none/decisions', { verdict: 'relearn' }, 404, 'workload.unknown'],
    ['a denial of nothing', '/api/v1/workloads/w-web/decisions', { verdict: 'deny' }, 400, 'request.invalid'],
    [
      'relearning of one feature',
      '/api/v1/workloads/w-web/decisions',
      { verdict: 'relearn', features: [shell] },
      400,
      'request.invalid',
    ],
  ])('%s is refused, and nothing is kept', async (_name, path, body, status, code) => {
    await connect();
    const response = await post(path, body);
    expect(await response.json()).toMatchObject({ status, code });
    expect(await getJson(`${collector.url}/api/v1/decisions`)).toEqual({ items: [] });
  });

  test("another's web page cannot decide", async () => {
    await connect();
    const response = await post(`/api/v1/alerts/${alert.id}/accept`, undefined, { origin: 'http://evil.example' });
    expect([response.status, await response.json()]).toMatchObject([403, { code: 'origin.foreign' }]);
    const own = await post(`/api/v1/alerts/${alert.id}/accept`, undefined, { origin: collector.url });
    expect(own.status).toBe(200);
  });
});

describe('the way to the nodes', () => {
  test('decisions wait for a node that is away, across a restart of the collector, and come in their order', async () => {
    const away = await connect();
    await away.stop();
    const ids: string[] = [];
    for (const verdict of ['accept', 'deny', 'accept'] as const)
      ids.push((await stored(await post(`/api/v1/alerts/${alert.id}/${verdict}`))).id);
    expect(told).toEqual([]);
    await collector.stop();
    collector = await harness.collector();
    expect(await getJson(`${collector.url}/api/v1/decisions/${ids[0] ?? ''}`)).toMatchObject({
      nodes: [{ node: 'worker-3', outcome: 'pending' }],
    });
    await connect();
    await settled(ids[2] ?? '');
    expect(told.map(({ id }) => id)).toEqual(ids);
    const { items } = (await getJson(`${collector.url}/api/v1/decisions?workload=w-web&limit=2`)) as unknown as {
      items: readonly Decision[];
    };
    expect(items.map(({ id }) => id)).toEqual(ids.slice(1).toReversed());
  });

  test('a node that cannot keep a decision is told again after its next report, and those behind it wait', async () => {
    let full = true;
    const outbox = await connect((decision) => {
      if (full) throw new Error('disk full');
      told.push(decision);
      return 'full';
    });
    const [first, second] = [
      await stored(await post(`/api/v1/alerts/${alert.id}/accept`)),
      await stored(await post(`/api/v1/alerts/${alert.id}/deny`)),
    ];
    const failed = 'anchorwatch_decision_deliveries_total{outcome="failed"}';
    await waitFor('the failure', async () => ((await metric(collector.url, failed)) ?? 0) > 0);
    expect(told).toEqual([]);
    full = false;
    outbox.report(makeReport());
    expect((await settled(second.id)).nodes).toEqual([{ node: 'worker-3', outcome: 'full' }]);
    expect(told.map(({ id }) => id)).toEqual([first.id, second.id]);
  });
});

test('an agent of an earlier release is not told what it cannot read; its successor is', async () => {
  const older = await harness.client(`${collector.url}/agent`, { authorization: `Bearer ${token}` });
  older.send({ type: 'hello', protocol: 1, node: 'worker-3', agentVersion: '0.0.9' });
  await older.message('welcome');
  older.send({ type: 'batch', seq: 1, alerts: [alert] });
  await older.message('ack');
  older.send({ type: 'report', report: makeReport() });
  await waitFor(
    'the report',
    async () => (await metric(collector.url, 'anchorwatch_containers{node="worker-3"}')) === 1,
  );
  const { id } = await stored(await post(`/api/v1/alerts/${alert.id}/accept`));
  older.send({ type: 'batch', seq: 2, alerts: [alert] });
  await waitFor('the second batch', () => older.messages.filter(({ type }) => type === 'ack').length === 2);
  expect(older.messages.map(({ type }) => type)).not.toContain('decide');
  await connect();
  expect((await settled(id)).nodes).toEqual([{ node: 'worker-3', outcome: 'applied' }]);
});

describe('the command line', () => {
  async function run(...args: readonly string[]): Promise<{ status: number; out: string; err: string }> {
    const [out, err]: [string[], string[]] = [[], []];
    const terminal = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
    const listen = collector.url.replace('http://', '');
    const stop = new AbortController().signal;
    const status = await runProgram([...args, '--listen', listen], { terminal, env: {}, stop });
    return { status, out: out.join('\n'), err: err.join('\n') };
  }

  test('alerts accept says what was accepted and where', async () => {
    await connect();
    const said = await run('alerts', 'accept', alert.id, '--reason', 'planned', '--by', 'carol');
    expect(said).toMatchObject({ status: 0, err: '' });
    expect(said.out.split('\n')).toEqual([
      'w-web: accepted',
      '  exec  /bin/sh',
      '  exec  /usr/sbin/nginx > /bin/sh',
      '  on worker-3: done',
    ]);
    expect(told).toMatchObject([{ verdict: 'accept', by: 'carol', reason: 'planned' }]);
    expect(await run('alerts', 'accept', 'none')).toMatchObject({
      status: 1,
      err: expect.stringContaining('404') as string,
    });
    expect((await run('alerts', 'acknowledge', alert.id)).out).toBe(`${alert.id}: acknowledged`);
    expect((await run('alerts', '--limit', '1')).out).toContain('/bin/sh');
  });

  test('profile accept takes everything that is judged, or one feature; deny and relearn', async () => {
    await connect();
    expect((await run('profile', 'accept', 'shop/web')).status).toBe(0);
    expect((await run('profile', 'accept', 'shop/web', 'exec', '/bin/id')).status).toBe(0);
    expect((await run('profile', 'deny', 'shop/web', 'net.out', '10.0.0.1:80/tcp')).status).toBe(0);
    expect((await run('profile', 'relearn', 'shop/web', '--json')).status).toBe(0);
    expect(told.map(({ verdict, features }) => [verdict, ...features.map(({ key }) => key)])).toEqual([
      ['accept', shell.key, pair.key],
      ['accept', '/bin/id'],
      ['deny', '10.0.0.1:80/tcp'],
      ['relearn'],
    ]);
    expect(told[0]?.by).toMatch(/^.+@.+$/);
  });

  test.each([
    [['profile', 'accept', 'shop/web', 'exec']],
    [['profile', 'deny', 'shop/web', 'exce', '/bin/id']],
    [['profile', 'deny', 'shop/web']],
    [['alerts', 'accept']],
  ])('%j is a mistake of usage', async (args) => {
    expect(await run(...args)).toMatchObject({ status: 2 });
    expect(told).toEqual([]);
  });
});
