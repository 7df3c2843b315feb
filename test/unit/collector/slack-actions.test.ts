import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningCollector } from '../../../src/collector/collector.ts';
import { alertId, makeAlert } from '../../support/alerts.ts';
import { waitFor } from '../../support/wait.ts';
import { Harness } from './harness.ts';

const secret = 'signing-secret-of-the-app';
const harness = new Harness();
let collector: RunningCollector;
beforeAll(async () => {
  for (const [name, text] of Object.entries({ token: 'xoxb', signing: secret }))
    writeFileSync(join(harness.directory, name), text, { mode: 0o600 });
  collector = await harness.collector({ routesFile: routes('') });
  const outbox = harness.outbox(collector.url);
  for (const number of [1, 2]) outbox.push(makeAlert(number));
  await waitFor('the alerts', async () => (await list('/api/v1/alerts')).length === 2);
});
afterAll(() => harness.end());

/** Nobody is told of anything that happens here: buttons are all that it is about. */
function routes(more: string): string {
  const file = join(harness.directory, 'routes.yaml');
  const lines = [
    'receivers:',
    '  team:',
    `    slack: { tokenFile: token, channel: C0123456789, apiUrl: 'http://127.0.0.1:9/'${more} }`,
    'route:',
    '  receivers: [team]',
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

const list = async (path: string): Promise<readonly Record<string, unknown>[]> =>
  ((await (await fetch(`${collector.url}${path}`)).json()) as { items: Record<string, unknown>[] }).items;
const payload = (verdict: string, ...ids: string[]): string =>
  new URLSearchParams({
    payload: JSON.stringify({
      ...{
        type: 'block_actions',
        token: 'secret-of-slack',
        response_url: 'https://hooks.slack.com/actions/secret-path',
      },
      user: { id: 'U0123456789', username: 'alice' },
      actions: [{ action_id: `anchorwatch.${verdict}`, value: ids.join(',') }],
    }),
  }).toString();
const press = async (
  body: string,
  { key = secret, type = 'application/x-www-form-urlencoded', agoMs = 0 } = {},
): Promise<{ status: number; code: unknown }> => {
  const timestamp = String(Math.floor((Date.now() - agoMs) / 1000));
  const signature = `v0=${createHmac('sha256', key).update(`v0:${timestamp}:${body}`).digest('hex')}`;
  const headers = { 'content-type': type, 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signature };
  const answer = await fetch(`${collector.url}/slack/actions`, { method: 'POST', headers, body });
  const text = await answer.text();
  return { status: answer.status, code: text === '' ? undefined : (JSON.parse(text) as { code: unknown }).code };
};

test('without a signing secret nothing is taken', async () => {
  expect(await press(payload('accept', alertId(1)))).toEqual({ status: 404, code: 'slack.off' });
});

test('a button decides, in the name of who pressed it', async () => {
  routes(', signingSecretFile: signing');
  collector.reload();
  await waitFor('the new routes', async () => (await press('x=y')).status !== 404);

  expect(await press(payload('acknowledge', alertId(1), alertId(2)))).toEqual({ status: 200, code: undefined });
  expect(await press(payload('accept', alertId(1)))).toEqual({ status: 200, code: undefined });
  const by = 'slack:alice (U0123456789)';
  expect(await list('/api/v1/decisions')).toMatchObject([
    { verdict: 'accept', by, alert: alertId(1), features: [{ dimension: 'exec', key: '/bin/sh' }] },
    { verdict: 'acknowledge', by, alert: alertId(2), features: [] },
    { verdict: 'acknowledge', by, alert: alertId(1), features: [] },
  ]);
  const trail = await list('/api/v1/audit');
  expect(trail).toHaveLength(2);
  expect(trail[0]).toMatchObject({ by, role: 'operator', action: 'POST /slack/actions', status: 200 });
  expect(trail[0]?.['detail']).toBe(JSON.stringify({ verdict: 'accept', alerts: [alertId(1)] }));
  for (const part of ['secret-of-slack', 'secret-path', secret])
    expect(JSON.stringify([trail, harness.lines])).not.toContain(part);
});

test('what is not signed, signed by somebody else, old, replayed, or no button', async () => {
  const before = [await list('/api/v1/decisions'), (await list('/api/v1/audit')).length];
  const body = payload('deny', alertId(2));
  expect(await press(body, { key: 'another' })).toEqual({ status: 401, code: 'slack.signature.wrong' });
  expect(await press(body, { agoMs: 400_000 })).toEqual({ status: 401, code: 'slack.timestamp.old' });
  expect(
    (await fetch(`${collector.url}/slack/actions`, { method: 'POST', body: new URLSearchParams({ payload: '{}' }) }))
      .status,
  ).toBe(401);
  expect((await press(body, { type: 'application/json' })).status).toBe(415);
  expect((await press(`${body}${'x'.repeat(300_000)}`)).status).toBe(413);
  expect(await press('payload=%7B')).toEqual({ status: 400, code: 'slack.body.invalid' });
  expect(await press(payload('other', alertId(1)))).toEqual({ status: 400, code: 'slack.body.invalid' });
  const link = new URLSearchParams({
    payload: JSON.stringify({ type: 'block_actions', user: { id: 'U1' }, actions: [{ action_id: 'link' }] }),
  });
  expect(await press(link.toString())).toEqual({ status: 200, code: undefined });
  expect((await press(link.toString())).code).toBe('slack.replayed');
  expect([await list('/api/v1/decisions'), (await list('/api/v1/audit')).length]).toEqual(before);
});

test('an alert that is not there', async () => {
  expect(await press(payload('deny', alertId(77)))).toEqual({ status: 404, code: 'alert.unknown' });
});

test('what became of requests is counted', async () => {
  const text = await (await fetch(`${collector.url}/metrics`)).text();
  const of = (outcome: string): number =>
    Number(new RegExp(`^anchorwatch_slack_actions_total\\{outcome="${outcome}"\\} (\\d+)$`, 'm').exec(text)?.[1]);
  expect(['action', 'nothing', 'replayed', 'slack.off', 'signature.wrong', 'timestamp.old', 'full'].map(of)).toEqual([
    3, 1, 1, 1, 1, 1, 0,
  ]);
});
