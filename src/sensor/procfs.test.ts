import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { makeProcTree } from '../../test/support/proc-tree.ts';
import type { ProcTree, TreeProcess } from '../../test/support/proc-tree.ts';
import { createLogger } from '../lib/log.ts';
import type { Event } from '../model/event.ts';
import { ProcfsSource } from './procfs.ts';
import type { PolledContainer, ProcfsOptions } from './procfs.ts';

let [nowMs, usedMs] = [0, 0];
let events: Event[] = [];
let tree: ProcTree;

const clock = { nowMs: () => 1_000_000 + nowMs, monotonicMs: () => nowMs };
const log = createLogger({ level: 'silent' });

beforeEach(() => {
  [nowMs, usedMs, events] = [0, 0, []];
  tree = makeProcTree();
  onTestFinished(() => tree.remove());
});

function sourceOf(changes: Partial<ProcfsOptions> = {}): ProcfsSource {
  const listener = { event: (event: Event) => void events.push(event) };
  const source = new ProcfsSource({ listener, clock, log, proc: tree.proc, usedMs: () => usedMs, ...changes });
  onTestFinished(() => source.close());
  return source;
}

const container = (changes: Partial<PolledContainer> = {}): PolledContainer => ({
  ...{ name: 'web', cgroupId: '7', directory: tree.cgroup, startedAtMs: 0, adopted: false, sample: 1 },
  ...changes,
});

/** What was told since the last call, in words. */
function told(): readonly string[] {
  const words = events.map((event) => {
    if (event.kind === 'exec') return `exec ${event.path}`;
    if (event.kind !== 'listen' && event.kind !== 'connect') return event.kind;
    return `${event.kind} ${event.address}:${event.port}/${event.protocol} ${event.process.pid}`;
  });
  events = [];
  return words;
}

const look = (source: ProcfsSource): readonly string[] => {
  nowMs += 1_000;
  source.poll();
  return told();
};

const lostOf = (source: ProcfsSource): Readonly<Record<string, number>> =>
  Object.fromEntries(
    source.lost.filter(({ count }) => count > 0).map(({ hook, reason, count }) => [`${hook} ${reason}`, count]),
  );

const master: TreeProcess = { pid: 10, exe: '/usr/sbin/nginx', sockets: [500] };
const worker: TreeProcess = { pid: 11, parentPid: 10, layout: 10, exe: '/usr/sbin/nginx', sockets: [500, 601] };
const listens = { inode: 500, listen: 80 };
const goes = { inode: 601, port: 40_000, peer: [10, 0, 0, 9], at: 5_432 } as const;
const comes = { inode: 602, port: 80, peer: [10, 0, 0, 8], at: 50_000 } as const;

describe('a service', () => {
  test('is told once in a sample: its program, what it listens on, where it goes, and not who comes', () => {
    const source = sourceOf();
    tree.set([master, worker], [listens, goes, comes]);
    source.watch(container());
    expect(look(source)).toEqual(['exec /usr/sbin/nginx', 'listen 0.0.0.0:80/tcp 10', 'connect 10.0.0.9:5432/tcp 11']);
    expect(look(source)).toEqual([]);
    source.resample('7', 2);
    expect(look(source)).toEqual(['exec /usr/sbin/nginx', 'listen 0.0.0.0:80/tcp 10', 'connect 10.0.0.9:5432/tcp 11']);
    expect(look(source)).toEqual([]);
    source.unwatch('7');
    expect(look(source)).toEqual([]);
  });

  test('that connects to the same peer again has nothing new to tell, and still shows it in the next sample', () => {
    const source = sourceOf();
    source.watch(container());
    tree.set([master, worker], [listens, goes]);
    look(source);
    const again = { ...goes, inode: 603, port: 40_001 };
    tree.set([master, { ...worker, sockets: [500, 603] }], [listens, again]);
    expect(look(source)).toEqual([]);
    source.resample('7', 2);
    expect(look(source)).toContain('connect 10.0.0.9:5432/tcp 11');
  });

  test('that is connected to while it stops listening went nowhere', () => {
    const source = sourceOf();
    source.watch(container());
    tree.set([master, worker], [listens]);
    look(source);
    tree.set([{ ...worker, sockets: [602] }], [comes]);
    expect(look(source)).toEqual([]);
  });

  test('is shown what is new: a program, a port, a connection', () => {
    const source = sourceOf();
    source.watch(container());
    tree.set([master, worker], [listens]);
    look(source);
    const dropped: TreeProcess = { pid: 12, parentPid: 11, exe: '/tmp/x', sockets: [700, 701] };
    const [opened, gone] = [
      { inode: 700, listen: 4_444 },
      { inode: 701, port: 41_000, peer: [203, 0, 113, 7], at: 3_333 },
    ] as const;
    tree.set([master, worker, dropped], [listens, opened, gone]);
    expect(look(source)).toEqual(['exec /tmp/x', 'listen 0.0.0.0:4444/tcp 12', 'connect 203.0.113.7:3333/tcp 12']);
  });
});

