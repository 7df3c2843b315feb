import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RunningAlertmanager } from '../support/alertmanager.ts';
import { PagerdutyStandIn } from '../support/pagerduty-stand-in.ts';
import { alertmanagerMissing, engineMissing } from '../support/requirements.ts';
import { SlackStandIn } from '../support/slack-stand-in.ts';
import { StandInHttp } from '../support/stand-in-http.ts';
import { waitFor } from '../support/wait.ts';
import { type Engine, startEngine } from './engine.ts';
import { type Product, startProduct } from './product.ts';

// From the act in a container to where people are told, with everything between as it is used.
const missing = engineMissing() ?? alertmanagerMissing();
const routingKey = 'hiddenroutingkeyhiddenroutingkey';
const undo: (() => Promise<void> | void)[] = [];
let engine: Engine;
let product: Product;
let slack: SlackStandIn;
let pagerduty: PagerdutyStandIn;
let alertmanager: RunningAlertmanager;

beforeAll(async () => {
  if (missing !== undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'anchorwatch-notified-'));
  undo.push(() => {
    rmSync(folder, { recursive: true });
  });
  slack = await SlackStandIn.start('token-secret');
  pagerduty = await PagerdutyStandIn.start(routingKey);
  const people = await StandInHttp.start({ status: 200 });
  alertmanager = await RunningAlertmanager.start(people.url);
  for (const one of [slack, pagerduty, people, alertmanager]) undo.push(() => one.stop());
  writeFileSync(join(folder, 'token'), 'token-secret\n', { mode: 0o600 });
  writeFileSync(join(folder, 'key'), `${routingKey}\n`, { mode: 0o600 });
  writeFileSync(
    join(folder, 'routes.yaml'),
    `receivers:
  team: { slack: { tokenFile: token, channel: C0123456789, apiUrl: "${slack.apiUrl}" } }
  pager: { pagerduty: { routingKeyFile: key, url: "${pagerduty.url}" } }
  prometheus: { alertmanager: { urls: ["${alertmanager.url}"] } }
route:
  receivers: [team, pager, prometheus]
`,
  );
  engine = await startEngine();
  undo.push(() => engine.stop());
  product = await startProduct(engine.host, ['--routes', join(folder, 'routes.yaml')]);
  undo.push(() => product.stop());
});
afterAll(async () => {
  for (const act of undo.toReversed()) await act();
});

test('what somebody does in a container is told by Slack, PagerDuty and Alertmanager, and over when it was accepted', async (context) => {
  if (missing !== undefined) context.skip(missing);
  const image = await engine.debianImage();
  await engine.cli('run', '-d', '--name', 'victim', image, '/bin/sleep', '600');
  await waitFor('the container to be watched', () => product.log().includes('victim'));
  const actMs = Date.now();
  await engine.cli('exec', 'victim', '/bin/chmod', 'u+s', '/bin/true');
  const told = new Map<string, number>();
  const arrived = async (name: string, isThere: () => boolean | Promise<boolean>): Promise<void> => {
    await waitFor(name, isThere);
    told.set(name, Date.now() - actMs);
  };
  const page = (): { readonly state: string } | undefined => [...pagerduty.alerts.values()][0];
  await Promise.all([
    arrived('Slack', () => slack.messages.length > 0),
    arrived('PagerDuty', () => page()?.state === 'triggered'),
    arrived('Alertmanager', async () => (await alertmanager.firing()).length > 0),
  ]);
  await context.annotate([...told].map(([name, ms]) => `${name} ${String(ms)} ms after the act`).join(', '));
  const alert = product.alerts.find(({ key }) => key.startsWith('chmod set-id'));
  expect(alert?.container.name).toBe('victim');
  expect(JSON.stringify(slack.messages[0])).toContain('victim');

  // Everything that the group was raised for: the alert, and what else the incident has.
  for (const { id } of product.alerts) await product.post(`/api/v1/alerts/${id}/accept`, {});
  await waitFor('the end at PagerDuty', () => page()?.state === 'resolved');
  await waitFor('the end at Alertmanager', async () => (await alertmanager.firing()).length === 0);
  await waitFor('the end at Slack', () => slack.messages.length > 1);
  expect(pagerduty.problems).toEqual([]);
  expect(slack.messages.filter(({ thread }) => thread === undefined)).toHaveLength(1);
});
