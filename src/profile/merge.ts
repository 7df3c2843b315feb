import type { ByStratum, SharedFeature, SharedProfile } from '../model/shared-profile.ts';
import { FanOut, isPattern } from './fan-out.ts';
import { siblingPattern } from './generalise.ts';
import { featureId } from './row.ts';

/** Most programs that listen, and most images, of a sum that is handed out. */
const listMax = 64;
const thousand = 1000;
const none: ByStratum = { startup: 0, steady: 0 };

/**
 * The contribution as it counts at `nowMs`: weights decayed since (a time in the future is the present), no feature seen in more samples
 * than there were, none twice, and no pattern that learning would not have made: whatever a node sends, it claims no more than that.
 */
export function broughtTo(shared: SharedProfile, nowMs: number): SharedProfile {
  const factor = 2 ** (-Math.max(0, nowMs - shared.asOfMs) / shared.halfLifeMs);
  const samples = each(shared.samples, (value) => thousandths(value * factor));
  const features = new Map<string, SharedFeature>();
  for (const feature of shared.features) {
    const id = featureId(feature);
    if (features.has(id) || !isSound(feature)) continue;
    const weight = pair((stratum) => Math.min(samples[stratum], thousandths(feature.weight[stratum] * factor)));
    features.set(id, { ...feature, weight, nodes: Math.min(feature.nodes, shared.nodes) });
  }
  const incomplete = Object.entries(shared.incomplete).map(([dimension, lost]) => [
    dimension,
    pair((stratum) => Math.min(samples[stratum], thousandths(lost[stratum] * factor))),
  ]);
  return {
    ...shared,
    asOfMs: nowMs,
    samples,
    incomplete: Object.fromEntries(incomplete) as SharedProfile['incomplete'],
    features: [...features.values()],
    listeners: union(shared.listeners),
    images: union(shared.images),
  };
}

/**
 * Sum of two shared profiles of one workload, both brought to the same time. Judged on either side is judged. Associative and commutative,
 * exactly: weights are whole thousandths. Not idempotent: whoever sums must have each node's contribution once.
 */
export function merged(a: SharedProfile, b: SharedProfile): SharedProfile {
  const features = new Map(a.features.map((feature) => [featureId(feature), feature]));
  for (const feature of b.features) addTo(features, feature);
  const incomplete = { ...a.incomplete };
  for (const [dimension, lost] of Object.entries(b.incomplete))
    incomplete[dimension] = plus(incomplete[dimension] ?? none, lost);
  return {
    workload: byText(JSON.stringify(a.workload), JSON.stringify(b.workload)) <= 0 ? a.workload : b.workload,
    asOfMs: Math.max(a.asOfMs, b.asOfMs),
    halfLifeMs: Math.max(a.halfLifeMs, b.halfLifeMs),
    nodes: a.nodes + b.nodes,
    samples: plus(a.samples, b.samples),
    incomplete: sorted(incomplete),
    listeners: union([...a.listeners, ...b.listeners]),
    images: union([...a.images, ...b.images]),
    features: [...features.values()].toSorted(byId),
    omitted: a.omitted + b.omitted,
  };
}

/**
 * The sum as it is handed out: siblings that are enough for a pattern together are one, known features that a pattern covers are part of it, and
 * at most `featuresMax` features are left, judged ones first (half of the room at most), then those of the greatest weight, ties by name. What
 * was left out is added to `omitted`. Depends on what the sum holds alone, not on how it came about.
 */
export function condensed(shared: SharedProfile, featuresMax: number): SharedProfile {
  const judged = shared.features.filter(({ state }) => state === 'judged').toSorted(byWeight);
  const known = folded(shared).toSorted(byWeight);
  const kept = judged.slice(0, featuresMax >> 1);
  kept.push(...known.slice(0, featuresMax - kept.length));
  return {
    ...shared,
    listeners: shared.listeners.slice(0, listMax),
    images: shared.images.slice(0, listMax),
    features: kept.toSorted(byId),
    omitted: shared.omitted + judged.length + known.length - kept.length,
  };
}

/** Most features of a sum that is handed out: as many as a message may hold. */
const sumFeaturesMax = 4096;

/** The sum of contributions, one of each node, as of `nowMs` and as it is handed out; undefined of none. In whatever order they come, the same. */
export function sumOfContributions(contributions: Iterable<SharedProfile>, nowMs: number): SharedProfile | undefined {
  const sum = new ContributionSum(nowMs);
  for (const one of contributions) sum.add(one);
  return sum.taken();
}

