import { afterEach, expect, test } from 'vitest';
import { makeEvent } from '../../support/cluster-events.ts';
import { paths, startStandInCluster, writeKubeconfig } from '../../support/stand-in-cluster.ts';
import { waitFor } from '../../support/wait.ts';
import { getJson, Harness, metric, token } from './harness.ts';

const harness = new Harness();
afterEach(() => harness.end());

test('what the cluster says of a node that has an agent is an alert of the collector, counted and told over; of others it is not', async () => {
  const cluster = await startStandInCluster();
  harness.defer(() => cluster.stop());
  const { url } = await harness.collector({
    cluster: { kubeconfig: writeKubeconfig(harness.directory, cluster.url), sharePeers: 'none' },
  });
  const agent = await harness.client(`${url}/agent`, { authorization: `Bearer ${token}` });
  agent.send({ type: 'hello', protocol: 2, node: 'node-1', agentVersion: '0.1.0' });
  await agent.message('welcome');
  await waitFor('the watch', () => cluster.watchers(paths.events) === 1 || undefined);
  const say = (uid: string, node: string, reason: string, message: string): void =>
    cluster.put(paths.events, makeEvent(uid, reason, message, { involvedObject: { kind: 'Node', name: node } }));
  say('1', 'made-up', 'SystemOOM', 'System OOM encountered, victim process: java, pid: 1');
  say('2', 'node-1', 'SystemOOM', 'System OOM encountered, victim process: java, pid: 2');
  say('3', 'node-1', 'SystemOOM', 'System OOM encountered, victim process: java, pid: 3');
  say('4', 'node-1', 'NodeHasInsufficientPID', 'Node node-1 status is now: NodeHasInsufficientPID');
  say('5', 'node-1', 'NodeHasSufficientPID', 'Node node-1 status is now: NodeHasSufficientPID');
  const alerts = await waitFor('the alerts', async () => {
    const { items } = (await getJson(`${url}/api/v1/alerts`)) as unknown as {
      items: { title: string; count: number }[];
    };
    return items.length === 3 && items;
  });
  expect(alerts.map(({ title, count }) => `${title}: ${String(count)}`).toSorted()).toEqual([
    'node node-1 has process ids again: 1',
    'node node-1 runs out of process ids: 1',
    'the kernel of node node-1 ended java for want of memory: 2',
  ]);
  expect(await metric(url, 'anchorwatch_cluster_events_total{outcome="news"}')).toBe(4);
  expect(await metric(url, 'anchorwatch_cluster_events_total{outcome="ordinary"}')).toBe(1);
});
