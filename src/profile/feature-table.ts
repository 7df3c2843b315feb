import type { Dimension, Feature, Stratum } from '../model/feature.ts';
import type { ProfileFeature } from '../model/node.ts';
import type { FeatureRow } from './stored.ts';
import { grown, TextTable } from './text-table.ts';

const states = ['absent', 'known', 'judged'] as const;
const [absent, known] = [0, 1] as const;

/** What is known of a feature, besides its name. */
export type FeatureFigures = Omit<FeatureRow, 'dimension' | 'key'>;

/**
 * The features of a profile, each a number that stands for its name, with figures in columns: no object for any of them. A name stays without a
 * feature while something refers to it (`refer`). What a feature counts for, its weights, is changed by `Tallies` alone.
 */
export class FeatureTable {
  readonly #names: TextTable;
  /** Tags of names are places in this list. */
  readonly #dimensions: Dimension[] = [];
  #size = 0;
  #state: Uint8Array;
  /** Other nodes have seen it too. */
  #elsewhere: Uint8Array;
  #dirty: Uint8Array;
  #startup: Uint32Array;
  #steady: Uint32Array;
  #startupWeight: Float64Array;
  #steadyWeight: Float64Array;
  #firstSeenMs: Float64Array;
  #lastSeenMs: Float64Array;
  /** How often user space has seen it since the agent's start, after the first time. */
  #sightings: Uint32Array;
  #referred: Uint8Array;
  /** What was looked for last, and found: one event is asked about many times. */
  #soughtKey = '';
  #soughtDimension: Dimension | undefined;
  #found = -1;

  /** @param expected Names that there will be, where it is known. */
  constructor(expected: number = 0) {
    this.#names = new TextTable(expected);
    const { room } = this.#names;
    this.#state = new Uint8Array(room);
    this.#elsewhere = new Uint8Array(room);
    this.#dirty = new Uint8Array(room);
    this.#startup = new Uint32Array(room);
    this.#steady = new Uint32Array(room);
    this.#startupWeight = new Float64Array(room);
    this.#steadyWeight = new Float64Array(room);
    this.#firstSeenMs = new Float64Array(room);
    this.#lastSeenMs = new Float64Array(room);
    this.#sightings = new Uint32Array(room);
    this.#referred = new Uint8Array(room);
  }

  /** Features that there are. */
  get size(): number {
    return this.#size;
  }

  /** Every number is below this. */
  get end(): number {
    return this.#names.end;
  }

