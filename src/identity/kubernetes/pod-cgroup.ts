/** What the path of a container's cgroup says by itself, with no API at hand. */
export interface PodCgroup {
  /**
   * As the kubelet names the cgroup: the pod's uid, or of a static pod the hash of its file (annotation `kubernetes.io/config.hash` of its
   * mirror pod).
   */
  readonly podUid: string;
  readonly containerId: string;
}

const uid = '[0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32}';
const id = '[0-9a-f]{64}';
/** `podUID` (cgroupfs), `kubepods-burstable-podUID_WITH_UNDERSCORES.slice` (systemd), the latter with more in front in kind. */
const podName = new RegExp(`^(?:[a-z0-9]+-)*pod(${uid})(?:\\.slice)?$`);
/** `ID`, `crio-ID`, `cri-containerd-ID.scope`; conmon, which keeps a container of CRI-O, has a cgroup of its own that bears the id. */
const containerName = new RegExp(`^(?!(?:[a-z-]+-)?conmon-)(?:[a-z-]+-)?(${id})(?:\\.scope)?$`);
/** containerd that was set up for cgroupfs below a kubelet that is set up for systemd makes one name of the three parts. */
const joinedName = new RegExp(`^(?:[a-z0-9]+-)*pod(${uid})(?:\\.slice)?:[a-z-]+:(${id})$`);

/**
 * Pod and container of a cgroup path that ends in a container of a pod; undefined for all others: what is inside a container, pods
 * themselves, containers of plain engines. cgroup v1 and v2, both drivers of the kubelet, containerd, CRI-O and Docker, below any parent
 * (`/docker/ID/kubelet/…` in kind, `/docker/ID/…` in k3d).
 * Source: Kubernetes, pkg/kubelet/cm/cgroup_manager_linux.go (names), pkg/kubelet/cm/pod_container_manager_linux.go (pod uid). Pure.
 */
export function podOfCgroupPath(path: string): PodCgroup | undefined {
  const parts = path.split('/');
  if (!parts.some((part) => part.includes('kubepods'))) return undefined;
  const last = parts.at(-1) ?? '';
  const [, joinedUid, joinedId] = joinedName.exec(last) ?? [];
  if (joinedUid !== undefined && joinedId !== undefined) return { podUid: plain(joinedUid), containerId: joinedId };
  const podUid = podName.exec(parts.at(-2) ?? '')?.[1];
  const containerId = containerName.exec(last)?.[1];
  return podUid === undefined || containerId === undefined ? undefined : { podUid: plain(podUid), containerId };
}

/** systemd gives `-` a meaning of its own: the kubelet writes `_`. */
function plain(podUid: string): string {
  return podUid.replaceAll('_', '-');
}
