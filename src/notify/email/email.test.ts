import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerOptions } from 'smtp-server';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { alertId } from '../../../test/support/alerts.ts';
import { makeCertificate } from '../../../test/support/certificates.ts';
import { hostileNames, makeNotification, makeStoredAlert } from '../../../test/support/notifications.ts';
import type { NotificationEvent, Receiver, SendOutcome, SettingsProblem } from '../../model/notification.ts';
import { emailKind } from './email.ts';
import { mailOf } from './mail.ts';

interface Delivered {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly secure: boolean;
  readonly user: unknown;
}

const authority = makeCertificate({ name: 'the authority', authority: true });
const served = makeCertificate({ name: 'mail', alternatives: ['127.0.0.1', 'localhost'], by: authority });
const password = 'hidden-mail-password';
const never = new AbortController().signal;
let directory: string;
const delivered: Delivered[] = [];
const stops: (() => Promise<void>)[] = [];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'anchorwatch-email-'));
  for (const [name, text] of Object.entries({ 'ca.pem': authority.cert, password })) write(name, text);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));
afterEach(async () => {
  delivered.length = 0;
  for (const stop of stops.splice(0)) await stop();
});

const write = (name: string, text: string): void => writeFileSync(join(directory, name), `${text}\n`, { mode: 0o600 });
/** A real SMTP server. @param refuse Answers of its own, by the step. */
const serve = async (
  options: SMTPServerOptions = {},
  refuse: { readonly to?: (address: string) => number | undefined; readonly data?: number } = {},
): Promise<number> => {
  const failing = (code: number, told = password): Error =>
    Object.assign(new Error(`no, ${told} is not welcome`), { responseCode: code });
  const server = new SMTPServer({
    ...{ ...served, logger: false, authOptional: true, disableReverseLookup: true, closeTimeout: 100 },
    onAuth: ({ username, password: shown }, _session, done) => {
      if (shown === password) done(null, { user: username });
      else done(failing(535, shown ?? ''));
    },
    onRcptTo: ({ address }, _session, done) => {
      const code = refuse.to?.(address);
      done(code === undefined ? null : failing(code));
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (refuse.data !== undefined) return done(failing(refuse.data));
        const { mailFrom, rcptTo } = session.envelope;
        delivered.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString('utf8'),
          secure: session.secure,
          user: session.user,
        });
        return done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  stops.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.server.address() as AddressInfo).port;
};
const open = (port: number, more: object = {}): Receiver => {
  const settings = {
    host: '127.0.0.1',
    port,
    from: 'watch@anchorwatch.example',
    to: ['oncall@example.com'],
    caFile: 'ca.pem',
    ...more,
  };
  const result = emailKind.open(settings, { directory, nowMs: Date.now });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.receiver;
};
const send = async (receiver: Receiver, event: NotificationEvent = 'trigger', signal = never): Promise<SendOutcome> => {
  const outcome = await receiver.send(makeNotification({ event, id: alertId(event.length) }), signal);
  expect(JSON.stringify(outcome)).not.toContain(password);
  return outcome;
};
/** Headers of a mail, unfolded. */
const headersOf = (raw = ''): readonly string[] =>
  (raw.split('\r\n\r\n')[0] ?? '').replaceAll(/\r\n[ \t]+/gu, ' ').split('\r\n');
