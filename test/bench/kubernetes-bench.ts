import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeEvent } from '../support/cluster-events.ts';
import { makePod } from '../support/pods.ts';
import { paths, startStandInCluster, writeKubeconfig } from '../support/stand-in-cluster.ts';
import type { ClusterObject, StandInCluster } from '../support/stand-in-cluster.ts';
import { waitFor } from '../support/wait.ts';
import type { Figure } from './figures.ts';
import { cpuMicros, residentMb } from './node-cost.ts';

const [podsOfCluster, podsOfNode, services, eventsOfHour] = [5_000, 200, 500, 5_000];
const changesPerSecond = 4;
const eventsPerSecond = 20;
const settleMs = 3_000;
const runMs = 20_000;
const modes = ['nothing', 'services', 'pods', 'events'] as const;
type Mode = (typeof modes)[number];

interface Cost {
  readonly memoryMb: number;
  /** Processor time of a second, in percent of a core. */
  readonly cpuPercent: number;
}

/**
 * `kubernetes`: what asks the API of a cluster of 5,000 pods of 5 kB, 200 of them on the node, with 500 services and four changes a second, costs beside a process that
 * asks nothing: the agent with its usual peers and with all pods, and the collector with Events, 5,000 of the last hour and 20 a second. V8's young generation is held
 * small in all of them: a process that does nothing else has not filled it, an agent has.
 */
export async function benchKubernetes(rounds: number, say: (text: string) => void): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'anchorwatch-bench-'));
  const cluster = await startStandInCluster();
  const costs = new Map<Mode, Cost[]>(modes.map((mode) => [mode, []]));
  try {
    fill(cluster, folder);
    const kubeconfig = writeKubeconfig(folder, cluster.url);
    for (let round = 0; round < rounds; round += 1)
      for (const mode of modes) {
        const cost = await once(mode, cluster, kubeconfig, join(folder, 'cgroup'));
        costs.get(mode)?.push(cost);
        say(
          `kubernetes, ${mode}, round ${round + 1} of ${rounds}: ${cost.memoryMb.toFixed(1)} MB, ${cost.cpuPercent.toFixed(2)} % of a core`,
        );
      }
  } finally {
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  const without = costs.get('nothing') ?? [];
  return modes.slice(1).flatMap((mode): readonly Figure[] => {
    const beside = (what: keyof Cost): readonly number[] =>
      (costs.get(mode) ?? []).map((cost, round) => cost[what] - (without[round]?.[what] ?? 0));
    return [
      { name: `kubernetes.${mode}`, metric: 'memoryMb', unit: 'MB', all: beside('memoryMb'), mark: 30 },
      { name: `kubernetes.${mode}`, metric: 'cpuPercent', unit: '% of a core', all: beside('cpuPercent'), mark: 1 },
    ];
  });
}

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0');
const uidOf = (number: number): string => `8f1c0b6e-3d4a-4c7e-9b1f-${hex(number, 12)}`;

function pod(number: number, change = 0): ClusterObject {
  const [isHere, address] = [number < podsOfNode, `10.244.${number >> 8}.${number & 255}`];
  return makePod({
    ...{
      uid: uidOf(number),
      name: `web-7d4b9c6f5d-${hex(number, 5)}`,
      nodeName: isHere ? 'node-1' : `node-${number % 50}x`,
    },
    metadata: { annotations: { padding: 'x'.repeat(4_000), change: String(change) } },
    containers: [{ id: hex(number, 64) }],
    status: { podIP: address, podIPs: [{ ip: address }] },
  });
}

function fill(cluster: StandInCluster, folder: string): void {
  for (let number = 0; number < podsOfCluster; number += 1) cluster.put(paths.pods, pod(number));
  for (let number = 0; number < services; number += 1) {
    const metadata = { uid: `s-${number}`, name: `service-${number}`, namespace: 'shop' };
    const spec = {
      clusterIP: `10.96.${number >> 8}.${number & 255}`,
      ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
    };
    cluster.put(paths.services, { metadata, spec } as never);
    const endpoints = Array.from({ length: 10 }, (_, at) => ({
      addresses: [`10.244.${number % 20}.${at}`],
      targetRef: { kind: 'Pod' },
    }));
    const labels = { 'kubernetes.io/service-name': metadata.name };
    const ports = [{ name: 'http', port: 8080, protocol: 'TCP' }];
    cluster.put(paths.slices, { metadata: { ...metadata, uid: `e-${number}`, labels }, endpoints, ports } as never);
  }
  for (let number = 0; number < eventsOfHour; number += 1)
    cluster.put(paths.events, makeEvent(`e-${number}`, 'Pulled', 'Container image already present on machine'));
  for (let number = 0; number < podsOfNode; number += 1) {
    const directory = join(folder, `cgroup/kubepods/burstable/pod${uidOf(number)}/${hex(number, 64)}`);
    mkdirSync(directory, { recursive: true });
    // Above the largest pid of Linux.
    writeFileSync(join(directory, 'cgroup.procs'), `${2 ** 22 + 1}\n`);
  }
}

async function once(mode: Mode, cluster: StandInCluster, kubeconfig: string, tree: string): Promise<Cost> {
  const child = fork(join(import.meta.dirname, 'kubernetes-child.ts'), [mode, kubeconfig, tree], {
    stdio: 'inherit',
    execArgv: ['--max-semi-space-size=2'],
  });
  let known = 0;
  child.on('message', (count) => {
    known = Number(count);
  });
  const expected = { nothing: 1, services: podsOfNode, pods: podsOfNode, events: eventsOfHour }[mode];
  let change = 0;
  const changing = setInterval(() => {
    change += 1;
    // One of four on the node; the others somewhere else.
    const number = change % 4 === 0 ? change % podsOfNode : podsOfNode + ((change * 37) % (podsOfCluster - podsOfNode));
    cluster.put(paths.pods, pod(number, change));
    for (let event = 0; event < eventsPerSecond / changesPerSecond; event += 1)
      cluster.put(paths.events, makeEvent(`n-${change}-${event}`, 'BackOff', 'Back-off restarting failed container'));
  }, 1000 / changesPerSecond);
  try {
    await waitFor(`${mode} to know the cluster`, () => known >= expected, 120_000);
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    const pid = child.pid ?? 0;
    const [before, sinceMs] = [cpuMicros(pid), performance.now()];
    await new Promise((resolve) => setTimeout(resolve, runMs));
    const cpuPercent = (cpuMicros(pid) - before) / (performance.now() - sinceMs) / 10;
    return { memoryMb: residentMb(pid), cpuPercent };
  } finally {
    clearInterval(changing);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
}
