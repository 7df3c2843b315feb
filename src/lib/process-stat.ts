import { escapeBytes } from './escape.ts';

/** What polling needs of /proc/PID/stat (proc(5)). */
export interface ProcessStat {
  /** The name that the process gave itself, escaped. */
  readonly comm: string;
  /** One letter; `Z` and `X`: it has ended. */
  readonly state: string;
  readonly parentPid: number;
  /** Start since boot, nanoseconds, decimal: with the pid, an identity that is never reused. */
  readonly startTimeNs: string;
  /**
   * Where code, stack and arguments lie. Every execution lays them out anew (and at random), a fork keeps its parent's: an equal layout is the
   * same execution. `0 0 0` where the kernel does not tell.
   */
  readonly layout: string;
}

/** Ticks of /proc/PID/stat: USER_HZ is 100 on every architecture that Linux runs containers on. */
const nsPerTick = 10_000_000n;

/** Field numbers of proc(5) begin at 1; the first that stands behind the name is the third. */
const behindName = 3;
const fieldNumbers = { state: 3, ppid: 4, starttime: 22, startcode: 26, startstack: 28, argStart: 48 } as const;

/** Undefined for a text of another form. Pure. */
export function parseStat(bytes: Buffer): ProcessStat | undefined {
  // The name may hold anything, also what looks like the fields behind it.
  const [open, close] = [bytes.indexOf('('), bytes.lastIndexOf(')')];
  if (open < 0 || close < open) return undefined;
  const fields = bytes
    .toString('latin1', close + 2)
    .trim()
    .split(' ');
  const field = (name: keyof typeof fieldNumbers): string => fields[fieldNumbers[name] - behindName] ?? '';
  const [parent, start] = [field('ppid'), field('starttime')];
  if (!/^\d{1,10}$/.test(parent) || !/^\d{1,20}$/.test(start)) return undefined;
  return {
    comm: escapeBytes(bytes.subarray(open + 1, close)),
    state: field('state'),
    parentPid: Number(parent),
    startTimeNs: (BigInt(start) * nsPerTick).toString(),
    layout: `${field('startcode')} ${field('startstack')} ${field('argStart')}`,
  };
}
