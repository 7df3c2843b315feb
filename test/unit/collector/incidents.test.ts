import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runProgram } from '../../../src/cli/program.ts';
import type { Alert } from '../../../src/model/alert.ts';
import { makeAlert } from '../../support/alerts.ts';
import { waitFor } from '../../support/wait.ts';
import { getJson, Harness, metric } from './harness.ts';

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});
afterEach(() => harness.end());

const nginx = { pid: 7, exe: '/usr/sbin/nginx' };
const [uid, cwd] = [33, '/'];

/** The three alerts of one incident, and one of another. */
function story(): readonly Alert[] {
  const incident = makeAlert(1).id;
  const below = { uid, cwd, ancestors: [{ pid: 20, exe: '/bin/sh' }, nginx] };
  return [
    makeAlert(1, {
      incident,
      severity: 'warning',
      process: { pid: 20, exe: '/bin/sh', args: ['sh'], uid, cwd, ancestors: [nginx] },
    }),
    makeAlert(2, {
      ...{ incident, severity: 'warning', dimension: 'file.read', key: '/etc/shadow', techniques: ['T1003.008'] },
      title: 'cat read /etc/shadow in shop/web',
      process: { pid: 21, exe: '/bin/cat', args: ['cat', '/etc/shadow'], ...below },
    }),
    makeAlert(3, {
      ...{ incident, severity: 'warning', dimension: 'net.out', techniques: [] },
      title: 'curl connected to 203.0.113.7:4444/tcp in shop/web',
      process: { pid: 22, exe: '/usr/bin/curl', args: ['curl'], ...below },
    }),
    makeAlert(60_000, {
      incident: makeAlert(60_000).id,
      severity: 'notice',
      workload: { id: 'x', name: 'x', kind: 'image' },
    }),
  ];
}

async function fill(url: string, alerts: readonly Alert[] = story()): Promise<void> {
  const outbox = harness.outbox(url);
  for (const alert of alerts) outbox.push(alert);
  await waitFor('the outbox to drain', () => outbox.depth() === 0);
}

test('alerts of an incident are served together, with their processes and their order in time', async () => {
  const { url } = await harness.collector();
  await fill(url);
  const { items } = await getJson(`${url}/api/v1/incidents?severity=warning`);
  expect(items).toMatchObject([
    {
      id: makeAlert(1).id,
      title: 'A shell was started by nginx in shop/web, which read /etc/shadow and connected to 203.0.113.7:4444/tcp',
      ...{ severity: 'critical', state: 'open', alerts: 3, opened: makeAlert(1).time, lastTime: makeAlert(3).time },
    },
  ]);
  const detail = await getJson(`${url}/api/v1/incidents/${makeAlert(1).id}`);
  expect(detail).toMatchObject({
    alerts: [{ seq: 1 }, { seq: 2 }, { seq: 3 }],
    omitted: 0,
    processes: [{ pid: 7, children: [{ pid: 20, children: [{ pid: 21 }, { pid: 22 }] }] }],
    timeline: [{ dimension: 'exec', pid: 20 }, { dimension: 'file.read', pid: 21 }, { dimension: 'net.out' }],
  });
  expect(await getJson(`${url}/api/v1/incidents/none`)).toMatchObject({ status: 404, code: 'incident.unknown' });
  expect(await metric(url, 'anchorwatch_incidents_open{severity="critical"}')).toBe(1);
  expect(await metric(url, 'anchorwatch_incidents_open{severity="notice"}')).toBe(1);
  expect(await metric(url, 'anchorwatch_incidents_open{severity="warning"}')).toBe(0);
});

test('come newest first, in pages without gap or repetition, and are filtered', async () => {
  const { url } = await harness.collector();
  // Several of one time: the cursor must not lose them.
  const time = makeAlert(1).time;
  await fill(
    url,
    Array.from({ length: 7 }, (_, number) => makeAlert(number, { time, incident: makeAlert(number).id })),
  );
  const seen: unknown[] = [];
  let next: string | undefined;
  do {
    const page = await getJson(`${url}/api/v1/incidents?limit=3${next === undefined ? '' : `&after=${next}`}`);
    seen.push(...(page['items'] as { id: string }[]).map(({ id }) => id));
    next = page['next'] as string | undefined;
  } while (next !== undefined);
  expect(seen).toEqual(Array.from({ length: 7 }, (_, number) => makeAlert(6 - number).id));
  for (const [query, count] of [
    ['state=open', 7],
    ['state=closed', 0],
    ['workload=shop/web&container=shop-web-1&node=worker-3', 7],
    ['workload=other', 0],
    ['until=2026-11-23T02:00:00Z', 0],
  ] as const)
    expect((await getJson(`${url}/api/v1/incidents?${query}`))['items']).toHaveLength(count);
  for (const [query, parameter] of [
    ['after=x', 'after'],
    ['after=1.x', 'after'],
    ['state=half', 'state'],
    ['dimension=exec', 'dimension'],
  ] as const)
    expect(await getJson(`${url}/api/v1/incidents?${query}`)).toMatchObject({ code: 'query.invalid', parameter });
});

