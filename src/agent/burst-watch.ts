import type { Alert } from '../model/alert.ts';
import type { Container } from '../model/container.ts';
import type { Decision } from '../model/decision.ts';
import type { Process } from '../model/event.ts';
import { programKey } from '../model/program.ts';
import { rateDimension } from '../model/rate.ts';
import { toldPerDay, toldShare } from '../profile/burst-expectation.ts';
import type { BurstRecord } from '../profile/burst-expectation.ts';
import { burstKinds, BurstLevels, burstNames, parseBursts } from '../profile/burst-levels.ts';
import type { BurstName, StoredBursts } from '../profile/burst-levels.ts';
import { burstTitle } from './burst-words.ts';
import type { ExpectedFinding, SliceDetector, SliceFinding, SliceVerdict } from './slice-findings.ts';

/** Where the levels are kept. */
export interface BurstStore {
  /** All; what stands in `state` is not looked at. */
  load(): readonly { readonly workloadId: string; readonly state: unknown }[];
  /** Writes these, and forgets those of the workloads in `gone`, in one transaction. */
  save(states: readonly { readonly workloadId: string; readonly state: StoredBursts }[], gone: readonly string[]): void;
}

/** Who judges what is found. */
interface Entrance {
  take(finding: SliceFinding): SliceVerdict;
}

export interface BurstWatchOptions {
  readonly slices: Entrance;
  readonly store: BurstStore;
  readonly halfLifeMs: number;
  readonly startupMs: number;
}

/** What can be read of a container now; what cannot is absent. All but `sockets`, `pids` and `memoryBytes` are cumulative. */
export interface BurstFigures {
  readonly execs?: number | undefined;
  readonly connects?: number | undefined;
  readonly kills?: number | undefined;
  readonly creates?: number | undefined;
  readonly descriptors?: number | undefined;
  readonly sockets?: number | undefined;
  readonly segments?: number | undefined;
  readonly pids?: number | undefined;
  readonly memoryBytes?: number | undefined;
}

/** Something to send. */
export interface BurstAlert {
  readonly alert: Alert;
  readonly container: Container;
}

/** A process that computes and neither reads nor writes. */
export interface BusyProcess {
  readonly process: Process;
  readonly cores: number;
  readonly heldMs: number;
}

/** What rises more slowly than this is no burst, and becomes usual as it goes. */
const windowMs = 15_000;
/** Programs are counted over this time: on a busy node a burst takes longer. */
const countedMs = 5_000;
const workloadsMax = 1_000;
/** Connections are held when nothing came through them for so long, but for a segment of one in ten. */
const idleMs = 900;
const idleShare = 0.1;
/** Surprise of what never was: a decade for each tenfold of half hours, and one at most, as little speaks for a burst being harm. */
const surpriseMax = 1;
const halfHourMs = 1_800_000;

interface Sample extends BurstFigures {
  readonly timeMs: number;
  /** Programs that had been started within `countedMs`; connections begun and programs ended likewise. */
  readonly started?: Readonly<Partial<Record<Counted, number | undefined>>>;
}

/** What is counted over `countedMs`. */
const countedNames = {
  ...({ exec: 'execs', connect: 'connects', kill: 'kills', create: 'creates' } as const),
  descriptors: 'descriptors',
} as const;
type Counted = keyof typeof countedNames;
const countedKinds = ['exec', 'connect', 'kill', 'create', 'descriptors'] as const satisfies readonly Counted[];

/** A container that runs. */
interface Sampled {
  readonly container: Container;
  readonly sinceMs: number;
  readonly samples: readonly Sample[];
}

interface Watched {
  readonly levels: BurstLevels;
  changed: boolean;
  measuredMs: number;
}

/**
 * Bursts: what a container does within seconds and is many times what its workload ever did (src/profile/burst-levels.ts). Speaks from the first minute on,
 * where rates still learn. No I/O but through the store, no time but what is passed in. At most `workloadsMax` workloads: the one that was gone
 * longest makes room.
 */
