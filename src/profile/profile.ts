import type { Workload } from '../model/container.ts';
import type { KernelKey } from '../model/event.ts';
import type { Dimension, Feature, Stratum } from '../model/feature.ts';
import type { ProfileFeature } from '../model/node.ts';
import type { SharedProfile } from '../model/shared-profile.ts';
import { contributionOf } from './contribution.ts';
import type { Incidences } from './coverage.ts';
import { Decay, defaultHalfLifeMs, landmarked } from './decay.ts';
import { isPattern } from './fan-out.ts';
import { KernelKeys } from './kernel-keys.ts';
import type { KeyTest } from './kernel-keys.ts';
import { LearnedFeatures } from './learned-features.ts';
import { Prior } from './prior.ts';
import { countsUnder, Releases } from './releases.ts';
import { featureId, featureOfId } from './row.ts';
import type { Sample } from './samples.ts';
import type { StoredProfile } from './stored.ts';

/** Most argument shapes kept of one program; more are unsurprising but never recognised. */
const argumentShapesMax = 64;
const listenersMax = 64;
const firstMinutesMs = 300_000;
const establishedSamples = 10;

export type FeatureState = 'new' | 'known' | 'judged';

/**
 * The learned baseline of one workload: which features were seen in how many samples (incidence, not occurrences). In memory;
 * `takeChanges` hands out what must be saved. Bounded (`featuresMax`, `kernelKeysMax`), overflow counted.
 */
export class Profile {
  readonly workload: Workload;
  readonly createdMs: number;
  /** Id of the decision by which the profile started anew. */
  readonly relearned: string | undefined;
  readonly #samples: { startup: number; steady: number };
  readonly #sampleWeights: { startup: number; steady: number };
  readonly #decay: Decay;
  readonly #learned: LearnedFeatures;
  /** Images that it was learned under. */
  readonly releases: Releases;
  readonly #kernelKeys: KernelKeys;
  readonly #listeners: Set<string>;
  readonly #shapes: Map<string, number> = new Map();
  #dirtySelf = true;
  #reset: boolean;
  /** What other nodes know, since `usePrior`. */
  prior: Prior | undefined;
  /** Kernel keys that did not fit. */
  #keysRefused = 0;

