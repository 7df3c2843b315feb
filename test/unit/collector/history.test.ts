import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { History } from '../../../src/agent/history.ts';
import { lossBody } from '../../../src/history/flight-recorder.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import type { Event } from '../../../src/model/event.ts';
import type { HistoryEntry } from '../../../src/model/history.ts';
import type { Outbox } from '../../../src/outbox/outbox.ts';
import { alertId, makeAlert, makeReport } from '../../support/alerts.ts';
import { makeContainer } from '../../support/containers.ts';
import { waitFor } from '../../support/wait.ts';
import { getJson, Harness } from './harness.ts';

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});
afterEach(() => harness.end());

interface Page {
  readonly items: readonly HistoryEntry[];
  readonly next?: string;
  readonly nodes: readonly { readonly node: string; readonly outcome: string; readonly oldest?: string }[];
  readonly blind: readonly { readonly reason: string }[];
}

const container = makeContainer({ workload: { id: 'w-web', name: 'shop/web', kind: 'compose' } });
const base = Date.now() - 60_000;

function fileEvent(offsetMs: number, path: string, captured = false): Event {
  return {
    ...{ kind: 'file', timeMs: base + offsetMs, cgroupId: '7', source: 'kernel', access: 'read', created: false, path },
    ...{ fileType: 'regular', origin: 'image', ...(captured ? { captured } : {}) },
    process: {
      ...{ pid: 5, startTimeNs: '1', comm: 'sh', exe: '/bin/sh', args: ['sh', '-c', 'id'], uid: 0, gid: 0, cwd: '/' },
      ...{ execution: '1800000000000001', ancestors: [{ pid: 1, exe: '/init' }] },
    },
  };
}

/** A node with a recorder and a link. */
function node(url: string, nodeName: string, place = nodeName): { readonly history: History; readonly outbox: Outbox } {
  const stateDir = join(harness.directory, place);
  const options = { stateDir, nodeName, captureMs: 0, historySize: 1e8, historyAgeMs: 1e9 };
  const history = new History(options, systemClock, harness.log);
  harness.defer(() => history.recorder.close());
  const outbox = harness.outbox(url, { nodeName, fileName: `${place}.db`, companion: history.companion });
  outbox.report(makeReport());
  return { history, outbox };
}

const page = async (url: string, query: string): Promise<Page> =>
  (await getJson(`${url}/api/v1/history?${query}`)) as unknown as Page;
const paths = ({ items }: Page): string[] =>
  items.map((entry) => ('path' in entry ? `${entry.node} ${entry.path}` : entry.kind));

test('what nodes recorded is put together in the order of time, page by page and as a stream, with who did not answer', async () => {
  const { url } = await harness.collector();
  const [a, b] = [node(url, 'a'), node(url, 'b')];
  harness.outbox(url, { nodeName: 'old', fileName: 'old.db' });
  const expected: string[] = [];
  for (let i = 0; i < 30; i++) {
    const { history } = i % 3 === 0 ? b : a;
    history.recorder.record(fileEvent(i, `/srv/${String(i)}`, i % 2 === 0), container);
    expected.push(`${i % 3 === 0 ? 'b' : 'a'} /srv/${String(i)}`);
  }
  b.history.recorder.add('loss', base + 40, container, lossBody(base + 30, base + 40, 'open', 'ring_full', 17));
  await waitFor('all nodes', async () => ((await getJson(`${url}/api/v1/nodes`))['items'] as unknown[]).length === 3);
  await waitFor('the links', async () => {
    const { nodes } = await page(url, 'since=5m');
    return nodes.filter(({ outcome }) => outcome === 'answered').length === 2;
  });
  const whole = await page(url, 'since=5m&kind=file&container=web-1');
  expect(paths(whole)).toEqual(expected);
  expect(whole.nodes).toMatchObject([
    { node: 'a', outcome: 'answered', oldest: new Date(base + 1).toISOString() },
    { node: 'b', outcome: 'answered' },
    { node: 'old', outcome: 'unsupported' },
  ]);
  expect(whole.blind).toMatchObject([{ reason: 'ring_full', node: 'b' }]);
  expect(whole.items[0]).toMatchObject({
    ...{ node: 'b', kind: 'file', time: new Date(base).toISOString(), captured: true },
    container: { id: container.id, name: 'web-1', workload: { name: 'shop/web' } },
    process: { pid: 5, args: ['sh', '-c', 'id'] },
  });
  const paged: string[] = [];
  for (let after = ''; ;) {
    const one = await page(url, `since=5m&kind=file&limit=7${after}`);
    paged.push(...paths(one));
    if (one.next === undefined) break;
    expect(one.items).toHaveLength(7);
    after = `&after=${one.next}`;
  }
  expect(paged).toEqual(expected);
  const streamed = await fetch(`${url}/api/v1/history?since=5m&path=/srv/2*`, {
    headers: { accept: 'application/x-ndjson' },
  });
  expect(streamed.headers.get('content-type')).toContain('application/x-ndjson');
  const lines = (await streamed.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { path?: string; end?: Page });
  expect(lines.slice(0, -2).map(({ path }) => path)).toEqual([
    '/srv/2',
    ...Array.from({ length: 10 }, (_, i) => `/srv/2${String(i)}`),
  ]);
  expect(lines.at(-1)?.end?.nodes).toHaveLength(3);
  expect(paths(await page(url, 'since=5m&node=b&kind=file&process=1800000000000001'))).toHaveLength(10);
  for (const wrong of ['kind=weather', 'limit=20000', 'since=1h&until=2h', 'after=x', 'colour=red', 'incident=1'])
    expect(await getJson(`${url}/api/v1/history?${wrong}`)).toMatchObject({ status: 400, code: 'query.invalid' });
});

