import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runProgram } from '../../../src/cli/program.ts';
import type { NotificationRecord } from '../../../src/model/notification-record.ts';
import { alertId, makeAlert } from '../../support/alerts.ts';
import { postKind, startPostServer } from '../../support/post-receiver.ts';
import type { PostServer } from '../../support/post-receiver.ts';
import { waitFor } from '../../support/wait.ts';
import { AccessHarness } from './access-harness.ts';
import { metric, token } from './harness.ts';

const [i1, i2] = [alertId(1, 5), alertId(2, 5)];

let harness: AccessHarness;
let server: PostServer;
beforeEach(async () => {
  harness = new AccessHarness();
  server = await startPostServer();
  harness.defer(() => server.stop());
});
afterEach(() => harness.end());

function routesFile(text: string): string {
  const file = join(harness.directory, 'routes.yaml');
  writeFileSync(`${file}.new`, text.replaceAll('URL', server.url));
  renameSync(`${file}.new`, file);
  return file;
}

const simple = 'receivers: { team: { post: { url: "URL" } } }\nroute: { receivers: [team], groupWait: 0s }\n';
const started = (
  text: string,
): { routesFile: string; receiverKinds: readonly (typeof postKind)[]; publicUrl: string } => ({
  ...{ routesFile: routesFile(text), receiverKinds: [postKind], publicUrl: 'https://anchorwatch.example/' },
});

interface Listed<Item> {
  readonly items: readonly Item[];
}
const listed = async <Item>(path: string): Promise<readonly Item[]> =>
  ((await harness.ask(`GET ${path}`)).body as unknown as Listed<Item>).items;

/** A command of the program against the collector of the harness. */
async function run(
  ...args: readonly string[]
): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  const said = { out: '', err: '' };
  const terminal = {
    out: (line: string): void => void (said.out += `${line}\n`),
    err: (line: string): void => void (said.err += `${line}\n`),
  };
  const env = harness.url === '' ? {} : { ANCHORWATCH_COLLECTOR: harness.url };
  return { status: await runProgram(args, { terminal, env, stop: new AbortController().signal }), ...said };
}

test('an alert is told with its incident, and that it was accepted', async () => {
  await harness.start(started(simple));
  const outbox = harness.outbox(harness.url);
  outbox.push(makeAlert(1, { incident: i1 }));
  const first = await waitFor('the notification', () => server.got[0]);
  expect(first).toMatchObject({
    ...{
      receiver: 'team',
      dedupKey: `anchorwatch-incident-${i1}`,
      event: 'trigger',
      severity: 'critical',
      alertsCount: 1,
    },
    group: { incident: i1 },
    incident: { id: i1, alerts: 1 },
    alerts: [{ seq: 1, incident: i1 }],
    links: {
      console: `https://anchorwatch.example/#/incidents/${i1}`,
      history: `https://anchorwatch.example/#/history?incident=${i1}`,
    },
  });
  await harness.ask(`POST /api/v1/alerts/${makeAlert(1).id}/accept`, undefined, {});
  await waitFor('the end', () => server.got[1]);
  expect(server.got[1]).toMatchObject({ event: 'resolve', dedupKey: first.dedupKey, reference: `r-${first.dedupKey}` });
  const sent = await waitFor('the record', async () => {
    const items = await listed<NotificationRecord>('/api/v1/notifications');
    return items.length === 2 && items;
  });
  expect(sent.map(({ event, state, reason }) => `${event} ${state} ${reason}`)).toEqual([
    'resolve sent resolved',
    'trigger sent first',
  ]);
  expect(await metric(harness.url, 'anchorwatch_notifications_total{receiver="team",outcome="sent"}')).toBe(2);
  expect(await metric(harness.url, 'anchorwatch_notification_delay_seconds_count{receiver="team"}')).toBe(1);
});

test('an incident that the collector closes is over for receivers too', async () => {
  await harness.start({ ...started(simple), incidentQuietMs: 500 });
  harness.outbox(harness.url).push(makeAlert(1, { incident: i1 }));
  await waitFor('the end', () => server.got.some(({ event }) => event === 'resolve'));
  expect(server.got.map(({ event }) => event)).toEqual(['trigger', 'resolve']);
});

