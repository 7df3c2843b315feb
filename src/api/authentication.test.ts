import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import type { Principal } from '../model/access.ts';
import { Authentication, nameOf, shownBy } from './authentication.ts';
import type { AuthenticationOptions, Shown } from './authentication.ts';

const viewer: Principal = { name: 'grafana', role: 'viewer', kind: 'token', token: 'one' };
let nowMs = 0;

function make(changes: Partial<AuthenticationOptions> = {}): Authentication {
  const admitted = async ({ token }: Shown) =>
    token === 'right' ? { principal: viewer } : ({ denial: 'missing', waitMs: 0 } as const);
  return new Authentication({
    gatekeeper: { admit: admitted, admitAgent: admitted, stands: async () => true },
    configured: async () => true,
    ...{ loopback: true, allowUnauthenticated: false, metricsOpen: false },
    limited: () => undefined,
    clock: { nowMs: () => nowMs, monotonicMs: () => nowMs },
    requests: { most: 3, perSecond: 1 },
    ...changes,
  });
}

const shown = (address: string, token?: string): Shown => ({ token, certificate: undefined, address });
const read = { needs: 'viewer' } as const;

test('requests are limited by token where there is one, else by network, and again possible after a while', async () => {
  const authentication = make();
  for (let request = 0; request < 3; request += 1)
    expect(await authentication.admit('GET /x', read, shown('2001:db8::1', 'right'))).toBe(viewer);
  const limited = { document: { status: 429, code: 'rate.limited' }, headers: { 'retry-after': '1' } };
  await expect(authentication.admit('GET /x', read, shown('192.0.2.1', 'right'))).rejects.toMatchObject(limited);
  // Another client of the same network has shown nothing yet.
  for (let host = 1; host <= 3; host += 1)
    await expect(authentication.admit('GET /x', read, shown(`2001:db8::${String(host)}`))).rejects.toMatchObject({
      document: { status: 401 },
    });
  await expect(authentication.admit('GET /x', { needs: 'nothing' }, shown('2001:db8::9'))).rejects.toMatchObject(
    limited,
  );
  nowMs += 1000;
  expect(await authentication.admit('GET /x', read, shown('192.0.2.1', 'right'))).toBe(viewer);
});

test('who decides is the token, whatever is claimed; where nobody is asked, whoever is claimed, or the address', () => {
  expect(nameOf({ principal: viewer, ip: '192.0.2.1' }, 'root')).toBe('grafana');
  const anyone: Principal = { name: '', role: 'admin', kind: 'anyone' };
  expect(nameOf({ principal: anyone, ip: '192.0.2.1' }, 'root')).toBe('root');
  expect(nameOf({ principal: anyone, ip: '192.0.2.1' })).toBe('192.0.2.1');
});

test.each([
  [{ authorization: 'Bearer abc' }, 'abc', undefined],
  [{ authorization: 'bearer   abc ' }, 'abc', undefined],
  [{ authorization: 'Basic abc' }, undefined, undefined],
  [{ authorization: 'Bearer a b' }, undefined, undefined],
  [{ 'sec-websocket-protocol': 'anchorwatch.bearer.abc, anchorwatch.feed' }, 'abc', 'anchorwatch.feed'],
  [{ 'sec-websocket-protocol': 'anchorwatch.bearer.abc' }, 'abc', undefined],
  [{ 'sec-websocket-protocol': 'other' }, undefined, 'other'],
])('%j shows %s', (headers, token, protocols) => {
  const request = new IncomingMessage(new Socket());
  Object.assign(request.headers, headers);
  expect(shownBy(request).token).toBe(token);
  expect(request.headers['sec-websocket-protocol']).toBe(protocols);
});
