import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventList, auditEvent } from '../../support/audit-events.ts';
import { startReadableCluster } from '../../support/readable-cluster.ts';
import type { ReadableCluster } from '../../support/readable-cluster.ts';
import { waitFor } from '../../support/wait.ts';
import { Harness } from './harness.ts';

let harness: Harness;
let cluster: ReadableCluster;
beforeEach(async () => {
  harness = new Harness();
  cluster = await startReadableCluster();
  harness.defer(() => cluster.stop());
});
afterEach(() => harness.end());

interface Finding {
  readonly check: string;
  readonly result: string;
  readonly note: string;
  readonly container?: { name: string };
}
async function findings(url: string, query = ''): Promise<readonly Finding[]> {
  const answer = await fetch(`${url}/api/v1/posture?node=kubernetes-cluster&limit=1000&result=all${query}`);
  return ((await answer.json()) as { items: readonly Finding[] }).items;
}
const started = async (times: object): Promise<string> =>
  (await harness.collector({ cluster: { kubeconfig: cluster.kubeconfig(harness.directory), ...times } })).url;
async function readings(url: string, outcome: 'read' | 'failed'): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`cluster_readings_total\\{outcome="${outcome}"\\} (\\d+)`).exec(metrics)?.[1]);
}
const hint = (url: string, number: number): Promise<Response> =>
  fetch(`${url}/kubernetes/audit`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify(eventList([auditEvent(number, { verb: 'create', objectRef: { resource: 'namespaces' } })])),
  });

test('after three failed readings all of the cluster itself is unknown, with the reason; what was said of namespaces stays', async () => {
  cluster.lists['/api/v1/namespaces']?.push({ metadata: { name: 'shop' } });
  const url = await started({ intervalMs: 20, backOffMs: 20 });
  const version = async (): Promise<Finding | undefined> => (await findings(url, '&practice=version-supported'))[0];
  await waitFor('the first reading', async () => (await version())?.result === 'pass');
  cluster.down = 503;
  await waitFor('it to be unknown', async () => (await version())?.result === 'unknown');
  expect(await readings(url, 'failed')).toBeGreaterThanOrEqual(3);
  expect((await version())?.note).toContain('the cluster could not be read: GET /version: 503');
  const own = (await findings(url)).filter(({ container }) => container === undefined);
  expect(own.length).toBeGreaterThan(25);
  expect(new Set(own.filter(({ check }) => check !== 'api-audit').map(({ result }) => result))).toEqual(
    new Set(['unknown']),
  );
  expect((await findings(url, '&practice=namespace-pod-security'))[0]?.result).toBe('fail');
  cluster.down = undefined;
  await waitFor('it to be known again', async () => (await version())?.result === 'pass');
});

test('an API that asks to be left alone is left alone for as long as it says', async () => {
  [cluster.down, cluster.retryAfter] = [429, 600];
  const url = await started({ intervalMs: 1, backOffMs: 1, settleMs: 1 });
  await waitFor('the failure', async () => (await readings(url, 'failed')) === 1);
  [cluster.down, cluster.retryAfter] = [undefined, undefined];
  const asked = cluster.requests.length;
  // Neither time nor what the audit log tells makes it ask earlier.
  for (let number = 1; number <= 20; number++) await hint(url, number);
  expect(cluster.requests.length).toBe(asked);
});

test('a token that was rotated is followed: readings fail with the old one, and come back with the file’s new one', async () => {
  const url = await started({ intervalMs: 10, backOffMs: 10 });
  await waitFor('the first reading', async () => (await readings(url, 'read')) > 0);
  cluster.token = 'rotated';
  await waitFor('the refusal', async () => (await readings(url, 'failed')) > 0);
  writeFileSync(`${harness.directory}/token`, 'rotated');
  const before = await readings(url, 'read');
  await waitFor('the reading with the new one', async () => (await readings(url, 'read')) > before);
});

test('kubelets that may be asked are judged; after the first refusal nobody else is asked', async () => {
  cluster.lists['/api/v1/nodes']?.push(...['n1', 'n2', 'n3'].map((name) => ({ metadata: { name } })));
  cluster.kubelets.set('n1', { authentication: { anonymous: { enabled: true } }, readOnlyPort: 10255 });
  const url = await started({});
  await waitFor('the reading', async () => (await readings(url, 'read')) === 1);
  const of = async (check: string): Promise<unknown> =>
    (await findings(url, `&practice=${check}`))
      .map(({ container, result }) => `${container?.name ?? ''} ${result}`)
      .toSorted((a, b) => a.localeCompare(b));
  const blind = ['node/n2 unknown', 'node/n3 unknown'];
  expect(await of('kubelet-anonymous')).toEqual(['node/n1 fail', ...blind]);
  expect(await of('kubelet-read-only-port')).toEqual(['node/n1 fail', ...blind]);
  expect(cluster.requests.filter((path) => path.endsWith('configz'))).toHaveLength(2);
});

test('a change that is told of while a reading is under way is followed by another reading soon', async () => {
  const url = await started({ settleMs: 10 });
  await waitFor('the first reading', async () => (await readings(url, 'read')) === 1);
  let told: number | undefined;
  cluster.asked = async (path) => {
    // The list of namespaces was read already.
    if (path.endsWith('clusterroles') && told === undefined) {
      told = 0;
      told = (await hint(url, 2)).status;
    }
  };
  await hint(url, 1);
  await waitFor('the third reading', async () => (await readings(url, 'read')) === 3);
  expect(told).toBe(200);
});
