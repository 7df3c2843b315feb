import { splitArguments } from '../lib/command-line.ts';
import { failureOf } from '../lib/proc-file.ts';
import { parseStat } from '../lib/process-stat.ts';
import { insideOf, isWholeNode, userRangesOf } from '../model/user-map.ts';
import type { UserRange } from '../model/user-map.ts';
import { environmentNames } from './environment.ts';
import type { EnvironmentNames } from './environment.ts';
import { firstLook } from './first-look.ts';
import type { FirstLook, LookBudget } from './first-look.ts';
import type { Gaps } from './gaps.ts';
import type { SnapshotLimits } from './limits.ts';
import { parseMaps } from './maps.ts';
import type { CodeMaps, MappedFile } from './maps.ts';
import { parseMountinfo } from './mounts.ts';
import type { Mount } from './mounts.ts';
import type { Proc } from './proc.ts';
import { socketTables } from './sockets.ts';
import type { Socket } from './sockets.ts';

/** A process as the archive has it. */
export interface ProcessView extends Omit<FirstLook, 'pin'> {
  /** Secrets masked. Empty when it was gone before they could be read. */
  readonly args: readonly string[];
  readonly argsCut: boolean;
  readonly environment: EnvironmentNames;
  /** `net`: `net:[4026531840]`, … */
  readonly namespaces: Readonly<Record<string, string>>;
  /** What `status.uids` are called in its user namespace, where that is not the node's; absent: there is none, or it was gone. A null has no name there. */
  readonly containerUids?: readonly (number | null)[];
  readonly code: Omit<CodeMaps, 'files'>;
  /** It was seen, and gone before it had been looked at in full. */
  readonly vanished: boolean;
}

export interface HeldSocket extends Socket {
  /** Processes of the container that have it open. */
  readonly pids: readonly number[];
}

export interface NetworkView {
  readonly namespace: string;
  /** It is the node's own: of its sockets only those that the container has open are here. */
  readonly ofNode: boolean;
  readonly sockets: readonly HeldSocket[];
}

export interface MountView {
  readonly namespace: string;
  readonly mounts: readonly Mount[];
}

export interface LibraryView extends MappedFile {
  /** At most 16 of the processes that have it mapped. */
  readonly pids: readonly number[];
}

/** What there is of a container besides its programs' bytes. */
export interface Collected {
  readonly processes: readonly ProcessView[];
  readonly networks: readonly NetworkView[];
  readonly mounts: readonly MountView[];
  readonly libraries: readonly LibraryView[];
}

export interface CollectInput {
  readonly proc: Proc;
  readonly limits: SnapshotLimits;
  readonly gaps: Gaps;
  /** Processes that were looked at already; they keep their pins. */
  readonly looks: readonly FirstLook[];
  /** The other processes of the container. */
  readonly pids: readonly number[];
  readonly budget: LookBudget;
  /** The time is up. */
  readonly late: () => boolean;
  /** Told of each process that is looked at here: whoever takes its pin closes it. */
  readonly looked: (look: FirstLook) => void;
}

const namespaceKinds = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'] as const;
const statMax = 4096;
const pidsShown = 16;
const nothingOfMemory = { names: [], unusual: 0 };

/**
 * Takes what `/proc` has of a container, the most fleeting first: which processes there are and what they hold, then what each of them is told and
 * has mapped, then its network and its mounts. What has vanished or is beyond the limits is noted in `gaps`. Never throws.
 */
export function collect(input: CollectInput): Collected {
  const { limits, gaps, pids, late } = input;
  const looks = [...input.looks];
  for (const pid of pids) {
    if (looks.length >= limits.processes || late()) {
      gaps.add('processes', looks.length >= limits.processes ? 'limit' : 'time', pid);
      continue;
    }
    const look = firstLook(input.proc, pid, input);
    if (look === undefined) continue;
    looks.push(look);
    input.looked(look);
  }
  const libraries = new Map<string, MappedFile & { readonly pids: number[] }>();
  const users = new Map<string, readonly UserRange[]>();
  const processes = looks.map((look) => detailsOf(input, look, libraries, users));
  return {
    processes,
    networks: networksOf(input, processes),
    mounts: mountsOf(input, processes),
    libraries: [...libraries.values()],
  };
}

