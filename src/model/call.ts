import type { Dimension } from './feature.ts';
import { syscallName } from './syscall.ts';

/** What of a system call's arguments is part of the behaviour: one argument, masked, and the names of its values or bits. */
export interface CallDetail {
  /** Which argument, from 0. */
  readonly argument: number;
  /** Bits that count; the others are left out of the key. */
  readonly mask: number;
  readonly names: Readonly<Record<number, string>>;
  /** The names are of bits, of which several may be set. Default: of values. */
  readonly bits?: boolean;
}

/** A system call that few workloads ever make, and that the sensor therefore tells of one by one. */
export interface RareCall {
  readonly name: string;
  readonly dimension: Extract<Dimension, 'capability' | 'kernel' | 'privilege' | 'syscall'>;
  readonly detail?: CallDetail;
  /**
   * When it is told at all; default: always. `with-detail`: when a bit that counts is set; `raw-socket`: of raw and packet sockets, and of families that services do not use;
   * `socket-as-stdio`: when standard input, output or error becomes a network socket; `own-name`: when a process names itself; `forbidden`: when it was refused for want of a right.
   */
  readonly told?: 'with-detail' | 'raw-socket' | 'socket-as-stdio' | 'own-name' | 'forbidden';
  /** Which argument is a path or another text that an alert shows; part of the key only of those that are told when they were forbidden, whose path it is. */
  readonly text?: number;
  /** Of those: which argument is the directory that the path begins at. Default: the working directory. */
  readonly directory?: number;
}

/** include/uapi/linux/sched.h */
const namespaces: Readonly<Record<number, string>> = {
  0x80: 'time',
  0x20000: 'mount',
  0x2000000: 'cgroup',
  0x4000000: 'uts',
  0x8000000: 'ipc',
  0x10000000: 'user',
  0x20000000: 'pid',
  0x40000000: 'net',
};
const namespaceMask = Object.keys(namespaces).reduce((mask, bit) => (mask | Number(bit)) >>> 0, 0);
const allBits = 0xffffffff;
/** Of users and groups the key says whether root is asked for; -1 leaves an id as it is. */
const ids: Readonly<Record<number, string>> = { 0: 'root', 0xffffffff: 'unchanged' };

