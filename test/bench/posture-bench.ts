import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Containers } from '../../src/identity/containers.ts';
import { createLogger } from '../../src/lib/log.ts';
import type { Container } from '../../src/model/container.ts';
import { ImageWatch } from '../../src/posture/image/image-watch.ts';
import { Posture } from '../../src/posture/posture.ts';
import { startEngine } from '../containers/engine.ts';
import type { Figure } from './figures.ts';

const containers = 500;
/** A look at what the kernel says comes once a minute. */
const lookMs = 60_000;

/**
 * `posture`: 500 containers are checked, each asked of an engine (a thread that speaks its API over a socket) and of `/proc`, then what the kernel says of
 * each is looked at again. Processor time of the thread that
 * checks. The process is one container's for all of them.
 */
export async function benchPosture(rounds: number, say: (text: string) => void): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'anchorwatch-bench-'));
  const socket = join(folder, 'docker.sock');
  const [cpu, look]: [number[], number[]] = [[], []];
  const real = await startEngine();
  let engine: Worker | undefined;
  try {
    const image = await real.busyboxImage();
    const id = await real.cli('run', '-d', image, 'sleep', '3600');
    const { State: state } = await real.docker.getContainer(id).inspect();
    engine = new Worker(new URL('./posture-engine.ts', import.meta.url), { workerData: { socket, pid: state.Pid } });
    await once(engine, 'message');
    for (let round = 0; round < rounds; round++) {
      const result = await check(`unix://${socket}`, state.Pid);
      cpu.push(result.cpuSeconds);
      look.push(result.lookMicros);
      say(
        `posture, round ${round + 1} of ${rounds}: ${result.cpuSeconds.toFixed(2)} s of CPU for ${containers} containers`,
      );
    }
  } finally {
    await engine?.terminate();
    await real.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return [
    { name: 'posture', metric: 'cpuSeconds', all: cpu, unit: 's', mark: 5 },
    { name: 'posture', metric: 'lookMicros', all: look, unit: 'µs/container' },
  ];
}

async function check(host: string, pid: number): Promise<{ cpuSeconds: number; lookMicros: number }> {
  const log = createLogger({ level: 'silent' });
  // Every second of this clock is a millisecond: what waits for a minute is looked at when it is told so.
  let nowMs = 0;
  const clock = { nowMs: () => Date.now(), monotonicMs: () => nowMs };
  const ignore = (): void => undefined;
  const asked = new Containers({
    dockerHost: host,
    log,
    clock,
    listener: { started: ignore, stopped: ignore, lifecycle: ignore },
  });
  const profiles = { learned: () => undefined, seen: () => undefined };
  const images = new ImageWatch({ reports: undefined, signatures: undefined, profiles, clock, log });
  const posture = new Posture({
    images,
    source: { ask: (path, timeoutMs) => asked.ask(path, timeoutMs), watches: () => true },
    listener: { changed: ignore, gone: ignore, appeared: ignore },
    ...{ engine: host, clock, log, lookMs, hostMs: 1e9 },
  });
  for (let number = 0; number < containers; number++) posture.started(containerOf(number, pid));
  posture.tick();
  // The node's own verdict is the first.
  while (posture.verdicts().length === 0) await new Promise((done) => setImmediate(done));
  nowMs = 10_000;
  const start = process.threadCpuUsage();
  posture.tick();
  while (posture.verdicts().length < containers + 1) await new Promise((done) => setTimeout(done, 5));
  const used = process.threadCpuUsage(start);
  nowMs += lookMs + 1_000;
  const lookStart = process.threadCpuUsage();
  // So many in a tick.
  for (let tick = 0; tick < containers / 20; tick++) posture.tick();
  const looked = process.threadCpuUsage(lookStart);
  posture.stop();
  asked.stop();
  return { cpuSeconds: (used.user + used.system) / 1e6, lookMicros: (looked.user + looked.system) / containers };
}

function containerOf(number: number, pid: number): Container {
  const name = `web-${number}`;
  return {
    ...{ id: number.toString(16).padStart(64, '0'), name, image: 'shop/web:7', digest: 'sha256:aa', pid },
    workload: { id: `w${number % 20}`, name: `shop/web-${number % 20}`, kind: 'image' },
    ...{ cgroupId: String(number + 1), startedAtMs: 0, labels: {}, mounts: [], privileged: false, hostNamespaces: [] },
  };
}
