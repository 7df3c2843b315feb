import type { FileOrigin, Process } from '../model/event.ts';
import { originOf } from './origin.ts';
import { HeldFile } from '../lib/proc-file.ts';
import { parseStat } from '../lib/process-stat.ts';
import type { ProcessStat } from '../lib/process-stat.ts';
import { lookAt, processOf, readStat } from './processes.ts';
import type { RunningProcess, Unreadable } from './processes.ts';
import { isRuntime } from './runtime-process.ts';

/** An execution as polling can tell of it. */
export interface SeenProgram {
  readonly process: Process;
  readonly origin: FileOrigin;
  /** Program that the process ran before, or its parent's; empty: the container runtime. */
  readonly parentExe: string;
}

interface Entry {
  readonly pid: number;
  readonly startTimeNs: string;
  readonly layout: string;
  readonly comm: string;
  readonly process: Process;
  /** Undefined while the process is the runtime's, on its way into the container. */
  readonly program: string | undefined;
  readonly sinceMs: number;
  /** Its /proc/PID/stat, for as many processes as files are kept open. */
  readonly file: HeldFile | undefined;
}

interface Program {
  readonly seen: SeenProgram;
  processes: number;
}

export interface ProcessTableOptions {
  /** `/proc`, or what stands for it. */
  readonly proc: string;
  /** When the container's first process started, milliseconds since the epoch. */
  readonly startedAtMs: number | undefined;
  /** The container is older than who asks: what it ran before is how things are, where its files are from is not asked. */
  readonly adopted: boolean;
}

/** What became of a look at a container's processes. */
export interface Scan {
  /** Executions that were not seen before, oldest process first. */
  readonly found: readonly SeenProgram[];
  readonly lost: Readonly<Record<'gone' | 'denied' | 'full', number>>;
}

/** More processes of one container are not looked at. */
const processesMax = 4096;
/** Of each container; the files of more processes are opened for each look. */
const filesMax = 32;
const ancestorsMax = 8;
/** A runtime takes much less to become the container's program; who still looks like one then is told of. */
const runtimeGraceMs = 10_000;

/**
 * The processes of one container, polled. Each execution is found once, however many processes came of it by forking: what counts is a
 * program's layout in memory. Between two looks only /proc/PID/stat is read. Bounded; never throws.
 */
export class ProcessTable {
  readonly #options: ProcessTableOptions;
  readonly #entries: Map<number, Entry> = new Map();
  readonly #programs: Map<string, Program> = new Map();
  #files = 0;
  #scanned = false;

  constructor(options: ProcessTableOptions) {
    this.#options = options;
  }

