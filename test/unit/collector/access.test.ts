import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { routeAccess } from '../../../src/api/route-access.ts';
import { openAccessFile } from '../../../src/collector/access-file.ts';
import type { CollectorOptions, RunningCollector } from '../../../src/collector/collector.ts';
import { includesRole, roles } from '../../../src/model/access.ts';
import type { Role, StoredAuditRecord } from '../../../src/model/access.ts';
import { makeAlert, makeReport } from '../../support/alerts.ts';
import { waitFor } from '../../support/wait.ts';
import { Client, Harness, token as sharedToken } from './harness.ts';

let harness: Harness;
let collector: RunningCollector;
beforeEach(() => {
  harness = new Harness();
});
afterEach(() => harness.end());

/** Makes a token in the collector's file, as the command line does. */
async function makeToken(
  role: Role,
  more: { readonly node?: string; readonly expiresInMs?: number } = {},
): Promise<string> {
  const file = openAccessFile(join(harness.directory, 'collector.db'));
  try {
    return (await file.tokens.create({ name: `a-${role}-${String(Math.random()).slice(2, 8)}`, role, ...more }, 'test'))
      .secret;
  } finally {
    file.close();
  }
}

async function start(changes: Partial<CollectorOptions> = {}): Promise<void> {
  collector = await harness.collector(changes);
}

interface Said {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

async function ask(route: string, token?: string, body?: unknown): Promise<Said> {
  const [method = '', path = ''] = route.split(' ');
  const response = await fetch(`${collector.url}${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : { text },
  };
}

/** 101 when it was opened. */
async function dial(path: string, token?: string, protocols: readonly string[] = []): Promise<number> {
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(protocols.length === 0 ? {} : { 'sec-websocket-protocol': protocols.join(', ') }),
  };
  const client = new Client(`${collector.url.replace('http', 'ws')}${path}`, headers);
  harness.defer(() => client.socket.terminate());
  try {
    await client.opened;
    return 101;
  } catch (error) {
    return Number(/\d{3}/.exec(String(error))?.[0] ?? 0);
  }
}

describe('roles', () => {
  test('every route is for whom the table says, and for nobody else', async () => {
    const tokens = new Map<Role, string>();
    for (const role of roles) tokens.set(role, await makeToken(role));
    await start();
    for (const [route, { needs }] of Object.entries(routeAccess)) {
      const path = route.replace(':id', 'none').replace(':format', 'json');
      for (const role of [undefined, ...roles]) {
        const token = role === undefined ? undefined : tokens.get(role);
        const status = path.startsWith('WS ') ? await dial(path.slice(3), token) : (await ask(path, token)).status;
        const expected = needs === 'nothing' ? 'in' : role === undefined ? 401 : includesRole(role, needs) ? 'in' : 403;
        if (path.startsWith('GET ')) expect((await ask(path.replace('GET', 'HEAD'), token)).status).toBe(status);
        expect([route, role, status === 401 || status === 403 ? status : 'in']).toEqual([route, role, expected]);
      }
    }
  });

  test('the OpenAPI description names them all', async () => {
    await start();
    const { paths } = (await ask('GET /openapi.json')).body as {
      paths: Record<string, Record<string, Record<string, unknown>>>;
    };
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => [
        `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
        operation['x-role'] ?? 'nothing',
      ]),
    );
    const declared = Object.entries(routeAccess).filter(
      ([route]) => !route.startsWith('WS ') && route !== 'GET /' && route !== 'GET /openapi.json',
    );
    expect(Object.fromEntries(described)).toEqual(
      Object.fromEntries(declared.map(([route, { needs }]) => [route, needs])),
    );
  });

  test('what is not let in says why, and what would help', async () => {
    const viewer = await makeToken('viewer');
    await start();
    const nobody = await ask('GET /api/v1/alerts');
    expect(nobody).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    expect(nobody.headers.get('www-authenticate')).toBe('Bearer realm="anchorwatch"');
    expect(nobody.headers.get('content-type')).toContain('application/problem+json');
    const wrong = await ask('GET /api/v1/alerts', `${viewer.slice(0, -1)}${viewer.endsWith('A') ? 'B' : 'A'}`);
    expect(wrong.headers.get('www-authenticate')).toContain('error="invalid_token"');
    const less = await ask('POST /api/v1/alerts/x/accept', viewer);
    expect(less).toMatchObject({ status: 403, body: { code: 'role.missing' } });
    expect(less.body['detail']).toMatch(/needs the role operator, and a-viewer-\d+ has the role viewer/);
  });

  test('relearn needs admin although its route is for operators', async () => {
    const [operator, admin] = [await makeToken('operator'), await makeToken('admin')];
    await start();
    const outbox = harness.outbox(collector.url);
    outbox.report(makeReport());
    await waitFor('the workload', async () => (await ask('GET /api/v1/workloads/w-web', admin)).status === 200);
    const route = 'POST /api/v1/workloads/w-web/decisions';
    expect(await ask(route, operator, { verdict: 'relearn' })).toMatchObject({
      status: 403,
      body: { code: 'role.missing' },
    });
    expect(await ask(route, admin, { verdict: 'relearn', by: 'somebody else' })).toMatchObject({
      status: 200,
      body: { by: expect.stringMatching(/^a-admin-/) as string },
    });
  });
});

