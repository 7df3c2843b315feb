import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunningCollector } from '../../../src/collector/collector.ts';
import { accessSource } from '../../../src/identity/kubernetes/access.ts';
import { Kubernetes } from '../../../src/identity/kubernetes/kubernetes.ts';
import type { KubernetesOptions } from '../../../src/identity/kubernetes/kubernetes.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createLogger } from '../../../src/lib/log.ts';
import { PeerCompanion } from '../../../src/outbox/peer-companion.ts';
import { spawnCommand, startCommand } from '../../containers/product.ts';
import { makePod } from '../../support/pods.ts';
import { paths, startStandInCluster, writeKubeconfig } from '../../support/stand-in-cluster.ts';
import type { ClusterObject, StandInCluster } from '../../support/stand-in-cluster.ts';
import { waitFor } from '../../support/wait.ts';
import { getJson, Harness, metric, token } from './harness.ts';

let harness: Harness;
let cluster: StandInCluster;
let folder: string;
const collectorToken = 'token-of-the-collector';

beforeEach(async () => {
  harness = new Harness();
  cluster = await startStandInCluster();
  cluster.tokens.add(collectorToken);
  folder = mkdtempSync(join(tmpdir(), 'aw-peers-'));
  for (const who of ['agent', 'collector', 'cgroup']) mkdirSync(join(folder, who));
  writeKubeconfig(join(folder, 'agent'), cluster.url);
  cluster.put(paths.services, service('kubernetes', '10.96.0.1', 'default'));
});
afterEach(async () => {
  await harness.end();
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

function service(name: string, clusterIP: string, namespace = 'payments', port = 5432): ClusterObject {
  return {
    metadata: { uid: `uid-${namespace}-${name}`, name, namespace },
    spec: { clusterIP, ports: [{ name: 'sql', port, protocol: 'TCP' }] },
  } as ClusterObject;
}
function slice(name: string, addresses: readonly string[]): ClusterObject {
  return {
    metadata: { uid: `uid-${name}`, name, namespace: 'payments', labels: { 'kubernetes.io/service-name': 'db' } },
    endpoints: addresses.map((address) => ({ addresses: [address], targetRef: { kind: 'Pod' } })),
    ports: [{ name: 'sql', port: 6432, protocol: 'TCP' }],
  } as ClusterObject;
}
function pod(uid: string, ip: string, owner = 'batch', nodeName = 'node-2'): ClusterObject {
  return makePod({
    ...{ uid, name: `${owner}-${uid}`, namespace: 'jobs', nodeName },
    metadata: { ownerReferences: [{ kind: 'StatefulSet', name: owner, controller: true }] },
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] },
  });
}
const addressOf = (number: number): string => `10.244.${String(number >> 8)}.${String(number & 255)}`;

function kubeconfigOfCollector(): string {
  const file = writeKubeconfig(join(folder, 'collector'), cluster.url);
  writeFileSync(file, readFileSync(file, 'utf8').replace('token-1', collectorToken));
  return file;
}
const collector = (sharePeers: 'auto' | 'services' | 'none' = 'auto', more: object = {}): Promise<RunningCollector> =>
  harness.collector({
    cluster: { kubeconfig: kubeconfigOfCollector(), intervalMs: 0, sharePeers, reflector: { retryBaseMs: 5 }, ...more },
  });

const waits = { firstMs: 2_000, graceMs: 150, spreadMs: 0, keptMs: 3_600_000, againMs: 20 };

