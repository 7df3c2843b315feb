import { readdirSync, readlinkSync } from 'node:fs';
import { readHead } from '../lib/proc-file.ts';
import type { KernelContainer, KernelLimits } from './reading.ts';
import { cpusOf, kernelMounts, limitOf, listeningPorts, rootUidOf, statusFields } from './kernel-text.ts';

const namespaces = ['net', 'pid', 'ipc', 'uts', 'user', 'cgroup'] as const;
type Namespace = (typeof namespaces)[number];

/** Inodes of the node's namespaces (include/uapi/linux/nsfs.h); that of `net` is one of them from Linux 6.17 on. */
const initial: Readonly<Record<Namespace, string>> = {
  ipc: 'ipc:[4026531839]',
  uts: 'uts:[4026531838]',
  user: 'user:[4026531837]',
  pid: 'pid:[4026531836]',
  cgroup: 'cgroup:[4026531835]',
  net: 'net:[4026531833]',
};

const textMax = 1 << 20;
const mountsMax = 1024;
/** Of one container; the rest is not looked at for an SSH server. */
const processesMax = 256;

/** Undefined where it cannot be read. */
export function textOf(path: string): string | undefined {
  try {
    return readHead(path, textMax).bytes.toString('latin1');
  } catch {
    return undefined;
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/**
 * What the kernel says of a container, by its first process. Undefined when that is gone, or may not be looked at.
 * @param mounts Where the hierarchies of cgroups are, of `cgroupMounts`: the same for all containers of a node
 * @param proc `/proc` unless a test has another
 */
export function readKernel(
  pid: number,
  mounts: readonly CgroupMount[],
  proc: string = '/proc',
): KernelContainer | undefined {
  if (pid === 0) return undefined;
  const at = `${proc}/${String(pid)}`;
  const text = textOf(`${at}/status`);
  const status = text === undefined ? undefined : statusFields(text);
  if (status === undefined) return undefined;
  const mountinfo = textOf(`${at}/mountinfo`);
  const ownMounts = kernelMounts(mountinfo ?? '', mountsMax);
  const hostNamespaces = sharedWithNode(
    Object.fromEntries(namespaces.map((name) => [name, linkOf(`${at}/ns/${name}`)])),
    Object.fromEntries(namespaces.map((name) => [name, linkOf(`${proc}/1/ns/${name}`)])),
    linkOf(`${proc}/self/ns/net`),
  );
  const label = textOf(`${at}/attr/current`)?.replaceAll('\0', '').trim();
  const places = cgroupPlaces(textOf(`${at}/cgroup`) ?? '', mounts);
  return {
    ...status,
    rootUid: rootUidOf(textOf(`${at}/uid_map`) ?? ''),
    label: label === undefined || label === '' ? undefined : label,
    rootReadonly: ownMounts.findLast(({ point }) => point === '/')?.readonly,
    mounts: ownMounts,
    hostNamespaces,
    limits: limitsAt(places),
    programs: programsAt(places, proc),
    listening: undefined,
  };
}

type Links = Readonly<Partial<Record<string, string | undefined>>>;

/**
 * Which namespaces a process shares with the node, by the links of both; where those of the node's first process may not be read, by the numbers that the
 * kernel gives to its own. Undefined where that cannot be told. Pure.
 */
export function sharedWithNode(
  own: Links,
  first: Links,
  netOfSelf: string | undefined,
): readonly Namespace[] | undefined {
  const shared: Namespace[] = [];
  for (const name of namespaces) {
    const link = own[name];
    if (link === undefined) return undefined;
    const there = first[name] ?? initial[name];
    if (link === there) shared.push(name);
    else if (first[name] === undefined && name === 'net' && netOfSelf !== initial.net) return undefined;
  }
  return shared;
}

/**
 * What a process's network listens on, of the ports that are asked for (`80/tcp`); undefined where it cannot be read. To be asked seldom: the kernel goes
 * through the connections of the whole node for each file, which takes milliseconds on a large one.
 */
export function readListening(
  pid: number,
  ports: readonly string[],
  proc: string = '/proc',
): readonly string[] | undefined {
  const found = new Set<string>();
  for (const protocol of ['tcp', 'udp'] as const) {
    const wanted = ports.filter((port) => port.endsWith(`/${protocol}`));
    for (const version of ['', '6']) {
      if (wanted.every((port) => found.has(port))) break;
      const text = textOf(`${proc}/${String(pid)}/net/${protocol}${version}`);
      if (text === undefined && version === '') return undefined;
      for (const port of listeningPorts(text ?? '', protocol)) found.add(port);
    }
  }
  return [...found];
}

/** Directories of a container's cgroup: of the unified hierarchy, and by controller of cgroup v1. */
interface CgroupPlaces {
  readonly unified: string | undefined;
  readonly legacy: ReadonlyMap<string, string>;
}

/** A mounted hierarchy of cgroups. */
export interface CgroupMount {
  readonly point: string;
  readonly root: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** @param mountinfo of this program. Pure. */
export function cgroupMounts(mountinfo: string): readonly CgroupMount[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [left = '', right = ''] = line.split(' - ', 2);
    const [type = '', , options = ''] = right.split(' ');
    if (type !== 'cgroup' && type !== 'cgroup2') return [];
    return [{ point: left.split(' ')[4] ?? '', root: left.split(' ')[3] ?? '', type, options: options.split(',') }];
  });
}

/** @param cgroup of the process. Pure. */
export function cgroupPlaces(cgroup: string, mounts: readonly CgroupMount[]): CgroupPlaces {
  const legacy = new Map<string, string>();
  let unified: string | undefined;
  for (const line of cgroup.split('\n')) {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (!path.startsWith('/')) continue;
    if (controllers === '') {
      const mount = mounts.find(({ type }) => type === 'cgroup2');
      if (mount !== undefined) unified = below(mount, path);
      continue;
    }
    for (const controller of controllers.split(',')) {
      const mount = mounts.find(({ type, options }) => type === 'cgroup' && options.includes(controller));
      if (mount !== undefined) legacy.set(controller, below(mount, path));
    }
  }
  return { unified, legacy };
}

/** Where a part of the hierarchy is mounted (the agent in a container), paths begin there. */
function below({ point, root }: CgroupMount, path: string): string {
  return `${point}${root !== '/' && path.startsWith(`${root}/`) ? path.slice(root.length) : path}`;
}

/** The first of the two hierarchies that has the controller says it. */
function limitsAt({ unified, legacy }: CgroupPlaces): KernelLimits {
  const read = (controller: string, file: string, old: string): string | undefined => {
    const place = legacy.get(controller);
    if (place !== undefined) return textOf(`${place}/${old}`);
    return unified === undefined ? undefined : textOf(`${unified}/${file}`);
  };
  const period = legacy.has('cpu') ? read('cpu', '', 'cpu.cfs_period_us') : undefined;
  return {
    memoryBytes: limitOf(read('memory', 'memory.max', 'memory.limit_in_bytes')),
    pids: limitOf(read('pids', 'pids.max', 'pids.max')),
    cpus: cpusOf(read('cpu', 'cpu.max', 'cpu.cfs_quota_us'), period),
  };
}

function programsAt(places: CgroupPlaces, proc: string): readonly string[] {
  const names = pidsAt(places).flatMap((pid) => textOf(`${proc}/${pid}/comm`)?.trim() ?? []);
  return [...new Set(names)];
}

function pidsAt({ unified, legacy }: CgroupPlaces): readonly string[] {
  const place = unified ?? legacy.get('pids') ?? legacy.get('name=systemd');
  const pids = place === undefined ? '' : (textOf(`${place}/cgroup.procs`) ?? '');
  return pids
    .split('\n')
    .filter((pid) => pid !== '')
    .slice(0, processesMax);
}

/** Processes of the container that a process is in, at most 256. */
export function processesBeside(
  pid: number,
  mounts: readonly CgroupMount[],
  proc: string = '/proc',
): readonly string[] {
  return pidsAt(cgroupPlaces(textOf(`${proc}/${String(pid)}/cgroup`) ?? '', mounts));
}

/** A process of the node: the kernel's name of its program, and its arguments. */
export interface NamedProcess {
  readonly name: string;
  readonly words: readonly string[];
}

/** Processes whose name fits, in one walk through `/proc`. Never throws. */
export function processesNamed(fits: RegExp, proc: string = '/proc'): readonly NamedProcess[] {
  let pids: readonly string[] = [];
  try {
    pids = readdirSync(proc).filter((entry) => /^\d+$/.test(entry));
  } catch {
    return [];
  }
  return pids.flatMap((pid) => {
    const name = textOf(`${proc}/${pid}/comm`)?.trim() ?? '';
    if (!fits.test(name)) return [];
    const words = (textOf(`${proc}/${pid}/cmdline`) ?? '').split('\0').filter((word) => word !== '');
    return [{ name, words }];
  });
}
