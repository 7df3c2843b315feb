import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, type TestContext } from 'vitest';
import { createLogger } from '../../src/lib/log.ts';
import type { Event } from '../../src/model/event.ts';
import { noSuchTracepoint } from '../../src/sensor/absent-tracepoints.ts';
import { Sensor } from '../../src/sensor/sensor.ts';
import { waitFor } from '../support/wait.ts';
import { cgroupMount } from './cgroup.ts';
import { Harness } from './harness.ts';

const harness = new Harness();

/** Older kernels have no place for some hooks. */
function needsHook(context: TestContext, wanted: string): void {
  const found = harness.sensor.hooks.find(({ hook }) => hook === wanted);
  if (found?.reason === noSuchTracepoint) context.skip(`${wanted}: ${noSuchTracepoint}`);
}

const reverseShell = `perl -MSocket -MPOSIX -e 'socket(L,AF_INET,SOCK_STREAM,0);setsockopt(L,SOL_SOCKET,SO_REUSEADDR,1);bind(L,sockaddr_in(14091,inet_aton("127.0.0.1")));listen(L,1);
socket(S,AF_INET,SOCK_STREAM,0);connect(S,sockaddr_in(14091,inet_aton("127.0.0.1")));POSIX::dup2(fileno(S),0);exec "/bin/true"'`;