describe('without tokens, on loopback', () => {
  test('everything works as nobody, but tokens are not made and agents show theirs', async () => {
    await start();
    expect((await ask('GET /api/v1/alerts')).status).toBe(200);
    expect((await ask('GET /api/v1/audit')).status).toBe(200);
    expect(await dial('/feed')).toBe(101);
    expect((await ask('POST /api/v1/tokens', undefined, { name: 'x', role: 'admin' })).status).toBe(401);
    expect((await ask('GET /api/v1/tokens')).status).toBe(401);
    expect(await dial('/agent')).toBe(401);
    expect(await dial('/agent', sharedToken)).toBe(101);
    // What is wrong is wrong, also where nothing is needed.
    expect((await ask('GET /api/v1/alerts', 'nonsense')).status).toBe(401);
  });

  test('the first token of people ends it, at once, and none that is made for agents', async () => {
    await start();
    await makeToken('agent');
    expect((await ask('GET /api/v1/alerts')).status).toBe(200);
    await makeToken('viewer');
    expect((await ask('GET /api/v1/alerts')).status).toBe(401);
    expect((await ask('GET /metrics')).status).toBe(401);
    expect((await ask('GET /healthz')).status).toBe(200);
  });

  test('the last token that is revoked does not open it again', async () => {
    const admin = await makeToken('admin');
    await start();
    const { items } = (await ask('GET /api/v1/tokens', admin)).body as { items: { id: string }[] };
    expect((await ask(`DELETE /api/v1/tokens/${items[0]!.id}`, admin)).status).toBe(200);
    expect((await ask('GET /api/v1/alerts')).status).toBe(401);
    expect((await ask('GET /api/v1/alerts', admin)).status).toBe(401);
  });

  test('--allow-unauthenticated and --metrics-open say so', async () => {
    await makeToken('viewer');
    await start({ metricsOpen: true });
    expect((await ask('GET /metrics')).status).toBe(200);
    expect((await ask('GET /api/v1/alerts')).status).toBe(401);
    collector = await harness.collector({ allowUnauthenticated: true });
    expect((await ask('GET /api/v1/alerts')).status).toBe(200);
    expect((await ask('GET /api/v1/tokens')).status).toBe(401);
  });
});

describe('where others reach it', () => {
  test('it does not listen until there is a token', async () => {
    await expect(harness.collector({ listen: '0.0.0.0:0' })).rejects.toMatchObject({
      code: 'listen.unauthenticated',
      message: expect.stringContaining('anchorwatch token create') as string,
    });
    const viewer = await makeToken('viewer');
    await start({ listen: '0.0.0.0:0' });
    expect((await ask('GET /api/v1/alerts')).status).toBe(401);
    expect((await ask('GET /api/v1/alerts', viewer)).status).toBe(200);
  });
});

