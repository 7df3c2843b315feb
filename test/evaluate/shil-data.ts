import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { AnchorwatchError, errorText } from '../../src/lib/errors.ts';
import { callsMax } from '../../src/profile/syscall-mix.ts';
import type { CallCounts } from '../../src/profile/syscall-mix.ts';

/** Normal load of one container, a window for each 0.1 s. */
export interface NormalRun {
  readonly container: string;
  readonly windows: readonly CallCounts[];
}

/** A container that is attacked. The times are indexes of `windows`; a trace may end before them. */
export interface AttackedRun extends NormalRun {
  /** The first command of the exploit was entered. */
  readonly exploitAt: number;
  /** The command or the shell came back. */
  readonly returnedAt: number;
  readonly endedAt: number;
}

/** Traces of one server application: system calls are numbered in the order in which the file shows them. */
export interface ShilTrace {
  readonly cve: string;
  readonly calls: readonly string[];
  readonly normal: readonly NormalRun[];
  readonly attacked: readonly AttackedRun[];
}

type Json = Readonly<Record<string, unknown>>;

const suffix = '.json.gz';
/** More than any trace holds, unpacked: 512 MB. */
const unpackedMax = 512 << 20;
const timeNames = ['exploit command 1 entered', 'command returned', 'all commands ended'] as const;

/** Files of traces in a folder, sorted. Throws `evaluate.data` for a folder that cannot be read or holds none. */
export function shilFiles(folder: string): readonly string[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(suffix));
  } catch (error) {
    throw new AnchorwatchError('evaluate.data', `${folder} cannot be read: ${errorText(error)}`, { cause: error });
  }
  if (names.length === 0)
    throw new AnchorwatchError('evaluate.data', `${folder} holds no traces: there is no file NAME${suffix} in it`);
  return names.toSorted().map((name) => join(folder, name));
}

/** Reads one file of traces. Throws `evaluate.data`, naming the file and the place in it. */
export function readShilTrace(path: string): ShilTrace {
  let text: string;
  try {
    text = gunzipSync(readFileSync(path), { maxOutputLength: unpackedMax }).toString('utf8');
  } catch (error) {
    throw new AnchorwatchError('evaluate.data', `${path} cannot be unpacked: ${errorText(error)}`, { cause: error });
  }
  return decodeShilTrace(text, path);
}

/** Decodes `{ cve, syscalls, times, containers: { "1": { train, test } } }`, rows `[time, { index: count }]`. Pure; throws as `readShilTrace`. */
export function decodeShilTrace(text: string, path: string): ShilTrace {
  const bad = (where: string, what: string): AnchorwatchError =>
    new AnchorwatchError('evaluate.data', `${path}: ${where}: ${what}`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new AnchorwatchError('evaluate.data', `${path} is no JSON: ${errorText(error)}`, { cause: error });
  }
  const object = (value: unknown, where: string): Json => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad(where, 'must be an object');
    return value as Json;
  };
  const list = (value: unknown, where: string): readonly unknown[] => {
    if (!Array.isArray(value)) throw bad(where, 'must be a list');
    return value;
  };
  const file = object(parsed, 'file');
  const names = list(file['syscalls'], 'syscalls').map((name, at) => {
    if (typeof name !== 'string') throw bad(`syscalls[${at}]`, 'must be a name');
    return name;
  });
  const times = object(file['times'], 'times');
  const numbers = new Map<string, number>();
  const window = (row: unknown, where: string): CallCounts => {
    const made = object(list(row, where)[1], `${where}[1]`);
    return new Map(
      Object.entries(made).map(([index, count]) => {
        if (names[Number(index)] === undefined || !/^\d+$/.test(index))
          throw bad(where, `"${index}" is no index into syscalls`);
        if (typeof count !== 'number' || !Number.isFinite(count) || count < 0)
          throw bad(where, `the count of "${index}" must be a number from 0 on`);
        const number = numbers.get(index) ?? numbers.size;
        if (number >= callsMax) throw bad(where, `more than ${callsMax} different system calls`);
        numbers.set(index, number);
        return [number, count];
      }),
    );
  };
  const windows = (rows: unknown, where: string): readonly CallCounts[] =>
    list(rows, where).map((row, at) => window(row, `${where}[${at}]`));
  const [normal, attacked]: [NormalRun[], AttackedRun[]] = [[], []];
  for (const [container, runs] of Object.entries(object(file['containers'], 'containers'))) {
    const where = `containers.${container}`;
    const { train, test } = object(runs, where);
    if (train !== undefined && train !== null) normal.push({ container, windows: windows(train, `${where}.train`) });
    if (test === undefined || test === null) continue;
    const run = windows(test, `${where}.test`);
    const [exploitAt = 0, returnedAt = 0, endedAt = 0] = timeNames.map((name) => {
      const time = list(times[name], `times["${name}"]`)[Number(container) - 1];
      if (typeof time !== 'number' || !Number.isInteger(time) || time < 0)
        throw bad(`times["${name}"]`, `must hold a row for container ${container}`);
      return time;
    });
    attacked.push({ container, windows: run, exploitAt, returnedAt, endedAt });
  }
  if (normal.every((run) => run.windows.length === 0)) throw bad('containers', 'there is no normal load to learn from');
  const cve = typeof file['cve'] === 'string' ? file['cve'] : basename(path, suffix);
  return { cve, calls: [...numbers.keys()].map((index) => names[Number(index)] ?? ''), normal, attacked };
}
