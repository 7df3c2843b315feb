import { describe, expect, test } from 'vitest';
import type { Judged } from '../checks/judged.ts';
import { appeared, clusterChecks, judgeCluster, kubeletChecks, namespaceChecks, podChecks } from './cluster-checks.ts';
import { flagsOf } from './control-plane.ts';
import { bindingOf, kubeletOf, namespaceOf, networkPolicyOf, podOf, roleOf } from './objects.ts';
import type { ClusterReading, Read } from './reading.ts';

const ok = <T>(value: T): Read<T> => ({ ok: true, value });
const refused = { ok: false, why: 'may not look: list it' } as const;
const nowMs = Date.parse('2026-11-28');
function reading(changes: Partial<ClusterReading> = {}): ClusterReading {
  return {
    ...{ version: ok('v1.36.4'), nodes: ok([]), namespaces: ok([]), pods: ok([]), networkPolicies: ok([]) },
    ...{ clusterRoles: ok([]), roles: ok([]), clusterRoleBindings: ok([]), roleBindings: ok([]) },
    ...{ kubelets: new Map(), anonymous: ok([]), auditedMs: undefined, nowMs },
    ...changes,
  };
}
const blind = reading({
  ...{
    version: refused,
    nodes: refused,
    namespaces: refused,
    pods: refused,
    networkPolicies: refused,
    anonymous: refused,
  },
  ...{ clusterRoles: refused, roles: refused, clusterRoleBindings: refused, roleBindings: refused },
});
const check = (id: string, given: ClusterReading): Judged => clusterChecks[id]?.(given) as Judged;
const result = (id: string, given: ClusterReading): string => check(id, given).result;

test('of what may not be looked at every check of a cluster is unknown, and says what it may not', () => {
  for (const id of Object.keys(clusterChecks)) {
    expect(check(id, blind), id).toMatchObject({ result: 'unknown' });
    expect(check(id, blind).note, id).toContain('may not look: list it');
  }
});

const plane = (name: string, ...flags: readonly string[]): ClusterReading =>
  reading({
    pods: ok([
      podOf({
        metadata: { name: `${name}-n1`, namespace: 'kube-system', annotations: { 'kubernetes.io/config.mirror': 'x' } },
        spec: { containers: [{ name, command: [name, ...flags] }] },
      }),
    ]),
  });

