import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import type { ListenEvent, Process } from '../model/event.ts';
import { addressText, decodeArguments } from './decode.ts';
import { escapeBytes } from './text.ts';

/** A process as `/proc` shows it (proc(5)). */
export interface RunningProcess extends Process {
  readonly parentPid: number;
}

/** A listening socket as `/proc/PID/net` shows it. */
export type Listener = Pick<ListenEvent, 'protocol' | 'address' | 'port'>;

/** Ticks of /proc/PID/stat: USER_HZ is 100 on every architecture that Linux runs containers on. */
const nsPerTick = 10_000_000n;
/** Above this, UDP ports are the local ends of clients (net.ipv4.ip_local_port_range). */
const ephemeralPort = 32768;

/** What an IPv4 address begins with where it is written as an IPv6 address (RFC 4291 section 2.5.5.2). */
const mappedPrefix = Buffer.from('00000000000000000000ffff', 'hex');

/** Ids of all cgroups below a cgroup directory, and the processes in it and below. */
export function cgroupContents(directory: string): {
  readonly insideIds: readonly string[];
  readonly pids: readonly number[];
} {
  const insideIds: string[] = [];
  const pids: number[] = [];
  /** What goes away while it is read, and a threaded cgroup's processes (cgroups(7)), are left out; the others stand. */
  const attempt = (act: () => void): void => {
    try {
      act();
    } catch {
      // Gone or threaded.
    }
  };
  const visit = (path: string, inside: boolean): void => {
    attempt(() => {
      if (inside) insideIds.push(statSync(path, { bigint: true }).ino.toString());
    });
    attempt(() => {
      for (const line of readFileSync(`${path}/cgroup.procs`, 'latin1').split('\n'))
        if (line !== '') pids.push(Number(line));
    });
    attempt(() => {
      for (const entry of readdirSync(path, { withFileTypes: true }))
        if (entry.isDirectory()) visit(`${path}/${entry.name}`, true);
    });
  };
  visit(directory, false);
  return { insideIds, pids };
}

/** Reads a process; undefined when it is gone or has no program (kernel threads, zombies). */
export function readProcess(pid: number): RunningProcess | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`);
    // Its name may hold anything, also what looks like the fields behind it.
    const close = stat.lastIndexOf(')');
    const fields = stat.toString('latin1', close + 2).split(' ');
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const exe = readlinkSync(`/proc/${pid}/exe`, { encoding: 'buffer' });
    return {
      pid,
      parentPid: Number(fields[1]),
      startTimeNs: (BigInt(fields[19] ?? '0') * nsPerTick).toString(),
      comm: escapeBytes(stat.subarray(stat.indexOf('(') + 1, close)),
      exe: escapeBytes(exe).replace(/ \(deleted\)$/, ''),
      args: decodeArguments(readFileSync(`/proc/${pid}/cmdline`)),
      uid: idOf(status, 'Uid'),
      gid: idOf(status, 'Gid'),
      cwd: escapeBytes(readlinkSync(`/proc/${pid}/cwd`, { encoding: 'buffer' })),
      ancestors: [],
    };
  } catch {
    return undefined;
  }
}

/** The processes of one container, with their ancestors inside of it. */
export function readProcesses(pids: readonly number[]): readonly RunningProcess[] {
  const found = new Map(
    pids.flatMap((pid) => {
      const process = readProcess(pid);
      return process === undefined ? [] : [[pid, process] as const];
    }),
  );
  return [...found.values()].map((process) => {
    const ancestors: { pid: number; exe: string }[] = [];
    for (let up = found.get(process.parentPid); up !== undefined && ancestors.length < 8; up = found.get(up.parentPid))
      ancestors.push({ pid: up.pid, exe: up.exe });
    return { ...process, ancestors };
  });
}

/**
 * Sockets on which these processes listen, with the first process that holds each. A network namespace may be shared, with the node or
 * with other containers: what others listen on in it is left out.
 */
export function readListeners(pids: readonly number[]): readonly (Listener & { readonly pid: number })[] {
  const wanted = new Map<string, Listener>();
  for (const [file, protocol, family] of [
    ['tcp', 'tcp', 2],
    ['tcp6', 'tcp', 10],
    ['udp', 'udp', 2],
    ['udp6', 'udp', 10],
  ] as const) {
    let text: string;
    try {
      text = readFileSync(`/proc/${pids[0]}/net/${file}`, 'latin1');
    } catch {
      continue;
    }
    for (const { inode, ...listener } of parseSockets(text, protocol, family)) wanted.set(inode, listener);
  }
  const out: (Listener & { readonly pid: number })[] = [];
  for (const pid of pids) {
    if (wanted.size === 0) break;
    for (const inode of socketsOf(pid)) {
      const listener = wanted.get(inode);
      if (listener !== undefined && wanted.delete(inode)) out.push({ ...listener, pid });
    }
  }
  return out;
}

/** Inodes of the sockets that a process has open; none when it is gone. */
function socketsOf(pid: number): readonly string[] {
  const directory = `/proc/${pid}/fd`;
  try {
    return readdirSync(directory).flatMap((descriptor) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${directory}/${descriptor}`))?.[1] ?? [];
      } catch {
        // Closed since.
        return [];
      }
    });
  } catch {
    return [];
  }
}

/** Listening sockets in a table of /proc/net/{tcp,udp}[6]. Lines of another form are skipped. Pure. */
export function parseSockets(
  text: string,
  protocol: 'tcp' | 'udp',
  family: 2 | 10,
): readonly (Listener & { readonly inode: string })[] {
  const out: (Listener & { readonly inode: string })[] = [];
  for (const line of text.split('\n').slice(1)) {
    const [, local = '', remote = '', state, , , , , , inode = ''] = line.trim().split(/\s+/);
    const [hex = '', portHex = ''] = local.split(':');
    const port = Number.parseInt(portHex, 16);
    if (!(port > 0 && port <= 65_535) || state !== (protocol === 'tcp' ? '0A' : '07')) continue;
    if (protocol === 'udp' && (port >= ephemeralPort || !/^0+:0+$/.test(remote))) continue;
    const bytes = Buffer.from(hex, 'hex');
    if (hex.length !== bytes.length * 2 || bytes.length !== (family === 2 ? 4 : 16) || !/^\d+$/.test(inode)) continue;
    // The kernel prints each 32-bit word in host order.
    bytes.swap32();
    const mapped = family === 10 && bytes.subarray(0, 12).equals(mappedPrefix);
    const address = mapped ? addressText(2, bytes.subarray(12)) : addressText(family, bytes);
    out.push({ protocol, port, inode, address });
  }
  return out;
}

function idOf(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
}
