import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { effectiveRules } from '../../src/agent/rule-check.ts';
import { Watch } from '../../src/agent/watch.ts';
import { keyHash } from '../../src/sensor/key-hash.ts';
import { KnownMap, workloadNumber } from '../../src/sensor/known-map.ts';
import { feature, featureKey } from '../../src/sensor/layout.ts';
import type { Libbpf } from '../../src/sensor/libbpf.ts';
import { loadSensor } from '../../src/sensor/loading.ts';
import type { SipKey } from '../../src/sensor/sip-hash.ts';
import { openDatabase } from '../../src/store/database.ts';
import { profileMigrations } from '../../src/store/profile-migrations.ts';
import { Profiles } from '../../src/store/profiles.ts';
import type { ProfileSchema } from '../../src/store/profiles.ts';
import type { Figure } from './figures.ts';
import { cpuMs, heldMb } from './measure.ts';
import { containerOf, eventOf } from './stream.ts';

const epochMs = Date.UTC(2026, 0, 5);
const profiled = { workloads: 50, features: 2_000, slices: 5 };
const marks = { foldMs: 50, memoryMb: 30, stallMs: 10 };
/** As much at a time as the agent does (src/agent/profile-saves.ts). */
const [partFeatures, partRows] = [6_000, 1_000];
const sip: SipKey = [1n, 2n];

interface Result {
  readonly folds: readonly number[];
  readonly foldParts: readonly number[];
  readonly saves: readonly number[];
  readonly parts: readonly number[];
  readonly memoryMb: number;
  readonly features: number;
  readonly counted: number;
}

/**
 * `profiles`: what a slice costs a full node in which every workload shows all that it knows: reading the kernel's map of known keys (the real one,
 * filled as the kernel would; in another thread, as the agent does), folding the counts into the profiles, saving them to SQLite in parts; and what profiles and the agent's side of the map
 * take in memory. Needs root.
 */
export async function benchProfiles(rounds: number, say: (text: string) => void): Promise<readonly Figure[]> {
  const { libbpf, programs } = loadSensor({});
  const rules = effectiveRules([]);
  const results: Result[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      const result = await slices(rules, libbpf, programs.mapFd('known'));
      const text = (all: readonly number[]): string => all.map((ms) => ms.toFixed(0)).join(' ');
      say(
        `profiles, round ${round + 1} of ${rounds}: ${result.features} features and ${result.counted} kernel keys in ${profiled.workloads} workloads, folded in ${text(result.folds)} ms, saved in ${text(result.saves)} ms`,
      );
      results.push(result);
    }
  } finally {
    programs.close();
  }
  const all = (of: (result: Result) => number): readonly number[] => results.map(of);
  return [
    { name: 'profiles', metric: 'foldMs', all: all(({ folds }) => Math.max(...folds)), unit: 'ms', mark: marks.foldMs },
    {
      ...{ name: 'profiles', metric: 'foldPartMs', unit: 'ms', mark: marks.stallMs },
      all: all(({ foldParts }) => Math.max(...foldParts)),
    },
    { name: 'profiles', metric: 'saveMs', all: all(({ saves }) => Math.max(...saves)), unit: 'ms' },
    {
      ...{ name: 'profiles', metric: 'savePartMs', unit: 'ms', mark: marks.stallMs },
      all: all(({ parts }) => parts.toSorted((a, b) => a - b)[Math.floor(parts.length * 0.99)] ?? 0),
    },
    { name: 'profiles', metric: 'memoryMb', all: all(({ memoryMb }) => memoryMb), unit: 'MB', mark: marks.memoryMb },
  ];
}

