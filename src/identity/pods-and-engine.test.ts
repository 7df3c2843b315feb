import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makePod, podUid, writeBundle } from '../../test/support/pods.ts';
import { paths, startStandInCluster, writeKubeconfig } from '../../test/support/stand-in-cluster.ts';
import type { StandInCluster } from '../../test/support/stand-in-cluster.ts';
import { startStandInEngine } from '../../test/support/stand-in-engine.ts';
import type { StandInEngine } from '../../test/support/stand-in-engine.ts';
import { waitFor } from '../../test/support/wait.ts';
import { systemClock } from '../lib/clock.ts';
import { createLogger } from '../lib/log.ts';
import { Containers } from './containers.ts';

const id = '0123456789abcdef'.repeat(4);
const digest = `sha256:${'2'.repeat(64)}`;

let cluster: StandInCluster;
let engine: StandInEngine | undefined;
let folder: string;
let containers: Containers;
let told: string[];
let logged: string;

beforeEach(async () => {
  cluster = await startStandInCluster();
  folder = mkdtempSync(join(tmpdir(), 'aw-both-'));
  mkdirSync(`${folder}/cgroup`);
  writeKubeconfig(folder, cluster.url);
  [told, logged, engine] = [[], '', undefined];
});

afterEach(async () => {
  containers.stop();
  await engine?.stop();
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(dockerHost: string | undefined, peers?: 'services' | 'pods' | 'none'): Promise<void> {
  containers = new Containers({
    dockerHost,
    log: createLogger({ level: 'warn', destination: { write: (line) => void (logged += line) } }),
    clock: systemClock,
    kubernetes: {
      ...{ kubeconfig: `${folder}/kubeconfig`, nodeName: 'node-1', peers },
      more: { mount: `${folder}/cgroup`, bundleFolders: [`${folder}/bundles`], reflector: { retryBaseMs: 5 } },
    },
    listener: {
      started: ({ workload }) => void told.push(`started ${workload.name}`),
      stopped: ({ workload }) => void told.push(`stopped ${workload.name}`),
      updated: (container) => void told.push(`updated ${container.digest.slice(0, 8)}`),
      lifecycle: ({ action, detail }) => void told.push(`${action}:${detail}`),
    },
  });
  await containers.start();
}

function makeCgroup(): { readonly path: string; readonly cgroupId: string } {
  const path = `/kubepods/burstable/pod${podUid}/${id}`;
  mkdirSync(`${folder}/cgroup${path}`, { recursive: true });
  writeFileSync(`${folder}/cgroup${path}/cgroup.procs`, `${2 ** 22 + 1}\n`);
  return { path, cgroupId: statSync(`${folder}/cgroup${path}`).ino.toString() };
}

test.each([
  [undefined, 3, 0],
  ['pods', 4, 1],
  ['none', 1, 0],
] as const)('which peers the API is asked for (%s)', async (peers, kinds, ofOtherNodes) => {
  await start(undefined, peers);
  const lists = cluster.requests.filter((request) => !request.includes('watch=true'));
  expect(lists).toHaveLength(kinds);
  expect(lists.filter((request) => decodeURIComponent(request).includes('spec.nodeName!=node-1'))).toHaveLength(
    ofOtherNodes,
  );
});

test('an engine below a kubelet: its pods are told by Kubernetes, its other containers by the engine, none twice', async () => {
  engine = await startStandInEngine();
  const labels = { 'io.kubernetes.pod.uid': podUid, 'io.kubernetes.pod.name': 'web-7d4b9c6f5d-x2x4z' };
  engine.containers.set(id, { id, name: 'k8s_nginx', status: 'running', labels });
  engine.containers.set('plain', { id: 'plain', name: 'plain', image: 'redis:8', status: 'running' });
  cluster.put(paths.pods, makePod({ containers: [{ id }] }));
  makeCgroup();
  await start(engine.host);
  expect(told).toEqual(['started shop/deployment/web/nginx', 'started redis/plain']);
  // A new list of the engine ends none of the pods' containers.
  engine.containers.delete(id);
  engine.hangUp();
  await waitFor('the engine to be followed again', () => containers.counters.connects === 2);
  expect(told).toHaveLength(2);
});

test('a node without an engine: nothing is missed and nothing is complained of', async () => {
  cluster.put(paths.pods, makePod());
  await start(undefined);
  await waitFor('the pod', () => containers.kubernetes?.podCount === 1);
  writeBundle(`${folder}/bundles`, id);
  const { cgroupId, path } = makeCgroup();
  expect(await containers.announce(cgroupId, path)).toBe('container');
  expect(containers.byCgroup(cgroupId)?.workload.name).toBe('shop/deployment/web/nginx');
  if (containers.connected) expect(logged).not.toContain('engine');
  containers.cgroupRemoved(cgroupId);
  expect(told).toEqual(['started shop/deployment/web/nginx', 'stopped shop/deployment/web/nginx']);
});

test('a rollout is a change of the image: the new container waits for its digest', async () => {
  engine = await startStandInEngine();
  const second = '8f1c0b6e-3d4a-4c7e-9b1f-00000000000f';
  cluster.put(paths.pods, makePod({ containers: [{ id }] }));
  makeCgroup();
  await start(engine.host);
  const [nextId, image] = ['f'.repeat(64), 'nginx:1.28'];
  const path = `/kubepods/burstable/pod${second}/${nextId}`;
  mkdirSync(`${folder}/cgroup${path}`, { recursive: true });
  const pod = { uid: second, name: 'web-66b6c48dd5-abcde' };
  cluster.put(paths.pods, makePod({ ...pod, containers: [{ image }] }));
  writeBundle(`${folder}/bundles`, nextId, { uid: second });
  const answer = containers.announce(statSync(`${folder}/cgroup${path}`).ino.toString(), path);
  setTimeout(() => cluster.put(paths.pods, makePod({ ...pod, containers: [{ image, id: nextId, digest }] })), 1_000);
  expect(await answer).toBe('container');
  expect(containers.byId(nextId)?.digest).toBe(digest);
  const started = 'started shop/deployment/web/nginx';
  expect(told).toEqual([started, started, 'image-change:']);
});

test('the digest of a workload’s first image comes when it is known', async () => {
  engine = await startStandInEngine();
  cluster.put(paths.pods, makePod());
  await start(engine.host);
  writeBundle(`${folder}/bundles`, id);
  const { cgroupId, path } = makeCgroup();
  expect(await containers.announce(cgroupId, path)).toBe('container');
  cluster.put(paths.pods, makePod({ containers: [{ id, digest }] }));
  await waitFor('the digest', () => told.includes('updated sha256:2'));
  expect(told).toEqual(['started shop/deployment/web/nginx', 'updated sha256:2']);
});
