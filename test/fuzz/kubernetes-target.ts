import assert from 'node:assert/strict';
import { bundleOfConfig } from '../../src/identity/kubernetes/bundle.ts';
import { containerOf, identify } from '../../src/identity/kubernetes/identification.ts';
import { Peers } from '../../src/identity/kubernetes/peers.ts';
import { podNews } from '../../src/identity/kubernetes/pod-changes.ts';
import { podOfCgroupPath } from '../../src/identity/kubernetes/pod-cgroup.ts';
import { Pods } from '../../src/identity/kubernetes/pods.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLogger } from '../../src/lib/log.ts';
import { makePod, podUid } from '../support/pods.ts';
import { jsonWords } from './text-targets.ts';
import type { Target } from './target.ts';

const containerId = '0123456789abcdef'.repeat(4);
const metadata = { uid: 'u', name: 'db', namespace: 'payments', labels: { 'kubernetes.io/service-name': 'db' } };
const log = createLogger({ level: 'silent' });
const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/**
 * What a cluster's API and the runtime say: objects that are refused are counted, and whatever the others hold, a container keeps its own id, and its
 * workload the four parts of a name.
 */
export const kubernetesTarget: Target = {
  name: 'kubernetes',
  covers: (path) =>
    /^src\/identity\/kubernetes\/(?:pod|pods|owner|bundle|peers|identification|pod-changes)\.ts$/.test(path),
  seeds: () =>
    [
      makePod({
        containers: [{ id: containerId }],
        init: [{ name: 'prepare' }],
        ephemeral: [{ name: 'debugger-x2x4z' }],
      }),
      { metadata, spec: { clusterIP: '10.96.0.7', ports: [{ name: 'sql', port: 5432, protocol: 'TCP' }] } },
      {
        metadata,
        endpoints: [{ addresses: ['10.244.3.9'], targetRef: { kind: 'Pod' } }],
        ports: [{ name: 'sql', port: 6432 }],
      },
      { annotations: { 'io.kubernetes.cri.container-type': 'container', 'io.kubernetes.cri.container-name': 'nginx' } },
    ].map(bytesOf),
  dictionary: [
    ...jsonWords,
    ...[
      '"ownerReferences":',
      '"kind":"Job"',
      '"kind":"ReplicaSet"',
      '"securityContext":',
      '"privileged":true',
      '"exec":',
      '"command":["a"]',
    ],
    ...[
      '"hostPath":{"path":"/etc"}',
      '"volumeMounts":',
      '"terminated":',
      '"reason":"OOMKilled"',
      '"clusterIPs":',
      '"io.kubernetes.cri.container-type":"sandbox"',
    ],
  ],
  maxBytes: 4000,
  check: (bytes) => {
    let object: unknown;
    try {
      object = JSON.parse(Buffer.from(bytes).toString('utf8'));
    } catch {
      return;
    }
    const pods = new Pods({ changed: () => undefined, removed: () => undefined }, systemClock, log);
    pods.put(object);
    const peers = new Peers(log);
    peers.services.put(object);
    peers.slices.replaced([object]);
    assert.ok(pods.size + pods.counters.refused === 1);
    const [pod] = pods.all();
    const cgroup = podOfCgroupPath(`/kubepods/burstable/pod${podUid}/${containerId}`);
    assert.ok(cgroup !== undefined);
    const member = pods.byContainerId(containerId);
    const answer = identify({ cgroup, bundle: bundleOfConfig(object), pod, member, api: 'current', isPause: false });
    if (answer.who === 'container') {
      const container = containerOf(answer.identity, {
        id: containerId,
        cgroupId: '7',
        pid: 1,
        startedAtMs: 0,
        digest: '',
      });
      assert.ok(container.id === containerId && container.workload.name.split('/').length >= 4);
      assert.ok(
        JSON.stringify(container).length < bytes.length * 8 + 2_000,
        'a container is not larger than what it was made of',
      );
    }
    if (pod === undefined) return;
    peers.podChanged(pod);
    assert.deepEqual(podNews(undefined, pod), { changes: [], deaths: [] });
    assert.deepEqual(podNews(pod, pod).deaths, []);
    pods.removed(object);
    peers.podRemoved(pod);
    peers.services.removed(object);
    peers.slices.removed(object);
    assert.equal(peers.size, 0);
  },
};
