import { readFileSync, statSync } from 'node:fs';
import { ownText } from '../lib/own-text.ts';

/** conmon, which keeps a container of Podman or CRI-O, has a cgroup of its own that bears the container's id (`libpod-conmon-ID.scope`). */
const containerName = /^(?!(?:[a-z-]+-)?conmon-)(?:[a-z-]+-|[^/]*:[a-z-]+:)?([0-9a-f]{64})(?:\.scope)?$/;

/**
 * The container id in a cgroup path: the innermost name that is 64 hex digits, plain (`docker/ID`) or as a systemd scope
 * (`docker-ID.scope`, `libpod-ID.scope`, `cri-containerd-ID.scope`), or joined to its pod's (`…slice:cri-containerd:ID`). A name of 32 digits is never one. Whether it is a container is for the
 * engine to say. Pure.
 */
export function containerIdOfCgroupPath(path: string): string | undefined {
  return path
    .split('/')
    .map(idInName)
    .findLast((id) => id !== undefined);
}

function idInName(name: string): string | undefined {
  return containerName.exec(name)?.[1];
}

/**
 * The container's own part of a process's cgroup path: a process may sit in a cgroup that was made inside the container, under whatever
 * name. The path itself where the container's id is not in it. Pure.
 */
export function ownCgroupPath(path: string, containerId: string): string {
  const parts = path.split('/');
  const at = parts.findIndex((part) => idInName(part) === containerId);
  return at < 0 ? path : parts.slice(0, at + 1).join('/');
}

/** Path in the unified hierarchy of a text of /proc/PID/cgroup (cgroups(7)). Pure. */
export function unifiedPath(text: string): string | undefined {
  return /^0::(.*)$/m.exec(text)?.[1];
}

/** Mount point of the unified hierarchy in a text of /proc/self/mountinfo; undefined where there is none. Pure. */
export function unifiedMount(mountinfo: string): string | undefined {
  for (const line of mountinfo.split('\n')) {
    const [left = '', right = ''] = line.split(' - ');
    if (right.startsWith('cgroup2 ')) return left.split(' ')[4];
  }
  return undefined;
}

/** Controllers of cgroup v1 that engines put every container into, best first. */
const legacyControllers = ['name=systemd', 'pids', 'memory', 'cpu'] as const;

/**
 * Where a process's cgroup stands: in the unified hierarchy, or, on a node that has none, in one of cgroup v1.
 * @param mountinfo /proc/self/mountinfo; `cgroup`: /proc/PID/cgroup. Pure.
 */
export function placeInHierarchy(
  mountinfo: string,
  cgroup: string,
): { readonly mount: string; readonly path: string } | undefined {
  const unified = unifiedMount(mountinfo);
  const path = unifiedPath(cgroup);
  if (unified !== undefined) return path === undefined ? undefined : { mount: unified, path };
  for (const controller of legacyControllers) {
    const mount = legacyMount(mountinfo, controller);
    const legacy = legacyPath(cgroup, controller);
    if (mount !== undefined && legacy !== undefined) return { mount, path: legacy };
  }
  return undefined;
}

function legacyMount(mountinfo: string, controller: string): string | undefined {
  for (const line of mountinfo.split('\n')) {
    const [left = '', right = ''] = line.split(' - ');
    const [type, , options = ''] = right.split(' ');
    if (type === 'cgroup' && options.split(',').includes(controller)) return left.split(' ')[4];
  }
  return undefined;
}

function legacyPath(cgroup: string, controller: string): string | undefined {
  for (const line of cgroup.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers?.split(',').includes(controller) === true) return path;
  }
  return undefined;
}

/** Where a container's cgroup stands and what the kernel calls it. */
export interface CgroupPlace {
  /** Inode of the directory, decimal: the kernel's cgroup id. */
  readonly id: string;
  readonly directory: string;
  /** Inside the hierarchy: `/docker/ID`, the same in every controller's on most nodes. */
  readonly path: string;
}

/**
 * The cgroup of a container by one of its processes. Undefined when the process is gone. On a node without a unified hierarchy the id is that of
 * a cgroup v1 directory: enough for polling, unknown to the kernel sensor.
 */
export function cgroupOf(pid: number, containerId: string): CgroupPlace | undefined {
  let cgroup: string;
  try {
    cgroup = readFileSync(`/proc/${pid}/cgroup`, 'latin1');
  } catch {
    return undefined;
  }
  const place = placeBy(knownMounts, cgroup, containerId);
  if (place !== undefined) return place;
  knownMounts = cgroupMounts();
  return placeBy(knownMounts, cgroup, containerId);
}

/** What mountinfo says of cgroup trees. With 50 containers it has 60 KB, of which they are a few lines: it is read again when they lead nowhere. */
let knownMounts = '';

function cgroupMounts(): string {
  try {
    const lines = readFileSync('/proc/self/mountinfo', 'latin1').split('\n');
    return ownText(lines.filter((line) => line.includes(' - cgroup')).join('\n'));
  } catch {
    return '';
  }
}

function placeBy(mountinfo: string, cgroup: string, containerId: string): CgroupPlace | undefined {
  const place = placeInHierarchy(mountinfo, cgroup);
  if (place === undefined) return undefined;
  // They outlive the texts that they are from.
  const own = ownText(ownCgroupPath(place.path, containerId));
  const directory = `${ownText(place.mount)}${own}`;
  try {
    return { id: statSync(directory, { bigint: true }).ino.toString(), directory, path: own };
  } catch {
    return undefined;
  }
}