describe('flags of the control plane', () => {
  const etcdTls = ['--cert-file=c', '--key-file=k', '--client-cert-auth=true'];
  const peerTls = ['--peer-cert-file=c', '--peer-key-file=k', '--peer-client-cert-auth=true'];
  const kubelet = ['--kubelet-client-certificate=c', '--kubelet-client-key=k'];
  const etcd = ['--etcd-cafile=a', '--etcd-certfile=c', '--etcd-keyfile=k'];
  test.each<[string, string, readonly string[], string]>([
    ['api-anonymous-flag', 'kube-apiserver', ['--anonymous-auth=false'], 'pass'],
    ['api-anonymous-flag', 'kube-apiserver', ['--x'], 'warn'],
    ['api-token-file', 'kube-apiserver', ['--x'], 'pass'],
    ['api-token-file', 'kube-apiserver', ['--token-auth-file', 'tokens.csv'], 'fail'],
    ['api-authorization', 'kube-apiserver', ['--authorization-mode=Node,RBAC'], 'pass'],
    ['api-authorization', 'kube-apiserver', ['--authorization-mode=RBAC'], 'warn'],
    ['api-authorization', 'kube-apiserver', ['--authorization-mode=RBAC,ABAC'], 'fail'],
    ['api-authorization', 'kube-apiserver', ['--x'], 'fail'],
    ['api-admission', 'kube-apiserver', ['--enable-admission-plugins=NodeRestriction'], 'pass'],
    ['api-admission', 'kube-apiserver', ['--x'], 'fail'],
    ['api-encryption', 'kube-apiserver', ['--encryption-provider-config=f'], 'pass'],
    ['api-encryption', 'kube-apiserver', ['--x'], 'fail'],
    ['api-audit', 'kube-apiserver', ['--audit-policy-file=p', '--audit-webhook-config-file=w'], 'pass'],
    ['api-audit', 'kube-apiserver', ['--audit-policy-file=p', '--audit-log-path=-'], 'warn'],
    ['api-audit', 'kube-apiserver', ['--audit-log-path=-'], 'fail'],
    ['api-etcd-tls', 'kube-apiserver', etcd, 'pass'],
    ['api-etcd-tls', 'kube-apiserver', [...etcd, '--etcd-servers=http://10.0.0.1:2379'], 'fail'],
    ['api-kubelet-tls', 'kube-apiserver', [...kubelet, '--kubelet-certificate-authority=a'], 'pass'],
    ['api-kubelet-tls', 'kube-apiserver', kubelet, 'warn'],
    ['api-kubelet-tls', 'kube-apiserver', ['--x'], 'fail'],
    // What is good of one says nothing of the two that are not seen.
    ['control-plane-profiling', 'kube-apiserver', ['--profiling=false'], 'unknown'],
    ['control-plane-profiling', 'kube-scheduler', ['--x'], 'warn'],
    ['control-plane-ports', 'kube-apiserver', ['--insecure-port=8080'], 'fail'],
    ['control-plane-ports', 'kube-scheduler', ['--bind-address=0.0.0.0'], 'warn'],
    ['etcd-clients', 'etcd', etcdTls, 'pass'],
    ['etcd-clients', 'etcd', [...etcdTls, '--auto-tls'], 'fail'],
    ['etcd-clients', 'etcd', ['--x'], 'fail'],
    ['etcd-peers', 'etcd', peerTls, 'pass'],
    ['etcd-peers', 'etcd', ['--initial-cluster=a=1,b=2'], 'fail'],
    ['etcd-peers', 'etcd', ['--x'], 'warn'],
  ])('%s of %s %j is %s', (id, component, flags, wanted) => {
    expect(result(id, plane(component, ...flags))).toBe(wanted);
  });

  test('a pod that only says that it is the API server is not believed', () => {
    const { pods } = plane('kube-apiserver', '--anonymous-auth=false');
    const fake = pods.ok ? pods.value.map((pod) => ({ ...pod, namespace: 'shop' })) : [];
    expect(result('api-anonymous-flag', reading({ pods: ok(fake) }))).toBe('unknown');
  });

  test('are read in all forms, the last one counts', () => {
    expect([...flagsOf(['x', '--a=1', '--b', '2', '--c', '--a=3', '-d', 'e=f'])]).toEqual([
      ...[
        ['a', '3'],
        ['b', '2'],
        ['c', 'true'],
        ['d', 'e=f'],
      ],
    ]);
  });
});

test.each([
  ['v1.36.4', 'pass'],
  ['v1.36.1', 'warn'],
  ['v1.34.9-eks-1', 'fail'],
  ['v1.20.0', 'fail'],
  ['v1.37.0', 'unknown'],
  ['main', 'unknown'],
])('a cluster of %s: %s', (version, wanted) => {
  expect(result('version-supported', reading({ version: ok(version) }))).toBe(wanted);
});

test.each([
  ['v1.36.0', 'pass'],
  ['v1.34.0', 'warn'],
  ['v1.32.0', 'fail'],
  ['v1.37.0', 'fail'],
  ['', 'unknown'],
])('a kubelet of %s: %s', (kubeletVersion, wanted) => {
  expect(result('kubelet-skew', reading({ nodes: ok([{ name: 'n', kubeletVersion }]) }))).toBe(wanted);
});

test.each([
  [[401, 401, 401], 'pass'],
  [[200, 403, 403], 'warn'],
  [[200, 403, 200], 'fail'],
  [[500, 500, 500], 'unknown'],
])('who shows nothing is answered %j: %s', (statuses, wanted) => {
  const paths = ['/api', '/api/v1/namespaces', '/api/v1/pods'];
  const anonymous = ok(paths.map((path, index) => ({ path, status: statuses[index] ?? 0 })));
  expect(result('anonymous-access', reading({ anonymous }))).toBe(wanted);
});