describe('a network namespace that others use too', () => {
  test('what none of the container’s processes has open is not its', () => {
    const source = sourceOf();
    source.watch(container());
    tree.set([{ ...master, sockets: [] }, worker], [{ inode: 900, listen: 22 }, goes]);
    expect(look(source)).toEqual(['exec /usr/sbin/nginx', 'connect 10.0.0.9:5432/tcp 11']);
    expect([look(source), look(source), look(source), look(source)].flat()).toEqual([]);
  });

  test('a socket that was nobody’s at first is looked at again', () => {
    const source = sourceOf();
    source.watch(container());
    tree.set([master], [listens, goes]);
    expect(look(source)).toEqual(['exec /usr/sbin/nginx', 'listen 0.0.0.0:80/tcp 10']);
    tree.set([master, worker], [listens, goes]);
    expect(look(source)).toEqual(['connect 10.0.0.9:5432/tcp 11']);
  });
});

describe('what could not be seen', () => {
  test('a process that is gone, a connection that was over: counted', () => {
    const source = sourceOf();
    source.watch(container());
    tree.set([master], [listens], [10, 99]);
    look(source);
    tree.set([master], [listens, goes]);
    tree.set([master], [listens]);
    look(source);
    expect(lostOf(source)).toEqual({ 'procfs.processes gone': 1, 'procfs.sockets short_lived': 1 });
  });

  test('containers that the budget did not reach: counted, named, and first when it does', () => {
    const lines: string[] = [];
    const noisy = createLogger({ level: 'warn', destination: { write: (line: string) => void lines.push(line) } });
    // Each piece of work takes 60 ms of the 100 that there are at first; 10 more come with every second.
    const source = sourceOf({ log: noisy, processesMs: 10, usedMs: () => (usedMs += 60) });
    tree.set([master], [listens]);
    for (const cgroupId of ['7', '8', '9']) source.watch(container({ cgroupId, name: `web-${cgroupId}` }));
    const programsOf = (): readonly string[] =>
      events.splice(0).flatMap(({ kind, cgroupId }) => (kind === 'exec' ? [cgroupId] : []));
    source.poll();
    expect(programsOf()).toEqual(['7', '8']);
    expect(lostOf(source)['procfs.processes put_off']).toBe(1);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ code: 'procfs.put-off', containers: expect.arrayContaining(['web-9']) }),
    ]);
    nowMs += 3_000;
    source.poll();
    expect(programsOf()).toEqual(['9']);
    expect(lostOf(source)['procfs.processes put_off']).toBe(3);
    expect(lines).toHaveLength(1);
  });

  test('a container that is gone is no failure', () => {
    const source = sourceOf();
    source.watch(container({ directory: '/sys/fs/cgroup/none' }));
    tree.set([]);
    expect(look(source)).toEqual([]);
    expect(lostOf(source)).toEqual({});
  });
});

test('this process, as the kernel shows it', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-cgroup-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'cgroup.procs'), `${process.pid}\n`);
  const accepted: Socket[] = [];
  const server = createServer((socket) => accepted.push(socket));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const source = sourceOf({ proc: '/proc' });
  source.watch(container({ directory }));
  source.poll();
  const client = connect(port, '127.0.0.1');
  await new Promise((resolve) => {
    client.once('connect', resolve);
  });
  onTestFinished(() => {
    for (const socket of [client, ...accepted]) socket.destroy();
    server.close();
  });
  look(source);
  source.poll();
  expect(lostOf(source)['procfs.processes gone']).toBeUndefined();
  source.resample('7', 2);
  const words = look(source);
  expect(words).toContain(`exec ${process.execPath}`);
  expect(words).toContain(`listen 127.0.0.1:${port}/tcp ${process.pid}`);
  expect(words).toContain(`connect 127.0.0.1:${port}/tcp ${process.pid}`);
  expect(
    words.filter((word) => word.startsWith('connect 127.0.0.1') && word.includes(`:${client.localPort}/`)),
  ).toEqual([]);
});
