import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { paths, startStandInCluster, writeKubeconfig } from '../../../test/support/stand-in-cluster.ts';
import type { ClusterObject, StandInCluster } from '../../../test/support/stand-in-cluster.ts';
import { waitFor } from '../../../test/support/wait.ts';
import { createLogger } from '../../lib/log.ts';
import type { PeersHeld, PeersMessage } from '../../protocol/peers-schema.ts';
import { accessSource } from './access.ts';
import { ApiClient } from './api-client.ts';
import { PeerNames } from './peer-names.ts';

let cluster: StandInCluster;
let folder: string;
let client: ApiClient;
let names: PeerNames;
let held: Omit<PeersHeld, 'type'>[];

beforeEach(async () => {
  cluster = await startStandInCluster();
  folder = mkdtempSync(join(tmpdir(), 'aw-names-'));
  const metadata = { uid: 'here', name: 'kubernetes', namespace: 'default' };
  cluster.put(paths.services, { metadata, spec: { clusterIP: '10.96.0.1' } } as ClusterObject);
  const access = accessSource(writeKubeconfig(folder, cluster.url));
  if (access === undefined) throw new Error('there is no access');
  client = new ApiClient({ access });
  names = make(3_600_000);
});
function make(graceMs: number): PeerNames {
  held = [];
  return new PeerNames({
    ...{ api: client, nodeName: 'node-1', choice: 'auto', mayShare: true, random: () => 0 },
    ...{ log: createLogger({ level: 'silent' }), reflector: { retryBaseMs: 5 } },
    waits: { firstMs: 3_600_000, graceMs, againMs: 10 },
  });
}
afterEach(async () => {
  names.stop();
  client.close();
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
});

const part: PeersMessage = {
  ...{ type: 'peers-part', epoch: 'e', version: 7, part: 1, parts: 1, entries: 1, leftOut: 0 },
  put: [{ service: 'payments/service/db', at: '10.96.0.7' }],
};
const evil: PeersMessage = { ...part, put: [{ service: 'evil.example', at: '10.96.0.7' }] };
const change: PeersMessage = { type: 'peers-change', epoch: 'e', from: 7, version: 8, leftOut: 0, put: [], gone: [] };
const open = async (): Promise<void> => {
  names.opened('pods', (one) => void held.push(one));
  await waitFor('the question', () => held.length > 0);
};

test('asks with the uid of its cluster; a change that is missed is noticed, and everything asked for again, while the names stay', async () => {
  await open();
  expect(held).toEqual([{ cluster: 'here', epoch: '', version: 0, reason: 'asks' }]);
  names.told(part);
  expect(names.report).toEqual({ source: 'collector', reason: '', names: 1 });
  names.told({ ...change, from: 9, version: 10 });
  await waitFor('the second question', () => held.length === 3);
  expect(held.slice(1)).toEqual([
    { cluster: 'here', epoch: 'e', version: 7, reason: 'taken' },
    { cluster: 'here', epoch: '', version: 0, reason: 'gap' },
  ]);
  expect(names.of('10.96.0.7', 5432, 'tcp')).toEqual({ name: 'payments/service/db', port: 5432 });
  names.told(part);
  expect([...names.takeMoved()]).toEqual([]);
  expect(cluster.requests).toHaveLength(1);
});

test('a collector that tells what is no name three times is not listened to any more: the agent watches itself', async () => {
  await open();
  for (let count = 0; count < 3; count++) names.told(evil);
  await waitFor('its own names', () => names.of('10.96.0.1', 443, 'tcp'));
  expect(names.report).toMatchObject({ source: 'agent', reason: 'the collector told what is no name' });
  expect(names.lost.shared_refused).toBe(3);
  names.told(part);
  expect(names.of('10.96.0.7', 5432, 'tcp')).toBeUndefined();
  // After another connection it is given another chance.
  names.ended();
  await open();
  names.told(part);
  expect(names.report.source).toBe('collector');
  expect([...names.takeMoved()]).toEqual(['10.96.0.1']);
});

test('names that came in part when the link broke are none; those of before stay, and say so', async () => {
  await open();
  names.told(part);
  names.told({ ...part, version: 9, parts: 2, put: [{ service: 'payments/service/other', at: '10.96.0.7' }] });
  names.ended();
  expect(names.of('10.96.0.7', 5432, 'tcp')?.name).toBe('payments/service/db');
  expect(names.report).toEqual({ source: 'collector', reason: 'the collector is away', names: 1 });
  held = [];
  await open();
  expect(held).toEqual([{ cluster: 'here', epoch: 'e', version: 7, reason: 'asks' }]);
  names.told({ ...change, version: 7, entries: 1 });
  expect(names.report.reason).toBe('');
});

test('a link that comes and goes and tells nothing: the agent watches itself in the end, and loses no name until then', async () => {
  names = make(50);
  await open();
  names.told(part);
  await waitFor('its own names', () => {
    names.opened('pods', () => undefined);
    names.ended();
    const own = names.of('10.96.0.1', 443, 'tcp');
    if (own === undefined) expect(names.of('10.96.0.7', 5432, 'tcp')?.name).toBe('payments/service/db');
    return own;
  });
  expect(names.report).toMatchObject({ source: 'agent', reason: 'the collector is away' });
});

test('an API that does not say which cluster this is: asked again until it does', async () => {
  cluster.troubles.push({ trouble: { status: 503 } }, { trouble: { status: 500 } });
  await open();
  expect(cluster.requests).toHaveLength(3);
  expect(held[0]?.cluster).toBe('here');
});

test('a cluster whose Service is not there: the agent watches itself', async () => {
  cluster.remove(paths.services, 'here');
  names.opened('pods', (one) => void held.push(one));
  await waitFor('its own watch', () => names.report.source === 'agent' || undefined);
  expect(held).toEqual([]);
});
