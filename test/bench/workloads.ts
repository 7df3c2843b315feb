import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Counters } from '../../src/sensor/counters.ts';
import type { Engine } from '../containers/engine.ts';
import { waitFor } from '../support/wait.ts';

/** Something a container does over and over. */
export interface Workload {
  /** Operations of one measurement. */
  readonly operations: number;
  /** Measurements of a round, where the bench's own number takes too long. */
  readonly repeats?: number;
  /** Marks, where the project has set them: for the slow-down, and for the agent's CPU time of one operation, µs. */
  readonly mark?: number;
  readonly agentMark?: number;
  /** Does it `operations` times (default: as stated); answers the CPU time of one, in µs. */
  run(operations?: number): Promise<number>;
  /** Operations that are done once before anything is measured, so that caches are warm and everything is learned. */
  readonly warmUp: number;
}

interface Loop {
  readonly mode: string;
  readonly operations: number;
  readonly warmUp: number;
  readonly file: string;
  readonly mark?: number;
  readonly agentMark?: number;
}

/** Loops of one system call or a few, by load.c. */
const loops: Readonly<Record<string, Loop>> = {
  'open-close': {
    ...{ mode: 'open', operations: 300_000, warmUp: 1_000, file: '/srv/data' },
    ...{ mark: 1.15, agentMark: 0.01 },
  },
  'open-many': {
    ...{ mode: 'many', operations: 100_000, warmUp: 20_000, file: '/srv/many/f' },
    ...{ mark: 1.22, agentMark: 0.01 },
  },
  'open-new': { mode: 'new', operations: 10_000, warmUp: 2_000, file: 'f', mark: 1.2, agentMark: 0.05 },
  connect: { mode: 'connect', operations: 15_000, warmUp: 500, file: '-', mark: 1.06, agentMark: 0.02 },
  exec: { mode: 'exec', operations: 5_000, warmUp: 4_000, file: '/bin/true', mark: 1.03, agentMark: 1 },
  getppid: { mode: 'null', operations: 2_000_000, warmUp: 1_000, file: '-', mark: 1.08, agentMark: 0 },
  dns: { mode: 'dns', operations: 50_000, warmUp: 1_000, file: '-' },
  build: { mode: 'build', operations: 1_000, warmUp: 1_000, file: '/srv/new/build' },
};

/**
 * All workloads by name; `replica`: many files as the first thing that a new replica of a learned workload does; `flood`: 20,000 files a
 * second that were never there, for a minute.
 */
export const workloadNames: readonly string[] = [...Object.keys(loops), 'nginx', 'redis', 'replica', 'flood'];

const image = 'anchorwatch-test/bench:1';
const nginxRequests = 4_000;
const redisCommands = 40_000;
const filesOfMany = 20_000;
const floodFiles = 1_200_000;
const floodRunsMax = 12;

/**
 * Starts the containers that are needed.
 * @param engine where
 * @param names of `workloadNames`
 */