function detailsOf(
  { proc, limits, gaps, late }: CollectInput,
  look: FirstLook,
  libraries: Map<string, MappedFile & { readonly pids: number[] }>,
  users: Map<string, readonly UserRange[]>,
): ProcessView {
  const { pid, pin: _, ...rest } = look;
  let vanished = false;
  const attempt = <Value>(what: string, otherwise: Value, read: () => Value): Value => {
    if (vanished) return otherwise;
    if (late()) {
      gaps.add(what, 'time', pid);
      return otherwise;
    }
    try {
      return read();
    } catch (error) {
      // A zombie still has a name and nothing else.
      if (look.exe !== '') gaps.add(what, failureOf(error), pid);
      return otherwise;
    }
  };
  const stat = attempt('processes', undefined, () => parseStat(proc.read(`${pid}/stat`, statMax).bytes));
  if (stat !== undefined && stat.startTimeNs !== look.startTimeNs) gaps.add('processes', 'gone', pid);
  vanished = stat?.startTimeNs !== look.startTimeNs;
  const command = attempt('arguments', undefined, () => proc.read(`${pid}/cmdline`, limits.argumentBytes));
  const environment = attempt<EnvironmentNames>('environment', nothingOfMemory, () => {
    const { bytes, cut } = proc.read(`${pid}/environ`, limits.environmentBytes);
    if (cut) gaps.add('environment', 'limit', pid);
    return environmentNames(bytes, limits.environmentNames);
  });
  const namespaces: Record<string, string> = {};
  for (const kind of namespaceKinds) {
    // Not every kernel has all of them.
    const link = attemptQuietly(() => proc.link(`${pid}/ns/${kind}`));
    if (link !== undefined && !vanished) namespaces[kind] = link;
  }
  const { user } = namespaces;
  const ranges =
    user === undefined
      ? undefined
      : (users.get(user) ??
        attemptQuietly(() => userRangesOf(proc.read(`${pid}/uid_map`, statMax * 4).bytes.toString('latin1'))));
  if (user !== undefined && ranges !== undefined) users.set(user, ranges);
  const maps = attempt<CodeMaps>('libraries', { files: [], anonymousCode: 0, writableCode: 0 }, () => {
    const { bytes, cut } = proc.read(`${pid}/maps`, limits.tableBytes);
    if (cut) gaps.add('libraries', 'limit', pid);
    return parseMaps(bytes);
  });
  for (const file of maps.files) {
    const key = `${file.device} ${file.inode} ${file.path}`;
    const library = libraries.get(key);
    if (library === undefined && libraries.size >= limits.libraries) gaps.add('libraries', 'limit', file.path);
    else if (library === undefined) libraries.set(key, { ...file, pids: [pid] });
    else if (library.pids.length < pidsShown) library.pids.push(pid);
  }
  return {
    ...{ ...rest, pid, environment, namespaces, vanished },
    ...(ranges === undefined || isWholeNode(ranges)
      ? {}
      : { containerUids: look.status.uids.map((uid) => insideOf(ranges, uid) ?? null) }),
    args: command === undefined ? [] : splitArguments(command.bytes),
    argsCut: command?.cut ?? false,
    code: { anonymousCode: maps.anonymousCode, writableCode: maps.writableCode },
  };
}

/** The processes of each namespace of a kind. */
function byNamespace(
  { limits, gaps }: CollectInput,
  processes: readonly ProcessView[],
  kind: 'net' | 'mnt',
  what: string,
): readonly (readonly [namespace: string, processes: readonly ProcessView[]])[] {
  const groups = Map.groupBy(processes, ({ namespaces }) => namespaces[kind] ?? '');
  groups.delete('');
  if (groups.size > limits.namespaces) gaps.add(what, 'limit', 'namespaces', groups.size - limits.namespaces);
  return [...groups].slice(0, limits.namespaces);
}

function networksOf(input: CollectInput, processes: readonly ProcessView[]): readonly NetworkView[] {
  const { proc, limits, gaps, late } = input;
  const ofNode = attemptQuietly(() => proc.link('1/ns/net'));
  return byNamespace(input, processes, 'net', 'sockets').map(([namespace, members]) => {
    const holders = new Map<string, number[]>();
    for (const { pid, files } of members)
      for (const { inode } of files) {
        if (inode === undefined) continue;
        const pids = holders.get(inode);
        if (pids === undefined) holders.set(inode, [pid]);
        else if (!pids.includes(pid)) pids.push(pid);
      }
    const found: HeldSocket[] = [];
    for (const { file, parse } of socketTables) {
      if (late()) {
        gaps.add('sockets', 'time', file);
        continue;
      }
      const head = ofFirst(members, ({ pid }) => proc.read(`${pid}/net/${file}`, limits.tableBytes));
      if (head === undefined) {
        gaps.add('sockets', 'gone', file);
        continue;
      }
      if (head.cut) gaps.add('sockets', 'limit', file);
      for (const socket of parse(head.bytes)) {
        const pids = holders.get(socket.inode) ?? [];
        if (pids.length === 0 && namespace === ofNode) continue;
        found.push({ ...socket, pids });
      }
    }
    // A busy server has tens of thousands that wait for their end: what somebody has open must not be lost among them.
    const rank = ({ pids, state }: HeldSocket): number => (pids.length > 0 ? 0 : state === 'listen' ? 1 : 2);
    const sockets = found.toSorted((a, b) => rank(a) - rank(b)).slice(0, limits.sockets);
    if (sockets.length < found.length) gaps.add('sockets', 'limit', namespace, found.length - sockets.length);
    return { namespace, ofNode: namespace === ofNode, sockets };
  });
}

function mountsOf(input: CollectInput, processes: readonly ProcessView[]): readonly MountView[] {
  const { proc, limits, gaps, late } = input;
  return byNamespace(input, processes, 'mnt', 'mounts').flatMap(([namespace, members]) => {
    const head = late() ? undefined : ofFirst(members, ({ pid }) => proc.read(`${pid}/mountinfo`, limits.tableBytes));
    if (head === undefined) {
      gaps.add('mounts', late() ? 'time' : 'gone', namespace);
      return [];
    }
    const { mounts, cut } = parseMountinfo(head.bytes, limits.mounts);
    if (cut || head.cut) gaps.add('mounts', 'limit', namespace);
    return [{ namespace, mounts }];
  });
}

/** What the first process that is still there answers. */
function ofFirst<Value>(members: readonly ProcessView[], read: (member: ProcessView) => Value): Value | undefined {
  for (const member of members) {
    const value = attemptQuietly(() => read(member));
    if (value !== undefined) return value;
  }
  return undefined;
}

function attemptQuietly<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