/** The calls, by their names in `tracepoint/syscalls/sys_exit_<name>`. Values from include/uapi/linux and the manual pages, section 2. */
export const rareCalls: readonly RareCall[] = [
  {
    name: 'mount',
    dimension: 'privilege',
    detail: {
      argument: 3,
      mask: 0x1 | 0x20 | 0x1000 | 0x2000 | 0x100000,
      names: { 0x1: 'read-only', 0x20: 'remount', 0x1000: 'bind', 0x2000: 'move', 0x100000: 'shared' },
      bits: true,
    },
    text: 1,
  },
  { name: 'umount', dimension: 'privilege', text: 0 },
  { name: 'pivot_root', dimension: 'privilege', text: 0 },
  { name: 'chroot', dimension: 'privilege', text: 0 },
  { name: 'fsopen', dimension: 'privilege', text: 0 },
  { name: 'open_tree', dimension: 'privilege', text: 1 },
  { name: 'move_mount', dimension: 'privilege', text: 3 },
  {
    name: 'unshare',
    dimension: 'privilege',
    detail: { argument: 0, mask: namespaceMask, names: namespaces, bits: true },
  },
  {
    name: 'setns',
    dimension: 'privilege',
    detail: { argument: 1, mask: namespaceMask, names: namespaces, bits: true },
  },
  { name: 'setuid', dimension: 'privilege', detail: { argument: 0, mask: allBits, names: ids } },
  { name: 'setgid', dimension: 'privilege', detail: { argument: 0, mask: allBits, names: ids } },
  { name: 'setreuid', dimension: 'privilege', detail: { argument: 1, mask: allBits, names: ids } },
  { name: 'setregid', dimension: 'privilege', detail: { argument: 1, mask: allBits, names: ids } },
  { name: 'setresuid', dimension: 'privilege', detail: { argument: 1, mask: allBits, names: ids } },
  { name: 'setresgid', dimension: 'privilege', detail: { argument: 1, mask: allBits, names: ids } },
  { name: 'capset', dimension: 'privilege' },
  {
    name: 'ptrace',
    dimension: 'syscall',
    detail: {
      argument: 0,
      mask: 0xffff,
      names: { 0: 'traceme', 4: 'write', 5: 'write', 13: 'write', 16: 'attach', 0x4205: 'write', 0x4206: 'seize' },
    },
  },
  { name: 'process_vm_readv', dimension: 'syscall' },
  { name: 'process_vm_writev', dimension: 'syscall' },
  { name: 'memfd_create', dimension: 'syscall', text: 0 },
  {
    name: 'keyctl',
    dimension: 'syscall',
    detail: { argument: 0, mask: 0xff, names: { 0: 'get', 1: 'join', 11: 'read' } },
  },
  { name: 'add_key', dimension: 'syscall', text: 0 },
  { name: 'personality', dimension: 'syscall', detail: { argument: 0, mask: 0x40000, names: { 0x40000: 'no-aslr' } } },
  { name: 'socket', dimension: 'syscall', told: 'raw-socket' },
  { name: 'dup2', dimension: 'syscall', told: 'socket-as-stdio' },
  { name: 'dup3', dimension: 'syscall', told: 'socket-as-stdio' },
  { name: 'prctl', dimension: 'syscall', told: 'own-name' },
  // Those that succeed are executions.
  { name: 'execve', dimension: 'syscall', told: 'forbidden', text: 0 },
  { name: 'execveat', dimension: 'syscall', told: 'forbidden', directory: 0, text: 1 },
  {
    name: 'mprotect',
    dimension: 'syscall',
    told: 'with-detail',
    detail: { argument: 2, mask: 0x4, names: { 0x4: 'executable' } },
  },
  {
    name: 'bpf',
    dimension: 'kernel',
    detail: { argument: 0, mask: 0xff, names: { 0: 'map', 5: 'load', 8: 'attach' } },
  },
  { name: 'perf_event_open', dimension: 'kernel' },
  { name: 'init_module', dimension: 'kernel' },
  { name: 'finit_module', dimension: 'kernel' },
  { name: 'delete_module', dimension: 'kernel', text: 0 },
  { name: 'kexec_load', dimension: 'kernel' },
  { name: 'kexec_file_load', dimension: 'kernel' },
  { name: 'reboot', dimension: 'kernel' },
  { name: 'swapon', dimension: 'kernel', text: 0 },
  { name: 'userfaultfd', dimension: 'kernel' },
  { name: 'io_uring_setup', dimension: 'kernel' },
  { name: 'open_by_handle_at', dimension: 'kernel' },
  { name: 'syslog', dimension: 'kernel' },
  { name: 'iopl', dimension: 'kernel' },
  { name: 'clock_settime', dimension: 'kernel' },
  { name: 'sethostname', dimension: 'kernel' },
  { name: 'setdomainname', dimension: 'kernel' },
  { name: 'settimeofday', dimension: 'kernel' },
  { name: 'swapoff', dimension: 'kernel', text: 0 },
  { name: 'acct', dimension: 'kernel', text: 0 },
  { name: 'quotactl', dimension: 'kernel' },
  { name: 'ioperm', dimension: 'kernel' },
  { name: 'fanotify_init', dimension: 'kernel' },
  { name: 'request_key', dimension: 'syscall', text: 0 },
  { name: 'fsmount', dimension: 'privilege' },
  { name: 'fspick', dimension: 'privilege', text: 1 },
  { name: 'mount_setattr', dimension: 'privilege', text: 1 },
  { name: 'pidfd_getfd', dimension: 'syscall' },
  { name: 'process_madvise', dimension: 'syscall' },
  { name: 'kcmp', dimension: 'syscall' },
  { name: 'memfd_secret', dimension: 'syscall' },
  { name: 'modify_ldt', dimension: 'syscall' },
];

/** What hooks of their own tell as calls: the capabilities that the kernel asked for, signals to others, executable memory … */
export const ownCalls: readonly Pick<RareCall, 'name' | 'dimension'>[] = [
  { name: 'capability', dimension: 'capability' },
  { name: 'kill', dimension: 'syscall' },
  { name: 'mmap', dimension: 'syscall' },
  { name: 'io_uring', dimension: 'syscall' },
  { name: 'syscall', dimension: 'syscall' },
  { name: 'cgroup-leave', dimension: 'privilege' },
];

const byName: ReadonlyMap<string, Pick<RareCall, 'name' | 'dimension' | 'detail' | 'told'>> = new Map(
  [...rareCalls, ...ownCalls].map((call) => [call.name, call]),
);

/** Whether the text that a call names, digits folded, is part of what it is known by; of `mmap` it is that of a file. */
export function textCounts(name: string): boolean {
  const told = byName.get(name)?.told;
  return told === 'own-name' || told === 'forbidden';
}

