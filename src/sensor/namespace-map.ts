import { statSync } from 'node:fs';
import type { Libbpf } from './libbpf.ts';
import { updateAny } from './libbpf.ts';

/** Which namespaces say that a process is inside a container. Network namespaces do not: to look into one is everyday work. */
const kinds = ['mnt', 'pid'] as const;

/**
 * Inodes of the mount and pid namespaces of a process, without those that it shares with the node's first process or with this one; none when it is gone.
 * @param pid of the container's first process
 */
export function namespacesOf(pid: number, proc = '/proc'): readonly number[] {
  return kinds.flatMap((kind) => {
    const inode = inodeOf(`${proc}/${pid}/ns/${kind}`);
    const shared = ['1', 'self'].some((other) => inodeOf(`${proc}/${other}/ns/${kind}`) === inode);
    return inode === undefined || shared ? [] : [inode];
  });
}

function inodeOf(path: string): number | undefined {
  try {
    return statSync(path).ino;
  } catch {
    return undefined;
  }
}

/**
 * The kernel's map of containers' namespaces, by which it knows who entered a container without joining its cgroup. Containers that share
 * a namespace (the pid namespace of a pod) stand for it one after the other: the one that was watched first, until it ends. It has room
 * for two namespaces of each container that the map of watched cgroups has room for.
 */
export class NamespaceMap {
  readonly #libbpf: Pick<Libbpf, 'update' | 'remove'>;
  readonly #fd: number;
  /** By inode: the containers that are in it, the first of which the kernel knows. */
  readonly #holders: Map<number, string[]> = new Map();
  readonly #inodes: Map<string, readonly number[]> = new Map();

  constructor(libbpf: Pick<Libbpf, 'update' | 'remove'>, fd: number) {
    this.#libbpf = libbpf;
    this.#fd = fd;
  }

  /** @param inodes as `namespacesOf` answers them */
  set(cgroupId: string, inodes: readonly number[]): void {
    const before = this.#inodes.get(cgroupId) ?? [];
    if (before.length === inodes.length && before.every((inode, i) => inode === inodes[i])) return;
    this.remove(cgroupId);
    this.#inodes.set(cgroupId, inodes);
    for (const inode of inodes) {
      const holders = this.#holders.get(inode) ?? [];
      holders.push(cgroupId);
      this.#holders.set(inode, holders);
      if (holders.length === 1) this.#write(inode, cgroupId);
    }
  }

  remove(cgroupId: string): void {
    for (const inode of this.#inodes.get(cgroupId) ?? []) {
      const holders = this.#holders.get(inode) ?? [];
      const left = holders.filter((id) => id !== cgroupId);
      const [first] = left;
      if (first === undefined) {
        this.#holders.delete(inode);
        this.#libbpf.remove(this.#fd, keyOf(inode));
        continue;
      }
      this.#holders.set(inode, left);
      if (first !== holders[0]) this.#write(inode, first);
    }
    this.#inodes.delete(cgroupId);
  }

  #write(inode: number, cgroupId: string): void {
    const value = Buffer.alloc(8);
    value.writeBigUInt64LE(BigInt(cgroupId), 0);
    this.#libbpf.update(this.#fd, keyOf(inode), value, updateAny);
  }
}

function keyOf(inode: number): Buffer {
  const key = Buffer.alloc(4);
  key.writeUInt32LE(inode >>> 0, 0);
  return key;
}