export async function startWorkloads(
  engine: Engine,
  names: readonly string[],
): Promise<{ readonly workloads: ReadonlyMap<string, Workload>; stop(): void }> {
  const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-bench-'));
  const out = new Map<string, Workload>();
  if (names.some((name) => loops[name] !== undefined || name === 'replica' || name === 'flood')) {
    await makeImage(engine, directory);
    const main = await startServer(engine, directory, 'bench-1');
    for (const name of names) {
      const loop = loops[name];
      if (loop !== undefined) out.set(name, loopOf(main, loop));
    }
    if (names.includes('replica')) out.set('replica', replicas(engine, directory, main));
    if (names.includes('flood')) out.set('flood', await floodOf(engine, directory));
  }
  const service = async (name: string, command: readonly string[]): Promise<Service> => {
    const debian = await engine.debianImage();
    await engine.cli('run', '-d', '--init', '--name', `bench-${name}`, debian, ...command);
    return serviceOf(engine, `bench-${name}`);
  };
  if (names.includes('nginx')) {
    const nginx = await service('nginx', ['/usr/sbin/nginx', '-g', 'daemon off;']);
    out.set('nginx', {
      ...costOf((count) => requests(`http://${nginx.address}/`, count), nginx, nginxRequests),
      mark: 1.03,
    });
  }
  if (names.includes('redis')) {
    const command = ['/usr/bin/redis-server', '--bind', '0.0.0.0', '--protected-mode', 'no', '--dir', '/var/lib/redis'];
    const redis = await service('redis', command);
    out.set('redis', { ...costOf((count) => commands(redis.address, count), redis, redisCommands), mark: 1.03 });
  }
  return {
    workloads: out,
    stop: () => {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function makeImage(engine: Engine, directory: string): Promise<void> {
  const load = join(directory, 'load');
  execFileSync('clang', ['-O2', '-static', '-o', load, new URL('load.c', import.meta.url).pathname]);
  await engine.cli('run', '--name', 'bench-make', '-d', await engine.busyboxImage(), '/bin/sleep', '3600');
  await engine.cli('cp', load, 'bench-make:/bin/load');
  const files = `mkdir -p /srv/many /srv/new; echo x > /srv/data; i=0; while [ $i -lt ${filesOfMany} ]; do : > /srv/many/f-$i; i=$((i+1)); done`;
  await engine.cli('exec', 'bench-make', '/bin/sh', '-c', files);
  await engine.cli('commit', 'bench-make', image);
  await engine.cli('rm', '-f', 'bench-make');
}

interface Server {
  readonly pid: number;
  /** Has the container's own shell run load.c: it is the workload that does it, not somebody who came in. */
  load(file: string, mode: string, operations: number): Promise<number>;
}

const serverText =
  'while :; do if [ -e /mail/go ]; then read line < /mail/go; rm /mail/go; /bin/load $line > /mail/part 2>&1; mv /mail/part /mail/done; fi; sleep 0.05; done';

async function startServer(
  engine: Engine,
  directory: string,
  name: string,
  options: readonly string[] = [],
): Promise<Server> {
  const mailbox = join(directory, name);
  mkdirSync(mailbox);
  await engine.cli(
    'run',
    '-d',
    '--name',
    name,
    ...options,
    '-v',
    `${mailbox}:/mail`,
    image,
    '/bin/sh',
    '-c',
    serverText,
  );
  const pid = Number(await engine.cli('inspect', '-f', '{{.State.Pid}}', name));
  return {
    pid,
    async load(file, mode, operations) {
      const done = join(mailbox, 'done');
      rmSync(done, { force: true });
      writeFileSync(join(mailbox, 'draft'), `${file} ${mode} ${operations}\n`);
      renameSync(join(mailbox, 'draft'), join(mailbox, 'go'));
      const text = await waitFor('the load to end', () => textOf(done), 180_000);
      try {
        return (JSON.parse(text) as { cpuUs: number }).cpuUs;
      } catch (cause) {
        throw new Error(`the load failed: ${text}`, { cause });
      }
    },
  };
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

let folders = 0;

function loopOf(server: Server, { mode, operations, warmUp, file, ...marks }: Loop): Workload {
  return {
    operations,
    warmUp,
    ...marks,
    run(count = operations) {
      if (mode !== 'new') return server.load(file, mode, count);
      // A folder of its own each time, made from outside below the container's root: none of its files is there yet, in every round.
      const folder = `/srv/new/${folders++}`;
      mkdirSync(`/proc/${server.pid}/root${folder}`);
      return server.load(`${folder}/${file}`, mode, count);
    },
  };
}

/** In memory, and in a directory whose names never become a pattern: neither the disk nor learning makes it less. */
async function floodOf(engine: Engine, directory: string): Promise<Workload> {
  const tmpfs = `/etc/flood:size=16g,nr_inodes=${floodFiles * floodRunsMax}`;
  const server = await startServer(engine, directory, 'bench-flood', ['--tmpfs', tmpfs]);
  return {
    operations: floodFiles,
    repeats: 1,
    warmUp: 1,
    run: (count = floodFiles) => server.load(`/etc/flood/${folders++}`, 'flood', count),
  };
}

function replicas(engine: Engine, directory: string, first: Server): Workload {
  let number = 1;
  return {
    operations: filesOfMany,
    repeats: 1,
    warmUp: filesOfMany,
    async run(count = filesOfMany) {
      // The first replica has learned them before any other starts.
      if (number === 1) await first.load('/srv/many/f', 'many', count);
      number += 1;
      const name = `bench-${number}`;
      const server = await startServer(engine, directory, name);
      const cost = await server.load('/srv/many/f', 'many', count);
      await engine.cli('rm', '-f', name);
      return cost;
    },
  };
}

interface Service {
  readonly address: string;
  /** CPU time of the container since its start. */
  cpuUs(): number;
}

async function serviceOf(engine: Engine, name: string): Promise<Service> {
  const [id = '', pid = '', address = ''] = (
    await engine.cli('inspect', '-f', '{{.Id}} {{.State.Pid}} {{.NetworkSettings.IPAddress}}', name)
  ).split(' ');
  const counters = new Counters({ cgroupPath: `/docker/${id}`, pid: Number(pid), hostNetwork: true });
  return { address, cpuUs: () => (counters.read().cpuSeconds ?? 0) * 1e6 };
}

function costOf(act: (count: number) => Promise<void>, service: Service, operations: number): Workload {
  return {
    operations,
    warmUp: operations >> 2,
    async run(count = operations) {
      const before = service.cpuUs();
      await act(count);
      return (service.cpuUs() - before) / count;
    },
  };
}

const connections = 8;

/** GET requests over kept connections. */
async function requests(url: string, count: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let left = count;
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      get(url, { agent }, (response) => {
        response.resume();
        response.on('end', resolve);
        response.on('error', reject);
      }).on('error', reject);
    });
  const worker = async (): Promise<void> => {
    for (; left > 0; left--) await one();
  };
  await Promise.all(Array.from({ length: connections }, worker));
  agent.destroy();
}

const batchCommands = 20;

/** SET and GET in Redis' inline protocol, some at a time. */
function commands(address: string, count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    let waiting = 0;
    const socket = connect({ host: address, port: 6379, timeout: 30_000 });
    const send = (): void => {
      if (sent >= count) {
        socket.end();
        return;
      }
      let text = '';
      for (let i = 0; i < batchCommands; i++) text += `SET key${(sent + i) % 1000} value\r\n`;
      sent += batchCommands;
      waiting = batchCommands;
      socket.write(text);
    };
    socket.on('connect', send);
    socket.on('data', (data) => {
      for (const byte of data) if (byte === 10) waiting--;
      if (waiting <= 0) send();
    });
    socket.on('error', reject);
    socket.on('timeout', () => socket.destroy(new Error('redis does not answer')));
    socket.on('close', (failed) => {
      if (!failed) resolve();
    });
  });
}