describe('rights', () => {
  const bound = (subject: object, role: string, rules: readonly object[]): ClusterReading =>
    reading({
      clusterRoles: ok([roleOf({ metadata: { name: role }, rules })]),
      clusterRoleBindings: ok([
        bindingOf({ metadata: { name: 'b' }, roleRef: { kind: 'ClusterRole', name: role }, subjects: [subject] }),
      ]),
    });
  const user = { kind: 'User', name: 'ann' };
  const rule = (group: string, resource: string, verb: string): object => ({
    ...{ apiGroups: [group], resources: [resource], verbs: [verb] },
  });
  const rbac = 'rbac.authorization.k8s.io';
  test.each<[string, object, string]>([
    ['rbac-secrets', rule('', 'secrets', 'list'), 'warn'],
    ['rbac-secrets', { ...rule('', 'secrets', 'get'), resourceNames: ['one'] }, 'pass'],
    ['rbac-pods', rule('', 'pods', 'create'), 'warn'],
    ['rbac-exec', rule('', '*/exec', '*'), 'warn'],
    ['rbac-escalation', rule(rbac, 'clusterroles', 'bind'), 'fail'],
    ['rbac-escalation', rule('', 'users', 'impersonate'), 'fail'],
    ['rbac-node-proxy', rule('', 'nodes/proxy', 'get'), 'warn'],
    ['rbac-tokens', rule('', 'serviceaccounts/token', 'create'), 'warn'],
    ['rbac-webhooks', rule('admissionregistration.k8s.io', 'mutatingwebhookconfigurations', 'patch'), 'warn'],
    ['rbac-certificates', rule('certificates.k8s.io', 'certificatesigningrequests/approval', 'update'), 'warn'],
    ['rbac-volumes', rule('', 'persistentvolumes', 'create'), 'warn'],
    ['rbac-wildcards', rule('*', '*', '*'), 'fail'],
  ])('%s of %j: %s; of the cluster’s own: pass', (id, given, wanted) => {
    expect(result(id, bound(user, 'r', [given]))).toBe(wanted);
    expect(result(id, bound({ kind: 'Group', name: 'system:masters' }, 'r', [given]))).toBe('pass');
    expect(result(id, bound(user, 'r', [rule('', 'events', 'get')]))).toBe('pass');
  });

  test.each<[string, object, string, string]>([
    ['rbac-cluster-admin', user, 'cluster-admin', 'fail'],
    ['rbac-cluster-admin', { kind: 'Group', name: 'system:masters' }, 'cluster-admin', 'pass'],
    ['rbac-anonymous', { kind: 'User', name: 'system:anonymous' }, 'view', 'fail'],
    ['rbac-anonymous', { kind: 'Group', name: 'system:unauthenticated' }, 'system:public-info-viewer', 'pass'],
    ['rbac-everybody', { kind: 'Group', name: 'system:authenticated' }, 'edit', 'fail'],
    ['rbac-everybody', { kind: 'Group', name: 'system:authenticated' }, 'system:discovery', 'pass'],
    ['rbac-default-account', { kind: 'ServiceAccount', name: 'default', namespace: 'shop' }, 'view', 'fail'],
    ['rbac-default-account', user, 'view', 'pass'],
  ])('%s of %j with %s: %s', (id, subject, role, wanted) => {
    expect(result(id, bound(subject, role, []))).toBe(wanted);
  });

  test('one more who is bound is news, and so is a check that begins to fail; what was unknown is none', () => {
    const of = (given: ClusterReading): Parameters<typeof appeared>[0] =>
      judgeCluster(given, { workloadOf: () => ({ id: '', name: '', kind: 'kubernetes' }), kernelOf: () => undefined })
        .verdicts[0]?.outcomes ?? [];
    const one = bound(user, 'cluster-admin', []);
    const two = { ...one, roleBindings: bound({ kind: 'User', name: 'eve' }, 'cluster-admin', []).clusterRoleBindings };
    expect(appeared(of(one), of(two))).toMatchObject([
      { check: 'rbac-cluster-admin', offenders: ['ClusterRoleBinding b → cluster-admin: User eve'] },
    ]);
    expect(appeared(of(two), of(one))).toEqual([]);
    expect(appeared(of(reading()), of(one))).toMatchObject([{ check: 'rbac-cluster-admin' }]);
    expect(appeared(of(blind), of(one))).toEqual([]);
  });
});

test('kubelets', () => {
  const of = (kubeletconfig: object): string[] =>
    Object.values(kubeletChecks).map((judge) => judge(kubeletOf({ kubeletconfig })).result);
  const x509 = { clientCAFile: '/ca' };
  expect(of({ authentication: { anonymous: { enabled: false }, x509 }, authorization: { mode: 'Webhook' } })).toEqual([
    ...['pass', 'pass', 'pass', 'pass'],
  ]);
  expect(
    of({
      authentication: { anonymous: { enabled: true } },
      authorization: { mode: 'AlwaysAllow' },
      readOnlyPort: 10255,
    }),
  ).toEqual([...['fail', 'fail', 'fail', 'fail']]);
  expect(of({}).slice(0, 2)).toEqual(['unknown', 'unknown']);
});