describe('what shells and hidden code do', () => {
  test('a socket as standard input, by dup2 and in the execution that follows, with its other end', async () => {
    await harness.container.run(reverseShell);
    await harness.settled();
    expect(harness.calls()).toContain('dup2 socket  127.0.0.1:14091');
    const shell = harness.seen.find(({ event }) => event.kind === 'exec' && event.path.endsWith('/true'))?.event;
    expect(shell).toMatchObject({ kind: 'exec', socketStdio: '127.0.0.1:14091' });
    expect(shell?.kernelKey).toMatchObject({ socketStdio: true });
  });

  test('code of files that are not the image’s, memory that can be written and executed', async () => {
    const library = join(harness.directory, 'lib-17.so');
    execFileSync('cp', ['/bin/true', library]);
    await harness.container.run(
      `perl -e 'syscall(9, 0, 4096, 5, 0x22, -1, 0); syscall(9, 0, 4096, 7, 0x22, -1, 0); my $a = syscall(9, 0, 4096, 3, 0x22, -1, 0);
syscall(10, $a, 4096, 5); my $n = "code"; my $fd = syscall(319, $n, 0); syscall(77, $fd, 4096); syscall(9, 0, 4096, 5, 2, $fd, 0)'`,
    );
    await harness.settled();
    const told = harness.calls();
    expect(told).toContain('mmap executable');
    expect(told).toContain('mmap writable-executable');
    expect(told).toContain('mprotect executable');
    expect(told.some((line) => line.startsWith('mmap file  /memfd:code'))).toBe(true);
    const mapped = harness.seen.find(({ event }) => event.kind === 'call' && event.text.startsWith('/memfd:'))?.event;
    expect(mapped?.kernelKey).toMatchObject({ call: 'mmap', origin: 'memfd' });
  });

  test('a process that names itself, but not its threads and not its executions', async () => {
    await harness.container.run(`perl -e 'my $n = "kworker/0:12"; syscall(157, 15, $n, 0, 0, 0)'`);
    await harness.settled();
    expect(harness.calls().filter((line) => line.startsWith('prctl'))).toEqual(['prctl name  kworker/0:12']);
    const event = harness.seen.find(
      ({ event: { kernelKey } }) => kernelKey?.kind === 'call' && kernelKey.call === 'prctl',
    );
    expect(event?.event.kernelKey).toMatchObject({ call: 'prctl', text: 'kworker/0:0' });
  });

  test('signals to others: outside, unrelated and ancestors; not to children that go on', async () => {
    const outside = execFileSync('/bin/sh', ['-c', 'sleep 60 > /dev/null 2>&1 & echo $!'], { encoding: 'utf8' }).trim();
    try {
      await harness.container.run(
        `sleep 60 & kill -USR1 $!; (perl -e 'sleep 60' & echo $! > ${harness.directory}/orphan); /bin/sh -c "kill -USR1 ${outside}; :"; /bin/sh -c '/bin/kill -CONT '$(cat ${harness.directory}/orphan)'; :'; /bin/sh -c 'kill -CONT '$$'; :'`,
      );
      await harness.settled();
      const told = harness.calls().filter((line) => line.startsWith('kill'));
      expect(told.map((line) => line.replace(/ {2}.*\//u, ' '))).toEqual([
        'kill SIGCONT ancestor bash',
        'kill SIGCONT unrelated perl',
        'kill SIGUSR1 outside',
      ]);
    } finally {
      for (const pid of [outside, readFileSync(join(harness.directory, 'orphan'), 'utf8')]) end(Number(pid));
    }
  });

  test('a timer of somebody else that goes off while a process of the container runs is no signal of its', async () => {
    const timers = Array.from({ length: 12 }, () => 'timeout 0.1 sleep 5').join(' ; ');
    const others = spawn('/bin/sh', ['-c', `taskset -cp 0 $$; ${timers}`], { stdio: 'ignore' });
    onTestFinished(() => void others.kill());
    await harness.container.run(`taskset -c 0 perl -e 'my $end = time + 2; 1 while time < $end'`);
    await harness.settled();
    expect(harness.calls().filter((line) => line.startsWith('kill'))).toEqual([]);
  });

  test('capabilities that were used and denied, once in a sample', async (context) => {
    needsHook(context, 'tp_btf/cap_capable');
    const script = `perl -MSocket -e 'socket(R, AF_INET, SOCK_RAW, 1)'; perl -MPOSIX -e 'POSIX::setuid(33); chroot("/")'`;
    await harness.container.run(script);
    await harness.settled();
    const capabilities = (): readonly string[] => harness.calls().filter((line) => line.startsWith('capability'));
    expect(capabilities()).toEqual(expect.arrayContaining(['capability net_raw', 'capability sys_chroot EPERM']));
    harness.answerAll('known');
    harness.seen = [];
    harness.watch(2);
    await harness.container.run(script);
    await harness.settled();
    expect(capabilities()).toEqual([]);
  });

  test('what overlayfs may, by the rights of who mounted it, is no capability of the container', async (context) => {
    needsHook(context, 'tp_btf/cap_capable');
    const directory = join(harness.directory, 'mounted');
    mkdirSync(directory);
    execFileSync('mount', ['-t', 'tmpfs', 'mounted', directory]);
    for (const part of ['lower', 'upper', 'work', 'merged']) mkdirSync(join(directory, part), { mode: 0o777 });
    copyFileSync('/bin/true', join(directory, 'lower', 'file'));
    const merged = join(directory, 'merged');
    const parts = `lowerdir=${directory}/lower,upperdir=${directory}/upper,workdir=${directory}/work`;
    execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', parts, merged]);
    chmodSync(merged, 0o777);
    try {
      await harness.container.run(
        `perl -MPOSIX -e 'chdir("${merged}"); POSIX::setgid(33); POSIX::setuid(33); unlink("file") or die $!'`,
      );
      await harness.settled();
      // Who made it may all in its work directory, of mode 000; who is not root may nothing.
      const capabilities = harness.calls().filter((line) => line.startsWith('capability'));
      // Another test of this container used the right to change the user.
      expect(capabilities).toContain('capability setgid');
      expect(capabilities.filter((line) => !line.includes(' E') && line.includes('dac_'))).toEqual([]);
    } finally {
      for (const mounted of [merged, directory]) execFileSync('umount', ['-l', mounted]);
    }
  });

  test('a process that leaves the cgroup of its container', async () => {
    const parent = join(cgroupMount, harness.container.path, '../cgroup.procs');
    await harness.container.run(
      `sleep 60 & until [[ $(< /proc/$!/comm) == sleep ]]; do :; done; echo $! > ${parent}; kill $!`,
    );
    await harness.settled();
    expect(harness.calls()).toContain('cgroup-leave');
    const told = harness.seen.find(({ event }) => event.kind === 'call' && event.call === 'cgroup-leave')?.event;
    expect(told?.process?.exe).toMatch(/\/sleep$/);
    expect(told?.process?.pid).not.toBe(harness.container.shellPid);
  });
});

describe('other ways to a file', () => {
  test('by its handle', async () => {
    // Not every file system has handles; memory has.
    const path = `/dev/shm/anchorwatch-handled-${process.pid}`;
    writeFileSync(path, 'x\n');
    onTestFinished(() => rmSync(path));
    await harness.container.run(
      `perl -e 'my $h = pack("Li", 128, 0) . ("\\0" x 128); my $m = pack("i", 0); my $p = "${path}";
syscall(303, -100, $p, $h, $m, 0) == 0 or die; open(my $d, "<", "/dev/shm"); syscall(304, fileno($d), $h, 0)'`,
    );
    await harness.settled();
    expect(harness.calls()).toContain('open_by_handle_at');
    expect(harness.seen.some(({ event }) => event.kind === 'file' && event.path === path)).toBe(true);
  });

  test('through io_uring: the operations, the file, the connection, the listening socket', async (context) => {
    needsHook(context, 'tp_btf/io_uring_submit_req');
    const path = join(harness.directory, 'ringed');
    for (const name of [path, `${path}-direct`]) writeFileSync(name, 'x\n');
    const program = join(harness.directory, 'ring');
    execFileSync('clang', ['-O1', '-o', program, new URL('./io-uring.c', import.meta.url).pathname]);
    const output = await harness.container.run(`${program} ${path} 14097`);
    await harness.settled();
    expect(harness.calls()).toEqual(expect.arrayContaining(['io_uring connect', 'io_uring openat', 'io_uring_setup']));
    const opened = harness.seen.find(({ event }) => event.kind === 'file' && event.path === path)?.event;
    expect(opened?.process?.exe).toBe(program);
    expect(
      harness.seen.some(
        ({ event }) => event.kind === 'connect' && event.address === '127.0.0.1' && event.port === 14_097,
      ),
    ).toBe(true);
    // It has no descriptor: what 0 leads to is no file that was opened.
    const files = harness.seen.flatMap(({ event }) => (event.kind === 'file' ? [event.path] : []));
    expect(files).toContain(`${path}-direct`);
    expect(files).not.toContain('/dev/null');
    const listening = harness.seen.flatMap(({ event }) =>
      event.kind === 'listen' ? [`${event.port}/${event.protocol}`] : [],
    );
    const byRing = [
      ...(output.includes('listens 0') ? ['14098/tcp'] : []),
      ...(output.includes('bound 0') ? ['14099/udp'] : []),
    ];
    expect(listening.toSorted()).toEqual([...byRing, '14100/tcp'].toSorted());
    expect(harness.seen.some(({ event }) => event.kind === 'accept' && event.port === 14_100)).toBe(true);
  });
});

describe('lineage', () => {
  test('executions have names of their own, which their children carry', async () => {
    await harness.container.run(`/bin/sh -c '/usr/bin/env /bin/true; :'`);
    await harness.settled();
    const of = (name: string): { execution?: string; parentExecution?: string } =>
      harness.seen.find(({ event }) => event.kind === 'exec' && event.path.endsWith(name))?.event.process ?? {};
    const [shell, last] = [of('/dash'), of('/true')];
    expect(shell.execution).toMatch(/^\d+$/);
    expect(last.execution).not.toBe(shell.execution);
    // env was executed by a child of the shell and executed true in its place.
    const env = of('/env');
    expect(env.parentExecution).toBe(shell.execution);
    expect(last.parentExecution).toBe(env.execution);
  });
});

describe('accepted connections', () => {
  test('are told by port and kind of address, each once', async () => {
    await harness.container.run(
      `perl -MSocket -e 'socket(L,AF_INET,SOCK_STREAM,0);setsockopt(L,SOL_SOCKET,SO_REUSEADDR,1);bind(L,sockaddr_in(14093,INADDR_ANY));listen(L,5);
for (1..3) { socket(S,AF_INET,SOCK_STREAM,0);connect(S,sockaddr_in(14093,inet_aton("127.0.0.1")));accept(C,L);close C;close S }'`,
    );
    await harness.settled();
    expect(
      harness.seen.flatMap(({ event }) =>
        event.kind === 'accept' ? [`${event.port} ${event.address} ${event.peer}`] : [],
      ),
    ).toEqual(['14093 127.0.0.1 loopback']);
  });
});

describe('DNS', () => {
  const asked = (): readonly string[] =>
    harness.seen.flatMap(({ event }) =>
      event.kind === 'dns' ? [`${event.name} ${event.type} ${event.resolver}`] : [],
    );
  const answered = (): readonly string[] =>
    harness.seen.flatMap(({ event }) =>
      event.kind === 'dns-answer' ? [`${event.name} ${event.addresses.join(' ')} ${event.resolver}`] : [],
    );
  /** Asks a resolver that the test runs in the container's own network, over sockets that are connected and ones that are not. */
  const ask = (names: string): string =>
    `unshare -n perl -MSocket -e 'system("ip link set lo up"); socket(R,AF_INET,SOCK_DGRAM,0); bind(R,sockaddr_in(53,inet_aton("127.0.0.53"))) or die $!;
for my $q (qw(${names})) { my ($name, $type, $how) = split /,/, $q; my $n = join("", map { chr(length) . $_ } split /\\./, $name) . "\\0";
socket(C,AF_INET,SOCK_DGRAM,0); my $to = sockaddr_in(53, inet_aton("127.0.0.53")); my $m = pack("nnnnnn",7,256,1,0,0,0) . $n . pack("nn",$type,1);
if ($how eq "c") { connect(C,$to); syswrite(C,$m) } else { send(C,$m,0,$to) } my $from = recv(R,my $in,2048,0);
my @a = $type == 28 ? map { inet_aton("10.1.0.$_") } () : (1, 2); my $body = join("", map { "\\xc0\\x0c" . pack("nnNn",1,1,rand(1000),4) . inet_aton("10.1.0.$_") } @a);
send(R, pack("nnnnnn",7,0x8180,1,scalar(@a),0,0) . $n . pack("nn",$type,1) . $body, 0, $from); recv(C,my $back,2048,0); close C }'`;

  test('questions and answers are told once, by the process that asks; known names and their domains are silent', async () => {
    await harness.container.run(ask('Db.Example.com,1,c db.example.com,28,u db.example.com,16,u db.example.com,1,u'));
    await harness.settled();
    expect(asked()).toEqual(['db.example.com  127.0.0.53', 'db.example.com TXT 127.0.0.53']);
    expect(answered()).toEqual(['db.example.com 10.1.0.1 10.1.0.2 127.0.0.53']);
    expect(harness.seen.find(({ event }) => event.kind === 'dns')?.event.process?.exe).toMatch(/perl$/);
    harness.answerAll('known');
    harness.sensor.recognise(harness.workload, [{ kind: 'dns.parent', name: 'cdn.example.com', type: '' }]);
    harness.seen = [];
    harness.watch(2);
    await harness.container.run(
      ask('db.example.com,1,c a1.cdn.example.com,1,u cdn.example.com,1,u b.a1.cdn.example.com,1,c'),
    );
    await harness.settled();
    expect(asked()).toEqual(['cdn.example.com  127.0.0.53', 'b.a1.cdn.example.com  127.0.0.53']);
    // What the container is given for a name matters even where the question does not.
    expect(answered().map((line) => line.split(' ')[0])).toEqual([
      'a1.cdn.example.com',
      'cdn.example.com',
      'b.a1.cdn.example.com',
    ]);
  });
});

describe('capture', () => {
  test('what is known is told too, marked, and not learned again; what exceeds the bound is counted', async () => {
    const path = join(harness.directory, 'captured');
    writeFileSync(path, 'x\n');
    const read = `for i in $(seq 20); do read x < ${path}; done; /bin/true`;
    await harness.container.run(read);
    await harness.settled();
    harness.answerAll('known');
    harness.seen = [];
    harness.watch(2, harness.workload, true);
    await harness.container.run(read);
    await harness.settled();
    const files = harness.seen.filter(({ event }) => event.kind === 'file' && event.path === path);
    expect(files).toHaveLength(20);
    expect(files.every(({ event }) => event.captured === true)).toBe(true);
    expect(harness.seen.some(({ event }) => event.kind === 'exec' && event.captured === true)).toBe(true);
    const limited = (): number =>
      harness.sensor
        .losses()
        .filter(({ cgroupId, reason }) => cgroupId === harness.container.cgroupId && reason === 'capture_limited')
        .reduce((sum, { count }) => sum + count, 0);
    expect(limited()).toBe(0);
    await harness.container.run(`for i in $(seq 20000); do read x < ${path}; done`);
    await harness.settled();
    const told = harness.seen.filter(({ event }) => event.kind === 'file' && event.path === path).length;
    expect(limited() + told).toBeGreaterThanOrEqual(20_000);
    // An emulated processor may be slower than the bound.
    if (process.env['ANCHORWATCH_TEST_PATIENCE'] === undefined) expect(limited()).toBeGreaterThan(0);
    harness.sensor.capture(harness.container.cgroupId, false);
    harness.seen = [];
    await harness.container.run(read);
    await harness.settled();
    expect(harness.seen.filter(({ event }) => event.kind === 'file' && event.path === path)).toEqual([]);
  });
});

describe('healing', () => {
  test('a program whose execution was never told has its name from /proc, and so has a process without lineage', async () => {
    // A sensor that starts later has seen nothing of these: their storage is empty, or names programs by hashes of another key.
    const told: Event[] = [];
    const later = new Sensor({
      log: createLogger({ level: 'silent' }),
      listener: {
        event: (event) => void told.push(event),
        cgroupMade: () => undefined,
        cgroupRemoved: () => undefined,
      },
    });
    try {
      const { cgroupId } = harness.container;
      later.watch({ cgroupId, workloadId: 'later', sample: 1, stratum: 'steady' });
      await later.start();
      const path = join(harness.directory, 'healed');
      await harness.container.run(`: > ${path}.1`);
      await waitFor('the first file', () => told.find((event) => event.kind === 'file' && event.path === `${path}.1`));
      // The shell was adopted by its first record: what it starts has it as its ancestor.
      await harness.container.run(`/bin/sh -c ': > ${path}.2; :'`);
      const second = await waitFor('the second file', () =>
        told.find((event) => event.kind === 'file' && event.path === `${path}.2`),
      );
      expect(second.process?.ancestors.map(({ exe }) => exe)).toContain('/usr/bin/bash');
      expect(later.counters().healed).toBeGreaterThan(0);
    } finally {
      await later.stop();
    }
  });
});

describe('drift', () => {
  test('overlayfs with metacopy and redirect_dir: a mode that was changed is no other content, a content that was is', async () => {
    // Layers in memory: an overlay takes no other overlay as its upper layer.
    const directory = join(harness.directory, 'layers');
    mkdirSync(directory);
    execFileSync('mount', ['-t', 'tmpfs', 'layers', directory]);
    for (const part of ['lower', 'upper', 'work', 'merged']) mkdirSync(join(directory, part));
    for (const name of ['kept', 'chmodded', 'rewritten', 'moved'])
      copyFileSync('/bin/true', join(directory, 'lower', name));
    const merged = join(directory, 'merged');
    const parts = `lowerdir=${directory}/lower,upperdir=${directory}/upper,workdir=${directory}/work`;
    execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', `${parts},metacopy=on,redirect_dir=on`, merged]);
    try {
      chmodSync(join(merged, 'chmodded'), 0o700);
      copyFileSync('/bin/true', join(merged, 'rewritten'));
      copyFileSync('/bin/true', join(merged, 'new'));
      renameSync(join(merged, 'moved'), join(merged, 'renamed'));
      for (const name of ['kept', 'chmodded', 'rewritten', 'new', 'renamed'])
        await harness.container.run(join(merged, name));
      await harness.settled();
      const origins = Object.fromEntries(
        harness.seen.flatMap(({ event }) =>
          event.kind === 'exec' && event.path.startsWith(merged)
            ? [[event.path.slice(merged.length + 1), event.origin]]
            : [],
        ),
      );
      expect(origins).toEqual({
        kept: 'image',
        chmodded: 'image',
        rewritten: 'written',
        new: 'written',
        renamed: 'image',
      });
    } finally {
      for (const mounted of [merged, directory]) execFileSync('umount', ['-l', mounted]);
    }
  });
});

/** Ends a process that may have ended already. */
function end(pid: number): void {
  try {
    process.kill(pid);
  } catch {
    // A signal of the test ended it, and its parent has taken note.
  }
}
