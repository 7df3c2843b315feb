import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makePod } from '../support/pods.ts';
import { engineMissing } from '../support/requirements.ts';
import { paths, startStandInCluster, writeKubeconfig } from '../support/stand-in-cluster.ts';
import type { StandInCluster } from '../support/stand-in-cluster.ts';
import { waitFor } from '../support/wait.ts';
import { followAlerts, startCommand } from './product.ts';
import type { Command } from './product.ts';

// A containerd of the test's own, with its state where k0s has it, and no Docker: containers as the CRI makes them, by containerd's own client.
const state = '/run/k0s/containerd';
const [busybox, containerdPath, ctr] = ['/bin/busybox', '/usr/bin/containerd', '/usr/bin/ctr'];
const missing =
  engineMissing() ??
  [busybox, containerdPath, ctr].flatMap((path) => (existsSync(path) ? [] : [`not installed: ${path}`]))[0] ??
  (existsSync('/run/k0s') ? 'k0s runs here' : undefined);
const podUid = '5a6b7c8d-3d4a-4c7e-9b1f-0a2b3c4d5e6f';
const parent = `/anchorwatch-test/kubepods/burstable/pod${podUid}`;

let folder: string;
let cluster: StandInCluster;
let containerd: ChildProcess | undefined;
let agent: Command | undefined;
let feed: Awaited<ReturnType<typeof followAlerts>> | undefined;

const socket = (): string => join(folder, 'containerd.sock');

beforeAll(async () => {
  if (missing !== undefined) return;
  folder = mkdtempSync(join(tmpdir(), 'aw-containerd-'));
  const started = spawn(containerdPath, ['--root', join(folder, 'lib'), '--state', state, '--address', socket()], {
    stdio: 'ignore',
  });
  containerd = started;
  mkdirSync(join(folder, 'root/bin'), { recursive: true });
  for (const name of ['sh', 'cp']) copyFileSync(busybox, join(folder, 'root/bin', name));
  cluster = await startStandInCluster();
  cluster.put(paths.pods, makePod({ uid: podUid, containers: [{}, { name: 'worker' }, { name: 'proxy' }] }));
  await waitFor('containerd', () => existsSync(socket()));
  agent = await startCommand([
    ...['up', '--state', join(folder, 'state'), '--listen', '127.0.0.1:0', '--sensor', 'bpf'],
    ...['--kubeconfig', writeKubeconfig(folder, cluster.url), '--node-name', 'node-1'],
  ]);
  feed = await followAlerts(readFileSync(join(folder, 'state/listen'), 'utf8').trim());
});

afterAll(async () => {
  if (missing !== undefined) return;
  feed?.close();
  await agent?.kill('SIGTERM');
  await cluster.stop();
  const ended = new Promise((resolve) => containerd?.once('exit', resolve));
  containerd?.kill('SIGTERM');
  await ended;
  rmSync('/run/k0s', { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

test('containers that live for a tenth of a second, of which the API never tells, are named by what containerd wrote down', async (context) => {
  if (missing !== undefined) context.skip(missing);
  const ids = Array.from({ length: 3 }, () => randomBytes(32).toString('hex'));
  for (const id of ids) {
    const annotations = Object.entries({
      ...{ 'container-type': 'container', 'container-name': 'worker', 'sandbox-name': 'web-7d4b9c6f5d-x2x4z' },
      ...{ 'sandbox-namespace': 'shop', 'sandbox-uid': podUid },
    }).flatMap(([name, value]) => ['--annotation', `io.kubernetes.cri.${name}=${value}`]);
    execFileSync(ctr, [
      ...['--address', socket(), '--namespace', 'k8s.io', 'run', '--rm', '--rootfs', '--cgroup', `${parent}/${id}`],
      ...['--mount', 'type=tmpfs,src=tmpfs,dst=/tmp,options=nosuid', ...annotations, join(folder, 'root'), id],
      ...['/bin/sh', '-c', '/bin/cp /bin/sh /tmp/echo; exec /tmp/echo'],
    ]);
  }
  const alerts = await waitFor('an alert of each', () => {
    const found =
      feed?.alerts.filter(({ container }) => ids.includes((container as { readonly id?: string }).id ?? '')) ?? [];
    return found.length >= ids.length && found;
  });
  expect(new Set(alerts.map(({ workload }) => workload.name))).toEqual(new Set(['shop/deployment/web/worker']));
});
