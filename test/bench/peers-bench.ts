import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { paths, writeKubeconfig } from '../support/stand-in-cluster.ts';
import type { StandInCluster } from '../support/stand-in-cluster.ts';
import { waitFor } from '../support/wait.ts';
import type { Figure } from './figures.ts';
import { startMeasuredCollector } from './measured-collector.ts';
import { cpuMicros, residentMb } from './node-cost.ts';
import { names, podOf, pods, startPeersCluster } from './peers-cluster.ts';

const agents = 200;
const churnMs = 20_000;
const changesPerSecond = 4;
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

interface Result {
  /** Processor time of the collector until 200 agents have connected, and have all names where it shares some. */
  readonly connectSeconds: number;
  readonly churnPercent: number;
  readonly memoryMb: number;
  /** Bytes that a pod takes on the way to one agent, with what a service adds to it. */
  readonly bytesOfName: number;
}

/**
 * `peers`: a real collector, a process of its own, that watches a cluster of 5,000 pods and 500 services and tells 200 agents their names, four changes of pods a second; and
 * one that shares nothing, with the same agents, in turns.
 */
export async function benchPeers(rounds: number, say: (text: string) => void): Promise<readonly Figure[]> {
  const results: { readonly none: Result; readonly auto: Result }[] = [];
  const cluster = await startPeersCluster();
  try {
    for (let round = 0; round < rounds; round++) {
      const result = { none: await once(cluster, 'none'), auto: await once(cluster, 'auto') };
      results.push(result);
      say(`peers, round ${String(round + 1)} of ${String(rounds)}: ${JSON.stringify(result)}`);
    }
  } finally {
    await cluster.stop();
  }
  const figure = (metric: keyof Result, unit: string, what: (result: (typeof results)[number]) => number): Figure => ({
    ...{ name: 'peers', metric, unit, all: results.map(what) },
  });
  const more = (metric: keyof Result, unit: string): Figure =>
    figure(metric, unit, ({ auto, none }) => auto[metric] - none[metric]);
  return [
    more('connectSeconds', 's'),
    more('churnPercent', '% core'),
    more('memoryMb', 'MB'),
    { ...figure('bytesOfName', 'bytes', ({ auto }) => auto.bytesOfName), mark: 100 },
  ];
}

async function once(cluster: StandInCluster, which: 'none' | 'auto'): Promise<Result> {
  const state = mkdtempSync(join(tmpdir(), 'anchorwatch-bench-'));
  const kubeconfig = writeKubeconfig(state, cluster.url);
  const collector = await startMeasuredCollector(state, {
    args: ['--cluster-interval', '0s', '--kubeconfig', kubeconfig, '--kubernetes-peers', which],
  });
  const { url, token, pid } = collector;
  let told: { readonly names: readonly number[]; readonly versions: readonly number[] } = { names: [], versions: [] };
  let child: ReturnType<typeof fork> | undefined;
  const value = async (series: string): Promise<number> => {
    const lines = (await (await fetch(`${url}/metrics`)).text()).split('\n');
    return Number(lines.find((line) => line.startsWith(`${series} `))?.split(' ')[1] ?? 0);
  };
  try {
    if (which === 'auto')
      await waitFor('its lists', async () => (await value('anchorwatch_peers_names')) === names, 120_000);
    // What the start left over is done.
    await sleep(5_000);
    const beforeConnect = cpuMicros(pid);
    child = fork(join(import.meta.dirname, 'peers-child.ts'), [url.replace('http', 'ws'), token, String(agents)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    child.on('message', (message) => {
      told = message as typeof told;
    });
    await waitFor('the agents', async () => (await value('anchorwatch_node_up{node="node-199"}')) === 1, 120_000);
    if (which === 'auto')
      await waitFor(
        'the names',
        () => told.names.length === agents && told.names.every((size) => size === names),
        120_000,
      );
    else await sleep(3_000);
    const connectSeconds = (cpuMicros(pid) - beforeConnect) / 1e6;
    const bytesOfName = (await value('anchorwatch_peers_sent_bytes_total')) / agents / pods;
    await sleep(3_000);
    const [beforeChurn, startedMs] = [cpuMicros(pid), performance.now()];
    for (let change = 0; performance.now() - startedMs < churnMs; change++) {
      cluster.put(paths.pods, podOf(change % pods, 1 + (Math.floor(Date.now() / 60_000) % 8)));
      await sleep(1_000 / changesPerSecond);
    }
    const churnPercent = (cpuMicros(pid) - beforeChurn) / ((performance.now() - startedMs) * 10);
    return { connectSeconds, churnPercent, memoryMb: residentMb(pid), bytesOfName };
  } finally {
    child?.kill('SIGKILL');
    await collector.end();
    rmSync(state, { recursive: true, force: true });
  }
}
