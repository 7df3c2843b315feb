import { MixTrack } from '../detect/syscall-mix.ts';
import type { MixHold, MixJudgement } from '../detect/syscall-mix.ts';
import type { Alert } from '../model/alert.ts';
import type { Container, Workload } from '../model/container.ts';
import type { Decision } from '../model/decision.ts';
import { syscallName } from '../model/syscall.ts';
import { windowsDefault } from '../profile/syscall-mix.ts';
import type { CallCounts, MixDifference, MixScore } from '../profile/syscall-mix.ts';
import { SyscallMix } from '../profile/syscall-mix.ts';
import { parseMixState } from '../profile/syscall-mix-state.ts';
import type { StoredMixState } from '../profile/syscall-mix-state.ts';
import type { SliceEntry } from './alert-budget.ts';
import type { SliceDetector, SliceFinding, SliceVerdict } from './slice-findings.ts';

/** Where the mixtures of system calls are kept. */
export interface MixStore {
  /** All; what stands in `state` is not looked at. */
  load(): readonly { readonly workloadId: string; readonly state: unknown }[];
  /** Writes these in one transaction. */
  save(mixes: readonly { readonly workloadId: string; readonly state: StoredMixState }[]): void;
}

/** Who judges what is found. */
interface Entrance {
  take(finding: SliceFinding): SliceVerdict;
}

export interface MixWatchOptions {
  readonly slices: Entrance;
  readonly store: MixStore;
  readonly sliceMs: number;
  readonly startupMs: number;
  /** Numbers of system calls are those of this machine: `process.arch`. */
  readonly arch: string;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** A container and the system calls that it made in the slice that just ended, as many as in a slice of full length. */
export interface CountedContainer {
  readonly container: Container;
  /** Undefined: they could not be counted. */
  readonly counts: CallCounts | undefined;
}

/** Something to send. */
export interface MixAlert {
  readonly alert: Alert;
  readonly container: Container;
}

/** Two strange slices in a row are told; ten quiet ones end it. */
const hold: MixHold = { spanWindows: 2, heldWindows: 2, quietWindows: 10 };
/** Mixtures of so many workloads, 0.9 MB each when their memory is full of slices of 40 calls. */
const mixesMax = 32;
/** Slices that were told and wait for somebody to accept them, for each workload: the oldest are dropped. */
const withheldMax = 64;
/** So many slices of the workload are learned without being judged once what was told was accepted. */
const settlingSlices = 120;
const saveEveryMs = 1_800_000;
const feature = { dimension: 'syscall.mix', key: 'syscall.mix' } as const;
/** Surprise below this is not worth asking the rules about. */
const tellFrom = 0.5;

interface Mixed {
  readonly workloadId: string;
  mix: SyscallMix;
  changed: boolean;
  withheld: CallCounts[];
  /** Slices to learn without judging them, after what was told was accepted: a few do not tell yet what the new mixture is. */
  settling: number;
  /** Slices that were strange alone, and episodes: how often one follows from the other. */
  alarms: number;
  episodes: number;
}

interface Tracked {
  readonly track: MixTrack;
  readonly workloadId: string;
  /** Strange slices that may be the beginning of an episode: learned when they were not. At most as many as a span holds. */
  pending: { readonly counts: CallCounts; slices: number }[];
  /** An alert was raised for the present episode. */
  told: boolean;
}

/**
 * Watches which system calls containers make: at the end of a slice the counts of each are compared with the mixture of its workload
 * (src/profile/syscall-mix.ts), and what was strange twice in a row goes the way of other findings. A slice that was told is not learned, until
 * somebody accepts it. No I/O but through the store, no time but what is passed in. At most `mixesMax` mixtures; workloads beyond them
 * are not watched, counted in `overflow`.
 */
export class MixWatch implements SliceDetector {
  readonly #options: MixWatchOptions;
  readonly #mixes: Map<string, Mixed> = new Map();
  readonly #tracks: Map<string, Tracked> = new Map();
  /** Containers of each workload that were counted in the last slice. */
  #counted: ReadonlyMap<string, { readonly workload: Workload; readonly containers: number }> = new Map();
  #samples = 0;
  #savedMs = -Infinity;
  #overflow = 0;
  #refused = 0;

