import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLogger } from '../../src/lib/log.ts';
import type { Event } from '../../src/model/event.ts';
import { noSuchTracepoint } from '../../src/sensor/absent-tracepoints.ts';
import { type KernelHandle, Sensor } from '../../src/sensor/sensor.ts';
import { kernelMissing } from '../support/requirements.ts';
import { waitFor } from '../support/wait.ts';
import { type FakeContainer, makeContainer } from './cgroup.ts';

interface Seen {
  readonly event: Event;
  readonly handle: KernelHandle;
}

const workload = 'workload-of-the-test';
let sensor: Sensor;
let seen: Seen[] = [];
let made: string[] = [];
let container: FakeContainer;
let directory: string;

const missing = kernelMissing();

beforeAll(async () => {
  if (missing !== undefined) return;
  sensor = new Sensor({
    log: createLogger({ level: 'silent' }),
    recordsPerSecond: 3_000,
    listener: {
      event: (event, handle) => void seen.push({ event, handle }),
      cgroupMade: (id) => void made.push(id),
      cgroupRemoved: () => undefined,
    },
  });
  await sensor.start();
});
afterAll(async () => {
  if (missing === undefined) await sensor.stop();
});

beforeEach(async (context) => {
  if (missing !== undefined) context.skip(missing);
  seen = [];
  made = [];
  directory = mkdtempSync(join(tmpdir(), 'aw-filter-'));
  container = await makeContainer();
  await waitFor('the kernel to tell of the cgroup', () => made.includes(container.cgroupId));
  watch(container, 1, 'steady');
  await container.run('true');
});
afterEach(async () => {
  if (missing !== undefined) return;
  await container.stop();
  sensor.unwatch(container.cgroupId);
  rmSync(directory, { recursive: true, force: true });
});

function watch(
  { cgroupId }: FakeContainer,
  sample: number,
  stratum: 'startup' | 'steady',
  workloadId = workload,
): void {
  sensor.watch({ cgroupId, workloadId, sample, stratum });
}

function files(path: string, access: 'read' | 'write' = 'read'): readonly Seen[] {
  return seen.filter(({ event }) => event.kind === 'file' && event.path === path && event.access === access);
}

/** Everything the container did before this has been told when its marker has. */
async function settled(from: FakeContainer = container): Promise<void> {
  const marker = join(directory, `marker-${Math.random().toString(36).slice(2)}`);
  await from.run(`: > ${marker}`);
  await waitFor('the marker', () => files(marker, 'write')[0]);
}

function answerAll(mark: 'known' | 'judged'): void {
  for (const { event, handle } of seen) sensor.answer(handle, workload, event.kernelKey, mark);
}