/** The parts of an agent that names go through, as its root puts them together. */
async function agent(
  url: string,
  changes: Partial<KubernetesOptions> = {},
  nodeName = 'worker-3',
): Promise<{ kubernetes: Kubernetes; name(address: string, port?: number): string | undefined; source(): string }> {
  const kubernetes: Kubernetes = new Kubernetes({
    access: accessSource(join(folder, 'agent', 'kubeconfig')),
    ...{ nodeName: 'node-1', mount: join(folder, 'cgroup'), clock: systemClock, random: () => 0, mayShare: true },
    ...{ bundleFolders: [], reflector: { retryBaseMs: 5 }, peerWaits: waits, log: createLogger({ level: 'silent' }) },
    listener: { found: () => undefined, gone: () => undefined, happened: () => undefined },
    ...changes,
  });
  const fileName = `${nodeName}.db`;
  harness.outbox(url, { companion: new PeerCompanion(() => kubernetes.peers), nodeName, fileName });
  harness.defer(() => kubernetes.stop());
  await kubernetes.start();
  return {
    kubernetes,
    name: (address, port = 6432) => {
      const peer = kubernetes.peers.of(address, port, 'tcp');
      return peer === undefined ? undefined : `${peer.name}:${String(peer.port)}`;
    },
    source: () => kubernetes.peers.report.source,
  };
}
/** What was asked of the API with the token of agents, but for which cluster this is. */
function askedByAgents(): readonly string[] {
  return cluster.requests.filter(
    (request, index) => cluster.seenTokens[index] === 'token-1' && !request.includes('metadata.name'),
  );
}
const tells = (expected: string, who: { source(): string }): Promise<true> =>
  waitFor(`the names by ${expected}`, () => who.source() === expected || undefined);

