/** What was seen of a process at one look: `start` and pid say which it is, the rest what it had done by then. */
export interface Look {
  readonly start: string;
  readonly ranMs: number;
  /** Of `ranMs`, in the kernel. */
  readonly systemMs: number;
  /** Time that its first thread ran or waited for a processor; 0: not known. */
  readonly readyMs: number;
  /** What went through its system calls of reading and writing. */
  readonly bytes: number;
  readonly parent: number;
  readonly running: boolean;
  /** Time that those ran which it started and waited for. */
  readonly childrenMs: number;
}

/** What the processes of a container had done at one time, by pid. */
export interface Looks {
  readonly timeMs: number;
  readonly processes: ReadonlyMap<number, Look>;
}

/** A process that never paused, or one that starts others, one after the other, which do so in its place. */
export interface Spin {
  readonly pid: number;
  /** Those of now that it started, where they work in its place. */
  readonly family: readonly number[];
  /** Mean of the time between the looks. */
  readonly cores: number;
  readonly lengthMs: number;
  /** It asked the kernel for hardly anything: nothing went in or out of it. */
  readonly still: boolean;
}

/** Computing for a shorter time is what any program does. */
export const spinMs = 2_500;
/** Less of a core is no spinning. */
const coresMin = 0.05;
/** From here on it surely never paused; below it may have had to wait for a processor of a busy node. */
const coresFull = 0.8;
const readyMin = 0.9;
/** A family: at least so much of a core, as starting programs takes time too; more than so many times that were those of one that began long before. */
const familyCores = 0.5;
const familyCoresMax = 4;
/** As much may go in and out of a process that computes: the odd line of a log. Bytes a second. */
const stillBytes = 8_192;
/** Who serves or works on files spends more of its time in the kernel, also where its sockets' traffic is in no count. */
const stillSystemShare = 0.03;

/** The processes that never paused between two looks, busiest first. Pure. */
export function spinsOf(before: Looks, after: Looks): readonly Spin[] {
  const lengthMs = after.timeMs - before.timeMs;
  if (lengthMs < spinMs) return [];
  return [...after.processes]
    .flatMap(([pid, now]) => {
      const then = before.processes.get(pid);
      if (then?.start !== now.start) return [];
      const ranMs = now.ranMs - then.ranMs;
      const cores = ranMs / lengthMs;
      const neverPaused = cores >= coresFull || (now.readyMs - then.readyMs) / lengthMs >= readyMin;
      if (cores < coresMin || !neverPaused) {
        const together = (ranMs + now.childrenMs - then.childrenMs) / lengthMs;
        const family = together < familyCores || together > familyCoresMax ? [] : descendantsOf(pid, after);
        return family.some((one) => after.processes.get(one)?.running === true)
          ? [{ pid, family, cores: together, lengthMs, still: false }]
          : [];
      }
      const quiet = ((now.bytes - then.bytes) * 1000) / lengthMs <= stillBytes;
      return [
        { pid, family: [], cores, lengthMs, still: quiet && now.systemMs - then.systemMs <= stillSystemShare * ranMs },
      ];
    })
    .toSorted((a, b) => b.cores - a.cores);
}

function descendantsOf(pid: number, { processes }: Looks): readonly number[] {
  const found = new Set([pid]);
  for (let size = 0; size < found.size;) {
    size = found.size;
    for (const [one, { parent }] of processes) if (found.has(parent)) found.add(one);
  }
  found.delete(pid);
  return [...found];
}
