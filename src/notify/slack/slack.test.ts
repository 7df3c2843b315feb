import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { alertId } from '../../../test/support/alerts.ts';
import { hostileNames, makeNotification, makeStoredAlert } from '../../../test/support/notifications.ts';
import { SlackStandIn, slackProblems } from '../../../test/support/slack-stand-in.ts';
import { StandInHttp } from '../../../test/support/stand-in-http.ts';
import type { Notification, NotificationEvent, Receiver } from '../../model/notification.ts';
import { sampleNotification } from '../sample.ts';
import { buttons } from './buttons.ts';
import { messageOf, replyOf } from './message.ts';
import { code, codeBlock, escaped, link } from './mrkdwn.ts';
import { slackKind } from './slack.ts';

const events: readonly NotificationEvent[] = ['trigger', 'update', 'acknowledge', 'resolve'];
const never = new AbortController().signal;
let directory: string;
let slack: SlackStandIn;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'anchorwatch-slack-'));
  for (const name of ['token', 'signing']) writeFileSync(join(directory, name), `${name}-secret\n`, { mode: 0o600 });
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));
beforeEach(async () => {
  slack = await SlackStandIn.start('token-secret');
});
afterEach(() => slack.stop());

const open = (more: object = {}): Receiver => {
  const settings = { tokenFile: 'token', channel: 'C0123456789', apiUrl: slack.apiUrl, ...more };
  const result = slackKind.open(settings, { directory, nowMs: () => 0 });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.receiver;
};
const of = (event: NotificationEvent, more: Partial<Notification> = {}): Notification =>
  makeNotification({ event, ...more });
const hostile = (name: string): Notification => {
  const alerts = Array.from({ length: 30 }, (_, index) =>
    makeStoredAlert(index, {
      ...{ title: name, key: name, node: name, rules: [name], techniques: Array.from({ length: 100 }, () => name) },
      workload: { id: 'w', name, kind: 'image' },
      container: { id: 'c', name, image: name, digest: name, pod: name, namespace: name },
      process: {
        pid: index + 1,
        exe: name,
        args: [name, name],
        uid: 0,
        cwd: name,
        ancestors: [{ pid: 999, exe: name }],
      },
      evidence: {
        samples: 1,
        seenInOneSample: 0,
        coverage: 1,
        expected: Array.from({ length: 10 }, () => name),
        note: name,
      },
      decision: { id: 'd', verdict: 'acknowledge', by: name, reason: name, time: name },
    }),
  );
  return makeNotification({ alerts, title: name === '' ? 'x' : name });
};

describe('messages', () => {
  test.each(events)('%s: hostile names and sizes keep to the limits, and mention nobody', (event) => {
    for (const name of hostileNames) {
      const notification = { ...hostile(name), event };
      for (const withButtons of [true, false])
        expect(slackProblems('webhook', JSON.stringify(messageOf(notification, withButtons)))).toEqual([]);
      expect(slackProblems('webhook', JSON.stringify(replyOf(notification)))).toEqual([]);
    }
  });

  test('without an incident, without alerts, with links that are none', () => {
    const { incident: _none, ...bare } = makeNotification({ alerts: [makeStoredAlert(1)] });
    for (const one of [
      bare,
      { ...bare, alerts: [], alertsCount: 0 },
      { ...bare, links: { console: 'javascript:alert(1)' } },
    ])
      expect(slackProblems('webhook', JSON.stringify(messageOf(one, true)))).toEqual([]);
    expect(JSON.stringify(messageOf({ ...bare, links: { console: 'javascript:alert(1)' } }, true))).not.toContain(
      'javascript',
    );
  });

  test('says what, where, what was expected, on which evidence, by which processes, and where to look', () => {
    const text = JSON.stringify(messageOf(makeNotification(), true));
    for (const part of [
      'A shell was started by nginx',
      'shop/web',
      'shop-web-1',
      'worker-3',
      'nginx:1.27',
      'sh -c id',
      'never in 1,812 samples',
    ])
      expect(text).toContain(part);
    for (const part of [
      '└─ sh -c id (4711)',
      '<https://anchorwatch.example/incidents/1?tab=tree&amp;all|Console>',
      'History',
      'Runbook',
      'T1059.004',
      '1 alert',
    ])
      expect(text).toContain(part);
    expect(text).toContain('"color":"#d7263d"');
  });

  test('escaping is whole at any length, and names are told as they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.integer({ min: 4, max: 80 }), (text, most) => {
        for (const made of [escaped(text, most), code(text, most), codeBlock([text, text], most + 10)]) {
          expect(made.replaceAll(/&(?:amp|lt|gt);/gu, '')).not.toMatch(/[<>&]/u);
          expect(made.length).toBeLessThanOrEqual(most + 10);
        }
        const back = escaped(text, 1000).replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
        expect(back).toBe(text);
      }),
    );
    expect(escaped('<&>', 13)).toBe('&lt;&amp;&gt;');
    expect(escaped('<&>', 12)).toBe('&lt;&amp;…');
    expect(link('https://x.example/a|b>c', 'n')).toBe('<https://x.example/a%7Cb%3Ec|n>');
  });

  test('buttons: for all of the group or for nobody', () => {
    const ids = (notification: Notification): unknown =>
      (buttons(notification)[0]?.['elements'] as { action_id: string }[] | undefined)?.map((one) => one.action_id);
    expect(ids(of('trigger'))).toEqual(['anchorwatch.acknowledge', 'anchorwatch.accept', 'anchorwatch.deny']);
    expect(ids(of('acknowledge'))).toEqual(['anchorwatch.accept', 'anchorwatch.deny']);
    expect(ids(of('trigger', { alertsCount: 2 }))).toEqual(['anchorwatch.acknowledge']);
    expect(ids(of('acknowledge', { alertsCount: 2 }))).toBeUndefined();
    expect(ids(of('resolve'))).toBeUndefined();
  });
});

