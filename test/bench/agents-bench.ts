import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../support/wait.ts';
import type { Figure } from './figures.ts';
import { startMeasuredCollector } from './measured-collector.ts';
import { cpuMicros, residentMb } from './node-cost.ts';

const agents = 10_000;
const generators = 4;
const idleMs = 20_000;
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/**
 * Ten thousand idle agents on one collector: what they cost it, and how long until all are back after it was killed, and after it was stopped. The
 * agents are those of the product but for the file in which they keep alerts, in a few processes beside it.
 * @param say progress
 */
export async function benchAgents(say: (text: string) => void): Promise<readonly Figure[]> {
  const state = mkdtempSync(join(tmpdir(), 'anchorwatch-bench-'));
  const connected = Array.from({ length: generators }, () => 0);
  const sum = (): number => connected.reduce((all, one) => all + one, 0);
  let collector = await startMeasuredCollector(state);
  const { url, token } = collector;
  const listen = url.replace('http://', '');
  const children = connected.map((_, index) => {
    const share = agents / generators;
    const args = [url.replace('http', 'ws'), token, String(index * share), String(share)];
    const child = fork(join(import.meta.dirname, 'agents-child.ts'), args, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    child.on('message', (message: { readonly connected: number }) => {
      connected[index] = message.connected;
    });
    return child;
  });
  const all = async (what: string): Promise<number> => {
    const startedMs = performance.now();
    await waitFor(`all agents ${what}`, () => sum() === agents, 300_000);
    return (performance.now() - startedMs) / 1000;
  };
  try {
    say(`agents: ${String(agents)} connected after ${(await all('to connect')).toFixed(1)} s`);
    // Until all were asked for their slower pace and have reported at it.
    await sleep(idleMs);
    const [cpuBefore, startedMs] = [cpuMicros(collector.pid), performance.now()];
    await sleep(idleMs);
    const share = (cpuMicros(collector.pid) - cpuBefore) / ((performance.now() - startedMs) * 10);
    const memory = [residentMb(collector.pid)];
    say(`agents: ${memory[0]?.toFixed(0)} MB, ${share.toFixed(0)} % of a core at rest`);
    const scrapeMs = performance.now();
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const scrapeSeconds = (performance.now() - scrapeMs) / 1000;
    say(`agents: /metrics has ${(metrics.length / 1e6).toFixed(1)} MB after ${scrapeSeconds.toFixed(2)} s`);

    const back: number[] = [];
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      await collector.end(signal);
      await waitFor('the agents to notice', () => sum() === 0, 60_000);
      collector = await startMeasuredCollector(state, { listen });
      back.push(await all('to come back'));
      say(`agents: all back ${back.at(-1)?.toFixed(1)} s after ${signal} and a new start`);
      memory.push(residentMb(collector.pid));
    }
    const { items } = (await (await fetch(`${url}/api/v1/alerts`)).json()) as { items: readonly unknown[] };
    return [
      { name: 'agents', metric: 'memoryMb', all: memory, unit: 'MB', mark: 1500 },
      { name: 'agents', metric: 'idlePercent', all: [share], unit: '% core' },
      { name: 'agents', metric: 'allBackSeconds', all: back, unit: 's', mark: 60 },
      { name: 'agents', metric: 'scrapeSeconds', all: [scrapeSeconds], unit: 's' },
      { name: 'agents', metric: 'falseAlerts', all: [items.length], unit: 'alerts', mark: 0 },
    ];
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await collector.end('SIGTERM');
    rmSync(state, { recursive: true, force: true });
  }
}
