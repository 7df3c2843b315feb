import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunningCollector } from '../../../src/collector/collector.ts';
import { ocsfProblems } from '../../support/ocsf-schema.ts';
import { makeAlert, makeReport } from '../../support/alerts.ts';
import { waitFor } from '../../support/wait.ts';
import { getJson, Harness, metric } from './harness.ts';

let harness: Harness;
let collector: RunningCollector;
beforeEach(async () => {
  harness = new Harness();
  collector = await harness.collector();
});
afterEach(() => harness.end());

/** Sends a raw request and answers all that comes back. */
async function raw(url: string, lines: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(`${lines.join('\r\n')}\r\n\r\n`));
    socket.setEncoding('utf8');
    socket.on('data', (data: string) => {
      text += data;
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}

async function fill(): Promise<void> {
  const outbox = harness.outbox(collector.url);
  for (let number = 1; number <= 12; number += 1) {
    const severity = number % 3 === 0 ? 'critical' : number % 3 === 1 ? 'warning' : 'notice';
    const node = number % 2 === 0 ? 'even' : 'odd';
    // Pushed in an order that is not that of their times.
    const time = new Date(Date.UTC(2026, 10, 23, 2, (number * 7) % 12)).toISOString();
    outbox.push(makeAlert(number, { severity, node, time, dimension: number === 5 ? 'net.out' : 'exec' }));
  }
  outbox.report(makeReport());
  await waitFor('the outbox to drain', () => outbox.depth() === 0);
  await waitFor(
    'the report',
    async () => (await metric(collector.url, 'anchorwatch_containers{node="worker-3"}')) === 1,
  );
}

/** The lines of an answer, and its type. */
async function exported(path: string): Promise<{ readonly type: string; readonly lines: readonly string[] }> {
  const response = await fetch(`${collector.url}${path}`);
  const text = await response.text();
  return { type: response.headers.get('content-type') ?? '', lines: text.split(/\r?\n/).slice(0, -1) };
}

describe('alerts as an export', () => {
  test('come all, the latest first, in every format, and with a limit', async () => {
    await fill();
    const page = await getJson(`${collector.url}/api/v1/alerts?limit=100`);
    const ids = (page['items'] as { id: string }[]).map(({ id }) => id);
    const json = await exported('/api/v1/alerts?format=ndjson');
    expect(json.type).toBe('application/x-ndjson; charset=utf-8');
    expect(json.lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(ids);
    const csv = await exported('/api/v1/alerts?format=csv&limit=5');
    expect(csv.type).toBe('text/csv; charset=utf-8; header=present');
    expect(csv.lines[0]).toMatch(/^time,severity,score,/);
    expect(csv.lines.slice(1).map((line) => ids.findIndex((id) => line.includes(id)))).toEqual([0, 1, 2, 3, 4]);
    const ocsf = await exported('/api/v1/alerts?format=ocsf&severity=critical');
    expect(ocsf.lines).toHaveLength(4);
    for (const line of ocsf.lines) expect(ocsfProblems(JSON.parse(line) as Record<string, unknown>)).toEqual([]);
  });

  test('of more than is held at once, none is missing or comes twice', async () => {
    const outbox = harness.outbox(collector.url);
    // Many at the same moment: the order within it is that of the log.
    for (let number = 1; number <= 700; number += 1)
      outbox.push(makeAlert(number, { time: new Date(Date.UTC(2026, 10, 23, 2, number >> 8)).toISOString() }));
    await waitFor('the outbox to drain', () => outbox.depth() === 0);
    const { lines: all } = await exported('/api/v1/alerts?format=ndjson');
    const seqs = all.map((line) => (JSON.parse(line) as { seq: number }).seq);
    expect(seqs).toHaveLength(700);
    expect(new Set(seqs).size).toBe(700);
  });

  test('unknown formats, and pages that are too large, are refused', async () => {
    for (const query of ['format=xml', 'limit=1001', 'limit=0', 'format=csv&limit=1000001'])
      expect([query, (await fetch(`${collector.url}/api/v1/alerts?${query}`)).status]).toEqual([query, 400]);
  });
});

describe('alerts', () => {
  test('come newest first, in pages without gap or repetition', async () => {
    await fill();
    const seen: { id: string; time: string }[] = [];
    let [next, pages]: [string | undefined, number] = [undefined, 0];
    do {
      const page = await getJson(`${collector.url}/api/v1/alerts?limit=5${next === undefined ? '' : `&after=${next}`}`);
      seen.push(...(page['items'] as { id: string; time: string }[]));
      next = page['next'] as string | undefined;
      pages += 1;
    } while (next !== undefined);
    expect(pages).toBe(3);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(12);
    expect(seen.map(({ time }) => time)).toEqual(
      seen
        .map(({ time }) => time)
        .toSorted()
        .toReversed(),
    );
  });

  test.each([
    ['severity=critical', 4],
    ['severity=warning', 8],
    ['node=even', 6],
    ['dimension=net.out', 1],
    ['workload=shop/web', 12],
    ['workload=w-web&severity=critical', 4],
    ['workload=other', 0],
    ['container=shop-web-1', 12],
    ['container=0123456789ab', 12],
    ['container=0123456789ac', 0],
    ['since=2026-11-23T02:06:00Z', 6],
    [`since=${String(Date.parse('2026-11-23T02:06:00Z') / 1000)}`, 6],
    ['until=2026-11-23T02:06:00.000%2B00:00', 6],
    ['since=2026-11-23T02:02:00Z&until=2026-11-23T02:04:00Z', 2],
  ])('with %s are %i', async (query, count) => {
    await fill();
    expect((await getJson(`${collector.url}/api/v1/alerts?${query}`))['items']).toHaveLength(count);
  });

  test.each([
    'since=yesterday',
    'until=2026-13-45',
    'severity=loud',
    'dimension=mood',
    'limit=0',
    'limit=1001',
    'after=42',
    'sevrity=critical',
  ])('with %s are a problem that names the parameter', async (query) => {
    const response = await fetch(`${collector.url}/api/v1/alerts?${query}`);
    const parameter = query.split('=')[0];
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({ status: 400, code: 'query.invalid', parameter });
  });

  test('one is found by its id, an unknown one is a problem', async () => {
    await fill();
    expect(await getJson(`${collector.url}/api/v1/alerts/${makeAlert(3).id}`)).toMatchObject({
      id: makeAlert(3).id,
      seq: 3,
    });
    expect(await getJson(`${collector.url}/api/v1/alerts/none`)).toMatchObject({ status: 404, code: 'alert.unknown' });
  });
});

test.each([
  ['incidents?limit=1001', 'limit'],
  ['incidents?format=csv', 'format'],
  ['incidents?dimension=exec', 'dimension'],
  ['alerts/counts?by=node&limit=1001', 'limit'],
  ['alerts/counts?by=node&format=csv', 'format'],
  ['decisions?limit=1001', 'limit'],
  ['audit?limit=1001', 'limit'],
])('%s is refused: pages are bounded, and what is not heeded is not taken', async (path, parameter) => {
  const response = await fetch(`${collector.url}/api/v1/${path}`);
  expect(await response.json()).toMatchObject({ status: 400, code: 'query.invalid', parameter });
});

test('workloads and nodes are what the agents reported', async () => {
  await fill();
  expect(await getJson(`${collector.url}/api/v1/workloads`)).toMatchObject({
    items: [
      {
        id: 'w-web',
        name: 'shop/web',
        nodes: ['worker-3'],
        containers: 1,
        dimensions: [{ dimension: 'exec', coverage: 0.9 }],
      },
    ],
  });
  expect(await getJson(`${collector.url}/api/v1/workloads/w-web`)).toMatchObject({
    running: [{ name: 'shop-web-1', node: 'worker-3' }],
  });
  expect(await getJson(`${collector.url}/api/v1/nodes`)).toMatchObject({
    items: [
      {
        name: 'worker-3',
        up: true,
        version: '0.1.0',
        reported: {
          sensor: 'bpf',
          hooksAttached: 1,
          hooksMissing: [{ hook: 'bind' }],
          ...{ expectedAlertsPerDay: 0.5, expectedAlertsBounds: { low: 0.1, high: 2.5 }, alertsLastDay: 1 },
        },
      },
    ],
  });
});

test('health, readiness, the page, the description, unknown paths and methods', async () => {
  const { url } = collector;
  for (const path of ['/healthz', '/readyz', '/']) expect((await fetch(url + path)).status).toBe(200);
  const description = await getJson(`${url}/openapi.json`);
  expect(Object.keys(description['paths'] as object)).toContain('/api/v1/alerts/{id}');
  expect(JSON.stringify(description)).toContain('previousHash');
  expect(JSON.stringify(description)).toContain('expectedAlertsBounds');
  expect(await getJson(`${url}/nothing`)).toMatchObject({ status: 404, code: 'path.unknown' });
  expect((await fetch(url)).headers.get('x-content-type-options')).toBe('nosniff');
});

test.each([
  ['POST', '/api/v1/alerts?since=1h', 405, 'GET, HEAD, OPTIONS'],
  ['GET', '/api/v1/alerts/x%2Fy/accept', 405, 'POST, OPTIONS'],
  ['PATCH', '/api/v1/silences', 405, 'GET, HEAD, POST, OPTIONS'],
  ['HEAD', '/kubernetes/audit', 405, 'POST, OPTIONS'],
  ['PUT', '/api/v1/silences/x', 405, 'DELETE, OPTIONS'],
  ['OPTIONS', '/api/v1/workloads/x/import', 204, 'POST, DELETE, OPTIONS'],
  ['OPTIONS', '/docs/runbooks/README.md', 204, 'GET, HEAD, OPTIONS'],
  ['POST', '/api/v1/nothing', 404, null],
  ['DELETE', '/openapi-json', 404, null],
  ['OPTIONS', '/nothing', 404, null],
  ['GET', '/feed', 426, null],
])('%s %s answers %i and says what is possible', async (method, path, status, allow) => {
  const response = await fetch(`${collector.url}${path}`, { method });
  expect([response.status, response.headers.get('allow')]).toEqual([status, allow]);
  if (status === 426) expect(response.headers.get('upgrade')).toBe('websocket');
  const body = await response.text();
  const codes: Readonly<Record<number, string>> = {
    404: 'path.unknown',
    405: 'method.unknown',
    426: 'upgrade.required',
  };
  if (status === 204 || method === 'HEAD') expect(body).toBe('');
  else expect(JSON.parse(body)).toMatchObject({ status, code: codes[status] });
});

test('an address that is too long is said to be', async () => {
  const long = `/api/v1/alerts?workload=${'a'.repeat(20_000)}`;
  expect(await getJson(`${collector.url}${long}`)).toMatchObject({ status: 431, code: 'request.size' });
});

test('metrics come as Prometheus text and, when asked for, as OpenMetrics, in any order of asking', async () => {
  const { url } = collector;
  for (const accept of ['text/plain', 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5', 'text/plain']) {
    const response = await fetch(`${url}/metrics`, { headers: { accept } });
    const text = await response.text();
    const open = accept.startsWith('application');
    expect(response.headers.get('content-type')).toContain(open ? 'application/openmetrics-text' : 'version=0.0.4');
    expect(text).toContain(`# TYPE anchorwatch_alerts${open ? '' : '_total'} counter\n`);
    expect(text).toContain('anchorwatch_alerts_total{severity="notice",dimension="net.out"} 0\n');
    expect(text.endsWith('\n# EOF\n')).toBe(open);
  }
});

describe('the door', () => {
  test('is closed to names that are not this machine, and to web pages of others', async () => {
    const { url } = collector;
    const { port } = new URL(url);
    expect(await raw(url, ['GET /api/v1/alerts HTTP/1.1', 'Host: evil.example', 'Connection: close'])).toMatch(
      /^HTTP\/1.1 421 [^]*host.foreign/,
    );
    expect(await raw(url, ['GET /healthz HTTP/1.1', `Host: localhost:${port}`, 'Connection: close'])).toMatch(
      /^HTTP\/1.1 200 /,
    );
    const upgrade = [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ];
    const own = `Host: 127.0.0.1:${port}`;
    expect(await raw(url, ['GET /feed HTTP/1.1', own, 'Origin: http://evil.example', ...upgrade])).toMatch(
      /^HTTP\/1.1 403 [^]*origin.foreign/,
    );
    expect(await raw(url, ['GET /feed HTTP/1.1', 'Host: evil.example', ...upgrade])).toMatch(/^HTTP\/1.1 421 /);
    expect(await raw(url, ['GET /other HTTP/1.1', own, ...upgrade])).toMatch(/^HTTP\/1.1 404 /);
    const page = await harness.client(`${url}/feed`, { origin: `http://127.0.0.1:${port}` });
    expect(page.closeCode).toBeUndefined();
  });

  test.each(['0.0.0.0:0', '[::]:0', 'example.com:80'])('does not open at %s without authentication', async (listen) => {
    await expect(harness.collector({ listen, storePath: join(harness.directory, 'second.db') })).rejects.toMatchObject({
      code: 'listen.unauthenticated',
    });
  });

  test('opens elsewhere when that is asked for by name', async () => {
    const directory = join(harness.directory, 'second');
    const { url } = await harness.collector({
      listen: '0.0.0.0:0',
      allowUnauthenticated: true,
      stateDir: directory,
      storePath: join(directory, 'c.db'),
    });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  test('has its address in the listen file while it is open', async () => {
    const file = join(harness.directory, 'listen');
    expect(readFileSync(file, 'utf8')).toBe(collector.url);
    await collector.stop();
    expect(existsSync(file)).toBe(false);
  });
});

describe('answers that did not change', () => {
  test('are not sent again to who has them: 304, until something changes', async () => {
    await fill();
    const [first] = (await getJson(`${collector.url}/api/v1/alerts`))['items'] as { id: string; incident?: string }[];
    const paths = [
      `/api/v1/alerts/${first?.id ?? ''}`,
      '/api/v1/alerts?limit=5',
      '/openapi.json',
      '/api/v1/workloads/w-web',
    ];
    for (const path of paths) {
      const whole = await fetch(`${collector.url}${path}`);
      const tag = whole.headers.get('etag') ?? '';
      expect([path, whole.status, tag]).toEqual([path, 200, expect.stringMatching(/^W\/"[\w-]{27}"$/)]);
      expect((await whole.text()).length).toBeGreaterThan(2);
      const ask = async (header: string): Promise<Response> =>
        fetch(`${collector.url}${path}`, { headers: { 'if-none-match': header } });
      const again = await ask(`"other", ${tag}`);
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', tag]);
      expect((await ask('"other"')).status).toBe(200);
    }
    const list = `${collector.url}/api/v1/alerts?limit=5`;
    const tag = (await fetch(list)).headers.get('etag') ?? '';
    const outbox = harness.outbox(collector.url, { fileName: 'more.db' });
    outbox.push(makeAlert(99, { time: '2026-11-24T00:00:00.000Z' }));
    await waitFor('the alert', () => outbox.depth() === 0);
    expect((await fetch(list, { headers: { 'if-none-match': tag } })).status).toBe(200);
    const unknown = await fetch(`${collector.url}/api/v1/alerts/none`, { headers: { 'if-none-match': '*' } });
    expect([unknown.status, unknown.headers.get('etag')]).toEqual([404, null]);
  });
});
