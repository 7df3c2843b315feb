import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RunningAlertmanager } from '../../support/alertmanager.ts';
import { alertId, makeAlert } from '../../support/alerts.ts';
import { PagerdutyStandIn } from '../../support/pagerduty-stand-in.ts';
import { alertmanagerMissing } from '../../support/requirements.ts';
import { SlackStandIn } from '../../support/slack-stand-in.ts';
import { StandInHttp } from '../../support/stand-in-http.ts';
import { waitFor } from '../../support/wait.ts';
import { AccessHarness } from './access-harness.ts';
import { token } from './harness.ts';

const routingKey = 'hiddenroutingkeyhiddenroutingkey';
const [i1, i2] = [alertId(1, 5), alertId(2, 5)];
let harness: AccessHarness;
beforeEach(() => {
  harness = new AccessHarness();
});
afterEach(() => harness.end());

function secret(name: string, text: string): void {
  writeFileSync(join(harness.directory, name), `${text}\n`, { mode: 0o600 });
}

async function start(receivers: readonly string[], more = ''): Promise<void> {
  const names = receivers.map((line) => line.split(':')[0] ?? '');
  const text = `receivers:\n${receivers.map((line) => `  ${line}\n`).join('')}route:\n  receivers: [${names.join(', ')}]\n${more}`;
  const routesFile = join(harness.directory, 'routes.yaml');
  writeFileSync(routesFile, text);
  await harness.start({ routesFile, publicUrl: 'https://anchorwatch.example' });
}

test(
  'an alert is told by Slack, PagerDuty, a webhook and a real Alertmanager, and that it is over when it was accepted',
  { timeout: 60_000 },
  async (context) => {
    const missing = alertmanagerMissing();
    if (missing !== undefined) context.skip(missing);
    const slack = await SlackStandIn.start('token-secret');
    const pagerduty = await PagerdutyStandIn.start(routingKey);
    const hook = await StandInHttp.start({ status: 204 });
    const people = await StandInHttp.start({ status: 200 });
    const alertmanager = await RunningAlertmanager.start(people.url);
    for (const one of [slack, pagerduty, hook, people, alertmanager]) harness.defer(() => one.stop());
    secret('token', 'token-secret');
    secret('key', routingKey);
    await start([
      `team: { slack: { tokenFile: token, channel: C0123456789, apiUrl: "${slack.apiUrl}" } }`,
      `pager: { pagerduty: { routingKeyFile: key, url: "${pagerduty.url}" } }`,
      `hook: { webhook: { url: "${hook.url}/hook" } }`,
      `prometheus: { alertmanager: { urls: ["${alertmanager.url}"] } }`,
    ]);
    harness.outbox(harness.url).push(makeAlert(1, { incident: i1 }));
    await waitFor('Slack', () => slack.messages.length > 0);
    const page = await waitFor('PagerDuty', () => [...pagerduty.alerts.values()][0]);
    expect(page).toMatchObject({ state: 'triggered', triggers: 1 });
    await waitFor('the webhook', () => hook.received.length > 0);
    await waitFor('Alertmanager', async () => (await alertmanager.query('severity=critical')).length === 1);
    await harness.ask(`POST /api/v1/alerts/${makeAlert(1).id}/accept`, undefined, {});
    await waitFor('the end at PagerDuty', () => page.state === 'resolved');
    await waitFor('the end at Alertmanager', async () => (await alertmanager.firing()).length === 0);
    await waitFor('the end at the webhook', () => hook.received.at(-1)?.body.includes('"event":"resolve"') === true);
    await waitFor('the end at Slack', () => slack.messages.length > 1);
    expect(pagerduty.problems).toEqual([]);
    // One message, and what followed in its thread.
    expect(new Set(slack.messages.slice(1).map(({ thread }) => thread))).toEqual(new Set([slack.messages[0]?.ts]));
  },
);

test(
  '10,000 alerts of one incident page once, and Slack has one message with the right count',
  { timeout: 120_000 },
  async () => {
    const slack = await SlackStandIn.start('token-secret');
    const pagerduty = await PagerdutyStandIn.start(routingKey);
    for (const one of [slack, pagerduty]) harness.defer(() => one.stop());
    secret('token', 'token-secret');
    secret('key', routingKey);
    await start(
      [
        `team: { slack: { tokenFile: token, channel: C0123456789, apiUrl: "${slack.apiUrl}" } }`,
        `pager: { pagerduty: { routingKeyFile: key, url: "${pagerduty.url}" } }`,
      ],
      '  groupInterval: 1s\n',
    );
    const agent = await harness.client(`${harness.url}/agent`, { authorization: `Bearer ${token}` });
    agent.send({ type: 'hello', protocol: 1, node: 'worker-3', agentVersion: '0.1.0' });
    await agent.message('welcome');
    for (let batch = 1; batch <= 100; batch += 1) {
      const alerts = Array.from({ length: 100 }, (_, index) => makeAlert(batch * 100 + index, { incident: i2 }));
      agent.send({ type: 'batch', seq: batch, alerts });
      await waitFor('the batch', () =>
        agent.messages.some((message) => message['type'] === 'ack' && message['seq'] === batch),
      );
    }
    interface Listed {
      readonly items: readonly { readonly receiver: string; readonly alertsCount: number; readonly state: string }[];
    }
    await waitFor(
      'the whole count',
      async () => {
        const { items } = (await harness.ask('GET /api/v1/notifications')).body as unknown as Listed;
        return ['team', 'pager'].every((name) =>
          items.some((one) => one.receiver === name && one.alertsCount === 10_000 && one.state === 'sent'),
        );
      },
      100_000,
    );
    expect(pagerduty.alerts.size).toBe(1);
    expect(slack.messages.filter(({ thread }) => thread === undefined)).toHaveLength(1);
    expect(JSON.stringify(slack.messages)).toMatch(/10,?000/u);
  },
);
