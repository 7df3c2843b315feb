import type { Container } from '../../model/container.ts';
import { workloadNamed } from '../workload.ts';
import type { Bundle } from './bundle.ts';
import { ownerByName } from './owner.ts';
import type { PodOwner } from './owner.ts';
import type { Pod, PodContainer } from './pod.ts';
import type { PodCgroup } from './pod-cgroup.ts';
import type { PodMember } from './pods.ts';

/** What a container is called whose pod is known, and nothing else. */
export const nameless = 'unknown';

/** All that is known of a cgroup of a pod at this moment. */
export interface Clues {
  readonly cgroup: PodCgroup;
  /** What the runtime wrote down; undefined where it cannot be read. */
  readonly bundle: Bundle | undefined;
  /** What it wrote down of another container of the pod; undefined where it cannot be read, or was not seen. */
  readonly mate?: Bundle | undefined;
  /** What the API says of the pod; undefined while, or where, it says nothing. */
  readonly pod: Pod | undefined;
  /** The container that the API says has this very id. */
  readonly member: PodMember | undefined;
  /** `off`: there is no API to ask; `away`: it does not answer; `current`: what it told is the state of things. */
  readonly api: 'off' | 'away' | 'current';
  /** Its first process is called as the pause program is. */
  readonly isPause: boolean;
}

/** `sure`: nothing that comes later would change it but the image's digest. `best`: more may become known. */
export type Identification =
  | { readonly who: 'container'; readonly certainty: 'sure' | 'best'; readonly identity: PodIdentity }
  | { readonly who: 'sandbox' | 'nobody' };

/** What a container is called and made of. */
export interface PodIdentity {
  readonly namespace: string;
  readonly podName: string;
  readonly owner: PodOwner;
  readonly containerName: string;
  readonly image: string;
  readonly pod: Pod | undefined;
  readonly spec: PodContainer | undefined;
}

/**
 * Who a container's cgroup is, from the best source to the least: the id in the pod's status; the runtime's own files, with or without the pod; the
 * only container of the pod that has not started; what the runtime wrote of another container of the pod; the pod's uid in the path. Where the API is current and knows no such pod, and no runtime wrote
 * of it, a cgroup's name alone makes no container. Pure.
 */
export function identify({ cgroup, bundle, mate, pod, member, api, isPause }: Clues): Identification {
  if (bundle?.isSandbox === true) return { who: 'sandbox' };
  if (member !== undefined) return found('sure', member.pod, member.container);
  if (bundle !== undefined) {
    if (pod !== undefined) {
      const spec = pod.containers.find(({ name }) => name === bundle.container);
      // An ephemeral container starts before the watch tells that it was added.
      return found(spec === undefined ? 'best' : 'sure', pod, spec, bundle);
    }
    const identity = {
      ...{
        namespace: bundle.namespace,
        podName: bundle.pod,
        owner: ownerByName(bundle.pod),
        containerName: bundle.container,
      },
      ...{ image: bundle.image, pod: undefined, spec: undefined },
    };
    return { who: 'container', certainty: api === 'off' ? 'sure' : 'best', identity };
  }
  if (isPause) return { who: 'sandbox' };
  if (pod !== undefined) {
    const open = pod.containers.filter(({ state }) => state !== 'running');
    return found(
      'best',
      pod,
      open.length === 1 ? open[0] : pod.containers.length === 1 ? pod.containers[0] : undefined,
    );
  }
  if (mate !== undefined) {
    const { namespace, pod: podName } = mate;
    const identity = {
      ...{ namespace, podName, owner: ownerByName(podName), containerName: nameless },
      ...{ image: '', pod: undefined, spec: undefined },
    };
    return { who: 'container', certainty: 'best', identity };
  }
  if (api === 'current') return { who: 'nobody' };
  const identity = {
    ...{ namespace: 'unknown', podName: cgroup.podUid, owner: { kind: 'pod', name: cgroup.podUid } },
    ...{ containerName: cgroup.containerId.slice(0, 12), image: '', pod: undefined, spec: undefined },
  };
  return { who: 'container', certainty: api === 'off' ? 'sure' : 'best', identity };
}

function found(certainty: 'sure' | 'best', pod: Pod, spec: PodContainer | undefined, bundle?: Bundle): Identification {
  return {
    who: 'container',
    certainty,
    identity: {
      ...{ namespace: pod.namespace, podName: pod.name, owner: pod.owner, pod, spec },
      containerName: spec?.name ?? bundle?.container ?? nameless,
      image: spec?.image ?? bundle?.image ?? '',
    },
  };
}

/** What else a Container is made of. */
export interface Circumstances {
  readonly id: string;
  readonly cgroupId: string;
  readonly pid: number;
  readonly startedAtMs: number | undefined;
  /** `sha256:…`; empty: not known. */
  readonly digest: string;
}

/** `kubectl debug` names what it adds at random. */
const randomEnd = /-[bcdf-hj-np-tv-z2456789]{5}$/;

/** The container with its workload: `NAMESPACE/KIND/OWNER/CONTAINER`. Pure. */
export function containerOf(
  identity: PodIdentity,
  { id, cgroupId, pid, startedAtMs, digest }: Circumstances,
): Container {
  const { namespace, podName, owner, containerName, image, pod, spec } = identity;
  const part = spec?.role === 'ephemeral' ? containerName.replace(randomEnd, '') : containerName;
  return {
    ...{ id, cgroupId, pid, startedAtMs, digest, image, namespace },
    name: containerName,
    pod: podName,
    workload: workloadNamed('kubernetes', `${namespace}/${owner.kind}/${owner.name}/${part}`),
    labels: pod?.labels ?? {},
    mounts: spec?.mounts ?? [],
    privileged: spec?.privileged ?? false,
    hostNamespaces: pod?.hostNamespaces ?? [],
    ...(pod === undefined ? {} : { createdAtMs: pod.createdAtMs, serviceAccount: pod.serviceAccount }),
    ...(spec === undefined || spec.probes.length === 0 ? {} : { probes: spec.probes }),
  };
}
