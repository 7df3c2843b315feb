import type { Workload } from '../model/container.ts';
import type { KernelKey } from '../model/event.ts';
import type { Dimension, Feature, Stratum } from '../model/feature.ts';
import type { ProfileFeature } from '../model/node.ts';
import type { SharedProfile } from '../model/shared-profile.ts';
import { contributionOf } from './contribution.ts';
import type { Incidences } from './coverage.ts';
import { Decay, defaultHalfLifeMs, forgottenBelow, landmarked } from './decay.ts';
import { FanOut, isPattern } from './fan-out.ts';
import type { Pattern } from './fan-out.ts';
import { FeatureChanges } from './feature-changes.ts';
import { FeatureTable } from './feature-table.ts';
import type { FeatureFigures } from './feature-table.ts';
import { KernelKeys } from './kernel-keys.ts';
import { Prior } from './prior.ts';
import { patternFigures } from './pattern-figures.ts';
import { countsUnder, Releases } from './releases.ts';
import { featureId, featureOfId } from './row.ts';
import type { Sample } from './samples.ts';
import { SliceSightings } from './slice-sightings.ts';
import type { StoredProfile } from './stored.ts';
import { Tallies } from './tallies.ts';

/** Most features that one workload's profile holds, with keys of at most 536 characters each; what does not fit is counted in `overflow`. */
export const featuresMax = 8192;
/** Most argument shapes kept of one program; more are unsurprising but never recognised. */
export const argumentShapesMax = 64;
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
  readonly #features: FeatureTable;
  readonly #tallies: Tallies;
  /** Images that it was learned under. */
  readonly releases: Releases;
  readonly #kernelKeys: KernelKeys;
  readonly #fanOut: FanOut;
  readonly #listeners: Set<string>;
  readonly #shapes: Map<string, number> = new Map();
  readonly #sightings: SliceSightings = new SliceSightings();
  readonly #changes: FeatureChanges;
  /** What `#resolve` found of features that patterns cover, as long as there are the same patterns. */
  readonly #covered: Map<number, { readonly pattern: Pattern; readonly number: number } | undefined> = new Map();
  #coveredVersion = 0;
  #dirtySelf = true;
  #reset: boolean;
  /** What other nodes know, since `usePrior`. */
  prior: Prior | undefined;
  #overflow = 0;

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
    this.#features = new FeatureTable(stored.features?.length);
    this.#tallies = new Tallies(this.#features);
    this.#changes = new FeatureChanges(this.#features);
    this.#fanOut = new FanOut({
      number: (feature) => this.#features.name(feature),
      key: (number) => this.#features.key(number),
    });
    for (const row of features) this.#insert(row, row);
    for (const [dimension, incomplete] of Object.entries(lost))
      this.#tallies.of(dimension as Dimension).incomplete = { ...incomplete };
    this.releases = new Releases(this.#decay, decay.releases);
    const names = {
      id: (number: number) => featureId(this.#features.feature(number)),
      refer: (id: string) => this.#features.refer(featureOfId(id)),
    };
    this.#kernelKeys = new KernelKeys(names, stored.kernelKeys);
    this.#dirtySelf = stored.features === undefined;
  }

  /** Features and kernel keys that did not fit. */
  get overflow(): number {
    return this.#overflow;
  }

  /** A container of this image runs. */
  imageSeen(digest: string, timeMs: number): void {
    this.releases.seen(digest, timeMs, this.#sampleWeights);
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
    const found = this.#find(feature);
    return found < 0 ? 'new' : this.#features.isKnown(found) ? 'known' : 'judged';
  }

  /** In how many samples of the stratum the feature (or the pattern that covers it) was seen, less what was forgotten. */
  incidence(feature: Feature, stratum: Stratum): number {
    const found = this.#find(feature);
    return found < 0 ? 0 : this.#decay.value(this.#features.weight(found, stratum));
  }

  /** What other nodes know counts beside what was learned here, from now on; it is never saved, nor contributed as the node's own. */
  usePrior(shared: SharedProfile, timeMs: number): void {
    this.prior = new Prior(shared, this.#decay.at(timeMs));
    for (const number of this.#features.numbers())
      this.#tallies.mark(number, this.prior.has(this.#features.feature(number)));
  }

  /** What this node has learned by itself, for the others: at most `featuresMost` features. Undefined before a sample is completed. */
  contribution(timeMs: number, featuresMost: number): SharedProfile | undefined {
    const [decay, samples] = [this.#decay, this.#sampleWeights];
    const rows = Array.from(this.#features.numbers(), (number) => this.#features.row(number));
    const learned = { of: this, rows, incomplete: this.#tallies.incomplete(), decay, samples };
    return contributionOf(learned, timeMs, featuresMost);
  }

  /** Known from the workload's first minutes, or for many samples: not something that came in a moment ago. */
  isEstablished(feature: Feature): boolean {
    const [features, number] = [this.#features, this.#find(feature)];
    if (number < 0 || !features.isKnown(number)) return false;
    if (features.firstSeenMs(number) - this.createdMs <= firstMinutesMs) return true;
    return features.count(number, 'startup') + features.count(number, 'steady') >= establishedSamples;
  }

  /** The counts that coverage and surprise are computed from, less what was forgotten; with those of other nodes. */
  incidences(dimension: Dimension, stratum: Stratum): Incidences {
    const [samples, decay] = [this.#sampleWeights[stratum], this.#decay];
    return this.#tallies.incidences(dimension, stratum, { samples, prior: this.prior, decay });
  }

  /** `incidences` as evidence about containers of one image: what was seen under others says less about them. */
  incidencesUnder(digest: string, dimension: Dimension, stratum: Stratum, counts: Incidences): Incidences {
    if (this.prior?.isOfOthers(digest) === true) {
      const [samples, decay] = [this.#sampleWeights[stratum], this.#decay];
      const own = this.#tallies.incidences(dimension, stratum, { samples, prior: undefined, decay });
      return countsUnder(counts, { own: own.samples, onceSince: own.once });
    }
    return this.releases.under(digest, { dimension, stratum }, counts, (sinceMs) => {
      let once = 0;
      for (const number of this.#features.numbers(dimension))
        if (this.#features.count(number, stratum) === 1 && this.#features.firstSeenMs(number) >= sinceMs) once++;
      return once;
    });
  }

  /** Every known key of a dimension. */
  *knownKeys(dimension: Dimension): Iterable<string> {
    for (const number of this.#features.numbers(dimension)) yield this.#features.key(number);
  }

  dimensionsSeen(): readonly Dimension[] {
    return this.#tallies.dimensions;
  }

  /** How many known features a dimension has. */
  size(dimension: Dimension): number {
    return this.#tallies.get(dimension)?.size ?? 0;
  }

  /**
   * Counts the feature once for this container's sample, and makes it known if it is new. A judged feature is left alone.
   * `full`: there was no room, it stays unknown.
   */
  learn(feature: Feature, containerId: string, sample: Sample, timeMs: number): 'new' | 'known' | 'judged' | 'full' {
    const found = this.#find(feature);
    if (found >= 0 && !this.#features.isKnown(found)) return 'judged';
    if (found >= 0) {
      this.#features.sighted(found);
      this.#see(found, containerId, sample, timeMs);
      return 'known';
    }
    const made = this.#create(feature, 'known', timeMs);
    if (made < 0) return 'full';
    this.#see(made, containerId, sample, timeMs);
    this.#collapse(made, feature);
    return 'new';
  }

  /** Like `learn` for argument shapes, of which each program keeps a bounded number. */
  learnShape(program: string, feature: Feature, containerId: string, sample: Sample, timeMs: number): void {
    const shapes = this.#shapes.get(program) ?? 0;
    if (this.#find(feature) < 0 && shapes >= argumentShapesMax) return;
    if (this.learn(feature, containerId, sample, timeMs) === 'new') this.#shapes.set(program, shapes + 1);
  }

  /** An alert was raised for it: it will not become known by repetition. A known feature stays known. */
  judge(feature: Feature, timeMs: number): void {
    const known = this.#find(feature);
    const found = known >= 0 ? known : this.#create(feature, 'judged', timeMs);
    if (found < 0 || this.#features.isKnown(found)) return;
    this.#features.setLastSeen(found, timeMs, false);
    this.#changes.changed(found);
  }

  /** Remembers what the kernel hashed for these features, to count its incidence and to restore it. */
  addKernelKey(kernelKey: KernelKey, features: readonly Feature[]): void {
    if (!this.#kernelKeys.add(kernelKey, features.map(featureId))) this.#overflow++;
  }

  /** Kernel keys all of whose features are known: what the kernel may recognise. */
  recognisable(): Iterable<KernelKey> {
    return this.#kernelKeys.whereEvery((feature) => {
      const number = this.#resolve(feature);
      return number >= 0 && this.#features.isKnown(number);
    });
  }

  /** What stands for the kernel key in `addIncidence`, as long as the profile is there; -1: nothing does, it would not be counted. */
  kernelKeyNumber(kernelKey: KernelKey): number {
    return this.#kernelKeys.number(kernelKey);
  }

  /** The kernel key of such a number. */
  kernelKey(number: number): KernelKey {
    return this.#kernelKeys.key(number);
  }

  /**
   * An operator says that the feature belongs to the workload: it is known from now on, as if it had been seen in one sample.
   * `full`: there was no room.
   */
  accept(feature: Feature, timeMs: number): 'applied' | 'full' {
    const found = this.#find(feature);
    if (found >= 0 && this.#features.isKnown(found)) return 'applied';
    if (found >= 0) this.#remove(found);
    const made = this.#create(feature, 'known', timeMs);
    if (made < 0) return 'full';
    this.#add(made, 'steady', 1, timeMs);
    return 'applied';
  }

  /**
   * An operator says that the feature does not belong to the workload: what was learned of it is forgotten, and it is judged. Answers the kernel
   * keys that must not be recognised any more. `pattern`: it is one or a member of one, nothing is changed; `full`: there was no room.
   */
  deny(feature: Feature, timeMs: number): readonly KernelKey[] | 'pattern' | 'full' {
    if (isPattern(feature) || this.#fanOut.covering(feature) !== undefined) return 'pattern';
    const found = this.#features.find(feature);
    const judged = found >= 0 && !this.#features.isKnown(found);
    if (found >= 0 && !judged) this.#remove(found);
    if (!judged && this.#create(feature, 'judged', timeMs) < 0) return 'full';
    const name = this.#features.name(feature);
    return [...this.#kernelKeys.whereSome((number) => number === name)];
  }

  /** The pattern that stands for the feature and its siblings, and how often it did. */
  covering(feature: Feature): { readonly pattern: string; readonly hits: number } | undefined {
    const found = this.#fanOut.covering(feature);
    return found === undefined ? undefined : { pattern: found.key, hits: found.hits };
  }

  /** How often user space has seen the feature (or its pattern) since the agent's start, after the first time. */
  sightings(feature: Feature): number {
    const found = this.#find(feature);
    return found < 0 ? 0 : this.#features.sightings(found);
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
    for (const dimension of incomplete) this.#tallies.of(dimension).incomplete[stratum] += weight;
    this.#dirtySelf = true;
  }

  /** Ends a slice: adds what the kernel counted; what user space counted for the same samples itself is not counted again. */
  endSlice(timeMs: number): void {
    for (const count of this.#kernelKeys.takeCounts((number) => this.#resolve(number))) {
      const { feature } = count;
      if (!this.#features.isKnown(feature)) continue;
      for (const stratum of ['startup', 'steady'] as const) {
        const extra = count[stratum] - this.#sightings.count(feature, stratum);
        if (extra > 0) this.#add(feature, stratum, extra, timeMs);
      }
    }
    this.releases.endSlice();
    this.#sightings.clear();
    // Weights fade in steps: between them nothing is forgotten.
    if (!this.#decay.stepped(timeMs)) return;
    const features = this.#features;
    for (const number of features.numbers()) {
      const weight = features.weight(number, 'startup') + features.weight(number, 'steady');
      if (features.isKnown(number) && this.#decay.value(weight) < forgottenBelow) this.#remove(number);
    }
  }

  /**
   * What changed since the last call, `rowsMost` features and kernel keys of it, the profile's own figures with each part; undefined when nothing
   * did. It is taken for saved.
   */
  takeChanges(rowsMost: number = Infinity): StoredProfile | undefined {
    if (this.releases.takeChanged()) this.#dirtySelf = true;
    if (!this.#dirtySelf && !this.#kernelKeys.changed && !this.#changes.any) return undefined;
    const { features, removed } = this.#changes.take(rowsMost);
    const changes: StoredProfile = {
      workload: this.workload,
      createdMs: this.createdMs,
      samples: this.samples,
      decay: { ...this.#decay.unit, samples: { ...this.#sampleWeights }, releases: this.releases.stored() },
      listeners: [...this.#listeners],
      incomplete: this.#tallies.incomplete(),
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
    this.#changes.giveBack(changes.features, changes.removed);
    this.#kernelKeys.returnChanges(changes.kernelKeys);
    this.#reset ||= changes.reset === true;
    this.#dirtySelf = true;
  }

  features(): readonly ProfileFeature[] {
    return Array.from(this.#features.numbers(), (number) => this.#features.shown(number));
  }

  /** What a name that a kernel key refers to is now: the feature itself, or the pattern that covers it, as `#find` has it; else -1. */
  #resolve(name: number): number {
    if (this.#features.isThere(name)) return name;
    if (this.#coveredVersion !== this.#fanOut.version) {
      this.#covered.clear();
      this.#coveredVersion = this.#fanOut.version;
    }
    let covered = this.#covered.get(name);
    if (covered === undefined && !this.#covered.has(name)) {
      const pattern = this.#fanOut.covering(this.#features.feature(name));
      covered = pattern === undefined ? undefined : { pattern, number: this.#features.find(pattern) };
      this.#covered.set(name, covered);
    }
    if (covered === undefined) return -1;
    covered.pattern.hits++;
    return covered.number;
  }

  #find(feature: Feature): number {
    const exact = this.#features.find(feature);
    if (exact >= 0) return exact;
    const pattern = this.#fanOut.patternOf(feature);
    return pattern === undefined ? -1 : this.#features.find(pattern);
  }

  /** -1: there was no room. */
  #create(feature: Feature, state: 'known' | 'judged', timeMs: number): number {
    if (this.#features.size >= featuresMax) {
      this.#overflow++;
      return -1;
    }
    const weight = { startup: 0, steady: 0 };
    const figures = { state, startup: 0, steady: 0, weight, firstSeenMs: timeMs, lastSeenMs: timeMs };
    const number = this.#insert(feature, figures);
    this.#changes.made(number);
    return number;
  }

  #insert(feature: Feature, figures: FeatureFigures): number {
    const number = this.#features.make(feature, figures);
    if (figures.state !== 'known') return number;
    this.#tallies.add(number);
    if (this.prior !== undefined) this.#tallies.mark(number, this.prior.has(feature));
    this.#fanOut.add(feature);
    return number;
  }

  #collapse(last: number, feature: Feature): void {
    const collapsed = this.#fanOut.collapse(feature);
    if (collapsed === undefined) return;
    const { dimension } = feature;
    const members = collapsed.members.map((key) => this.#features.find({ dimension, key })).filter((one) => one >= 0);
    const { startup, steady } = this.#sampleWeights;
    const first = this.#decay.at(this.createdMs);
    const most = { startup: Math.max(first, startup), steady: Math.max(first, steady) };
    const rows = members.map((member) => this.#features.row(member));
    const figures = patternFigures(rows, { samples: this.#samples, most });
    const pattern = { dimension, key: collapsed.pattern };
    const replaced = this.#features.find(pattern);
    // It was judged as it stands: that is over.
    if (replaced >= 0) {
      this.#changes.removing(replaced, pattern);
      this.#features.drop(replaced);
    }
    const sighting = this.#sightings.joined(last, members);
    for (const member of members) this.#remove(member);
    const number = this.#insert(pattern, figures);
    this.#sightings.set(number, sighting);
    this.#changes.made(number);
  }

  #remove(number: number): void {
    const feature = this.#features.feature(number);
    this.#tallies.remove(number);
    this.#fanOut.remove(feature);
    this.#changes.removing(number, feature);
    this.#sightings.forget(number);
    this.#features.drop(number);
  }

  #see(number: number, containerId: string, sample: Sample, timeMs: number): void {
    this.#features.setLastSeen(number, timeMs);
    if (this.#sightings.see(number, containerId, sample)) this.#add(number, sample.stratum, 1, timeMs);
  }

  #add(number: number, stratum: Stratum, count: number, timeMs: number): void {
    this.#tallies.see(number, stratum, count, count * this.#decay.at(timeMs));
    this.#features.setLastSeen(number, timeMs);
    this.#changes.changed(number);
  }
}
