import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunningCollector } from '../../../src/collector/collector.ts';
import { openAccessFile } from '../../../src/collector/access-file.ts';
import { readClientTls } from '../../../src/lib/client-tls.ts';
import { makeAlert } from '../../support/alerts.ts';
import { makeCertificate } from '../../support/certificates.ts';
import { RevocationAuthority } from '../../support/revocations.ts';
import type { Made } from '../../support/certificates.ts';
import { waitFor } from '../../support/wait.ts';
import { Harness, token } from './harness.ts';

const authority = makeCertificate({ name: 'the authority', authority: true });
const stranger = makeCertificate({ name: 'a stranger', authority: true });
const served = makeCertificate({ name: 'collector', alternatives: ['localhost', '127.0.0.1'], by: authority });
const names = { certFile: 'tls.crt', keyFile: 'tls.key', clientCaFile: 'client-ca.crt' };

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});
afterEach(() => harness.end());

function file(name: string, text: string): string {
  const path = join(harness.directory, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

function tlsFiles({ cert, key }: Made): { certFile: string; keyFile: string } {
  return { certFile: file(names.certFile, cert), keyFile: file(names.keyFile, key) };
}

/** Status of a request, or the code of what went wrong with the connection. */
async function get(url: string, options: ConnectionOptions = {}): Promise<number | string> {
  return new Promise((resolve) => {
    const sent = request(url, { ca: authority.cert, agent: false, ...options }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    sent.end();
  });
}

/** The name in the certificate that is shown to a new connection. */
async function shownName(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

describe('the collector', () => {
  test('speaks TLS to whom trusts it, and no plain HTTP', async () => {
    const { url } = await harness.collector({ tls: tlsFiles(served) });
    expect(url).toMatch(/^https:/);
    expect(await get(`${url}/healthz`)).toBe(200);
    expect(await get(`${url}/healthz`, { ca: stranger.cert })).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    await expect(fetch(`${url.replace('https', 'http')}/healthz`)).rejects.toThrow('fetch failed');
    expect(await get(`${url}/healthz`, { maxVersion: 'TLSv1.2' })).toBe(200);
    // TLS 1.2 without forward secrecy.
    expect(await get(`${url}/healthz`, { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA256' })).not.toBe(200);
    expect(readFileSync(join(harness.directory, 'listen.pem'), 'utf8')).toBe(served.cert);
  });

  test('shows a new certificate to new connections, and keeps the old one while the new one does not fit', async () => {
    const running = await harness.collector({ tls: tlsFiles(served) });
    const renewed = makeCertificate({ name: 'renewed', alternatives: ['127.0.0.1'], by: authority });
    file(names.certFile, renewed.cert);
    running.reload();
    expect(await shownName(running.url)).toBe('collector');
    expect(harness.lines.filter((line) => line.includes('stays the old one'))).toHaveLength(1);
    file(names.keyFile, renewed.key);
    // Nobody says so: the files are looked at.
    await waitFor('the new certificate', async () => (await shownName(running.url)) === 'renewed');
    expect(readFileSync(join(harness.directory, 'listen.pem'), 'utf8')).toBe(renewed.cert);
    expect(await get(`${running.url}/healthz`)).toBe(200);
  });

  test.each([
    [
      'a file that is not there',
      (): object => ({ certFile: '/nowhere/tls.crt', keyFile: '/nowhere/tls.key' }),
      /nowhere/,
    ],
    [
      'a key of another certificate',
      (): object => tlsFiles({ cert: served.cert, key: stranger.key }),
      /is not the key/,
    ],
    ['no certificate', (): object => tlsFiles({ cert: 'hello', key: served.key }), /is no certificate in PEM/],
    [
      'no client CA',
      (): object => ({ ...tlsFiles(served), clientCaFile: file(names.clientCaFile, 'hello') }),
      /client-ca.crt is no certificate/,
    ],
  ])('does not start with %s', async (_what, files, message) => {
    const started = harness.collector({ tls: files() as { certFile: string; keyFile: string } });
    await expect(started).rejects.toMatchObject({
      code: 'tls.files',
      message: expect.stringMatching(message) as string,
    });
  });
});

describe('agents', () => {
  const node = makeCertificate({ name: 'worker-3', by: authority });

  function clientTls({ cert, key }: Made, name: string): () => ReturnType<typeof readClientTls> {
    const files = { certFile: file(`${name}.crt`, cert), keyFile: file(`${name}.key`, key) };
    const caFile = file('ca.crt', authority.cert);
    return () => readClientTls({ ...files, caFile });
  }

  async function start(): Promise<RunningCollector> {
    return harness.collector({ tls: { ...tlsFiles(served), clientCaFile: file(names.clientCaFile, authority.cert) } });
  }

  test('with a token reach it by wss', async () => {
    const { url } = await harness.collector({ tls: tlsFiles(served) });
    const outbox = harness.outbox(url, { tls: () => ({ ca: authority.cert }) });
    outbox.push(makeAlert(1));
    await waitFor('the alert', () => outbox.depth() === 0);
    const other = harness.outbox(url, { fileName: 'other.db', nodeName: 'other', tls: () => ({ ca: stranger.cert }) });
    await waitFor('the trouble', () => harness.lines.some((line) => line.includes('unable to verify')));
    expect(other.connected).toBe(false);
  });

  test('whose certificate is revoked are put out, and stay out; others come back', async () => {
    const revocations = new RevocationAuthority(harness.directory);
    const [good, bad] = [revocations.issue('worker-3'), revocations.issue('bad')];
    const clientCrlFile = file('client.crl', revocations.list());
    const tls = { ...tlsFiles(served), clientCaFile: file(names.clientCaFile, revocations.cert), clientCrlFile };
    const { url } = await harness.collector({ tls });
    const dial = (name: string, made: Made): ReturnType<Harness['outbox']> =>
      harness.outbox(url, { token: '', nodeName: name, fileName: `${name}.db`, tls: clientTls(made, name) });
    const [stays, goes] = [dial('worker-3', good), dial('bad', bad)];
    await waitFor('both', () => stays.connected && goes.connected);
    revocations.revoke('bad');
    file('client.crl', revocations.list());
    await waitFor('the end of the revoked one', () => !goes.connected, 20_000);
    stays.push(makeAlert(1));
    await waitFor('the other to be back', () => stays.depth() === 0, 20_000);
    expect(goes.connected).toBe(false);
    // A list that cannot be read leaves the old one in place.
    file('client.crl', 'hello');
    await waitFor('the complaint', () => harness.lines.some((line) => line.includes('holds no X509 CRL')), 20_000);
    expect(goes.connected).toBe(false);
  }, 60_000);

  test('are not let in by a list that has ended: the collector does not start', async () => {
    const revocations = new RevocationAuthority(harness.directory);
    const clientCrlFile = file('client.crl', revocations.list(-1));
    const tls = { ...tlsFiles(served), clientCaFile: file(names.clientCaFile, revocations.cert), clientCrlFile };
    await expect(harness.collector({ tls })).rejects.toMatchObject({
      code: 'tls.files',
      message: expect.stringMatching(/client.crl ended at .*every agent would be refused/) as string,
    });
    await expect(harness.collector({ tls: { ...tls, clientCrlFile: '/nowhere.crl' } })).rejects.toMatchObject({
      code: 'tls.files',
      message: expect.stringContaining('/nowhere.crl') as string,
    });
  });

  test('show a certificate, and speak for the node in it alone', async () => {
    const { url } = await start();
    const outbox = harness.outbox(url, { token: '', tls: clientTls(node, 'node') });
    outbox.push(makeAlert(1));
    await waitFor('the alert', () => outbox.depth() === 0);
    const liar = harness.outbox(url, {
      token: '',
      nodeName: 'worker-4',
      fileName: 'liar.db',
      tls: clientTls(node, 'node'),
    });
    await waitFor('the refusal', () => harness.lines.some((line) => line.includes('node.forbidden')));
    expect(liar.connected).toBe(false);
    expect(outbox.connected).toBe(true);
  });

  test.each([
    ['the shared token alone', undefined],
    ['a certificate of somebody else', makeCertificate({ name: 'worker-3', by: stranger })],
    ['a certificate that has ended', makeCertificate({ name: 'worker-3', by: authority, endsMs: Date.now() - 1000 })],
    ['a certificate that vouches for itself', makeCertificate({ name: 'worker-3' })],
    ['a certificate without a name', makeCertificate({ by: authority })],
  ])('with %s are turned away', async (_what, made) => {
    const { url } = await start();
    const tls = made === undefined ? () => ({ ca: authority.cert }) : clientTls(made, 'other');
    const outbox = harness.outbox(url, { token, tls });
    await waitFor('the refusal', () => outbox.counters.unauthorized > 0);
    expect(outbox.connected).toBe(false);
  });

  test('whose certificate ends while they are connected go', async () => {
    const { url } = await start();
    const short = makeCertificate({ name: 'worker-3', by: authority, endsMs: Date.now() + 3000 });
    const outbox = harness.outbox(url, { token: '', tls: clientTls(short, 'short') });
    await waitFor('the welcome', () => outbox.connected);
    await waitFor('the end', () => !outbox.connected && outbox.counters.unauthorized > 0);
  });

  test('that a new client CA does not vouch for go at once', async () => {
    const running = await start();
    const outbox = harness.outbox(running.url, { token: '', tls: clientTls(node, 'node') });
    await waitFor('the welcome', () => outbox.connected);
    file(names.clientCaFile, stranger.cert);
    running.reload();
    await waitFor('the refusal', () => !outbox.connected && outbox.counters.unauthorized > 0);
  });

  test('show nothing that opens the API', async () => {
    const { url } = await start();
    const access = openAccessFile(join(harness.directory, 'collector.db'));
    await access.tokens.create({ name: 'somebody', role: 'viewer' }, 'test');
    access.close();
    expect(await get(`${url}/api/v1/alerts`, { cert: node.cert, key: node.key })).toBe(401);
  });
});
