import type { Alert } from '../model/alert.ts';
import type { Container } from '../model/container.ts';
import type { Decision } from '../model/decision.ts';
import type { RateReport } from '../model/node.ts';
import { rateDimension, rateNames } from '../model/rate.ts';
import type { RateName } from '../model/rate.ts';
import { fromScale, rateKinds, toScale } from '../profile/rate-kinds.ts';
import { RateModel } from '../profile/rate-model.ts';
import type { RateJudgement, StoredRate } from '../profile/rate-model.ts';
import { parseRate } from '../profile/rate-state.ts';
import { heldSlicesDefault, RateTrack } from '../profile/rate-track.ts';
import type { SliceEntry } from './alert-budget.ts';
import type { RateValues } from './rate-readings.ts';
import { rateText, rateTitle, spanText } from './rate-words.ts';
import type { SliceDetector, SliceFinding, SliceVerdict } from './slice-findings.ts';

/** Where the models of rates are kept. */
export interface RateStore {
  /** All; what stands in `state` is not looked at. */
  load(): readonly { readonly workloadId: string; readonly name: string; readonly state: unknown }[];
  /** Writes these in one transaction. */
  save(models: readonly { readonly workloadId: string; readonly name: RateName; readonly state: StoredRate }[]): void;
  /** Forgets all models of these workloads. */
  remove(workloadIds: readonly string[]): void;
}

/** Who judges what is found. */
interface Entrance {
  take(finding: SliceFinding): SliceVerdict;
}

export interface RateWatchOptions {
  readonly slices: Entrance;
  readonly store: RateStore;
  readonly halfLifeMs: number;
  readonly sliceMs: number;
  readonly startupMs: number;
}

/** A container and what was measured of it in the slice that just ended. */
export interface MeasuredContainer {
  readonly container: Container;
  readonly values: RateValues;
  readonly lengthMs: number;
}

/** Something to send. */
export interface RateAlert {
  readonly alert: Alert;
  readonly container: Container;
}

/** Caches fill and code is compiled: the first slices of a container's life, and its startup phase if that is longer, are no rate's sample. */
const warmUpSlices = 10;
/** Models of 250 workloads, some 6 KB each. */
const modelsMax: number = 250 * rateNames.length;
/** Half an hour ends for all models at once: they are saved over several slices, so that nothing waits for it. */
const savedAtOnce = 64;
/** Surprise below this is not worth asking the rules about. */
const tellFrom = 0.5;

interface Modelled {
  readonly workloadId: string;
  readonly name: RateName;
  readonly model: RateModel;
  /** Blocks ended since it was saved. */
  changed: boolean;
  /** The container that the present alert was raised for. */
  alerted: Container | undefined;
}

/**
 * Watches the rates of containers: at the end of a slice each value is compared with the model of its workload (src/profile/rate-model.ts), and what
 * was held for three slices and is surprising goes the way of other findings. No I/O but through the store, no time but what is passed in. At most
 * `modelsMax` models: the workload that was gone longest makes room. Where all of them run, more are not modelled, counted in `overflow`.
 */
export class RateWatch implements SliceDetector {
  readonly #options: RateWatchOptions;
  readonly #models: Map<string, Modelled> = new Map();
  readonly #tracks: Map<string, Map<RateName, RateTrack>> = new Map();
  /** Containers of each workload that were measured in the last slice. */
  #measured: ReadonlyMap<string, { readonly container: Container; readonly count: number }> = new Map();
  /** Workloads that were forgotten and are still stored. */
  readonly #gone: Set<string> = new Set();
  #overflow = 0;
  #refused = 0;

  /** Loads all models; what is damaged is counted in `refused`. Throws what the store throws. */
  constructor(options: RateWatchOptions) {
    this.#options = options;
    for (const { workloadId, name, state } of options.store.load()) {
      const [known, rate] = [rateNames.find((one) => one === name), parseRate(state)];
      if (known === undefined || rate === undefined) this.#refused++;
      else this.#add(workloadId, known, new RateModel(options.halfLifeMs, rate));
    }
  }

  /** Stored models that are damaged: their rates are learned anew. */
  get refused(): number {
    return this.#refused;
  }

  /** Values of workloads that there was no room for. */
  get overflow(): number {
    return this.#overflow;
  }

