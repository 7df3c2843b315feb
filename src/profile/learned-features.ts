import type { Dimension, Feature, Stratum } from '../model/feature.ts';
import { forgottenBelow } from './decay.ts';
import type { Decay } from './decay.ts';
import { FanOut } from './fan-out.ts';
import type { Pattern } from './fan-out.ts';
import { FeatureChanges } from './feature-changes.ts';
import { FeatureTable } from './feature-table.ts';
import type { FeatureFigures } from './feature-table.ts';
import { patternFigures } from './pattern-figures.ts';
import type { Sample } from './samples.ts';
import { SliceSightings } from './slice-sightings.ts';
import { Tallies } from './tallies.ts';

/** Most features that one workload's profile holds, with keys of at most 536 characters each; what does not fit is counted in `overflow`. */
export const featuresMax = 8192;

/** Samples of the profile so far. */
interface Samples {
  readonly counts: Readonly<Record<Stratum, number>>;
  /** The same with forgetting. */
  readonly weights: Readonly<Record<Stratum, number>>;
  /** Since when there is a profile. */
  readonly sinceMs: number;
}

/**
 * The features of a profile with all that must agree about them: their figures, the tallies, the patterns that stand for many, what was seen in the
 * present slice, what is not saved. Features are numbers (`FeatureTable`); -1 is none.
 */
export class LearnedFeatures {
  readonly table: FeatureTable;
  readonly tallies: Tallies;
  readonly changes: FeatureChanges;
  readonly fanOut: FanOut;
  /** Features that did not fit. */
  overflow = 0;
  readonly #decay: Decay;
  readonly #samples: Samples;
  readonly #sightings: SliceSightings = new SliceSightings();
  /** What `resolve` found of names that patterns cover, as long as there are the same patterns. */
  readonly #covered: Map<number, { readonly pattern: Pattern; readonly number: number } | undefined> = new Map();
  #coveredVersion = 0;
  #prior: { has(feature: Feature): boolean } | undefined;

  /** @param samples as they will be when they are asked for */
  constructor(decay: Decay, samples: Samples, stored: readonly (Feature & FeatureFigures)[]) {
    this.#decay = decay;
    this.#samples = samples;
    this.table = new FeatureTable(stored.length);
    this.tallies = new Tallies(this.table);
    this.changes = new FeatureChanges(this.table);
    this.fanOut = new FanOut({
      number: (feature) => this.table.name(feature),
      key: (number) => this.table.key(number),
    });
    for (const row of stored) this.#insert(row, row);
  }

  /** What other nodes have seen too, from now on. */
  usePrior(prior: { has(feature: Feature): boolean }): void {
    this.#prior = prior;
    for (const number of this.table.numbers()) this.tallies.mark(number, prior.has(this.table.feature(number)));
  }

  /** What a name that a kernel key refers to is now: the feature itself, or the pattern that covers it, as `find` has it; else -1. */
  resolve(name: number): number {
    if (this.table.isThere(name)) return name;
    if (this.#coveredVersion !== this.fanOut.version) {
      this.#covered.clear();
      this.#coveredVersion = this.fanOut.version;
    }
    let covered = this.#covered.get(name);
    if (covered === undefined && !this.#covered.has(name)) {
      const pattern = this.fanOut.covering(this.table.feature(name));
      covered = pattern === undefined ? undefined : { pattern, number: this.table.find(pattern) };
      this.#covered.set(name, covered);
    }
    if (covered === undefined) return -1;
    covered.pattern.hits++;
    return covered.number;
  }

  /** The feature, or the pattern that covers it, which counts as a hit. */
  find(feature: Feature): number {
    const exact = this.table.find(feature);
    if (exact >= 0) return exact;
    const pattern = this.fanOut.patternOf(feature);
    return pattern === undefined ? -1 : this.table.find(pattern);
  }

