import { readFileSync, readlinkSync } from 'node:fs';
import { cgroupPlace } from '../identity/containers.ts';
import type { Container } from '../model/container.ts';
import type { Event } from '../model/event.ts';
import { insideOf, isWholeNode, userRangesOf } from '../model/user-map.ts';
import type { UserRange } from '../model/user-map.ts';

/** Containers whose processes were gone before anything could be read are not asked for again and again. */
const attemptsMax = 8;
const remembered = 4096;

interface Known {
  /** Undefined: not read yet. Empty: the users are the node's. */
  ranges: readonly UserRange[] | undefined;
  attempts: number;
}

/**
 * What users are called inside of containers that have a user namespace of their own (`hostUsers: false`, a remapping engine): the kernel tells them as the node
 * calls them, where root of such a container is nobody in particular. Each namespace's map is read once. Bounded: the container that was heard of longest ago is forgotten first.
 */
export class UserNamespaces {
  readonly #proc: string;
  readonly #isOf: (container: Container, pid: number) => boolean;
  readonly #byContainer: Map<string, Known> = new Map();
  /** By what /proc/PID/ns/user points to. */
  readonly #maps: Map<string, readonly UserRange[]> = new Map();

  /** For tests: another /proc, and who says that a process is the container's. */
  constructor(proc = '/proc', isOf: (container: Container, pid: number) => boolean = isOfContainer) {
    this.#proc = proc;
    this.#isOf = isOf;
  }

  /** The event, with what the process's user is called inside where that is another name. */
  named(event: Event, container: Container): Event {
    const { process } = event;
    if (process === undefined) return event;
    const containerUid = insideOf(this.#rangesOf(container, process.pid), process.uid);
    return containerUid === undefined ? event : { ...event, process: { ...process, containerUid } };
  }

  forget(containerId: string): void {
    this.#byContainer.delete(containerId);
  }

  #rangesOf(container: Container, pid: number): readonly UserRange[] {
    const known = this.#byContainer.get(container.id) ?? { ranges: undefined, attempts: 0 };
    if (known.attempts === 0) {
      this.#byContainer.set(container.id, known);
      trim(this.#byContainer);
    }
    if (known.ranges === undefined && known.attempts++ < attemptsMax)
      known.ranges = this.#read(container, container.pid) ?? this.#read(container, pid);
    return known.ranges ?? [];
  }

  #read(container: Container, pid: number): readonly UserRange[] | undefined {
    if (pid === 0) return undefined;
    try {
      const namespace = readlinkSync(`${this.#proc}/${pid}/ns/user`);
      const before = this.#maps.get(namespace);
      const ranges = before ?? userRangesOf(readFileSync(`${this.#proc}/${pid}/uid_map`, 'latin1'));
      // Looked at after: the pid may be another's by now. A map that is not written yet is empty.
      if (ranges.length === 0 || !this.#isOf(container, pid)) return undefined;
      this.#maps.delete(namespace);
      this.#maps.set(namespace, ranges);
      trim(this.#maps);
      return isWholeNode(ranges) ? [] : ranges;
    } catch {
      return undefined;
    }
  }
}

function isOfContainer(container: Container, pid: number): boolean {
  return cgroupPlace({ ...container, pid })?.id === container.cgroupId;
}

function trim(map: Map<string, unknown>): void {
  if (map.size > remembered)
    for (const oldest of map.keys()) {
      map.delete(oldest);
      return;
    }
}
