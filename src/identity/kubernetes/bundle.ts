import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** What the runtime on the node wrote down about a container before it started it. */
export interface Bundle {
  /** The pause container: it holds the pod's namespaces, and nothing of the workload runs in it. */
  readonly isSandbox: boolean;
  readonly container: string;
  readonly pod: string;
  readonly namespace: string;
  readonly podUid: string;
  /** Image as the runtime names it; may be empty. */
  readonly image: string;
}

/**
 * Where the runtimes keep the configuration that they give to runc or crun (OCI runtime specification, "Filesystem Bundle"): containerd's shim, and
 * CRI-O. It is there before the container's cgroup is made, so that a container is known from its first event, and with no API at all.
 */
const places = [
  '/run/containerd/io.containerd.runtime.v2.task/k8s.io',
  '/run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io',
  '/run/k0s/containerd/io.containerd.runtime.v2.task/k8s.io',
  '/var/snap/microk8s/common/run/containerd/io.containerd.runtime.v2.task/k8s.io',
  '/run/containers/storage/overlay-containers',
  '/var/lib/containers/storage/overlay-containers',
];
/** The agent's own view of the node, and that of the node's first process: the latter needs no mount where the agent has the node's PID namespace. */
const roots = ['', '/proc/1/root'];

const schema = z.object({ annotations: z.record(z.string(), z.string()) });

/** containerd: pkg/cri/annotations; CRI-O: pkg/annotations, and the kubelet's labels. */
const names = {
  type: ['io.kubernetes.cri.container-type', 'io.kubernetes.cri-o.ContainerType'],
  container: ['io.kubernetes.cri.container-name', 'io.kubernetes.container.name'],
  pod: ['io.kubernetes.cri.sandbox-name', 'io.kubernetes.pod.name'],
  namespace: ['io.kubernetes.cri.sandbox-namespace', 'io.kubernetes.pod.namespace'],
  podUid: ['io.kubernetes.cri.sandbox-uid', 'io.kubernetes.pod.uid'],
  image: ['io.kubernetes.cri.image-name', 'io.kubernetes.cri-o.ImageName', 'io.kubernetes.cri-o.Image'],
} as const;

/** The bundle of a container (64 hex digits); undefined when none can be read. `folders` is for tests. */
export function bundleOf(containerId: string, folders: readonly string[] = everywhere()): Bundle | undefined {
  for (const folder of folders)
    for (const file of [`${folder}/${containerId}/config.json`, `${folder}/${containerId}/userdata/config.json`]) {
      const found = bundleIn(file);
      if (found !== undefined) return found;
    }
  return undefined;
}

/** Folders of the node in which bundles are looked for. */
export function everywhere(): readonly string[] {
  return roots.flatMap((root) => places.map((place) => root + place));
}

function bundleIn(file: string): Bundle | undefined {
  try {
    return bundleOfConfig(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // Not this runtime, not readable from here, or already gone.
    return undefined;
  }
}

/** What the annotations of a runtime's `config.json` say; undefined when it is not a container of the CRI. Pure. */
export function bundleOfConfig(config: unknown): Bundle | undefined {
  const annotations = schema.safeParse(config).data?.annotations;
  const first = (keys: readonly string[]): string =>
    keys.map((key) => annotations?.[key]).find((value) => value !== undefined) ?? '';
  const type = first(names.type);
  if (type === '') return undefined;
  return {
    isSandbox: type === 'sandbox',
    container: first(names.container),
    pod: first(names.pod),
    namespace: first(names.namespace),
    podUid: first(names.podUid),
    image: first(names.image),
  };
}
