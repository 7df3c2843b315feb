import type { ClusterObject } from './stand-in-cluster.ts';

/** An Event about the pod `shop/web-7d4b9c6f5d-x2x4z` as core/v1 shows it, told by the kubelet of `node-1`. */
export function makeEvent(
  uid: string,
  reason: string,
  message: string,
  changes: Readonly<Record<string, unknown>> = {},
): ClusterObject {
  const at = '2026-11-28T10:00:00Z';
  return {
    metadata: { uid, name: `web-7d4b9c6f5d-x2x4z.${uid}`, namespace: 'shop', creationTimestamp: at },
    involvedObject: {
      ...{ kind: 'Pod', namespace: 'shop', name: 'web-7d4b9c6f5d-x2x4z', uid: 'pod', apiVersion: 'v1' },
      fieldPath: 'spec.containers{nginx}',
    },
    ...{ reason, message, type: 'Warning', count: 1, firstTimestamp: at, lastTimestamp: at, eventTime: null },
    source: { component: 'kubelet', host: 'node-1' },
    ...{ reportingComponent: 'kubelet', reportingInstance: 'node-1' },
    ...changes,
  } as ClusterObject;
}

/** The same kind of Event as events.k8s.io/v1 shows it, of a series. */
export function makeSeries(uid: string, reason: string, note: string, count: number): ClusterObject {
  return {
    metadata: { uid, name: `web.${uid}`, namespace: 'shop', creationTimestamp: '2026-11-28T10:00:00Z' },
    regarding: { kind: 'Pod', namespace: 'shop', name: 'web-7d4b9c6f5d-x2x4z' },
    ...{ reason, note, type: 'Warning', action: 'Scheduling', eventTime: '2026-11-28T10:00:00.123456Z' },
    series: { count, lastObservedTime: '2026-11-28T10:05:00.123456Z' },
    ...{ reportingController: 'default-scheduler', reportingInstance: 'default-scheduler-control-1' },
    ...{ deprecatedSource: {}, deprecatedFirstTimestamp: null, deprecatedLastTimestamp: null },
  } as ClusterObject;
}
