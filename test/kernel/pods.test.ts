import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { followAlerts, startCommand } from '../containers/product.ts';
import type { Command, SeenAlert } from '../containers/product.ts';
import { makePod, writeBundle } from '../support/pods.ts';
import type { PodParts } from '../support/pods.ts';
import { kernelMissing } from '../support/requirements.ts';
import { paths, startStandInCluster, writeKubeconfig } from '../support/stand-in-cluster.ts';
import type { StandInCluster } from '../support/stand-in-cluster.ts';
import { waitFor } from '../support/wait.ts';
import { cgroupMount, makeContainer } from './cgroup.ts';
import type { FakeContainer } from './cgroup.ts';

/** The alert's container and workload, which the other tests do not look at so closely. */
interface PodAlert extends SeenAlert {
  readonly workload: { readonly name: string; readonly kind: string };
  readonly container: {
    readonly id: string;
    readonly name: string;
    readonly pod?: string;
    readonly namespace?: string;
  };
}

const missing = kernelMissing();
const names: string[] = [];
let cluster: StandInCluster;
let folder: string;
let state: string;
let agent: Command | undefined;
let feed: Awaited<ReturnType<typeof followAlerts>> | undefined;

beforeAll(async () => {
  if (missing !== undefined) return;
  cluster = await startStandInCluster();
  folder = mkdtempSync(join(tmpdir(), 'aw-pods-'));
  state = join(folder, 'state');
  writeKubeconfig(folder, cluster.url);
  agent = await startCommand([
    ...['up', '--state', state, '--listen', '127.0.0.1:0', '--sensor', 'bpf'],
    ...['--kubeconfig', join(folder, 'kubeconfig'), '--node-name', 'node-1'],
  ]);
  feed = await followAlerts(readFileSync(join(state, 'listen'), 'utf8').trim());
});

afterAll(async () => {
  if (missing !== undefined) return;
  feed?.close();
  await agent?.kill('SIGTERM');
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
  for (const name of names) {
    rmSync(`/run/containerd/io.containerd.runtime.v2.task/k8s.io/${name}`, { recursive: true, force: true });
    rmSync(`/dev/shm/${name}`, { force: true });
  }
});

const newId = (): string => {
  const id = randomBytes(32).toString('hex');
  names.push(id);
  return id;
};
const newUid = (): string =>
  randomBytes(16)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
const put = (parts: PodParts): void => cluster.put(paths.pods, makePod(parts));
/** Whoever runs this runs a program that is in no image. */
const mischief = (name: string): string => `cp /bin/true /dev/shm/${name} && /dev/shm/${name}`;
const allAlerts = (): readonly PodAlert[] => (feed?.alerts ?? []) as readonly PodAlert[];
const alertsOf = (id: string): readonly PodAlert[] => allAlerts().filter(({ container }) => container.id === id);
const alertOf = (id: string): Promise<PodAlert> =>
  waitFor(`an alert of ${id.slice(0, 8)}`, () => alertsOf(id)[0], 20_000);

async function startIn(parent: string, name: string): Promise<FakeContainer> {
  const folderOfPod = `${cgroupMount}/anchorwatch-test/${parent}`;
  mkdirSync(folderOfPod, { recursive: true });
  const container = await makeContainer(`${parent}/${name}`);
  return {
    ...container,
    async stop() {
      await container.stop();
      for (
        let folderAbove = folderOfPod;
        !folderAbove.endsWith('/anchorwatch-test');
        folderAbove = dirname(folderAbove)
      )
        try {
          rmdirSync(folderAbove);
        } catch {
          return;
        }
    },
  };
}

test('a container of a pod is named from its first event: by the runtime’s files and the API', async (context) => {
  if (missing !== undefined) context.skip(missing);
  const [id, uid] = [newId(), newUid()];
  put({ uid, containers: [{}, { name: 'sidecar' }] });
  writeBundle('/run/containerd/io.containerd.runtime.v2.task/k8s.io', id, { uid });
  const slice = `kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${uid.replaceAll('-', '_')}.slice`;
  const container = await startIn(slice, `cri-containerd-${id}.scope`);
  await container.run(mischief(id));
  const alert = await alertOf(id);
  expect(alert).toMatchObject({
    workload: { name: 'shop/deployment/web/nginx', kind: 'kubernetes' },
    container: { id, name: 'nginx', pod: 'web-7d4b9c6f5d-x2x4z', namespace: 'shop' },
  });
  await container.stop();
});

