import { RateBaseline } from './rate-baseline.ts';
import type { StoredBaseline } from './rate-baseline.ts';
import { blockMs, RateTail } from './rate-tail.ts';
import type { Peak } from './rate-tail.ts';

/** What raised an alert is taken as the workload's own after this time, unless somebody accepts it before. */
const adoptMs = 86_400_000;
/** An episode that lasted for this share of that time is a new level; less is a burst that comes now and then. */
const levelShare = 0.5;
/** A slice is of the episode from this surprise on, decades. */
const episodeDecades = 1;
/** More of the same is another alert from twice the height that was told, on the scale of `toScale`. */
const anotherFrom: number = Math.log(2);
/** Peaks of an episode that are kept for its adoption: a day of blocks. */
const episodePeaksMax = 48;

/** What an alert was raised for and is not learned yet. */
export interface StoredEpisode {
  readonly sinceMs: number;
  readonly lastMs: number;
  /** Residual from which slices are of it. */
  readonly from: number;
  /** The highest that was told. */
  readonly told: number;
  /** Time that slices of it lasted, and that others did, since it began; milliseconds. */
  readonly heldMs: number;
  readonly otherMs: number;
  readonly peaks: readonly Peak[];
  /** An operator said that it is not the workload's own: it is not learned. */
  readonly denied: boolean;
}

/** A rate of a workload, as it is stored. */
export interface StoredRate {
  readonly baseline: StoredBaseline;
  readonly tail: { readonly peaks: readonly Peak[]; readonly blocks: number; readonly timeMs: number };
  /** Blocks that the workload was watched for, its containers not added up, less what was forgotten. */
  readonly watchedBlocks: number;
  readonly watchedMs: number;
  readonly episode: StoredEpisode | undefined;
}

/** What the model says of a held residual. */
export interface RateJudgement {
  /** Decades: the chance that a week of one container holds such a value, no smaller than the evidence allows. */
  readonly surprise: number;
  /** `new`: nothing was told of it. `goes-on`: it is of an episode that was told. */
  readonly episode: 'new' | 'goes-on';
}

/**
 * The model of one rate of one workload: usual level, tail of what lies above it, and what is the matter at present. Pure but for its state; about
 * 6 KB.
 *
 * Surprise is capped at `log10(n + 1)`, `n` the half hours that the workload was watched for: as in Good-Turing, what was never seen in `n` samples
 * is not thought rarer than that, whatever the tail says. Neighbouring slices and replicas show the same load; half an hour is taken as
 * one independent sample.
 *
 * What raised an alert is not learned for a day. Then, or when someone accepts it, it is: as the usual level where it lasted for half of that time or
 * more, else as bursts that belong to the tail. Until then it is one alert; twice as high is another one. What was denied is never learned.
 */
export class RateModel {
  readonly #halfLifeMs: number;
  readonly #baseline: RateBaseline;
  readonly #tail: RateTail;
  #watchedBlocks: number;
  #watchedMs: number;
  #episode: Writable<StoredEpisode> | undefined;

  constructor(halfLifeMs: number, stored?: StoredRate) {
    this.#halfLifeMs = halfLifeMs;
    this.#baseline = new RateBaseline(stored?.baseline);
    this.#tail = new RateTail(halfLifeMs, stored?.tail);
    this.#watchedBlocks = stored?.watchedBlocks ?? 0;
    this.#watchedMs = stored?.watchedMs ?? 0;
    this.#episode = stored?.episode;
  }

