import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { RunningAlertmanager } from '../../../test/support/alertmanager.ts';
import { alertId } from '../../../test/support/alerts.ts';
import { hostileNames, makeIncident, makeNotification, makeStoredAlert } from '../../../test/support/notifications.ts';
import { alertmanagerMissing } from '../../../test/support/requirements.ts';
import { StandInHttp } from '../../../test/support/stand-in-http.ts';
import { waitFor } from '../../../test/support/wait.ts';
import type { Notification, SendOutcome } from '../../model/notification.ts';
import { sampleNotification } from '../sample.ts';
import { alertmanagerKind } from './alertmanager.ts';
import { postableAlerts } from './alerts.ts';

const never = new AbortController().signal;
const send = (notification: Notification, ...urls: readonly string[]): Promise<SendOutcome> => {
  const settings = { urls, labels: { cluster: 'blue', severity: 'never this' } };
  const result = alertmanagerKind.open(settings, { directory: '/', nowMs: Date.now });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.receiver.send(notification, never);
};

describe('a real Alertmanager', () => {
  const missing = alertmanagerMissing();
  let people: StandInHttp;
  let alertmanager: RunningAlertmanager;
  beforeAll(async () => {
    people = await StandInHttp.start({ status: 200 });
    if (missing === undefined) alertmanager = await RunningAlertmanager.start(people.url);
  });
  afterAll(async () => {
    if (missing === undefined) await alertmanager.stop();
    await people.stop();
  });
  /** What people were told of a group: state and severity of each alert. */
  const told = (dedupKey: string): readonly string[] =>
    people.received.flatMap(({ body }) => {
      const { groupLabels, alerts } = JSON.parse(body) as {
        groupLabels: { dedup_key?: string };
        alerts: { status: string; labels: { severity: string } }[];
      };
      if (groupLabels.dedup_key !== dedupKey) return [];
      return [alerts.map(({ status, labels }) => `${status} ${labels.severity}`).join(', ')];
    });

  test('an alert fires once however often it is sent, rises, is acknowledged, and is over', async (context) => {
    if (missing !== undefined) context.skip(missing);
    const alerts = [makeStoredAlert(1, { severity: 'warning', incident: alertId(1) })];
    const first = makeNotification({ alerts, severity: 'warning' });
    const { dedupKey } = first;
    const matcher = `dedup_key=${dedupKey}`;
    expect(await send(first, alertmanager.url)).toEqual({ outcome: 'sent', reference: 'warning' });
    expect(await send(first, alertmanager.url)).toEqual({ outcome: 'sent', reference: 'warning' });
    const [alert, ...more] = await waitFor('the alert', async () => {
      const found = await alertmanager.query(matcher, 'severity=warning', 'workload=shop/web');
      return found.length > 0 && found;
    });
    expect(more).toEqual([]);
    expect(alert?.labels).toEqual({
      ...{ alertname: 'AnchorwatchIncident', cluster: 'blue', severity: 'warning', dedup_key: dedupKey },
      ...{ workload: 'shop/web', container: 'shop-web-1', node: 'worker-3', incident: alertId(1) },
    });
    expect(alert?.annotations).toMatchObject({
      summary: 'A shell was started by nginx in shop/web',
      process_tree: '/usr/sbin/nginx (4200)\n└─ sh -c id (4711) ◀',
      runbook_url: 'https://runbooks.example/shell',
      state: 'New',
    });
    expect(alert?.startsAt).toBe('2026-11-23T02:00:00.001Z');
    expect(Date.parse(alert?.endsAt ?? '') - Date.now()).toBeGreaterThan(86_000_000);
    expect(alert?.generatorURL).toBe(first.links.console);
    await waitFor('people to be told', () => told(dedupKey).length === 1);

    const reference = 'warning';
    const rise = makeNotification({ ...first, event: 'update', severity: 'critical', reference });
    expect(await send(rise, alertmanager.url)).toEqual({ outcome: 'sent', reference });
    await waitFor('the rise', () => told(dedupKey).length === 2);
    expect(told(dedupKey)).toEqual(['firing warning', 'firing critical, resolved warning']);
    expect((await alertmanager.query(matcher)).map(({ labels }) => labels['severity'])).toEqual(['critical']);

    await send(makeNotification({ ...rise, event: 'acknowledge' }), alertmanager.url);
    await waitFor('the annotation', async () =>
      (await alertmanager.firing()).some(({ annotations }) => annotations['state'] === 'Acknowledged'),
    );
    await send(makeNotification({ ...rise, event: 'resolve' }), alertmanager.url);
    await waitFor(
      'people to be told that it is over',
      () => told(dedupKey).at(-1)?.includes('resolved critical') === true,
    );
    await waitFor('the end', async () => (await alertmanager.query(matcher)).length === 0);
    expect(told(dedupKey)).toHaveLength(3);
  });

  test('hostile names, groups without an incident, samples, clocks that are ahead: all are taken', async (context) => {
    if (missing !== undefined) context.skip(missing);
    const { incident: _none, ...bare } = makeNotification({ dedupKey: 'bare' });
    const group = { '2-workload/name': 'shop/web', ünï: 'x', empty: '' };
    const ahead = makeStoredAlert(5, { time: new Date(Date.now() + 3_600_000).toISOString() });
    const wish = {
      receiver: 'x',
      id: alertId(1),
      subject: alertId(2),
      nowMs: Date.now(),
      consoleUrl: alertmanager.url,
    };
    const notifications = [
      { ...bare, group },
      { ...bare, dedupKey: 'nothing', alerts: [], alertsCount: 0, group: {} },
      makeNotification({ alerts: [ahead], dedupKey: 'ahead' }),
      makeNotification({ alerts: [ahead], dedupKey: 'ahead', event: 'resolve' }),
      sampleNotification(wish),
      ...hostileNames.map((name) =>
        makeNotification({
          alerts: [makeStoredAlert(1, { title: name, node: name, workload: { id: 'w', name, kind: 'image' } })],
          ...{ title: name, dedupKey: `k${name}`, group: { [name]: name } },
        }),
      ),
    ];
    for (const one of notifications) expect(await send(one, alertmanager.url)).toMatchObject({ outcome: 'sent' });
    const [listed] = await alertmanager.query('dedup_key=bare');
    expect(listed?.labels).toMatchObject({ alertname: 'AnchorwatchAlerts', _2_workload_name: 'shop/web', _n_: 'x' });
  });
});

