import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makePod, podUid, writeBundle } from '../../../test/support/pods.ts';
import type { PodParts } from '../../../test/support/pods.ts';
import { paths, startStandInCluster, writeKubeconfig } from '../../../test/support/stand-in-cluster.ts';
import type { StandInCluster } from '../../../test/support/stand-in-cluster.ts';
import { waitFor } from '../../../test/support/wait.ts';
import { systemClock } from '../../lib/clock.ts';
import { createLogger } from '../../lib/log.ts';
import type { Container } from '../../model/container.ts';
import { accessSource } from './access.ts';
import { Kubernetes } from './kubernetes.ts';

const id = '0123456789abcdef'.repeat(4);
const pauseId = 'fedcba9876543210'.repeat(4);
/** Above the largest pid of Linux. */
const noPid = 2 ** 22 + 1;
const digest = `sha256:${'1'.repeat(64)}`;

let cluster: StandInCluster;
let folder: string;
let kubernetes: Kubernetes;
let found: Container[];
let gone: string[];
let news: string[];

beforeEach(async () => {
  cluster = await startStandInCluster();
  folder = mkdtempSync(join(tmpdir(), 'aw-node-'));
  mkdirSync(`${folder}/cgroup`);
  [found, gone, news] = [[], [], []];
  writeKubeconfig(folder, cluster.url);
});

