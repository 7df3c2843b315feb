import { expect, test } from 'vitest';
import type { ApiRequest } from '../model/api-request.ts';
import { apiFeaturesOf, networkOf, refusalsMany } from './api-features.ts';

const request: ApiRequest = {
  ...{ auditId: 'a', stage: 'ResponseComplete', timeMs: 0, user: 'jane', impersonated: '', verb: 'list' },
  ...{ resource: 'secrets', subresource: '', namespace: 'shop', name: '', path: '/api/v1/x', address: '10.244.1.9' },
  ...{ userAgent: 'kubectl/v1.36.0 (linux/amd64)', code: 200 },
};

function keys(changes: Partial<ApiRequest>, refused = 0): readonly string[] {
  return apiFeaturesOf({ ...request, ...changes }, refused).map(({ key }) => key);
}

test('a request says what was asked, from where, by which program', () => {
  expect(keys({})).toEqual(['list secrets in shop', 'from 10.244.0.0/16', 'by kubectl']);
  expect(keys({ resource: 'pods', subresource: 'exec', verb: 'create' })[0]).toBe('create pods/exec in shop');
  expect(keys({ resource: 'nodes', namespace: '', address: '', userAgent: '' })).toEqual([
    'list nodes',
    'by an unnamed client',
  ]);
});

test('refused is another behaviour than answered, and many refusals are one of their own', () => {
  expect(keys({ code: 403 }, 1)[0]).toBe('refused list secrets in shop');
  expect(keys({ code: 403 }, refusalsMany)).toContain('many refused requests');
  expect(keys({ code: 200 }, refusalsMany)).not.toContain('many refused requests');
});

test('a key is text that can be stored and shown, whatever a client calls itself', () => {
  const [, , program = ''] = keys({ userAgent: `a\u0000b\ud800${'c'.repeat(600)}` });
  expect(program).toMatch(/^by a\?b\ufffdc+$/u);
  expect(keys({ resource: 'x'.repeat(600) })[0]).toHaveLength(512);
});

test('who is impersonated is a feature', () => {
  expect(keys({ impersonated: 'system:admin' })).toContain('as system:admin');
});

test.each([
  ['/healthz', 'get /healthz'],
  ['/apis/apps/v1', 'get /apis'],
  ['/openapi/v3/apis/batch/v1', 'get /openapi'],
  ['/logs/kube/a.log', 'get /logs/kube/*'],
])('of the path %s counts %s', (path, key) => {
  expect(keys({ resource: '', namespace: '', verb: 'get', path })[0]).toBe(key);
});

test.each([
  ['10.244.1.9', '10.244.0.0/16'],
  ['::ffff:192.168.3.4', '192.168.0.0/16'],
  ['203.0.113.7', '203.0.113.0/24'],
  ['127.0.0.1', 'loopback'],
  ['2001:db8:1:2:3::4', '2001:db8:1:2::/64'],
  ['none', 'none'],
])('%s lies in %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
