import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { AnchorwatchError } from '../lib/errors.ts';
import { rareCalls } from '../model/call.ts';
import { changeCalls } from '../model/change.ts';
import type { HookState } from '../model/node.ts';
import { absentOf, kernelTypes, noSuchTracepoint } from './absent-tracepoints.ts';
import { callCookie, changeCookie, openCookie } from './call-cookie.ts';
import { hierarchies } from './counters.ts';
import { callDimensions, hookDimensions } from './hook-dimensions.ts';
import { lackingOf, lackingText } from './kernel-needs.ts';
import { config, feature, stats, syscalls, task, watched } from './layout.ts';
import type { StructLayout } from './layout.ts';
import type { Libbpf, Pointer } from './libbpf.ts';
import { tcpPrograms, tiersOf } from './tiers.ts';
import type { Tiers } from './tiers.ts';

/** The sensor in the kernel: programs attached, maps open. */
export interface LoadedPrograms {
  readonly hooks: readonly HookState[];
  /** What is meant to tell of what; after `attach`, what does. */
  readonly tiers: Tiers;
  /** File descriptor of a map by its C name. */
  mapFd(name: string): number;
  /** Attaches what was loaded; answers the state of every hook. */
  attach(): readonly HookState[];
  /** Detaches and closes everything. */
  close(): void;
}

/** The compiled object (agents/sensor/Makefile). */
const objectPath: URL = new URL('../../agents/sensor/sensor.bpf.o', import.meta.url);

/** What is not seen where a program is missing. */
const unseen: Readonly<Record<string, string>> = {
  on_fork: 'lineage: which program started which',
  on_exec: 'executions',
  on_exit: 'the end of processes',
  on_sock_state: 'TCP connections and listening sockets',
  on_exit_listen: 'listening sockets of TCP',
  on_connect4: 'UDP peers that a socket is connected to',
  on_connect6: 'UDP peers of IPv6 that a socket is connected to',
  on_sendmsg4: 'UDP peers that datagrams are sent to',
  on_sendmsg6: 'UDP peers of IPv6 that datagrams are sent to',
  on_exit_bind: 'UDP listeners; sockets of odd families',
  on_io_uring_complete: 'files opened, and sockets bound, made to listen and accepted through io_uring',
  on_io_uring: 'what is done through io_uring',
  on_exit_mmap: "executable memory, and code of files that are not the image's",
  on_signal: 'signals to processes elsewhere',
  on_capability: 'which capabilities are used and denied',
  on_dns_question: 'DNS questions',
  on_any_call: 'system calls that are not rare, and those of the 32-bit ABI',
  on_compat_open: 'files opened by 32-bit system calls',
  on_dns_answer: 'DNS answers: peers are told by their addresses alone',
  on_cgroup_mkdir: 'the first moments of new containers',
  on_cgroup_rmdir: 'the end of containers before the engine tells it',
  on_cgroup_attach: 'which processes the container runtime put into a container',
};

/** The same where a program tells of more than elsewhere, as `Tiers` has it. */
const unseenByTier: Readonly<Record<keyof Tiers, Readonly<Record<string, string>>>> = {
  tcpByCgroup: {
    on_connect4: 'TCP connections, and UDP peers that a socket is connected to',
    on_connect6: 'TCP connections by IPv6, and UDP peers of IPv6 that a socket is connected to',
  },
  rawByCapability: { on_capability: 'which capabilities are used and denied; raw and packet sockets' },
};

interface TracedCall {
  readonly name: string;
  /** What tells the program which call it is, where that matters. */
  readonly cookie: bigint;
  /** What is not seen without it; default: calls of it. */
  readonly unseen?: string;
}

