import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clusterChecks, judgeCluster, podChecks } from './cluster-checks.ts';
import * as objects from './objects.ts';
import { plainText, sizeOf } from './plain.ts';
import { readCluster } from './reader.ts';
import type { ClusterSource } from './reader.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const stop = new AbortController().signal;
const names = {
  workloadOf: (pod: { name: string }) => ({ id: pod.name, name: pod.name, kind: 'kubernetes' as const }),
  kernelOf: () => undefined,
};
/** @param lists by path; of others nothing */
const sourceOf = (lists: Readonly<Record<string, readonly unknown[]>>): ClusterSource => ({
  get(path) {
    const { pathname, searchParams } = new URL(path, 'http://x');
    if (pathname === '/version') return Promise.resolve({ gitVersion: 'v1.36.4' });
    const [all, at] = [lists[pathname] ?? [], Number(searchParams.get('continue') ?? 0)];
    const next = at + 500 < all.length ? String(at + 500) : '';
    return Promise.resolve({ items: all.slice(at, at + 500), metadata: { continue: next } });
  },
  getAnonymously: () => Promise.resolve(401),
});

const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    null,
    undefined,
    -0,
    Number.NaN,
    '__proto__',
    'constructor',
    '\u001b[2J\u202e',
    '\ud800',
    'x'.repeat(1 << 20),
  ),
  fc.anything({ maxDepth: 2 }),
);
const good = {
  metadata: {
    name: 'a',
    namespace: 'b',
    labels: { l: 'v' },
    ownerReferences: [{ kind: 'Job', name: 'j', controller: true }],
  },
  rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] },
  roleRef: { kind: 'ClusterRole', name: 'a' },
  subjects: [{ kind: 'User', name: 'u' }],
  spec: {
    podSelector: {},
    volumes: [{ name: 'v', hostPath: { path: '/etc' } }],
    containers: [
      { name: 'c', image: 'i', volumeMounts: [{ name: 'v' }], securityContext: { capabilities: { add: ['X'] } } },
    ],
  },
  status: { phase: 'Running', containerStatuses: [{ name: 'c', containerID: 'containerd://x' }] },
};
/** Every way into it. */
const waysOf = (value: unknown, way: readonly string[] = []): (readonly string[])[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, inner]) => [[...way, name], ...waysOf(inner, [...way, name])])
    : [];
function put(into: unknown, way: readonly string[], what: unknown): void {
  const parent = way.slice(0, -1).reduce((at, name) => (at as Record<string, unknown>)[name], into);
  if (typeof parent === 'object' && parent !== null) (parent as Record<string, unknown>)[way.at(-1) ?? ''] = what;
}

test('whatever objects hold, a reading ends, counts what it could not read, keeps little and is judged', async () => {
  const ways = waysOf(good);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...ways), nasty, async (way, what) => {
      const bad = structuredClone(good);
      put(bad, way, what);
      const paths = [
        '/api/v1/pods',
        '/api/v1/namespaces',
        '/api/v1/nodes',
        '/apis/networking.k8s.io/v1/networkpolicies',
      ];
      const roles = ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'].map((name) => `${rbac}/${name}`);
      const lists = Object.fromEntries([...paths, ...roles].map((path) => [path, [good, bad]]));
      const counters = { unreadable: 0, expired: 0 };
      const read = await readCluster(sourceOf(lists), counters, stop);
      const refused = Object.values(read).flatMap((one) => ('ok' in one && !one.ok ? [one.why] : []));
      for (const why of refused) expect(why).toMatch(/^1 objects are of no form that is known: list \w+$/);
      expect(counters.unreadable).toBe(refused.length);
      expect(sizeOf(read)).toBeLessThan(200_000);
      const { verdicts } = judgeCluster({ ...read, auditedMs: undefined, nowMs: 0 }, names);
      expect(Object.keys(clusterChecks)).toHaveLength(verdicts[0]?.outcomes.length ?? 0);
      // oxlint-disable-next-line no-control-regex
      expect(JSON.stringify(verdicts.map((one) => one.outcomes))).not.toMatch(/\\u001b|\u202e/);
    }),
    { numRuns: 300 },
  );
});

test('roles that aggregate each other, and null in the place of lists', () => {
  const role = { metadata: { name: 'a' }, rules: null, aggregationRule: { clusterRoleSelectors: [{}] } };
  const cyclic = Object.assign(role.aggregationRule, { itself: role });
  expect(objects.roleOf({ ...role, aggregationRule: cyclic })).toEqual({ namespace: '', name: 'a', rules: [] });
  expect(
    objects.bindingOf({ metadata: { name: 'a' }, roleRef: { kind: 'Role', name: 'b' }, subjects: null }).subjects,
  ).toEqual([]);
  expect(objects.pageOf({ items: null, metadata: null })).toEqual({ items: [], next: '' });
});

test('names of a megabyte are cut, the same ones alike and others otherwise', () => {
  const long = 'n'.repeat(1 << 20);
  expect(plainText(long)).toBe(plainText(long));
  expect(plainText(long)).not.toBe(plainText(`${long}x`));
  expect(plainText(long).length).toBeLessThan(513);
  expect(plainText('a\u001b\u202eb')).toBe(String.raw`a\u001b\u202eb`);
});

test('a volume called constructor is no path of the node', () => {
  const pod = objects.podOf({
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', volumeMounts: [{ name: 'constructor' }] }] },
  });
  const [container] = pod.containers;
  if (container === undefined) throw new Error('no container');
  expect(podChecks['pod-host-path']?.({ pod, container, kernel: undefined }).result).toBe('pass');
});

const many = (count: number, of: (index: number) => unknown): unknown[] =>
  Array.from({ length: count }, (_, index) => of(index));

test.each([
  ['namespaces', (index: number) => ({ metadata: { name: `n${String(index)}` } })],
  ['namespaces of no form', () => null],
])('of 50,000 %s at most anything is said', async (_what, of) => {
  const read = (count: number): ReturnType<typeof readCluster> =>
    readCluster(sourceOf({ '/api/v1/namespaces': many(count, of) }), { unreadable: 0, expired: 0 }, stop);
  expect((await read(50_001)).namespaces).toEqual({ ok: false, why: 'there are more than 50,000: list namespaces' });
  expect((await read(50_000)).namespaces).not.toMatchObject({ why: expect.stringContaining('more than') });
});

test('5,000 containers are judged, those beyond counted; 30 offenders are shown, all are known', async () => {
  const pods = many(5003, (index) => ({
    metadata: { name: `p${String(index)}` },
    spec: { containers: [{ name: 'c' }] },
  }));
  const subjects = many(60, (index) => ({ kind: 'User', name: `u${String(index)}` }));
  const bound = { metadata: { name: 'b' }, roleRef: { kind: 'ClusterRole', name: 'cluster-admin' }, subjects };
  const lists = { '/api/v1/pods': pods, [`${rbac}/clusterrolebindings`]: [bound] };
  const read = await readCluster(sourceOf(lists), { unreadable: 0, expired: 0 }, stop);
  const { verdicts, overflow } = judgeCluster({ ...read, auditedMs: undefined, nowMs: 0 }, names);
  expect([verdicts.filter(({ workload }) => workload !== undefined).length, overflow]).toEqual([5000, 3]);
  const admin = verdicts[0]?.outcomes.find(({ check }) => check === 'rbac-cluster-admin');
  expect(admin?.offenders).toHaveLength(60);
  expect(admin?.evidence).toHaveLength(31);
  expect(admin?.evidence.at(-1)).toEqual({ field: 'and', value: '30 more' });
});
