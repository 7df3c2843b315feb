import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Counters } from '../../src/sensor/counters.ts';
import type { Engine } from '../containers/engine.ts';
import { waitFor } from '../support/wait.ts';

/** What was done, and what one of it took. */
export interface Cost {
  readonly operations: number;
  readonly micros: number;
}

/** Something a container does over and over. */
export interface Workload {
  /** Operations of one measurement. */
  readonly operations: number;
  /** Operations that take some seconds: in less, what else the agent does now and then counts for more than the load. None: the measurements do. */
  readonly longOperations?: number;
  /** Measurements of a round, where the bench's own number takes too long. */
  readonly repeats?: number;
  /** Marks, where the project has set them: for the slow-down, and for the agent's CPU time of one operation, µs. */
  readonly mark?: number;
  readonly agentMark?: number;
  /** Does it some `operations` times (default: as stated); answers how often it was, and the CPU time of one. */
  run(operations?: number): Promise<Cost>;
  /** Operations that are done once before anything is measured, so that caches are warm and everything is learned. */
  readonly warmUp: number;
}

interface Loop {
  readonly mode: string;
  readonly operations: number;
  readonly longOperations: number;
  readonly warmUp: number;
  readonly file: string;
  readonly mark?: number;
  readonly agentMark?: number;
}

/** Loops of one system call or a few, by load.c. */
const loops: Readonly<Record<string, Loop>> = {
  'open-close': {
    ...{ mode: 'open', operations: 300_000, longOperations: 1_500_000, warmUp: 1_000, file: '/srv/data' },
    ...{ mark: 1.15, agentMark: 0.01 },
  },
  'open-many': {
    // A slice's length: once in it, what the kernel counted of all these files is read and folded.
    ...{ mode: 'many', operations: 100_000, longOperations: 12_000_000, warmUp: 20_000, file: '/srv/many/f' },
    ...{ mark: 1.22, agentMark: 0.01 },
  },
  'open-new': {
    mode: 'new',
    operations: 10_000,
    longOperations: 60_000,
    warmUp: 2_000,
    file: 'f',
    mark: 1.2,
    agentMark: 0.05,
  },
  connect: {
    mode: 'connect',
    operations: 15_000,
    longOperations: 150_000,
    warmUp: 500,
    file: '-',
    mark: 1.06,
    agentMark: 0.02,
  },
  exec: {
    mode: 'exec',
    operations: 1_500,
    longOperations: 10_000,
    warmUp: 50,
    file: '/bin/true',
    mark: 1.03,
    agentMark: 1,
  },
  getppid: {
    mode: 'null',
    operations: 2_000_000,
    longOperations: 20_000_000,
    warmUp: 1_000,
    file: '-',
    mark: 1.08,
    agentMark: 0,
  },
  dns: { mode: 'dns', operations: 50_000, longOperations: 200_000, warmUp: 1_000, file: '-' },
  build: { mode: 'build', operations: 1_000, longOperations: 4_000, warmUp: 1_000, file: '/srv/new/build' },
};

/**
 * All workloads by name; `replica`: many files as the first thing that a new replica of a learned workload does; `flood`: 20,000 files a
 * second that were never there, for a minute.
 */
export const workloadNames: readonly string[] = [...Object.keys(loops), 'nginx', 'redis', 'replica', 'flood'];

