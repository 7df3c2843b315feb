import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits } from '../../src/protocol/limits.ts';
import { runAgents } from './agent-load.ts';
import { FeedClients } from './feed-load.ts';
import { type Figure, percentile99 } from './figures.ts';
import { startMeasuredCollector } from './measured-collector.ts';
import { cpuMicros, residentMb } from './node-cost.ts';

/** What the collector is asked for, from so many connections: a tenth more than what it must take. */
const offeredPerSecond = 22_000;
const connections = 200;
const warmUpMs = 5_000;
const runMs = 20_000;
/** The feed is measured apart: it is asked for at a rate that people and programs can follow. */
const feedClients = 500;
const feedPerSecond = 1_000;
const feedRunMs = 10_000;
const settleMs = 3_000;

/**
 * A real collector, a process of its own, with an empty store on the disk that holds the directory for temporary files. First 200 agents that send
 * full batches, at a pace of 22,000 alerts a second together; then 500 clients of its feed, at 1,000 alerts a second. The load is made by
 * this process, on the same processors: what it takes for itself is one of the figures.
 * @param rounds each in a new collector with an empty store
 * @param say progress
 */
export async function benchCollector(rounds: number, say: (text: string) => void): Promise<readonly Figure[]> {
  const results: Result[] = [];
  for (let round = 0; round < rounds; round++) {
    const result = await once();
    results.push(result);
    say(
      `collector, round ${round + 1} of ${rounds}: ${Math.round(result.alertsPerSecond)} of ${offeredPerSecond} alerts a second that were offered; ` +
        `on ${feedClients} clients ${Math.round(result.feedPerSecond)} messages a second, ${result.feedClosed} clients closed`,
    );
  }
  const figure = (metric: keyof Result, unit: string, mark?: number): Figure => ({
    ...{ name: 'collector', metric, unit, all: results.map((result) => result[metric]) },
    ...(mark === undefined ? {} : { mark }),
  });
  return [
    figure('alertsPerSecond', 'alerts/s'),
    figure('ackDelayP99Ms', 'ms', 250),
    figure('feedDelayP99Ms', 'ms', 100),
    figure('memoryMb', 'MB'),
    figure('memoryGrowthMb', 'MB'),
    figure('collectorMicros', 'µs/alert'),
    figure('loadMicros', 'µs/alert'),
    figure('feedPerSecond', 'msgs/s'),
    figure('feedClosed', 'clients', 0),
  ];
}

interface Result {
  readonly alertsPerSecond: number;
  readonly ackDelayP99Ms: number;
  readonly feedDelayP99Ms: number;
  /** The most that was resident while alerts came. */
  readonly memoryMb: number;
  /** From the mean of the second quarter of the run to that of its last. */
  readonly memoryGrowthMb: number;
  /** Processor time for each alert, of the collector and of what makes the load. */
  readonly collectorMicros: number;
  readonly loadMicros: number;
  readonly feedPerSecond: number;
  readonly feedClosed: number;
}

async function once(): Promise<Result> {
  const state = mkdtempSync(join(tmpdir(), 'anchorwatch-bench-'));
  const collector = await startMeasuredCollector(state);
  try {
    const { url, token, pid } = collector;
    const memory: number[] = [];
    const watching = setInterval(() => memory.push(residentMb(pid)), 250);
    const before = { collector: cpuMicros(pid), load: process.cpuUsage() };
    const flood = await runAgents({
      ...{ url, token, connections, warmUpMs, runMs },
      ...{ batchAlerts: limits.batchAlerts, alertsPerSecond: offeredPerSecond },
    });
    const load = process.cpuUsage(before.load);
    const collectorTime = cpuMicros(pid) - before.collector;
    clearInterval(watching);
    // The warm-up is part of what was paid for.
    const paid = (flood.acknowledged * (warmUpMs + runMs)) / runMs;

    // What the end of the flood leaves to do, two hundred nodes that go, is no part of the next load.
    await new Promise((done) => setTimeout(done, settleMs));
    const sentMs = new Map<string, number>();
    const feed = new FeedClients(sentMs);
    await feed.connect(url, feedClients);
    await runAgents({
      ...{ url, token, connections, warmUpMs: 2_000, runMs: feedRunMs, alertsPerSecond: feedPerSecond },
      batchAlerts: 5,
      sent: (id, atMs) => sentMs.set(id, atMs),
    });
    const { messages: feedMessages, closed: feedClosed } = feed;
    feed.close();
    const quarter = Math.floor(memory.length / 4);
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    return {
      alertsPerSecond: flood.acknowledged / (runMs / 1000),
      ackDelayP99Ms: percentile99(flood.ackDelaysMs),
      feedDelayP99Ms: feed.percentile99(),
      memoryMb: Math.max(...memory),
      memoryGrowthMb: mean(memory.slice(-quarter)) - mean(memory.slice(quarter, 2 * quarter)),
      collectorMicros: collectorTime / paid,
      loadMicros: (load.user + load.system) / paid,
      feedPerSecond: feedMessages / ((feedRunMs + 2_000) / 1000),
      feedClosed,
    };
  } finally {
    await collector.end();
    rmSync(state, { recursive: true, force: true });
  }
}
