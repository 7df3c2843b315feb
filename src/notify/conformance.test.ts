import { chmodSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeCertificate } from '../../test/support/certificates.ts';
import { httpReceivers } from '../../test/support/http-receivers.ts';
import { makeNotification } from '../../test/support/notifications.ts';
import { StandInHttp, StandInProxy } from '../../test/support/stand-in-http.ts';
import { waitFor } from '../../test/support/wait.ts';
import type { Receiver, ReceiverKind, SendOutcome, SettingsProblem } from '../model/notification.ts';

/** What holds of every receiver that speaks HTTP, over real sockets. */
const nowMs = Date.parse('2026-11-23T02:00:00Z');
const authority = makeCertificate({ name: 'the authority', authority: true });
const served = makeCertificate({ name: 'server', alternatives: ['127.0.0.1'], by: authority });
const expired = makeCertificate({
  ...{ name: 'server', alternatives: ['127.0.0.1'], by: authority },
  ...{ startsMs: Date.now() - 7_200_000, endsMs: Date.now() - 3_600_000 },
});
const misnamed = makeCertificate({ name: 'server', alternatives: ['elsewhere.example'], by: authority });
const shown = makeCertificate({ name: 'anchorwatch', by: authority });

describe.each(httpReceivers)('$name', (subject) => {
  let directory: string;
  let server: StandInHttp;
  const warnings: SettingsProblem[] = [];

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'anchorwatch-receivers-'));
    const files = { ca: authority.cert, other: served.cert, cert: shown.cert, key: shown.key };
    for (const [name, text] of Object.entries(files)) secret(`${name}.pem`, text);
    secret('proxy', 'puser:hidden-proxy-password');
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  beforeEach(async () => {
    server = await StandInHttp.start(subject.accepted);
    warnings.length = 0;
  });
  afterEach(() => server.stop());

  const secret = (name: string, text: string): void => writeFileSync(join(directory, name), text, { mode: 0o600 });
  const opened = (url = server.url, more: object = {}): ReturnType<ReceiverKind['open']> => {
    for (const [name, text] of Object.entries(subject.secrets(url))) secret(name, `${text}\n`);
    const surroundings = { directory, nowMs: () => nowMs, warn: (one: SettingsProblem) => void warnings.push(one) };
    return subject.kind.open({ ...subject.settings(url), ...more }, surroundings);
  };
  const open = (url?: string, more?: object): Receiver => {
    const result = opened(url, more);
    if ('problems' in result) throw new Error(JSON.stringify(result.problems));
    return result.receiver;
  };
  const hidden = [...subject.hidden, 'hidden-proxy-password'];
  const send = async (receiver = open(), signal = new AbortController().signal): Promise<SendOutcome> => {
    const outcome = await receiver.send(makeNotification(), signal);
    for (const one of hidden) expect(JSON.stringify(outcome)).not.toContain(one);
    if (outcome.outcome !== 'sent') expect(outcome.reason).toMatch(/^[^\p{Cc}]{10,}$/u);
    return outcome;
  };
  const whole = (): string => JSON.stringify(server.received);

  test('what is taken is sent, with the secret', async () => {
    expect(await send()).toMatchObject({ outcome: 'sent' });
    expect(server.received).toHaveLength(1);
    expect(server.received[0]?.method).toBe('POST');
    expect(subject.hidden.some((one) => whole().includes(one))).toBe(true);
  });

  test.each([400, 401, 403, 404, 410, 413, 422])('%i is final', async (status) => {
    server.answer = { status, body: 'no such thing' };
    expect(await send()).toEqual({ outcome: 'failed', reason: expect.stringContaining(String(status)) as string });
  });

  test.each([408, 425, 429, 500, 502, 503, 504])('%i is tried again', async (status) => {
    server.answer = { status, body: 'busy' };
    expect(await send()).toEqual({ outcome: 'retry', reason: expect.stringContaining(String(status)) as string });
  });

  test.each([
    ['7', 7000],
    ['Mon, 23 Nov 2026 02:00:30 GMT', 30_000],
    ['999999999', 3_600_000],
    ['0', undefined],
    ['Mon, 23 Nov 2026 01:00:00 GMT', undefined],
    ['soon', undefined],
    ['-5', undefined],
  ])('Retry-After: %s', async (header, afterMs) => {
    for (const status of [429, 503]) {
      server.answer = { status, headers: { 'retry-after': header } };
      const outcome = await send();
      expect(outcome.outcome).toBe('retry');
      expect('afterMs' in outcome ? outcome.afterMs : undefined).toBe(afterMs);
    }
  });

  test.each([301, 302, 303, 307, 308])('%i is not followed', async (status) => {
    const other = await StandInHttp.start({ status: 200 });
    for (const location of [`${other.url}/hidden`, '/elsewhere']) {
      server.answer = { status, headers: { location } };
      expect(await send()).toEqual({ outcome: 'failed', reason: expect.stringMatching(/^redirect: /) as string });
    }
    expect(other.received).toHaveLength(0);
    await other.stop();
  });

  test('nothing that is sent stands in the reason when it is all answered back', async () => {
    for (const status of [400, 500]) {
      server.answer = ({ url, headers, body }) => {
        const all = `${url} ${JSON.stringify(headers)} ${body}`;
        return {
          status,
          body: `${subject.hidden.map((one) => `${one} ${encodeURIComponent(one)} ${Buffer.from(one).toString('base64')}`).join(' ')} ${all}`,
        };
      };
      const { reason } = (await send()) as { reason: string };
      for (const one of subject.hidden) expect(reason).not.toContain(Buffer.from(one).toString('base64'));
      expect(reason.length).toBeLessThan(500);
    }
  });

  test('no answer', async () => {
    server.answer = () => undefined;
    const outcome = await send(open(server.url, { timeout: '200ms' }));
    expect(outcome).toEqual({ outcome: 'retry', reason: expect.stringContaining('within 200 ms') as string });
    await waitFor('the connection to be closed', () => server.open === 0);
  });

  test('the connection is refused, reset, or not HTTP', async () => {
    const receiver = open();
    server.answer = (_received, response) => void response.socket?.destroy();
    expect((await send(receiver)).outcome).toBe('retry');
    const noise: Server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.resume();
      socket.end('220 mail.example ESMTP\r\n\r\n');
    });
    await new Promise<void>((resolve) => void noise.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${String((noise.address() as AddressInfo).port)}`;
    expect((await send(open(url))).outcome).toBe('retry');
    await new Promise((resolve) => void noise.close(resolve));
    expect(await send(open(url))).toEqual({
      outcome: 'retry',
      reason: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  test('a name that is none', async () => {
    const outcome = await send(open('https://nowhere.invalid', { timeout: '5s' }));
    expect(outcome.outcome).toBe('retry');
  });

  test('a body without an end is not read to its end', async () => {
    let written = 0;
    server.answer = (_received, response) => {
      response.writeHead(subject.accepted.status === 204 ? 200 : subject.accepted.status);
      const more = (): void => {
        while (!response.destroyed && written < 64 * 1_048_576) {
          written += 65_536;
          if (!response.write('x'.repeat(65_536))) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    };
    expect((await send()).outcome).toBe(subject.readsBody === true ? 'retry' : 'sent');
    await waitFor('the connection to be closed', () => server.open === 0);
    expect(written).toBeLessThan(64 * 1_048_576);
  });

  test('a body that does not come: the status stands', async () => {
    const statuses = [200, 400, 500];
    server.answer = (_received, response) => {
      response.writeHead(statuses.pop() ?? 0, { 'content-length': '10' }).write('x');
      return undefined;
    };
    const receiver = open(server.url, { timeout: '1500ms' });
    // At once, since each takes as long as an attempt may; which gets which status is up to them.
    const outcomes = await Promise.all(statuses.map(async () => (await send(receiver)).outcome));
    expect(outcomes.toSorted()).toEqual(['failed', 'retry', subject.readsBody === true ? 'retry' : 'sent']);
  });

  test('is stopped by the signal', async () => {
    const arrived = new AbortController();
    server.answer = () => {
      arrived.abort();
      return undefined;
    };
    expect(await send(open(), arrived.signal)).toEqual({
      outcome: 'retry',
      reason: expect.stringContaining('stopped before') as string,
    });
    expect((await send(open(), AbortSignal.abort())).outcome).toBe('retry');
    expect(server.received).toHaveLength(1);
  });

  test('a secret file that is missing, unreadable, empty or more than a line', async () => {
    const receiver = open();
    for (const text of ['', ' \n', 'two\nlines', 'täglich']) {
      secret('first', text);
      expect(await send(receiver)).toEqual({ outcome: 'retry', reason: expect.stringContaining('first') as string });
    }
    unlinkSync(join(directory, 'first'));
    expect(await send(receiver)).toEqual({ outcome: 'retry', reason: expect.stringContaining('ENOENT') as string });
    const settings = subject.settings(server.url);
    const result = subject.kind.open(settings, { directory, nowMs: () => nowMs });
    expect(result).toEqual({
      problems: [{ path: subject.path, message: expect.stringContaining('ENOENT') as string }],
    });
    expect(server.received).toHaveLength(0);
  });

  test('another secret is used from the next attempt on', async () => {
    const receiver = open();
    await send(receiver);
    const before = subject.secrets(server.url)['first'] ?? '';
    secret('first', before.replace(/1?$/, '-rotated'));
    await send(receiver);
    const needle = (text: string): string[] => [
      text,
      Buffer.from(`watch:${text}`).toString('base64'),
      new URL(text, 'http://x').pathname,
    ];
    const has = (index: number, text: string): boolean =>
      needle(text).some((one) => one !== '/' && JSON.stringify(server.received[index]).includes(one));
    expect(has(0, before.replace(/1?$/, '-rotated'))).toBe(false);
    expect(has(1, before.replace(/1?$/, '-rotated'))).toBe(true);
  });

  test('a secret that everybody may read is a warning, once', async () => {
    const receiver = open();
    expect(warnings).toEqual([]);
    chmodSync(join(directory, 'first'), 0o644);
    await send(receiver);
    await send(receiver);
    expect(warnings).toEqual([{ path: subject.path, message: expect.stringContaining('chmod') as string }]);
  });

  test('certificates: of the right authority, of another, expired, for another name', async () => {
    const ca = { caFile: 'ca.pem' };
    const tlsServer = async (made: typeof served): Promise<StandInHttp> => StandInHttp.start(subject.accepted, made);
    const right = await tlsServer(served);
    expect(await send(open(right.url, ca))).toMatchObject({ outcome: 'sent' });
    expect(await send(open(right.url))).toEqual({
      outcome: 'retry',
      reason: expect.stringMatching(/certificate/i) as string,
    });
    await right.stop();
    const old = await tlsServer(expired);
    expect(await send(open(old.url, ca))).toEqual({
      outcome: 'retry',
      reason: expect.stringContaining('expired') as string,
    });
    await old.stop();
    const foreign = await tlsServer(misnamed);
    expect(await send(open(foreign.url, ca))).toEqual({
      outcome: 'retry',
      reason: expect.stringContaining('altnames') as string,
    });
    await foreign.stop();
    expect(await send(open(server.url.replace('http:', 'https:'), ca))).toMatchObject({ outcome: 'retry' });
  });

  test('a client certificate', async () => {
    let name = '';
    const mutual = await StandInHttp.start(subject.accepted, { ...served, ca: authority.cert, requestCert: true });
    mutual.answer = (_received, response) => {
      name = String((response.socket as TLSSocket).getPeerCertificate().subject?.CN);
      return subject.accepted;
    };
    expect(await send(open(mutual.url, { caFile: 'ca.pem', certFile: 'cert.pem', keyFile: 'key.pem' }))).toMatchObject({
      outcome: 'sent',
    });
    expect(name).toBe('anchorwatch');
    const refused = await StandInHttp.start(subject.accepted, {
      ...served,
      ca: authority.cert,
      requestCert: true,
      rejectUnauthorized: true,
    });
    expect((await send(open(refused.url, { caFile: 'ca.pem' }))).outcome).toBe('retry');
    await refused.stop();
    await mutual.stop();
  });

  test('files of TLS that cannot be read or do not fit', async () => {
    expect(opened(server.url, { caFile: 'nothing.pem' })).toEqual({
      problems: [{ path: ['caFile'], message: expect.stringContaining('ENOENT') as string }],
    });
    secret('broken.pem', 'no certificate');
    expect(await send(open(server.url, { certFile: 'broken.pem', keyFile: 'key.pem' }))).toEqual({
      outcome: 'retry',
      reason: expect.stringContaining('broken.pem') as string,
    });
  });

  test('a proxy: whole addresses, tunnels, credentials, refusals', async () => {
    const proxy = await StandInProxy.start();
    const through = { proxyUrl: proxy.url, proxyCredentialsFile: 'proxy' };
    expect(await send(open(server.url, through))).toMatchObject({ outcome: 'sent' });
    expect(proxy.asked[0]).toContain(`POST ${server.url}/`);
    const secure = await StandInHttp.start(subject.accepted, served);
    expect(await send(open(secure.url, { ...through, caFile: 'ca.pem' }))).toMatchObject({ outcome: 'sent' });
    expect(proxy.asked[1]).toBe(`CONNECT ${new URL(secure.url).host}`);
    const basic = `Basic ${Buffer.from('puser:hidden-proxy-password').toString('base64')}`;
    expect(proxy.credentials).toEqual([basic, basic]);
    // What the proxy passes on is for the other side alone.
    expect(JSON.stringify(secure.received)).not.toContain('proxy-authorization');
    expect((await send(open(secure.url, through))).outcome).toBe('retry');
    proxy.refusal = 407;
    expect(await send(open(secure.url, through))).toEqual({
      outcome: 'failed',
      reason: expect.stringContaining('407') as string,
    });
    expect((await send(open(server.url, through))).outcome).toBe('failed');
    proxy.refusal = undefined;
    server.answer = () => ({ status: 400, body: `hidden-proxy-password ${basic}` });
    const echoed = await send(open(server.url, through));
    expect('reason' in echoed && echoed.reason).toContain('400');
    expect(JSON.stringify(echoed)).not.toContain(basic.slice(6));
    proxy.refusal = 502;
    expect((await send(open(secure.url, through))).outcome).toBe('retry');
    await proxy.stop();
    expect(await send(open(secure.url, through))).toEqual({
      outcome: 'retry',
      reason: expect.stringContaining('proxy') as string,
    });
    await secure.stop();
  });

  test('settings: an unknown key, a secret in the place of its file, a wrong time, half a pair', () => {
    const problemsOf = (more: object): readonly SettingsProblem[] => {
      const result = opened(server.url, more);
      return 'problems' in result ? result.problems : [];
    };
    expect(problemsOf({ timeuot: '5s' })).toEqual([
      { path: ['timeuot'], message: expect.stringContaining('did you mean timeout?') as string },
    ]);
    expect(problemsOf({ key: 'hidden-key-in-settings' })).toEqual([
      { path: ['key'], message: expect.stringContaining('keyFile') as string },
    ]);
    for (const timeout of ['5', 'soon', '1ms', 5])
      expect(problemsOf({ timeout })).toMatchObject([{ path: ['timeout'] }]);
    expect(problemsOf({ certFile: 'cert.pem' })).toMatchObject([{ path: ['certFile'] }]);
    expect(problemsOf({ proxyCredentialsFile: 'proxy' })).toMatchObject([{ path: ['proxyCredentialsFile'] }]);
    expect(problemsOf({ proxyUrl: 'http://user:hidden-in-url@proxy:1' })).toMatchObject([{ path: ['proxyUrl'] }]);
    for (const written of [undefined, null, 'text', 5, [], {}])
      expect(subject.kind.open(written, { directory, nowMs: () => nowMs })).toMatchObject({ problems: [{}] });
    expect(
      JSON.stringify(problemsOf({ key: 'hidden-key-in-settings', proxyUrl: 'http://user:hidden-in-url@proxy:1' })),
    ).not.toContain('hidden');
  });
});
