import { expect, test } from 'vitest';
import { bundleOfConfig } from './bundle.ts';
import { ownerByName, ownerOf } from './owner.ts';
import type { OwnedPod } from './owner.ts';

const pod = (changes: Partial<OwnedPod>): OwnedPod => ({
  ...{ name: 'web-1', generateName: '', labels: {}, controller: undefined, isStatic: false, nodeName: 'node-1' },
  ...changes,
});
const hashed = { 'pod-template-hash': '7d4b9c6f5d' };

test.each([
  ['a Deployment', { controller: { kind: 'ReplicaSet', name: 'web-7d4b9c6f5d' }, labels: hashed }, 'deployment/web'],
  ['a bare ReplicaSet', { controller: { kind: 'ReplicaSet', name: 'web-7d4b9c6f5d' } }, 'replicaset/web-7d4b9c6f5d'],
  ['another ReplicaSet’s label', { controller: { kind: 'ReplicaSet', name: 'web' }, labels: hashed }, 'replicaset/web'],
  [
    'a Rollout',
    { controller: { kind: 'ReplicaSet', name: 'web-abc' }, labels: { 'rollouts-pod-template-hash': 'abc' } },
    'rollout/web',
  ],
  ['a CronJob', { controller: { kind: 'Job', name: 'report-29400000' } }, 'cronjob/report'],
  ['a Job', { controller: { kind: 'Job', name: 'migrate-3' } }, 'job/migrate-3'],
  ['a StatefulSet', { controller: { kind: 'StatefulSet', name: 'db' } }, 'statefulset/db'],
  ['a DaemonSet', { controller: { kind: 'DaemonSet', name: 'kube-proxy' } }, 'daemonset/kube-proxy'],
  ['a custom controller', { controller: { kind: 'KafkaNode', name: 'kafka' } }, 'kafkanode/kafka'],
  [
    'a static pod',
    { name: 'etcd-node-1', isStatic: true, controller: { kind: 'Node', name: 'node-1' } },
    'static/etcd',
  ],
  ['a bare pod', { name: 'shell' }, 'pod/shell'],
  ['a bare pod that was named by the API', { name: 'run-x2x4z', generateName: 'run-' }, 'pod/run'],
] as const)('%s', (_, changes, expected) => {
  const { kind, name } = ownerOf(pod(changes));
  expect(`${kind}/${name}`).toBe(expected);
});

test.each([
  ['web-7d4b9c6f5d-x2x4z', 'deployment/web'],
  ['report-29400000-x2x4z', 'cronjob/report'],
  ['db-0', 'statefulset/db'],
  ['kube-proxy-x2x4z', 'pod/kube-proxy'],
  ['shell', 'pod/shell'],
])('by its name alone, %s', (name, expected) => {
  const owner = ownerByName(name);
  expect(`${owner.kind}/${owner.name}`).toBe(expected);
});

test('what CRI-O writes down; what is no container of the CRI', () => {
  const annotations = {
    ...{
      'io.kubernetes.cri-o.ContainerType': 'container',
      'io.kubernetes.container.name': 'nginx',
      'io.kubernetes.pod.name': 'web-0',
    },
    ...{
      'io.kubernetes.pod.namespace': 'shop',
      'io.kubernetes.pod.uid': 'u',
      'io.kubernetes.cri-o.ImageName': 'quay.io/nginx:1',
    },
  };
  const names = { container: 'nginx', pod: 'web-0', namespace: 'shop', podUid: 'u', image: 'quay.io/nginx:1' };
  expect(bundleOfConfig({ annotations })).toEqual({ isSandbox: false, ...names });
  expect(
    bundleOfConfig({ annotations: { ...annotations, 'io.kubernetes.cri-o.ContainerType': 'sandbox' } })?.isSandbox,
  ).toBe(true);
  for (const other of [{}, { annotations: {} }, { annotations: { x: 1 } }, null, 'x'])
    expect(bundleOfConfig(other)).toBeUndefined();
});
