import type { Dimension } from './feature.ts';

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
  readonly dimension: Extract<Dimension, 'kernel' | 'privilege' | 'syscall'>;
  readonly detail?: CallDetail;
  /** Which argument is a path or another text that an alert shows; it is not part of the key. */
  readonly text?: number;
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
  { name: 'socket', dimension: 'syscall', detail: { argument: 0, mask: allBits, names: {} } },
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
];

const byName: ReadonlyMap<string, RareCall> = new Map(rareCalls.map((call) => [call.name, call]));

/** The call of this name; undefined when the sensor knows none such. */
export function rareCall(name: string): RareCall | undefined {
  return byName.get(name);
}

/** Socket families and types that are told of (include/linux/socket.h): of `socket` only these are rare. */
const sockets: Readonly<Record<string, string>> = { '17': 'packet', '2': 'raw', '10': 'raw' };

/**
 * What an argument's value means, as a feature says it: `user,mount`, `attach`, `root`; empty where there is nothing to say.
 * @param name of the call
 * @param value the argument, masked; of `socket` the family
 */
export function callDetail(name: string, value: number): string {
  if (name === 'socket') return sockets[String(value)] ?? String(value);
  const detail = byName.get(name)?.detail;
  if (detail === undefined) return '';
  if (detail.names === ids) return ids[value] ?? 'other';
  if (detail.bits !== true) return detail.names[value] ?? (value === 0 ? '' : String(value));
  return Object.entries(detail.names)
    .filter(([bit]) => (value & Number(bit)) !== 0)
    .map(([, text]) => text)
    .join(',');
}
