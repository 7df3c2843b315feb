import { afterEach, beforeEach, expect, test } from 'vitest';
import { PostureCourier } from '../../../src/outbox/posture-courier.ts';
import { startReadableCluster } from '../../support/readable-cluster.ts';
import type { ReadableCluster } from '../../support/readable-cluster.ts';
import { waitFor } from '../../support/wait.ts';
import { Harness } from './harness.ts';

let harness: Harness;
let cluster: ReadableCluster;
beforeEach(async () => {
  harness = new Harness();
  cluster = await startReadableCluster(2);
  harness.defer(() => cluster.stop());
});
afterEach(() => harness.end());

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const bindings = `${rbac}/clusterrolebindings`;
interface Finding {
  readonly check: string;
  readonly result: string;
  readonly note: string;
  readonly evidence: readonly { field: string; value: string }[];
  readonly container?: { name: string };
  readonly workload?: { name: string };
}
async function findings(url: string, query = ''): Promise<readonly Finding[]> {
  const answer = await fetch(`${url}/api/v1/posture?node=kubernetes-cluster&limit=1000&result=all${query}`);
  return ((await answer.json()) as { items: readonly Finding[] }).items;
}
const pod = (name: string, more: object = {}, container: object = {}): object => ({
  metadata: {
    ...{ name, namespace: 'shop', labels: { 'pod-template-hash': 'aa' } },
    ownerReferences: [{ kind: 'ReplicaSet', name: 'web-aa', controller: true }],
  },
  spec: { nodeName: 'n1', containers: [{ name: 'nginx', image: 'nginx:1', ...container }], ...more },
  status: {
    phase: 'Running',
    containerStatuses: [{ name: 'nginx', containerID: `containerd://${name.padEnd(64, '0')}` }],
  },
});
const boundTo = (name: string, role: string, user: string): object => ({
  metadata: { name },
  roleRef: { kind: 'ClusterRole', name: role },
  subjects: [{ kind: 'User', name: user }],
});
const change = (resource: string): string =>
  JSON.stringify({
    kind: 'EventList',
    apiVersion: 'audit.k8s.io/v1',
    items: [
      {
        ...{ level: 'Metadata', auditID: crypto.randomUUID(), stage: 'ResponseComplete', verb: 'create' },
        ...{ requestURI: `/apis/x/${resource}`, user: { username: 'mallory' }, sourceIPs: ['10.0.0.1'] },
        ...{ objectRef: { resource, name: 'x' }, responseStatus: { code: 201 } },
        ...{ requestReceivedTimestamp: new Date().toISOString(), stageTimestamp: new Date().toISOString() },
      },
    ],
  });

test('a cluster is read in pages, judged, served; what may not be read is unknown with its reason', async () => {
  cluster.lists['/api/v1/namespaces']?.push(
    ...['shop', 'ops', 'kube-system'].map((name) => ({ metadata: { name, labels: {} } })),
  );
  cluster.lists['/api/v1/pods']?.push(
    ...['a', 'b', 'c'].map((name) => pod(name, name === 'c' ? { hostPID: true } : {})),
  );
  cluster.lists['/api/v1/nodes']?.push({
    metadata: { name: 'n1' },
    status: { nodeInfo: { kubeletVersion: 'v1.36.0' } },
  });
  cluster.forbidden.add(`${rbac}/roles`);
  // A list that expires on its second page is begun again.
  cluster.troubles.push({ path: '/api/v1/pods', continued: true, status: 410 });
  const { url } = await harness.collector({ cluster: { kubeconfig: cluster.kubeconfig(harness.directory) } });
  await waitFor('the findings', async () => (await findings(url)).length > 50);
  const found = await findings(url);
  const of = (check: string): Finding => found.find((one) => one.check === check) as Finding;
  expect(of('rbac-secrets')).toMatchObject({ result: 'unknown', note: 'may not look: list roles' });
  expect(of('cluster-readable').note).toContain('may not look: list roles');
  expect(of('kubelet-anonymous')).toMatchObject({
    result: 'unknown',
    note: 'may not look: get nodes/proxy',
    container: { name: 'node/n1' },
  });
  expect(of('anonymous-access')).toMatchObject({ result: 'pass' });
  expect(of('api-authorization').result).toBe('unknown');
  expect(
    found
      .filter(({ check }) => check === 'namespace-network-policy')
      .map(({ container, result }) => [container?.name, result]),
  ).toEqual([
    ['namespace/shop', 'fail'],
    ['namespace/ops', 'pass'],
  ]);
  // Three pods of one workload: the worst of them counts.
  expect(found.filter(({ check }) => check === 'pod-host-namespaces')).toMatchObject([
    { result: 'fail', workload: { name: 'shop/deployment/web/nginx' } },
  ]);
  expect(cluster.requests.filter((one) => one.startsWith('anonymous'))).toHaveLength(3);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain('anchorwatch_cluster_lost_total{reason="expired"} 1');
  expect(metrics).toMatch(/anchorwatch_posture_findings\{practice="K07",severity="critical"\} [1-9]/);
});