test('the feed tells how an incident grows and that it ended; what comes later opens it again', async () => {
  const { url } = await harness.collector({ incidentQuietMs: 300 });
  const client = await harness.client(`${url}/feed?kind=incident`);
  const [first, second, third] = story();
  if (first === undefined || second === undefined || third === undefined) throw new Error('no story');
  const outbox = harness.outbox(url);
  outbox.push(first);
  await waitFor('the end of the incident', () => client.messages.some(({ state }) => state === 'closed'));
  expect(await getJson(`${url}/api/v1/incidents/${first.id}`)).toMatchObject({
    state: 'closed',
    closed: expect.any(String),
  });
  expect(await metric(url, 'anchorwatch_incidents_open{severity="warning"}')).toBe(0);
  outbox.push(second);
  await waitFor('its return', () => client.messages.some(({ state, alerts }) => state === 'open' && alerts === 2));
  outbox.push({ ...second, count: 4, lastTime: third.lastTime });
  await waitFor('its growth', () => client.messages.some(({ lastTime }) => lastTime === third.lastTime));
  expect(client.messages.map(({ type }) => type)).not.toContain('alert');
  expect(client.messages[0]).toMatchObject({ type: 'incident', seq: 1, id: first.id, alerts: 1 });
  // The same alerts again, as after a lost acknowledgement, change nothing.
  const before = await getJson(`${url}/api/v1/incidents/${first.id}`);
  await fill(url, [first, second]);
  expect((await getJson(`${url}/api/v1/incidents/${first.id}`))['alerts']).toEqual(before['alerts']);
});

test('alerts of agents that do not group have no incident, and a store from before has none', async () => {
  const path = join(harness.directory, 'collector.db');
  const collector = await harness.collector();
  await fill(collector.url, [makeAlert(1)]);
  expect(await getJson(`${collector.url}/api/v1/incidents`)).toEqual({ items: [] });
  await collector.stop();
  const file = new BetterSqlite(path, { readonly: true });
  expect(file.prepare('SELECT incident FROM alerts').all()).toEqual([{ incident: null }]);
  file.close();
});

test('the command line lists incidents and shows one in full', async () => {
  const { url } = await harness.collector();
  await fill(url);
  const said = async (...args: string[]): Promise<{ status: number; lines: string[] }> => {
    const lines: string[] = [];
    const terminal = { out: (line: string) => void lines.push(line), err: (line: string) => void lines.push(line) };
    const where = ['--listen', new URL(url).host];
    const status = await runProgram(['incidents', ...args, ...where], {
      terminal,
      env: {},
      stop: new AbortController().signal,
    });
    return { status, lines };
  };
  const { lines } = await said();
  expect(lines[0]).toMatch(/^ID +OPENED +SEVERITY +STATE +ALERTS +WHAT$/u);
  expect(lines[1]).toMatch(/CRITICAL +open +3 +A shell was started by nginx in shop\/web, which read/u);
  expect(
    (await said('--severity', 'critical', '--open', '--json')).lines.map((line) => JSON.parse(line) as unknown),
  ).toMatchObject([{ id: makeAlert(1).id, alerts: 3 }]);
  const one = (await said(makeAlert(1).id)).lines.join('\n');
  expect(one).toContain(
    '  /usr/sbin/nginx (pid 7)\n    /bin/sh  sh (pid 20, uid 33) [1]\n      /bin/cat  cat /etc/shadow',
  );
  expect(one).toMatch(/Timeline\n {2}\[1\] .* nginx started \/bin\/sh[^]*\n {2}\[3\] .*curl connected/u);
  const unknown = await said('nothing');
  expect(unknown.status).toBe(1);
  expect(unknown.lines.join('\n')).toContain('there is no incident nothing');
});
