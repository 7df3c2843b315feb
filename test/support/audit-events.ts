/** An event of the API server's audit log as `--audit-webhook-version=audit.k8s.io/v1` sends it. */
export function auditEvent(number: number, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    level: 'Metadata',
    auditID: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    stage: 'ResponseComplete',
    requestURI: '/api/v1/namespaces/shop/configmaps?limit=500',
    verb: 'list',
    user: { username: 'system:serviceaccount:shop:web', uid: '1', groups: ['system:serviceaccounts'] },
    sourceIPs: ['203.0.113.7', '10.244.1.9'],
    userAgent: 'web/1.2.3 (linux/amd64) kubernetes/1a2b3c4',
    objectRef: { resource: 'configmaps', namespace: 'shop', apiVersion: 'v1' },
    responseStatus: { metadata: {}, code: 200 },
    requestReceivedTimestamp: '2026-11-28T10:00:00.000000Z',
    stageTimestamp: '2026-11-28T10:00:00.004000Z',
    annotations: { 'authorization.k8s.io/decision': 'allow' },
    ...changes,
  };
}

/** A batch as the webhook backend sends it. */
export function eventList(items: readonly unknown[]): Record<string, unknown> {
  return { kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items };
}