  /** Loads all mixtures; what is damaged is counted in `refused`. Throws what the store throws. */
  constructor(options: MixWatchOptions) {
    this.#options = options;
    for (const { workloadId, state } of options.store.load()) {
      const stored = parseMixState(state);
      if (stored === undefined) {
        this.#refused++;
        continue;
      }
      for (const { sample } of stored.mix.windows) this.#samples = Math.max(this.#samples, sample);
      this.#add(workloadId, stored);
    }
  }

  /** Stored mixtures that are damaged: they are learned anew. */
  get refused(): number {
    return this.#refused;
  }

  /** Slices of workloads that there was no room for. */
  get overflow(): number {
    return this.#overflow;
  }

  /** A slice ended for all these containers. */
  endSlice(counted: readonly CountedContainer[], nowMs: number): readonly MixAlert[] {
    const alerts: MixAlert[] = [];
    const present = new Map<string, { readonly workload: Workload; containers: number }>();
    for (const { container, counts } of counted) {
      const { workload, startedAtMs } = container;
      // What a container does while it starts is another mixture, and too short to have one.
      if (startedAtMs !== undefined && nowMs - startedAtMs < this.#options.startupMs + this.#options.sliceMs) continue;
      const tracked = this.#trackOf(container);
      if (counts === undefined) {
        tracked.track.miss();
        continue;
      }
      const mixed = this.#mixes.get(workload.id) ?? this.#add(workload.id);
      if (mixed === undefined) continue;
      const here = present.get(workload.id) ?? { workload, containers: 0 };
      here.containers++;
      present.set(workload.id, here);
      const alert = this.#judge(mixed, tracked, { container, counts, timeMs: nowMs });
      if (alert !== undefined) alerts.push({ alert, container });
    }
    this.#counted = present;
    return alerts;
  }

  /** A container is gone. */
  forget(containerId: string): void {
    this.#tracks.delete(containerId);
  }

  /**
   * Accepting learns the slices that were told, and those that come next; relearning forgets the workload's mixture; what is denied stays unknown.
   * Where nothing was told, there is nothing to accept.
   */
  decide({ verdict, workload, features }: Decision): void {
    const mixed = this.#mixes.get(workload);
    if (mixed === undefined) return;
    const isMeant = mixed.withheld.length > 0 && features.some(({ dimension }) => dimension === feature.dimension);
    if (verdict === 'relearn') mixed.mix = this.#mixOf();
    else if (isMeant && verdict === 'accept') {
      for (const counts of mixed.withheld) mixed.mix.learn(counts, ++this.#samples);
      mixed.settling = settlingSlices;
    } else if (!isMeant || verdict !== 'deny') return;
    [mixed.withheld, mixed.changed] = [[], true];
    for (const [id, tracked] of this.#tracks) if (tracked.workloadId === workload) this.#tracks.delete(id);
    this.#save([mixed]);
  }

  /** Saves what changed, twice an hour, or at once. Throws what the store throws; it is then saved by the next call. */
  save(nowMs: number, atOnce = false): void {
    if (!atOnce && nowMs - this.#savedMs < saveEveryMs) return;
    this.#save([...this.#mixes.values()].filter(({ changed }) => changed));
    this.#savedMs = nowMs;
  }

  /**
   * A surprise of `t` decades is a chance of `10^-t` for each slice, if every strange slice were followed by another. How often one was is counted,
   * beginning with always.
   */
  budgetEntries(): readonly SliceEntry[] {
    const slicesADay = 86_400_000 / this.#options.sliceMs;
    return [...this.#counted.values()].flatMap(({ workload, containers }) => {
      const mixed = this.#mixes.get(workload.id);
      if (mixed === undefined) return [];
      const follows = Math.min(1, (mixed.episodes + 1) / (mixed.alarms + 1));
      const reach = Math.log10(mixed.mix.windows + 1) - Math.log10(hold.spanWindows / hold.heldWindows);
      const expected = (warning: number): number =>
        reach < warning ? 0 : containers * slicesADay * follows * 10 ** -warning;
      return [{ workload, dimension: feature.dimension, expected }];
    });
  }

  #judge(
    mixed: Mixed,
    tracked: Tracked,
    slice: { readonly container: Container; readonly counts: CallCounts; readonly timeMs: number },
  ): Alert | undefined {
    const { mix } = mixed;
    if (mixed.settling > 0) {
      mixed.settling--;
      mix.learn(slice.counts, ++this.#samples);
      return undefined;
    }
    const score = mix.score(slice.counts);
    const judgement = tracked.track.add(score);
    if (judgement.alarm) mixed.alarms++;
    if (judgement.state === 'begins') mixed.episodes++;
    const isOpen = judgement.state === 'begins' || judgement.state === 'goes-on';
    tracked.told &&= isOpen;
    let alert: Alert | undefined;
    if (isOpen && (tracked.told ? judgement.alarm : judgement.surprise >= tellFrom)) {
      const differences = mix.differences(slice.counts, 3);
      const verdict = this.#options.slices.take(
        findingOf({ ...slice, score, judgement, differences, goesOn: tracked.told, arch: this.#options.arch }),
      );
      tracked.told ||= verdict.reason !== 'below';
      alert = verdict.alert;
    }
    this.#learn(mixed, tracked, slice.counts, judgement.alarm);
    return alert;
  }

  /** A strange slice waits until it is clear what it was, so that the next one is not known by it. What was told waits for somebody's decision. */
  #learn(mixed: Mixed, tracked: Tracked, counts: CallCounts, alarm: boolean): void {
    if (tracked.told) {
      mixed.withheld = [...mixed.withheld, ...tracked.pending.map((one) => one.counts), counts].slice(-withheldMax);
      tracked.pending = [];
      return;
    }
    for (const one of tracked.pending) one.slices++;
    if (alarm) tracked.pending.push({ counts, slices: 0 });
    const due = tracked.pending.filter(({ slices }) => slices >= hold.spanWindows);
    tracked.pending = tracked.pending.filter(({ slices }) => slices < hold.spanWindows);
    for (const learned of [...due.map((one) => one.counts), ...(alarm ? [] : [counts])]) {
      mixed.mix.learn(learned, ++this.#samples);
      mixed.changed = true;
    }
  }

  #trackOf({ id, workload }: Container): Tracked {
    const tracked: Tracked = this.#tracks.get(id) ?? {
      ...{ track: new MixTrack(hold), workloadId: workload.id },
      ...{ pending: [], told: false },
    };
    this.#tracks.set(id, tracked);
    return tracked;
  }

  #mixOf(stored?: StoredMixState): SyscallMix {
    return new SyscallMix({ windowsMax: windowsDefault, random: this.#options.random }, stored?.mix);
  }

  #add(workloadId: string, stored?: StoredMixState): Mixed | undefined {
    if (this.#mixes.size >= mixesMax) {
      this.#overflow++;
      return undefined;
    }
    const mixed: Mixed = {
      ...{ workloadId, mix: this.#mixOf(stored), changed: false, withheld: [] },
      ...{ settling: 0, alarms: stored?.alarms ?? 0, episodes: stored?.episodes ?? 0 },
    };
    this.#mixes.set(workloadId, mixed);
    return mixed;
  }

  #save(changed: readonly Mixed[]): void {
    if (changed.length === 0) return;
    this.#options.store.save(
      changed.map(({ workloadId, mix, alarms, episodes }) => ({
        workloadId,
        state: { mix: mix.stored, alarms, episodes },
      })),
    );
    for (const mixed of changed) mixed.changed = false;
  }
}

function findingOf({
  container,
  timeMs,
  score,
  judgement,
  differences,
  goesOn,
  arch,
}: {
  readonly container: Container;
  readonly timeMs: number;
  readonly score: MixScore;
  readonly judgement: MixJudgement;
  readonly differences: readonly MixDifference[];
  readonly goesOn: boolean;
  readonly arch: string;
}): SliceFinding {
  const name = (call: number): string => syscallName(arch, call, false);
  const number = (count: number): string => Math.round(count).toLocaleString('en');
  const names = differences.map(({ call }) => name(call)).join(', ');
  const parts = differences.map(
    ({ call, count, usual, isNew }) =>
      `${name(call)} ${number(count)} times instead of ${number(usual)}${isNew ? ' (never made before)' : ''}`,
  );
  const { windows } = score;
  return {
    ...{ container, timeMs, feature, goesOn, detector: 'syscall-mix', surprise: judgement.surprise },
    title: () => `another mix of system calls than ever: ${names}`,
    evidence: () => ({
      samples: windows,
      seenInOneSample: 0,
      coverage: Math.round((windows / (windows + 1)) * 10_000) / 10_000,
      expected: differences.map(({ call, usual }) => `${name(call)} ${number(usual)} times a slice`),
      note: `${parts.join(', ')} in this slice, compared with the most similar of ${number(windows)} slices; ${hold.heldWindows} of ${hold.spanWindows} slices were stranger than all but ${number(windows * 10 ** -score.decades)} of them`,
    }),
    profile: { samples: windows },
  };
}
