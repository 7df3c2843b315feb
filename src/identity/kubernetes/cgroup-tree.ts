import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { placeInHierarchy } from '../cgroup.ts';
import { podOfCgroupPath } from './pod-cgroup.ts';
import type { PodCgroup } from './pod-cgroup.ts';

/** A container of a pod, as its cgroup shows it. */
export interface PodCgroupPlace extends PodCgroup {
  /** Inode of the directory, decimal: the kernel's cgroup id. */
  readonly cgroupId: string;
  readonly directory: string;
}

/** Folders deep enough for `/docker/ID/kubelet.slice/…` and rootless k3s. */
const depthMax = 12;

/** The tree of the unified hierarchy, or where there is none of the v1 controller that the agent itself is placed by; undefined without either. */
export function treeMount(): string | undefined {
  try {
    return placeInHierarchy(readFileSync('/proc/self/mountinfo', 'latin1'), readFileSync('/proc/self/cgroup', 'latin1'))
      ?.mount;
  } catch {
    return undefined;
  }
}

/** True when a kubelet made its cgroups at the top of this tree: containers of pods run here. */
export function hasPods(mount: string): boolean {
  return ['kubepods', 'kubepods.slice', 'kubelet', 'kubelet.slice'].some((name) => existsSync(`${mount}/${name}`));
}

/** All containers of pods in the tree, sandboxes among them; not what is inside of them. What goes away meanwhile is left out. */
export function podCgroups(mount: string): readonly PodCgroupPlace[] {
  const found: PodCgroupPlace[] = [];
  const visit = (path: string, depth: number): void => {
    const pod = podOfCgroupPath(path);
    if (pod !== undefined) {
      const place = placeOf(`${mount}${path}`, pod);
      if (place !== undefined) found.push(place);
      return;
    }
    if (depth >= depthMax) return;
    for (const name of foldersIn(`${mount}${path}`)) visit(`${path}/${name}`, depth + 1);
  };
  visit('', 0);
  return found;
}

/**
 * Where the cgroup stands that the kernel announced: its path is the node's, the agent's tree may begin further down.
 * @returns undefined when it is gone, or not in this tree
 */
export function announcedPlace(mount: string, path: string, cgroupId: string): PodCgroupPlace | undefined {
  const pod = podOfCgroupPath(path);
  if (pod === undefined) return undefined;
  const parts = path.split('/').slice(1);
  for (let skipped = 0; skipped < parts.length; skipped++) {
    const place = placeOf(`${mount}/${parts.slice(skipped).join('/')}`, pod);
    if (place?.cgroupId === cgroupId) return place;
  }
  return undefined;
}

function placeOf(directory: string, pod: PodCgroup): PodCgroupPlace | undefined {
  try {
    return { ...pod, directory, cgroupId: statSync(directory, { bigint: true }).ino.toString() };
  } catch {
    return undefined;
  }
}

/** The first process of a container (it is the first of its PID namespace, unless the pod shares one), also where crun put it one level down (`crio-ID.scope/container`); 0 when none is seen. */
export function firstPid(directory: string): number {
  for (const folder of [directory, ...foldersIn(directory).map((name) => `${directory}/${name}`)])
    try {
      const pids = readFileSync(`${folder}/cgroup.procs`, 'latin1')
        .split('\n')
        .map(Number)
        .filter((pid) => pid > 0);
      const [some] = pids;
      if (some !== undefined) return pids.slice(0, pidsLooked).find(isFirstOfNamespace) ?? some;
    } catch {
      // Gone, or threaded.
    }
  return 0;
}

/** The kernel lists the processes of a cgroup in no order that it promises (cgroups(7)): so many are looked at. */
const pidsLooked = 64;

function isFirstOfNamespace(pid: number): boolean {
  try {
    return /^NSpid:\t\d+(?:\t\d+)*\t1$/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}

/** When the directory was made, milliseconds since the epoch; undefined when it is gone. */
export function madeAtMs(directory: string): number | undefined {
  try {
    return statSync(directory).ctimeMs;
  } catch {
    return undefined;
  }
}

/** Upstream's pause program, by its name: all there is to know a sandbox by where the runtime's files cannot be read. */
export function isPause(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'latin1').trim() === 'pause';
  } catch {
    return false;
  }
}

function foldersIn(directory: string): readonly string[] {
  try {
    // Two links are the directory's own: nothing is below.
    if (statSync(directory).nlink === 2) return [];
    return readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    );
  } catch {
    return [];
  }
}