/** Programs that are attached once for each of many calls. */
const callPrograms: Readonly<Record<string, readonly TracedCall[]>> = {
  on_exit_call: rareCalls.map((call) => ({ name: call.name, cookie: callCookie(call) })),
  on_exit_open: [
    {
      name: 'open',
      cookie: openCookie({ path: 0, flags: 1 }),
      unseen: 'files opened by open(2) (old programs, some libcs)',
    },
    {
      name: 'openat',
      cookie: openCookie({ directory: 0, path: 1, flags: 2 }),
      unseen: 'files opened by openat(2): nearly all',
    },
    {
      name: 'openat2',
      cookie: openCookie({ directory: 0, path: 1, flags: 2, pointer: true }),
      unseen: 'files opened by openat2(2)',
    },
    { name: 'creat', cookie: openCookie({ path: 0 }), unseen: 'files made by creat(2)' },
    { name: 'open_by_handle_at', cookie: openCookie({}), unseen: 'files opened by their handles' },
  ],
  on_exit_accept: [
    { name: 'accept', cookie: 0n, unseen: 'connections accepted by accept(2)' },
    { name: 'accept4', cookie: 0n, unseen: 'connections accepted by accept4(2): nearly all' },
  ],
  on_exit_descriptor: ['pipe', 'pipe2', 'dup', 'eventfd', 'eventfd2', 'epoll_create1', 'inotify_init1'].map((name) => ({
    ...{ name, cookie: 0n, unseen: `descriptors that are used up by ${name}(2)` },
  })),
  on_exit_change: changeCalls.map((call) => ({ name: call.name, cookie: changeCookie(call) })),
};

/** What lookups and updates copy: another size than the object's would be read or written past the end of a buffer. */
const mapValues: Readonly<Record<string, StructLayout>> = {
  watched,
  known: feature,
  tasks: task,
  stats,
  syscalls,
  '.data.config': config,
};

/** These mark what the container runtime does until its tasks execute something: without the program that takes the mark away, nothing would be told of any. */
const markers: readonly string[] = ['on_fork', 'on_cgroup_attach'];

/** Adds the programs that would do harm without one that was refused. */
export function withHarmful(refused: ReadonlyMap<string, string>): Map<string, string> {
  const out = new Map(refused);
  if (refused.has('on_exec')) for (const name of markers) out.set(name, 'of no use without sched_process_exec');
  return out;
}

/** ESRCH, by libbpf: the kernel's BTF does not know the tracepoint's arguments. */
const errnoNoSuchTracepoint = 3;

const logBytes = 64 * 1024;

/**
 * Loads the object. Programs that this kernel refuses are found one by one and left out, the others are loaded.
 * @param leftOut programs that are not wanted, by name
 * @param sizes entries of maps, by name, where the object's defaults do not fit
 * @param everySocket tells of odd sockets when socket(2) returns, which every connection pays
 * @throws AnchorwatchError `sensor.kernel` when this kernel is too old, `sensor.load` when nothing can be loaded
 */
export function loadPrograms(
  libbpf: Libbpf,
  sizes: Readonly<Record<string, number>>,
  leftOut: ReadonlySet<string> = new Set(),
  everySocket: boolean = false,
): LoadedPrograms {
  const { wanted, object } = opened(libbpf, sizes, leftOut, everySocket);
  return loaded(wanted, object, libbpf.load(object));
}

/** `loadPrograms` with the load itself in another thread, as far as the kernel refuses nothing. Rejects as that throws. */
export async function loadProgramsAside(
  libbpf: Libbpf,
  sizes: Readonly<Record<string, number>>,
  leftOut: ReadonlySet<string>,
  everySocket: boolean,
): Promise<LoadedPrograms> {
  const { wanted, object } = opened(libbpf, sizes, leftOut, everySocket);
  return loaded(wanted, object, await libbpf.loadAside(object));
}

/** The object, ready to be loaded without what is not wanted or has no place here. */
function opened(
  libbpf: Libbpf,
  sizes: Readonly<Record<string, number>>,
  leftOut: ReadonlySet<string>,
  everySocket: boolean,
): { readonly wanted: Wanted; readonly object: Pointer } {
  const bytes = readFileSync(objectPath);
  const object = open(libbpf, bytes, sizes, leftOut);
  const programs = libbpf.programs(object);
  const absent = withHarmful(absentOf(programs, kernelTypes()));
  for (const { program, name } of programs) if (absent.has(name)) libbpf.setAutoload(program, false);
  return { wanted: { libbpf, bytes, sizes, leftOut, absent, everySocket }, object };
}

interface Wanted {
  readonly libbpf: Libbpf;
  readonly bytes: Uint8Array;
  readonly sizes: Readonly<Record<string, number>>;
  readonly leftOut: ReadonlySet<string>;
  /** Programs that this kernel has no place for, with the reason. */
  readonly absent: ReadonlyMap<string, string>;
  readonly everySocket: boolean;
}

