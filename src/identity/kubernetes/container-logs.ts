import { readdirSync } from 'node:fs';
import type { Bundle } from './bundle.ts';

/** The kubelet's links to the logs of containers (kuberuntime, `legacyLogSymlink`): they stay for as long as it keeps the container that ended. */
const usualFolders = ['/var/log/containers', '/proc/1/root/var/log/containers'];

/** `POD_NAMESPACE_CONTAINER-ID.log`. */
const link = /^(?<pod>[a-z0-9][a-z0-9.-]*)_(?<namespace>[a-z0-9-]+)_(?<container>[a-z0-9-]+)-(?<id>[0-9a-f]{64})\.log$/;

/**
 * Who a container is, by the name of the link that the kubelet made to its log: for containers whose runtime has cleared away already. Says nothing of the
 * image. undefined: there is none, or the names are too long for a file name and were cut.
 */
export function bundleOfLog(
  containerId: string,
  podUid: string,
  folders: readonly string[] = usualFolders,
): Bundle | undefined {
  for (const folder of folders)
    for (const name of namesIn(folder)) {
      if (!name.endsWith(`-${containerId}.log`)) continue;
      const { pod = '', namespace = '', container = '' } = link.exec(name)?.groups ?? {};
      if (pod !== '') return { isSandbox: false, container, pod, namespace, podUid, image: '' };
    }
  return undefined;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // No kubelet here, or nothing that may be seen.
    return [];
  }
}