test('a broken routes file keeps the collector from starting; later the old routes stay until it is mended', async () => {
  const broken = 'receivers: { team: { post: { url: "URL" } } }\nroute: { receivers: [teem] }\n';
  await expect(harness.start(started(broken))).rejects.toMatchObject({
    code: 'routes.invalid',
    message: expect.stringMatching(/routes\.yaml:2:22: there is no receiver "teem"; did you mean team\?/u) as string,
  });
  await harness.start(started(simple));
  routesFile(broken);
  harness.running?.reload();
  expect(await metric(harness.url, 'anchorwatch_routes_reloads_total{outcome="refused"}')).toBe(1);
  expect(harness.lines.join('\n')).toContain('the routes stay the old ones');
  const outbox = harness.outbox(harness.url);
  outbox.push(makeAlert(1, { incident: i1 }));
  await waitFor('a notification by the old routes', () => server.got.length === 1);
  // A change of the file is seen without a signal.
  routesFile('receivers: { other: { post: { url: "URL" } } }\nroute: { receivers: [other], groupWait: 0s }\n');
  await waitFor(
    'the new routes',
    async () => (await metric(harness.url, 'anchorwatch_routes_reloads_total{outcome="loaded"}')) === 1,
  );
  outbox.push(makeAlert(2, { incident: i2 }));
  await waitFor('a notification by the new routes', () => server.got.some(({ receiver }) => receiver === 'other'));
});

test('silences: made and ended by operators, written down, shown, and they hold', async () => {
  await harness.start(started(simple));
  const made = await run(
    'silence',
    'add',
    'workload=shop/*',
    'severity!=warning',
    '--for',
    '2h',
    '--reason',
    'change 4711',
    '--by',
    'ada',
  );
  expect(made).toMatchObject({
    status: 0,
    out: expect.stringMatching(/workload: shop\/\*, severity: !warning, active until/u) as string,
  });
  const [silence] = await listed<{ id: string; by: string; state: string }>('/api/v1/silences');
  expect(silence).toMatchObject({
    by: 'ada',
    reason: 'change 4711',
    state: 'active',
    match: { severity: ['!warning'] },
  });
  harness.outbox(harness.url).push(makeAlert(1, { incident: i1 }));
  await waitFor(
    'the silenced alert',
    async () =>
      (await metric(harness.url, 'anchorwatch_notifications_total{receiver="team",outcome="silenced"}')) === 1,
  );
  const explained = await run('routes', 'explain', makeAlert(1).id);
  expect(explained.out).toMatch(/team +post +does not +silenced +silence \w+ by ada: change 4711/u);
  expect((await run('silence', 'list')).out).toContain('change 4711');
  expect(await run('silence', 'expire', silence?.id ?? '')).toMatchObject({ status: 0 });
  expect((await run('silence', 'list')).err).toBe('There are no silences.\n');
  expect((await run('silence', 'list', '--all', '--json')).out).toContain('"state":"expired"');
  const explainedAgain = await run('routes', 'explain', makeAlert(1).id, '--json');
  expect(JSON.parse(explainedAgain.out)).toMatchObject({
    receivers: [{ receiver: 'team', gets: true, reason: 'routed' }],
  });
  const audit = await listed<{ action: string }>('/api/v1/audit');
  expect(audit.map(({ action }) => action)).toEqual(['DELETE /api/v1/silences/:id', 'POST /api/v1/silences']);
  expect(server.got).toEqual([]);

  // Alertmanager's form, and what is refused.
  const alertmanager = {
    matchers: [{ name: 'node', value: 'spot-.*', isRegex: true }],
    ...{ startsAt: '2090-11-23T00:00:00Z', endsAt: '2090-11-24T00:00:00Z', comment: 'later', createdBy: 'bob' },
  };
  expect(await harness.ask('POST /api/v1/silences', undefined, alertmanager)).toMatchObject({
    status: 400,
    body: { code: 'silence.invalid' },
  });
  const soon = {
    ...alertmanager,
    startsAt: new Date(Date.now() + 60_000).toISOString(),
    endsAt: new Date(Date.now() + 90_000).toISOString(),
  };
  expect(await harness.ask('POST /api/v1/silences', undefined, soon)).toMatchObject({
    status: 201,
    body: { state: 'pending', by: 'bob', match: { node: '/^(?:spot-.*)$/' } },
  });
  for (const [body, detail] of [
    [{ match: { wrkload: 'x' }, for: '1h', reason: 'x' }, /did you mean workload/u],
    [{ match: {}, for: '1h', reason: 'x' }, /needs a condition/u],
    [{ match: { node: 'x' }, reason: 'x' }, /until/u],
    [{ match: { node: 'x' }, for: '1h' }, /reason/u],
    [{ match: { node: '/(a+)+/' }, for: '1h', reason: 'x' }, /repetition/u],
  ] as const)
    expect(await harness.ask('POST /api/v1/silences', undefined, body)).toMatchObject({
      status: 400,
      body: { detail: expect.stringMatching(detail) as string },
    });
  expect(await harness.ask('DELETE /api/v1/silences/nothing')).toMatchObject({
    status: 404,
    body: { code: 'silence.unknown' },
  });
});

