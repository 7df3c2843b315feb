import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makePod, podUid, writeBundle } from '../../../test/support/pods.ts';
import { paths, startStandInCluster, writeKubeconfig } from '../../../test/support/stand-in-cluster.ts';
import { waitFor } from '../../../test/support/wait.ts';
import { systemClock } from '../../lib/clock.ts';
import { createLogger } from '../../lib/log.ts';
import type { Container } from '../../model/container.ts';
import { accessSource } from './access.ts';
import { Kubernetes } from './kubernetes.ts';

// Of these the kernel's word comes through when cgroup and bundle are gone.
const [id, sandboxId] = ['0123456789abcdef'.repeat(4), 'fedcba9876543210'.repeat(4)];
const pathOf = (containerId: string): string => `/kubepods/burstable/pod${podUid}/${containerId}`;

let folder: string;
let kubernetes: Kubernetes;
let found: Container[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aw-short-'));
  for (const name of ['cgroup', 'bundles', 'logs']) mkdirSync(join(folder, name));
  found = [];
});
afterEach(() => {
  kubernetes.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(kubeconfig?: string): Promise<void> {
  kubernetes = new Kubernetes({
    access: kubeconfig === undefined ? undefined : accessSource(kubeconfig),
    ...{ nodeName: 'node-1', peers: 'none', mount: join(folder, 'cgroup'), clock: systemClock, random: Math.random },
    ...{ bundleFolders: [join(folder, 'bundles')], logFolders: [join(folder, 'logs')], walkMs: 100_000 },
    log: createLogger({ level: 'silent' }),
    listener: { found: (one) => void found.push(one), gone: () => undefined, happened: () => undefined },
  });
  await kubernetes.start();
}
const writeLog = (): void => writeFileSync(join(folder, 'logs', `web-7d4b9c6f5d-x2x4z_shop_worker-${id}.log`), '');
const names = (): readonly string[] => found.map(({ workload }) => workload.name);

describe('a container whose cgroup and files are gone', () => {
  test('is named by what was read when it was written', async () => {
    await start();
    // Whether it was seen in time is the machine's affair: the next one is.
    await waitFor('one that was', async () => {
      const one = `${found.length.toString(16).padStart(2, '0')}${id.slice(2)}`;
      writeBundle(join(folder, 'bundles'), one, { container: 'worker' });
      await new Promise((resolve) => setTimeout(resolve, 50));
      rmSync(join(folder, 'bundles', one), { recursive: true });
      await kubernetes.announce('4711', pathOf(one));
      return names().includes('shop/deployment/web/worker');
    });
  });

  test('is named by the kubelet’s link to its log, with the pod that the API tells, and without', async () => {
    writeLog();
    await start();
    expect(await kubernetes.announce('4711', pathOf(id))).toBe('container');
    expect(found).toMatchObject([{ namespace: 'shop', pod: 'web-7d4b9c6f5d-x2x4z', name: 'worker' }]);
    kubernetes.stop();
    const cluster = await startStandInCluster();
    try {
      cluster.put(paths.pods, makePod({ containers: [{}, { name: 'worker', image: 'worker:3' }, { name: 'proxy' }] }));
      await start(writeKubeconfig(folder, cluster.url));
      expect(await kubernetes.announce('4711', pathOf(id))).toBe('container');
      expect(found.at(-1)).toMatchObject({ image: 'worker:3', serviceAccount: 'web' });
      expect(names()).toEqual(['shop/deployment/web/worker', 'shop/deployment/web/worker']);
    } finally {
      await cluster.stop();
    }
  });

  test('is one of its pod, where only the pod’s sandbox was seen', async () => {
    await start();
    writeBundle(join(folder, 'bundles'), sandboxId, { type: 'sandbox' });
    mkdirSync(join(folder, 'cgroup', pathOf(sandboxId)), { recursive: true });
    expect(await kubernetes.announce('4710', pathOf(sandboxId))).toBe('not-a-container');
    expect(await kubernetes.announce('4711', pathOf(id))).toBe('container');
    expect(names()).toEqual(['shop/deployment/web/unknown']);
  });
});