describe('a collector that shares', () => {
  beforeEach(() => {
    cluster.put(paths.services, service('db', '10.96.0.7'));
    cluster.put(paths.slices, slice('db-1', ['10.245.3.9']));
  });

  test('5,000 pods: agents have all names and ask the API for their own pods alone; a pod takes far less than 100 bytes', async () => {
    for (let number = 1; number <= 5_000; number++)
      cluster.put(paths.pods, pod(`u${String(number)}`, addressOf(number), `owner-${String(number % 700)}`));
    const { url } = await collector();
    await waitFor('the collector’s lists', async () => (await metric(url, 'anchorwatch_peers_names')) === 5_003);
    const agents = [await agent(url), await agent(url, {}, 'worker-4'), await agent(url, {}, 'worker-5')];
    for (const one of agents) {
      await tells('collector', one);
      expect(one.name('10.96.0.7', 5432)).toBe('payments/service/db:5432');
      expect(one.name('10.245.3.9')).toBe('payments/service/db:5432');
      expect(one.name(addressOf(4_999), 80)).toBe('jobs/statefulset/owner-99:80');
      expect([...one.kubernetes.peers.takeMoved()]).toEqual([]);
      expect(one.kubernetes.peers.report).toEqual({ source: 'collector', reason: '', names: 5_003 });
    }
    expect(askedByAgents().filter((request) => !request.includes('spec.nodeName%3Dnode-1'))).toEqual([]);
    const bytes = await metric(url, 'anchorwatch_peers_sent_bytes_total');
    expect(bytes).toBeLessThan(3 * 5_000 * 30);
    expect(await metric(url, 'anchorwatch_peers_resyncs_total{reason="new"}')).toBe(3);
    await waitFor('all', async () => (await metric(url, 'anchorwatch_peers_agents{state="current"}')) === 3);
  });

  test('a rollout is told as what changed; what an address was called does not outlive it', async () => {
    const { url } = await collector();
    cluster.put(paths.pods, pod('a', '10.244.7.1'));
    const one = await agent(url);
    await waitFor('the pod', () => one.name('10.244.7.1', 80));
    cluster.put(paths.slices, slice('db-1', ['10.245.4.2']));
    cluster.put(paths.services, service('db', '10.96.0.7', 'payments', 5433));
    cluster.put(paths.pods, pod('a', '10.244.7.1', 'other'));
    await waitFor('the new names', () => one.name('10.245.4.2') === 'payments/service/db:5433');
    await waitFor('the other owner', () => one.name('10.244.7.1', 80) === 'jobs/statefulset/other:80');
    expect(one.name('10.245.3.9')).toBeUndefined();
    expect([...one.kubernetes.peers.takeMoved()].toSorted()).toEqual(['10.244.7.1', '10.245.3.9']);
    cluster.remove(paths.services, 'uid-payments-db');
    await waitFor('its end', () => one.name('10.96.0.7', 5432) === undefined);
    // It is one picture from the beginning.
    expect(await metric(url, 'anchorwatch_peers_resyncs_total{reason="gap"}')).toBe(0);
    expect(await metric(url, 'anchorwatch_peers_resyncs_total{reason="new"}')).toBe(1);
  });

  test('a pod of the own node is named by the node’s own watch, at once', async () => {
    const { url } = await collector();
    const one = await agent(url);
    await tells('collector', one);
    cluster.put(paths.pods, pod('mine', '10.244.1.1', 'mine', 'node-1'));
    await waitFor('the pod', () => one.name('10.244.1.1', 80) === 'jobs/statefulset/mine:80');
  });

  test.each([
    ['services' as const, undefined],
    ['auto' as const, 'jobs/statefulset/batch:80'],
  ])('with %s a pod that no service selects is %s', async (peers, name) => {
    cluster.put(paths.pods, pod('a', '10.244.7.1'));
    const { url } = await collector();
    const one = await agent(url, { peers });
    await tells('collector', one);
    expect(one.name('10.244.7.1', 80)).toBe(name);
  });

  test('goes away: names stay, the agent takes over without losing one; is back: the other way round; nothing has moved', async () => {
    cluster.put(paths.pods, pod('a', '10.244.7.1'));
    const first = await collector();
    const port = Number(new URL(first.url).port);
    const one = await agent(first.url, { peers: 'pods' });
    await tells('collector', one);
    const names = (): readonly (string | undefined)[] => [
      ...[one.name('10.96.0.7', 5432), one.name('10.245.3.9'), one.name('10.244.7.1', 80)],
    ];
    const expected = ['payments/service/db:5432', 'payments/service/db:5432', 'jobs/statefulset/batch:80'];
    const lost: unknown[] = [];
    const looking = setInterval(() => {
      if (names().join() !== expected.join()) lost.push(names());
    }, 1);
    harness.defer(() => clearInterval(looking));
    expect(names()).toEqual(expected);
    await first.stop();
    await tells('agent', one);
    await waitFor('its lists', () => cluster.watchers(paths.slices) === 1);
    await waitFor('its own picture', () => one.kubernetes.peers.report.names === 4);
    const second = await harness.collector({
      ...{ listen: `127.0.0.1:${String(port)}` },
      cluster: {
        kubeconfig: kubeconfigOfCollector(),
        intervalMs: 0,
        sharePeers: 'auto',
        reflector: { retryBaseMs: 5 },
      },
    });
    await tells('collector', one);
    expect(second.url).toBe(first.url);
    await waitFor('the end of its own watch', () => cluster.watchers(paths.slices) === 1);
    clearInterval(looking);
    expect(lost).toEqual([]);
    expect([...one.kubernetes.peers.takeMoved()]).toEqual([]);
  });

  test('goes away with `auto`: what it told of pods stays for a while, though the agent does not list them; then they have moved', async () => {
    cluster.put(paths.pods, pod('a', '10.244.7.1'));
    const first = await collector();
    const one = await agent(first.url, { peerWaits: { ...waits, keptMs: 400 } });
    await tells('collector', one);
    await first.stop();
    await waitFor('its own watch', () => cluster.watchers(paths.slices) === 1);
    cluster.put(paths.slices, slice('db-1', ['10.245.4.2']));
    await waitFor('what it hears itself', () => one.name('10.245.4.2'));
    expect(one.name('10.244.7.1', 80)).toBe('jobs/statefulset/batch:80');
    await waitFor('the end of it', () => one.name('10.244.7.1', 80) === undefined);
    expect([...one.kubernetes.peers.takeMoved()].toSorted()).toEqual(['10.244.7.1', '10.245.3.9']);
    expect(cluster.requests.filter((request) => request.includes('spec.nodeName%21%3D'))).toEqual([]);
  });

  test('is back before the agent has taken over: only what changed meanwhile is told', async () => {
    const { url } = await collector();
    const one = await agent(url);
    await tells('collector', one);
    cluster.put(paths.services, service('api', '10.96.0.8'));
    await waitFor('the change', () => one.name('10.96.0.8', 80));
    const raw = await harness.client(`${url}/agent`, { authorization: `Bearer ${token}` });
    // Another agent of the same name: the first is put out, and comes back.
    raw.send({ type: 'hello', protocol: 2, node: 'worker-3', agentVersion: '0' });
    await raw.message('welcome');
    cluster.put(paths.services, service('api', '10.96.0.9'));
    await waitFor('the new address', () => one.name('10.96.0.9', 80), 20_000);
    expect(await metric(url, 'anchorwatch_peers_resyncs_total{reason="new"}')).toBe(1);
    expect(await metric(url, 'anchorwatch_peers_resyncs_total{reason="behind"}')).toBe(0);
  });
});