  /** Everything that runs, for telling of it again. */
  programs(): readonly SeenProgram[] {
    return [...this.#programs.values()].map(({ seen }) => seen);
  }

  /** The container's processes, oldest first, without those that are still the runtime's. */
  processes(): readonly Process[] {
    return [...this.#entries.values()]
      .filter(({ program }) => program !== undefined)
      .map(({ process }) => process)
      .toSorted(byAge);
  }

  /** Lets go of everything. */
  close(): void {
    for (const pid of [...this.#entries.keys()]) this.#remove(pid);
  }

  /** @param pids Everything in the container's cgroup. `nowMs`: a clock that never goes back. */
  scan(pids: readonly number[], nowMs: number): Scan {
    const lost = { gone: 0, denied: 0, full: Math.max(0, pids.length - processesMax) };
    const looked = new Set(pids.slice(0, processesMax));
    for (const pid of [...this.#entries.keys()]) if (!looked.has(pid)) this.#remove(pid);
    const fresh: RunningProcess[] = [];
    for (const pid of looked) {
      const found = this.#look(pid, nowMs);
      if (found === 'gone' || found === 'denied') lost[found]++;
      if (found === undefined || typeof found === 'string') continue;
      fresh.push(found);
    }
    // Parents before their children: what a process ran before it executed is its parent's program.
    const found = fresh.toSorted(byAge).flatMap((process) => this.#take(process, looked, nowMs) ?? []);
    this.#scanned = true;
    return { found, lost };
  }

  /** Undefined when there is nothing new about a process. */
  #look(pid: number, nowMs: number): RunningProcess | Unreadable | undefined {
    const before = this.#entries.get(pid);
    const stat = statOf(before) ?? readStat(pid, this.#options.proc);
    if (typeof stat === 'string' || stat.state === 'Z' || stat.state === 'X') {
      this.#remove(pid);
      // Known to the end: nothing was missed.
      return typeof stat === 'string' && before === undefined ? stat : undefined;
    }
    const same = before?.startTimeNs === stat.startTimeNs && before.layout === stat.layout;
    const settled = before?.program !== undefined || (before !== undefined && nowMs - before.sinceMs < runtimeGraceMs);
    if (same && settled && before.comm === stat.comm) return undefined;
    const found = lookAt(pid, this.#options.proc);
    if (before === undefined || typeof found === 'string') return found;
    // A new name alone is what programs give themselves; a new file is an execution even where the layout is not told.
    if (same && settled && before.process.exe === found.exe) {
      this.#entries.set(pid, { ...before, comm: stat.comm });
      return undefined;
    }
    return found;
  }

  #take(found: RunningProcess, inside: ReadonlySet<number>, nowMs: number): SeenProgram | undefined {
    const { pid, parentPid, startTimeNs, comm } = found;
    const earlier = this.#entries.get(pid);
    const before = earlier?.startTimeNs === startTimeNs ? earlier : undefined;
    const parent = this.#entries.get(parentPid);
    const process: Process = { ...processOf(found), ancestors: this.#ancestorsOf(parent) };
    const entered = before === undefined ? !inside.has(parentPid) : before.program === undefined;
    const waiting = before?.program === undefined ? before : undefined;
    const { layout } = found;
    const file = before?.file ?? this.#openStat(pid);
    const base = { pid, startTimeNs, layout, comm, process, file, sinceMs: waiting?.sinceMs ?? nowMs };
    if (entered && isRuntime(found) && nowMs - base.sinceMs < runtimeGraceMs) {
      this.#put({ ...base, program: undefined });
      return undefined;
    }
    const program = `${layout} ${found.exe}`;
    const known = this.#programs.get(program);
    if (known !== undefined) {
      this.#put({ ...base, program });
      return undefined;
    }
    const { proc, startedAtMs, adopted } = this.#options;
    const origin = adopted && !this.#scanned ? 'unknown' : originOf({ proc, pid, startedAtMs });
    const parentExe = entered ? '' : ((before ?? parent)?.process.exe ?? '');
    const seen: SeenProgram = { process, origin, parentExe };
    this.#programs.set(program, { seen, processes: 0 });
    this.#put({ ...base, program });
    return seen;
  }

  #ancestorsOf(parent: Entry | undefined): Process['ancestors'] {
    if (parent?.program === undefined) return [];
    const { pid, exe, ancestors } = parent.process;
    return [{ pid, exe }, ...ancestors].slice(0, ancestorsMax);
  }

  #put(entry: Entry): void {
    const program = entry.program === undefined ? undefined : this.#programs.get(entry.program);
    if (program !== undefined) program.processes++;
    this.#remove(entry.pid, entry.file);
    this.#entries.set(entry.pid, entry);
  }

  #openStat(pid: number): HeldFile | undefined {
    if (this.#files >= filesMax) return undefined;
    try {
      const file = new HeldFile(`${this.#options.proc}/${pid}/stat`);
      this.#files++;
      return file;
    } catch {
      return undefined;
    }
  }

  #remove(pid: number, keep?: HeldFile): void {
    const entry = this.#entries.get(pid);
    if (entry === undefined) return;
    this.#entries.delete(pid);
    if (entry.file !== undefined && entry.file !== keep) {
      entry.file.close();
      this.#files--;
    }
    const program = entry.program === undefined ? undefined : this.#programs.get(entry.program);
    if (program !== undefined && --program.processes === 0 && entry.program !== undefined)
      this.#programs.delete(entry.program);
  }
}

/** Undefined when there is none, or the process is gone (its number may be another's by now). */
function statOf(entry: Entry | undefined): ProcessStat | undefined {
  try {
    return entry?.file === undefined ? undefined : parseStat(entry.file.read());
  } catch {
    return undefined;
  }
}

/** Decimal numbers without leading zeros: the longer one is the larger. */
function byAge(a: Process, b: Process): number {
  const [early, late] = [a.startTimeNs, b.startTimeNs];
  if (early === late) return a.pid - b.pid;
  return early.length - late.length || (early < late ? -1 : 1);
}