const header = (raw: string | undefined, name: string): string =>
  headersOf(raw)
    .find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}: `))
    ?.slice(name.length + 2) ?? '';

describe('over a real server', () => {
  test('STARTTLS with a log-in; TLS; mails of one group are one thread', async () => {
    const auth = { username: 'watch', passwordFile: 'password' };
    const starttls = open(await serve(), auth);
    expect((await send(starttls)).outcome).toBe('sent');
    const tls = open(await serve({ secure: true }), { ...auth, security: 'tls' });
    for (const event of ['update', 'acknowledge', 'resolve'] as const)
      expect((await send(tls, event)).outcome).toBe('sent');
    expect(delivered.map(({ secure, user, from }) => [secure, user, from])).toEqual(
      Array.from({ length: 4 }, () => [true, 'watch', 'watch@anchorwatch.example']),
    );
    const ids = delivered.map(({ raw }) => header(raw, 'Message-ID'));
    expect(new Set(ids).size).toBe(4);
    for (const name of ['References', 'In-Reply-To'])
      expect(new Set(delivered.map(({ raw }) => header(raw, name))).size).toBe(1);
    expect(header(delivered[0]?.raw, 'References')).toMatch(/^<[0-9a-f]{32}\.group@anchorwatch\.example>$/);
    expect(header(delivered[0]?.raw, 'Auto-Submitted')).toBe('auto-generated');
    expect(delivered[0]?.raw).toContain('multipart/alternative');
    // Made again it is the same mail.
    expect((await send(starttls)).outcome).toBe('sent');
    expect(header(delivered[4]?.raw, 'Message-ID')).toBe(ids[0]);
  });

  test('without encryption nothing is sent, unless that is asked for', async () => {
    const port = await serve({ disabledCommands: ['STARTTLS'] });
    expect(await send(open(port))).toEqual({ outcome: 'retry', reason: expect.stringContaining('STARTTLS') as string });
    expect(delivered).toEqual([]);
    expect(await send(open(port, { security: 'none' }))).toMatchObject({ outcome: 'sent' });
    expect(delivered).toMatchObject([{ secure: false }]);
  });

  test('a certificate of somebody else', async () => {
    write('other.pem', served.cert);
    const outcome = await send(open(await serve(), { caFile: 'other.pem' }));
    expect(outcome).toEqual({ outcome: 'retry', reason: expect.stringMatching(/certificate|altnames/i) as string });
  });

  test('a wrong password is final, another one is used from the next attempt on', async () => {
    const receiver = open(await serve(), { username: 'watch', passwordFile: 'password' });
    write('password', 'another-password');
    expect(await send(receiver)).toEqual({
      outcome: 'failed',
      reason: expect.stringContaining('535 no, ***') as string,
    });
    write('password', password);
    expect((await send(receiver)).outcome).toBe('sent');
    rmSync(join(directory, 'password'));
    expect(await send(receiver)).toEqual({ outcome: 'retry', reason: expect.stringContaining('ENOENT') as string });
    write('password', password);
  });

  test.each([
    [421, 'retry'],
    [450, 'retry'],
    [452, 'retry'],
    [550, 'failed'],
    [554, 'failed'],
  ])('%i: %s', async (code, outcome) => {
    const refusing = { to: () => code };
    const auth = { username: 'watch', passwordFile: 'password' };
    expect(await send(open(await serve({}, refusing), auth))).toEqual({
      outcome,
      reason: expect.stringContaining(String(code)) as string,
    });
    expect(await send(open(await serve({}, { data: code }), auth))).toEqual({
      outcome,
      reason: expect.stringContaining(String(code)) as string,
    });
  });

  test('one recipient of two is refused', async () => {
    const port = await serve({}, { to: (address) => (address.startsWith('gone') ? 550 : undefined) });
    const outcome = await send(open(port, { to: ['gone@example.com', 'oncall@example.com'] }));
    expect(outcome).toMatchObject({ outcome: 'sent', note: '127.0.0.1 refused 1 of 2 recipients' });
    expect(delivered).toMatchObject([{ to: ['oncall@example.com'] }]);
  });

  test('hostile names break no header, and stand in the text', async () => {
    const port = await serve();
    for (const name of hostileNames) {
      const alerts = [makeStoredAlert(1, { title: name, node: name, workload: { id: 'w', name, kind: 'image' } })];
      const notification = makeNotification({ alerts, title: name, dedupKey: name, id: alertId(2) });
      expect((await open(port).send(notification, never)).outcome).toBe('sent');
      const { raw, to } = delivered.at(-1) ?? { raw: '', to: [] };
      expect(to).toEqual(['oncall@example.com']);
      const names = headersOf(raw).map((line) => line.split(':')[0]?.toLowerCase() ?? '');
      const known =
        /^(?:auto-submitted|x-anchorwatch-(?:event|severity)|importance|from|to|in-reply-to|references|subject|message-id|date|mime-version|content-type)$/;
      for (const one of names) expect(one).toMatch(known);
      expect(new Set(names).size).toBe(names.length);
      expect(raw.split('\r\n').every((line) => line.length <= 998)).toBe(true);
    }
  });

  test('no answer, no server, stopped', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket));
    await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    expect(await send(open(port, { timeout: '1s' }))).toEqual({
      outcome: 'retry',
      reason: expect.any(String) as string,
    });
    const stopping = new AbortController();
    const waiting = send(open(port), 'trigger', stopping.signal);
    setTimeout(() => stopping.abort(), 50);
    expect(await waiting).toEqual({ outcome: 'retry', reason: 'stopped before 127.0.0.1 answered' });
    expect((await send(open(port), 'trigger', AbortSignal.abort())).outcome).toBe('retry');
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => void silent.close(resolve));
    expect(await send(open(port))).toEqual({
      outcome: 'retry',
      reason: expect.stringContaining('ECONNREFUSED') as string,
    });
  });
});

test('a mail says what, where, what was expected, by which processes, and where to look; markup of names is none', () => {
  const alerts = [makeStoredAlert(1, { node: '<script>"x"</script>' })];
  const { text, html, subject } = mailOf(makeNotification({ alerts }), 'example.com');
  expect(subject).toBe('[critical] A shell was started by nginx in shop/web');
  for (const part of [
    'shop/web',
    'never in 1,812 samples',
    '/usr/sbin/nginx',
    '└─ sh -c id (4711)',
    'https://anchorwatch.example/history',
  ])
    for (const body of [text, html]) expect(body).toContain(part);
  expect(html).not.toContain('<script');
  const foreign = mailOf(makeNotification({ links: { console: 'javascript:alert(1)' } }), 'example.com');
  expect(foreign.html).not.toContain('javascript');
});

test.each([
  [{ from: 'a@b', to: ['c@d'] }, ['host']],
  [{ host: 'm', from: 'A <a@b>', to: ['c@d\r\nBcc: x@y'] }, ['from', 'to']],
  [{ host: 'm', from: 'a@b', to: [] }, ['to']],
  [{ host: 'm', from: 'a@b', to: ['c@d'], username: 'x' }, ['username']],
  [{ host: 'm', from: 'a@b', to: ['c@d'], username: 'x', passwordFile: 'password', security: 'none' }, ['security']],
  [{ host: 'm', from: 'a@b', to: ['c@d'], password: 'hidden' }, ['password']],
  [{ host: 'm', from: 'a@b', to: ['c@d'], securty: 'tls' }, ['securty']],
  [{ host: 'm', from: 'a@b', to: ['c@d'], caFile: 'nothing.pem' }, ['caFile']],
])('settings %j: problems at %j', (settings, paths) => {
  const result = emailKind.open(settings, { directory, nowMs: Date.now });
  const problems: readonly SettingsProblem[] = 'problems' in result ? result.problems : [];
  expect(problems.map(({ path }) => path[0])).toEqual(paths);
  expect(JSON.stringify(problems)).not.toContain('hidden');
});
