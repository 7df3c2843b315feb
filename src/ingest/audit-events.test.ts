import fc from 'fast-check';
import { expect, test } from 'vitest';
import { auditEvent, eventList } from '../../test/support/audit-events.ts';
import { readAuditBatch } from './audit-events.ts';

function read(...items: readonly unknown[]): ReturnType<typeof readAuditBatch> {
  return readAuditBatch(eventList(items), 7);
}

test('an event of the API server is read; of the addresses only the one that the server saw counts', () => {
  expect(
    read(
      auditEvent(1, {
        objectRef: { resource: 'deployments', apiGroup: 'apps', namespace: 'shop', name: 'web', subresource: 'scale' },
        impersonatedUser: { username: 'jane' },
      }),
    ),
  ).toEqual({
    problems: [],
    requests: [
      {
        auditId: '00000000-0000-4000-8000-000000000001',
        stage: 'ResponseComplete',
        timeMs: Date.parse('2026-11-28T10:00:00.004Z'),
        user: 'system:serviceaccount:shop:web',
        impersonated: 'jane',
        verb: 'list',
        resource: 'deployments.apps',
        subresource: 'scale',
        namespace: 'shop',
        name: 'web',
        path: '/api/v1/namespaces/shop/configmaps',
        address: '10.244.1.9',
        userAgent: 'web/1.2.3 (linux/amd64) kubernetes/1a2b3c4',
        code: 200,
      },
    ],
  });
});

test('what a request or its answer holds is never taken', () => {
  const secret = { data: { password: 'aHVudGVyMg==' } };
  const batch = read(
    auditEvent(1, { requestObject: secret, responseObject: secret, annotations: { note: 'hunter2' } }),
  );
  expect(JSON.stringify(batch)).not.toMatch(/aHVudGVyMg|hunter2/u);
});

test('a request whose sender could not be told, of no resource, without times, is read', () => {
  const bare = { auditID: 'a', stage: 'Panic', verb: 'get', requestURI: '/healthz', user: {}, sourceIPs: null };
  expect(read(bare)).toMatchObject({
    requests: [{ user: 'unauthenticated', resource: '', path: '/healthz', address: '', code: 0, timeMs: 7 }],
  });
});

test.each([
  [undefined, 'body'],
  [[], 'body'],
  [{ kind: 'Event', apiVersion: 'audit.k8s.io/v1' }, 'kind'],
  [{ kind: 'EventList', apiVersion: 'audit.k8s.io/v1beta1', items: [] }, 'apiVersion'],
  [{ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', items: {} }, 'items'],
])('%j is no batch: wrong is %s', (body, where) => {
  expect(readAuditBatch(body, 0)).toMatchObject({ where });
});

test.each([
  [{ stage: 'Done' }, 'items[1].stage'],
  [{ auditID: '' }, 'items[1].auditID'],
  [{ verb: undefined }, 'items[1].verb'],
  [{ user: 'jane' }, 'items[1].user'],
  [{ user: { username: 5 } }, 'items[1].user.username'],
  [{ objectRef: [] }, 'items[1].objectRef'],
  [{ sourceIPs: '10.0.0.1' }, 'items[1].sourceIPs'],
  [{ responseStatus: { code: 'ok' } }, 'items[1].responseStatus.code'],
  [{ stageTimestamp: 'yesterday' }, 'items[1].stageTimestamp'],
])('an event with %j is named, and costs the others nothing', (changes, where) => {
  const batch = read(auditEvent(1), auditEvent(2, changes), auditEvent(3));
  expect(batch).toMatchObject({ problems: [{ where }] });
  expect('requests' in batch && batch.requests).toHaveLength(2);
});

test('whatever JSON comes, each event is read or named', () => {
  const event = fc.oneof(
    fc.jsonValue(),
    fc
      .record({ key: fc.constantFrom(...Object.keys(auditEvent(1))), value: fc.jsonValue() })
      .map(({ key, value }) => auditEvent(1, { [key]: value })),
  );
  fc.assert(
    fc.property(fc.array(event), (items) => {
      const batch = readAuditBatch(eventList(items), 0);
      if (!('requests' in batch)) throw new Error('no batch');
      expect(batch.requests.length + batch.problems.length).toBe(items.length);
    }),
  );
});
