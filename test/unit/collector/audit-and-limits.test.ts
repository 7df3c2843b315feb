import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StoredAuditRecord } from '../../../src/model/access.ts';
import { makeAlert } from '../../support/alerts.ts';
import { waitFor } from '../../support/wait.ts';
import { AccessHarness } from './access-harness.ts';

let harness: AccessHarness;
beforeEach(() => {
  harness = new AccessHarness();
});
afterEach(() => harness.end());

describe('the audit trail', () => {
  test('has who changed what, from where, and what came of it; reading is not in it', async () => {
    const [admin, operator] = [await harness.makeToken('admin'), await harness.makeToken('operator')];
    await harness.start();
    const outbox = harness.outbox(harness.url);
    outbox.push(makeAlert(1));
    await waitFor('the alert', () => outbox.depth() === 0);
    const route = `POST /api/v1/alerts/${makeAlert(1).id}/acknowledge`;
    expect((await harness.ask(route, operator, { reason: 'planned', by: 'root' })).body['by']).toMatch(/^a-operator-/);
    expect((await harness.ask('POST /api/v1/alerts/none/deny', operator)).status).toBe(404);
    expect((await harness.ask('POST /api/v1/tokens', operator, { name: 'x', role: 'admin' })).status).toBe(403);
    await harness.ask('GET /api/v1/alerts', operator);
    await harness.ask(route, 'wrong');
    const { items } = (await harness.ask('GET /api/v1/audit', admin)).body as unknown as { items: StoredAuditRecord[] };
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
    const page = (await harness.ask('GET /api/v1/audit?limit=2', admin)).body as { items: unknown[]; next: string };
    expect(page).toMatchObject({ next: '2' });
    expect((await harness.ask(`GET /api/v1/audit?after=${page.next}`, admin)).body['items']).toHaveLength(1);
    expect((await harness.ask('GET /api/v1/audit?by=nobody', admin)).body['items']).toHaveLength(0);
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
      expect([404, 405]).toContain((await harness.ask(`${method} /api/v1/audit`, admin)).status);
  });
});

describe('bounds', () => {
  test('wrong tokens are limited by address, those who are in stay in', async () => {
    const viewer = await harness.makeToken('viewer');
    await harness.start();
    expect((await harness.ask('GET /api/v1/alerts', viewer)).status).toBe(200);
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1)
      statuses.push((await harness.ask('GET /api/v1/alerts', `aw_${'0'.repeat(12)}_${'x'.repeat(43)}`)).status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    const limited = await harness.ask('GET /api/v1/alerts', 'nonsense');
    expect(limited).toMatchObject({ status: 429, body: { code: 'rate.limited' } });
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await harness.ask('GET /api/v1/alerts', viewer)).status).toBe(200);
    expect(await harness.dial('/feed', 'nonsense')).toBe(429);
  });

  test('a body that is too large, of another type or not JSON has a code of its own', async () => {
    await harness.start();
    const url = `${harness.url}/api/v1/alerts/x/accept`;
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
    await harness.start();
    expect((await harness.ask('GET /api/v1/nodes?node=x')).body).toMatchObject({
      code: 'query.invalid',
      parameter: 'node',
    });
    expect((await harness.ask('GET /api/v1/alerts?sevrity=critical')).body['detail']).toContain(
      'did you mean severity?',
    );
    expect((await harness.ask('GET /api/v1/alerts?colour=red')).body['detail']).not.toContain('did you mean');
    expect((await harness.ask('GET /api/v1/alerts?limit=1&limit=2')).status).toBe(400);
  });

  test('requests of one client are limited, with when to come back', async () => {
    await harness.start({ requests: { most: 5, perSecond: 0.01 } });
    const statuses = [];
    for (let number = 0; number < 6; number += 1) statuses.push((await harness.ask('GET /healthz')).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    const limited = await harness.ask('GET /nothing');
    expect(limited).toMatchObject({ status: 429, body: { code: 'rate.limited' } });
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await harness.dial('/feed')).toBe(429);
  });
});