describe('files', () => {
  test('new is told once, a storm of it is one record, known is silent, for a second container too', async () => {
    const path = join(directory, 'data');
    writeFileSync(path, 'x\n');
    await container.run(`for i in $(seq 500); do read x < ${path}; done`);
    await settled();
    expect(files(path)).toHaveLength(1);
    expect(files(path)[0]?.event.process).toMatchObject({ comm: 'bash', uid: 0, pid: container.shellPid });
    answerAll('known');
    seen = [];
    const before = sensor.counters().known['file.read'] ?? 0;
    await container.run(`for i in $(seq 500); do read x < ${path}; done`);
    watch(container, 2, 'steady');
    await container.run(`for i in $(seq 500); do read x < ${path}; done`);
    await settled();
    expect(files(path)).toEqual([]);
    // Told in its first sample: only the second one counts as recognised.
    expect((sensor.counters().known['file.read'] ?? 0) - before).toBeGreaterThanOrEqual(500);

    const second = await makeContainer();
    await waitFor('the second cgroup', () => made.includes(second.cgroupId));
    watch(second, 1, 'startup');
    await second.run(`read x < ${path}`);
    await settled(second);
    expect(files(path)).toEqual([]);
    await second.stop();
  });

  test('incidence counts samples, not openings, by stratum', async () => {
    const path = join(directory, 'counted');
    writeFileSync(path, 'x\n');
    await container.run(`read x < ${path}`);
    await settled();
    answerAll('known');
    const counts = (): readonly [string, number][] => {
      const told: [string, number][] = [];
      sensor.incidences((workloadId, kernelKey, stratum, delta) => {
        if (workloadId !== workload || typeof kernelKey !== 'object') return;
        if (kernelKey.kind === 'file.read' && kernelKey.path === path) told.push([stratum, delta]);
      });
      return told;
    };
    counts();
    for (const sample of [2, 3, 4]) {
      watch(container, sample, 'steady');
      await container.run(`read x < ${path}; read x < ${path}; read x < ${path}`);
    }
    watch(container, 5, 'startup');
    await container.run(`read x < ${path}`);
    expect(counts().toSorted(([a], [b]) => a.localeCompare(b))).toEqual([
      ['startup', 1],
      ['steady', 3],
    ]);
    expect(counts()).toEqual([]);
  });

  test('judged is told once for each sample, and never becomes known by repetition', async () => {
    const path = join(directory, 'secret');
    writeFileSync(path, 'x\n');
    await container.run(`read x < ${path}`);
    await settled();
    answerAll('judged');
    for (const sample of [2, 3]) {
      seen = [];
      watch(container, sample, 'steady');
      await container.run(`for i in $(seq 50); do read x < ${path}; done`);
      await settled();
      expect(files(path).map(({ event }) => event.judged)).toEqual([true]);
    }
  });

  test('what is forgotten is told again at once', async () => {
    const path = join(directory, 'forgotten');
    writeFileSync(path, 'x\n');
    await container.run(`read x < ${path}`);
    await settled();
    for (const { event, handle } of files(path)) sensor.answer(handle, workload, event.kernelKey, 'forget');
    seen = [];
    await container.run(`read x < ${path}`);
    await settled();
    expect(files(path)).toHaveLength(1);
  });

  test('patterns: folded digits and whole directories are recognised, their neighbours are not', async () => {
    sensor.recognise(workload, [
      { kind: 'file.write.folded', path: `${directory}/job-0.tmp`.replaceAll(/\d+/g, '0') },
      { kind: 'file.write.directory', path: `${directory}/cache/` },
    ]);
    await container.run(
      `mkdir ${directory}/cache; for i in $(seq 20); do : > ${directory}/job-$i.tmp; : > ${directory}/cache/x$i; done`,
    );
    await container.run(`: > ${directory}/job-a.tmp; : > ${directory}/cachefile`);
    await settled();
    const written = seen.flatMap(({ event }) =>
      event.kind === 'file' && event.access === 'write' ? [event.path] : [],
    );
    expect(written.filter((path) => !path.includes('marker') && path.startsWith(directory)).toSorted()).toEqual([
      `${directory}/cachefile`,
      `${directory}/job-a.tmp`,
    ]);
  });

  test('a new file in a volatile directory costs no path: the directory’s mark stands for it, until something stops being known', async () => {
    sensor.recognise(workload, [{ kind: 'file.write.directory', path: `${directory}/spool/` }]);
    await container.run(`mkdir -p ${directory}/spool/inner; : > ${directory}/spool/first`);
    const missed = (): number => sensor.counters().missed['file.write'] ?? 0;
    const known = (): number => sensor.counters().known['file.write'] ?? 0;
    const [missedBefore, knownBefore] = [missed(), known()];
    await container.run(`for i in $(seq 300); do : > ${directory}/spool/x$i; done`);
    expect(known() - knownBefore).toBe(300);
    expect(missed() - missedBefore).toBeLessThan(5);
    // Another directory below is another one, and reading is not writing.
    await container.run(`: > ${directory}/spool/inner/y; read z < ${directory}/spool/x1`);
    await settled();
    expect(files(`${directory}/spool/inner/y`, 'write')).toHaveLength(1);
    expect(files(`${directory}/spool/x1`, 'read')).toHaveLength(1);
  });

  test('hostile names and paths of 4,096 bytes and more', async () => {
    await container.run(`cd ${directory}; : > $'new\\nline\\x1b[31m'; : > $'broken\\xff\\xc3'; : > 'back\\slash'`);
    await settled();
    const written = seen.flatMap(({ event }) =>
      event.kind === 'file' && event.created ? [event.path.slice(directory.length + 1)] : [],
    );
    expect(written).toEqual(expect.arrayContaining(['new\\x0aline\\x1b[31m', 'broken\\xff\\xc3', 'back\\\\slash']));
    const lost = (): number =>
      sensor.counters().lost.find(({ hook, reason }) => hook === 'open' && reason === 'path_too_long')?.count ?? 0;
    const before = lost();
    const part = 'd'.repeat(200);
    await container.run(
      `cd ${directory}; for i in $(seq 25); do mkdir ${part} && cd ${part}; done; : > deep-file; cd /`,
    );
    await waitFor('the deep file', () =>
      seen.find(({ event }) => event.kind === 'file' && event.path.endsWith('/deep-file')),
    );
    expect(lost()).toBeGreaterThan(before);
  });

  test('a flood of new names is cut and counted; executions still come through', async () => {
    const limited = (): number =>
      sensor.counters().lost.find(({ hook, reason }) => hook === 'open' && reason === 'rate_limited')?.count ?? 0;
    const before = limited();
    await container.run(`for i in $(seq 60000); do : > ${directory}/n$i; rm_=1; done; /bin/uname > /dev/null`);
    await waitFor('the execution', () =>
      seen.find(({ event }) => event.kind === 'exec' && event.path.endsWith('/uname')),
    );
    const told = seen.filter(({ event }) => event.kind === 'file' && event.path.startsWith(`${directory}/n`)).length;
    expect(told).toBeGreaterThan(100);
    expect(limited() - before + told).toBeGreaterThanOrEqual(60_000);
  });
});

