import { opendirSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import type { Dir } from 'node:fs';
import type { ListenEvent, Process } from '../model/event.ts';
import { decodeArguments } from './decode.ts';
import { failureOf, readHead } from '../lib/proc-file.ts';
import { parseStat } from '../lib/process-stat.ts';
import type { ProcessStat } from '../lib/process-stat.ts';
import { isListening, parseSocketTable } from '../lib/socket-table.ts';
import { escapeBytes } from '../lib/escape.ts';
import { socketsInUse } from './network-namespace.ts';

/** A process as `/proc` shows it (proc(5)). */
export interface RunningProcess extends Process {
  readonly parentPid: number;
  /** Which execution it is, see `ProcessStat`. */
  readonly layout: string;
}

/** The process as events tell of it. */
export function processOf(running: RunningProcess): Process {
  const { parentPid: _, layout: __, ...process } = running;
  return process;
}

/** A listening socket as `/proc/PID/net` shows it. */
export type Listener = Pick<ListenEvent, 'protocol' | 'address' | 'port'>;

/** Why there is nothing to say of a process: it ended, it may not be looked at, it runs no program (kernel threads, zombies). */
export type Unreadable = 'gone' | 'denied' | 'no-program';

const statMax = 4096;
const descriptorsMax = 32_768;
/** More than the kernel has pids for. */
const pidsMax = 64 << 20;
const statusMax = 16 << 10;
/** As much of a command line as the kernel sensor takes. */
const argumentsMax = 1024;
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
      for (const line of readHead(`${path}/cgroup.procs`, pidsMax).bytes.toString('latin1').split('\n'))
        if (line !== '') pids.push(Number(line));
    });
    attempt(() => {
      // Two links are the directory's own: nothing is below.
      if (statSync(path).nlink === 2) return;
      for (const entry of readdirSync(path, { withFileTypes: true }))
        if (entry.isDirectory()) visit(`${path}/${entry.name}`, true);
    });
  };
  visit(directory, false);
  return { insideIds, pids };
}

/** Reads /proc/PID/stat. */
export function readStat(pid: number, proc = '/proc'): ProcessStat | Unreadable {
  try {
    return parseStat(readHead(`${proc}/${pid}/stat`, statMax).bytes) ?? 'gone';
  } catch (error) {
    return failureOf(error);
  }
}

/** Path of what a process executes, as its own root has it; empty when it cannot be read. */
export function readExe(pid: number, proc = '/proc'): string {
  try {
    return escapeBytes(readlinkSync(`${proc}/${pid}/exe`, { encoding: 'buffer' }));
  } catch {
    return '';
  }
}

/** Reads a process, or says why it cannot be read. Of its arguments the first 1,024 bytes. Never throws. */
export function lookAt(pid: number, proc = '/proc'): RunningProcess | Unreadable {
  const stat = readStat(pid, proc);
  if (typeof stat === 'string') return stat;
  if (stat.state === 'Z' || stat.state === 'X') return 'no-program';
  try {
    const status = readHead(`${proc}/${pid}/status`, statusMax).bytes.toString('latin1');
    const exe = readlinkSync(`${proc}/${pid}/exe`, { encoding: 'buffer' });
    return {
      pid,
      parentPid: stat.parentPid,
      layout: stat.layout,
      startTimeNs: stat.startTimeNs,
      comm: stat.comm,
      exe: escapeBytes(exe).replace(/ \(deleted\)$/, ''),
      args: decodeArguments(readHead(`${proc}/${pid}/cmdline`, argumentsMax).bytes),
      uid: idOf(status, 'Uid'),
      gid: idOf(status, 'Gid'),
      cwd: escapeBytes(readlinkSync(`${proc}/${pid}/cwd`, { encoding: 'buffer' })),
      ancestors: [],
    };
  } catch (error) {
    return failureOf(error);
  }
}

/** Reads a process; undefined when it is gone or has no program (kernel threads, zombies). */
export function readProcess(pid: number): RunningProcess | undefined {
  const found = lookAt(pid);
  return typeof found === 'string' ? undefined : found;
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
  const network = `/proc/${pids[0]}/net`;
  const inUse = socketsInUse(textOf(`${network}/sockstat`), textOf(`${network}/sockstat6`));
  for (const [file, protocol, family] of [
    ['tcp', 'tcp', 2],
    ['tcp6', 'tcp', 10],
    ['udp', 'udp', 2],
    ['udp6', 'udp', 10],
  ] as const) {
    // A table of TCP takes milliseconds to read, also where nothing is in it.
    if (inUse[file] === 0) continue;
    const text = textOf(`${network}/${file}`);
    for (const { inode, ...listener } of parseSockets(text, protocol, family)) wanted.set(inode, listener);
  }
  const out: (Listener & { readonly pid: number })[] = [];
  const unheld = new Set(wanted.keys());
  for (const pid of pids) {
    if (unheld.size === 0) break;
    for (const inode of takeSockets(pid, unheld).held) {
      const listener = wanted.get(inode);
      if (listener !== undefined) out.push({ ...listener, pid });
    }
  }
  return out;
}

/** Empty when there is no such file. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/**
 * Which of the wanted sockets a process has open: they are taken out of `wanted`, by inode. None when the process is gone. `cut`: it has more files
 * open than are looked at.
 */
export function takeSockets(
  pid: number,
  wanted: { delete(inode: string): boolean; readonly size: number },
  proc = '/proc',
): { readonly held: readonly string[]; readonly cut: boolean } {
  const path = `${proc}/${pid}/fd`;
  const held: string[] = [];
  let directory: Dir | undefined;
  try {
    directory = opendirSync(path, { bufferSize: 256 });
    for (let looked = 0; wanted.size > 0; looked++) {
      const entry = directory.readSync();
      if (entry === null) break;
      if (looked === descriptorsMax) return { held, cut: true };
      const inode = socketInode(`${path}/${entry.name}`);
      if (inode !== undefined && wanted.delete(inode)) held.push(inode);
    }
  } catch {
    // The process ended.
  } finally {
    directory?.closeSync();
  }
  return { held, cut: false };
}

/** Undefined for what is no socket, or was closed since. */
function socketInode(descriptor: string): string | undefined {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(descriptor))?.[1];
  } catch {
    return undefined;
  }
}

/** Listening sockets in a table of /proc/net/{tcp,udp}[6]. Lines of another form are skipped. Pure. */
export function parseSockets(
  text: string,
  protocol: 'tcp' | 'udp',
  family: 2 | 10,
): readonly (Listener & { readonly inode: string })[] {
  return parseSocketTable(text, protocol, family).flatMap((row) => {
    const { address, port, inode } = row;
    return isListening(row) ? [{ protocol, port, inode, address }] : [];
  });
}

function idOf(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
}
