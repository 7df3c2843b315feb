import { cgroupPlace } from '../identity/containers.ts';
import type { Container } from '../model/container.ts';
import { namespacesOf } from '../sensor/namespace-map.ts';

/** Inodes of the mount and pid namespaces that are the container's and not the node's; none when it has ended. */
export function ownNamespaces(container: Container): readonly number[] {
  if (container.pid === 0) return [];
  const inodes = namespacesOf(container.pid);
  // Looked at after: a pid that was given to somebody else meanwhile is in another cgroup.
  return cgroupPlace(container)?.id === container.cgroupId ? inodes : [];
}