  /** A new feature; -1: there was no room. */
  create(feature: Feature, state: 'known' | 'judged', timeMs: number): number {
    if (this.table.size >= featuresMax) {
      this.overflow++;
      return -1;
    }
    const weight = { startup: 0, steady: 0 };
    const figures = { state, startup: 0, steady: 0, weight, firstSeenMs: timeMs, lastSeenMs: timeMs };
    const number = this.#insert(feature, figures);
    this.changes.made(number);
    return number;
  }

  #insert(feature: Feature, figures: FeatureFigures): number {
    const number = this.table.make(feature, figures);
    if (figures.state !== 'known') return number;
    this.tallies.add(number);
    if (this.#prior !== undefined) this.tallies.mark(number, this.#prior.has(feature));
    this.fanOut.add(feature);
    return number;
  }

  /** After a feature came: makes a pattern of it and its siblings, where there are enough. */
  collapse(last: number, feature: Feature): void {
    const collapsed = this.fanOut.collapse(feature);
    if (collapsed === undefined) return;
    const { dimension } = feature;
    const members = collapsed.members.map((key) => this.table.find({ dimension, key })).filter((one) => one >= 0);
    const { counts, weights, sinceMs } = this.#samples;
    const { startup, steady } = weights;
    const first = this.#decay.at(sinceMs);
    const most = { startup: Math.max(first, startup), steady: Math.max(first, steady) };
    const rows = members.map((member) => this.table.row(member));
    const figures = patternFigures(rows, { samples: counts, most });
    const pattern = { dimension, key: collapsed.pattern };
    const replaced = this.table.find(pattern);
    // It was judged as it stands: that is over.
    if (replaced >= 0) {
      this.changes.removing(replaced, pattern);
      this.table.drop(replaced);
    }
    const sighting = this.#sightings.joined(last, members);
    for (const member of members) this.remove(member);
    const number = this.#insert(pattern, figures);
    this.#sightings.set(number, sighting);
    this.changes.made(number);
  }

  remove(number: number): void {
    const feature = this.table.feature(number);
    this.tallies.remove(number);
    this.fanOut.remove(feature);
    this.changes.removing(number, feature);
    this.#sightings.forget(number);
    this.table.drop(number);
  }

  /** It was seen in the sample of a container: counted, if it was not yet in that one. */
  see(number: number, containerId: string, sample: Sample, timeMs: number): void {
    this.table.setLastSeen(number, timeMs);
    if (this.#sightings.see(number, containerId, sample)) this.add(number, sample.stratum, 1, timeMs);
  }

  /** It was seen in so many samples more. */
  add(number: number, stratum: Stratum, count: number, timeMs: number): void {
    this.tallies.see(number, stratum, count, count * this.#decay.at(timeMs));
    this.table.setLastSeen(number, timeMs);
    this.changes.changed(number);
  }

  /** What the kernel counted of a feature in this slice; what user space counted for the same samples itself is not counted again. */
  addCounted(feature: number, startup: number, steady: number, timeMs: number): void {
    if (!this.table.isKnown(feature)) return;
    const extraStartup = startup - this.#sightings.count(feature, 'startup');
    const extraSteady = steady - this.#sightings.count(feature, 'steady');
    if (extraStartup > 0) this.add(feature, 'startup', extraStartup, timeMs);
    if (extraSteady > 0) this.add(feature, 'steady', extraSteady, timeMs);
  }

  /** The slice is over. */
  endSlice(): void {
    this.#sightings.clear();
  }

  /** Forgets known features that have faded. */
  forgetFaded(): void {
    for (const number of this.table.numbers()) {
      const weight = this.table.weight(number, 'startup') + this.table.weight(number, 'steady');
      if (this.table.isKnown(number) && this.#decay.value(weight) < forgottenBelow) this.remove(number);
    }
  }

  /** Known features of a dimension, first seen since then, that were seen in exactly one sample of the stratum. */
  onceSince(dimension: Dimension, stratum: Stratum, sinceMs: number): number {
    let once = 0;
    for (const number of this.table.numbers(dimension))
      if (this.table.count(number, stratum) === 1 && this.table.firstSeenMs(number) >= sinceMs) once++;
    return once;
  }
}
