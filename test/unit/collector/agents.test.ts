import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeAlert, makeReport } from '../../support/alerts.ts';
import { waitFor } from '../../support/wait.ts';
import { getJson, Harness, metric, token } from './harness.ts';

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});
afterEach(() => harness.end());

const hello = { type: 'hello', protocol: 1, node: 'worker-3', agentVersion: '0.1.0' };
const authorization = `Bearer ${token}`;

describe('an agent', () => {
  test('delivers alerts that were pushed before and after it connected, and its report', async () => {
    const { url } = await harness.collector();
    const outbox = harness.outbox(url);
    for (let number = 1; number <= 250; number += 1) outbox.push(makeAlert(number));
    outbox.report(makeReport());
    await waitFor('the outbox to drain', () => outbox.depth() === 0);
    outbox.push(makeAlert(251));
    outbox.push(makeAlert(7, { count: 12, lastTime: '2026-11-23T05:00:00.000Z' }));
    await waitFor('the outbox to drain', () => outbox.depth() === 0);

    const page = await getJson(`${url}/api/v1/alerts?limit=1000`);
    const items = page['items'] as {
      seq: number;
      id: string;
      count: number;
      lastTime: string;
      previousHash: string;
      hash: string;
    }[];
    expect(items.map(({ seq }) => seq)).toEqual(Array.from({ length: 251 }, (_, index) => 251 - index));
    expect(items.find(({ id }) => id === makeAlert(7).id)).toMatchObject({
      count: 12,
      lastTime: '2026-11-23T05:00:00.000Z',
    });
    for (const [index, item] of items.entries())
      expect(item.previousHash).toBe(items[index + 1]?.hash ?? '0'.repeat(64));
    expect(await metric(url, 'anchorwatch_alerts_total{severity="critical",dimension="exec"}')).toBe(251);
    expect(await metric(url, 'anchorwatch_alert_delay_seconds_count')).toBe(251);
    expect(await metric(url, 'anchorwatch_node_up{node="worker-3"}')).toBe(1);
    expect(await metric(url, 'anchorwatch_events_total{node="worker-3",kind="exec"}')).toBe(7);
    expect(await metric(url, 'anchorwatch_sensor_lost_total{node="worker-3",hook="open",reason="ring-full"}')).toBe(2);
    expect(
      await metric(
        url,
        'anchorwatch_container_cpu_seconds_total{node="worker-3",workload="shop/web",container="shop-web-1"}',
      ),
    ).toBe(12.5);

    await outbox.stop();
    await waitFor('the node to be down', async () => (await metric(url, 'anchorwatch_node_up{node="worker-3"}')) === 0);
  });

  test('with a wrong token is refused, says so once, keeps everything and delivers when the token is right', async () => {
    const { url } = await harness.collector();
    const wrong = harness.outbox(url, { token: 'another' });
    wrong.push(makeAlert(1));
    await waitFor('several refusals', () => wrong.counters.unauthorized >= 3);
    expect(harness.lines.filter((line) => line.includes('does not accept the token'))).toHaveLength(1);
    expect(harness.lines.join('')).not.toContain('another');
    expect(wrong.depth()).toBe(1);
    expect(await metric(url, 'anchorwatch_ingest_refused_total{code="unauthorized"}')).toBeGreaterThanOrEqual(3);
    await wrong.stop();
    const right = harness.outbox(url);
    await waitFor('the outbox to drain', () => right.depth() === 0);
    expect(await getJson(`${url}/api/v1/alerts`)).toMatchObject({ items: [{ seq: 1 }] });
  });

  test('whose token is corrected while it runs is asked for it again, at once when it is told so', async () => {
    const { url } = await harness.collector();
    let current = 'another';
    const renewToken = (): string => {
      if (current === '') throw new Error('the file is being written');
      return current;
    };
    const outbox = harness.outbox(url, { token: 'another', renewToken, refusedRetryMs: 3_600_000 });
    outbox.push(makeAlert(1));
    await waitFor('a refusal', () => outbox.counters.unauthorized === 1);
    current = '';
    outbox.redial();
    await waitFor('a second refusal', () => outbox.counters.unauthorized === 2);
    current = token;
    outbox.redial();
    await waitFor('the outbox to drain', () => outbox.depth() === 0);
    expect(outbox.counters.connects).toBe(1);
    // There is a link: nothing to do.
    outbox.redial();
    expect(outbox.connected).toBe(true);
  });

  test('rides out restarts of the collector', async () => {
    const first = await harness.collector();
    const listen = first.url.replace('http://', '');
    const outbox = harness.outbox(first.url);
    outbox.push(makeAlert(1));
    await waitFor('the outbox to drain', () => outbox.depth() === 0);
    await first.stop();
    outbox.push(makeAlert(2));
    expect(outbox.depth()).toBe(1);
    const second = await harness.collector({ listen });
    await waitFor('the outbox to drain', () => outbox.depth() === 0);
    expect(await getJson(`${second.url}/api/v1/alerts`)).toMatchObject({ items: [{ seq: 2 }, { seq: 1 }] });
  });

  test('answers a request for a profile; another that has none is no obstacle; one that is silent is named', async () => {
    const { url } = await harness.collector({ profileTimeoutMs: 300 });
    const feature = {
      dimension: 'exec',
      key: '/usr/sbin/nginx',
      state: 'known',
      incidence: { startup: 1, steady: 3 },
      firstSeen: '2026-11-23T02:00:00.000Z',
      lastSeen: '2026-11-23T03:00:00.000Z',
    } as const;
    const [a, b] = ['a', 'b'].map((nodeName) =>
      harness.outbox(url, {
        nodeName,
        fileName: `${nodeName}.db`,
        onRequest: async (id) => (id === 'w-web' ? [feature] : undefined),
      }),
    );
    a?.report(makeReport());
    b?.report(makeReport());
    const silent = await harness.client(`${url}/agent`, { authorization });
    silent.send({ ...hello, node: 'c' });
    silent.send({ type: 'report', report: makeReport() });
    const profile = `${url}/api/v1/workloads/${encodeURIComponent('shop/web')}/profile`;
    await waitFor('three nodes', async () => {
      const found = (await getJson(`${url}/api/v1/workloads/w-web`))['nodes'] as string[] | undefined;
      return found?.length === 3;
    });
    expect(await getJson(profile)).toEqual({
      workload: 'w-web',
      nodes: ['a', 'b'],
      missing: ['c'],
      omitted: 0,
      features: [{ ...feature, incidence: { startup: 2, steady: 6 } }],
      dimensions: [{ dimension: 'exec', coverage: 0.9, features: 3, seenInOneSample: 1 }],
    });
    await a?.stop();
    await b?.stop();
    expect((await fetch(profile)).status).toBe(504);
    expect((await fetch(`${url}/api/v1/workloads/nothing/profile`)).status).toBe(404);
  });

  test('that takes the name of another replaces it', async () => {
    const { url } = await harness.collector();
    const older = await harness.client(`${url}/agent`, { authorization });
    older.send(hello);
    await older.message('welcome');
    const newer = await harness.client(`${url}/agent`, { authorization });
    newer.send(hello);
    await newer.message('welcome');
    expect(await older.closed()).toBe(4001);
    expect(await older.message('refuse')).toMatchObject({ code: 'node.replaced' });
    expect(await metric(url, 'anchorwatch_node_up{node="worker-3"}')).toBe(1);
  });
});