const image = 'anchorwatch-test/bench:1';
const redisCommand = [
  '/usr/bin/redis-server',
  '--bind',
  '0.0.0.0',
  '--protected-mode',
  'no',
  '--dir',
  '/var/lib/redis',
];
const serviceMark = 1.03;
const connections = 8;
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
  if (names.includes('nginx') || names.includes('redis')) {
    const debian = await engine.debianImage('wrk');
    const client = await startServer(engine, directory, 'bench-client', [], debian);
    const service = async (name: string, command: readonly string[]): Promise<Service> => {
      await engine.cli('run', '-d', '--init', '--name', `bench-${name}`, debian, ...command);
      return serviceOf(engine, `bench-${name}`);
    };
    if (names.includes('nginx'))
      out.set('nginx', requests(client, await service('nginx', ['/usr/sbin/nginx', '-g', 'daemon off;'])));
    if (names.includes('redis')) out.set('redis', commands(client, await service('redis', redisCommand)));
  }
  return {
    workloads: out,
    stop: () => {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function makeImage(engine: Engine, directory: string): Promise<void> {
  const program = join(directory, 'load');
  execFileSync('clang', ['-O2', '-static', '-o', program, new URL('load.c', import.meta.url).pathname]);
  await engine.cli('run', '--name', 'bench-make', '-d', await engine.busyboxImage(), '/bin/sleep', '3600');
  await engine.cli('cp', program, 'bench-make:/bin/load');
  const files = `mkdir -p /srv/many /srv/new; echo x > /srv/data; i=0; while [ $i -lt ${filesOfMany} ]; do : > /srv/many/f-$i; i=$((i+1)); done`;
  await engine.cli('exec', 'bench-make', '/bin/sh', '-c', files);
  await engine.cli('commit', 'bench-make', image);
  await engine.cli('rm', '-f', 'bench-make');
}

interface Server {
  readonly pid: number;
  /** Has the container's own shell run a command: it is the workload that does it, not somebody who came in. Answers what it printed. */
  order(command: string): Promise<string>;
}

const serverText =
  'while :; do if [ -e /mail/go ]; then read line < /mail/go; rm /mail/go; $line > /mail/part 2>&1; mv /mail/part /mail/done; fi; sleep 0.05; done';

async function startServer(
  engine: Engine,
  directory: string,
  name: string,
  options: readonly string[] = [],
  from = image,
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
    from,
    '/bin/sh',
    '-c',
    serverText,
  );
  const pid = Number(await engine.cli('inspect', '-f', '{{.State.Pid}}', name));
  return {
    pid,
    async order(command) {
      const done = join(mailbox, 'done');
      rmSync(done, { force: true });
      writeFileSync(join(mailbox, 'draft'), `${command}\n`);
      renameSync(join(mailbox, 'draft'), join(mailbox, 'go'));
      return waitFor('the load to end', () => textOf(done), 180_000);
    },
  };
}

/** Has a server run load.c. */
async function load(server: Server, file: string, mode: string, operations: number): Promise<Cost> {
  const text = await server.order(`/bin/load ${file} ${mode} ${operations}`);
  try {
    return { operations, micros: (JSON.parse(text) as { cpuUs: number }).cpuUs };
  } catch (cause) {
    throw new Error(`the load failed: ${text}`, { cause });
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

let folders = 0;

function loopOf(server: Server, { mode, operations, longOperations, warmUp, file, ...marks }: Loop): Workload {
  return {
    operations,
    longOperations,
    warmUp,
    ...marks,
    run(count = operations) {
      if (mode !== 'new') return load(server, file, mode, count);
      // A folder of its own each time, made from outside below the container's root: none of its files is there yet, in every round.
      const folder = `/srv/new/${folders++}`;
      mkdirSync(`/proc/${server.pid}/root${folder}`);
      return load(server, `${folder}/${file}`, mode, count);
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
    run: (count = floodFiles) => load(server, `/etc/flood/${folders++}`, 'flood', count),
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
      if (number === 1) await load(first, '/srv/many/f', 'many', count);
      number += 1;
      const name = `bench-${number}`;
      const server = await startServer(engine, directory, name);
      const cost = await load(server, '/srv/many/f', 'many', count);
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

/** GET requests by wrk over kept connections, some ten thousand in a second. */
function requests(client: Server, service: Service): Workload {
  const rate = 10_000;
  return {
    ...{ operations: rate, longOperations: 8 * rate, warmUp: rate, mark: serviceMark },
    async run(count = rate) {
      const before = service.cpuUs();
      const seconds = Math.ceil(count / rate);
      const text = await client.order(`wrk -t 1 -c ${connections} -d ${seconds} http://${service.address}:80/`);
      const operations = Number(/(\d+) requests in/.exec(text)?.[1] ?? 0);
      if (operations === 0 || /Non-2xx|Socket errors/.test(text)) throw new Error(`nginx does not answer: ${text}`);
      return { operations, micros: (service.cpuUs() - before) / operations };
    },
  };
}

/** SET and GET by redis-benchmark. */
function commands(client: Server, service: Service): Workload {
  const operations = 60_000;
  return {
    ...{ operations, longOperations: 6 * operations, warmUp: operations >> 2, mark: serviceMark },
    async run(count = operations) {
      const before = service.cpuUs();
      const each = count >> 1;
      const text = await client.order(
        `redis-benchmark -h ${service.address} -c ${connections} -n ${each} -t set,get -q --csv`,
      );
      if (!/"GET"/.test(text)) throw new Error(`redis does not answer: ${text}`);
      return { operations: 2 * each, micros: (service.cpuUs() - before) / (2 * each) };
    },
  };
}