test('a binding of cluster-admin that comes while it runs is an alert, soon after the audit log tells of it; the audit log counts as one', async () => {
  cluster.lists[bindings]?.push(boundTo('admins', 'cluster-admin', 'ann'));
  const { url } = await harness.collector({
    cluster: { kubeconfig: cluster.kubeconfig(harness.directory), settleMs: 10 },
  });
  await waitFor(
    'the first reading',
    async () => (await findings(url, '&practice=rbac-cluster-admin'))[0]?.result === 'fail',
  );
  cluster.lists[bindings]?.push(boundTo('evil', 'cluster-admin', 'mallory'));
  const sent = await fetch(`${url}/kubernetes/audit`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: change('clusterrolebindings') },
  });
  expect(sent.status).toBe(200);
  interface Alerts {
    items: { title: string; severity: string; practices: string[]; evidence: { note: string } }[];
  }
  const alerts = async (): Promise<Alerts['items']> =>
    ((await (await fetch(`${url}/api/v1/alerts?node=kubernetes-cluster`)).json()) as Alerts).items;
  await waitFor('the alert', async () => (await alerts()).length > 0);
  const [alert, ...others] = await alerts();
  expect(others).toEqual([]);
  expect(alert).toMatchObject({
    severity: 'critical',
    evidence: { note: 'ClusterRoleBinding evil → cluster-admin: User mallory' },
  });
  expect(alert?.practices).toContain('K03');
  expect((await findings(url, '&practice=api-audit'))[0]).toMatchObject({ result: 'pass' });
});

test('what the kernel says on the node is compared with the spec', async () => {
  const security = { privileged: false, readOnlyRootFilesystem: true };
  cluster.lists['/api/v1/pods']?.push(pod('a', {}, { securityContext: security }));
  const { url } = await harness.collector({
    cluster: { kubeconfig: cluster.kubeconfig(harness.directory), settleMs: 10 },
  });
  await waitFor(
    'the first reading',
    async () => (await findings(url, '&practice=pod-kernel'))[0]?.result === 'unknown',
  );
  const courier = new PostureCourier(() => [
    {
      container: { id: 'a'.padEnd(64, '0'), name: 'nginx', image: 'nginx:1', digest: '' },
      workload: { id: 'w', name: 'shop/deployment/web/nginx', kind: 'kubernetes' },
      ...{ timeMs: Date.now(), passed: ['privileged'] },
      outcomes: [{ check: 'root-filesystem', result: 'fail', note: 'it can be written', evidence: [] }],
    },
  ]);
  harness.outbox(url, { companion: courier });
  await waitFor('the agent’s word', async () => {
    const answer = await fetch(`${url}/api/v1/posture?node=worker-3`);
    return ((await answer.json()) as { items: unknown[] }).items.length > 0;
  });
  await fetch(`${url}/kubernetes/audit`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: change('namespaces') },
  });
  await waitFor('the comparison', async () => (await findings(url, '&practice=pod-kernel'))[0]?.result === 'fail');
  expect((await findings(url, '&practice=pod-kernel'))[0]?.evidence).toEqual([
    { field: 'spec: has a read-only root', value: 'root-filesystem fails on the node' },
  ]);
});

test('an API that is down, or tears an answer, changes nothing and is counted; the reading comes back', async () => {
  cluster.troubles.push({ path: '/api/v1/pods', continued: false, status: 'torn' });
  const { url } = await harness.collector({
    cluster: { kubeconfig: cluster.kubeconfig(harness.directory), backOffMs: 10 },
  });
  await waitFor('the reading after the torn one', async () => (await findings(url)).length > 0);
  const metric = async (): Promise<string> => (await fetch(`${url}/metrics`)).text();
  expect(await metric()).toContain('anchorwatch_cluster_readings_total{outcome="failed"} 1');
  expect(await metric()).toContain('anchorwatch_cluster_readings_total{outcome="read"} 1');
  expect(harness.lines.join('\n')).toContain('the cluster could not be read');
});