/** In a function of its own: nothing of it is left when the next round measures the heap. */
async function slices(rules: ReturnType<typeof effectiveRules>, libbpf: Libbpf, fd: number): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-bench-'));
  const database = openDatabase<ProfileSchema>({
    ...{ path: join(directory, 'profiles.db'), kind: 'profile', migrations: profileMigrations, synchronous: 'normal' },
  });
  let nowMs = epochMs;
  const before = heldMb();
  const watch = new Watch({
    ...{ rules, node: 'bench', sliceMs: 60_000, startupMs: 1_000, profiles: new Profiles(database) },
    clock: { nowMs: () => nowMs, monotonicMs: () => nowMs },
  });
  const known = new KnownMap(libbpf, fd, sip);
  const told: Buffer[] = [];
  const [folds, foldParts, saves, parts]: number[][] = [[], [], [], []];
  let [memoryMb, counted] = [0, 0];
  const count = (by: number): void => {
    const value = Buffer.alloc(feature.sizeBytes);
    value.writeUInt32LE(1, feature.members.state[0]);
    value.writeUInt32LE(by, feature.members.incidence[0] + 4);
    const values = Buffer.alloc(feature.sizeBytes * 1024, value);
    for (const keys of told) libbpf.updateBatch(fd, keys, values, keys.length / featureKey.sizeBytes);
  };
  try {
    for (let number = 0; number < profiled.workloads; number++) {
      const container = containerOf(number);
      const { id } = container.workload;
      watch.containerStarted(container, nowMs);
      for (let index = 0; index < profiled.features; index++) watch.handle(eventOf(container, index, nowMs), container);
      for (const key of watch.kernelKeys(id)) known.put(id, key, 'known', watch.kernelKeyNumber(id, key));
    }
    known.flush();
    for (let slice = 0; slice <= profiled.slices; slice++) {
      nowMs += 60_000;
      count(slice);
      let startedMs = cpuMs();
      counted = 0;
      await known.readIncidences((workloadId, kernelKey, stratum, delta) => {
        watch.addIncidence(workloadId, stratum, kernelKey, delta);
        counted++;
      });
      let foldMs = cpuMs();
      watch.rollover(nowMs, 'in-parts');
      for (let more = true; more; foldMs = cpuMs()) {
        more = watch.foldPart(partFeatures);
        if (slice > 0) foldParts?.push(cpuMs() - foldMs);
      }
      // In the first slice everything is new, and nothing is counted by the kernel yet.
      if (slice > 0) folds?.push(cpuMs() - startedMs);
      startedMs = cpuMs();
      for (let more = true; more;) {
        const partMs = cpuMs();
        more = watch.savePart(partRows);
        if (slice > 0) parts?.push(cpuMs() - partMs);
      }
      if (slice > 0) saves?.push(cpuMs() - startedMs);
      if (slice === 0) for (let number = 0; number < profiled.workloads; number++) told.push(...keysOf(watch, number));
    }
    memoryMb = heldMb() - before - told.reduce((sum, { length }) => sum + length, 0) / (1 << 20);
    const features = watch
      .report()
      .reduce((sum, one) => sum + one.dimensions.reduce((all, dimension) => all + dimension.features, 0), 0);
    return {
      folds: folds ?? [],
      foldParts: foldParts ?? [],
      saves: saves ?? [],
      parts: parts ?? [],
      memoryMb,
      features,
      counted,
    };
  } finally {
    for (let number = 0; number < profiled.workloads; number++) known.revoke(`w${number}`, 'all');
    known.close();
    database.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The workload's keys as the kernel has them, a thousand to a buffer. */
function keysOf(watch: Watch, number: number): Buffer[] {
  const id = `w${number}`;
  const keys = Array.from(watch.kernelKeys(id), (key) => {
    const bytes = Buffer.alloc(featureKey.sizeBytes);
    bytes.writeBigUInt64LE(workloadNumber(id), 0);
    bytes.writeBigUInt64LE(keyHash(sip, key), 8);
    return bytes;
  });
  const buffers: Buffer[] = [];
  for (let from = 0; from < keys.length; from += 1024) buffers.push(Buffer.concat(keys.slice(from, from + 1024)));
  return buffers;
}