test('namespaces', () => {
  const pod = podOf({
    metadata: { name: 'p', namespace: 'default' },
    spec: { containers: [] },
    status: { phase: 'Running' },
  });
  const policy = (spec: object): ClusterReading['networkPolicies'] =>
    ok([networkPolicyOf({ metadata: { name: 'deny', namespace: 'default' }, spec })]);
  const of = (id: string, given: ClusterReading, labels = {}): string =>
    namespaceChecks[id]?.(given, namespaceOf({ metadata: { name: 'default', labels } })).result ?? '';
  const full = reading({ pods: ok([pod]) });
  expect(of('namespace-network-policy', full)).toBe('fail');
  expect(of('namespace-network-policy', reading())).toBe('pass');
  expect(of('namespace-network-policy', blind)).toBe('unknown');
  expect(of('namespace-network-policy', { ...full, networkPolicies: policy({ podSelector: {} }) })).toBe('warn');
  expect(
    of('namespace-network-policy', { ...full, networkPolicies: policy({ policyTypes: ['Ingress', 'Egress'] }) }),
  ).toBe('pass');
  const enforce = 'pod-security.kubernetes.io/enforce';
  expect(
    [undefined, 'privileged', 'baseline'].map((level) =>
      of('namespace-pod-security', full, level === undefined ? {} : { [enforce]: level }),
    ),
  ).toEqual([...['fail', 'fail', 'pass']]);
  expect([full, reading(), blind].map((given) => of('namespace-default', given))).toEqual(['warn', 'pass', 'unknown']);
});

describe('specs of pods', () => {
  const digest = `a@sha256:${'0'.repeat(64)}`;
  const good = { image: digest, readinessProbe: {}, resources: { limits: { memory: '1Gi', cpu: 1 } } };
  const hard = {
    ...{
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    seccompProfile: { type: 'RuntimeDefault' },
  };
  const judged = (
    spec: object,
    container: object,
    kernel?: Readonly<Record<string, string>>,
  ): Record<string, string> => {
    const pod = podOf({
      metadata: { name: 'p', namespace: 'shop' },
      spec: { ...spec, containers: [{ name: 'c', ...container }] },
    });
    const [first] = pod.containers;
    if (first === undefined) throw new Error('no container');
    const one = { pod, container: first, kernel: kernel === undefined ? undefined : new Map(Object.entries(kernel)) };
    return Object.fromEntries(Object.entries(podChecks).map(([id, judge]) => [id, judge(one).result]));
  };
  test('one that is restricted passes; nobody asked the kernel', () => {
    const { 'pod-kernel': kernel, ...rest } = judged({ serviceAccountName: 'web' }, { ...good, securityContext: hard });
    expect(new Set(Object.values(rest))).toEqual(new Set(['pass']));
    expect(kernel).toBe('unknown');
  });
  test('one that does everything wrong fails all of them', () => {
    const told = judged(
      {
        ...{ hostPID: true, securityContext: { sysctls: [{ name: 'kernel.msgmax' }], runAsUser: 0 } },
        volumes: [
          { name: 'v', hostPath: { path: '/var/run/docker.sock' } },
          { name: 't', projected: { sources: [{ serviceAccountToken: {} }] } },
        ],
      },
      {
        ...{ image: 'a:latest', ports: [{ hostPort: 80 }], volumeMounts: [{ name: 'v' }, { name: 't' }] },
        securityContext: {
          ...{ privileged: true, seccompProfile: { type: 'Unconfined' }, appArmorProfile: { type: 'Unconfined' } },
          capabilities: { add: ['SYS_ADMIN'] },
        },
      },
    );
    expect(Object.entries(told).filter(([, one]) => one !== 'fail')).toEqual([
      ['pod-service-account', 'warn'],
      ['pod-kernel', 'unknown'],
    ]);
  });
  test('what the kernel says counts against what the spec promises', () => {
    const container = { ...good, securityContext: hard };
    expect(judged({}, container, { seccomp: 'pass', privileged: 'pass' })['pod-kernel']).toBe('pass');
    expect(judged({}, container, { seccomp: 'fail' })['pod-kernel']).toBe('fail');
    expect(judged({}, container, { seccomp: 'unknown' })['pod-kernel']).toBe('unknown');
    // It was never promised.
    expect(judged({}, good, { 'root-filesystem': 'fail', privileged: 'pass' })['pod-kernel']).toBe('pass');
  });
});