export class BurstWatch implements SliceDetector {
  readonly #options: BurstWatchOptions;
  readonly #workloads: Map<string, Watched> = new Map();
  readonly #samples: Map<string, Sampled> = new Map();
  readonly #gone: Set<string> = new Set();
  #refused = 0;

  /** Loads what is known; what is damaged is counted in `refused`. Throws what the store throws. */
  constructor(options: BurstWatchOptions) {
    this.#options = options;
    for (const { workloadId, state } of options.store.load()) {
      const stored = parseBursts(state);
      if (stored === undefined) this.#refused++;
      else this.#add(workloadId, new BurstLevels(options.halfLifeMs, stored.sinceMs, stored), 0);
    }
  }

  /** Stored states that are damaged: they are learned anew. */
  get refused(): number {
    return this.#refused;
  }

  /** About once a second, with what was read of a container. */
  sample(container: Container, figures: BurstFigures, nowMs: number): readonly BurstAlert[] {
    if (this.#isYoung(container, nowMs)) {
      // What is done to start is no measure of what is done later.
      this.#samples.delete(container.id);
      return [];
    }
    const { sinceMs, samples: before } = this.#samples.get(container.id) ?? { sinceMs: nowMs, samples: [] };
    const last = before.at(-1);
    const watched = this.#of(container.workload.id, nowMs);
    if (nowMs > watched.measuredMs) {
      watched.levels.watched(Math.min(nowMs - watched.measuredMs, windowMs));
      watched.measuredMs = nowMs;
    }
    const recent: readonly Sample[] = before.filter(({ timeMs }) => nowMs - timeMs <= windowMs + 200);
    const present = [...recent, { ...figures, timeMs: nowMs }];
    const counted = Object.fromEntries(countedKinds.map((name) => [name, countOf(name, present, nowMs)]));
    const samples = [...recent, { ...figures, timeMs: nowMs, started: counted }];
    this.#samples.set(container.id, { container, sinceMs, samples });
    // What is too old to be of a burst is how the workload is.
    for (const old of before.filter(({ timeMs }) => nowMs - timeMs > windowMs + 200)) {
      const { pids, memoryBytes, sockets, started } = old;
      for (const name of countedKinds) this.#learn(watched, name, started?.[name], nowMs);
      this.#learn(watched, 'pids', pids, nowMs);
      this.#learn(watched, 'memory', memoryBytes, nowMs);
      this.#learn(watched, 'sockets', sockets, nowMs);
    }
    const known = last !== undefined && nowMs - last.timeMs <= windowMs && nowMs - sinceMs > windowMs;
    if (!known) return [];
    const lowest = Math.min(...samples.flatMap(({ memoryBytes }) => memoryBytes ?? []));
    const { pids, memoryBytes } = figures;
    const risen = memoryBytes === undefined ? 0 : memoryBytes - lowest;
    return [
      ...countedKinds.map((name) => this.#judge(container, watched, name, counted[name], countedMs, nowMs)),
      this.#judge(container, watched, 'sockets', heldIdle(samples, nowMs), idleMs, nowMs),
      this.#judge(container, watched, 'pids', pids, windowMs, nowMs),
      // What is there is compared, what has come speaks.
      memoryBytes !== undefined && risen >= memoryBytes / 2
        ? this.#judge(container, watched, 'memory', memoryBytes, windowMs, nowMs)
        : undefined,
    ].filter((alert) => alert !== undefined);
  }

  /** True where a process of the workload that only computes would be news. */
  wantsProcesses(workloadId: string, nowMs: number): boolean {
    return this.#workloads.get(workloadId)?.levels.highest('cpu', nowMs) === 0;
  }

  /** A process of the container computed all the time, and neither read nor wrote. */
  computes(container: Container, { process, cores, heldMs }: BusyProcess, nowMs: number): BurstAlert | undefined {
    if (this.#isYoung(container, nowMs)) return undefined;
    const watched = this.#of(container.workload.id, nowMs);
    return this.#judge(container, watched, 'cpu', cores, heldMs, nowMs, process);
  }

  /** A container is gone. */
  forget(containerId: string): void {
    this.#samples.delete(containerId);
  }

  /** Saves what changed. Throws what the store throws; it is then saved by the next call. */
  save(): void {
    const changed = [...this.#workloads].filter(([, one]) => one.changed);
    if (changed.length === 0 && this.#gone.size === 0) return;
    this.#options.store.save(
      changed.map(([workloadId, { levels }]) => ({ workloadId, state: levels.stored })),
      [...this.#gone],
    );
    this.#gone.clear();
    for (const [, one] of changed) one.changed = false;
  }

  /** What is expected of workloads with running containers, by how often bursts of any workload were told so far (src/profile/burst-expectation.ts). */
  budgetEntries(): readonly ExpectedFinding[] {
    const running = new Map([...this.#samples.values()].map(({ container }) => [container.workload.id, container]));
    return burstNames.flatMap((name) => {
      const record = ({ levels }: Watched): BurstRecord => ({
        halfHours: levels.watchedMs / halfHourMs,
        raised: levels.raised(name),
      });
      const share = toldShare([...this.#workloads.values()].map(record));
      if (share === 0) return [];
      return [...running].flatMap(([workloadId, container]) => {
        const watched = this.#workloads.get(workloadId);
        if (watched === undefined) return [];
        const { halfHours } = record(watched);
        const [perDay, most] = [toldPerDay(share, halfHours), surpriseOf(Math.floor(halfHours))];
        const expected = (warning: number): number => (most < warning ? 0 : perDay);
        const { speaksFrom } = burstKinds[name];
        const facts = { value: speaksFrom, usual: 0, heldSeconds: windowMs / 1000, burst: true };
        const profile = { samples: Math.floor(halfHours), ageSeconds: Math.round(watched.levels.watchedMs / 1000) };
        const { workload } = container;
        return [{ workload, dimension: rateDimension(name), expected, like: { container, facts, profile } }];
      });
    });
  }

  /** Throws what the store throws. */
  decide({ verdict, workload, features }: Decision, nowMs: number): void {
    const watched = this.#workloads.get(workload);
    if (watched === undefined || verdict === 'acknowledge') return;
    if (verdict === 'relearn')
      this.#add(workload, new BurstLevels(this.#options.halfLifeMs, nowMs), nowMs).changed = true;
    else
      for (const name of burstNames)
        if (features.some(({ dimension, key }) => dimension === rateDimension(name) && key.startsWith(keyOf(name, ''))))
          watched.changed = watched.levels.decide(name, verdict, nowMs) || watched.changed;
    this.save();
  }

  #isYoung({ startedAtMs }: Container, nowMs: number): boolean {
    return startedAtMs !== undefined && nowMs - startedAtMs < this.#options.startupMs;
  }

  #judge(
    container: Container,
    watched: Watched,
    name: BurstName,
    value: number | undefined,
    heldMs: number,
    nowMs: number,
    process?: Process,
  ): BurstAlert | undefined {
    if (value === undefined) return undefined;
    const { levels } = watched;
    if (levels.adopt(nowMs)) watched.changed = true;
    const about = process === undefined ? '' : programKey(process.exe, process.args);
    const news = levels.news(name, value, nowMs, about);
    if (news === 'usual') return undefined;
    const finding = findingOf(container, name, {
      ...{ value, levels, heldMs, nowMs, process, about },
      goesOn: news === 'goes-on',
      anew: news === 'back',
    });
    const verdict = this.#options.slices.take(finding);
    if (verdict.reason === 'below') this.#learn(watched, name, value, nowMs);
    else if (news === 'goes-on') levels.goesOn(name, nowMs, about);
    else {
      levels.tell(name, value, nowMs, about);
      watched.changed = true;
    }
    return verdict.alert === undefined ? undefined : { alert: verdict.alert, container };
  }

  /** What is of an alert, or would be one, is not learned. */
  #learn(watched: Watched, name: BurstName, value: number | undefined, nowMs: number): void {
    if (value === undefined) return;
    // Seen again, after the burst was over, it would be taken for another one.
    if (watched.levels.wasTold(name) && watched.levels.news(name, value, nowMs) !== 'usual') return;
    if (watched.levels.learn(name, value, nowMs)) watched.changed = true;
  }

  #of(workloadId: string, nowMs: number): Watched {
    return (
      this.#workloads.get(workloadId) ?? this.#add(workloadId, new BurstLevels(this.#options.halfLifeMs, nowMs), nowMs)
    );
  }

  #add(workloadId: string, levels: BurstLevels, measuredMs: number): Watched {
    const watched = { levels, changed: false, measuredMs };
    this.#workloads.set(workloadId, watched);
    this.#gone.delete(workloadId);
    if (this.#workloads.size > workloadsMax) {
      const [oldest] = [...this.#workloads].toSorted(([, a], [, b]) => a.measuredMs - b.measuredMs);
      if (oldest !== undefined && this.#workloads.delete(oldest[0])) this.#gone.add(oldest[0]);
    }
    return watched;
  }
}

/** What came within `countedMs`; undefined where it is not counted. */
function countOf(name: Counted, samples: readonly Sample[], nowMs: number): number | undefined {
  const figure = countedNames[name];
  const now = samples.at(-1)?.[figure];
  const first = samples.find((one) => one[figure] !== undefined && nowMs - one.timeMs <= countedMs + 200)?.[figure];
  // A count that went back belongs to another start of the container.
  return now === undefined || first === undefined || now < first ? undefined : now - first;
}

/**
 * How many sockets are open that were so `idleMs` ago and through which hardly anything came since: held, as an attack does that wants to use them
 * up, and not served. Undefined: none, or it is not known.
 */
function heldIdle(samples: readonly Sample[], nowMs: number): number | undefined {
  const { sockets, segments } = samples.at(-1) ?? {};
  const then = samples.findLast(({ timeMs }) => nowMs - timeMs >= idleMs);
  if (sockets === undefined || segments === undefined || then?.sockets === undefined || then.segments === undefined)
    return undefined;
  const held = Math.min(sockets, then.sockets);
  return segments - then.segments <= held * idleShare ? held : undefined;
}

/** @param halfHours in which there was nothing like it */
function surpriseOf(halfHours: number): number {
  return Math.min(surpriseMax, Math.log10(halfHours + 1));
}

function keyOf(name: BurstName, about: string): string {
  return `${rateDimension(name)} burst${about === '' ? '' : ` ${about}`}`;
}

function findingOf(
  container: Container,
  name: BurstName,
  {
    value,
    levels,
    heldMs,
    nowMs,
    process,
    about,
    goesOn,
    anew,
  }: {
    readonly value: number;
    readonly levels: BurstLevels;
    readonly heldMs: number;
    readonly nowMs: number;
    readonly process: Process | undefined;
    readonly about: string;
    readonly goesOn: boolean;
    readonly anew: boolean;
  },
): SliceFinding {
  const usual = levels.highest(name, nowMs);
  const samples = Math.floor(levels.watchedMs / halfHourMs);
  return {
    ...{ container, timeMs: nowMs, detector: 'bursts', goesOn, anew },
    surprise: surpriseOf(samples),
    feature: { dimension: rateDimension(name), key: keyOf(name, about) },
    title: () => burstTitle(name, { value, usual, heldMs, process }),
    evidence: () => ({
      ...{ samples, seenInOneSample: 0, coverage: Math.round((samples / (samples + 1)) * 10_000) / 10_000 },
      expected: [],
      note: `never before in ${Math.max(1, Math.round(levels.watchedMs / 60_000)).toLocaleString('en')} min of ${container.workload.name}`,
    }),
    facts: { value, usual, heldSeconds: Math.round(heldMs / 1000), burst: true },
    profile: { samples, ageSeconds: Math.round(levels.watchedMs / 1000) },
    ...(process === undefined ? {} : { process }),
  };
}
