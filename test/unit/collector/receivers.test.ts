import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningCollector } from '../../../src/collector/collector.ts';
import type { Notification } from '../../../src/model/notification.ts';
import { RunningAlertmanager } from '../../support/alertmanager.ts';
import { alertId, makeAlert } from '../../support/alerts.ts';
import { PagerdutyStandIn } from '../../support/pagerduty-stand-in.ts';
import { alertmanagerMissing } from '../../support/requirements.ts';
import { SlackStandIn } from '../../support/slack-stand-in.ts';
import { StandInHttp } from '../../support/stand-in-http.ts';
import { waitFor } from '../../support/wait.ts';
import { Harness } from './harness.ts';

// One collector, one routes file, all kinds of receivers at once: what happens to an incident arrives everywhere.
const missing = alertmanagerMissing();
const incident = alertId(1);
const secrets = {
  'slack-token': 'hidden-slack-token',
  'slack-signing': 'hidden-slack-signing',
  'pagerduty-key': 'hiddenhiddenhiddenhiddenhidden32',
  'webhook-secret': 'hidden-webhook-secret',
};
const names = ['slack', 'pagerduty', 'alertmanager', 'webhook', 'email'];
const harness = new Harness();
const mails: string[] = [];
let slack: SlackStandIn;
let pagerduty: PagerdutyStandIn;
let hook: StandInHttp;
let smtp: SMTPServer;
let alertmanager: RunningAlertmanager | undefined;
let collector: RunningCollector;

beforeAll(async () => {
  slack = await SlackStandIn.start(secrets['slack-token']);
  pagerduty = await PagerdutyStandIn.start(secrets['pagerduty-key']);
  hook = await StandInHttp.start({ status: 200 });
  smtp = new SMTPServer({
    ...{
      logger: false,
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      disableReverseLookup: true,
      closeTimeout: 100,
    },
    onData: (stream, _session, done) => {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.on('end', () => {
        mails.push(text);
        done();
      });
    },
  });
  await new Promise<void>((resolve) => void smtp.listen(0, '127.0.0.1', resolve));
  if (missing === undefined) alertmanager = await RunningAlertmanager.start(hook.url);
  const { directory } = harness;
  for (const [name, text] of Object.entries(secrets))
    writeFileSync(join(directory, name), `${text}\n`, { mode: name === 'webhook-secret' ? 0o644 : 0o600 });
  const routesFile = join(directory, 'routes.yaml');
  const routes = [
    'receivers:',
    `  slack: { slack: { tokenFile: slack-token, channel: C0123456789, signingSecretFile: slack-signing, apiUrl: "${slack.apiUrl}" } }`,
    `  pagerduty: { pagerduty: { routingKeyFile: pagerduty-key, url: "${pagerduty.url}" } }`,
    `  alertmanager: { alertmanager: { urls: ["${alertmanager?.url ?? hook.url}", "http://127.0.0.1:9"] } }`,
    `  webhook: { webhook: { url: "${hook.url}/hook", secretFile: webhook-secret } }`,
    `  email: { email: { host: 127.0.0.1, port: ${String((smtp.server.address() as AddressInfo).port)}, security: none, from: a@example.com, to: [b@example.com] } }`,
    `route: { receivers: [${names.join(', ')}], groupWait: 0s }`,
  ];
  writeFileSync(routesFile, `${routes.join('\n')}\n`);
  collector = await harness.collector({ routesFile, publicUrl: 'https://anchorwatch.example' });
});
afterAll(async () => {
  await harness.end();
  await Promise.all([slack.stop(), pagerduty.stop(), hook.stop(), alertmanager?.stop()]);
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
});

const hooked = (): readonly Notification[] =>
  hook.received.filter(({ url }) => url === '/hook').map(({ body }) => JSON.parse(body) as Notification);

test('an incident is told everywhere, grows, is acknowledged with a button, and is over', async (context) => {
  if (missing !== undefined) context.skip(missing);
  const outbox = harness.outbox(collector.url);
  outbox.push(makeAlert(1, { incident, severity: 'warning' }));
  await waitFor('Slack', () => slack.messages.length === 1);
  await waitFor('PagerDuty', () => pagerduty.alerts.size === 1);
  await waitFor('Alertmanager', async () => (await alertmanager?.query(`workload=shop/web`))?.length === 1);
  await waitFor('the webhook', () => hooked().length === 1);
  await waitFor('a mail', () => mails.length === 1);
  expect(hooked()[0]).toMatchObject({ event: 'trigger', dedupKey: [...pagerduty.alerts.keys()][0], alertsCount: 1 });
  expect(JSON.stringify(slack.messages[0]?.content)).toContain(`https://anchorwatch.example/#/incidents/${incident}`);

  const timestamp = String(Math.floor(Date.now() / 1000));
  const payload = {
    ...{ type: 'block_actions', user: { id: 'U0123456789', username: 'alice' } },
    actions: [{ action_id: 'anchorwatch.acknowledge', value: alertId(1) }],
  };
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const signature = createHmac('sha256', secrets['slack-signing']).update(`v0:${timestamp}:${body}`).digest('hex');
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    ...{ 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${signature}` },
  };
  expect((await fetch(`${collector.url}/slack/actions`, { method: 'POST', headers, body })).status).toBe(200);
  await waitFor('PagerDuty', () => [...pagerduty.alerts.values()][0]?.state === 'acknowledged');
  await waitFor('the first message', () =>
    JSON.stringify(slack.messages[0]?.content).includes('Acknowledged by slack:alice (U0123456789)'),
  );
  await waitFor('the webhook', () => hooked().at(-1)?.event === 'acknowledge');
  await waitFor('a mail', () => mails.some((text) => text.includes('Acknowledged by slack:alice')));
  expect(slack.messages.slice(1).every(({ thread }) => thread === slack.messages[0]?.ts)).toBe(true);

  await fetch(`${collector.url}/api/v1/alerts/${alertId(1)}/accept`, { method: 'POST' });
  await waitFor('PagerDuty', () => [...pagerduty.alerts.values()][0]?.state === 'resolved');
  await waitFor('Alertmanager', async () => (await alertmanager?.query(`workload=shop/web`))?.length === 0);
  await waitFor('Slack', () => JSON.stringify(slack.messages[0]?.content).includes('Resolved'));
  expect([slack.messages.filter(({ thread }) => thread === undefined).length, pagerduty.problems]).toEqual([1, []]);
});

test('a sample is taken by every kind', async (context) => {
  if (missing !== undefined) context.skip(missing);
  for (const name of names) {
    const answer = await fetch(`${collector.url}/api/v1/receivers/${name}/test`, { method: 'POST' });
    expect([answer.status, await answer.json()]).toMatchObject([200, { receiver: name, outcome: 'sent' }]);
  }
  expect(pagerduty.problems).toEqual([]);
});

test('what is unwise or half is said in the log, and no secret is', () => {
  const log = harness.lines.join('\n');
  expect(log).toContain('receiver webhook: secretFile: everybody on this machine may read');
  expect(log).toContain('sent, but cannot reach 127.0.0.1:9');
  for (const secret of Object.values(secrets)) expect(log).not.toContain(secret);
});
