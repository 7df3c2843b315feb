import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { failureOf } from '../lib/proc-file.ts';
import type { FilesystemChange } from './changes.ts';
import type { FirstLook } from './first-look.ts';
import type { Gaps } from './gaps.ts';
import type { SnapshotLimits } from './limits.ts';

/** Which programs are copied into a snapshot. `drift`: those that are not the image's: written since, without a name, in memory only. */
export type BinaryChoice = 'never' | 'drift' | 'all';

/** A program that runs in the container. */
export interface ExecutableView {
  readonly path: string;
  /** It has no name any more, or never had one (`memfd_create`). */
  readonly deleted: boolean;
  /** Not as the image has it; absent where nobody could say. */
  readonly drift?: boolean;
  readonly sizeBytes: number;
  /** Hex; absent where it could not be read in full, which the gaps say. */
  readonly sha256?: string;
  readonly device: string;
  readonly inode: string;
  /** Octal. */
  readonly mode: string;
  /** ISO 8601. */
  readonly modified: string;
  readonly pids: readonly number[];
  /** Name of its copy in the archive. */
  readonly copy?: string;
}

export interface Copy {
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export interface ExecutablesInput {
  readonly looks: readonly FirstLook[];
  /** What changed in the container's file system; undefined: nobody knows. */
  readonly changes: readonly FilesystemChange[] | undefined;
  readonly binaries: BinaryChoice;
  /** An empty directory for copies. */
  readonly directory: string;
  readonly limits: SnapshotLimits;
  readonly gaps: Gaps;
  readonly late: () => boolean;
}

const chunkBytes = 1 << 20;
const pidsShown = 64;
const regularFile = 0o100_000;

/** Hashes the programs that run, each once, and copies those that are wanted. Never throws but for what is wrong with `directory`. */
export function readExecutables(input: ExecutablesInput): {
  readonly executables: readonly ExecutableView[];
  readonly copies: readonly Copy[];
} {
  const { limits, gaps } = input;
  const written = new Set(input.changes?.filter(({ change }) => change !== 'deleted').map(({ path }) => path));
  const executables: ExecutableView[] = [];
  const copies: Copy[] = [];
  let hashRoom = limits.hashBytes;
  let copyRoom = limits.copiesBytes;
  for (const { pin, look, pids } of distinct(input.looks, gaps)) {
    const stat = fstatSync(pin, { bigint: true });
    const sizeBytes = Number(stat.size);
    const drift =
      look.exeDeleted || look.exe.startsWith('/memfd:')
        ? true
        : input.changes === undefined
          ? undefined
          : written.has(look.exe);
    const view: ExecutableView = {
      ...{ path: look.exe, deleted: look.exeDeleted, sizeBytes, pids: pids.slice(0, pidsShown) },
      ...(drift === undefined ? {} : { drift }),
      ...{ device: `${stat.dev}`, inode: `${stat.ino}`, mode: Number(stat.mode & 0o7777n).toString(8) },
      modified: new Date(Number(stat.mtimeMs)).toISOString(),
    };
    if ((Number(stat.mode) & 0o170_000) !== regularFile || sizeBytes > hashRoom || input.late()) {
      gaps.add('executables', input.late() ? 'time' : 'limit', look.exe);
      executables.push(view);
      continue;
    }
    hashRoom -= sizeBytes;
    const wanted = input.binaries === 'all' || (input.binaries === 'drift' && drift !== false);
    const fits = sizeBytes <= Math.min(limits.copyBytes, copyRoom);
    if (wanted && !fits) gaps.add('binaries', 'limit', look.exe);
    const path = wanted && fits ? join(input.directory, `binary-${copies.length}`) : undefined;
    const read = attemptRead(pin, sizeBytes, path, input);
    if (read === undefined) {
      gaps.add('executables', input.late() ? 'time' : 'failed', look.exe);
      executables.push(view);
      continue;
    }
    const name = `binaries/${read}`;
    const isNew = path !== undefined && !copies.some((copy) => copy.name === name);
    if (isNew) {
      copyRoom -= sizeBytes;
      copies.push({ name, path, sizeBytes, sha256: read });
    } else if (path !== undefined) rmSync(path, { force: true });
    executables.push({ ...view, sha256: read, ...(path === undefined ? {} : { copy: name }) });
  }
  return { executables, copies };
}

interface Distinct {
  readonly pin: number;
  readonly look: FirstLook;
  readonly pids: number[];
}

/** One of the processes that run the same file, and the pids of all of them. */
function distinct(looks: readonly FirstLook[], gaps: Gaps): readonly Distinct[] {
  const found = new Map<string, Distinct>();
  for (const look of looks) {
    if (look.pin === undefined) {
      if (look.exe !== '') gaps.add('executables', 'gone', look.exe);
      continue;
    }
    const { dev, ino } = fstatSync(look.pin, { bigint: true });
    const key = `${dev} ${ino}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, { pin: look.pin, look, pids: [look.pid] });
    else known.pids.push(look.pid);
  }
  return [...found.values()];
}

/**
 * SHA-256 of the bytes behind a pin, which are written to `path` if there is one; undefined when they are not `sizeBytes`, cannot be read, or the time
 * is up.
 */
function attemptRead(
  pin: number,
  sizeBytes: number,
  path: string | undefined,
  { late, gaps }: Pick<ExecutablesInput, 'late' | 'gaps'>,
): string | undefined {
  let from: number;
  try {
    // What is only held cannot be read; opened through it, it can, whatever became of its name.
    from = openSync(`/proc/self/fd/${pin}`, 'r');
  } catch (error) {
    gaps.add('executables', failureOf(error));
    return undefined;
  }
  const to = path === undefined ? undefined : openSync(path, 'wx', 0o600);
  try {
    const hash = createHash('sha256');
    const chunk = Buffer.allocUnsafe(chunkBytes);
    let total = 0;
    for (;;) {
      if (late()) return undefined;
      const read = readSync(from, chunk, 0, chunkBytes, total);
      if (read === 0) break;
      total += read;
      if (total > sizeBytes) return undefined;
      const part = chunk.subarray(0, read);
      hash.update(part);
      if (to !== undefined) writeSync(to, part);
    }
    return total === sizeBytes ? hash.digest('hex') : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(from);
    if (to !== undefined) closeSync(to);
  }
}