describe('an agent watches itself', () => {
  beforeEach(() => {
    cluster.put(paths.services, service('db', '10.96.0.7'));
  });
  const named = async (one: { name(address: string, port?: number): string | undefined }): Promise<void> => {
    await waitFor('the name', () => one.name('10.96.0.7', 5432) === 'payments/service/db:5432');
  };

  test('with a collector that shares nothing, or is of an earlier release', async () => {
    const { url } = await collector('none');
    const one = await agent(url, { peerWaits: { ...waits, firstMs: 100_000 } });
    await tells('agent', one);
    await named(one);
    expect(one.kubernetes.peers.report.reason).toBe('the collector shares no names');
    expect(await metric(url, 'anchorwatch_peers_agents{state="none"}')).toBe(0);
  });

  test('with `pods`, and a collector that shares services alone', async () => {
    cluster.put(paths.pods, pod('a', '10.244.7.1'));
    const { url } = await collector('services');
    expect(await metric(url, 'anchorwatch_peers_names')).toBeDefined();
    const [all, some] = [await agent(url, { peers: 'pods' }), await agent(url, {}, 'worker-4')];
    await tells('agent', all);
    await tells('collector', some);
    expect(all.kubernetes.peers.report.reason).toBe('the collector shares no names of pods');
    await waitFor('the pod', () => all.name('10.244.7.1', 80) === 'jobs/statefulset/batch:80');
    expect([some.name('10.96.0.7', 5432), some.name('10.244.7.1', 80)]).toEqual([
      'payments/service/db:5432',
      undefined,
    ]);
  });

  test('with a collector that the API lets do nothing; and changes over when it is let', async () => {
    cluster.tokens.delete(collectorToken);
    const { url } = await collector();
    const one = await agent(url);
    await tells('agent', one);
    await named(one);
    expect(one.kubernetes.peers.report.reason).toMatch(/^the collector has none: (starting|forbidden)$/);
    expect(await metric(url, 'anchorwatch_peers_agents{state="none"}')).toBe(1);
    cluster.tokens.add(collectorToken);
    await tells('collector', one);
    await named(one);
    expect([...one.kubernetes.peers.takeMoved()]).toEqual([]);
    // And back, when it is not any more.
    cluster.tokens.delete(collectorToken);
    cluster.endStreams();
  });

  test('when the collector is forbidden to watch later on', async () => {
    const { url } = await collector('auto', { forbiddenMs: 200 });
    const one = await agent(url);
    await tells('collector', one);
    cluster.tokens.delete(collectorToken);
    cluster.endStreams();
    await tells('agent', one);
    await named(one);
    expect(one.kubernetes.peers.report.reason).toBe('the collector has none: forbidden');
  });

  test('with the collector of another cluster, whose addresses are other peers’', async () => {
    const { url } = await collector();
    const elsewhere = await startStandInCluster();
    harness.defer(() => elsewhere.stop());
    elsewhere.put(paths.services, {
      ...service('kubernetes', '10.96.0.1', 'default'),
      metadata: { uid: 'other', name: 'kubernetes', namespace: 'default' },
    });
    elsewhere.put(paths.services, service('mail', '10.96.0.7', 'office'));
    writeKubeconfig(join(folder, 'agent'), elsewhere.url);
    const one = await agent(url);
    await tells('agent', one);
    await waitFor('its own name', () => one.name('10.96.0.7', 25) === 'office/service/mail:25');
    expect(one.kubernetes.peers.report.reason).toBe('the collector has none: other-cluster');
  });

  test('without a collector in reach', async () => {
    const one = await agent('http://127.0.0.1:1', { peerWaits: { ...waits, firstMs: 100_000 } });
    await named(one);
  });
});

