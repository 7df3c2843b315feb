import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { waitFor } from '../../test/support/wait.ts';
import { firstLook } from './first-look.ts';
import { Gaps } from './gaps.ts';
import { snapshotLimits } from './limits.ts';
import type { SnapshotLimits } from './limits.ts';
import { systemProc } from './proc.ts';
import { takeSnapshot } from './take.ts';
import type { EngineView, TakeInput } from './take.ts';

const secret = 'hunter2-swordfish';

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-take-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A process that waits, started as somebody with secrets would. */
function waiting(program: string, ...args: readonly string[]): ChildProcess {
  const child = spawn(program, args, {
    env: { API_TOKEN: secret, HARMLESS: secret },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

const subject: TakeInput['subject'] = {
  ...{ id: '01M83WF2QNR6SW3BQF0CH00001', cause: 'request', node: 'worker-3', agentVersion: '0.1.0' },
  container: { id: 'c', name: 'shop-web-1', image: 'shop/web:7', digest: 'sha256:1' },
  workload: { id: 'w', name: 'shop/web', kind: 'compose' },
  takenAt: '2026-11-28T09:00:00.000Z',
};

async function take(
  pids: readonly number[],
  changes: Partial<Pick<TakeInput, 'binaries' | 'looks'>> & { readonly limits?: Partial<SnapshotLimits> } = {},
  engine: EngineView = { gaps: [] },
): Promise<{
  readonly manifest: Record<string, unknown>;
  readonly read: (name: string) => string;
  readonly all: string;
}> {
  const directory = newDirectory();
  const path = join(directory, 'snapshot.tar.gz');
  const input: TakeInput = {
    ...{ subject, path, looks: changes.looks ?? [], pids, binaries: changes.binaries ?? 'never', usedMs: 0, gaps: [] },
    budget: { descriptors: 1000, pins: 16 },
    limits: { ...snapshotLimits, ...changes.limits },
  };
  const archive = await takeSnapshot(input, systemProc(), () => performance.now(), Promise.resolve(engine));
  expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(archive.sha256);
  execFileSync('tar', ['xzf', path, '-C', directory]);
  const read = (name: string): string => readFileSync(join(directory, name), 'latin1');
  for (const { name, sha256 } of archive.manifest.files)
    expect({ name, sha256: createHash('sha256').update(read(name), 'latin1').digest('hex') }).toEqual({ name, sha256 });
  expect(existsSync(`${path}.part`)).toBe(false);
  const all = archive.manifest.files.filter(({ name }) => !name.startsWith('binaries/')).map(({ name }) => read(name));
  const manifest = JSON.parse(read('manifest.json')) as Record<string, unknown>;
  expect(manifest).toEqual(archive.manifest);
  return { manifest, read, all: all.join('\n') };
}

/** Without sockets: the machine that this runs on may have any number of them. */
function gapsOf(manifest: Record<string, unknown>): readonly unknown[] {
  return (manifest['gaps'] as readonly { readonly what: string }[]).filter(({ what }) => what !== 'sockets');
}

interface Seen {
  readonly pid: number;
  readonly args: readonly string[];
  readonly environment: { readonly names: readonly string[] };
  readonly files: readonly { readonly kind: string; readonly inode?: string }[];
}

test('a process with its arguments and the names of its environment; no secret leaves', async () => {
  const child = waiting('/bin/sh', '-c', 'read line', 'sh', '--password', secret, `https://me:${secret}@host/`);
  await waitFor('the shell', () => readFileSync(`/proc/${String(child.pid)}/cmdline`, 'latin1').startsWith('/bin/sh'));
  const inspection = { Config: { Env: ['A=***'] } };
  const { manifest, read, all } = await take([child.pid ?? 0], {}, { inspection, changes: [], gaps: [] });
  const [seen] = JSON.parse(read('processes.json')) as readonly Seen[];
  expect(seen?.args).toEqual(['/bin/sh', '-c', 'read line', 'sh', '--password', '***', 'https://me:***@host/']);
  expect(seen?.environment.names).toEqual(expect.arrayContaining(['API_TOKEN', 'HARMLESS']));
  expect(all).not.toContain(secret);
  expect(read('tree.txt')).toContain(`${String(child.pid)} uid `);
  expect(read('libraries.json')).toMatch(/libc|ld-/);
  expect(read('mounts.json')).toContain('"mountPoint":"/"');
  expect(manifest).toMatchObject({ processes: 1 });
  expect(gapsOf(manifest)).toEqual([]);
});

test('a socket has its process, a program that was deleted its hash and its copy', async () => {
  const directory = newDirectory();
  const dropped = join(directory, 'dropped');
  copyFileSync('/bin/cat', dropped);
  const hash = createHash('sha256').update(readFileSync(dropped)).digest('hex');
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const child = waiting(dropped);
  await waitFor('the program', () => readFileSync(`/proc/${String(child.pid)}/comm`, 'latin1') === 'dropped\n');
  rmSync(dropped);
  const { read, manifest } = await take(
    [process.pid, child.pid ?? 0],
    { binaries: 'drift' },
    { changes: [], gaps: [] },
  );
  const networks = JSON.parse(read('sockets.json')) as readonly {
    readonly sockets: readonly Record<string, unknown>[];
  }[];
  expect(networks.flatMap(({ sockets }) => sockets)).toContainEqual(
    expect.objectContaining({ local: `127.0.0.1:${String(port)}`, state: 'listen', pids: [process.pid] }),
  );
  const executables = JSON.parse(read('executables.json')) as readonly Record<string, unknown>[];
  expect(executables).toContainEqual(
    expect.objectContaining({ path: dropped, deleted: true, drift: true, sha256: hash, copy: `binaries/${hash}` }),
  );
  expect(executables.filter(({ copy }) => copy !== undefined)).toHaveLength(1);
  expect(
    createHash('sha256')
      .update(read(`binaries/${hash}`), 'latin1')
      .digest('hex'),
  ).toBe(hash);
  expect(gapsOf(manifest)).toEqual([]);
});

test('what ended between the first look and the rest is said, its program is still hashed', async () => {
  const directory = newDirectory();
  const dropped = join(directory, 'brief');
  copyFileSync('/bin/cat', dropped);
  const hash = createHash('sha256').update(readFileSync(dropped)).digest('hex');
  const child = waiting(dropped);
  await waitFor('the program', () => readFileSync(`/proc/${String(child.pid)}/comm`, 'latin1') === 'brief\n');
  const budget = { descriptors: 100, pins: 4 };
  const look = firstLook(systemProc(), child.pid ?? 0, { limits: snapshotLimits, budget, gaps: new Gaps() });
  expect(look).toBeDefined();
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  rmSync(dropped);
  const { read, manifest } = await take([], { looks: look === undefined ? [] : [look] }, { changes: [], gaps: [] });
  expect(JSON.parse(read('processes.json'))).toMatchObject([
    { pid: child.pid, vanished: true, comm: 'brief', args: [] },
  ]);
  expect(JSON.parse(read('executables.json'))).toMatchObject([{ path: dropped, sha256: hash }]);
  expect(manifest['gaps']).toContainEqual(expect.objectContaining({ what: 'processes', reason: 'gone', count: 1 }));
});

test('limits are kept, and what is beyond them is said', async () => {
  const children = [waiting('/bin/cat'), waiting('/bin/cat'), waiting('/bin/cat')];
  const pids = children.map(({ pid }) => pid ?? 0);
  await waitFor('the programs', () =>
    pids.every((pid) => readFileSync(`/proc/${String(pid)}/comm`, 'latin1') === 'cat\n'),
  );
  const limits = { processes: 2, descriptors: 1, mounts: 1, libraries: 1, hashBytes: 10 };
  const { read, manifest } = await take([...pids, 2 ** 30], { limits }, { changes: [], gaps: [] });
  expect(JSON.parse(read('processes.json'))).toHaveLength(2);
  const gaps = manifest['gaps'] as readonly { readonly what: string; readonly reason: string }[];
  for (const what of ['processes', 'files', 'mounts', 'libraries', 'executables'])
    expect(gaps).toContainEqual(expect.objectContaining({ what, reason: 'limit' }));
  const late = await take(pids, { limits: { timeMs: -1 } });
  expect(late.manifest['gaps']).toContainEqual(
    expect.objectContaining({ what: 'processes', reason: 'time', count: 3 }),
  );
});