/** What behaviour a call of this name is; `syscall` for those that are in no table. */
export function callDimension(name: string): Dimension {
  return byName.get(name)?.dimension ?? 'syscall';
}

/** Socket families and types that are told of (include/linux/socket.h): of `socket` only these are rare. */
const sockets: Readonly<Record<string, string>> = {
  ...{ '17': 'packet', '2': 'raw', '10': 'raw' },
  ...{ '16': 'netlink', '29': 'can', '30': 'tipc', '31': 'bluetooth', '38': 'alg', '40': 'vsock' },
};

/** include/uapi/linux/capability.h, in the order of their numbers. */
export const capabilities: readonly string[] =
  'chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore'.split(
    ' ',
  );

/** include/uapi/linux/io_uring.h, in the order of their numbers. */
const ringOperations =
  'nop readv writev fsync read_fixed write_fixed poll_add poll_remove sync_file_range sendmsg recvmsg timeout timeout_remove accept async_cancel link_timeout connect fallocate openat close files_update statx read write fadvise madvise send recv openat2 epoll_ctl splice provide_buffers remove_buffers tee shutdown renameat unlinkat mkdirat symlinkat linkat msg_ring fsetxattr setxattr fgetxattr getxattr socket uring_cmd send_zc sendmsg_zc read_multishot waitid futex_wait futex_wake futex_waitv fixed_fd_install ftruncate bind listen recv_zc epoll_wait readv_fixed writev_fixed pipe'.split(
    ' ',
  );

const signalNames: ReadonlyMap<number, string> = new Map(
  Object.entries({
    ...{ SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGILL: 4, SIGTRAP: 5, SIGABRT: 6, SIGBUS: 7, SIGFPE: 8, SIGKILL: 9 },
    ...{ SIGUSR1: 10, SIGSEGV: 11, SIGUSR2: 12, SIGPIPE: 13, SIGALRM: 14, SIGTERM: 15, SIGSTKFLT: 16, SIGCHLD: 17 },
    ...{ SIGCONT: 18, SIGSTOP: 19, SIGTSTP: 20, SIGTTIN: 21, SIGTTOU: 22, SIGURG: 23, SIGXCPU: 24, SIGXFSZ: 25 },
    ...{ SIGVTALRM: 26, SIGPROF: 27, SIGWINCH: 28, SIGIO: 29, SIGPWR: 30, SIGSYS: 31 },
  }).map(([name, number]) => [number, name]),
);
/** AW_KILL_*, AW_MMAP_* of agents/sensor/wire.h. */
const killRelations = ['', 'outside', 'unrelated', 'ancestor', 'child'];
const mappings = ['', 'file', 'executable', 'writable-executable'];

const ownDetails: Readonly<Record<string, (value: number, arch: string) => string>> = {
  capability: (value) => capabilities[value] ?? String(value),
  io_uring: (value) => ringOperations[value] ?? String(value),
  kill: (value) => `${signalNames.get(value & 0xff) ?? `signal-${value & 0xff}`} ${killRelations[value >> 8] ?? ''}`,
  syscall: (value, arch) =>
    `${syscallName(arch, value & 0xffff, value >= 0x10000)}${value >= 0x10000 ? ' 32-bit' : ''}`,
  mmap: (value) => mappings[value] ?? String(value),
  dup2: () => 'socket',
  dup3: () => 'socket',
  prctl: () => 'name',
};

/** Whether the detail of a `kill` says that its target is a process of the same container. */
export function killsInside(value: number): boolean {
  return value >> 8 > 1;
}

/**
 * What an argument's value means, as a feature says it: `user,mount`, `attach`, `root`; empty where there is nothing to say.
 * @param name of the call
 * @param value the argument, masked; of `socket` the family; else as agents/sensor/wire.h (`enum aw_call`) has it
 * @param arch of the node, as `process.arch` has it
 */
export function callDetail(name: string, value: number, arch: string): string {
  if (name === 'socket') return sockets[String(value)] ?? String(value);
  const own = ownDetails[name];
  if (own !== undefined) return own(value, arch);
  const detail = byName.get(name)?.detail;
  if (detail === undefined) return '';
  if (detail.names === ids) return ids[value] ?? 'other';
  if (detail.bits !== true) return detail.names[value] ?? (value === 0 ? '' : String(value));
  return Object.entries(detail.names)
    .filter(([bit]) => (value & Number(bit)) !== 0)
    .map(([, text]) => text)
    .join(',');
}
