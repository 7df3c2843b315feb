import type { KernelKey } from '../model/event.ts';
import type { Stratum } from '../model/feature.ts';
import { watched, watchedFlags } from './layout.ts';
import { updateAny, updateOnlyExisting } from './libbpf.ts';
import type { Libbpf } from './libbpf.ts';
import { workloadNumber } from './known-map.ts';
import { NamespaceMap } from './namespace-map.ts';

/** What the kernel is told about a container. */
export interface WatchedContainer {
  readonly cgroupId: string;
  readonly workloadId: string;
  readonly sample: number;
  readonly stratum: Stratum;
  /** Everything is told in full, within the kernel's bound; default: as it was. */
  readonly capture?: boolean;
  /** Inodes of namespaces in which a process is the container's, whatever its cgroup; default: as they were. */
  readonly namespaces?: readonly number[];
}

export type Pattern = 'folded' | 'directory' | 'port' | 'parent';

/** The kernel's map of watched cgroups. Cgroups made inside a container stand for the container. */
export class WatchedMap {
  readonly #libbpf: Libbpf;
  readonly #fd: number;
  readonly #namespaces: NamespaceMap;
  readonly #containers: Map<string, WatchedContainer> = new Map();
  readonly #inside: Map<string, Set<string>> = new Map();
  readonly #patterns: Map<string, number> = new Map();
  readonly #captured: Set<string> = new Set();
  /** Containers that did not fit into the map: they are not seen. */
  full = 0;

  constructor(libbpf: Libbpf, fd: number, namespacesFd: number) {
    this.#libbpf = libbpf;
    this.#fd = fd;
    this.#namespaces = new NamespaceMap(libbpf, namespacesFd);
  }

  /** Watches a container, or moves it to another sample. `insideIds`: cgroups that were made inside before the sensor started. */
  set(container: WatchedContainer, insideIds: readonly string[] = []): void {
    const { cgroupId } = container;
    const first = !this.#containers.has(cgroupId);
    if (container.capture === true) this.#captured.add(cgroupId);
    if (container.capture === false) this.#captured.delete(cgroupId);
    this.#containers.set(cgroupId, container);
    for (const id of insideIds) this.addInside(cgroupId, id);
    this.#write(container, cgroupId, first);
    if (container.namespaces !== undefined) this.#namespaces.set(cgroupId, container.namespaces);
    for (const id of this.#inside.get(cgroupId) ?? []) this.#write(container, id, insideIds.includes(id));
  }

  /** A cgroup was made inside a container (the kernel watches it already). */
  addInside(cgroupId: string, insideId: string): void {
    const ids = this.#inside.get(cgroupId) ?? new Set();
    ids.add(insideId);
    this.#inside.set(cgroupId, ids);
  }

  /** Stops to watch a container, or a cgroup that turned out to be none. */
  remove(cgroupId: string): void {
    for (const id of [cgroupId, ...(this.#inside.get(cgroupId) ?? [])]) this.#libbpf.remove(this.#fd, keyBytes(id));
    this.#namespaces.remove(cgroupId);
    this.#containers.delete(cgroupId);
    this.#inside.delete(cgroupId);
    this.#captured.delete(cgroupId);
  }

  /** Tells everything of a container from now on, or only what is new again. Nothing for one that is not watched. */
  capture(cgroupId: string, on: boolean): void {
    const container = this.#containers.get(cgroupId);
    if (container !== undefined) this.set({ ...container, capture: on });
  }

  /** The workload has keys of this form from now on, so that the kernel looks for them. */
  addPattern(workloadId: string, pattern: Pattern): void {
    const before = this.#patterns.get(workloadId) ?? 0;
    const after = before | watchedFlags[pattern];
    if (after === before) return;
    this.#patterns.set(workloadId, after);
    for (const container of this.#containers.values()) if (container.workloadId === workloadId) this.set(container);
  }

  #write({ cgroupId, workloadId, sample, stratum }: WatchedContainer, id: string, mayBeNew: boolean): void {
    const value = Buffer.alloc(watched.sizeBytes);
    value.writeBigUInt64LE(BigInt(cgroupId), watched.members.container[0]);
    value.writeBigUInt64LE(workloadNumber(workloadId), watched.members.workload[0]);
    value.writeUInt32LE(sample >>> 0, watched.members.sample[0]);
    value.writeUInt8(stratum === 'steady' ? 1 : 0, watched.members.stratum[0]);
    const capture = this.#captured.has(cgroupId) ? watchedFlags.capture : 0;
    value.writeUInt8((this.#patterns.get(workloadId) ?? 0) | capture, watched.members.flags[0]);
    const result = this.#libbpf.update(this.#fd, keyBytes(id), value, mayBeNew ? updateAny : updateOnlyExisting);
    if (result !== 0 && mayBeNew) this.full++;
  }
}

/** A cgroup id as a key of the kernel's maps. */
export function keyBytes(cgroupId: string): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(cgroupId), 0);
  return bytes;
}

/** The pattern that a key is of, which the kernel then looks for in this workload; undefined for exact keys. */
export function patternOf(key: KernelKey): Pattern | undefined {
  if (key.kind.endsWith('.folded')) return 'folded';
  if (key.kind.endsWith('.directory')) return 'directory';
  if (key.kind === 'dns.parent') return 'parent';
  return key.kind === 'net.out.port' ? 'port' : undefined;
}