describe('with a bot token', () => {
  test('one message that changes, and a thread for what follows', async () => {
    const receiver = open({ signingSecretFile: 'signing' });
    const first = await receiver.send(of('trigger'), never);
    expect(first).toEqual({ outcome: 'sent', reference: 'C0123456789:1795000000.000000' });
    const reference = 'C0123456789:1795000000.000000';
    const alerts = Array.from({ length: 3 }, (_, index) => makeStoredAlert(index, { incident: alertId(0) }));
    expect(await receiver.send(of('update', { alerts, alertsCount: 10_000, reference }), never)).toEqual(first);
    expect(slack.messages[0]).toMatchObject({ changes: 1, thread: undefined });
    expect(JSON.stringify(slack.messages[0]?.content)).toContain('10,000 alerts');
    expect(slack.messages[1]).toMatchObject({ thread: '1795000000.000000' });
    expect(JSON.stringify(slack.messages[1]?.content)).toContain('10,000 alerts so far');

    const decision = {
      id: 'd',
      verdict: 'acknowledge' as const,
      by: 'alice',
      reason: '',
      time: '2026-11-23T02:05:00.000Z',
    };
    const seen = alerts.map((one) => ({ ...one, decision }));
    await receiver.send(of('acknowledge', { alerts: seen, reference }), never);
    expect(JSON.stringify(slack.messages[0]?.content)).toContain('Acknowledged by alice');
    expect(JSON.stringify(slack.messages[0]?.content)).not.toContain('anchorwatch.acknowledge');
    await receiver.send(of('resolve', { reference }), never);
    expect(JSON.stringify(slack.messages[0]?.content)).toContain('#2eb67d');
    expect(JSON.stringify(slack.messages[0]?.content)).not.toContain('"actions"');
    expect(slack.messages.slice(1).every(({ thread }) => thread === '1795000000.000000')).toBe(true);
    expect(slack.messages).toHaveLength(4);
  });

  test('an attempt that failed halfway does not say it in the thread twice', async () => {
    const receiver = open();
    await receiver.send(of('trigger'), never);
    const update = of('update', { reference: 'C0123456789:1795000000.000000' });
    slack.next.push(
      { status: 200, body: '{"ok":true,"channel":"C0123456789","ts":"1795000000.000000"}' },
      { status: 503 },
    );
    expect((await receiver.send(update, never)).outcome).toBe('retry');
    expect((await receiver.send(update, never)).outcome).toBe('sent');
    expect(slack.messages).toHaveLength(2);
  });

  test('a first message that was deleted is written again; one that cannot be changed keeps its thread', async () => {
    const receiver = open();
    const gone = of('update', { reference: 'C0123456789:1790000000.000000' });
    expect(await receiver.send(gone, never)).toEqual({ outcome: 'sent', reference: 'C0123456789:1795000000.000000' });
    slack.next.push({ status: 200, body: '{"ok":false,"error":"edit_window_closed"}' });
    const old = of('update', { reference: 'C0123456789:1795000000.000000' });
    expect(await receiver.send(old, never)).toEqual({ outcome: 'sent', reference: 'C0123456789:1795000000.000000' });
    expect(slack.messages[1]?.thread).toBe('1795000000.000000');
    expect((await receiver.send(of('resolve', { reference: 'no reference' }), never)).outcome).toBe('sent');
  });

  test.each([
    ['ratelimited', 'retry'],
    ['internal_error', 'retry'],
    ['service_unavailable', 'retry'],
    ['invalid_auth', 'failed'],
    ['channel_not_found', 'failed'],
    ['not_in_channel', 'failed'],
    ['is_archived', 'failed'],
    ['restricted_action', 'failed'],
    ['what_nobody_knows', 'failed'],
  ])('ok: false, %s: %s', async (error, outcome) => {
    const messages = ['[ERROR] must be less than 3001 characters [json-pointer:/blocks/0]'];
    slack.next.push({ status: 200, body: JSON.stringify({ ok: false, error, response_metadata: { messages } }) });
    const result = await open().send(of('trigger'), never);
    expect(result).toEqual({ outcome, reason: expect.stringContaining(`Slack: ${error}: [ERROR] must`) as string });
  });

  test('a message that does not please Slack is said in plain text', async () => {
    slack.next.push({ status: 200, body: '{"ok":false,"error":"msg_blocks_too_long"}' });
    const note = expect.stringContaining('msg_blocks_too_long') as string;
    const reference = 'C0123456789:1795000000.000000';
    expect(await open().send(of('trigger'), never)).toEqual({ outcome: 'sent', reference, note });
    expect(slack.messages).toMatchObject([
      { content: { text: 'New · critical: A shell was started by nginx in shop/web', blocks: [] } },
    ]);
    for (let index = 0; index < 2; index += 1)
      slack.next.push({ status: 200, body: '{"ok":false,"error":"invalid_blocks"}' });
    expect(await open().send(of('trigger'), never)).toMatchObject({ outcome: 'failed' });
  });

  test('429 with Retry-After', async () => {
    slack.next.push({ status: 429, headers: { 'retry-after': '30' }, body: '{"ok":false,"error":"ratelimited"}' });
    expect(await open().send(of('trigger'), never)).toMatchObject({ outcome: 'retry', afterMs: 30_000 });
  });

  test('what is no answer of Slack is tried again', async () => {
    for (const body of ['<html>', '', '[]', '{"ok":"yes"}', '{"ok":true']) {
      slack.next.push({ status: 200, body });
      expect((await open().send(of('trigger'), never)).outcome).toBe('retry');
    }
  });

  test('a sample', async () => {
    const wish = {
      receiver: 'team',
      id: alertId(1),
      subject: alertId(2),
      nowMs: 1_795_000_000_000,
      consoleUrl: 'http://127.0.0.1:7080',
    };
    expect((await open().send(sampleNotification(wish), never)).outcome).toBe('sent');
    expect(JSON.stringify(slack.messages)).toContain('Test: ');
  });
});