  /** A slice ended for all these containers. */
  endSlice(measured: readonly MeasuredContainer[], nowMs: number): readonly RateAlert[] {
    const warmUpMs = Math.max(warmUpSlices * this.#options.sliceMs, this.#options.startupMs);
    const byWorkload = new Map<string, MeasuredContainer[]>();
    for (const one of measured) {
      const { startedAtMs, workload } = one.container;
      if (startedAtMs !== undefined && nowMs - startedAtMs < warmUpMs) continue;
      byWorkload.set(workload.id, [...(byWorkload.get(workload.id) ?? []), one]);
    }
    this.#measured = new Map(
      [...byWorkload].flatMap(([id, [first, ...rest]]) =>
        first === undefined ? [] : [[id, { container: first.container, count: rest.length + 1 }]],
      ),
    );
    const alerts: RateAlert[] = [];
    for (const [workloadId, containers] of byWorkload)
      for (const name of rateNames) alerts.push(...this.#endRate(workloadId, name, containers, nowMs));
    return alerts;
  }

  /** A container is gone. */
  forget(containerId: string): void {
    this.#tracks.delete(containerId);
  }

  /** `accept` and `deny` are about what raised the last alert of the rate; `relearn` forgets all rates of the workload. Throws what the store throws. */
  decide({ verdict, workload, features }: Decision, nowMs: number): void {
    for (const name of rateNames) {
      const modelled = this.#models.get(idOf(workload, name));
      if (modelled === undefined) continue;
      const isMeant = features.some(({ dimension }) => dimension === rateDimension(name));
      if (verdict === 'relearn') {
        const fresh = { workloadId: workload, name, model: new RateModel(this.#options.halfLifeMs) };
        this.#models.set(idOf(workload, name), { ...fresh, changed: true, alerted: undefined });
      } else if (isMeant && verdict === 'accept') {
        modelled.model.adopt(nowMs);
        [modelled.changed, modelled.alerted] = [true, undefined];
      } else if (isMeant && verdict === 'deny') {
        modelled.model.deny();
        modelled.changed = true;
      }
    }
    this.#save((one) => one.changed && one.workloadId === workload);
  }

  /**
   * Saves models in which half an hour ended since they were saved, `savedAtOnce` of them, or all models there are. Throws what the store throws;
   * they are then saved by the next call.
   */
  save(all = false): void {
    let left = all ? Infinity : savedAtOnce;
    this.#save(({ changed, model }) => (all ? model.samples > 0 : changed && left-- > 0));
  }

  /** What is usual for the workload, for people. */
  report(workloadId: string, nowMs: number): readonly RateReport[] {
    return rateNames.flatMap((name) => {
      const { model } = this.#models.get(idOf(workloadId, name)) ?? {};
      const usual = model?.usual(nowMs);
      if (model === undefined || usual === undefined) return [];
      const kind = rateKinds[name];
      const highest = model.highest(nowMs);
      return [
        {
          ...{ name, usual: fromScale(usual, kind), samples: Math.round(model.samples) },
          ...(highest === undefined ? {} : { highest: fromScale(highest, kind) }),
        },
      ];
    });
  }

  /**
   * A surprise of `t` decades is a chance of `10^-t` for a week of one container: a seventh of that is expected a day, and none where the
   * evidence does not reach so far.
   */
  budgetEntries(): readonly SliceEntry[] {
    return [...this.#measured].flatMap(
      ([
        workloadId,
        {
          container: { workload },
          count,
        },
      ]) =>
        rateNames.flatMap((name) => {
          const { model } = this.#models.get(idOf(workloadId, name)) ?? {};
          if (model === undefined || model.surpriseMax < tellFrom) return [];
          const expected = (warning: number): number =>
            model.surpriseMax < warning ? 0 : (count * 10 ** -warning) / 7;
          return [{ workload, dimension: rateDimension(name), expected }];
        }),
    );
  }

  #save(isMeant: (one: Modelled) => boolean): void {
    if (this.#gone.size > 0) this.#options.store.remove([...this.#gone]);
    this.#gone.clear();
    const meant = [...this.#models.values()].filter(isMeant);
    if (meant.length === 0) return;
    this.#options.store.save(meant.map(({ workloadId, name, model }) => ({ workloadId, name, state: model.stored })));
    for (const one of meant) one.changed = false;
  }

  #endRate(
    workloadId: string,
    name: RateName,
    containers: readonly MeasuredContainer[],
    nowMs: number,
  ): readonly RateAlert[] {
    const kind = rateKinds[name];
    const modelled = containers.some(({ values }) => values[name] !== undefined)
      ? this.#modelOf(workloadId, name)
      : this.#models.get(idOf(workloadId, name));
    if (modelled === undefined) return [];
    const { model } = modelled;
    const usual = model.usual(nowMs);
    const alerts: RateAlert[] = [];
    const learned: number[] = [];
    let [highest, lengthMs] = [-Infinity, 0];
    for (const { container, values, ...slice } of containers) {
      const track = this.#trackOf(container.id, name);
      const value = values[name];
      if (value === undefined) {
        track.miss();
        continue;
      }
      lengthMs = Math.max(lengthMs, slice.lengthMs);
      const scaled = toScale(value, kind);
      if (usual === undefined) {
        learned.push(scaled);
        continue;
      }
      const residual = scaled - usual;
      const { held, highMs, block } = track.add(residual, model.isHigh(residual), slice.lengthMs, nowMs);
      if (block !== undefined) {
        model.endBlock(block.held, block.share, nowMs);
        modelled.changed = true;
      }
      if (held !== undefined) {
        const heldMs = Math.max(highMs, heldSlicesDefault * slice.lengthMs);
        const alert = this.#judge(modelled, { container, held, usual, heldMs, timeMs: nowMs });
        if (alert !== undefined) alerts.push(alert);
      }
      highest = Math.max(highest, residual);
      if (!model.isOfEpisode(residual)) learned.push(scaled);
    }
    if (lengthMs > 0) {
      const mean = learned.length === 0 ? undefined : learned.reduce((sum, one) => sum + one, 0) / learned.length;
      model.endSlice(mean, highest, lengthMs, nowMs);
    }
    return alerts;
  }

  #judge(modelled: Modelled, slice: JudgedSlice): RateAlert | undefined {
    const { model, name } = modelled;
    const { held, usual, timeMs } = slice;
    const value = fromScale(held + usual, rateKinds[name]);
    const judgement = model.judge(held, timeMs);
    const goesOn = judgement.episode === 'goes-on';
    if (!goesOn && (judgement.surprise < tellFrom || value < rateKinds[name].speaksFrom)) return undefined;
    // One alert for all replicas that show it, and for all of the day in which it is not learned.
    const container = goesOn ? (modelled.alerted ?? slice.container) : slice.container;
    const verdict = this.#options.slices.take(findingOf(name, model, judgement, { ...slice, container, value }));
    if (verdict.reason !== 'below' && !goesOn) {
      model.told(held, timeMs);
      [modelled.alerted, modelled.changed] = [container, true];
    }
    return verdict.alert === undefined ? undefined : { alert: verdict.alert, container };
  }

  #trackOf(containerId: string, name: RateName): RateTrack {
    const tracks = this.#tracks.get(containerId) ?? new Map<RateName, RateTrack>();
    this.#tracks.set(containerId, tracks);
    const track = tracks.get(name) ?? new RateTrack();
    tracks.set(name, track);
    return track;
  }

  /** Forgets the workload that was watched longest ago and has no container now; false when all have. */
  #makeRoom(): boolean {
    let oldest: Modelled | undefined;
    for (const one of this.#models.values())
      if (!this.#measured.has(one.workloadId) && !(oldest && oldest.model.watchedMs <= one.model.watchedMs))
        oldest = one;
    if (oldest === undefined) return false;
    for (const name of rateNames) this.#models.delete(idOf(oldest.workloadId, name));
    this.#gone.add(oldest.workloadId);
    return true;
  }

  #modelOf(workloadId: string, name: RateName): Modelled | undefined {
    const known = this.#models.get(idOf(workloadId, name));
    return known ?? this.#add(workloadId, name, new RateModel(this.#options.halfLifeMs));
  }

  #add(workloadId: string, name: RateName, model: RateModel): Modelled | undefined {
    if (this.#models.size >= modelsMax && !this.#makeRoom()) {
      this.#overflow++;
      return undefined;
    }
    const modelled: Modelled = { workloadId, name, model, changed: false, alerted: undefined };
    this.#models.set(idOf(workloadId, name), modelled);
    return modelled;
  }
}