/** What was loaded, after trying without the programs that this kernel refuses. @param result of loading the object as a whole */
function loaded(
  { libbpf, bytes, sizes, leftOut, absent, everySocket }: Wanted,
  whole: Pointer,
  wholeResult: number,
): LoadedPrograms {
  let refused = absent;
  let [object, result] = [whole, wholeResult];
  if (result !== 0) {
    libbpf.closeObject(object);
    const lacking = lackingOf(libbpf);
    if (lacking.length > 0) throw new AnchorwatchError('sensor.kernel', lackingText(lacking));
    refused = withHarmful(new Map([...probe(libbpf, bytes)].filter(([name]) => !leftOut.has(name))));
    object = open(libbpf, bytes, sizes, leftOut);
    const programs = libbpf.programs(object);
    for (const { program, name } of programs) libbpf.setAutoload(program, !refused.has(name) && !leftOut.has(name));
    result = refused.size < programs.length ? libbpf.load(object) : result;
    if (result !== 0) {
      libbpf.closeObject(object);
      const first = [...refused][0];
      const why = first === undefined ? '' : `; ${first[0]}: ${first[1]}`;
      throw new AnchorwatchError('sensor.load', `the kernel refused the sensor (errno ${-result})${why}`);
    }
  }
  for (const [name, { sizeBytes }] of Object.entries(mapValues)) {
    const bytesInObject = libbpf.mapValueBytes(object, name);
    if (bytesInObject === sizeBytes) continue;
    libbpf.closeObject(object);
    throw new AnchorwatchError(
      'sensor.object',
      `agents/sensor/sensor.bpf.o and src/sensor/layout.ts are of different versions: a value of ${name} has ${bytesInObject} bytes in one, ${sizeBytes} in the other`,
    );
  }
  const links: Pointer[] = [];
  const states: HookState[] = [];
  const tiers = {
    ...tiersOf({
      release: release(),
      lacking: new Set([...refused.keys(), ...leftOut]),
      connectPrograms: connectProgramsOf(libbpf),
      strict: !leftOut.has('on_any_call'),
      everySocket,
    }),
  };
  return {
    hooks: states,
    tiers,
    mapFd: (name) => libbpf.mapFd(object, name),
    attach() {
      const attached = new Set<string>();
      const programs = libbpf.programs(object);
      // What may stand in for others comes when it is known whether they work.
      for (const { program, name, section } of [
        ...programs.filter((entry) => !standIns.has(entry.name)),
        ...programs.filter((entry) => standIns.has(entry.name)),
      ]) {
        if (leftOut.has(name)) continue;
        if (name === 'on_exit_listen' && !tiers.tcpByCgroup) continue;
        if (name === 'on_sock_state' && tiers.tcpByCgroup) {
          if (tcpPrograms.every((each) => attached.has(each))) continue;
          tiers.tcpByCgroup = false;
        }
        const reason = refused.get(name);
        const calls = callPrograms[name];
        if (calls !== undefined) {
          if (name === 'on_exit_call') tiers.rawByCapability &&= attached.has('on_capability');
          const wanted = calls.filter((call) => call.name !== 'socket' || !tiers.rawByCapability);
          attachCalls(libbpf, { program, name }, wanted, reason, links, states);
          continue;
        }
        const more = tierNames.flatMap((tier) => (tiers[tier] ? (unseenByTier[tier][name] ?? []) : []));
        const base = { hook: section, unseen: more[0] ?? unseen[name] ?? name, ...hookDimensions(name) };
        if (reason !== undefined) {
          states.push({ ...base, state: 'missing', reason });
          continue;
        }
        try {
          links.push(section.startsWith('cgroup') ? attachToAll(libbpf, program) : libbpf.attach(program));
          states.push({ ...base, state: 'attached', reason: '' });
          attached.add(name);
        } catch (error) {
          states.push({ ...base, state: 'failed', reason: error instanceof Error ? error.message : String(error) });
        }
      }
      return states;
    },
    close() {
      for (const link of links.toReversed()) libbpf.destroyLink(link);
      links.length = 0;
      libbpf.closeObject(object);
    },
  };
}