test('who may: viewers read, operators change', async () => {
  await harness.start(started(simple));
  const [viewer, operator] = [await harness.makeToken('viewer'), await harness.makeToken('operator')];
  const body = { match: { node: 'x' }, for: '1h', reason: 'x', by: 'somebody else' };
  expect((await harness.ask('POST /api/v1/silences', viewer, body)).status).toBe(403);
  expect((await harness.ask('POST /api/v1/receivers/team/test', viewer)).status).toBe(403);
  const made = await harness.ask('POST /api/v1/silences', operator, body);
  expect(made.body['by']).toMatch(/^a-operator-/u);
  for (const path of ['silences', 'notifications'])
    expect((await harness.ask(`GET /api/v1/${path}`, viewer)).status).toBe(200);
});

test('a sample says whether a receiver can be told; routes are checked before they are used', async () => {
  await harness.start(started(simple));
  expect(await run('notify', 'test', 'team')).toMatchObject({
    status: 0,
    out: expect.stringMatching(/^team \(post\) took it \(sent, \d+ ms\)\n$/u) as string,
  });
  expect(server.got[0]).toMatchObject({ event: 'trigger', title: expect.stringMatching(/^Test: /u) as string });
  server.answer = () => 400;
  expect(await run('notify', 'test', 'team')).toMatchObject({
    status: 1,
    out: expect.stringContaining('HTTP 400') as string,
  });
  expect(await run('notify', 'test', 'teem')).toMatchObject({
    status: 1,
    err: expect.stringContaining('there are team') as string,
  });
  const file = routesFile('receivers: {}\nroute: { recievers: [x] }\n');
  const checked = await run('routes', 'check', file);
  expect(checked.status).toBe(1);
  expect(checked.out).toContain(`FAIL  ${file}:2:10: a route has no key "recievers"; did you mean receivers?`);
  expect(await run('routes', 'check', '/nowhere.yaml')).toMatchObject({
    status: 1,
    err: expect.stringContaining('/nowhere.yaml') as string,
  });
});

test('without a routes file nothing is sent, which is said once, and silences can be made all the same', async () => {
  await harness.start();
  expect(harness.lines.filter((line) => line.includes('there is no --routes'))).toHaveLength(1);
  harness.outbox(harness.url).push(makeAlert(1));
  await waitFor('the alert', async () => (await listed('/api/v1/alerts')).length === 1);
  expect(await harness.ask(`GET /api/v1/alerts/${makeAlert(1).id}/routes`)).toMatchObject({
    status: 409,
    body: { code: 'routes.missing' },
  });
  expect(await listed('/api/v1/notifications')).toEqual([]);
  expect((await run('notifications')).err).toBe('There are no notifications.\n');
  expect(
    (await harness.ask('POST /api/v1/silences', undefined, { match: { node: 'x' }, for: '1h', reason: 'x' })).status,
  ).toBe(201);
});

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

test(
  'kill -9 between sending and recording: told twice with one id and one dedup key, never not at all; a receiver that was down hears everything',
  { timeout: 60_000 },
  async () => {
    const address = `127.0.0.1:${String(await freePort())}`;
    const downPort = await freePort();
    const file = routesFile(
      `receivers: { team: { post: { url: "URL" } }, down: { post: { url: "http://127.0.0.1:${String(downPort)}" } } }\nroute: { receivers: [team, down], groupWait: 0s }\n`,
    );
    const start = (): ChildProcess =>
      spawn(
        process.execPath,
        [join(import.meta.dirname, 'notifying-child.ts'), harness.directory, address, token, file],
        { stdio: 'inherit' },
      );
    let child = start();
    harness.defer(() => void child.kill('SIGKILL'));
    // The receiver took it, and the collector dies before it hears so.
    server.answer = () => {
      child.kill('SIGKILL');
      return undefined;
    };
    const outbox = harness.outbox(`http://${address}`);
    outbox.push(makeAlert(1, { incident: i1 }));
    await waitFor('the first notification', () => server.got.length === 1, 20_000);
    await waitFor('its end', () => child.signalCode !== null);
    server.answer = () => 200;
    const down = await startPostServer(downPort);
    harness.defer(() => down.stop());
    child = start();
    outbox.push(makeAlert(2, { incident: i2 }));
    await waitFor('everything', () => server.got.length >= 3 && down.got.length >= 2, 30_000);
    const [first, second, third] = server.got;
    expect([second?.dedupKey, second?.id, second?.event]).toEqual([first?.dedupKey, first?.id, 'trigger']);
    expect(third?.dedupKey).toBe(`anchorwatch-incident-${i2}`);
    expect(
      down.got.map(({ dedupKey, event, alertsCount }) => `${event} ${dedupKey} ${String(alertsCount)}`).toSorted(),
    ).toEqual([`trigger anchorwatch-incident-${i1} 1`, `trigger anchorwatch-incident-${i2} 1`]);
  },
);