describe('several Alertmanagers', () => {
  const servers: StandInHttp[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
  });
  const answering = async (...statuses: readonly number[]): Promise<string[]> => {
    for (const status of statuses)
      servers.push(
        await StandInHttp.start({ status, ...(status === 429 ? { headers: { 'retry-after': '20' } } : {}) }),
      );
    return servers.map(({ url }) => `${url}/prefix/`);
  };

  test.each([
    [[200, 200], { outcome: 'sent', reference: 'critical' }],
    [[500, 200], { outcome: 'sent', reference: 'critical', note: expect.stringContaining('500') as string }],
    [[400, 200], { outcome: 'sent', reference: 'critical', note: expect.stringContaining('400') as string }],
    [[500, 400], { outcome: 'retry', reason: expect.stringMatching(/500.*400/) as string }],
    [[429, 503], { outcome: 'retry', reason: expect.stringContaining('429') as string }],
    [[429, 429], { outcome: 'retry', reason: expect.stringContaining('429') as string, afterMs: 20_000 }],
    [[400, 401], { outcome: 'failed', reason: expect.stringMatching(/400.*401/) as string }],
  ])('answers %j', async (statuses, outcome) => {
    const urls = await answering(...statuses);
    expect(await send(makeNotification(), ...urls)).toEqual(outcome);
    expect(servers.map(({ received }) => received.map(({ url }) => url))).toEqual(
      statuses.map(() => ['/prefix/api/v2/alerts']),
    );
  });
});

test('times are right whatever the clocks say, and an end is never before its start', () => {
  const dates = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(dates, dates, fc.constantFrom('trigger', 'resolve'), (opened, now, event) => {
      const alerts = [makeStoredAlert(1, { time: opened.toISOString() })];
      const notification = makeNotification({ alerts, incident: makeIncident(alerts), event });
      const context = { labels: {}, endsAfterMs: 60_000, nowMs: now.getTime() };
      for (const { startsAt, endsAt } of postableAlerts(notification, context)) {
        expect(Date.parse(startsAt)).toBeLessThan(Date.parse(endsAt));
        expect(Date.parse(startsAt)).toBeLessThanOrEqual(now.getTime());
        expect(Date.parse(endsAt) - now.getTime()).toBe(
          event === 'resolve' ? (startsAt === now.toISOString() ? 1 : 0) : 60_000,
        );
      }
    }),
  );
});

test('severities that a group had before are over once it has risen', () => {
  const context = { labels: {}, endsAfterMs: 60_000, nowMs: 1_795_000_000_000 };
  const severities = (reference: string | undefined, severity: 'notice' | 'warning' | 'critical'): unknown =>
    postableAlerts(
      makeNotification({ event: 'update', severity, ...(reference === undefined ? {} : { reference }) }),
      context,
    ).map(({ labels }) => labels['severity']);
  expect(severities(undefined, 'critical')).toEqual(['critical']);
  expect(severities('critical', 'critical')).toEqual(['critical']);
  expect(severities('warning', 'critical')).toEqual(['critical', 'warning']);
  expect(severities('notice', 'critical')).toEqual(['critical', 'notice', 'warning']);
  expect(severities('nonsense', 'critical')).toEqual(['critical']);
});

test.each([
  [{}, 'urls'],
  [{ urls: [] }, 'urls'],
  [{ urls: 'http://x' }, 'urls'],
  [{ urls: ['http://u:hidden@x'] }, 'urls'],
  [{ urls: ['http://x'], labels: { 'a-b': 'x' } }, 'labels'],
  [{ urls: ['http://x'], endsAfter: '1s' }, 'endsAfter'],
  [{ urls: ['http://x'], url: 'http://x' }, 'url'],
])('settings %j: a problem at %s', (settings, path) => {
  const result = alertmanagerKind.open(settings, { directory: '/', nowMs: Date.now });
  const problems = 'problems' in result ? result.problems : [];
  expect(problems.map((one) => one.path[0])).toContain(path);
  expect(JSON.stringify(problems)).not.toContain('hidden');
});