describe('tokens over the API', () => {
  test('are made with a secret that is shown once, listed without it, and revoked at once', async () => {
    const admin = await makeToken('admin');
    await start();
    const made = await ask('POST /api/v1/tokens', admin, { name: 'grafana', role: 'viewer', expiresIn: '90d' });
    expect(made.status).toBe(201);
    const { secret, token } = made.body as {
      secret: string;
      token: { id: string; createdBy: string; expiresAt: string };
    };
    expect(secret).toMatch(/^aw_[0-9a-f]{12}_[\w-]{43}$/);
    expect(token.createdBy).toMatch(/^a-admin-/);
    expect(Date.parse(token.expiresAt) - Date.now()).toBeGreaterThan(89 * 86_400_000);
    const listed = await ask('GET /api/v1/tokens', admin);
    expect(JSON.stringify(listed.body)).not.toContain(secret.split('_')[2]);
    expect((await ask('GET /api/v1/alerts', secret)).status).toBe(200);
    const feed = new Client(`${collector.url.replace('http', 'ws')}/feed`, { authorization: `Bearer ${secret}` });
    await feed.opened;
    expect((await ask('DELETE /api/v1/tokens/grafana', admin)).status).toBe(200);
    expect((await ask('GET /api/v1/alerts', secret)).status).toBe(401);
    expect(await feed.closed()).toBe(1006);
    expect(harness.lines.join('')).not.toContain(secret.split('_')[2]);
  });

  test('one that another process revokes ends its connections too', async () => {
    const viewer = await makeToken('viewer');
    await start();
    const feed = new Client(`${collector.url.replace('http', 'ws')}/feed`, { authorization: `Bearer ${viewer}` });
    await feed.opened;
    const file = openAccessFile(join(harness.directory, 'collector.db'));
    await file.tokens.revoke(viewer.split('_')[1]!, 'test');
    file.close();
    expect((await ask('GET /api/v1/alerts', viewer)).status).toBe(401);
    expect(await feed.closed()).toBe(1006);
  });

  test('one that expires ends by itself', async () => {
    const viewer = await makeToken('viewer', { expiresInMs: 1500 });
    await makeToken('viewer');
    await start();
    expect(await dial('/feed', viewer)).toBe(101);
    await waitFor('the end', async () => (await ask('GET /api/v1/alerts', viewer)).status === 401);
  });

  test('that cannot be made say why', async () => {
    const admin = await makeToken('admin');
    await start();
    const refused = [
      [{ name: 'a b', role: 'viewer' }, 'request.invalid'],
      [{ name: 'a', role: 'root' }, 'request.invalid'],
      [{ name: 'a', role: 'viewer', node: 'n' }, 'token.node'],
      [{ name: 'a', role: 'viewer', expiresIn: 'soon' }, 'request.invalid'],
      [{ name: 'a', role: 'viewer', secret: 'mine' }, 'request.invalid'],
      [{}, 'request.invalid'],
    ] as const;
    for (const [body, code] of refused)
      expect(await ask('POST /api/v1/tokens', admin, body)).toMatchObject({ status: 400, body: { code } });
  });

  test('a name is taken while its token is accepted', async () => {
    const admin = await makeToken('admin');
    await start();
    const wanted = { name: 'ci', role: 'viewer' };
    expect((await ask('POST /api/v1/tokens', admin, wanted)).status).toBe(201);
    expect(await ask('POST /api/v1/tokens', admin, wanted)).toMatchObject({
      status: 409,
      body: { code: 'token.taken' },
    });
    expect((await ask('DELETE /api/v1/tokens/ci', admin)).status).toBe(200);
    expect((await ask('POST /api/v1/tokens', admin, wanted)).status).toBe(201);
    expect(await ask('DELETE /api/v1/tokens/none', admin)).toMatchObject({
      status: 404,
      body: { code: 'token.unknown' },
    });
  });
});

describe('the feed', () => {
  test('takes the token of a browser from the subprotocols, and does not send it back', async () => {
    const viewer = await makeToken('viewer');
    await start();
    const socket = new WebSocket(`${collector.url.replace('http', 'ws')}/feed`, [
      `anchorwatch.bearer.${viewer}`,
      'anchorwatch.feed',
    ]);
    harness.defer(() => socket.close());
    await waitFor('the connection', () => socket.readyState === WebSocket.OPEN);
    expect(socket.protocol).toBe('anchorwatch.feed');
    expect(await dial('/feed', undefined, ['anchorwatch.feed', `anchorwatch.bearer.${viewer}x`])).toBe(401);
  });
});

describe('agents', () => {
  test('with a token for a node speak for that node alone', async () => {
    const admin = await makeToken('admin');
    const bound = await makeToken('agent', { node: 'worker-3' });
    await start();
    const outbox = harness.outbox(collector.url, { token: bound });
    outbox.push(makeAlert(1));
    await waitFor('the alert', () => outbox.depth() === 0);
    const other = harness.outbox(collector.url, { token: bound, nodeName: 'worker-4', fileName: 'other.db' });
    await waitFor('the refusal', () => harness.lines.some((line) => line.includes('node.forbidden')));
    expect(other.connected).toBe(false);
    // The one that is refused is set aside; it holds up nothing.
    outbox.push(makeAlert(2, { node: 'worker-4' }));
    outbox.push(makeAlert(3));
    await waitFor('the alerts', () => outbox.counters.sent === 2);
    const { items } = (await ask('GET /api/v1/alerts', admin)).body as { items: { id: string }[] };
    expect(items.map(({ id }) => id).toSorted()).toEqual([makeAlert(1).id, makeAlert(3).id]);
    expect(outbox.counters.refused).toBe(1);
  });

  test('whose token is revoked are turned away, and keep what they have to say', async () => {
    await makeToken('admin');
    const agent = await makeToken('agent');
    await start();
    const outbox = harness.outbox(collector.url, { token: agent });
    await waitFor('the welcome', () => outbox.connected);
    const file = openAccessFile(join(harness.directory, 'collector.db'));
    await file.tokens.revoke(agent.split('_')[1]!, 'test');
    file.close();
    await waitFor('the end', () => !outbox.connected && outbox.counters.unauthorized > 0);
    outbox.push(makeAlert(1));
    expect(outbox.depth()).toBe(1);
  });
});

