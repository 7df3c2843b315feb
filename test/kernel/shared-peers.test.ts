import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCommand } from '../containers/product.ts';
import type { Command } from '../containers/product.ts';
import { makePod } from '../support/pods.ts';
import { kernelMissing } from '../support/requirements.ts';
import { paths, startStandInCluster, writeKubeconfig } from '../support/stand-in-cluster.ts';
import type { StandInCluster } from '../support/stand-in-cluster.ts';
import { waitFor } from '../support/wait.ts';
import { cgroupMount, makeContainer } from './cgroup.ts';

const missing = kernelMissing();
const running: Command[] = [];
let cluster: StandInCluster;
let folder: string;
let url: string;

beforeAll(async () => {
  if (missing !== undefined) return;
  cluster = await startStandInCluster();
  folder = mkdtempSync(join(tmpdir(), 'aw-shared-'));
  const kubeconfig = ['--kubeconfig', writeKubeconfig(folder, cluster.url)];
  cluster.put(paths.services, service('kubernetes', 'default', '127.44.0.1'));
  cluster.put(paths.services, service('db', 'payments', '127.44.0.7'));
  cluster.put(paths.slices, slice('127.44.1.9'));
  cluster.put(
    paths.pods,
    makePod({
      ...{ uid: 'batch', name: 'batch-0', namespace: 'jobs', nodeName: 'node-2' },
      metadata: { ownerReferences: [{ kind: 'StatefulSet', name: 'batch', controller: true }] },
      status: { phase: 'Running', podIP: '127.44.2.5', podIPs: [{ ip: '127.44.2.5' }] },
    }),
  );
  const state = join(folder, 'collector');
  const collector = ['collector', '--state', state, '--cluster-interval', '0s', ...kubeconfig];
  running.push(await startCommand([...collector, '--listen', '127.0.0.1:0']));
  url = readFileSync(join(state, 'listen'), 'utf8').trim();
  const link = ['--collector', url.replace('http', 'ws'), '--token-file', join(state, 'agent-token')];
  const node = ['--state', join(folder, 'node'), '--sensor', 'bpf', '--node-name', 'node-1', ...kubeconfig];
  running.push(await startCommand(['agent', ...link, ...node]));
});

afterAll(async () => {
  if (missing !== undefined) return;
  for (const command of running.toReversed()) await command.kill('SIGTERM');
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
});

function service(name: string, namespace: string, clusterIP: string): never {
  const ports = [{ name: 'sql', port: 5432, protocol: 'TCP' }];
  return { metadata: { uid: `uid-${name}`, name, namespace }, spec: { clusterIP, ports } } as never;
}
function slice(address: string): never {
  const labels = { 'kubernetes.io/service-name': 'db' };
  return {
    metadata: { uid: 'uid-slice', name: 'db-1', namespace: 'payments', labels },
    endpoints: [{ addresses: [address], targetRef: { kind: 'Pod' } }],
    ports: [{ name: 'sql', port: 6432, protocol: 'TCP' }],
  } as never;
}

test('connections are learned by the names that the collector tells, and so is what a rollout gives another address', async (context) => {
  if (missing !== undefined) context.skip(missing);
  const get = async <Body>(path: string): Promise<Body> => (await (await fetch(`${url}${path}`)).json()) as Body;
  const id = randomBytes(32).toString('hex');
  const uid = `11111111-2222-3333-4444-${randomBytes(6).toString('hex')}`;
  const owned = { metadata: { ownerReferences: [{ kind: 'StatefulSet', name: 'client', controller: true }] } };
  cluster.put(paths.pods, makePod({ uid, name: 'client-0', ...owned, containers: [{ id }] }));
  const parent = `kubepods/burstable/pod${uid}`;
  mkdirSync(`${cgroupMount}/anchorwatch-test/${parent}`, { recursive: true });
  const container = await makeContainer(`${parent}/${id}`);
  const connect = (...to: readonly string[]): Promise<unknown> =>
    container.run(to.map((one) => `(echo > /dev/tcp/${one}) 2>&1`).join('; '));
  const profile = async (): Promise<string> => {
    const { items } = await get<{ items: readonly { id: string; name: string }[] }>('/api/v1/workloads');
    const workload = items.find(({ name }) => name === 'shop/statefulset/client/nginx');
    return workload === undefined ? '' : JSON.stringify(await get(`/api/v1/workloads/${workload.id}/profile`));
  };
  await connect('127.44.0.7/5432', '127.44.1.9/6432', '127.44.2.5/8080');
  await waitFor('the connections', async () => (await profile()).includes('"jobs/statefulset/batch:8080/tcp"'), 30_000);
  cluster.put(paths.slices, slice('127.44.1.10'));
  await waitFor('the change to be told', async () => {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    return (
      metrics.includes('anchorwatch_peers_agents{state="current"} 1') &&
      /^anchorwatch_peers_messages_total\{kind="change"\} [2-9]/m.test(metrics)
    );
  });
  await connect('127.44.1.10/6432', '127.44.3.3/9999');
  const features = await waitFor(
    'the last connection',
    async () => {
      const text = await profile();
      return text.includes('127.44.3.3:9999') && text;
    },
    30_000,
  );
  expect(features).toContain('"payments/service/db:5432/tcp"');
  expect(features.match(/127\.44\.\d+\.\d+/g)).toEqual(['127.44.3.3']);
  const { items } = await get<{ items: readonly { reported?: { peers?: object } }[] }>('/api/v1/nodes');
  expect(items[0]?.reported?.peers).toMatchObject({ source: 'collector', reason: '' });
  await container.stop();
  for (
    let above = `${cgroupMount}/anchorwatch-test/${parent}`;
    !above.endsWith('/anchorwatch-test');
    above = dirname(above)
  )
    try {
      rmdirSync(above);
    } catch {
      break;
    }
});