test('the minutes before an alert go to the collector with it, and answer for a node that is gone', async () => {
  const { url } = await harness.collector();
  const { history, outbox } = node(url, 'a');
  history.recorder.record(fileEvent(-400_000, '/srv/long-before'), container);
  history.recorder.record(fileEvent(0, '/srv/before'), container);
  history.recorder.record(fileEvent(1, '/srv/of-another'), makeContainer({ id: 'b'.repeat(64), name: 'other' }));
  const incident = alertId(1);
  const time = new Date(base + 10).toISOString();
  const own = { incident, time, lastTime: time, node: 'a', container: { ...container, digest: '' } };
  const alert = makeAlert(1, own);
  history.recorder.record(fileEvent(10, '/etc/shadow'), container);
  outbox.push(alert);
  history.bundles.alerted(alert, container);
  await waitFor('the evidence', () => history.bundles.counters.pieces === 1, 15_000);
  await outbox.stop();
  await history.recorder.close();
  const whole = await page(url, `container=web-1&since=1h&kind=file`);
  expect(whole.nodes).toMatchObject([{ node: 'a', outcome: 'evidence' }]);
  expect(paths(whole)).toEqual(['a /srv/before', 'a /etc/shadow']);
  expect(paths(await page(url, `incident=${incident}`))).toEqual(['a /srv/before', 'a /etc/shadow']);
  expect(paths(await page(url, `container=web-1&since=1h&path=/etc/*`))).toEqual(['a /etc/shadow']);
  expect(paths(await page(url, 'container=other&since=1h'))).toEqual([]);
  const { next = '' } = await page(url, 'container=web-1&since=1h&limit=1');
  expect(paths(await page(url, `container=web-1&since=1h&limit=1&after=${next}`))).toEqual(['a /etc/shadow']);
  // A new disk: the node has what came since, the collector what it was sent before.
  const again = node(url, 'a', 'a-new');
  again.history.recorder.record(fileEvent(30_000, '/srv/later'), container);
  await waitFor('the node to say what it has', async () => {
    again.history.recorder.flush();
    again.outbox.report({ ...makeReport(), history: { sizeBytes: 1, entries: 1, oldestMs: base + 30_000 } });
    return (await page(url, 'container=web-1&since=1h&kind=file')).items.length === 3;
  });
  const both = await page(url, 'container=web-1&since=1h&kind=file');
  expect(paths(both)).toEqual(['a /srv/before', 'a /etc/shadow', 'a /srv/later']);
  expect(both.nodes).toMatchObject([{ node: 'a', outcome: 'answered' }]);
});