/** `sumOfContributions` of what comes one after the other: only the sum is in memory. */
export class ContributionSum {
  readonly #nowMs: number;
  readonly #features: Map<string, SharedFeature> = new Map();
  /** Without its features. */
  #sum: SharedProfile | undefined;

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  add(contribution: SharedProfile): void {
    const { features, ...rest } = broughtTo(contribution, this.#nowMs);
    for (const feature of features) addTo(this.#features, feature);
    const one = { ...rest, features: [] };
    this.#sum = this.#sum === undefined ? one : merged(this.#sum, one);
  }

  /** As it is handed out; undefined when nothing was added. */
  taken(): SharedProfile | undefined {
    if (this.#sum === undefined) return undefined;
    return condensed({ ...this.#sum, features: [...this.#features.values()] }, sumFeaturesMax);
  }
}

function addTo(features: Map<string, SharedFeature>, feature: SharedFeature): void {
  const id = featureId(feature);
  const other = features.get(id);
  features.set(id, other === undefined ? feature : sumOfTwo(other, feature));
}

/** The known features, siblings collapsed as `Profile.learn` does. Executables, protected directories and credentials have no patterns. */
function folded(shared: SharedProfile): readonly SharedFeature[] {
  const rows = new Map<string, SharedFeature>();
  const fanOut = new FanOut();
  const take = (feature: SharedFeature, into: string): void => {
    const id = `${feature.dimension} ${into}`;
    const pattern = rows.get(id);
    const sum = pattern === undefined ? { ...feature, key: into } : sumOfTwo(pattern, feature);
    const weight = pair((stratum) => Math.min(shared.samples[stratum], sum.weight[stratum]));
    // Which of the siblings were seen by the same nodes is not known: by no fewer than the one that most have seen.
    rows.set(id, { ...sum, weight, nodes: Math.max(pattern?.nodes ?? 0, feature.nodes) });
  };
  const known = shared.features.filter(({ state }) => state === 'known').toSorted(byId);
  for (const feature of [...known.filter(isPattern), ...known.filter((one) => !isPattern(one))]) {
    const covering = fanOut.patternOf(feature);
    if (covering !== undefined) {
      take(feature, covering.key);
      continue;
    }
    rows.set(featureId(feature), feature);
    fanOut.add(feature);
    const due = fanOut.collapse(feature);
    if (due === undefined) continue;
    for (const key of due.members) {
      const member = rows.get(featureId({ dimension: feature.dimension, key }));
      if (member === undefined) continue;
      rows.delete(featureId(member));
      fanOut.remove(member);
      take(member, due.pattern);
    }
    fanOut.add({ dimension: feature.dimension, key: due.pattern });
  }
  return [...rows.values()];
}

/** False for patterns of files that learning never makes: in protected directories, of credentials, or over more than one segment. */
function isSound({ dimension, key }: SharedFeature): boolean {
  if ((dimension !== 'file.read' && dimension !== 'file.write') || !key.includes('*')) return true;
  const path = key.slice(Math.max(0, key.indexOf('/')));
  return siblingPattern(path) === path;
}

function sumOfTwo(a: SharedFeature, b: SharedFeature): SharedFeature {
  return {
    dimension: a.dimension,
    key: a.key,
    state: a.state === 'judged' || b.state === 'judged' ? 'judged' : 'known',
    count: plus(a.count, b.count),
    weight: plus(a.weight, b.weight),
    nodes: a.nodes + b.nodes,
  };
}

/** To whole thousandths: their sums are exact up to 2^53 of them. */
export function thousandths(value: number): number {
  return Math.round(value * thousand) / thousand;
}

function pair(of: (stratum: keyof ByStratum) => number): ByStratum {
  return { startup: of('startup'), steady: of('steady') };
}

function each(values: ByStratum, of: (value: number) => number): ByStratum {
  return pair((stratum) => of(values[stratum]));
}

function plus(a: ByStratum, b: ByStratum): ByStratum {
  return pair((stratum) => thousandths(a[stratum] + b[stratum]));
}

function sorted<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => byText(a, b)));
}

function union(values: readonly string[]): readonly string[] {
  return [...new Set(values)].toSorted(byText);
}

function byText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function byId(a: SharedFeature, b: SharedFeature): number {
  return byText(a.dimension, b.dimension) || byText(a.key, b.key);
}

function byWeight(a: SharedFeature, b: SharedFeature): number {
  return b.weight.startup + b.weight.steady - a.weight.startup - a.weight.steady || byId(a, b);
}
