import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, rmSync } from 'node:fs';
import type { SnapshotArchive, SnapshotFile, SnapshotGap, SnapshotManifest } from '../model/snapshot.ts';
import { writeArchive } from './archive.ts';
import type { ArchiveEntry } from './archive.ts';
import type { FilesystemChange } from './changes.ts';
import { collect } from './collect.ts';
import { readExecutables } from './executables.ts';
import type { BinaryChoice, ExecutablesInput } from './executables.ts';
import type { FirstLook, LookBudget } from './first-look.ts';
import { Gaps } from './gaps.ts';
import type { SnapshotLimits } from './limits.ts';
import type { Proc } from './proc.ts';
import { treeText } from './tree.ts';

/** What the engine says of the container, masked, and what of it is missing. */
export interface EngineView {
  /** Undefined: it did not say. */
  readonly inspection?: unknown;
  readonly changes?: readonly FilesystemChange[];
  readonly gaps: readonly SnapshotGap[];
}

/** What a snapshot is told of what it is taken for. */
export type SnapshotSubject = Pick<
  SnapshotManifest,
  'id' | 'cause' | 'node' | 'container' | 'workload' | 'incident' | 'alert' | 'agentVersion' | 'takenAt'
>;

export interface TakeInput {
  readonly subject: SnapshotSubject;
  /** The archive is made here; its copies are in `PATH.part`, which is removed again. */
  readonly path: string;
  readonly looks: readonly FirstLook[];
  readonly pids: readonly number[];
  readonly budget: LookBudget;
  /** What is missing already. */
  readonly gaps: readonly SnapshotGap[];
  readonly binaries: BinaryChoice;
  readonly limits: SnapshotLimits;
  /** Milliseconds that were used before this. */
  readonly usedMs: number;
}

/**
 * Takes a snapshot and writes its archive. The engine is only waited for when all that may vanish is taken. Closes the pins that it makes itself.
 * Rejects with what the system says of the directory; everything else is a gap.
 */
export async function takeSnapshot(
  input: TakeInput,
  proc: Proc,
  monotonicMs: () => number,
  engine: Promise<EngineView>,
): Promise<SnapshotArchive> {
  const { subject, path, limits, binaries, budget, usedMs } = input;
  const gaps = new Gaps();
  for (const { what, reason, detail, count } of input.gaps) gaps.add(what, reason, detail, count);
  const startMs = monotonicMs() - usedMs;
  const late = (): boolean => monotonicMs() - startMs > limits.timeMs;
  const looks = [...input.looks];
  const own: number[] = [];
  const directory = `${path}.part`;
  try {
    const collected = collect({
      ...{ proc, limits, gaps, looks: input.looks, pids: input.pids, budget, late },
      looked: (look) => {
        looks.push(look);
        if (look.pin !== undefined) own.push(look.pin);
      },
    });
    const { inspection, changes, gaps: engineGaps } = await engine;
    for (const { what, reason, detail, count } of engineGaps) gaps.add(what, reason, detail, count);
    mkdirSync(directory, { mode: 0o700 });
    const wanted: ExecutablesInput = { looks, changes, binaries, directory, limits, gaps, late };
    const { executables, copies } = readExecutables(wanted);
    const json = (name: string, value: unknown): ArchiveEntry => ({
      name,
      bytes: Buffer.from(`${jsonText(value)}\n`),
    });
    const entries: readonly ArchiveEntry[] = [
      { name: 'tree.txt', bytes: Buffer.from(treeText(collected.processes)) },
      json('processes.json', collected.processes),
      json('sockets.json', collected.networks),
      json('executables.json', executables),
      json('libraries.json', collected.libraries),
      json('mounts.json', collected.mounts),
      ...(inspection === undefined ? [] : [json('inspect.json', inspection)]),
      ...(changes === undefined ? [] : [json('changes.json', changes)]),
      ...copies,
    ];
    const files = entries.map((entry): SnapshotFile => {
      if (!('bytes' in entry)) return copies.find(({ name }) => name === entry.name) ?? unhashed(entry.name);
      const sha256 = createHash('sha256').update(entry.bytes).digest('hex');
      return { name: entry.name, sizeBytes: entry.bytes.length, sha256 };
    });
    const manifest: SnapshotManifest = {
      ...{ format: 'anchorwatch-snapshot', version: 1, ...subject },
      tookMs: Math.round(monotonicMs() - startMs),
      processes: collected.processes.length,
      gaps: gaps.list(),
      files: files.map(({ name, sizeBytes, sha256 }) => ({ name, sizeBytes, sha256 })),
    };
    const all = [...entries, json('manifest.json', manifest)];
    const archive = await writeArchive(path, all, Date.parse(subject.takenAt));
    return { manifest, ...archive };
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    for (const pin of own) closeSync(pin);
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A list has a line for each of its elements, so that it can be searched and compared by lines. */
function jsonText(value: unknown): string {
  if (!Array.isArray(value)) return JSON.stringify(value, undefined, 1);
  return `[\n${value.map((item) => JSON.stringify(item)).join(',\n')}\n]`;
}

function unhashed(name: string): never {
  throw new Error(`no copy was made of ${name}`);
}