const weekMs = 7 * 86_400_000;

interface JudgedSlice {
  readonly container: Container;
  readonly held: number;
  readonly usual: number;
  readonly heldMs: number;
  readonly timeMs: number;
}

function findingOf(
  name: RateName,
  model: RateModel,
  { surprise, episode }: RateJudgement,
  { container, usual, heldMs, timeMs, value }: JudgedSlice & { readonly value: number },
): SliceFinding {
  const kind = rateKinds[name];
  const [usually, samples] = [fromScale(usual, kind), Math.round(model.samples)];
  const [watchedMs, highest] = [model.samples * 1_800_000, model.highest(timeMs)];
  return {
    ...{ container, timeMs, surprise, detector: 'rates', goesOn: episode === 'goes-on' },
    feature: { dimension: rateDimension(name), key: rateDimension(name) },
    title: () => rateTitle(name, { value, usual: usually, heldMs }),
    evidence: () => ({
      samples,
      seenInOneSample: 0,
      coverage: Math.round((samples / (samples + 1)) * 10_000) / 10_000,
      expected: [
        `usually ${rateText(name, usually)} at this hour`,
        ...(highest === undefined ? [] : [`at most ${rateText(name, fromScale(highest, kind))}`]),
      ],
      note: `${rateText(name, value)} or more for ${spanText(heldMs)}: at most once in ${spanText(weekMs * 10 ** surprise)} of a container, on the evidence of ${spanText(watchedMs)}`,
    }),
    facts: { value, usual: usually, heldSeconds: Math.round(heldMs / 1000) },
    profile: { samples, ageSeconds: Math.round(watchedMs / 1000) },
  };
}

function idOf(workloadId: string, name: RateName): string {
  return `${name} ${workloadId}`;
}
