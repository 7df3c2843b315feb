import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeAlert } from '../../support/alerts.ts';
import { waitFor } from '../../support/wait.ts';
import { getJson, Harness, metric, token } from './harness.ts';

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});
afterEach(() => harness.end());

interface Told {
  readonly id: string;
  readonly title: string;
  readonly severity: string;
  readonly incident: string;
  readonly dimension: string;
  readonly node: string;
}
const told = async (url: string): Promise<readonly Told[]> =>
  ((await getJson(`${url}/api/v1/alerts`)) as unknown as { items: Told[] }).items;

test('an agent that goes without a goodbye is an alert once, and told back in the same incident, also across a restart', async () => {
  const first = await harness.collector({ nodeSilenceMs: 200 });
  const feed = await harness.client(`${first.url}/feed?kind=node`);
  const agent = await harness.client(`${first.url}/agent`, { authorization: `Bearer ${token}` });
  agent.send({ type: 'hello', protocol: 2, node: 'worker-3', agentVersion: '0.1.0' });
  await agent.message('welcome');
  agent.socket.terminate();
  const [silent] = await waitFor('the alert', async () => {
    const all = await told(first.url);
    return all.length > 0 && all;
  });
  expect(silent).toMatchObject({
    title: 'node worker-3 fell silent',
    severity: 'warning',
    dimension: 'lifecycle',
    node: 'worker-3',
  });
  await waitFor('the feed', () => feed.messages.some(({ type, silent: is }) => type === 'node' && is === true));
  expect(await getJson(`${first.url}/api/v1/nodes`)).toMatchObject({
    items: [{ up: false, stopped: false, silentAlert: silent?.id }],
  });
  await first.stop();

  const { url } = await harness.collector({ nodeSilenceMs: 200 });
  const outbox = harness.outbox(url);
  outbox.push(makeAlert(1));
  const all = await waitFor('the end of it', async () => {
    const now = await told(url);
    return now.some(({ title }) => title === 'node worker-3 is back') && now;
  });
  expect(all.filter(({ title }) => title.startsWith('node '))).toHaveLength(2);
  expect(all.find(({ title }) => title === 'node worker-3 is back')).toMatchObject({
    severity: 'notice',
    incident: silent?.incident,
  });
  expect((await getJson(`${url}/api/v1/nodes`))['items']).toMatchObject([{ up: true }]);
  expect(await metric(url, 'anchorwatch_alerts_total{severity="notice",dimension="lifecycle"}')).toBe(1);
});

test.each([
  [false, 0],
  [true, 1],
])('an agent that said goodbye is none, unless that is wanted (%s)', async (nodeStopAlert, alerts) => {
  const { url } = await harness.collector({ nodeSilenceMs: 100, nodeStopAlert });
  const leaving = harness.outbox(url, { nodeName: 'leaving', fileName: 'leaving.db' });
  await waitFor('the connection', () => leaving.connected);
  await leaving.stop();
  // One that vanishes after it: when that was told, the other would have been.
  const vanishing = await harness.client(`${url}/agent`, { authorization: `Bearer ${token}` });
  vanishing.send({ type: 'hello', protocol: 2, node: 'vanishing', agentVersion: '0.1.0' });
  await vanishing.message('welcome');
  vanishing.socket.terminate();
  await waitFor('the alert', async () => (await told(url)).some(({ node }) => node === 'vanishing'));
  expect((await told(url)).filter(({ node }) => node === 'leaving')).toHaveLength(alerts);
  expect((await getJson(`${url}/api/v1/nodes`))['items']).toMatchObject([{ name: 'leaving', stopped: true }, {}]);
});

test('many nodes that fall silent at once are one alert', async () => {
  const { url } = await harness.collector({ nodeSilenceMs: 300 });
  const agents = await Promise.all(
    Array.from({ length: 15 }, async (_, number) => {
      const agent = await harness.client(`${url}/agent`, { authorization: `Bearer ${token}` });
      agent.send({ type: 'hello', protocol: 2, node: `n${String(number)}`, agentVersion: '0.1.0' });
      await agent.message('welcome');
      return agent;
    }),
  );
  for (const { socket } of agents) socket.terminate();
  const all = await waitFor('the alert', async () => {
    const now = await told(url);
    return now.length > 0 && now;
  });
  expect(all.map(({ title }) => title)).toEqual(['15 nodes fell silent']);
});

test("an agent's clock is compared with the collector's, shown, measured, and said when it is off", async () => {
  const { url } = await harness.collector();
  const skewed = harness.outbox(url, { nowMs: () => Date.now() - 7000 });
  const seconds = await waitFor('the metric', async () =>
    metric(url, 'anchorwatch_node_clock_skew_seconds{node="worker-3"}'),
  );
  expect(seconds).toBeGreaterThan(-8);
  expect(seconds).toBeLessThan(-6);
  await waitFor('the line', () =>
    harness.lines.some((line) => /the clock of node worker-3 is [\d.]+ s behind/.test(line)),
  );
  const { items } = (await getJson(`${url}/api/v1/nodes`)) as unknown as { items: { clockSkewMs: number }[] };
  expect(items[0]?.clockSkewMs).toBeLessThan(-6000);
  await skewed.stop();
});
