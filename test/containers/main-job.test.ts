import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engineMissing } from '../support/requirements.ts';
import { waitFor } from '../support/wait.ts';
import { type Engine, startEngine } from './engine.ts';
import { type Product, type SeenAlert, startProduct } from './product.ts';
import { acts, openShop, type Shop } from './shop.ts';

/** The full five minutes are for releases: ANCHORWATCH_LONG=1. */
const quietMs = process.env['ANCHORWATCH_LONG'] === '1' ? 300_000 : 60_000;
const learnMs = 60_000;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

let engine: Engine;
let product: Product;
let shop: Shop;

const missing = engineMissing();

beforeEach((context) => {
  if (missing !== undefined) context.skip(missing);
});
beforeAll(async () => {
  if (missing !== undefined) return;
  engine = await startEngine();
  product = await startProduct(engine.host);
  shop = await openShop(engine);
}, 300_000);
afterAll(async () => {
  shop?.stopLoad();
  await product?.stop();
  await engine?.stop();
}, 120_000);

const titles = (): readonly string[] =>
  product.alerts.map(({ title, dimension, key }) => `${title} (${dimension} ${key})`);

/** Sum of a metric over all its labels that contain `label`. */
async function metric(name: string, label = ''): Promise<number> {
  const lines = (await product.metrics()).split('\n').filter((line) => line.startsWith(name) && line.includes(label));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

describe('the main job, on a real kernel and real containers, with default slice and startup', () => {
  test(`learned for ${learnMs / 1000} s under load, the same load for ${quietMs / 1000} s more raises nothing`, async () => {
    shop.startLoad();
    await sleep(learnMs + quietMs);
    expect(titles()).toEqual([]);
    expect(shop.served.answered).toBeGreaterThan(500);
    expect(shop.served.failed).toBe(0);
  }, 600_000);

  test('a restart and a scale to three replicas raise nothing', async () => {
    await shop.restart('shop-web-1');
    await shop.restart('shop-cache-1');
    await shop.scale(2);
    await shop.scale(3);
    await sleep(8_000);
    expect(titles()).toEqual([]);
    const { items } = await product.get<{ items: { name: string; containers: number }[] }>('/api/v1/workloads');
    expect(items.find(({ name }) => name.endsWith('/shop-web'))?.containers).toBe(3);
  }, 120_000);

  test('a short-lived container is attributed', async () => {
    await engine.cli('run', '--rm', await engine.busyboxImage(), '/bin/true');
    const { items } = await waitFor('the workload of the short container', async () => {
      const found = await product.get<{
        items: { name: string; dimensions: { dimension: string; features: number }[] }[];
      }>('/api/v1/workloads');
      return found.items.some(({ name }) => name.endsWith('/busybox')) && found;
    });
    const short = items.find(({ name }) => name.endsWith('/busybox'));
    expect(short?.dimensions.find(({ dimension }) => dimension === 'exec')?.features).toBeGreaterThan(0);
  }, 60_000);

  test.for(acts)(
    '$what is an alert with the right process, container, dimension and evidence',
    async ({ command, dimension, key, exe }) => {
      const from = product.alerts.length;
      const done = shop.exploit(command);
      const alert = await waitFor('the alert', () =>
        product.alerts.slice(from).find((seen) => seen.dimension === dimension && key.test(seen.key)),
      );
      await done;
      expect(alert.container.name).toBe(shop.application);
      expect(alert.process?.exe).toMatch(exe);
      expect(alert.process?.ancestors.map((ancestor) => ancestor.exe)).toContain('/usr/bin/perl');
      expect(alert.rules.length).toBeGreaterThan(0);
      expect(alert.evidence.note).not.toBe('');
    },
  );

  test('what was done in the one container is one incident with its process tree', async () => {
    const { items } = await product.get<{ items: { id: string; container: { name: string }; severity: string }[] }>(
      '/api/v1/incidents?state=open',
    );
    const own = items.filter(({ container }) => container.name === shop.application);
    expect(own).toMatchObject([{ severity: 'critical' }]);
    const incident = await product.get<{ title: string; alerts: { id: string }[]; processes: { exe: string }[] }>(
      `/api/v1/incidents/${own[0]?.id ?? ''}`,
    );
    const alerts = product.alerts.filter(
      ({ container, incident: part }) => container.name === shop.application && part !== undefined,
    );
    expect(incident.alerts.map(({ id }) => id).toSorted()).toEqual(alerts.map(({ id }) => id).toSorted());
    expect(incident.title).toMatch(/^A shell was started by perl in /);
    expect(JSON.stringify(incident.processes)).toContain('/usr/bin/perl');
  }, 30_000);

  test('what an operator accepts is behaviour of the workload from then on; what he does not is not', async () => {
    const knock = (port: number): Promise<void> => shop.exploit(`nc -w 1 127.0.0.1 ${port} < /dev/null`);
    const heard = (port: number, from: number): SeenAlert | undefined =>
      product.alerts.slice(from).find(({ key }) => key.endsWith(`:${port}/tcp`));
    const raised = heard(4444, 0);
    const { id } = await product.post<{ id: string }>(`/api/v1/alerts/${raised?.id ?? ''}/accept`, {
      reason: 'the new metrics port',
    });
    await waitFor('the node to take it', async () => {
      const { nodes } = await product.get<{ nodes: { outcome: string }[] }>(`/api/v1/decisions/${id}`);
      return nodes.length > 0 && nodes.every(({ outcome }) => outcome === 'applied');
    });
    const from = product.alerts.length;
    await knock(4444);
    await knock(4446);
    await waitFor('the alert of what nobody accepted', () => heard(4446, from));
    expect(heard(4444, from)).toBeUndefined();
    const alert = await product.get<{ decision?: { verdict: string; reason: string } }>(
      `/api/v1/alerts/${raised?.id ?? ''}`,
    );
    expect(alert.decision).toMatchObject({ verdict: 'accept', reason: 'the new metrics port' });
  }, 60_000);

  test('the engine goes away and comes back: what runs stays watched, what starts later is', async () => {
    await engine.suspend();
    const from = product.alerts.length;
    // Containers end with a daemon that has no live-restore; the agent must neither fall nor forget.
    await sleep(3_000);
    await engine.resume();
    await waitFor(
      'the agent to find the engine again',
      () => /container engine connected.*container engine connected/s.test(product.log()),
      30_000,
    );
    await engine.cli(
      'run',
      '-d',
      '--name',
      'later',
      await engine.busyboxImage(),
      '/bin/sh',
      '-c',
      'sleep 2; cat /etc/shadow; sleep 60',
    );
    await waitFor(
      'an alert of the container that came later',
      () =>
        product.alerts.slice(from).find(({ container, key }) => container.name === 'later' && key === '/etc/shadow'),
      20_000,
    );
  }, 120_000);

  test('SIGHUP reads the rules again', async () => {
    process.kill(product.pid, 'SIGHUP');
    await waitFor('the reload', () => product.log().includes('rules reloaded'));
  });

  test('nothing was lost, and the figures are those of the containers', async () => {
    await waitFor(
      'a report',
      async () => (await metric('anchorwatch_container_cpu_seconds_total', 'later')) > 0,
      30_000,
    );
    const lost = (await product.metrics())
      .split('\n')
      .filter((line) => line.startsWith('anchorwatch_sensor_lost_total') && !line.endsWith(' 0'));
    expect(lost).toEqual([]);
    expect(await metric('anchorwatch_node_up')).toBe(1);
    expect(await metric('anchorwatch_sensor_known_total')).toBeGreaterThan(100);
  }, 60_000);
});

test('kill -9 of everything: what was learned is still known, the alerts are still there', async () => {
  const state = product.state;
  // What probes look at: since a moment ago.
  expect(Date.now() - Date.parse(readFileSync(join(state, 'alive'), 'utf8').trim())).toBeLessThan(60_000);
  const before = product.alerts.map(({ id }) => id);
  await product.kill('SIGKILL');
  product = await startProduct(engine.host, [], state);
  await waitFor('the old alerts', () => product.alerts.length >= before.length);
  expect(product.alerts.map(({ id }) => id)).toEqual(before);
  const { items } = await waitFor('the profiles', async () => {
    const found = await product.get<{ items: { name: string; samples: { steady: number } }[] }>('/api/v1/workloads');
    return found.items.length > 0 && found;
  });
  expect(items.find(({ name }) => name.endsWith('/shop-web'))?.samples.steady).toBeGreaterThan(0);
}, 120_000);