  /** @param halfLifeMs After this time a sighting counts half; at least a day. */
  constructor(
    stored: Pick<StoredProfile, 'workload' | 'createdMs'> & Partial<StoredProfile>,
    halfLifeMs: number = defaultHalfLifeMs,
  ) {
    this.workload = stored.workload;
    this.createdMs = stored.createdMs;
    this.relearned = stored.relearned;
    this.#reset = stored.reset ?? false;
    this.#samples = { startup: 0, steady: 0, ...stored.samples };
    this.#listeners = new Set(stored.listeners);
    const { decay, features, incomplete: lost, lastMs } = landmarked(stored, halfLifeMs);
    this.#decay = new Decay(decay);
    this.#decay.at(lastMs);
    this.#sampleWeights = { ...decay.samples };
    const samplesSoFar = { counts: this.#samples, weights: this.#sampleWeights, sinceMs: this.createdMs };
    this.#learned = new LearnedFeatures(this.#decay, samplesSoFar, features);
    for (const [dimension, incomplete] of Object.entries(lost))
      this.#learned.tallies.of(dimension as Dimension).incomplete = { ...incomplete };
    this.releases = new Releases(this.#decay, decay.releases);
    const names = {
      id: (number: number) => featureId(this.#learned.table.feature(number)),
      refer: (id: string) => this.#learned.table.refer(featureOfId(id)),
    };
    this.#kernelKeys = new KernelKeys(names, stored.kernelKeys);
    this.#dirtySelf = stored.features === undefined;
  }

  /** Features and kernel keys that did not fit. */
  get overflow(): number {
    return this.#keysRefused + this.#learned.overflow;
  }

  /** A container of this image runs. */
  imageSeen(digest: string, timeMs: number): void {
    this.releases.seen(digest, timeMs, this.#sampleWeights);
  }

  /** Samples under each image, with forgetting. */
  imageSamples(): readonly { readonly digest: string; readonly samples: number }[] {
    return this.releases.stored().map(({ digest, weight: { startup, steady } }) => ({
      digest,
      samples: this.#decay.value(startup) + this.#decay.value(steady),
    }));
  }

  get samples(): { readonly startup: number; readonly steady: number } {
    return { ...this.#samples };
  }

  /** Programs of the workload that were seen to listen, by path. */
  get listeners(): ReadonlySet<string> {
    return this.#listeners;
  }

  addListener(exe: string): void {
    if (exe === '' || this.#listeners.has(exe) || this.#listeners.size >= listenersMax) return;
    this.#listeners.add(exe);
    this.#dirtySelf = true;
  }

  /** `known` in either stratum is known. A judged feature stays judged even where a pattern would cover it. */
  state(feature: Feature): FeatureState {
    const found = this.#learned.find(feature);
    return found < 0 ? 'new' : this.#learned.table.isKnown(found) ? 'known' : 'judged';
  }

  /** In how many samples of the stratum the feature (or the pattern that covers it) was seen, less what was forgotten. */
  incidence(feature: Feature, stratum: Stratum): number {
    const found = this.#learned.find(feature);
    return found < 0 ? 0 : this.#decay.value(this.#learned.table.weight(found, stratum));
  }

  /** What other nodes know counts beside what was learned here, from now on; it is never saved, nor contributed as the node's own. */
  usePrior(shared: SharedProfile, timeMs: number): void {
    this.prior = new Prior(shared, this.#decay.at(timeMs));
    this.#learned.usePrior(this.prior);
  }

  /** What this node has learned by itself, for the others: at most `featuresMost` features. Undefined before a sample is completed. */
  contribution(timeMs: number, featuresMost: number): SharedProfile | undefined {
    const [decay, samples] = [this.#decay, this.#sampleWeights];
    const rows = Array.from(this.#learned.table.numbers(), (number) => this.#learned.table.row(number));
    const learned = { of: this, rows, incomplete: this.#learned.tallies.incomplete(), decay, samples };
    return contributionOf(learned, timeMs, featuresMost);
  }

  /** Known from the workload's first minutes, or for many samples: not something that came in a moment ago. */
  isEstablished(feature: Feature): boolean {
    const [features, number] = [this.#learned.table, this.#learned.find(feature)];
    if (number < 0 || !features.isKnown(number)) return false;
    if (features.firstSeenMs(number) - this.createdMs <= firstMinutesMs) return true;
    return features.count(number, 'startup') + features.count(number, 'steady') >= establishedSamples;
  }

  /** The counts that coverage and surprise are computed from, less what was forgotten; with those of other nodes. */
  incidences(dimension: Dimension, stratum: Stratum): Incidences {
    const [samples, decay] = [this.#sampleWeights[stratum], this.#decay];
    return this.#learned.tallies.incidences(dimension, stratum, { samples, prior: this.prior, decay });
  }

  /** Share of this node's samples in which everything of the dimension could be told, 0 to 1; 1 before there are any. */
  wholeShare(dimension: Dimension, stratum: Stratum): number {
    return this.#learned.tallies.wholeShare(dimension, stratum, this.#sampleWeights[stratum]);
  }

  /** More of the dimension is seen from now on: the samples so far are no evidence of absence. What was seen in them stays known. */
  widen(dimension: Dimension): void {
    this.#learned.tallies.of(dimension).incomplete = { ...this.#sampleWeights };
    this.#dirtySelf = true;
  }

  /** `incidences` as evidence about containers of one image: what was seen under others says less about them. */
  incidencesUnder(digest: string, dimension: Dimension, stratum: Stratum, counts: Incidences): Incidences {
    if (this.prior?.isOfOthers(digest) === true) {
      const [samples, decay] = [this.#sampleWeights[stratum], this.#decay];
      const own = this.#learned.tallies.incidences(dimension, stratum, { samples, prior: undefined, decay });
      return countsUnder(counts, { own: own.samples, onceSince: own.once });
    }
    return this.releases.under(digest, { dimension, stratum }, counts, (sinceMs) =>
      this.#learned.onceSince(dimension, stratum, sinceMs),
    );
  }

  /** Every known key of a dimension. */
  *knownKeys(dimension: Dimension): Iterable<string> {
    for (const number of this.#learned.table.numbers(dimension)) yield this.#learned.table.key(number);
  }

  dimensionsSeen(): readonly Dimension[] {
    return this.#learned.tallies.dimensions;
  }

  /** How many features there are. */
  get featureCount(): number {
    return this.#learned.table.size;
  }

  /** How many known features a dimension has. */
  size(dimension: Dimension): number {
    return this.#learned.tallies.get(dimension)?.size ?? 0;
  }

  /**
   * Counts the feature once for this container's sample, and makes it known if it is new. A judged feature is left alone.
   * `full`: there was no room, it stays unknown.
   */
  learn(feature: Feature, containerId: string, sample: Sample, timeMs: number): 'new' | 'known' | 'judged' | 'full' {
    const found = this.#learned.find(feature);
    if (found >= 0 && !this.#learned.table.isKnown(found)) return 'judged';
    if (found >= 0) {
      this.#learned.table.sighted(found);
      this.#learned.see(found, containerId, sample, timeMs);
      return 'known';
    }
    const made = this.#learned.create(feature, 'known', timeMs);
    if (made < 0) return 'full';
    this.#learned.see(made, containerId, sample, timeMs);
    this.#learned.collapse(made, feature);
    return 'new';
  }

  /** Like `learn` for argument shapes, of which each program keeps a bounded number. */
  learnShape(program: string, feature: Feature, containerId: string, sample: Sample, timeMs: number): void {
    const shapes = this.#shapes.get(program) ?? 0;
    if (this.#learned.find(feature) < 0 && shapes >= argumentShapesMax) return;
    if (this.learn(feature, containerId, sample, timeMs) === 'new') this.#shapes.set(program, shapes + 1);
  }

  /** An alert was raised for it: it will not become known by repetition. A known feature stays known. */
  judge(feature: Feature, timeMs: number): void {
    const known = this.#learned.find(feature);
    const found = known >= 0 ? known : this.#learned.create(feature, 'judged', timeMs);
    if (found < 0 || this.#learned.table.isKnown(found)) return;
    this.#learned.table.setLastSeen(found, timeMs, false);
    this.#learned.changes.changed(found);
  }

  /** Remembers what the kernel hashed for these features, to count its incidence and to restore it. */
  addKernelKey(kernelKey: KernelKey, features: readonly Feature[]): void {
    if (!this.#kernelKeys.add(kernelKey, features.map(featureId))) this.#keysRefused++;
  }

  /** Kernel keys all of whose features are known, and of which `also` holds: what the kernel may recognise. */
  recognisable(also?: KeyTest): Iterable<KernelKey> {
    return this.#kernelKeys.whereEvery((feature) => {
      const number = this.#learned.resolve(feature);
      return number >= 0 && this.#learned.table.isKnown(number);
    }, also);
  }

  /** What stands for the kernel key in `addIncidence`, as long as the profile is there; -1: nothing does, it would not be counted. */
  kernelKeyNumber(kernelKey: KernelKey): number {
    return this.#kernelKeys.number(kernelKey);
  }

  /** The kernel key of such a number; undefined: it is of no key of this profile. */
  kernelKey(number: number): KernelKey | undefined {
    if (number < 0 || number >= this.#kernelKeys.end) return undefined;
    return this.#kernelKeys.key(number);
  }

  /**
   * An operator says that the feature belongs to the workload: it is known from now on, as if it had been seen in one sample.
   * `full`: there was no room.
   */
  accept(feature: Feature, timeMs: number): 'applied' | 'full' {
    const found = this.#learned.find(feature);
    if (found >= 0 && this.#learned.table.isKnown(found)) return 'applied';
    if (found >= 0) this.#learned.remove(found);
    const made = this.#learned.create(feature, 'known', timeMs);
    if (made < 0) return 'full';
    this.#learned.add(made, 'steady', 1, timeMs);
    return 'applied';
  }

  /**
   * An operator says that the feature does not belong to the workload: what was learned of it is forgotten, and it is judged. Answers the kernel
   * keys that must not be recognised any more. `pattern`: it is one or a member of one, nothing is changed; `full`: there was no room.
   */
  deny(feature: Feature, timeMs: number): readonly KernelKey[] | 'pattern' | 'full' {
    if (isPattern(feature) || this.#learned.fanOut.covering(feature) !== undefined) return 'pattern';
    const found = this.#learned.table.find(feature);
    const judged = found >= 0 && !this.#learned.table.isKnown(found);
    if (found >= 0 && !judged) this.#learned.remove(found);
    if (!judged && this.#learned.create(feature, 'judged', timeMs) < 0) return 'full';
    const name = this.#learned.table.name(feature);
    return [...this.#kernelKeys.whereSome((number) => number === name)];
  }

  /** The pattern that stands for the feature and its siblings, and how often it did. */
  covering(feature: Feature): { readonly pattern: string; readonly hits: number } | undefined {
    const found = this.#learned.fanOut.covering(feature);
    return found === undefined ? undefined : { pattern: found.key, hits: found.hits };
  }

  /** How often user space has seen the feature (or its pattern) since the agent's start, after the first time. */
  sightings(feature: Feature): number {
    const found = this.#learned.find(feature);
    return found < 0 ? 0 : this.#learned.table.sightings(found);
  }

  /** What the kernel counted for a key, or for the key of a number, since the last read, within the present slice. */
  addIncidence(kernelKey: KernelKey | number, stratum: Stratum, delta: number): void {
    this.#kernelKeys.count(kernelKey, stratum, delta);
  }

  /**
   * Counts a sample. Of the dimensions in `incomplete` something could not be told in it: to them it is no evidence of absence.
   * @param digest Image of the container; empty: not known.
   */
  addSample(stratum: Stratum, timeMs: number, incomplete: Iterable<Dimension> = [], digest: string = ''): void {
    const weight = this.#decay.at(timeMs);
    this.#samples[stratum]++;
    this.#sampleWeights[stratum] += weight;
    this.releases.sampled(digest, stratum, weight);
    for (const dimension of incomplete) this.#learned.tallies.of(dimension).incomplete[stratum] += weight;
    this.#dirtySelf = true;
  }

  /** Ends a slice: adds what the kernel counted; what user space counted for the same samples itself is not counted again. */
  endSlice(timeMs: number): void {
    const learned = this.#learned;
    this.#kernelKeys.takeCounts(
      (name) => learned.resolve(name),
      (feature, startup, steady) => {
        learned.addCounted(feature, startup, steady, timeMs);
      },
    );
    learned.endSlice();
    this.releases.endSlice();
    // Weights fade in steps: between them nothing is forgotten.
    if (this.#decay.stepped(timeMs)) this.#learned.forgetFaded();
  }

  /**
   * What changed since the last call, `rowsMost` features and kernel keys of it, the profile's own figures with each part; undefined when nothing
   * did. It is taken for saved.
   */
  takeChanges(rowsMost: number = Infinity): StoredProfile | undefined {
    if (this.releases.takeChanged()) this.#dirtySelf = true;
    if (!this.#dirtySelf && !this.#kernelKeys.changed && !this.#learned.changes.any) return undefined;
    const { features, removed } = this.#learned.changes.take(rowsMost);
    const changes: StoredProfile = {
      workload: this.workload,
      createdMs: this.createdMs,
      samples: this.samples,
      decay: { ...this.#decay.unit, samples: { ...this.#sampleWeights }, releases: this.releases.stored() },
      listeners: [...this.#listeners],
      incomplete: this.#learned.tallies.incomplete(),
      features,
      kernelKeys: this.#kernelKeys.takeChanges(Math.max(0, rowsMost - features.length)),
      removed,
      ...(this.relearned === undefined ? {} : { relearned: this.relearned }),
      ...(this.#reset ? { reset: true } : {}),
    };
    this.#reset = false;
    this.#dirtySelf = false;
    return changes;
  }

  /** Changes that could not be saved: they are handed out again by the next `takeChanges`. */
  returnChanges(changes: StoredProfile): void {
    this.#learned.changes.giveBack(changes.features, changes.removed);
    this.#kernelKeys.returnChanges(changes.kernelKeys);
    this.#reset ||= changes.reset === true;
    this.#dirtySelf = true;
  }

  features(): readonly ProfileFeature[] {
    return Array.from(this.#learned.table.numbers(), (number) => this.#learned.table.shown(number));
  }
}
