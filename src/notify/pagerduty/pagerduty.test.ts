import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { hostileNames, makeNotification, makeStoredAlert } from '../../../test/support/notifications.ts';
import { PagerdutyStandIn } from '../../../test/support/pagerduty-stand-in.ts';
import type { Notification, NotificationEvent, SendOutcome } from '../../model/notification.ts';
import { sampleNotification } from '../sample.ts';
import { dedupKeyOf, eventOf } from './event.ts';
import { pagerdutyKind } from './pagerduty.ts';

const key = '0123456789abcdef0123456789abcdef';
const events: readonly NotificationEvent[] = ['trigger', 'update', 'acknowledge', 'resolve'];
let directory: string;
let pagerduty: PagerdutyStandIn;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'anchorwatch-pagerduty-'));
  writeFileSync(join(directory, 'key'), `${key}\n`, { mode: 0o600 });
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));
beforeEach(async () => {
  pagerduty = await PagerdutyStandIn.start(key);
});
afterEach(() => pagerduty.stop());

const send = (notification: Notification): Promise<SendOutcome> => {
  const settings = { routingKeyFile: 'key', url: pagerduty.url };
  const result = pagerdutyKind.open(settings, { directory, nowMs: Date.now });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.receiver.send(notification, new AbortController().signal);
};

test('an alert is triggered, added to, acknowledged, resolved, by its key', async () => {
  const { dedupKey } = makeNotification();
  const states: unknown[] = [];
  for (const event of ['trigger', 'trigger', 'update', 'acknowledge', 'update', 'resolve'] as const) {
    expect(await send(makeNotification({ event }))).toEqual({ outcome: 'sent', reference: dedupKey });
    const { state, triggers } = pagerduty.alerts.get(dedupKey) ?? {};
    states.push([state, triggers]);
  }
  expect(states).toEqual([
    ['triggered', 1],
    ['triggered', 2],
    ['triggered', 3],
    ['acknowledged', 3],
    ['acknowledged', 4],
    ['resolved', 4],
  ]);
  expect(pagerduty.alerts.size).toBe(1);
});

test('what is told', async () => {
  await send(makeNotification());
  expect([...pagerduty.alerts.values()][0]?.payload).toEqual({
    summary: 'A shell was started by nginx in shop/web',
    source: 'worker-3',
    severity: 'critical',
    timestamp: '2026-11-23T02:00:00.001Z',
    component: 'shop-web-1',
    group: 'shop/web',
    class: 'shell-from-service',
    custom_details: {
      ...{ state: 'New', alerts: '1 alert', workload: 'shop/web', container: 'shop-web-1', image: 'nginx:1.27' },
      ...{ node: 'worker-3', expected: '/usr/sbin/nginx', evidence: 'never in 1,812 samples', command: 'sh -c id' },
      process_tree: '/usr/sbin/nginx (4200)\n└─ sh -c id (4711) ◀',
      ...{ rules: 'shell-from-service', techniques: 'T1059.004' },
      newest: [expect.stringContaining('nginx started /bin/sh in shop/web') as string],
    },
  });
  const severities = (['notice', 'warning', 'critical'] as const).map(
    (severity) =>
      (JSON.parse(eventOf(makeNotification({ severity }), key)) as { payload: { severity: string } }).payload.severity,
  );
  expect(severities).toEqual(['info', 'warning', 'critical']);
});

test('hostile names, many alerts and long keys keep to the limits', async () => {
  for (const name of hostileNames) {
    const alerts = Array.from({ length: 400 }, (_, index) =>
      makeStoredAlert(index, {
        ...{ title: name, node: name, rules: [name], workload: { id: 'w', name, kind: 'image' } },
        container: { id: 'c', name, image: name, digest: '' },
        evidence: { samples: 1, seenInOneSample: 0, coverage: 1, expected: [name], note: name },
      }),
    );
    for (const event of events) {
      const notification = makeNotification({ event, alerts, title: name === '' ? 'x' : name, dedupKey: `k${name}` });
      expect([await send(notification), pagerduty.problems]).toEqual([
        { outcome: 'sent', reference: dedupKeyOf(`k${name}`) },
        [],
      ]);
    }
  }
});

test('a sample, a key that is unknown, and the region', async () => {
  const wish = {
    receiver: 'x',
    id: 'i',
    subject: '01JDAW00000000000000000001',
    nowMs: 1_795_000_000_000,
    consoleUrl: 'http://127.0.0.1:1',
  };
  expect((await send(sampleNotification(wish))).outcome).toBe('sent');
  writeFileSync(join(directory, 'key'), 'f'.repeat(32), { mode: 0o600 });
  expect(await send(makeNotification())).toEqual({
    outcome: 'failed',
    reason: expect.stringContaining('unknown routing key') as string,
  });
  expect(pagerdutyKind.open({ routingKeyFile: 'key', region: 'mars' }, { directory, nowMs: Date.now })).toMatchObject({
    problems: [{ path: ['region'] }],
  });
  expect(pagerdutyKind.open({ routingKeyFile: 'key', region: 'eu' }, { directory, nowMs: Date.now })).toHaveProperty(
    'receiver',
  );
});
