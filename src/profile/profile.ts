import type { Workload } from '../model/container.ts';
import type { KernelKey } from '../model/event.ts';
import type { Dimension, Feature, Stratum } from '../model/feature.ts';
import type { ProfileFeature } from '../model/node.ts';
import type { SharedProfile } from '../model/shared-profile.ts';
import { contributionOf } from './contribution.ts';
import type { Incidences } from './coverage.ts';
import { Decay, defaultHalfLifeMs, forgottenBelow, landmarked } from './decay.ts';
import { FanOut, isPattern } from './fan-out.ts';
import { KernelKeys } from './kernel-keys.ts';
import { Prior } from './prior.ts';
import { countsUnder, Releases } from './releases.ts';
import { featureId, featureOfId, loadedRow, newRow, patternRow, plain, shown } from './row.ts';
import type { Row } from './row.ts';
import type { Sample } from './samples.ts';
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
  readonly #rows: Map<string, Row> = new Map();
  readonly #tallies: Tallies = new Tallies();
  /** Images that it was learned under. */
  readonly releases: Releases;
  readonly #kernelKeys: KernelKeys;
  readonly #fanOut: FanOut = new FanOut();
  readonly #listeners: Set<string>;
  readonly #shapes: Map<string, number> = new Map();
  readonly #seen: Set<Row> = new Set();
  #dirty: Set<string> = new Set();
  #removed: Set<string> = new Set();
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
    for (const row of features) this.#insert(loadedRow(row));
    for (const [dimension, incomplete] of Object.entries(lost))
      this.#tallies.of(dimension as Dimension).incomplete = { ...incomplete };
    this.releases = new Releases(this.#decay, decay.releases);
    this.#kernelKeys = new KernelKeys(stored.kernelKeys);
    this.#dirty.clear();
    this.#removed.clear();
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
    return this.#find(feature)?.state ?? 'new';
  }

  /** In how many samples of the stratum the feature (or the pattern that covers it) was seen, less what was forgotten. */
  incidence(feature: Feature, stratum: Stratum): number {
    return this.#decay.value(this.#find(feature)?.weight[stratum] ?? 0);
  }

  /** What other nodes know counts beside what was learned here, from now on; it is never saved, nor contributed as the node's own. */
  usePrior(shared: SharedProfile, timeMs: number): void {
    this.prior = new Prior(shared, this.#decay.at(timeMs));
    for (const row of this.#rows.values()) this.#tallies.mark(row, this.prior.has(row));
  }

  /** What this node has learned by itself, for the others: at most `featuresMost` features. Undefined before a sample is completed. */
  contribution(timeMs: number, featuresMost: number): SharedProfile | undefined {
    const [decay, samples] = [this.#decay, this.#sampleWeights];
    const learned = { of: this, rows: this.#rows.values(), incomplete: this.#tallies.incomplete(), decay, samples };
    return contributionOf(learned, timeMs, featuresMost);
  }

  /** Known from the workload's first minutes, or for many samples: not something that came in a moment ago. */
  isEstablished(feature: Feature): boolean {
    const row = this.#find(feature);
    if (row?.state !== 'known') return false;
    return row.firstSeenMs - this.createdMs <= firstMinutesMs || row.startup + row.steady >= establishedSamples;
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
    return this.releases.under(digest, { dimension, stratum }, counts, (sinceMs) =>
      [...this.knownKeys(dimension)].reduce((once, key) => {
        const row = this.#rows.get(featureId({ dimension, key }));
        return row?.[stratum] === 1 && row.firstSeenMs >= sinceMs ? once + 1 : once;
      }, 0),
    );
  }

  /** Every known key of a dimension. */
  knownKeys(dimension: Dimension): Iterable<string> {
    return this.#tallies.get(dimension)?.keys ?? [];
  }

  dimensionsSeen(): readonly Dimension[] {
    return this.#tallies.dimensions;
  }

  /** How many known features a dimension has. */
  size(dimension: Dimension): number {
    return this.#tallies.get(dimension)?.keys.size ?? 0;
  }

  /**
   * Counts the feature once for this container's sample, and makes it known if it is new. A judged feature is left alone.
   * `full`: there was no room, it stays unknown.
   */
  learn(feature: Feature, containerId: string, sample: Sample, timeMs: number): 'new' | 'known' | 'judged' | 'full' {
    const found = this.#find(feature);
    if (found?.state === 'judged') return 'judged';
    if (found !== undefined) {
      found.sightings++;
      this.#see(found, containerId, sample, timeMs);
      return 'known';
    }
    const row = this.#create(feature, 'known', timeMs);
    if (row === undefined) return 'full';
    this.#see(row, containerId, sample, timeMs);
    this.#collapse(row);
    return 'new';
  }

  /** Like `learn` for argument shapes, of which each program keeps a bounded number. */
  learnShape(program: string, feature: Feature, containerId: string, sample: Sample, timeMs: number): void {
    const shapes = this.#shapes.get(program) ?? 0;
    if (this.#find(feature) === undefined && shapes >= argumentShapesMax) return;
    if (this.learn(feature, containerId, sample, timeMs) === 'new') this.#shapes.set(program, shapes + 1);
  }

  /** An alert was raised for it: it will not become known by repetition. A known feature stays known. */
  judge(feature: Feature, timeMs: number): void {
    const found = this.#find(feature) ?? this.#create(feature, 'judged', timeMs);
    if (found?.state !== 'judged') return;
    found.lastSeenMs = timeMs;
    this.#dirty.add(featureId(found));
  }

  /** Remembers what the kernel hashed for these features, to count its incidence and to restore it. */
  addKernelKey(kernelKey: KernelKey, features: readonly Feature[]): void {
    if (!this.#kernelKeys.add(kernelKey, features.map(featureId))) this.#overflow++;
  }

  /** Kernel keys all of whose features are known, and of which `test` holds: what the kernel may recognise. */
  recognisable(test?: (features: readonly string[], key: KernelKey) => boolean): Iterable<KernelKey> {
    const isKnown = (id: string): boolean => this.#resolve(id)?.state === 'known';
    return this.#kernelKeys.where((features, key) => features.every(isKnown) && test?.(features, key) !== false);
  }

  /**
   * An operator says that the feature belongs to the workload: it is known from now on, as if it had been seen in one sample.
   * `full`: there was no room.
   */
  accept(feature: Feature, timeMs: number): 'applied' | 'full' {
    const found = this.#find(feature);
    if (found?.state === 'known') return 'applied';
    if (found !== undefined) this.#remove(found);
    const row = this.#create(feature, 'known', timeMs);
    if (row === undefined) return 'full';
    this.#add(row, 'steady', 1, timeMs);
    return 'applied';
  }

  /**
   * An operator says that the feature does not belong to the workload: what was learned of it is forgotten, and it is judged. Answers the kernel
   * keys that must not be recognised any more. `pattern`: it is one or a member of one, nothing is changed; `full`: there was no room.
   */
  deny(feature: Feature, timeMs: number): readonly KernelKey[] | 'pattern' | 'full' {
    if (isPattern(feature) || this.#fanOut.covering(feature) !== undefined) return 'pattern';
    const found = this.#rows.get(featureId(feature));
    if (found?.state === 'known') this.#remove(found);
    if (found?.state !== 'judged' && this.#create(feature, 'judged', timeMs) === undefined) return 'full';
    return [...this.#kernelKeys.where((features) => features.includes(featureId(feature)))];
  }

  /** The pattern that stands for the feature and its siblings, and how often it did. */
  covering(feature: Feature): { readonly pattern: string; readonly hits: number } | undefined {
    return this.#fanOut.covering(feature);
  }

  /** How often user space has seen the feature (or its pattern) since the agent's start, after the first time. */
  sightings(feature: Feature): number {
    return this.#find(feature)?.sightings ?? 0;
  }

  /** What the kernel counted for a key since the last read, within the present slice. */
  addIncidence(kernelKey: KernelKey, stratum: Stratum, delta: number): void {
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
    for (const [row, best] of this.#kernelKeys.takeCounts((id) => this.#resolve(id))) {
      if (row.state !== 'known') continue;
      for (const stratum of ['startup', 'steady'] as const) {
        const extra = best[stratum] - (row.slice?.[stratum] ?? 0);
        if (extra > 0) this.#add(row, stratum, extra, timeMs);
      }
    }
    this.releases.endSlice();
    for (const row of this.#seen) row.slice = undefined;
    this.#seen.clear();
    // Weights fade in steps: between them nothing is forgotten.
    if (!this.#decay.stepped(timeMs)) return;
    for (const row of this.#rows.values())
      if (row.state === 'known' && this.#decay.value(row.weight.startup + row.weight.steady) < forgottenBelow)
        this.#remove(row);
  }

  /** What changed since the last call; undefined when nothing did. */
  takeChanges(): StoredProfile | undefined {
    if (this.releases.takeChanged()) this.#dirtySelf = true;
    if (!this.#dirtySelf && !this.#kernelKeys.changed && this.#dirty.size + this.#removed.size === 0) return undefined;
    const changes: StoredProfile = {
      workload: this.workload,
      createdMs: this.createdMs,
      samples: this.samples,
      decay: { ...this.#decay.unit, samples: { ...this.#sampleWeights }, releases: this.releases.stored() },
      listeners: [...this.#listeners],
      incomplete: this.#tallies.incomplete(),
      features: [...this.#dirty].flatMap((id) => this.#rows.get(id) ?? []).map(plain),
      kernelKeys: this.#kernelKeys.takeChanges(),
      removed: [...this.#removed],
      ...(this.relearned === undefined ? {} : { relearned: this.relearned }),
      ...(this.#reset ? { reset: true } : {}),
    };
    this.#dirty = new Set();
    this.#reset = false;
    this.#removed = new Set();
    this.#dirtySelf = false;
    return changes;
  }

  /** Changes that could not be saved: they are handed out again by the next `takeChanges`. */
  returnChanges(changes: StoredProfile): void {
    for (const feature of changes.features) this.#dirty.add(featureId(feature));
    this.#kernelKeys.returnChanges(changes.kernelKeys);
    this.#reset ||= changes.reset === true;
    for (const id of changes.removed) if (!this.#rows.has(id)) this.#removed.add(id);
    this.#dirtySelf = true;
  }

  features(): readonly ProfileFeature[] {
    return [...this.#rows.values()].map(shown);
  }

  #resolve(id: string): Row | undefined {
    return this.#rows.get(id) ?? this.#find(featureOfId(id));
  }

  #find(feature: Feature): Row | undefined {
    const exact = this.#rows.get(featureId(feature));
    if (exact !== undefined) return exact;
    const pattern = this.#fanOut.patternOf(feature);
    return pattern === undefined ? undefined : this.#rows.get(featureId(pattern));
  }

  #create(feature: Feature, state: 'known' | 'judged', timeMs: number): Row | undefined {
    if (this.#rows.size >= featuresMax) {
      this.#overflow++;
      return undefined;
    }
    const row = newRow(feature, state, timeMs);
    this.#insert(row);
    return row;
  }

  #insert(row: Row): void {
    this.#rows.set(featureId(row), row);
    this.#dirty.add(featureId(row));
    this.#removed.delete(featureId(row));
    if (row.state !== 'known') return;
    this.#tallies.add(row);
    if (this.prior !== undefined) this.#tallies.mark(row, this.prior.has(row));
    this.#fanOut.add(row);
  }

  #collapse(row: Row): void {
    const collapsed = this.#fanOut.collapse(row);
    if (collapsed === undefined) return;
    const { dimension } = row;
    const members = collapsed.members.flatMap((key) => this.#rows.get(featureId({ dimension, key })) ?? []);
    const { startup, steady } = this.#sampleWeights;
    const first = this.#decay.at(this.createdMs);
    const most = { startup: Math.max(first, startup), steady: Math.max(first, steady) };
    const pattern = patternRow(collapsed.pattern, row, members, { samples: this.#samples, most });
    for (const member of members) this.#remove(member);
    this.#seen.add(pattern);
    this.#insert(pattern);
  }

  #remove(row: Row): void {
    this.#tallies.remove(row);
    this.#fanOut.remove(row);
    this.#rows.delete(featureId(row));
    this.#dirty.delete(featureId(row));
    this.#removed.add(featureId(row));
  }

  #see(row: Row, containerId: string, sample: Sample, timeMs: number): void {
    const mark = `${containerId}:${sample.number}`;
    row.lastSeenMs = Math.max(row.lastSeenMs, timeMs);
    row.slice ??= { marks: new Set(), startup: 0, steady: 0 };
    if (row.slice.marks.has(mark)) return;
    row.slice.marks.add(mark);
    row.slice[sample.stratum]++;
    this.#seen.add(row);
    this.#add(row, sample.stratum, 1, timeMs);
  }

  #add(row: Row, stratum: Stratum, count: number, timeMs: number): void {
    this.#tallies.update(row, stratum, () => {
      row[stratum] += count;
      row.weight[stratum] += count * this.#decay.at(timeMs);
    });
    row.lastSeenMs = Math.max(row.lastSeenMs, timeMs);
    this.#dirty.add(featureId(row));
  }
}