describe('executions', () => {
  test('lineage, arguments and what interpreters run; secrets are masked', async () => {
    await container.run(`/bin/sh -c '/usr/bin/env true --password=hunter2; :'`);
    await settled();
    const execs = seen.flatMap(({ event }) => (event.kind === 'exec' ? [event] : []));
    const child = execs.find(({ path }) => path.endsWith('/true'));
    expect(child?.process.args.join(' ')).not.toContain('hunter2');
    expect(child?.parentExe).toMatch(/\/env$/);
    expect(child?.process.ancestors.map(({ exe }) => exe.split('/').at(-1))).toEqual(expect.arrayContaining(['bash']));
    expect(
      JSON.stringify(seen, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    ).not.toContain('hunter2');
  });

  test('memfd, deleted and temporary programs are told as such', async () => {
    const copy = join(directory, 'copied');
    await container.run(`cp /bin/true ${copy}; ${copy}`);
    await container.run(
      `perl -e 'my $n = "payload"; my $fd = syscall(319, $n, 0); open(my $in, "<", "/bin/true"); binmode $in; local $/; open(my $out, ">&=", $fd); binmode $out; print $out scalar <$in>; $out->flush; exec {"/proc/self/fd/$fd"} "payload"'`,
    );
    await container.run(`cp /bin/sleep ${copy}2; (exec 9<${copy}2; rm ${copy}2; /proc/self/fd/9 0)`);
    await settled();
    const origin = (name: string): string | undefined =>
      seen.flatMap(({ event }) => (event.kind === 'exec' && event.path.includes(name) ? [event.origin] : []))[0];
    expect(origin('memfd:payload')).toBe('memfd');
    expect(origin('copied2')).toBe('deleted');
  });

  test('a program started again by the same one is known; by another one it is new', async () => {
    await container.run('/bin/uname > /dev/null');
    await settled();
    answerAll('known');
    seen = [];
    await container.run('/bin/uname > /dev/null');
    await container.run(`/usr/bin/env /bin/uname > /dev/null`);
    await settled();
    const unames = seen.flatMap(({ event }) =>
      event.kind === 'exec' && event.path.endsWith('/uname') ? [event.parentExe] : [],
    );
    expect(unames).toEqual([expect.stringMatching(/\/env$/)]);
  });
});

describe('network', () => {
  test('refused TCP, IPv6, v4-mapped, UDP; listeners, but no ports that the kernel chose', async () => {
    await container.run(
      `perl -MSocket -e 'socket(S,AF_INET,SOCK_STREAM,0);connect(S,sockaddr_in(9,inet_aton("127.0.0.1")));
socket(T,AF_INET6,SOCK_STREAM,0);connect(T,sockaddr_in6(11,Socket::inet_pton(AF_INET6,"::1")));
socket(V,AF_INET6,SOCK_STREAM,0);connect(V,sockaddr_in6(13,Socket::inet_pton(AF_INET6,"::ffff:127.0.0.1")));
socket(U,AF_INET,SOCK_DGRAM,0);connect(U,sockaddr_in(15,inet_aton("127.0.0.1")));
socket(L,AF_INET,SOCK_STREAM,0);bind(L,sockaddr_in(14041,inet_aton("127.0.0.1")));listen(L,5);
socket(B,AF_INET,SOCK_DGRAM,0);bind(B,sockaddr_in(14042,INADDR_ANY));
socket(C,AF_INET,SOCK_DGRAM,0);bind(C,sockaddr_in(0,INADDR_ANY));send(C,"x",0,sockaddr_in(17,inet_aton("127.0.0.1"))) for 1..3;
socket(D,AF_INET6,SOCK_DGRAM,0);send(D,"x",0,sockaddr_in6(21,Socket::inet_pton(AF_INET6,"::1")));
socket(E,AF_INET6,SOCK_DGRAM,0);connect(E,sockaddr_in6(23,Socket::inet_pton(AF_INET6,"::ffff:127.0.0.1")));
socket(F,AF_INET,SOCK_DGRAM,0);bind(F,sockaddr_in(14046,INADDR_ANY));send(F,"x",0,sockaddr_in($_,inet_aton("127.0.0.1"))) for 33001..33009;'`,
    );
    await settled();
    const peers = seen.flatMap(({ event }) =>
      event.kind === 'connect' || event.kind === 'listen' || event.kind === 'accept'
        ? [`${event.kind} ${event.protocol} ${event.address} ${event.port}`]
        : [],
    );
    expect(peers.toSorted()).toEqual([
      // Nine clients were answered: one feature.
      'accept udp 127.0.0.1 14046',
      'connect tcp 127.0.0.1 13',
      'connect tcp 127.0.0.1 9',
      'connect tcp ::1 11',
      'connect udp 127.0.0.1 15',
      'connect udp 127.0.0.1 17',
      'connect udp 127.0.0.1 23',
      'connect udp ::1 21',
      'listen tcp 127.0.0.1 14041',
      'listen udp 0.0.0.0 14042',
      'listen udp 0.0.0.0 14046',
    ]);
    // On every kernel, though its lineage is told from 6.16 on alone.
    const sender = seen.find(({ event }) => event.kind === 'connect' && event.port === 17)?.event.process;
    expect(sender?.exe).toMatch(/\/perl$/);
    expect(sender?.pid).toBeGreaterThan(1);
  });
});

describe('keys', () => {
  test('what user space computes for an event is what the kernel looks up: recognised after being put by its parts', async () => {
    const path = join(directory, 'by-parts');
    writeFileSync(path, 'x\n');
    const script = `read x < ${path}; : > ${path}.out; /usr/bin/env /bin/true; /bin/sh -c 'exit 7'; (exec 3<>/dev/tcp/127.0.0.1/19) 2>/dev/null; perl -MSocket -e 'socket(L,AF_INET,SOCK_STREAM,0);bind(L,sockaddr_in(14043,INADDR_ANY));listen(L,1)'; perl -e 'syscall(272, 0x4000000); my $n = "named 12"; syscall(157, 15, $n, 0, 0, 0); $n = "code-34"; my $fd = syscall(319, $n, 0); syscall(77, $fd, 4096); syscall(9, 0, 4096, 5, 2, $fd, 0)'; perl -MSocket -e 'socket(L,AF_INET,SOCK_STREAM,0);setsockopt(L,SOL_SOCKET,SO_REUSEADDR,1);bind(L,sockaddr_in(14044,INADDR_ANY));listen(L,1);socket(S,AF_INET,SOCK_STREAM,0);connect(S,sockaddr_in(14044,inet_aton("127.0.0.1")));accept(C,L);open(STDIN,"<&S");socket(U,AF_INET,SOCK_DGRAM,0);send(U,pack("nnnnnn",7,256,1,0,0,0) . "\\3www\\7example\\0" . pack("nn",16,1),0,sockaddr_in(53,inet_aton("127.0.0.1")));exec "/bin/true"'; : > ${path}.gone; rm ${path}.gone`;
    watch(container, 8, 'steady', 'first');
    await container.run(script);
    await settled();
    const keys = seen.flatMap(({ event }) => (event.kernelKey === undefined ? [] : [event.kernelKey]));
    expect(new Set(keys.map(({ kind }) => kind))).toEqual(
      new Set(['exec', 'file.read', 'file.write', 'net.out', 'net.listen', 'net.in', 'dns', 'call', 'change']),
    );
    // Another workload: the kernel knows nothing of it but what is put there by parts.
    sensor.recognise('another', keys);
    seen = [];
    watch(container, 9, 'steady', 'another');
    await container.run(script);
    await settled();
    expect(
      seen.filter(({ event }) => event.kind !== 'exit' && !(event.kind === 'file' && event.path.includes('marker'))),
    ).toEqual([]);
  });
});

test('every hook is attached here', () => {
  expect(sensor.hooks.filter(({ state, reason }) => state !== 'attached' && reason !== noSuchTracepoint)).toEqual([]);
  expect(sensor.hooks.length).toBeGreaterThan(10);
});

test('only containers are seen: neither this process nor a cgroup of 32 digits', async () => {
  const path = join(directory, 'outside');
  const other = await makeContainer('0123456789abcdef0123456789abcdef');
  await other.run(`: > ${path}.other`);
  execFileSync('/bin/sh', ['-c', `: > ${path}`]);
  await settled();
  expect(made).toEqual([container.cgroupId]);
  expect(seen.filter(({ event }) => event.kind === 'file' && event.path.startsWith(path))).toEqual([]);
  await other.stop();
});
