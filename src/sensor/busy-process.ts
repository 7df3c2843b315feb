import { readdirSync, readlinkSync } from 'node:fs';
import { readHead } from '../lib/proc-file.ts';

/** What a process has done so far (proc(5)). */
export interface ProcessWork {
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
/** Standard error, and where shells keep the script that they run (dash and busybox, bash). */
const leftOut: ReadonlySet<string> = new Set(['2', '10', '255']);

/** Undefined when it is gone, may not be looked at, or is told in another form. Never throws. */
export function readWork(pid: number, proc = '/proc'): ProcessWork | undefined {
  try {
    const stat = readHead(`${proc}/${pid}/stat`, statMax).bytes.toString('latin1');
    // Fields behind the name, which may hold anything: state is the third of proc(5).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [user, system, start] = [fields[11], fields[12], fields[19]];
    const io = readHead(`${proc}/${pid}/io`, statMax).bytes.toString('latin1');
    const moved = /^rchar: (\d+)\nwchar: (\d+)$/m.exec(io);
    const ticks = Number(user) + Number(system);
    if (start === undefined || moved === null || !Number.isFinite(ticks)) return undefined;
    const [ran, waited] = schedule(pid, proc);
    return {
      start,
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
 * True when nothing that the process has open leads anywhere: it reads and writes devices such as `/dev/null` and `/dev/zero` only. Standard error
 * and the script of a shell are left out. False where that cannot be read, or it has more than 64 files open.
 */
export function worksOnDevicesOnly(pid: number, proc = '/proc'): boolean {
  try {
    const descriptors = readdirSync(`${proc}/${pid}/fd`).filter((name) => !leftOut.has(name));
    if (descriptors.length > descriptorsMax) return false;
    return descriptors.every((name) => /^\/dev\/(?!shm\/)/.test(readlinkSync(`${proc}/${pid}/fd/${name}`)));
  } catch {
    return false;
  }
}