describe('a lying peer', () => {
  test.each([
    ['garbage', 'not json', 'message.syntax'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00]), 'message.syntax'],
    ['another version', { ...hello, protocol: 4 }, 'protocol.version'],
    ['a version to come, with another hello', { type: 'greeting', protocol: 99 }, 'protocol.version'],
    ['a batch before the hello', { type: 'batch', seq: 1, alerts: [makeAlert(1)] }, 'hello.missing'],
    ['a hello without a name', { ...hello, node: '' }, 'message.invalid'],
  ])('that sends %s is refused with a code and closed', async (_what, message, code) => {
    const { url } = await harness.collector();
    const peer = await harness.client(`${url}/agent`, { authorization });
    peer.send(message);
    expect(await peer.message('refuse')).toMatchObject({ code });
    expect(await peer.closed()).toBe(4000);
    expect(await metric(url, `anchorwatch_ingest_refused_total{code="${code}"}`)).toBe(1);
  });

  test.each([
    ['a batch out of order', { type: 'batch', seq: 3, alerts: [makeAlert(1)] }, 'batch.order'],
    [
      'too many alerts',
      { type: 'batch', seq: 1, alerts: Array.from({ length: 101 }, (_, n) => makeAlert(n)) },
      'message.invalid',
    ],
    [
      'an alert without a severity',
      { type: 'batch', seq: 1, alerts: [{ ...makeAlert(1), severity: 'loud' }] },
      'message.invalid',
    ],
    ['a second hello', hello, 'message.unexpected'],
  ])('that sends %s after its hello is refused, and nothing is stored', async (_what, message, code) => {
    const { url } = await harness.collector();
    const peer = await harness.client(`${url}/agent`, { authorization });
    peer.send(hello);
    peer.send(message);
    expect(await peer.message('refuse')).toMatchObject({ code });
    expect(await peer.closed()).toBe(4000);
    expect(await getJson(`${url}/api/v1/alerts`)).toEqual({ items: [] });
  });

  test('that sends more than a message may have is closed with 1009', async () => {
    const { url } = await harness.collector();
    const peer = await harness.client(`${url}/agent`, { authorization });
    peer.send(hello);
    peer.send('x'.repeat(1_048_577));
    expect(await peer.closed()).toBe(1009);
    expect(await metric(url, 'anchorwatch_ingest_refused_total{code="message.size"}')).toBe(1);
  });
});
