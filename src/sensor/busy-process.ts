import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { failureOf, readHead } from '../lib/proc-file.ts';

/** What a process has done so far (proc(5)). */
export interface ProcessWork {
  readonly parent: number;
  /** It runs, or waits for a processor. */
  readonly running: boolean;
  /** Time that processes ran which it started and waited for, and those that these waited for, milliseconds. */
  readonly childrenMs: number;
  /** Start since boot, clock ticks: with the pid, an identity that is never reused. */
  readonly start: string;
  /** Time that it ran, in all its threads, milliseconds; of that in the kernel. */
  readonly ranMs: number;
  readonly systemMs: number;
  /** Time that its first thread ran or waited for a processor; 0 where the kernel does not tell. */
  readonly readyMs: number;
  /** Bytes that went through its system calls of reading and writing, whatever they led to. */
  readonly bytes: number;
}

/** USER_HZ is 100 on every architecture that Linux runs containers on. */
const msPerTick = 10;
const statMax = 4096;
const descriptorsMax = 64;
const shortOutputBytes = 65_536;
/** Standard error, and where shells keep the script that they run (dash and busybox, bash). */
const leftOut: ReadonlySet<string> = new Set(['2', '10', '255']);

/** Undefined when it is gone, may not be looked at, or is told in another form. Never throws. */
export function readWork(pid: number, proc = '/proc'): ProcessWork | undefined {
  try {
    const stat = readHead(`${proc}/${pid}/stat`, statMax).bytes.toString('latin1');
    // Fields behind the name, which may hold anything: state is the third of proc(5).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, parent, user, system, start] = [fields[0], fields[1], fields[11], fields[12], fields[19]];
    const io = readHead(`${proc}/${pid}/io`, statMax).bytes.toString('latin1');
    const moved = /^rchar: (\d+)\nwchar: (\d+)$/m.exec(io);
    const ticks = Number(user) + Number(system);
    if (start === undefined || moved === null || !Number.isFinite(ticks)) return undefined;
    const [ran, waited] = schedule(pid, proc);
    return {
      ...{ start, parent: Number(parent), running: state === 'R' },
      childrenMs: (Number(fields[13]) + Number(fields[14])) * msPerTick,
      ...{ ranMs: ticks * msPerTick, systemMs: Number(system) * msPerTick, readyMs: (ran + waited) / 1e6 },
      bytes: Number(moved[1]) + Number(moved[2]),
    };
  } catch {
    return undefined;
  }
}

/** Nanoseconds that the first thread ran, and waited for a processor (kernels with CONFIG_SCHED_INFO). */
function schedule(pid: number, proc: string): readonly [ran: number, waited: number] {
  try {
    const words = readHead(`${proc}/${pid}/schedstat`, statMax).bytes.toString('latin1').split(' ').map(Number);
    return [words[0] ?? 0, words[1] ?? 0];
  } catch {
    return [0, 0];
  }
}

/**
 * True when nothing that the processes have open leads anywhere: they read and write devices such as `/dev/null` and `/dev/zero` only, or each other by pipes.
 * Standard error and the script of a shell are left out, and so is a file that standard output hardly fills. False where that cannot be read, or one of them has
 * more than 64 files open.
 * @param pids whose files count
 * @param among those that may be at the other end of a pipe, and then count too; a pipe that nobody of them holds leads to whoever keeps the container's output
 */
export function workOnDevicesOnly(pids: readonly number[], among: readonly number[] = [], proc = '/proc'): boolean {
  try {
    const counting = [...pids];
    for (const pid of counting) {
      const pipes = pid === pids[0] ? pipesOf(pid, proc) : pipesOfAny(pid, proc);
      if (pipes === undefined) return false;
      if (pipes.length === 0) continue;
      for (const other of among) if (!counting.includes(other) && holdsAny(other, pipes, proc)) counting.push(other);
    }
    return true;
  } catch {
    return false;
  }
}

/** The same of one that may have ended meanwhile: then it holds nothing. */
function pipesOfAny(pid: number, proc: string): readonly string[] | undefined {
  try {
    return pipesOf(pid, proc);
  } catch (error) {
    if (failureOf(error) === 'gone') return [];
    throw error;
  }
}

/** Pipes that the process has open; undefined when something else leads anywhere. Throws when it is gone. */
function pipesOf(pid: number, proc: string): readonly string[] | undefined {
  const pipes: string[] = [];
  const descriptors = readdirSync(`${proc}/${pid}/fd`).filter((name) => !leftOut.has(name));
  if (descriptors.length > descriptorsMax) return undefined;
  for (const name of descriptors) {
    const target = readlinkSync(`${proc}/${pid}/fd/${name}`);
    if (target.startsWith('pipe:[')) pipes.push(target);
    else if (!/^\/dev\/(?!shm\/)/.test(target) && !(name === '1' && isShortOutput(pid, proc))) return undefined;
  }
  return pipes;
}

function holdsAny(pid: number, pipes: readonly string[], proc: string): boolean {
  try {
    return readdirSync(`${proc}/${pid}/fd`).some((name) => pipes.includes(readlinkSync(`${proc}/${pid}/fd/${name}`)));
  } catch {
    return false;
  }
}

/** Standard output is a file that is only written, and there is next to nothing in it. */
function isShortOutput(pid: number, proc: string): boolean {
  const file = statSync(`${proc}/${pid}/fd/1`);
  const flags = /^flags:\s+0?(\d+)$/m.exec(readFileSync(`${proc}/${pid}/fdinfo/1`, 'latin1'))?.[1];
  return file.isFile() && file.size <= shortOutputBytes && (Number.parseInt(flags ?? '2', 8) & 3) === 1;
}
