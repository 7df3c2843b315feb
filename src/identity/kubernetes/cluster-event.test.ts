import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeEvent, makeSeries } from '../../../test/support/cluster-events.ts';
import { AnchorwatchError } from '../../lib/errors.ts';
import { clusterEventOf, evictionOf, meaningOf, ownerPrefixOf } from './cluster-event.ts';

describe('an Event is read', () => {
  test('as core/v1 shows it, with its count', () => {
    expect(clusterEventOf(makeEvent('a', 'BackOff', 'Back-off restarting', { count: 7 }))).toEqual({
      ...{ uid: 'a', reason: 'BackOff', message: 'Back-off restarting', kind: 'Pod', namespace: 'shop' },
      ...{ name: 'web-7d4b9c6f5d-x2x4z', container: 'nginx', component: 'kubelet', node: 'node-1', count: 7 },
      lastMs: Date.parse('2026-11-28T10:00:00Z'),
    });
  });

  test('as events.k8s.io/v1 shows it, with its series', () => {
    expect(clusterEventOf(makeSeries('b', 'FailedScheduling', '0/3 nodes are available', 4))).toEqual({
      ...{ uid: 'b', reason: 'FailedScheduling', message: '0/3 nodes are available', kind: 'Pod', namespace: 'shop' },
      ...{ name: 'web-7d4b9c6f5d-x2x4z', container: '', component: 'default-scheduler', node: '', count: 4 },
      lastMs: Date.parse('2026-11-28T10:05:00.123Z'),
    });
  });

  test('init and ephemeral containers by their field; the reporter is its node only where that is a kubelet', () => {
    const of = (fieldPath: string): string =>
      clusterEventOf(makeEvent('a', 'BackOff', '', { involvedObject: { kind: 'Pod', name: 'p', fieldPath } }))
        .container;
    expect(['spec.initContainers{a}', 'spec.ephemeralContainers{b}', 'spec.containers{c}', 'spec'].map(of)).toEqual([
      ...['a', 'b', 'c', ''],
    ]);
    const scheduler = { source: { component: 'default-scheduler' }, reportingInstance: 'control-1' };
    expect(clusterEventOf(makeEvent('a', 'Preempted', '', scheduler)).node).toBe('');
  });

  test('or refused by name, whatever it is', () => {
    expect(() => clusterEventOf({ metadata: {} })).toThrow(/metadata\.uid/);
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        try {
          const event = clusterEventOf(value);
          expect(event.count).toBeGreaterThanOrEqual(1);
          meaningOf(event);
          ownerPrefixOf(event);
        } catch (error) {
          expect(error).toBeInstanceOf(AnchorwatchError);
        }
      }),
    );
  });
});