  get stored(): StoredRate {
    const { peaks, blocks, timeMs } = this.#tail;
    return {
      baseline: this.#baseline.stored,
      tail: { peaks, blocks, timeMs },
      ...{ watchedBlocks: this.#watchedBlocks, watchedMs: this.#watchedMs, episode: this.#episode },
    };
  }

  /** Independent samples that it rests on: half hours, less what was forgotten. */
  get samples(): number {
    return this.#watchedBlocks;
  }

  /** When a slice of it ended last, milliseconds since the epoch; 0: never. */
  get watchedMs(): number {
    return this.#watchedMs;
  }

  /** No surprise is higher, decades. */
  get surpriseMax(): number {
    return Math.log10(this.#watchedBlocks + 1);
  }

  /** The usual level at this time, on the scale of `toScale`; undefined before anything was learned. */
  usual(timeMs: number): number | undefined {
    return this.#baseline.isKnown ? this.#baseline.at(timeMs) : undefined;
  }

  /** The highest level that was held and is remembered, as it would be at this time. */
  highest(timeMs: number): number | undefined {
    const [usual, above] = [this.usual(timeMs), this.#tail.highest];
    return usual === undefined || above === undefined ? undefined : usual + Math.max(0, above);
  }

  /** True when the residual lies beyond the tail's threshold. */
  isHigh(residual: number): boolean {
    return residual > (this.#tail.fit()?.threshold ?? Infinity);
  }

  /** Judges what a container held for several slices. Changes nothing. */
  judge(residual: number, timeMs: number): RateJudgement {
    const surprise = Math.min(this.#tail.surprise(residual), this.surpriseMax);
    const episode = this.#episode;
    const known =
      episode !== undefined &&
      residual >= episode.from &&
      residual < episode.told + anotherFrom &&
      !(episode.denied && timeMs - episode.lastMs > blockMs);
    return { surprise, episode: known ? 'goes-on' : 'new' };
  }

  /** An alert was raised for it. */
  told(residual: number, timeMs: number): void {
    // At least half as high as what was told: an episode that sinks a little goes on.
    const from = Math.min(residual, Math.max(this.#tail.residualOf(episodeDecades), residual - anotherFrom));
    const times = { sinceMs: timeMs, lastMs: timeMs, heldMs: 0, otherMs: 0 };
    this.#episode ??= { ...times, from, told: residual, peaks: [], denied: false };
    this.#episode.told = Math.max(this.#episode.told, residual);
  }

  /** True when a slice with this residual is of an episode that is not learned. */
  isOfEpisode(residual: number): boolean {
    return this.#episode !== undefined && residual >= this.#episode.from;
  }

  /**
   * A slice of the workload ended: `value` is the mean over its containers of what is to be learned, undefined when none is;
   * `residual` the highest of them.
   */
  endSlice(value: number | undefined, residual: number, lengthMs: number, timeMs: number): void {
    this.#watch(lengthMs, timeMs);
    const episode = this.#episode;
    if (episode !== undefined) {
      if (this.isOfEpisode(residual)) {
        episode.heldMs += lengthMs;
        episode.lastMs = timeMs;
      } else episode.otherMs += lengthMs;
      if (timeMs - episode.sinceMs >= adoptMs && !episode.denied) this.adopt(timeMs);
    }
    if (value !== undefined) this.#baseline.learn(value, lengthMs, timeMs);
  }

  /** A block of a container ended; `share` of it was seen. `held`: its highest held residual. */
  endBlock(held: number, share: number, timeMs: number): void {
    if (!this.isOfEpisode(held)) this.#tail.add(held, share, timeMs);
    else if (this.#episode !== undefined && this.#episode.peaks.length < episodePeaksMax)
      this.#episode.peaks = [...this.#episode.peaks, { residual: held, timeMs }];
  }

  /** What is the matter is not the workload's own: it is not learned, and told again when it comes after half an hour without. */
  deny(): void {
    if (this.#episode !== undefined) this.#episode.denied = true;
  }

  /** What is the matter is the workload's own from now on. Nothing when nothing is. */
  adopt(timeMs: number): void {
    const episode = this.#episode;
    if (episode === undefined) return;
    this.#episode = undefined;
    if (episode.heldMs >= levelShare * (episode.heldMs + episode.otherMs)) this.#baseline.restart();
    else {
      const peaks = episode.peaks.length > 0 ? episode.peaks : [{ residual: episode.told, timeMs: episode.lastMs }];
      for (const { residual } of peaks) this.#tail.add(residual, 1, timeMs);
    }
  }

  #watch(lengthMs: number, timeMs: number): void {
    if (timeMs > this.#watchedMs) {
      if (this.#watchedBlocks > 0) this.#watchedBlocks *= 2 ** ((this.#watchedMs - timeMs) / this.#halfLifeMs);
      this.#watchedMs = timeMs;
    }
    this.#watchedBlocks += lengthMs / blockMs;
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
