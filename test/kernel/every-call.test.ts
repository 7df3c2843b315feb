import { describe, expect, test } from 'vitest';
import { rareCalls } from '../../src/model/call.ts';
import { changeCalls } from '../../src/model/change.ts';
import { syscallName } from '../../src/model/syscall.ts';
import { Harness } from './harness.ts';

/*
 * Every system call that has a hook is made once in this kernel, and told. What would harm the machine is asked for in a way that the kernel refuses:
 * a refused attempt is told as well. `$s` is a text of that many zeros, `$d` the test's directory, `$p` a path in it that is the call's own.
 */
const harness = new Harness();

const attached = (call: string): boolean =>
  harness.sensor.hooks.some(({ hook, state }) => hook.endsWith(`/sys_exit_${call}`) && state === 'attached');

/** Perl that makes the call; -1 where this machine has none of that name. */
function made(call: string, args: string): string {
  const name = call === 'umount' ? 'umount2' : call;
  const number = Array.from({ length: 512 }, (_, i) => i).find((i) => syscallName(process.arch, i, false) === name);
  return `syscall(${number ?? newer[name] ?? -1}, ${args});`;
}

/** Calls that are younger than the table of names. */
const newer: Readonly<Record<string, number>> = { fchmodat2: 452 };

const none = '0, 0, 0, 0, 0';
const argumentsOf: Readonly<Record<string, string>> = {
  mount: '$no, $no, $no, 0, 0',
  umount: '$no, 0',
  pivot_root: '$no, $no',
  chroot: '$no',
  fsopen: '$no, 0',
  open_tree: '-1, $no, 0',
  move_mount: '-1, $no, -1, $no, 0',
  unshare: '0x4000000',
  setns: '-1, 0x20000',
  setuid: '0',
  setgid: '0',
  setreuid: '-1, -1',
  setregid: '-1, -1',
  setresuid: '-1, -1, -1',
  setresgid: '-1, -1, -1',
  capset: '0, 0',
  ptrace: '16, 0, 0, 0',
  process_vm_readv: '0, 0, 0, 0, 0, 1',
  process_vm_writev: '0, 0, 0, 0, 0, 1',
  memfd_create: '$no, 0xff00',
  keyctl: '999, 0, 0, 0, 0',
  add_key: none,
  personality: '0xffffffff',
  socket: '17, 3, 0',
  dup2: '$socket, 0',
  dup3: '$socket, 1, 0',
  prctl: '15, $no, 0, 0, 0',
  execve: '$unfit, 0, 0',
  execveat: '-100, $unfit, 0, 0, 0',
  mprotect: '0, 0, 4',
  bpf: '99, 0, 0',
  perf_event_open: none,
  init_module: '0, 0, $no',
  finit_module: '-1, $no, 0',
  delete_module: '$no, 0',
  kexec_load: '0, 9999, 0, 0',
  kexec_file_load: '-1, -1, 0, $no, 0xff00',
  reboot: '1, 2, 3, 0',
  swapon: '$no, 0',
  userfaultfd: '0xff00',
  io_uring_setup: '0, 0',
  open_by_handle_at: '-1, 0, 0',
  syslog: '99, 0, 0',
  iopl: '9',
  clock_settime: '99, 0',
  sethostname: '$no, -1',
  setdomainname: '$no, -1',
  settimeofday: '-1, 0',
  swapoff: '$no',
  acct: '$no',
  quotactl: '-1, $no, 0, 0',
  ioperm: '-1, 1, 1',
  fanotify_init: '0xff000000, 0',
  request_key: none,
  fsmount: '-1, 0, 0',
  fspick: '-1, $no, 0xff00',
  mount_setattr: '-1, $no, 0, 0, 0',
  pidfd_getfd: '-1, -1, 0',
  process_madvise: '-1, 0, 0, 0, 0',
  kcmp: '-1, -1, 0, 0, 0',
  memfd_secret: '0xff00',
  modify_ldt: '99, 0, 0',
};

test('every rare call is made and told', async () => {
  expect(Object.keys(argumentsOf).toSorted()).toEqual(rareCalls.map(({ name }) => name).toSorted());
  const lines = Object.entries(argumentsOf).map(([call, args]) => made(call, args));
  await harness.container.run(
    `perl -MSocket -e 'my $no = "/nowhere"; my $unfit = "/etc/passwd"; socket(S, AF_INET, SOCK_DGRAM, 17); my $socket = fileno(S); ${lines.join(' ')}' 3>&1`,
  );
  await harness.settled();
  const told = new Set(harness.seen.flatMap(({ event }) => (event.kind === 'call' ? [event.call] : [])));
  // Raw sockets are told by the capability that they need, where the kernel has a hook for it.
  const expected = rareCalls.filter(({ name }) => name === 'socket' || attached(name)).map(({ name }) => name);
  expect(expected.filter((name) => !told.has(name))).toEqual([]);
  expect(expected.length).toBeGreaterThan(35);
});

