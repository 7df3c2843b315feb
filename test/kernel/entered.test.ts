import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ExecEvent } from '../../src/model/event.ts';
import { namespacesOf } from '../../src/sensor/namespace-map.ts';
import { waitFor } from '../support/wait.ts';
import { cgroupMount } from './cgroup.ts';
import { Harness } from './harness.ts';

const harness = new Harness();
const run = promisify(execFile);
const lastPidFile = '/proc/sys/kernel/ns_last_pid';

/** The first process in mount and pid namespaces of the container's own. */
let first = 0;

beforeEach(async () => {
  await harness.container.run('unshare -m -p -f --kill-child --mount-proc sleep 600 &');
  const { cgroupId, path } = harness.container;
  first = await waitFor('the first process', () => {
    const pids = readFileSync(`${cgroupMount}${path}/cgroup.procs`, 'utf8').trim().split('\n').map(Number);
    return pids.find((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n');
  });
  const namespaces = namespacesOf(first);
  if (namespaces.length !== 2) throw new Error(`the process ${first} shares its namespaces with the node`);
  harness.sensor.watch({ cgroupId, workloadId: harness.workload, sample: 1, stratum: 'steady', namespaces });
});
afterEach(() => {
  if (first !== 0) process.kill(first, 'SIGKILL');
  first = 0;
});

function executed(): readonly ExecEvent[] {
  return harness.seen.flatMap(({ event }) => (event.kind === 'exec' ? [event] : []));
}

/** Executions from outside: what was started, and by whom. */
function entered(): readonly string[] {
  return executed().flatMap(({ entered: by, parentExe, path }) =>
    by === undefined ? [] : [`${base(parentExe || by)} ${base(path)}`],
  );
}

function base(path: string): string {
  return path.split('/').at(-1) ?? '';
}

async function enter(...args: readonly string[]): Promise<void> {
  await run('nsenter', ['-t', String(first), ...args]);
}

describe('processes of the node in a container’s namespaces', () => {
  test('what they execute is told, and what their children execute, double forks too; with its end', async () => {
    await enter('-m', '-p', '/bin/sh', '-c', '/usr/bin/env /bin/true; (/bin/sh -c "/usr/bin/id; :" > /dev/null &); :');
    await harness.settled();
    expect(entered()).toEqual(expect.arrayContaining(['nsenter dash', 'dash env', 'env true', 'dash dash', 'dash id']));
    const of = (name: string): ExecEvent | undefined => executed().find(({ path }) => path.endsWith(name));
    const [shell, env, last] = [of('/dash'), of('/env'), of('/true')];
    expect(shell).toMatchObject({ cgroupId: harness.container.cgroupId, parentExe: '', fromRuntime: false });
    expect(shell?.process.ancestors.map(({ exe }) => base(exe))).toEqual(['nsenter']);
    // Lineage as inside: env was executed by a child of the shell, and true in its place.
    expect(env?.process.parentExecution).toBe(shell?.process.execution);
    expect(last?.process.parentExecution).toBe(env?.process.execution);
    const ended = harness.seen.flatMap(({ event }) => (event.kind === 'exit' ? [event.process.execution] : []));
    expect(ended).toContain(last?.process.execution);
  });

  test('the pid namespace alone counts, the network does not; nothing of the node itself is told', async () => {
    await enter('-p', '/usr/bin/id');
    await enter('-n', '/usr/bin/env');
    await run('/bin/true');
    await harness.settled();
    expect(entered()).toEqual(['nsenter id']);
    expect(executed().some(({ path }) => path.endsWith('/env') || path.endsWith('/true'))).toBe(false);
  });

  test('what the container executes itself is another key; what is known from outside is silent', async () => {
    await enter('-m', '/usr/bin/id');
    await harness.settled();
    expect(entered()).toEqual([`${base(process.execPath)} id`]);
    harness.answerAll('known');
    harness.seen = [];
    harness.watch(2);
    await enter('-m', '/usr/bin/id');
    await harness.container.run('/usr/bin/id');
    await harness.settled();
    expect(executed().filter(({ path }) => path.endsWith('/id'))).toHaveLength(1);
    expect(entered()).toEqual([]);
  });

  test('a process of the container that left its cgroup is still followed', async () => {
    await harness.container.run(
      `nsenter -t ${first} -m /bin/sh -c 'echo $$ > ${cgroupMount}/cgroup.procs; exec /usr/bin/id' > /dev/null`,
    );
    await harness.settled();
    expect(harness.calls()).toContain('cgroup-leave');
    expect(entered()).toEqual(['dash id']);
  });

  test('what they and their children do to files, connect to and ask the kernel for is the container’s', async () => {
    const [file, port] = [join(harness.directory, 'brought'), 34_567];
    // Opened by a thread of the pool.
    const thread = `${process.execPath} -e "require('fs').writeFile('${file}2', '', () => {})"`;
    const deeds = `: > ${file}; (chmod 700 ${file}; :); ${thread}; unshare -u true; exec bash -c "exec 3<>/dev/tcp/127.0.0.1/${port}"`;
    await enter('-m', '/bin/bash', '-c', deeds).catch(() => undefined);
    await harness.settled();
    const own = harness.seen.filter(
      ({ event }) => 'cgroupId' in event && event.cgroupId === harness.container.cgroupId,
    );
    const told = own.flatMap(({ event }) => {
      if (event.kind === 'file' && event.path.startsWith(file)) return [`${event.access} ${base(event.process.exe)}`];
      if (event.kind === 'change' && event.path === file) return [`${event.change} ${base(event.process.exe)}`];
      if (event.kind === 'connect') return [`connect ${event.port}`];
      return event.kind === 'call' && event.call === 'unshare' ? [`unshare ${base(event.process.exe)}`] : [];
    });
    expect(told).toEqual(
      expect.arrayContaining(['write bash', 'write node', 'chmod chmod', 'unshare unshare', `connect ${port}`]),
    );
  });

  test('what the node does meanwhile is not, nor what is done in the node’s own mounts from the container’s pid namespace', async () => {
    const inside = spawn('nsenter', ['-t', String(first), '-m', '/bin/sh', '-c', 'echo; read line; :']);
    await new Promise((resolve) => inside.stdout.once('data', resolve));
    const [own, other] = [join(harness.directory, 'own'), join(harness.directory, 'other')];
    const deeds = (path: string): string => `: > ${path}; chmod 700 ${path}; unshare -u true`;
    await run('/bin/sh', ['-c', deeds(own)]);
    await enter('-p', '/bin/sh', '-c', deeds(other));
    // Back in the node's mounts, by what had entered.
    const back = `nsenter --mount=/proc/self/fd/9 /bin/sh -c "${deeds(own)}"`;
    await run('/bin/sh', ['-c', `exec 9</proc/self/ns/mnt; exec nsenter -t ${first} -m -p ${back}`]);
    inside.stdin.end('\n');
    await harness.settled();
    const paths = harness.seen.flatMap(({ event }) =>
      event.kind === 'file' || event.kind === 'change' ? [event.path] : [],
    );
    expect(paths.filter((path) => path === own || path === other)).toEqual([]);
    expect(harness.calls().filter((call) => call.startsWith('unshare uts'))).toEqual([]);
  });

  test('nothing is told once the container is not watched', async () => {
    harness.sensor.unwatch(harness.container.cgroupId);
    await enter('-m', '-p', '/usr/bin/id');
    harness.watch(1);
    await harness.settled();
    expect(entered()).toEqual([]);
  });
});

/** Perl that forks until the child has that pid, which then executes the program. */
function asPid(pid: number, program: string): string {
  return `for (1..2000) { open(F, ">", "${lastPidFile}"); syswrite(F, ${pid - 1}); close F; my $c = fork;
if (!$c) { exec "${program}" if $$ == ${pid}; POSIX::_exit(1) } waitpid $c, 0; exit 0 if $c == ${pid} } exit 1`;
}

test('a pid that is given again, inside, outside and from outside, is whose it is then', async (context) => {
  if (!existsSync(lastPidFile)) context.skip('this kernel has no ns_last_pid');
  await harness.container.run('/usr/bin/env > /dev/null');
  await harness.settled();
  const before = executed().find(({ path }) => path.endsWith('/env'));
  const { pid = 0 } = before?.process ?? {};
  execFileSync('perl', ['-MPOSIX', '-e', asPid(pid, '/usr/bin/nproc')], { stdio: 'ignore' });
  await harness.container.run(`perl -MPOSIX -e '${asPid(pid, '/usr/bin/id')}' > /dev/null`);
  execFileSync('nsenter', ['-t', String(first), '-m', 'perl', '-MPOSIX', '-e', asPid(pid, '/usr/bin/arch')]);
  await harness.settled();
  const told = executed().filter((event) => event.process.pid === pid);
  expect(told.map(({ path, parentExe, entered: by }) => [base(path), base(parentExe), by && base(by)])).toEqual([
    ['env', 'bash', undefined],
    ['id', 'perl', undefined],
    ['arch', 'perl', 'perl'],
  ]);
  expect(new Set(told.map(({ process: { execution } }) => execution)).size).toBe(3);
});

test('a storm of forks from outside is told in full', async () => {
  const child = spawn('nsenter', [
    ...['-t', String(first), '-m', 'perl', '-e'],
    'for my $i (1..300) { if (!fork) { exec "/bin/sh", "-c", "exit # " . chr(97 + $i / 26 / 26) . chr(97 + $i / 26 % 26) . chr(97 + $i % 26) } } 1 while wait > 0',
  ]);
  await new Promise((resolve) => child.once('exit', resolve));
  await harness.settled();
  const shells = executed().filter(({ path, entered: by }) => by !== undefined && path.endsWith('/dash'));
  expect(new Set(shells.map(({ process: { args } }) => args[2])).size).toBe(300);
});