describe('what an Event means', () => {
  // Messages as Kubernetes 1.36 writes them: pkg/kubelet (events, prober, eviction, images, kuberuntime), scheduler, controllers.
  test.each([
    ['Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 500', 'probe-failed:liveness'],
    ['Unhealthy', 'Readiness probe errored: rpc error', 'probe-failed:readiness'],
    ['Unhealthy', 'Startup probe failed: ', 'probe-failed:startup'],
    ['Killing', 'Container nginx failed liveness probe, will be restarted', 'killed:liveness probe'],
    ['Killing', 'Stopping container nginx', undefined],
    ['BackOff', 'Back-off restarting failed container nginx in pod web_shop(8f1c)', 'back-off:'],
    ['BackOff', 'Back-off pulling image "nginx:nope"', undefined],
    [
      'Failed',
      'Failed to pull image "registry.example:5000/shop/web:7": not found',
      'pull-failed:registry.example:5000/shop/web',
    ],
    ['Failed', 'Error: ErrImagePull', undefined],
    ['Failed', 'Error: ImagePullBackOff', undefined],
    ['Failed', 'Error: secret "db" not found', 'start-failed:'],
    [
      'ErrImageNeverPull',
      'Container image "shop/web:7" is not present with pull policy of Never',
      'pull-failed:shop/web',
    ],
    ['FailedCreatePodSandBox', 'Failed to create pod sandbox: rpc error', 'start-failed:sandbox'],
    ['FailedMount', 'MountVolume.SetUp failed for volume "certs" : secret "tls" not found', 'mount-failed:certs'],
    ['FailedAttachVolume', 'AttachVolume.Attach failed for volume "pvc-1" : timed out', 'mount-failed:pvc-1'],
    ['FailedPostStartHook', 'PostStartHook failed', 'hook-failed:post-start'],
    ['FailedPreStopHook', 'PreStopHook failed', 'hook-failed:pre-stop'],
    ['Evicted', 'The node was low on resource: memory. Threshold quantity: 100Mi', 'evicted:memory'],
    [
      'Evicted',
      'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. ',
      'evicted:ephemeral-storage',
    ],
    ['TaintManagerEviction', 'Marking for deletion Pod shop/web', 'evicted:taint'],
    ['TaintManagerEviction', 'Cancelling deletion of Pod shop/web', undefined],
    ['Preempting', 'Preempted in order to admit critical pod', 'preempted:by the kubelet'],
    ['Preempted', 'Preempted by pod 1234 on node node-1', 'preempted:by the scheduler'],
    ['FailedScheduling', '0/3 nodes are available: 3 Insufficient cpu.', 'schedule-failed:'],
    ['Scheduled', 'Successfully assigned shop/web to node-1', undefined],
    ['Pulled', 'Container image already present on machine', undefined],
    ['ReasonOfNextYear', 'whatever it says', undefined],
  ])('%s: %s', (reason, message, expected) => {
    const meaning = meaningOf(clusterEventOf(makeEvent('a', reason, message)));
    expect(meaning && `${meaning.action}:${meaning.detail}`).toBe(expected);
  });

  test.each([
    ['Error creating: pods "web-1" is forbidden: violates PodSecurity "restricted:latest": privileged', 'pod security'],
    ['Error creating: pods "web-1" is forbidden: exceeded quota: small, requested: pods=1', 'quota'],
    ['Error creating: admission webhook "policy.example" denied the request: no', 'admission'],
    ['Error creating: pods "web-1" is forbidden: error looking up service account', 'forbidden'],
    ['Error creating: timed out', ''],
  ])('a controller could not make a pod: %s', (message, detail) => {
    const involvedObject = { kind: 'ReplicaSet', namespace: 'shop', name: 'web-7d4b9c6f5d' };
    const event = clusterEventOf(makeEvent('a', 'FailedCreate', message, { involvedObject }));
    expect(meaningOf(event)).toEqual({ action: 'create-failed', detail });
  });

  test('a node’s Events are no workload’s', () => {
    const involvedObject = { kind: 'Node', name: 'node-1' };
    expect(meaningOf(clusterEventOf(makeEvent('a', 'Evicted', 'x', { involvedObject })))).toBeUndefined();
  });
});

test('several resources of an eviction: the first', () => {
  expect(evictionOf('The node was low on resource: [ephemeral-storage inodes]. ')).toBe('ephemeral-storage');
  expect(evictionOf('Pod was rejected')).toBe('');
});

test.each([
  ['Pod', 'web-7d4b9c6f5d-x2x4z', 'shop/deployment/web/'],
  ['ReplicaSet', 'web-7d4b9c6f5d', 'shop/deployment/web/'],
  ['Job', 'report-29734560', 'shop/cronjob/report/'],
  ['Job', 'once', 'shop/job/once/'],
  ['StatefulSet', 'db', 'shop/statefulset/db/'],
  ['PersistentVolumeClaim', 'data', ''],
])('whose containers a %s %s stands for', (kind, name, prefix) => {
  expect(ownerPrefixOf({ kind, namespace: 'shop', name })).toBe(prefix);
});