test('a container that lived for less than 300 ms, and of which the API tells when it is over', async (context) => {
  if (missing !== undefined) context.skip(missing);
  const [id, uid] = [newId(), newUid()];
  const job = { ownerReferences: [{ kind: 'Job', name: 'report-29400000', controller: true }], labels: {} };
  put({ uid, name: 'report-29400000-x2x4z', metadata: job, containers: [{ name: 'a' }, { name: 'b' }] });
  const sinceMs = performance.now();
  const container = await startIn(`kubepods/besteffort/pod${uid}`, id);
  await container.run(mischief(id));
  await container.stop();
  const livedMs = performance.now() - sinceMs;
  put({
    uid,
    name: 'report-29400000-x2x4z',
    metadata: job,
    containers: [{ name: 'a' }, { name: 'b', id, state: 'terminated' }],
  });
  expect((await alertOf(id)).workload).toMatchObject({ name: 'shop/cronjob/report/b', kind: 'kubernetes' });
  await context.annotate(`it lived for ${livedMs.toFixed(0)} ms`);
});

test('a connection is learned by the name of the service, whatever address it has', async (context) => {
  if (missing !== undefined) context.skip(missing);
  const [id, uid] = [newId(), newUid()];
  const metadata = { uid: 'uid-db', name: 'db', namespace: 'payments' };
  const ports = [{ name: 'sql', port: 5432, protocol: 'TCP' }];
  cluster.put(paths.services, { metadata, spec: { clusterIP: '127.44.0.7', ports } } as never);
  const labels = { 'kubernetes.io/service-name': 'db' };
  const endpoints = [{ addresses: ['127.44.1.9'], targetRef: { kind: 'Pod' } }];
  const slice = {
    metadata: { ...metadata, uid: 'uid-slice', labels },
    endpoints,
    ports: [{ name: 'sql', port: 6432, protocol: 'TCP' }],
  };
  cluster.put(paths.slices, slice);
  put({
    uid,
    name: 'client-0',
    metadata: { ownerReferences: [{ kind: 'StatefulSet', name: 'client', controller: true }] },
    containers: [{ id }],
  });
  const container = await startIn(`kubepods/burstable/pod${uid}`, id);
  await container.run('(echo > /dev/tcp/127.44.0.7/5432) 2>&1; (echo > /dev/tcp/127.44.1.9/6432) 2>&1');
  const url = readFileSync(join(state, 'listen'), 'utf8').trim();
  const get = async <Body>(path: string): Promise<Body> => (await (await fetch(`${url}${path}`)).json()) as Body;
  interface Item {
    readonly id: string;
    readonly name: string;
  }
  const workload = await waitFor('the workload', async () =>
    (await get<{ items: readonly Item[] }>('/api/v1/workloads')).items.find(
      ({ name }) => name === 'shop/statefulset/client/nginx',
    ),
  );
  const features = await waitFor('the connections', async () => {
    const text = JSON.stringify(await get<object>(`/api/v1/workloads/${workload.id}/profile`));
    return text.includes('net.out') && text;
  });
  expect(features).toContain('"payments/service/db:5432/tcp"');
  expect(features).not.toContain('127.44.');
  await container.stop();
});

test('what is done outside of pods is nobody’s, and neither is a cgroup that only bears a pod’s name', async (context) => {
  if (missing !== undefined) context.skip(missing);
  const [id, own] = [newId(), newId()];
  const imitation = await startIn(`kubepods/burstable/pod${newUid()}`, id);
  await imitation.run(mischief(id));
  execFileSync('/bin/sh', ['-c', mischief(own)]);
  // After it, so that what would come has come.
  const [later, uid] = [newId(), newUid()];
  put({ uid, containers: [{ id: later }] });
  const container = await startIn(`kubepods/burstable/pod${uid}`, later);
  await container.run(mischief(later));
  await alertOf(later);
  await waitFor(
    'the imitation to be dropped',
    async () => {
      const metrics = await (await fetch(`${readFileSync(join(state, 'listen'), 'utf8').trim()}/metrics`)).text();
      return /^anchorwatch_events_total\{.*kind="not-a-container".*\} [1-9]/m.test(metrics);
    },
    30_000,
  );
  const known = new Set(names.filter((name) => name !== id && name !== own));
  expect(allAlerts().filter(({ container: { id: of } }) => !known.has(of))).toEqual([]);
  await container.stop();
  await imitation.stop();
});
