import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requestOf } from '../../src/cli/http-request.ts';
import { Peer } from '../../src/cli/peer.ts';
import { runProgram } from '../../src/cli/program.ts';
import { readClientTls } from '../../src/lib/client-tls.ts';
import { makeCertificate } from '../support/certificates.ts';
import { waitFor } from '../support/wait.ts';

const main = join(import.meta.dirname, '../../src/cli/main.ts');
const folder = mkdtempSync(join(tmpdir(), 'anchorwatch-token-command-'));
const state = join(folder, 'state');
const children: ChildProcess[] = [];
const path = (name: string): string => join(folder, name);

interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** The program as a process of its own. */
function start(...args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  const child = spawn(process.execPath, [main, ...args], { env, cwd: folder });
  children.push(child);
  const said = { out: '', err: '' };
  child.stdout.on('data', (data: Buffer) => (said.out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (said.err += data.toString()));
  const ended = new Promise<Ended>((resolve) => child.on('close', (status) => resolve({ status, ...said })));
  return { child, ended };
}

/** A command of the program, in this process. */
async function run(
  args: readonly string[],
  token?: string,
  stop = new AbortController().signal,
  said = { out: '', err: '' },
): Promise<Ended> {
  const terminal = {
    out: (line: string): void => void (said.out += `${line}\n`),
    err: (line: string): void => void (said.err += `${line}\n`),
  };
  const env = token === undefined ? {} : { ANCHORWATCH_TOKEN: token };
  return { status: await runProgram(args, { terminal, env, stop }), ...said };
}

/** The address of a collector that was started with this state. */
async function addressOf(directory: string): Promise<string> {
  await waitFor('the address', () => existsSync(join(directory, 'listen')));
  return readFileSync(join(directory, 'listen'), 'utf8');
}

/** True when the collector says that the node is connected. */
async function isUp(peer: Peer, node: string): Promise<boolean> {
  const options = { method: 'GET', body: undefined, signal: AbortSignal.timeout(5000) };
  const { text } = await requestOf(peer, '/api/v1/nodes', options);
  const { items } = JSON.parse(text) as { items: readonly { name: string; up: boolean }[] };
  return items.some(({ name, up }) => name === node && up);
}

beforeAll(() => {
  const authority = makeCertificate({ name: 'authority', authority: true });
  const collector = makeCertificate({ name: 'collector', alternatives: ['127.0.0.1'], by: authority });
  const node = makeCertificate({ name: 'worker-9', by: authority });
  writeFileSync(path('ca.crt'), authority.cert);
  for (const [name, { cert, key }] of Object.entries({ collector, node })) {
    writeFileSync(path(`${name}.crt`), cert);
    writeFileSync(path(`${name}.key`), key, { mode: 0o600 });
  }
});

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const tls = ['--tls-cert', path('collector.crt'), '--tls-key', path('collector.key'), '--client-ca', path('ca.crt')];

test('a collector that others reach takes its first token from its file, and then answers whom it knows', async () => {
  const refused = await start('collector', '--listen', '0.0.0.0:0', '--state', state).ended;
  expect(refused).toMatchObject({ status: 1, err: expect.stringContaining('anchorwatch token create') as string });

  const admin = await start('token', 'create', 'admin', '--role', 'admin', '--out', 'admin', '--state', state).ended;
  expect(admin).toMatchObject({ status: 0, out: '' });
  expect(statSync(path('admin')).mode & 0o777).toBe(0o600);
  const viewer = await run(['token', 'create', 'grafana', '--role', 'viewer', '--expires', '90d', '--state', state]);
  expect(viewer.out).toMatch(/^aw_[0-9a-f]{12}_[\w-]{43}\n$/);
  const secret = viewer.out.trim();
  expect(viewer.err).not.toContain(secret);

  const collector = start('collector', '--listen', '0.0.0.0:0', '--state', state, ...tls);
  const url = await addressOf(state);
  expect(url).toMatch(/^https:/);

  // On the machine: the address and the certificate are in the state directory.
  const local = ['workloads', '--state', state];
  const nobody = await run(local);
  expect(nobody).toMatchObject({ status: 1, err: expect.stringContaining('--token-file') as string });
  expect((await run(local, secret)).status).toBe(0);
  expect((await run([...local, '--token-file', path('admin')])).status).toBe(0);
  // What is read piece by piece goes the same way.
  const csv = ['alerts', '--format', 'csv', '--state', state];
  expect(await run(csv)).toMatchObject({ status: 1, out: '', err: expect.stringContaining('--token-file') as string });
  expect(await run(csv, secret)).toMatchObject({ status: 0, out: expect.stringMatching(/^time,severity,/) as string });
  for (const asked of [['history'], ['history', '--ocsf'], ['snapshot', 'list']])
    expect([asked, (await run([...asked, '--state', state], secret)).status]).toEqual([asked, 0]);
  const take = await run(['snapshot', 'take', 'web-1', '--state', state], secret);
  expect(take).toMatchObject({ status: 1, err: expect.stringContaining('needs the role operator') as string });

  // From elsewhere: by its address, and by who vouches for it.
  const there = ['--collector', url, '--token-file', path('admin')];
  const clear = await run(['token', 'list', '--collector', 'http://192.0.2.1:1'], secret, AbortSignal.timeout(200));
  expect(clear.err).toContain('travels unencrypted');
  const distrusted = await run(['token', 'list', ...there]);
  expect(distrusted).toMatchObject({ status: 1, err: expect.stringContaining('--ca-file') as string });
  const remote = [...there, '--ca-file', path('ca.crt')];
  const listed = await run(['token', 'list', '--json', ...remote]);
  const names = listed.out
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { name: string }).name);
  expect(names).toEqual(['admin', 'grafana']);
  const made = await run(['token', 'create', 'ci', '--role', 'operator', '--json', ...remote]);
  expect(JSON.parse(made.out)).toMatchObject({ name: 'ci', role: 'operator', createdBy: 'admin' });
  const less = await run(['token', 'list', '--collector', url, '--ca-file', path('ca.crt')], secret);
  expect(less.err).toContain('needs the role admin');
  const stop = new AbortController();
  const said = { out: '', err: '' };
  const following = run(['alerts', '--follow', ...remote], undefined, stop.signal, said);
  const opened = async (): Promise<boolean> => {
    const { text } = await requestOf(peer, '/metrics', { method: 'GET', body: undefined, signal: stop.signal });
    return text.includes('anchorwatch_feed_clients 1');
  };
  const peer = new Peer(url, readFileSync(path('admin'), 'utf8').trim(), readClientTls({ caFile: path('ca.crt') }));
  await waitFor('the feed', async () => said.err.includes('following') && (await opened()));
  stop.abort();
  expect((await following).err).toContain(`following ${url}`);

  // Revoked in the file, beside the collector that runs: it counts at once.
  expect((await run(['token', 'revoke', 'grafana', '--state', state])).out).toContain('is revoked');
  expect((await run(local, secret)).err).toContain('was revoked');

  const agent = start(
    ...['agent', '--collector', url, '--ca-file', 'ca.crt', '--client-cert', 'node.crt', '--client-key', 'node.key'],
    ...['--node-name', 'worker-9', '--state', 'agent', '--sensor', 'procfs', '--docker-host', 'unix:///nowhere'],
  );
  await waitFor('the agent', () => isUp(peer, 'worker-9'), 20_000);
  agent.child.kill('SIGTERM');
  expect((await agent.ended).status).toBe(0);

  // A new certificate by SIGHUP.
  const renewed = makeCertificate({ name: 'renewed', alternatives: ['127.0.0.1'] });
  writeFileSync(path('collector.key'), renewed.key);
  writeFileSync(path('collector.crt'), renewed.cert);
  collector.child.kill('SIGHUP');
  await waitFor('the new one', () => readFileSync(join(state, 'listen.pem'), 'utf8') === renewed.cert);
  expect((await run([...local, '--token-file', path('admin')])).status).toBe(0);
  collector.child.kill('SIGTERM');
  const ended = await collector.ended;
  expect(ended.status).toBe(0);
  expect(ended.out + ended.err).not.toContain(secret);
}, 120_000);

