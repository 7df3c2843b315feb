import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { routeAccess } from '../../../src/api/route-access.ts';
import { includesRole, roles } from '../../../src/model/access.ts';
import type { Role } from '../../../src/model/access.ts';
import { makeAlert, makeReport } from '../../support/alerts.ts';
import { waitFor } from '../../support/wait.ts';
import { AccessHarness } from './access-harness.ts';
import { Client, token as sharedToken } from './harness.ts';

let harness: AccessHarness;
beforeEach(() => {
  harness = new AccessHarness();
});
afterEach(() => harness.end());

/** Of a token: what comes after `aw_` and twelve digits. */
const secretAt = 'aw_0123456789ab_'.length;
/** Pages, and the description itself. */
const forBrowsers: ReadonlySet<string> = new Set(['GET /', 'GET /docs/*', 'GET /openapi.json']);

describe('roles', () => {
  test('every route is for whom the table says, and for nobody else', async () => {
    const tokens = new Map<Role, string>();
    for (const role of roles) tokens.set(role, await harness.makeToken(role));
    await harness.start();
    for (const [route, { needs, agentsToo = false }] of Object.entries(routeAccess)) {
      const path = route.replace(':id', 'none').replace(':format', 'json');
      for (const role of [undefined, ...roles]) {
        const token = role === undefined ? undefined : tokens.get(role);
        const status = path.startsWith('WS ')
          ? await harness.dial(path.slice(3), token)
          : (await harness.ask(path, token)).status;
        const letIn =
          needs === 'nothing' || (role !== undefined && (includesRole(role, needs) || (agentsToo && role === 'agent')));
        const expected = letIn ? 'in' : role === undefined ? 401 : 403;
        if (path.startsWith('GET '))
          expect((await harness.ask(path.replace('GET', 'HEAD'), token)).status).toBe(status);
        expect([route, role, status === 401 || status === 403 ? status : 'in']).toEqual([route, role, expected]);
      }
    }
  });

  test('the OpenAPI description names them all', async () => {
    await harness.start();
    const { paths } = (await harness.ask('GET /openapi.json')).body as {
      paths: Record<string, Record<string, Record<string, unknown>>>;
    };
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => [
        `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
        operation['x-role'] ?? 'nothing',
      ]),
    );
    const declared = Object.entries(routeAccess).filter(
      ([route]) => !route.startsWith('WS ') && !forBrowsers.has(route),
    );
    expect(Object.fromEntries(described)).toEqual(
      Object.fromEntries(declared.map(([route, { needs }]) => [route, needs])),
    );
  });

  test('the documentation is read by anybody, and nothing beside it', async () => {
    await harness.start();
    const page = await harness.ask('GET /docs/runbooks/alert-exec.md');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    for (const path of [
      '/docs/',
      '/docs/none.md',
      '/docs/../package.json',
      '/docs/..%2FREADME.md',
      '/docs/%2e%2e/README.md',
    ])
      expect((await harness.ask(`GET ${path}`)).status, path).toBe(404);
  });

  test('what is not let in says why, and what would help', async () => {
    const viewer = await harness.makeToken('viewer');
    await harness.start();
    const nobody = await harness.ask('GET /api/v1/alerts');
    expect(nobody).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    expect(nobody.headers.get('www-authenticate')).toBe('Bearer realm="anchorwatch"');
    expect(nobody.headers.get('content-type')).toContain('application/problem+json');
    const wrong = await harness.ask('GET /api/v1/alerts', `${viewer.slice(0, -1)}${viewer.endsWith('A') ? 'B' : 'A'}`);
    expect(wrong.headers.get('www-authenticate')).toContain('error="invalid_token"');
    const less = await harness.ask('POST /api/v1/alerts/x/accept', viewer);
    expect(less).toMatchObject({ status: 403, body: { code: 'role.missing' } });
    expect(less.body['detail']).toMatch(/needs the role operator, and a-viewer-\d+ has the role viewer/);
  });

  test('relearn needs admin although its route is for operators', async () => {
    const [operator, admin] = [await harness.makeToken('operator'), await harness.makeToken('admin')];
    await harness.start();
    const outbox = harness.outbox(harness.url);
    outbox.report(makeReport());
    await waitFor('the workload', async () => (await harness.ask('GET /api/v1/workloads/w-web', admin)).status === 200);
    const route = 'POST /api/v1/workloads/w-web/decisions';
    expect(await harness.ask(route, operator, { verdict: 'relearn' })).toMatchObject({
      status: 403,
      body: { code: 'role.missing' },
    });
    expect(await harness.ask(route, admin, { verdict: 'relearn', by: 'somebody else' })).toMatchObject({
      status: 200,
      body: { by: expect.stringMatching(/^a-admin-/) as string },
    });
  });
});

describe('without tokens, on loopback', () => {
  test('everything works as nobody, but tokens are not made and agents show theirs', async () => {
    await harness.start();
    expect((await harness.ask('GET /api/v1/alerts')).status).toBe(200);
    expect((await harness.ask('GET /api/v1/audit')).status).toBe(200);
    expect(await harness.dial('/feed')).toBe(101);
    expect((await harness.ask('POST /api/v1/tokens', undefined, { name: 'x', role: 'admin' })).status).toBe(401);
    expect((await harness.ask('GET /api/v1/tokens')).status).toBe(401);
    expect(await harness.dial('/agent')).toBe(401);
    expect(await harness.dial('/agent', sharedToken)).toBe(101);
    // What is wrong is wrong, also where nothing is needed.
    expect((await harness.ask('GET /api/v1/alerts', 'nonsense')).status).toBe(401);
  });

  test('the first token of people ends it, at once, and none that is made for agents', async () => {
    await harness.start();
    await harness.makeToken('agent');
    expect((await harness.ask('GET /api/v1/alerts')).status).toBe(200);
    await harness.makeToken('viewer');
    expect((await harness.ask('GET /api/v1/alerts')).status).toBe(401);
    expect((await harness.ask('GET /metrics')).status).toBe(401);
    expect((await harness.ask('GET /healthz')).status).toBe(200);
  });

  test('the last token that is revoked does not open it again', async () => {
    const admin = await harness.makeToken('admin');
    await harness.start();
    const { items } = (await harness.ask('GET /api/v1/tokens', admin)).body as { items: { id: string }[] };
    expect((await harness.ask(`DELETE /api/v1/tokens/${items[0]!.id}`, admin)).status).toBe(200);
    expect((await harness.ask('GET /api/v1/alerts')).status).toBe(401);
    expect((await harness.ask('GET /api/v1/alerts', admin)).status).toBe(401);
  });

  test('--allow-unauthenticated and --metrics-open say so', async () => {
    await harness.makeToken('viewer');
    await harness.start({ metricsOpen: true });
    expect((await harness.ask('GET /metrics')).status).toBe(200);
    expect((await harness.ask('GET /api/v1/alerts')).status).toBe(401);
    await harness.start({ allowUnauthenticated: true });
    expect((await harness.ask('GET /api/v1/alerts')).status).toBe(200);
    expect((await harness.ask('GET /api/v1/tokens')).status).toBe(401);
  });
});

describe('where others reach it', () => {
  test('it does not listen until there is a token', async () => {
    await expect(harness.collector({ listen: '0.0.0.0:0' })).rejects.toMatchObject({
      code: 'listen.unauthenticated',
      message: expect.stringContaining('anchorwatch token create') as string,
    });
    const viewer = await harness.makeToken('viewer');
    await harness.start({ listen: '0.0.0.0:0' });
    expect((await harness.ask('GET /api/v1/alerts')).status).toBe(401);
    expect((await harness.ask('GET /api/v1/alerts', viewer)).status).toBe(200);
  });
});

describe('tokens over the API', () => {
  test('are made with a secret that is shown once, listed without it, and revoked at once', async () => {
    const admin = await harness.makeToken('admin');
    await harness.start();
    const made = await harness.ask('POST /api/v1/tokens', admin, { name: 'grafana', role: 'viewer', expiresIn: '90d' });
    expect(made.status).toBe(201);
    const { secret, token } = made.body as {
      secret: string;
      token: { id: string; createdBy: string; expiresAt: string };
    };
    expect(secret).toMatch(/^aw_[0-9a-f]{12}_[\w-]{43}$/);
    expect(token.createdBy).toMatch(/^a-admin-/);
    expect(Date.parse(token.expiresAt) - Date.now()).toBeGreaterThan(89 * 86_400_000);
    const listed = await harness.ask('GET /api/v1/tokens', admin);
    expect(JSON.stringify(listed.body)).not.toContain(secret.slice(secretAt));
    expect((await harness.ask('GET /api/v1/alerts', secret)).status).toBe(200);
    const feed = new Client(`${harness.url.replace('http', 'ws')}/feed`, { authorization: `Bearer ${secret}` });
    await feed.opened;
    expect((await harness.ask('DELETE /api/v1/tokens/grafana', admin)).status).toBe(200);
    expect((await harness.ask('GET /api/v1/alerts', secret)).status).toBe(401);
    expect(await feed.closed()).toBe(1006);
    expect(harness.lines.join('')).not.toContain(secret.slice(secretAt));
  });

  test('one that another process revokes ends its connections too', async () => {
    const viewer = await harness.makeToken('viewer');
    await harness.start();
    const feed = new Client(`${harness.url.replace('http', 'ws')}/feed`, { authorization: `Bearer ${viewer}` });
    await feed.opened;
    await harness.revoke(viewer);
    expect((await harness.ask('GET /api/v1/alerts', viewer)).status).toBe(401);
    expect(await feed.closed()).toBe(1006);
  });

  test('one that expires ends by itself', async () => {
    await harness.makeToken('viewer');
    await harness.start();
    const viewer = await harness.makeToken('viewer', { expiresInMs: 2500 });
    expect(await harness.dial('/feed', viewer)).toBe(101);
    await waitFor('the end', async () => (await harness.ask('GET /api/v1/alerts', viewer)).status === 401);
  });

  test('that cannot be made say why', async () => {
    const admin = await harness.makeToken('admin');
    await harness.start();
    const refused = [
      [{ name: 'a b', role: 'viewer' }, 'request.invalid'],
      [{ name: 'a', role: 'root' }, 'request.invalid'],
      [{ name: 'a', role: 'viewer', node: 'n' }, 'token.node'],
      [{ name: 'a', role: 'viewer', expiresIn: 'soon' }, 'request.invalid'],
      [{ name: 'a', role: 'viewer', secret: 'mine' }, 'request.invalid'],
      [{}, 'request.invalid'],
    ] as const;
    for (const [body, code] of refused)
      expect(await harness.ask('POST /api/v1/tokens', admin, body)).toMatchObject({ status: 400, body: { code } });
  });

  test('a name is taken while its token is accepted', async () => {
    const admin = await harness.makeToken('admin');
    await harness.start();
    const wanted = { name: 'ci', role: 'viewer' };
    expect((await harness.ask('POST /api/v1/tokens', admin, wanted)).status).toBe(201);
    expect(await harness.ask('POST /api/v1/tokens', admin, wanted)).toMatchObject({
      status: 409,
      body: { code: 'token.taken' },
    });
    expect((await harness.ask('DELETE /api/v1/tokens/ci', admin)).status).toBe(200);
    expect((await harness.ask('POST /api/v1/tokens', admin, wanted)).status).toBe(201);
    expect(await harness.ask('DELETE /api/v1/tokens/none', admin)).toMatchObject({
      status: 404,
      body: { code: 'token.unknown' },
    });
  });
});

describe('the feed', () => {
  test('takes the token of a browser from the subprotocols, and does not send it back', async () => {
    const viewer = await harness.makeToken('viewer');
    await harness.start();
    const socket = new WebSocket(`${harness.url.replace('http', 'ws')}/feed`, [
      `anchorwatch.bearer.${viewer}`,
      'anchorwatch.feed',
    ]);
    harness.defer(() => socket.close());
    await waitFor('the connection', () => socket.readyState === WebSocket.OPEN);
    expect(socket.protocol).toBe('anchorwatch.feed');
    expect(await harness.dial('/feed', undefined, ['anchorwatch.feed', `anchorwatch.bearer.${viewer}x`])).toBe(401);
  });
});

describe('agents', () => {
  test.each(['*', 'kubernetes-cluster'])('do not speak for %s, which is the collector itself', async (nodeName) => {
    const token = await harness.makeToken('agent');
    await harness.start();
    const outbox = harness.outbox(harness.url, { token, nodeName });
    await waitFor('the refusal', () => harness.lines.some((line) => line.includes(`is node ${nodeName}`)));
    expect(outbox.connected).toBe(false);
    expect(harness.lines.some((line) => line.includes('node.forbidden'))).toBe(true);
  });

  test('with a token for a node speak for that node alone', async () => {
    const admin = await harness.makeToken('admin');
    const bound = await harness.makeToken('agent', { node: 'worker-3' });
    await harness.start();
    const outbox = harness.outbox(harness.url, { token: bound });
    outbox.push(makeAlert(1));
    await waitFor('the alert', () => outbox.depth() === 0);
    const other = harness.outbox(harness.url, { token: bound, nodeName: 'worker-4', fileName: 'other.db' });
    await waitFor('the refusal', () => harness.lines.some((line) => line.includes('node.forbidden')));
    expect(other.connected).toBe(false);
    // The one that is refused is set aside; it holds up nothing.
    outbox.push(makeAlert(2, { node: 'worker-4' }));
    outbox.push(makeAlert(3));
    await waitFor('the alerts', () => outbox.counters.sent === 2);
    const { items } = (await harness.ask('GET /api/v1/alerts', admin)).body as { items: { id: string }[] };
    expect(items.map(({ id }) => id).toSorted()).toEqual([makeAlert(1).id, makeAlert(3).id]);
    expect(outbox.counters.refused).toBe(1);
  });

  test('whose token is revoked are turned away, and keep what they have to say', async () => {
    await harness.makeToken('admin');
    const agent = await harness.makeToken('agent');
    await harness.start();
    const outbox = harness.outbox(harness.url, { token: agent });
    await waitFor('the welcome', () => outbox.connected);
    await harness.revoke(agent);
    await waitFor('the end', () => !outbox.connected && outbox.counters.unauthorized > 0);
    outbox.push(makeAlert(1));
    expect(outbox.depth()).toBe(1);
  });
});