describe('the audit trail', () => {
  test('has who changed what, from where, and what came of it; reading is not in it', async () => {
    const [admin, operator] = [await makeToken('admin'), await makeToken('operator')];
    await start();
    const outbox = harness.outbox(collector.url);
    outbox.push(makeAlert(1));
    await waitFor('the alert', () => outbox.depth() === 0);
    const route = `POST /api/v1/alerts/${makeAlert(1).id}/acknowledge`;
    expect((await ask(route, operator, { reason: 'planned', by: 'root' })).body['by']).toMatch(/^a-operator-/);
    expect((await ask('POST /api/v1/alerts/none/deny', operator)).status).toBe(404);
    expect((await ask('POST /api/v1/tokens', operator, { name: 'x', role: 'admin' })).status).toBe(403);
    await ask('GET /api/v1/alerts', operator);
    await ask(route, 'wrong');
    const { items } = (await ask('GET /api/v1/audit', admin)).body as unknown as { items: StoredAuditRecord[] };
    expect(
      items.map(({ seq, action, status, code, by, role, from }) => [
        seq,
        action,
        status,
        code,
        by.slice(0, 10),
        role,
        from,
      ]),
    ).toEqual([
      [3, 'POST /api/v1/tokens', 403, 'role.missing', 'a-operator', 'operator', '127.0.0.1'],
      [2, 'POST /api/v1/alerts/:id/deny', 404, 'alert.unknown', 'a-operator', 'operator', '127.0.0.1'],
      [1, 'POST /api/v1/alerts/:id/acknowledge', 200, undefined, 'a-operator', 'operator', '127.0.0.1'],
    ]);
    expect(items[2]!.detail).toContain('planned');
    const page = (await ask('GET /api/v1/audit?limit=2', admin)).body as { items: unknown[]; next: string };
    expect(page).toMatchObject({ next: '2' });
    expect((await ask(`GET /api/v1/audit?after=${page.next}`, admin)).body['items']).toHaveLength(1);
    expect((await ask('GET /api/v1/audit?by=nobody', admin)).body['items']).toHaveLength(0);
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
      expect([404, 405]).toContain((await ask(`${method} /api/v1/audit`, admin)).status);
  });
});

describe('bounds', () => {
  test('wrong tokens are limited by address, those who are in stay in', async () => {
    const viewer = await makeToken('viewer');
    await start();
    expect((await ask('GET /api/v1/alerts', viewer)).status).toBe(200);
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1)
      statuses.push((await ask('GET /api/v1/alerts', `aw_${'0'.repeat(12)}_${'x'.repeat(43)}`)).status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    const limited = await ask('GET /api/v1/alerts', 'nonsense');
    expect(limited).toMatchObject({ status: 429, body: { code: 'rate.limited' } });
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask('GET /api/v1/alerts', viewer)).status).toBe(200);
    expect(await dial('/feed', 'nonsense')).toBe(429);
  });

  test('a body that is too large, of another type or not JSON has a code of its own', async () => {
    await start();
    const url = `${collector.url}/api/v1/alerts/x/accept`;
    const post = async (body: string, type = 'application/json'): Promise<unknown> =>
      (await fetch(url, { method: 'POST', headers: { 'content-type': type }, body })).json();
    expect(await post(JSON.stringify({ reason: 'x'.repeat(70_000) }))).toMatchObject({
      status: 413,
      code: 'body.size',
    });
    expect(await post('a=b', 'application/x-www-form-urlencoded')).toMatchObject({ status: 415, code: 'body.type' });
    expect(await post('{')).toMatchObject({ status: 400, code: 'request.invalid' });
  });

  test('a query where there is none is refused, and a slip is named', async () => {
    await start();
    expect((await ask('GET /api/v1/nodes?node=x')).body).toMatchObject({ code: 'query.invalid', parameter: 'node' });
    expect((await ask('GET /api/v1/alerts?sevrity=critical')).body['detail']).toContain('did you mean severity?');
    expect((await ask('GET /api/v1/alerts?colour=red')).body['detail']).not.toContain('did you mean');
    expect((await ask('GET /api/v1/alerts?limit=1&limit=2')).status).toBe(400);
  });
});