/** What is attached only where others do not tell of the same. */
const standIns: ReadonlySet<string> = new Set(['on_sock_state', 'on_exit_call']);
const tierNames = ['tcpByCgroup', 'rawByCapability'] as const;

/** Names of the programs that the node has for connect(2) already, at the root of the unified hierarchy. */
function connectProgramsOf(libbpf: Libbpf): readonly string[] {
  try {
    return libbpf.connectPrograms(unifiedTree());
  } catch {
    // Then they cannot be attached either.
    return [];
  }
}

/** A cgroup hook at the root of the unified hierarchy: every container is below it. */
function attachToAll(libbpf: Libbpf, program: Pointer): Pointer {
  return libbpf.attachCgroup(program, unifiedTree());
}

/** Where the cgroup v2 tree is mounted. */
function unifiedTree(): string {
  const mount = hierarchies(readFileSync('/proc/self/mountinfo', 'latin1')).get('unified');
  if (mount === undefined) throw new AnchorwatchError('sensor.attach', 'no cgroup v2 tree is mounted');
  return mount;
}

/** One program for many calls: what this kernel or machine has not is left out one by one. */
function attachCalls(
  libbpf: Libbpf,
  { program, name: of }: { readonly program: Pointer; readonly name: string },
  calls: readonly TracedCall[],
  refused: string | undefined,
  links: Pointer[],
  states: HookState[],
): void {
  for (const call of calls) {
    const name = `sys_exit_${call.name}`;
    // A kernel built without a call has nothing to be seen of it.
    if (hasTracepoint('sys_exit_openat') && !hasTracepoint(name)) continue;
    const base = {
      hook: `tracepoint/syscalls/${name}`,
      unseen: call.unseen ?? `calls of ${call.name}(2)`,
      ...callDimensions(of, call.name),
    };
    if (refused !== undefined) {
      states.push({ ...base, state: 'missing', reason: refused });
      continue;
    }
    try {
      links.push(libbpf.attachCall(program, name, call.cookie));
      states.push({ ...base, state: 'attached', reason: '' });
    } catch (error) {
      states.push({ ...base, state: 'failed', reason: error instanceof Error ? error.message : String(error) });
    }
  }
}

function hasTracepoint(name: string): boolean {
  return ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'].some((root) =>
    existsSync(`${root}/events/syscalls/${name}`),
  );
}

function open(
  libbpf: Libbpf,
  bytes: Uint8Array,
  sizes: Readonly<Record<string, number>>,
  leftOut: ReadonlySet<string>,
): Pointer {
  const object = libbpf.openMemory(bytes);
  for (const { program, name } of libbpf.programs(object)) if (leftOut.has(name)) libbpf.setAutoload(program, false);
  for (const [name, entries] of Object.entries(sizes)) libbpf.setMaxEntries(object, name, entries);
  return object;
}

/** Loads each program alone and answers the refused ones with the end of the verifier's log. */
function probe(libbpf: Libbpf, bytes: Uint8Array): ReadonlyMap<string, string> {
  const refused = new Map<string, string>();
  const count = countPrograms(libbpf, bytes);
  for (let wanted = 0; wanted < count; wanted++) {
    const object = libbpf.openMemory(bytes);
    const log = new Uint8Array(logBytes);
    let name = '';
    for (const [i, entry] of libbpf.programs(object).entries()) {
      libbpf.setAutoload(entry.program, i === wanted);
      if (i !== wanted) continue;
      name = entry.name;
      libbpf.setLogBuffer(entry.program, log);
    }
    const result = libbpf.load(object);
    if (result === -errnoNoSuchTracepoint && log[0] === 0) refused.set(name, noSuchTracepoint);
    else if (result !== 0) refused.set(name, `errno ${-result}: ${lastLines(log)}`);
    libbpf.closeObject(object);
  }
  return refused;
}

function countPrograms(libbpf: Libbpf, bytes: Uint8Array): number {
  const object = libbpf.openMemory(bytes);
  const { length } = libbpf.programs(object);
  libbpf.closeObject(object);
  return length;
}

function lastLines(log: Uint8Array): string {
  const end = log.indexOf(0);
  const lines = Buffer.from(log.subarray(0, end < 0 ? log.length : end))
    .toString('latin1')
    .trim()
    .split('\n');
  return lines.slice(-3).join(' | ') || 'no log';
}