test('an agent that asks without end, or for what is not there, costs nothing but its own time; others have their names', async () => {
  for (let number = 1; number <= 3_000; number++) cluster.put(paths.pods, pod(`u${String(number)}`, addressOf(number)));
  const { url } = await collector();
  await waitFor('the lists', async () => (await metric(url, 'anchorwatch_peers_names')) === 3_001);
  const greedy = await harness.client(`${url}/agent`, { authorization: `Bearer ${token}` });
  greedy.send({ type: 'hello', protocol: 2, node: 'greedy', agentVersion: '0' });
  expect((await greedy.message('welcome'))['accepts']).toContain('peers');
  const held = { type: 'peers-held', cluster: 'uid-default-kubernetes', epoch: '', version: 0, reason: 'gap' };
  for (let count = 0; count < 4_000; count++) greedy.send(held);
  for (const odd of [{ epoch: 'x', version: 9 }, { part: 900 }, { version: 1e9, part: 1 }])
    greedy.send({ ...held, ...odd });
  const one = await agent(url);
  await tells('collector', one);
  await waitFor(
    'the limit',
    async () =>
      ((await metric(url, 'anchorwatch_peers_put_off_total{reason="throttled"}')) ?? 0) +
        ((await metric(url, 'anchorwatch_peers_put_off_total{reason="slow"}')) ?? 0) >
        0 || undefined,
  );
  expect(await metric(url, 'anchorwatch_peers_sent_bytes_total')).toBeLessThan(90_000_000);
  greedy.send({ ...held, version: -1 });
  expect((await greedy.message('refuse'))['code']).toBe('message.invalid');
});

test('the two programs: the agent of a node has the names that its collector shares, and the API of nodes says so', async () => {
  cluster.put(paths.services, service('db', '10.96.0.7'));
  const [state, node] = [join(folder, 'c'), join(folder, 'n')];
  const kubernetes = ['--kubeconfig', kubeconfigOfCollector()];
  const running = await startCommand(['collector', '--state', state, '--listen', '127.0.0.1:0', ...kubernetes]);
  harness.defer(() => running.kill('SIGTERM'));
  const url = readFileSync(join(state, 'listen'), 'utf8').trim();
  const agentProcess = spawnCommand([
    ...['agent', '--state', node, '--collector', url.replace('http', 'ws'), '--token-file', join(state, 'agent-token')],
    ...['--sensor', 'procfs', '--docker-host', `unix://${folder}/none`, '--node-name', 'node-1'],
    ...['--kubeconfig', join(folder, 'agent', 'kubeconfig')],
  ]);
  harness.defer(() => agentProcess.kill('SIGTERM'));
  const peers = await waitFor(
    'the report',
    async () => {
      const { items } = (await getJson(`${url}/api/v1/nodes`)) as { items: { reported?: { peers?: object } }[] };
      return items[0]?.reported?.peers;
    },
    90_000,
  );
  expect(peers).toEqual({ source: 'collector', reason: '', names: 2 });
}, 120_000);