test('an incoming webhook gets a message for each notification', async () => {
  const hook = await StandInHttp.start({ status: 200, body: 'ok' });
  writeFileSync(join(directory, 'hook'), `${hook.url}/services/T0/B0/secretpath`, { mode: 0o600 });
  const result = slackKind.open({ webhookUrlFile: 'hook' }, { directory, nowMs: () => 0 });
  for (const event of events)
    expect('receiver' in result && (await result.receiver.send(of(event), never))).toEqual({ outcome: 'sent' });
  expect(hook.received.map(({ body }) => slackProblems('webhook', body))).toEqual([[], [], [], []]);
  hook.answer = ({ body }) => (body.includes('"blocks"') ? { status: 400, body: 'invalid_blocks' } : { status: 200 });
  expect('receiver' in result && (await result.receiver.send(of('trigger'), never))).toMatchObject({
    outcome: 'sent',
    note: expect.stringContaining('invalid_blocks') as string,
  });
  await hook.stop();
});

test.each([
  [{}, 'tokenFile'],
  [{ tokenFile: 'token' }, 'channel'],
  [{ tokenFile: 'token', channel: 'C0123456789', webhookUrlFile: 'token' }, 'tokenFile'],
  [{ webhookUrlFile: 'token', channel: 'C0123456789' }, 'channel'],
  [{ tokenFile: 'token', channel: 'a b' }, 'channel'],
  [{ tokenFile: 'token', channel: 'C0123456789', users: ['U0123456789'] }, 'users'],
  [{ tokenFile: 'token', channel: 'C0123456789', apiUrl: 'http://slack.example/' }, 'apiUrl'],
  [{ tokenFile: 'token', chanel: 'C0123456789' }, 'chanel'],
])('settings %j: a problem at %s', (settings, path) => {
  const result = slackKind.open(settings, { directory, nowMs: () => 0 });
  expect('problems' in result && result.problems.map((one) => one.path[0])).toContain(path);
});
