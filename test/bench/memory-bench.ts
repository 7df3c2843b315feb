import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine } from '../containers/engine.ts';
import { spawnCommand, startCommand } from '../containers/product.ts';
import { waitFor } from '../support/wait.ts';
import type { Figure } from './figures.ts';
import { cpuMicros } from './node-cost.ts';

const containers = 50;
const memoryMarkMb = 120;
const startMarkMs = 2_000;
const startTimeoutMs = 60_000;
/** The start's own memory is gone by then. */
const fromMs = 20_000;
const sampleMs = 1_000;
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Programs, files read and written every five seconds, nothing that would raise an alert. */
const load =
  'echo 1 > /srv/data; i=0; while true; do i=$((i+1)); cat /srv/data >/dev/null; ls /srv >/dev/null; echo $i >/tmp/state; sleep 5; done';

/** What is resident of a process, in MB: all of it, what is its own, and what is of files (proc_pid_smaps(5), `smaps_rollup`). */
interface Resident {
  readonly all: number;
  readonly own: number;
}

function residentOf(pid: number): Resident {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
  const mb = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) / 1024;
  return { all: mb('Rss'), own: mb('Anonymous') };
}

/**
 * What the agent, and `up` with its collector, take with 50 containers that are learned: the most that was resident at any second from 20 s to 120 s
 * after the start, and how much of that is the process's own. Beside it, how long the start took until all of them were watched, and
 * how much processor time.
 * @param seconds until when after the start it is looked at
 * @param say progress
 */
export async function benchMemory(
  rounds: number,
  seconds: number,
  say: (text: string) => void,
): Promise<readonly Figure[]> {
  const engine = await startEngine();
  const state = mkdtempSync(join(tmpdir(), 'anchorwatch-bench-'));
  const most = { agent: [] as number[], up: [] as number[] };
  const own = { agent: [] as number[], up: [] as number[] };
  const watching = { agent: [] as number[], up: [] as number[] };
  const startCpu = { agent: [] as number[], up: [] as number[] };
  const measure = async (what: 'agent' | 'up', args: readonly string[]): Promise<void> => {
    const startedMs = performance.now();
    const command = spawnCommand([what, '--state', join(state, what), '--docker-host', engine.host, ...args]);
    const isWatching = (): boolean =>
      command.log().includes('"ready":true') && command.log().split('"container watched"').length > containers;
    await waitFor('all containers to be watched', isWatching, startTimeoutMs);
    watching[what].push(performance.now() - startedMs);
    startCpu[what].push(cpuMicros(command.pid) / 1000);
    await sleep(fromMs);
    let highest: Resident = { all: 0, own: 0 };
    while (performance.now() - startedMs < seconds * 1000) {
      const now = residentOf(command.pid);
      if (now.all > highest.all) highest = now;
      await sleep(sampleMs);
    }
    await command.kill('SIGTERM');
    rmSync(join(state, what), { recursive: true, force: true });
    most[what].push(highest.all);
    own[what].push(highest.own);
    say(
      `memory: ${what} ${highest.all.toFixed(1)} MB, ${highest.own.toFixed(1)} MB of it its own; watching after ${watching[what].at(-1)?.toFixed(0)} ms`,
    );
  };
  try {
    const image = await engine.busyboxImage();
    for (let i = 0; i < containers; i++)
      await engine.cli(
        'run',
        '-d',
        '--name',
        `work${String.fromCharCode(97 + (i % 26)).repeat(1 + Math.floor(i / 26))}`,
        image,
        '/bin/sh',
        '-c',
        load,
      );
    const collectorState = join(state, 'collector');
    const collector = await startCommand(['collector', '--state', collectorState, '--listen', '127.0.0.1:0']);
    try {
      const url = readFileSync(join(collectorState, 'listen'), 'utf8').trim().replace('http', 'ws');
      const address = ['--collector', url, '--token-file', join(collectorState, 'agent-token')];
      for (let round = 0; round < rounds; round++) {
        await measure('agent', address);
        await measure('up', ['--listen', '127.0.0.1:0']);
      }
    } finally {
      await collector.kill('SIGTERM');
    }
  } finally {
    await engine.stop();
    rmSync(state, { recursive: true, force: true });
  }
  return [
    { name: 'memory', metric: 'memoryMb', all: most.agent, unit: 'MB', mark: memoryMarkMb },
    { name: 'memory', metric: 'ownMemoryMb', all: own.agent, unit: 'MB' },
    { name: 'memory', metric: 'watchingAfterMs', all: watching.agent, unit: 'ms', mark: startMarkMs },
    { name: 'memory', metric: 'startCpuMs', all: startCpu.agent, unit: 'ms' },
    { name: 'memory.up', metric: 'memoryMb', all: most.up, unit: 'MB' },
    { name: 'memory.up', metric: 'ownMemoryMb', all: own.up, unit: 'MB' },
    { name: 'memory.up', metric: 'watchingAfterMs', all: watching.up, unit: 'ms' },
    { name: 'memory.up', metric: 'startCpuMs', all: startCpu.up, unit: 'ms' },
  ];
}
