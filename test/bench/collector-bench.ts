import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ulid } from 'ulid';
import { Link } from '../../src/outbox/link.ts';
import { limits, protocolVersion } from '../../src/protocol/limits.ts';
import { makeAlert } from '../support/alerts.ts';
import { waitFor } from '../support/wait.ts';
import { type Figure, percentile99 } from './figures.ts';
import { residentMb } from './node-cost.ts';

const agents = 4;
const feedClients = 10;
const runMs = 8_000;
const root = new URL('../../', import.meta.url).pathname;

/**
 * A real collector under agents that send full batches as fast as they are acknowledged, with clients on its feed.
 * @param rounds each in a new collector with an empty store
 * @param say progress
 */
export async function benchCollector(rounds: number, say: (text: string) => void): Promise<readonly Figure[]> {
  const perSecond: number[] = [];
  const ackDelays: number[] = [];
  const feedDelays: number[] = [];
  const memory: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const result = await once();
    perSecond.push(result.alertsPerSecond);
    ackDelays.push(result.ackDelayP99Ms);
    feedDelays.push(result.feedDelayP99Ms);
    memory.push(result.memoryMb);
    say(`collector, round ${round + 1} of ${rounds}: ${Math.round(result.alertsPerSecond)} alerts a second`);
  }
  return [
    { name: 'collector', metric: 'alertsPerSecond', all: perSecond, unit: 'alerts/s' },
    { name: 'collector', metric: 'ackDelayP99Ms', all: ackDelays, unit: 'ms' },
    { name: 'collector', metric: 'feedDelayP99Ms', all: feedDelays, unit: 'ms' },
    { name: 'collector', metric: 'memoryMb', all: memory, unit: 'MB' },
  ];
}

interface Result {
  readonly alertsPerSecond: number;
  readonly ackDelayP99Ms: number;
  readonly feedDelayP99Ms: number;
  readonly memoryMb: number;
}

async function once(): Promise<Result> {
  const state = mkdtempSync(join(tmpdir(), 'anchorwatch-bench-'));
  const collector = spawn(
    process.execPath,
    [
      join(root, 'bin/anchorwatch.mjs'),
      'collector',
      '--state',
      state,
      '--listen',
      '127.0.0.1:0',
      '--log-level',
      'info',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  try {
    await ready(collector);
    const url = readFileSync(join(state, 'listen'), 'utf8').trim();
    const token = readFileSync(join(state, 'agent-token'), 'utf8').trim();
    const sentMs = new Map<string, number>();
    const feedDelays: number[] = [];
    const feeds = await Promise.all(Array.from({ length: feedClients }, () => follow(url, sentMs, feedDelays)));
    const ackDelays: number[] = [];
    const begunMs = performance.now();
    const counts = await Promise.all(
      Array.from({ length: agents }, (_, number) => send(url, token, number, sentMs, ackDelays)),
    );
    const tookMs = performance.now() - begunMs;
    const memoryMb = residentMb(collector.pid ?? 0);
    for (const feed of feeds) feed.close();
    return {
      alertsPerSecond: counts.reduce((sum, count) => sum + count, 0) / (tookMs / 1000),
      ackDelayP99Ms: percentile99(ackDelays),
      feedDelayP99Ms: percentile99(feedDelays),
      memoryMb,
    };
  } finally {
    collector.kill('SIGTERM');
    await new Promise((resolve) => {
      if (collector.exitCode !== null) resolve(undefined);
      else collector.once('exit', resolve);
    });
    rmSync(state, { recursive: true, force: true });
  }
}

async function ready(collector: ChildProcess): Promise<void> {
  let log = '';
  collector.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  await waitFor('the collector', () => log.includes('"ready":true'), 30_000);
}

/** A client that sees every alert and how long it took from being sent. */
async function follow(url: string, sentMs: ReadonlyMap<string, number>, delays: number[]): Promise<WebSocket> {
  const feed = new WebSocket(`${url.replace(/^http/, 'ws')}/feed?kind=alert`);
  feed.addEventListener('message', ({ data }) => {
    const { id } = JSON.parse(String(data)) as { id?: string };
    const sent = id === undefined ? undefined : sentMs.get(id);
    if (sent !== undefined) delays.push(performance.now() - sent);
  });
  await new Promise((resolve, reject) => {
    feed.addEventListener('open', resolve);
    feed.addEventListener('error', reject);
  });
  return feed;
}

/** An agent that sends full batches, the next when the last is acknowledged; answers how many alerts were. */
function send(
  url: string,
  token: string,
  number: number,
  sentMs: Map<string, number>,
  delays: number[],
): Promise<number> {
  return new Promise((resolve, reject) => {
    const untilMs = performance.now() + runMs;
    const node = `bench-${number}`;
    let [seq, acknowledged, lastMs] = [0, 0, 0];
    const next = (): void => {
      if (performance.now() > untilMs) {
        resolve(acknowledged);
        link.close();
        return;
      }
      lastMs = performance.now();
      const time = new Date().toISOString();
      const alerts = Array.from({ length: limits.batchAlerts }, () => {
        const id = ulid();
        sentMs.set(id, lastMs);
        return makeAlert(0, { id, node, time, lastTime: time });
      });
      link.send({ type: 'batch', seq: ++seq, alerts });
    };
    const link = new Link(`${url.replace(/^http/, 'ws')}/agent`, token, 30_000, {
      opened: () => {
        link.send({ type: 'hello', protocol: protocolVersion, node, agentVersion: '0.0.0' });
      },
      received: (message) => {
        if (message.type === 'welcome') next();
        if (message.type === 'refuse') reject(new Error(`${message.code}: ${message.message}`));
        if (message.type !== 'ack') return;
        delays.push(performance.now() - lastMs);
        acknowledged += message.stored;
        next();
      },
      ended: ({ reason, detail }) => {
        reject(new Error(`the link ended: ${reason}: ${detail}`));
      },
    });
  });
}
