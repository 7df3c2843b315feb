import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { makeNotification, makeStoredAlert } from '../../../test/support/notifications.ts';
import { StandInHttp } from '../../../test/support/stand-in-http.ts';
import type { Notification, Receiver } from '../../model/notification.ts';
import { bodyOf } from './body.ts';
import { webhookKind } from './webhook.ts';

const nowMs = 1_795_000_000_999;
let directory: string;
let server: StandInHttp;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'anchorwatch-webhook-'));
  const files = { one: 'first-secret\n', two: 'first-secret\nsecond-secret\n', value: 'key-1', password: 'pass' };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text, { mode: 0o600 });
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));
beforeEach(async () => {
  server = await StandInHttp.start({ status: 204 });
});
afterEach(() => server.stop());

const open = (settings: object): Receiver => {
  const result = webhookKind.open({ url: `${server.url}/hook?team=a`, ...settings }, { directory, nowMs: () => nowMs });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.receiver;
};
const send = (settings: object, notification: Notification = makeNotification()): Promise<unknown> =>
  open(settings).send(notification, new AbortController().signal);

test('the body is the notification with a version, the signature is over it and the time, the id is the same when tried again', async () => {
  const notification = makeNotification();
  server.answer = { status: 503 };
  await send({ secretFile: 'one' }, notification);
  server.answer = { status: 200 };
  await send({ secretFile: 'one' }, notification);
  const [first, second] = server.received;
  expect(first).toEqual(second);
  expect(JSON.parse(first?.body ?? '')).toEqual({ version: 1, ...notification });
  const hmac = (secret: string): string =>
    createHmac('sha256', secret)
      .update(`1795000000.${first?.body ?? ''}`)
      .digest('hex');
  expect(first?.headers).toMatchObject({
    'content-type': 'application/json',
    'idempotency-key': notification.id,
    'anchorwatch-event': 'trigger',
    'anchorwatch-signature': `t=1795000000,v1=${hmac('first-secret')}`,
  });
  await send({ secretFile: 'two' }, notification);
  expect(server.received[2]?.headers['anchorwatch-signature']).toBe(
    `t=1795000000,v1=${hmac('first-secret')},v1=${hmac('second-secret')}`,
  );
});

test('headers, also from files; basic authorization; the address from a file', async () => {
  const more = { headers: { 'X-Team': 'shop' }, headerFiles: { 'X-Key': 'value' } };
  await send({ ...more, basicAuth: { username: 'watch', passwordFile: 'password' } });
  expect(server.received[0]?.headers).toMatchObject({
    ...{ 'x-team': 'shop', 'x-key': 'key-1' },
    authorization: `Basic ${Buffer.from('watch:pass').toString('base64')}`,
  });
  writeFileSync(join(directory, 'address'), `${server.url}/from/file`, { mode: 0o600 });
  await send({ url: undefined, urlFile: 'address' });
  expect(server.received[1]?.url).toBe('/from/file');
  writeFileSync(join(directory, 'address'), 'http://elsewhere.example/secret-part', { mode: 0o600 });
  expect(await send({ url: undefined, urlFile: 'address' })).toEqual({
    outcome: 'retry',
    reason: expect.not.stringContaining('secret-part') as string,
  });
});

test('a body that would be too large has its newest alerts', () => {
  const alerts = Array.from({ length: 64 }, (_, index) => makeStoredAlert(index, { title: 'x'.repeat(100_000) }));
  const body = bodyOf(
    makeNotification({ alerts: alerts.toReversed(), incident: { ...makeNotification().incident! }, title: 't' }),
  );
  expect(Buffer.byteLength(body)).toBeLessThanOrEqual(1_048_576);
  const kept = JSON.parse(body) as { alerts: { id: string }[]; alertsCount: number };
  expect(kept.alertsCount).toBe(64);
  expect(kept.alerts[0]?.id).toBe(alerts[63]?.id);
  expect(kept.alerts.length).toBeGreaterThan(4);
});

test.each([
  [{ url: undefined }, 'url'],
  [{ urlFile: 'one' }, 'url'],
  [{ url: 'ftp://x/' }, 'url'],
  [{ url: 'https://user:hidden@x/' }, 'url'],
  [{ url: 'https://x/#part' }, 'url'],
  [{ headers: { Host: 'x' } }, 'headers'],
  [{ headers: { 'X Y': 'x' } }, 'headers'],
  [{ headers: { X: 'a\r\nY: b' } }, 'headers'],
  [{ headerFiles: { 'Content-Length': 'one' } }, 'headerFiles'],
  [{ headerFiles: { X: 'nothing' } }, 'headerFiles'],
  [{ bearerTokenFile: 'one', basicAuth: { username: 'x', passwordFile: 'one' } }, 'bearerTokenFile'],
  [{ bearerTokenFile: 'one', headers: { authorization: 'x' } }, 'bearerTokenFile'],
  [{ basicAuth: { username: 'a:b', passwordFile: 'one' } }, 'basicAuth'],
  [{ basicAuth: { username: 'a', pasword: 'hidden' } }, 'basicAuth'],
  [{ secret: 'hidden' }, 'secret'],
])('settings %j: a problem at %s', (settings, path) => {
  const result = webhookKind.open({ url: server.url, ...settings }, { directory, nowMs: () => nowMs });
  const problems = 'problems' in result ? result.problems : [];
  expect(problems.map((one) => one.path[0])).toContain(path);
  expect(JSON.stringify(problems)).not.toContain('hidden');
});
