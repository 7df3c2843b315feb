import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditEvent, eventList } from '../support/audit-events.ts';
import { type Figure, percentile99 } from './figures.ts';
import { startMeasuredCollector } from './measured-collector.ts';
import { cpuMicros, residentMb } from './node-cost.ts';

const offeredPerSecond = 5_000;
/** As `--audit-webhook-batch-max-size` has it. */
const batchEvents = 400;
const senders = 3;
const warmUpMs = 3_000;
const runMs = 15_000;
const users = 200;
const resources = ['pods', 'configmaps', 'services', 'endpoints', 'deployments', 'nodes', 'jobs', 'secrets'] as const;

interface Result {
  readonly eventsPerSecond: number;
  readonly answerP99Ms: number;
  /** Processor time of the collector for each event: at 5,000 a second, 200 are one core. */
  readonly collectorMicros: number;
  readonly memoryMb: number;
  readonly refused: number;
}

/**
 * `audit`: a real collector, a process of its own, that takes the audit log of three API servers, 5,000 events a second in batches of 400: 200 users that
 * ask for 8 resources in 20 namespaces, and every hundredth event something new.
 */
export async function benchAudit(rounds: number, say: (text: string) => void): Promise<readonly Figure[]> {
  const results: Result[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const result = await once();
    results.push(result);
    say(
      `audit, round ${round + 1} of ${rounds}: ${Math.round(result.eventsPerSecond)} of ${offeredPerSecond} events a second that were offered`,
    );
  }
  const figure = (metric: keyof Result, unit: string, mark?: number): Figure => ({
    ...{ name: 'audit', metric, unit, all: results.map((result) => result[metric]) },
    ...(mark === undefined ? {} : { mark }),
  });
  return [
    figure('eventsPerSecond', 'events/s'),
    figure('collectorMicros', 'µs/event', 1_000_000 / offeredPerSecond),
    figure('answerP99Ms', 'ms'),
    figure('memoryMb', 'MB'),
    figure('refused', 'batches', 0),
  ];
}

async function once(): Promise<Result> {
  const state = mkdtempSync(join(tmpdir(), 'anchorwatch-bench-'));
  const collector = await startMeasuredCollector(state);
  try {
    const { url, pid } = collector;
    await load(url, warmUpMs);
    const memory: number[] = [];
    const watching = setInterval(() => memory.push(residentMb(pid)), 250);
    const before = cpuMicros(pid);
    const { kept, refused, answersMs, tookMs } = await load(url, runMs);
    const paid = cpuMicros(pid) - before;
    clearInterval(watching);
    return {
      eventsPerSecond: kept / (tookMs / 1000),
      answerP99Ms: percentile99(answersMs),
      collectorMicros: paid / kept,
      memoryMb: Math.max(...memory),
      refused,
    };
  } finally {
    await collector.end();
    rmSync(state, { recursive: true, force: true });
  }
}

let made = 0;

function batch(): string {
  const items = Array.from({ length: batchEvents }, () => {
    made += 1;
    const isNew = made % 100 === 0;
    const resource = resources[made % resources.length];
    const namespace = isNew ? `team-${String(made)}` : `team-${String(made % 20)}`;
    return auditEvent(made, {
      verb: 'get',
      user: { username: `system:serviceaccount:kube-system:controller-${String(made % users)}` },
      objectRef: { resource, namespace, apiVersion: 'v1' },
      stageTimestamp: new Date().toISOString(),
    });
  });
  return JSON.stringify(eventList(items));
}

interface Load {
  readonly kept: number;
  readonly refused: number;
  readonly answersMs: readonly number[];
  readonly tookMs: number;
}

/** Batches at an even pace; a sender that is answered late sends the next ones at once, as the API server does from its buffer. */
async function load(url: string, forMs: number): Promise<Load> {
  const startMs = performance.now();
  const intervalMs = (1000 * batchEvents * senders) / offeredPerSecond;
  const answersMs: number[] = [];
  let [kept, refused] = [0, 0];
  const send = async (sender: number): Promise<void> => {
    for (let turn = 0; turn * intervalMs < forMs; turn += 1) {
      const dueMs = startMs + (turn + sender / senders) * intervalMs;
      const waitMs = dueMs - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      const body = batch();
      const sentMs = performance.now();
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${url}/kubernetes/audit`, { method: 'POST', headers, body });
      await response.arrayBuffer();
      answersMs.push(performance.now() - sentMs);
      if (response.ok) kept += batchEvents;
      else refused += 1;
    }
  };
  await Promise.all(Array.from({ length: senders }, (_, sender) => send(sender)));
  return { kept, refused, answersMs, tookMs: Math.max(forMs, performance.now() - startMs) };
}