test('a token whose secret was made elsewhere is taken over once, whatever runs before each start', async () => {
  const [own, secrets] = [join(folder, 'mounted'), path('secret')];
  const secret = `aw_0123456789ab_${'x'.repeat(43)}`;
  writeFileSync(secrets, `${secret}\n`, { mode: 0o440 });
  const take = ['--secret-file', secrets, '--state', own];
  const made = await run(['token', 'create', 'admin', '--role', 'admin', ...take]);
  expect(made).toMatchObject({ status: 0, out: '', err: expect.stringContaining('made in') as string });
  const again = await run(['token', 'create', 'admin', '--role', 'admin', ...take]);
  expect(again).toMatchObject({ status: 0, err: expect.stringContaining('is there already') as string });
  const other = await run(['token', 'create', 'somebody', '--role', 'viewer', ...take]);
  expect(other).toMatchObject({ status: 1, err: expect.stringContaining('is the token admin (admin)') as string });
  writeFileSync(path('no-secret'), 'hunter2');
  const wrong = await run([
    'token',
    'create',
    'wrong',
    '--role',
    'viewer',
    '--secret-file',
    path('no-secret'),
    '--state',
    own,
  ]);
  expect(wrong).toMatchObject({ status: 1, err: expect.stringContaining('aw_ID_SECRET') as string });
  expect(made.err + again.err + other.err + wrong.err).not.toMatch(/xxxx|hunter2/);

  const collector = start('collector', '--listen', '127.0.0.1:0', '--state', own);
  await addressOf(own);
  expect((await run(['token', 'list', '--state', own], secret)).out).toContain('admin');
  expect((await run(['workloads', '--state', own])).status).toBe(1);
  collector.child.kill('SIGTERM');
  expect((await collector.ended).status).toBe(0);
});