afterEach(async () => {
  kubernetes.stop();
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(withApi = true, peers?: 'services' | 'pods' | 'none'): Promise<void> {
  kubernetes = new Kubernetes({
    access: withApi ? accessSource(`${folder}/kubeconfig`) : undefined,
    ...{ nodeName: 'node-1', peers, mount: `${folder}/cgroup`, clock: systemClock, random: Math.random },
    ...{ bundleFolders: [`${folder}/bundles`], reflector: { retryBaseMs: 5 }, walkMs: 200 },
    log: createLogger({ level: 'silent' }),
    listener: {
      found: (container) => void found.push(container),
      gone: (one) => void gone.push(one),
      happened: (one, what) =>
        void news.push(`${one.slice(0, 4)} ${what === 'died' ? what : `${what.action}:${what.detail}`}`),
    },
  });
  await kubernetes.start();
}

function makeCgroup(
  containerId: string = id,
  uid: string = podUid,
): { readonly path: string; readonly cgroupId: string } {
  const path = `/kubepods/burstable/pod${uid}/${containerId}`;
  mkdirSync(`${folder}/cgroup${path}`, { recursive: true });
  writeFileSync(`${folder}/cgroup${path}/cgroup.procs`, `${noPid}\n`);
  return { path, cgroupId: statSync(`${folder}/cgroup${path}`).ino.toString() };
}

const removeCgroup = (path: string): void => rmSync(`${folder}/cgroup${path}`, { recursive: true });
const put = (parts: PodParts = {}): void => cluster.put(paths.pods, makePod(parts));
const podKnown = (): Promise<true> => waitFor('the pod', () => kubernetes.podCount > 0 || undefined);
const announce = ({ path, cgroupId }: ReturnType<typeof makeCgroup>): Promise<string> =>
  kubernetes.announce(cgroupId, path);

describe('with the API', () => {
  test('a container that runs is found by its cgroup and named by its pod', async () => {
    put({ containers: [{ id }] });
    const { cgroupId } = makeCgroup();
    await start();
    expect(found).toMatchObject([
      {
        ...{ id, cgroupId, digest, pid: noPid, name: 'nginx', image: 'nginx:1.27', serviceAccount: 'web' },
        ...{ namespace: 'shop', pod: 'web-7d4b9c6f5d-x2x4z', labels: { app: 'web' }, privileged: false },
        workload: { kind: 'kubernetes', name: 'shop/deployment/web/nginx' },
      },
    ]);
  });

  test('a container that starts is known from its first moment, by what the runtime wrote and the pod that is known already', async () => {
    put({ name: 'other-1', uid: 'another', containers: [{ id: 'f'.repeat(64) }] });
    put({ containers: [{}, { name: 'sidecar' }] });
    await start();
    await podKnown();
    writeBundle(`${folder}/bundles`, id, { container: 'sidecar' });
    expect(await announce(makeCgroup())).toBe('container');
    expect(found.map(({ workload, digest: of }) => [workload.name, of])).toEqual([
      ['shop/deployment/web/sidecar', digest],
    ]);
  });

  test('the digest of its image comes with the status', async () => {
    put({ containers: [{ image: 'nginx:1.28' }] });
    await start();
    writeBundle(`${folder}/bundles`, id);
    const answer = announce(makeCgroup());
    put({ containers: [{ image: 'nginx:1.28', id }] });
    expect(await answer).toBe('container');
    await waitFor('the digest', () => found.at(-1)?.digest === digest);
    expect(found.map(({ image }) => image)).toEqual(['nginx:1.28', 'nginx:1.28']);
  });

  test('the pause container is nobody of the workload', async () => {
    put();
    await start();
    writeBundle(`${folder}/bundles`, pauseId, { type: 'sandbox' });
    expect(await announce(makeCgroup(pauseId))).toBe('not-a-container');
    expect(found).toEqual([]);
  });

  test('where the runtime’s files cannot be read, the status names a container that has ended meanwhile', async () => {
    put({ containers: [{}, { name: 'sidecar' }] });
    await start();
    await podKnown();
    const cgroup = makeCgroup();
    const answer = announce(cgroup);
    removeCgroup(cgroup.path);
    put({ containers: [{}, { name: 'sidecar', id, state: 'terminated' }] });
    expect(await answer).toBe('container');
    expect(found.map(({ workload }) => workload.name)).toEqual(['shop/deployment/web/sidecar']);
    expect(gone).toEqual([id]);
  });

  test('a pod that is told later than its cgroup', async () => {
    await start();
    const answer = announce(makeCgroup());
    put({ containers: [{ id }] });
    expect(await answer).toBe('container');
    expect(found.map(({ workload }) => workload.name)).toEqual(['shop/deployment/web/nginx']);
  });

  test('a cgroup that is named like a container of a pod is none where nobody knows the pod', async () => {
    await start();
    expect(await announce(makeCgroup())).toBe('not-a-container');
    expect(found).toEqual([]);
  });

  test('another cgroup of a container’s name is an imitation', async () => {
    put({ containers: [{ id }] });
    makeCgroup();
    await start();
    expect(await announce(makeCgroup(id, 'aaaaaaaa-3d4a-4c7e-9b1f-0a2b3c4d5e6f'))).toBe('not-a-container');
    expect(found).toHaveLength(1);
  });

  test('static pods have the hash of their file in their cgroup, init and ephemeral containers names of their own', async () => {
    const hash = '5f0f3c1d2e4b6a798877665544332211';
    const annotations = { 'kubernetes.io/config.mirror': hash, 'kubernetes.io/config.hash': hash };
    const initId = 'a'.repeat(64);
    const debugId = 'b'.repeat(64);
    put({
      ...{
        name: 'etcd-node-1',
        metadata: { annotations, ownerReferences: [{ kind: 'Node', name: 'node-1', controller: true }] },
      },
      containers: [{ name: 'etcd', id }],
      init: [{ name: 'prepare', id: initId, state: 'terminated' }],
      ephemeral: [{ name: 'debugger-x2x4z', id: debugId }],
    });
    for (const one of [id, initId, debugId]) makeCgroup(one, hash);
    await start();
    expect(found.map(({ workload }) => workload.name).toSorted()).toEqual([
      'shop/static/etcd/debugger',
      'shop/static/etcd/etcd',
      'shop/static/etcd/prepare',
    ]);
  });

  test('probes, host paths, namespaces and privileges come from the specification', async () => {
    const probe = { exec: { command: ['pg_isready', '-q'] } };
    const spec = {
      livenessProbe: probe,
      securityContext: { privileged: true },
      volumeMounts: [{ name: 'etc', mountPath: '/host' }],
    };
    put({
      spec: {
        hostPID: true,
        volumes: [{ name: 'etc', hostPath: { path: '/etc' } }],
        containers: [{ name: 'nginx', ...spec }],
      },
      containers: [{ id }],
    });
    makeCgroup();
    await start();
    expect(found).toMatchObject([
      {
        ...{ probes: [['pg_isready', '-q']], privileged: true, hostNamespaces: ['pid'] },
        mounts: [{ type: 'bind', source: '/etc', destination: '/host', readOnly: false }],
      },
    ]);
  });

  test('an object that is no pod is counted and loses nothing else', async () => {
    cluster.put(paths.pods, {
      metadata: { uid: 'x', name: 'x', namespace: 'x' },
      spec: { nodeName: 'node-1', hostPID: 'yes' },
    } as never);
    put({ containers: [{ id }] });
    makeCgroup();
    await start();
    expect(found).toHaveLength(1);
    expect(kubernetes.lost.object_refused).toBe(1);
  });
});

describe('without the API', () => {
  test('what the runtime wrote down names the container', async () => {
    writeBundle(`${folder}/bundles`, id);
    makeCgroup();
    await start(false);
    expect(found).toMatchObject([
      {
        namespace: 'shop',
        pod: 'web-7d4b9c6f5d-x2x4z',
        workload: { name: 'shop/deployment/web/nginx' },
        image: 'docker.io/library/nginx:1.27',
      },
    ]);
  });

  test('the cgroup gives pod uid and container id', async () => {
    makeCgroup();
    await start(false);
    expect(found).toMatchObject([{ id, pod: podUid, workload: { name: `unknown/pod/${podUid}/${id.slice(0, 12)}` } }]);
  });

  test('an API that is away: the runtime’s word until it is back, then the pod’s', async () => {
    cluster.troubles.push(...Array.from({ length: 6 }, () => ({ trouble: { status: 500 } })));
    writeBundle(`${folder}/bundles`, id, { pod: 'custom' });
    put({ name: 'custom', containers: [{ id }] });
    makeCgroup();
    await start();
    await waitFor('the pod’s own name', () => found.at(-1)?.workload.name === 'shop/deployment/web/nginx');
  });
});

describe('changes of a pod', () => {
  beforeEach(async () => {
    put({ containers: [{ id }] });
    makeCgroup();
    await start();
  });
  const told = (...expected: string[]): Promise<true> =>
    waitFor(expected.join(), () => news.join() === expected.join() || undefined);

  test('an end for lack of memory, and one more', async () => {
    const ended = (one: string): object => ({
      ...{
        restartCount: 1,
        lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', containerID: `containerd://${one}` } },
      },
    });
    put({ containers: [{ id: pauseId, status: ended(id) }] });
    await told('0123 oom:', '0123 died');
    put({ containers: [{ id: pauseId, status: { ...ended(id), ready: false } }] });
    await told('0123 oom:', '0123 died', 'fedc probe-failed:readiness');
  });

  test('an ephemeral container, once', async () => {
    const parts: PodParts = { containers: [{ id }], ephemeral: [{ name: 'debugger-x2x4z', image: 'busybox:1.36' }] };
    put(parts);
    put({ ...parts, status: { reason: 'Evicted' } });
    await told('0123 debug-container:busybox', '0123 evicted:');
  });

  test('a weaker security context than the workload had', async () => {
    const spec = { securityContext: { capabilities: { add: ['SYS_ADMIN'] } } };
    const second = 'aaaaaaaa-3d4a-4c7e-9b1f-0a2b3c4d5e6f';
    put({ uid: second, name: 'web-7d4b9c6f5d-y2y4y', containers: [{ id: pauseId, spec }] });
    await announce(makeCgroup(pauseId, second));
    await told('fedc weaker-security:capability SYS_ADMIN');
  });

  test('a pod that gives up the users of its own that its workload had', async () => {
    for (const [index, one] of [id, pauseId].map((from) => `c${from.slice(1)}`).entries()) {
      const uid = podUid.replace('8f', `a${index}`);
      const metadata = { ownerReferences: [{ kind: 'StatefulSet', name: 'db', controller: true }] };
      put({ uid, name: `db-${index}`, metadata, spec: { hostUsers: index === 1 }, containers: [{ id: one }] });
      await announce(makeCgroup(one, uid));
    }
    await told('cedc weaker-security:users of the node');
  });
});

describe('who an address is', () => {
  const metadata = (name: string): { uid: string; name: string; namespace: string } => ({
    uid: `uid-${name}`,
    name,
    namespace: 'payments',
  });
  const slice = (name: string, address: string, kind = 'Pod'): never =>
    ({
      metadata: { ...metadata(name), labels: { 'kubernetes.io/service-name': 'db' } },
      endpoints: [{ addresses: [address], targetRef: { kind } }],
      ports: [{ name: 'sql', port: 6432, protocol: 'TCP' }],
    }) as never;
  const service = {
    metadata: metadata('db'),
    spec: { clusterIP: '10.96.0.7', ports: [{ name: 'sql', port: 5432, protocol: 'TCP' }] },
  } as never;

  test('a service by its address, a pod behind it by the service and its port, a pod of the node by its owner', async () => {
    cluster.put(paths.services, service);
    cluster.put(paths.slices, slice('db-1', '10.244.3.9'));
    cluster.put(paths.slices, slice('db-2', '203.0.113.9', 'none'));
    put();
    await start();
    expect(kubernetes.peers.of('10.96.0.7', 5432, 'tcp')).toEqual({ name: 'payments/service/db', port: 5432 });
    expect(kubernetes.peers.of('10.244.3.9', 6432, 'tcp')).toEqual({ name: 'payments/service/db', port: 5432 });
    expect(kubernetes.peers.of('10.244.3.9', 22, 'tcp')).toBeUndefined();
    expect(kubernetes.peers.of('10.244.1.7', 8080, 'tcp')).toEqual({ name: 'shop/deployment/web', port: 8080 });
    // An address that no pod has: anybody may write it into a slice.
    expect(kubernetes.peers.of('203.0.113.9', 6432, 'tcp')).toBeUndefined();
  });

  test('a rollout: the new address has the name, the old one none', async () => {
    cluster.put(paths.services, service);
    cluster.put(paths.slices, slice('db-1', '10.244.3.9'));
    await start();
    cluster.put(paths.slices, slice('db-1', '10.244.4.2'));
    await waitFor('the new address', () => kubernetes.peers.of('10.244.4.2', 6432, 'tcp'));
    expect(kubernetes.peers.of('10.244.3.9', 6432, 'tcp')).toBeUndefined();
    expect([...kubernetes.peers.takeMoved()]).toEqual(['10.244.3.9']);
    cluster.remove(paths.slices, 'uid-db-1');
    cluster.remove(paths.services, 'uid-db');
    await waitFor('the end of both', () => kubernetes.peers.size === 0);
    expect([...kubernetes.peers.takeMoved()].toSorted()).toEqual(['10.244.4.2', '10.96.0.7']);
  });
});

describe('pods of other nodes that no service selects', () => {
  const other = (uid: string, ip: string, more: object = {}): never =>
    makePod({
      ...{ uid, name: `batch-${uid}`, namespace: 'jobs', nodeName: 'node-2' },
      metadata: { ownerReferences: [{ kind: 'StatefulSet', name: 'batch', controller: true }] },
      status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], ...more },
    }) as never;
  const nameOf = (address: string): string | undefined => kubernetes.peers.of(address, 8080, 'tcp')?.name;

  test('have the names of their workloads, which a list in pages and the watch tell; an address that is given on changes its name', async () => {
    for (let number = 1; number <= 230; number++)
      cluster.put(paths.pods, other(`uid-${String(number)}`, `10.244.7.${String(number)}`));
    await start(true, 'pods');
    expect([nameOf('10.244.7.1'), nameOf('10.244.7.230')]).toEqual([
      'jobs/statefulset/batch',
      'jobs/statefulset/batch',
    ]);
    expect(cluster.requests.filter((request) => request.endsWith('limit=50'))).toHaveLength(5);
    // What ended keeps no address: the API tells of it as of one that is gone, because it is not selected any more.
    cluster.put(paths.pods, other('uid-1', '10.244.7.1', { phase: 'Succeeded' }));
    await waitFor('its end', () => nameOf('10.244.7.1') === undefined);
    expect([...kubernetes.peers.takeMoved()]).toEqual(['10.244.7.1']);
    // Its network was made anew.
    cluster.put(paths.pods, other('uid-2', '10.244.8.2'));
    await waitFor('the new address', () => nameOf('10.244.8.2'));
    expect(nameOf('10.244.7.2')).toBeUndefined();
    // Another pod has the address before the end of the first is told.
    cluster.put(paths.pods, makePod({ uid: 'next', nodeName: 'node-3', status: { podIP: '10.244.7.3', podIPs: [] } }));
    await waitFor('the next name', () => nameOf('10.244.7.3') === 'shop/deployment/web');
    cluster.remove(paths.pods, 'uid-3');
    cluster.put(paths.pods, other('uid-4', '10.244.8.4'));
    await waitFor('the last change', () => nameOf('10.244.8.4'));
    expect(nameOf('10.244.7.3')).toBe('shop/deployment/web');
  });

  test.each([
    [undefined, ['endpointslices', 'pods', 'services']],
    ['none', ['pods']],
  ] as const)('are not asked for unless that is wanted (%s)', async (peers, asked) => {
    cluster.put(paths.pods, other('uid-1', '10.244.7.1'));
    put({ status: { podIP: '10.244.3.3', podIPs: [] } });
    await start(true, peers);
    expect([nameOf('10.244.7.1'), nameOf('10.244.3.3')]).toEqual([undefined, 'shop/deployment/web']);
    expect(cluster.requests.filter((request) => request.includes('spec.nodeName%21%3D'))).toEqual([]);
    const kinds = cluster.requests.map((request) => /(\w+)\?/.exec(request)?.[1] ?? '');
    expect(new Set(kinds)).toEqual(new Set(asked));
  });
});

test('a container whose cgroup is gone has ended, with or without a word of the kernel', async () => {
  put({ containers: [{ id }] });
  const { path } = makeCgroup();
  await start();
  removeCgroup(path);
  await waitFor('its end', () => gone.includes(id));
});