  /** The feature's number; -1 when it is not there. */
  find({ dimension, key }: Feature): number {
    if (key === this.#soughtKey && dimension === this.#soughtDimension) return this.#found;
    const number = this.name({ dimension, key });
    this.#soughtKey = key;
    this.#soughtDimension = dimension;
    return (this.#found = number >= 0 && this.#state[number] !== absent ? number : -1);
  }

  /** The number of its name, whether there is such a feature or not; -1: there is no such name. */
  name({ dimension, key }: Feature): number {
    const tag = this.#dimensions.indexOf(dimension);
    return tag < 0 ? -1 : this.#names.find(key, tag);
  }

  isThere(number: number): boolean {
    return this.#state[number] !== absent;
  }

  isKnown(number: number): boolean {
    return this.#state[number] === known;
  }

  state(number: number): 'known' | 'judged' | 'absent' {
    return states[this.#state[number] ?? absent] ?? 'absent';
  }

  key(number: number): string {
    return this.#names.text(number);
  }

  dimension(number: number): Dimension {
    return this.#dimensions[this.#names.tag(number)] ?? 'exec';
  }

  /** A small number that is the same for all features of a dimension. */
  dimensionNumber(number: number): number {
    return this.#names.tag(number);
  }

  feature(number: number): Feature {
    return { dimension: this.dimension(number), key: this.key(number) };
  }

  /** In how many samples it was seen. */
  count(number: number, stratum: Stratum): number {
    return (stratum === 'startup' ? this.#startup : this.#steady)[number] ?? 0;
  }

  /** The same with forgetting. */
  weight(number: number, stratum: Stratum): number {
    return (stratum === 'startup' ? this.#startupWeight : this.#steadyWeight)[number] ?? 0;
  }

  isElsewhere(number: number): boolean {
    return this.#elsewhere[number] === 1;
  }

  firstSeenMs(number: number): number {
    return this.#firstSeenMs[number] ?? 0;
  }

  lastSeenMs(number: number): number {
    return this.#lastSeenMs[number] ?? 0;
  }

  sightings(number: number): number {
    return this.#sightings[number] ?? 0;
  }

  /** Numbers of all features, or of the known ones of a dimension. */
  *numbers(dimension?: Dimension): Iterable<number> {
    const tag = dimension === undefined ? -1 : this.#dimensions.indexOf(dimension);
    if (dimension !== undefined && tag < 0) return;
    for (let number = 0; number < this.#names.end; number++)
      if (tag < 0 ? this.#state[number] !== absent : this.#state[number] === known && this.#names.tag(number) === tag)
        yield number;
  }

  /** Makes a feature that was not there. */
  make(feature: Feature, { state, startup, steady, weight, firstSeenMs, lastSeenMs }: FeatureFigures): number {
    const number = this.#intern(feature);
    this.#state[number] = state === 'known' ? known : 2;
    this.#elsewhere[number] = 0;
    this.#dirty[number] = 0;
    this.#startup[number] = startup;
    this.#steady[number] = steady;
    this.#startupWeight[number] = weight.startup;
    this.#steadyWeight[number] = weight.steady;
    this.#firstSeenMs[number] = firstSeenMs;
    this.#lastSeenMs[number] = lastSeenMs;
    this.#sightings[number] = 0;
    this.#size++;
    this.#soughtDimension = undefined;
    return number;
  }

  /** The feature is gone; its name too, unless something refers to it. */
  drop(number: number): void {
    if (!this.isThere(number)) return;
    this.#state[number] = absent;
    this.#dirty[number] = 0;
    this.#size--;
    this.#soughtDimension = undefined;
    if (this.#referred[number] === 0) this.#names.remove(number);
  }

  /** The name stays from now on, whether there is such a feature or not. */
  refer(feature: Feature): number {
    const number = this.#intern(feature);
    this.#referred[number] = 1;
    return number;
  }

  add(number: number, stratum: Stratum, count: number, weight: number): void {
    if (stratum === 'startup') {
      this.#startup[number] = (this.#startup[number] ?? 0) + count;
      this.#startupWeight[number] = (this.#startupWeight[number] ?? 0) + weight;
    } else {
      this.#steady[number] = (this.#steady[number] ?? 0) + count;
      this.#steadyWeight[number] = (this.#steadyWeight[number] ?? 0) + weight;
    }
  }

  setElsewhere(number: number, elsewhere: boolean): void {
    this.#elsewhere[number] = elsewhere ? 1 : 0;
  }

  /** @param atLeast the later of this and what it was; else this. */
  setLastSeen(number: number, timeMs: number, atLeast: boolean = true): void {
    if (!atLeast || timeMs > (this.#lastSeenMs[number] ?? 0)) this.#lastSeenMs[number] = timeMs;
  }

  sighted(number: number): void {
    this.#sightings[number] = (this.#sightings[number] ?? 0) + 1;
  }

  /** False when it was so already. */
  setDirty(number: number, dirty: boolean): boolean {
    const now = dirty ? 1 : 0;
    if (this.#dirty[number] === now) return false;
    this.#dirty[number] = now;
    return true;
  }

  /** The feature as it is stored. */
  row(number: number): FeatureRow {
    return {
      ...{ dimension: this.dimension(number), key: this.key(number) },
      ...{ state: this.isKnown(number) ? 'known' : 'judged' },
      ...{ startup: this.count(number, 'startup'), steady: this.count(number, 'steady') },
      weight: { startup: this.weight(number, 'startup'), steady: this.weight(number, 'steady') },
      ...{ firstSeenMs: this.firstSeenMs(number), lastSeenMs: this.lastSeenMs(number) },
    };
  }

  /** The feature as people see it. */
  shown(number: number): ProfileFeature {
    return {
      ...{ dimension: this.dimension(number), key: this.key(number) },
      ...{ state: this.isKnown(number) ? 'known' : 'judged' },
      incidence: { startup: this.count(number, 'startup'), steady: this.count(number, 'steady') },
      firstSeen: new Date(this.firstSeenMs(number)).toISOString(),
      lastSeen: new Date(this.lastSeenMs(number)).toISOString(),
    };
  }

  #intern({ dimension, key }: Feature): number {
    let tag = this.#dimensions.indexOf(dimension);
    if (tag < 0) tag = this.#dimensions.push(dimension) - 1;
    const before = this.#names.size;
    const number = this.#names.intern(key, tag);
    if (this.#names.size === before) return number;
    if (this.#names.room > this.#state.length) this.#grow(this.#names.room);
    this.#state[number] = absent;
    this.#referred[number] = 0;
    return number;
  }

  #grow(room: number): void {
    this.#state = grown(this.#state, new Uint8Array(room));
    this.#elsewhere = grown(this.#elsewhere, new Uint8Array(room));
    this.#dirty = grown(this.#dirty, new Uint8Array(room));
    this.#startup = grown(this.#startup, new Uint32Array(room));
    this.#steady = grown(this.#steady, new Uint32Array(room));
    this.#startupWeight = grown(this.#startupWeight, new Float64Array(room));
    this.#steadyWeight = grown(this.#steadyWeight, new Float64Array(room));
    this.#firstSeenMs = grown(this.#firstSeenMs, new Float64Array(room));
    this.#lastSeenMs = grown(this.#lastSeenMs, new Float64Array(room));
    this.#sightings = grown(this.#sightings, new Uint32Array(room));
    this.#referred = grown(this.#referred, new Uint8Array(room));
  }
}
