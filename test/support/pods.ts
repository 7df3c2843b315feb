import { mkdirSync, writeFileSync } from 'node:fs';
import type { ClusterObject } from './stand-in-cluster.ts';

/** A container of a pod that a test wants; what is left out is ordinary. */
export interface PodPart {
  readonly name?: string;
  readonly id?: string;
  readonly image?: string;
  readonly digest?: string;
  readonly state?: 'waiting' | 'running' | 'terminated';
  readonly spec?: object;
  readonly status?: object;
}

export interface PodParts {
  readonly uid?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly nodeName?: string;
  readonly metadata?: object;
  readonly spec?: object;
  readonly status?: object;
  readonly containers?: readonly PodPart[];
  readonly init?: readonly PodPart[];
  readonly ephemeral?: readonly PodPart[];
}

export const podUid = '8f1c0b6e-3d4a-4c7e-9b1f-0a2b3c4d5e6f';

/** A pod of the Deployment `shop/web`, as the API has it. */
export function makePod({
  uid = podUid,
  name = 'web-7d4b9c6f5d-x2x4z',
  namespace = 'shop',
  nodeName = 'node-1',
  ...more
}: PodParts = {}): ClusterObject {
  const { containers = [{}], init = [], ephemeral = [] } = more;
  const [specs, statuses] = [containers.map(specOf), containers.map(statusOf)];
  return {
    metadata: {
      ...{ uid, name, namespace, creationTimestamp: '2026-11-23T10:00:00Z' },
      labels: { app: 'web', 'pod-template-hash': '7d4b9c6f5d' },
      ownerReferences: [{ kind: 'ReplicaSet', name: 'web-7d4b9c6f5d', controller: true }],
      ...more.metadata,
    },
    spec: {
      ...{ nodeName, serviceAccountName: 'web', containers: specs },
      ...{ initContainers: init.map(specOf), ephemeralContainers: ephemeral.map(specOf) },
      ...more.spec,
    },
    status: {
      ...{ phase: 'Running', podIP: '10.244.1.7', podIPs: [{ ip: '10.244.1.7' }], containerStatuses: statuses },
      ...{ initContainerStatuses: init.map(statusOf), ephemeralContainerStatuses: ephemeral.map(statusOf) },
      ...more.status,
    },
  } as ClusterObject;
}

function specOf({ name = 'nginx', image = 'nginx:1.27', spec = {} }: PodPart): object {
  return { name, image, ...spec };
}

function statusOf({
  name = 'nginx',
  image = 'nginx:1.27',
  id,
  digest = `sha256:${'1'.repeat(64)}`,
  state,
  status = {},
}: PodPart): object {
  const is = state ?? (id === undefined ? 'waiting' : 'running');
  const ended = { exitCode: 0, containerID: `containerd://${id ?? ''}` };
  return {
    ...{ name, image, ready: is === 'running', restartCount: 0 },
    ...(id === undefined ? {} : { containerID: `containerd://${id}`, imageID: `docker.io/library/nginx@${digest}` }),
    state:
      is === 'running'
        ? { running: { startedAt: '2026-11-23T10:00:01Z' } }
        : is === 'terminated'
          ? { terminated: ended }
          : { waiting: {} },
    ...status,
  };
}

/** What containerd writes down about a container before it starts it. */
export function writeBundle(
  folder: string,
  id: string,
  {
    type = 'container',
    container = 'nginx',
    pod = 'web-7d4b9c6f5d-x2x4z',
    uid = podUid,
  }: Partial<Record<'type' | 'container' | 'pod' | 'uid', string>> = {},
): void {
  mkdirSync(`${folder}/${id}`, { recursive: true });
  const annotations = {
    ...{ 'io.kubernetes.cri.container-type': type, 'io.kubernetes.cri.sandbox-name': pod },
    ...{ 'io.kubernetes.cri.sandbox-namespace': 'shop', 'io.kubernetes.cri.sandbox-uid': uid },
    ...(type === 'container'
      ? {
          'io.kubernetes.cri.container-name': container,
          'io.kubernetes.cri.image-name': 'docker.io/library/nginx:1.27',
        }
      : {}),
  };
  writeFileSync(`${folder}/${id}/config.json`, JSON.stringify({ ociVersion: '1.2.0', annotations }));
}
