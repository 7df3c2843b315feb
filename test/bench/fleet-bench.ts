import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fleet } from '../../src/ingest/fleet.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLogger } from '../../src/lib/log.ts';
import { createRegistry } from '../../src/lib/metrics.ts';
import type { SharedFeature, SharedProfile } from '../../src/model/shared-profile.ts';
import { ContributionSum } from '../../src/profile/merge.ts';
import { CollectorStore } from '../../src/store/collector-store.ts';
import type { Figure } from './figures.ts';
import { cpuMs } from './measure.ts';
import { wordOf } from './stream.ts';

const workloads = 1_000;
const features = 2_000;
/** Of a few workloads as many nodes contribute as are kept: the largest sums. */
const wide = { workloads: 5, nodes: 32 };
const marks = { memoryMb: 400 };

function contribution(number: number, nodeNumber: number): SharedProfile {
  const rows = Array.from({ length: features }, (_, index): SharedFeature => {
    const word = wordOf(index + nodeNumber * 20);
    const key = index % 5 === 0 ? `/usr/bin/${word}` : `/srv/${wordOf(index >> 4)}/${word}.conf`;
    const count = { startup: 1, steady: 1 + ((index * 7919) % 1440) };
    return { dimension: index % 5 === 0 ? 'exec' : 'file.read', key, state: 'known', count, weight: count, nodes: 1 };
  });
  return {
    ...{ workload: { id: `w${number}`, name: `shop/${wordOf(number)}`, kind: 'compose' }, asOfMs: Date.now() },
    ...{ halfLifeMs: 30 * 86_400_000, nodes: 1, samples: { startup: 4, steady: 1440 }, incomplete: {}, images: ['x'] },
    ...{ listeners: [], features: rows, omitted: 0 },
  };
}

/** `fleet`: a collector that holds what nodes learned of a thousand workloads, and answers a node that asks about all of them. */
export async function benchFleet(rounds: number, say: (text: string) => void): Promise<readonly Figure[]> {
  const [memory, keeping, answering, turns, stored]: number[][] = [[], [], [], [], []];
  for (let round = 0; round < rounds; round++) {
    const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-bench-'));
    const path = join(directory, 'collector.db');
    const store = await CollectorStore.open(path, false);
    const fleet = new Fleet({
      ...{ contributions: store.contributions, sum: (nowMs) => new ContributionSum(nowMs), clock: systemClock },
      ...{ registry: createRegistry(), log: createLogger({ level: 'silent' }) },
      prune: (nowMs) => store.contributions.prune(nowMs),
    });
    let [residentMb, last, longestMs] = [0, performance.now(), 0];
    const timer = setInterval(() => {
      residentMb = Math.max(residentMb, process.memoryUsage.rss() / (1 << 20));
      longestMs = Math.max(longestMs, performance.now() - last);
      last = performance.now();
    }, 1);
    try {
      let [keptMs, answeredMs, answers] = [0, 0, 0];
      for (let number = 0; number < workloads; number++)
        for (let node = 0; node < (number < wide.workloads ? wide.nodes : 1); node++) {
          const shared = contribution(number, node);
          const startedMs = cpuMs();
          await fleet.contributed(`node-${number % 20}-${node}`, shared);
          keptMs += cpuMs() - startedMs;
        }
      longestMs = 0;
      for (let number = 0; number < workloads; number++) {
        const startedMs = cpuMs();
        const sum = await fleet.known(`fresh-${number >> 9}`, `w${number}`);
        answeredMs += cpuMs() - startedMs;
        if (sum !== undefined) answers++;
      }
      if (answers !== workloads) throw new Error(`${answers} of ${workloads} workloads were known`);
      const contributions = workloads + wide.workloads * (wide.nodes - 1);
      memory?.push(residentMb);
      keeping?.push(keptMs / contributions);
      answering?.push(answeredMs / workloads);
      turns?.push(longestMs);
      stored?.push(statSync(path).size / (1 << 20));
      say(
        `fleet, round ${round + 1} of ${rounds}: ${contributions} contributions, at most ${residentMb.toFixed(0)} MB`,
      );
    } finally {
      clearInterval(timer);
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    }
  }
  return [
    { name: 'fleet', metric: 'memoryMb', all: memory ?? [], unit: 'MB', mark: marks.memoryMb },
    { name: 'fleet', metric: 'keepMs', all: keeping ?? [], unit: 'ms' },
    { name: 'fleet', metric: 'answerMs', all: answering ?? [], unit: 'ms' },
    { name: 'fleet', metric: 'longestTurnMs', all: turns ?? [], unit: 'ms' },
    { name: 'fleet', metric: 'storedMb', all: stored ?? [], unit: 'MB' },
  ];
}