test('up with TLS and a client CA watches its own machine, and needs no token for it', async () => {
  const own = path('up');
  const up = start(
    ...['up', '--listen', '127.0.0.1:0', '--state', own, '--sensor', 'procfs', '--docker-host', 'unix:///nowhere'],
    ...['--node-name', 'here', '--tls-cert', 'node.crt', '--tls-key', 'node.key', '--client-ca', 'ca.crt'],
  );
  const url = await addressOf(own);
  // The certificate is for another name: on the machine it is known by itself.
  const peer = new Peer(url, undefined, readClientTls({ pinnedFile: join(own, 'listen.pem') }));
  await waitFor('its agent', () => isUp(peer, 'here'), 20_000);
  expect((await run(['alerts', '--state', own])).status).toBe(0);
  up.child.kill('SIGTERM');
  expect((await up.ended).status).toBe(0);
}, 60_000);

test.each([
  [['token', 'create', 'x'], /--role is required/],
  [['token', 'create', 'x', '--role', 'root'], /"root" is not one of viewer, operator, admin, agent/],
  [['token', 'create', 'x', '--role', 'viewer', '--node', 'n'], /--node is for tokens of the role agent/],
  [['token', 'create', 'x', '--role', 'viewer', '--expires', 'soon'], /--expires/],
  [['token', 'create', 'x y', '--role', 'viewer'], /is no name of a token/],
  [['collector', '--tls-cert', 'a'], /--tls-cert and --tls-key go together/],
  [['collector', '--client-ca', 'a'], /--client-ca needs TLS/],
  [['collector', '--listen', 'https://127.0.0.1:0'], /needs a certificate/],
  [['agent', '--collector', 'wss://h', '--client-cert', 'a'], /--client-cert and --client-key go together/],
])('%j is a mistake of usage', async (args, message) => {
  const said = await run([...args, '--state', path('usage')]);
  expect(said.status).toBe(2);
  expect(said.err).toMatch(message);
});
