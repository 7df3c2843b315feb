import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Replay, replayRecording } from '../../src/agent/replay.ts';
import { effectiveRules } from '../../src/agent/rule-check.ts';
import { recordingVersion } from '../../src/model/recording.ts';
import type { RecordingEntry, RecordingHeader } from '../../src/model/recording.ts';
import type { Figure } from './figures.ts';
import { cpuMs } from './measure.ts';
import { containerOf, eventOf } from './stream.ts';

const epochMs = Date.UTC(2026, 0, 5);
const scored = 1_000_000;
const read = 200_000;
const workloads = 20;
/** Features that each workload has shown before. */
const known = 500;
const newShare = 0.05;
const eventsPerSecond = 1_000;
const marks = { microsPerEvent: 20 };

const header: RecordingHeader = {
  ...{ anchorwatch: 'recording', version: recordingVersion, node: 'bench', sensor: 'bpf', wire: 3, agentVersion: '0' },
  ...{ createdMs: epochMs, sliceMs: 60_000, startupMs: 60_000, halfLifeMs: 30 * 86_400_000 },
};

/** The containers, then events of which one in twenty is new, a thousand a second, with a tick each second. */
function* entries(count: number): Iterable<RecordingEntry> {
  const containers = Array.from({ length: workloads }, (_, number) => containerOf(number));
  for (const { labels: _, cgroupId = '', startedAtMs = 0, ...rest } of containers)
    yield { what: 'container', t: epochMs, starts: true, container: { ...rest, cgroupId, startedAtMs } };
  let fresh = known * workloads;
  for (let index = 0; index < count; index++) {
    const t = epochMs + Math.floor((index * 1_000) / eventsPerSecond);
    if (index % eventsPerSecond === 0) yield { what: 'tick', t };
    const container = containers[index % workloads];
    if (container === undefined) continue;
    const isNew = index % Math.round(1 / newShare) === workloads - 1 - (Math.floor(index / workloads) % workloads);
    const number = isNew ? fresh++ : Math.floor(index / workloads) % known;
    yield { what: 'event', t, container: container.id, event: eventOf(container, number, t) };
  }
  yield { what: 'end', t: epochMs + (count * 1_000) / eventsPerSecond, reason: 'stopped' };
}

/** `replay-score`: what judging an event costs in a replay; `replay`: with reading it from a recording. One core. */
export async function benchReplay(rounds: number, say: (text: string) => void): Promise<readonly Figure[]> {
  const options = { rules: effectiveRules([]), judging: { alertBudget: 1 }, onAlert: () => undefined };
  const [scoring, making, reading]: [number[], number[], number[]] = [[], [], []];
  const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-bench-'));
  try {
    const path = join(directory, 'bench.recording');
    const lines: Buffer[] = [Buffer.from(`${JSON.stringify(header)}\n`)];
    for (const entry of entries(read)) lines.push(Buffer.from(`${JSON.stringify(entry)}\n`));
    writeFileSync(path, gzipSync(Buffer.concat(lines)));
    for (let round = 0; round < rounds; round++) {
      let startedMs = cpuMs();
      let last = 0;
      for (const entry of entries(scored)) last = entry.t;
      making.push(cpuMs() - startedMs);
      startedMs = cpuMs();
      const replay = new Replay(header, options);
      for (const entry of entries(scored)) replay.entry(entry);
      const { events, alerts, failed, spanMs } = replay.finish();
      scoring.push(cpuMs() - startedMs);
      if (events !== scored || failed > 0 || spanMs !== last - epochMs)
        throw new Error(`${events} events, ${failed} failed`);
      startedMs = cpuMs();
      const summary = await replayRecording(path, options);
      reading.push(cpuMs() - startedMs);
      if (summary.events !== read || summary.broken > 0) throw new Error(`${summary.events} events read`);
      say(
        `replay, round ${round + 1} of ${rounds}: ${Math.round(scored / ((scoring.at(-1) ?? 1) / 1000))} events a second judged, ${alerts} alerts; ${Math.round(read / ((reading.at(-1) ?? 1) / 1000))} a second from a file`,
      );
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  const judged = scoring.map((ms, round) => ms - (making[round] ?? 0));
  const figures = (name: string, all: readonly number[], count: number): readonly Figure[] => [
    { name, metric: 'eventsPerSecond', all: all.map((ms) => count / (ms / 1000)), unit: 'events/s' },
    {
      name,
      metric: 'microsPerEvent',
      all: all.map((ms) => (ms * 1000) / count),
      unit: 'µs',
      mark: marks.microsPerEvent,
    },
  ];
  return [...figures('replay-score', judged, scored), ...figures('replay', reading, read)];
}