describe('files', () => {
  const now = '0';
  const changes: Readonly<Record<string, string>> = {
    rename: '$old, $p',
    renameat: '-100, $old, -100, $p',
    renameat2: '-100, $old, -100, $p, 0',
    unlink: '$p',
    unlinkat: '-100, $p, 0',
    link: '$target, $p',
    linkat: '-100, $target, -100, $p, 0',
    symlink: '$target, $p',
    symlinkat: '$target, -100, $p',
    chmod: '$p, 0600',
    fchmod: '$fd, 0600',
    fchmodat: '-100, $p, 0600',
    fchmodat2: '-100, $p, 0600, 0',
    chown: '$p, 0, 0',
    lchown: '$p, 0, 0',
    fchown: '$fd, 0, 0',
    fchownat: '-100, $p, 0, 0, 0',
    truncate: '$p, 0',
    utimensat: `-100, $p, ${now}, 0`,
    utimes: `$p, ${now}`,
    utime: `$p, ${now}`,
    mknod: '$p, 0010600, 0',
    mknodat: '-100, $p, 0010600, 0',
  };
  /** What is to be made is not there before. */
  const makers = /^(?:rename|link|symlink|mknod)/;

  test('every change by name is made and told, by its own path', async () => {
    expect(Object.keys(changes).toSorted()).toEqual(changeCalls.map(({ name }) => name).toSorted());
    const blocks = Object.entries(changes).map(([call, args]) => {
      const file = makers.test(call) ? 'my $fd = -1;' : 'open(my $f, ">", $p); my $fd = fileno($f);';
      return `{ my $p = "$d/${call}-it"; my $old = "$d/${call}-old"; open(my $o, ">", $old); ${file} ${made(call, args)} }`;
    });
    await harness.container.run(
      `perl -e 'my $d = "${harness.directory}"; my $target = "$d/target"; open(my $t, ">", $target); ${blocks.join(' ')}'`,
    );
    await harness.settled();
    const told = new Set(
      harness.seen.flatMap(({ event }) =>
        event.kind === 'change' ? [`${event.change} ${event.path.replace(`${harness.directory}/`, '')}`] : [],
      ),
    );
    const expected = changeCalls.flatMap(({ name, change }) => (attached(name) ? [`${change} ${name}-it`] : []));
    // Kernels before 6.6 have no fchmodat2(2).
    expect(expected.length).toBeGreaterThanOrEqual(changeCalls.length - 1);
    expect(expected.filter((line) => !told.has(line))).toEqual([]);
  });

  test('every call that opens a file is told, with what it was opened for', async () => {
    const opens: Readonly<Record<string, string>> = {
      open: '$p, 0',
      openat: '-100, $p, 1',
      openat2: '-100, $p, $how, 24',
      creat: '$p, 0600',
    };
    const blocks = Object.entries(opens).map(([call, args]) => `{ my $p = "$d/by-${call}"; ${made(call, args)} }`);
    const { directory } = harness;
    await harness.container.run(
      Object.keys(opens)
        .map((call) => `: > ${directory}/by-${call}`)
        .join('; '),
    );
    await harness.settled();
    harness.seen = [];
    harness.watch(2);
    await harness.container.run(`perl -e 'my $d = "${directory}"; my $how = "\\0" x 24; ${blocks.join(' ')}'`);
    await harness.settled();
    const told = harness.seen.flatMap(({ event }) =>
      event.kind === 'file' && event.path.includes('/by-') ? [`${event.access} ${event.path.split('/').at(-1)}`] : [],
    );
    expect(told).toEqual(['read by-open', 'write by-openat', 'read by-openat2', 'write by-creat']);
  });
});

test('every way to send a datagram and to accept a connection is told', async () => {
  await harness.container.run(
    `perl -MSocket -e 'my $x = "x"; my $vector = pack("PQ", $x, 1); sub to { sockaddr_in($_[0], inet_aton("127.0.0.1")) }
for my $n (14151, 14152, 14153) { socket(S, AF_INET, SOCK_DGRAM, 17); my $to = to($n); my $s = fileno(S);
if ($n == 14151) { ${made('sendto', '$s, $x, 1, 0, $to, 16')} }
my $m = pack("PQPQQQQ", $to, 16, $vector, 1, 0, 0, 0);
if ($n == 14152) { ${made('sendmsg', '$s, $m, 0')} }
my $many = $m . pack("Q", 0);
if ($n == 14153) { ${made('sendmmsg', '$s, $many, 1, 0')} } }
for my $n (14154, 14155) { socket(L, AF_INET, SOCK_STREAM, 6); setsockopt(L, SOL_SOCKET, SO_REUSEADDR, 1); bind(L, to($n)); listen(L, 9);
socket(C, AF_INET, SOCK_STREAM, 6); connect(C, to($n)); my $l = fileno(L);
if ($n == 14154) { ${made('accept', '$l, 0, 0')} } else { ${made('accept4', '$l, 0, 0, 0')} } }'`,
  );
  await harness.settled();
  const told = harness.seen.flatMap(({ event }) =>
    event.kind === 'connect' || event.kind === 'listen' || event.kind === 'accept'
      ? [`${event.kind} ${event.port}`]
      : [],
  );
  expect(told.toSorted()).toEqual(
    [
      ...['connect 14151', 'connect 14152', 'connect 14153', 'connect 14154', 'connect 14155'],
      ...['listen 14154', 'listen 14155', 'accept 14154', 'accept 14155'],
    ].toSorted(),
  );
});
