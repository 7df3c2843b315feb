import { closeSync } from 'node:fs';
import { failureOf } from '../lib/proc-file.ts';
import { parseStat } from '../lib/process-stat.ts';
import { descriptorOf } from './descriptors.ts';
import type { Descriptor } from './descriptors.ts';
import type { Gaps } from './gaps.ts';
import type { SnapshotLimits } from './limits.ts';
import type { Proc } from './proc.ts';
import { parseStatus } from './status.ts';
import type { ProcessStatus } from './status.ts';

/** What is taken of a process at once, before it may be gone. */
export interface FirstLook {
  readonly pid: number;
  /** Since boot, nanoseconds, decimal: with the pid, an identity that is never reused. */
  readonly startTimeNs: string;
  readonly comm: string;
  /** One letter, proc(5). */
  readonly state: string;
  readonly status: ProcessStatus;
  /** Path of the program in its own root, without the mark of a deleted one; empty: it runs none (kernel threads, zombies). */
  readonly exe: string;
  /** The program has no name any more. */
  readonly exeDeleted: boolean;
  readonly cwd: string;
  readonly files: readonly Descriptor[];
  /** The program, held (`Proc.pin`). */
  readonly pin: number | undefined;
}

/** How much may still be taken, of all processes together. */
export interface LookBudget {
  descriptors: number;
  pins: number;
}

const statMax = 4096;
const statusMax = 64 << 10;
const deletedMark = ' (deleted)';

/**
 * Looks at a process, reading only what can make nobody wait: neither its memory nor any file system but `/proc`. Undefined when it is gone or must
 * not be looked at, which is noted. Never throws.
 */
export function firstLook(
  proc: Proc,
  pid: number,
  { limits, budget, gaps }: { readonly limits: SnapshotLimits; readonly budget: LookBudget; readonly gaps: Gaps },
): FirstLook | undefined {
  let pin: number | undefined;
  try {
    const stat = parseStat(proc.read(`${pid}/stat`, statMax).bytes);
    if (stat === undefined) {
      gaps.add('processes', 'gone', pid);
      return undefined;
    }
    // Before anything else of it: when the last process of a deleted program ends, its bytes are gone.
    if (budget.pins > 0) pin = attempt(() => proc.pin(`${pid}/exe`));
    if (pin !== undefined) budget.pins--;
    const link = attempt(() => proc.link(`${pid}/exe`)) ?? '';
    const exeDeleted = link.endsWith(deletedMark);
    const files = descriptors(proc, pid, limits, budget, gaps);
    const status = parseStatus(proc.read(`${pid}/status`, statusMax).bytes.toString('latin1'));
    return {
      ...{ pid, startTimeNs: stat.startTimeNs, comm: stat.comm, state: stat.state, status },
      ...{ exe: exeDeleted ? link.slice(0, -deletedMark.length) : link, exeDeleted },
      cwd: attempt(() => proc.link(`${pid}/cwd`)) ?? '',
      ...{ files, pin },
    };
  } catch (error) {
    if (pin !== undefined) closeSync(pin);
    gaps.add('processes', failureOf(error), pid);
    return undefined;
  }
}

function descriptors(
  proc: Proc,
  pid: number,
  limits: SnapshotLimits,
  budget: LookBudget,
  gaps: Gaps,
): readonly Descriptor[] {
  const files: Descriptor[] = [];
  try {
    const { names, cut } = proc.list(`${pid}/fd`, Math.min(limits.descriptors, budget.descriptors));
    if (cut) gaps.add('files', 'limit', pid);
    for (const name of names) {
      const link = attempt(() => proc.link(`${pid}/fd/${name}`));
      // Closed since.
      if (link === undefined) continue;
      files.push(descriptorOf(Number(name), link));
      budget.descriptors--;
    }
  } catch (error) {
    gaps.add('files', failureOf(error), pid);
  }
  return files;
}

function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
