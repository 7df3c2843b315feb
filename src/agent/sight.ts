import type { Container } from '../model/container.ts';
import type { Dimension, Stratum } from '../model/feature.ts';
import type { UnobservedDimension } from '../model/node.ts';
import { countedWithout, everything, sensorDimensions, widened } from '../model/observation.ts';
import type { Observation, Observations } from '../model/observation.ts';
import { Blindness } from '../profile/blindness.ts';
import { type StoredLife, WatchedLives, watchedShare } from '../profile/watched-lives.ts';
import { spanText } from './rate-words.ts';

/** What is kept from one run of the agent to the next. */
export interface StoredSight {
  readonly lives: readonly StoredLife[];
  /** By dimension, hooks without which some of the samples were counted. */
  readonly without: Readonly<Record<string, readonly string[]>>;
}

export interface SightStore {
  load(): StoredSight;
  save(sight: StoredSight): void;
}

/** How much was seen of something. */
export interface Seen {
  /** 0 to 1: share of the hooks that work, times the share of the life that was watched. */
  readonly share: number;
  /** What was not seen, for people. */
  readonly gaps: readonly string[];
}

/** A startup phase of which more than this share was missed is no sample of startups. */
const startMissedMax = 0.1;
/** A phase of a few seconds is known as late as a long one. */
const startMissedMinMs = 2_000;

/**
 * What the node does not see, so that it is never taken for what containers do not do: records that were lost, hooks that do not work, containers that
 * are older than the agent. Time is passed in.
 */
export class Sight {
  readonly #store: SightStore | undefined;
  readonly #startupMs: number;
  readonly #blindness: Blindness = new Blindness();
  readonly #lives: WatchedLives;
  readonly #joinedLate: Set<string> = new Set();
  #without: StoredSight['without'];
  #observations: Observations = new Map();

  /** Throws what the store throws. */
  constructor(store: SightStore | undefined, startupMs: number) {
    const stored = store?.load();
    this.#store = store;
    this.#startupMs = startupMs;
    this.#lives = new WatchedLives(stored?.lives);
    this.#without = stored?.without ?? {};
  }

  /** By dimension, hooks without which some of the samples so far were counted. */
  get without(): StoredSight['without'] {
    return this.#without;
  }

  /** What is seen from now on. @param before in place of `without`. Answers the dimensions of which that is more than before: samples of before say nothing against what is seen now. */
  observe(observations: Observations, before: StoredSight['without'] = this.#without): readonly Dimension[] {
    this.#without = before;
    const wider = widened(this.#without, observations);
    this.#without = countedWithout(this.#without, observations);
    this.#observations = observations;
    return wider;
  }

  started({ id, startedAtMs }: Container, nowMs: number): void {
    const ranMs = this.#lives.started(id, startedAtMs, nowMs);
    if (ranMs > Math.max(startMissedMinMs, this.#startupMs * startMissedMax)) this.#joinedLate.add(id);
    else this.#joinedLate.delete(id);
  }

  stopped(containerId: string): void {
    this.#blindness.forget(containerId);
    this.#lives.stopped(containerId);
    this.#joinedLate.delete(containerId);
  }

  /** `count` records that could have been of any of these dimensions were lost. */
  lost(containerId: string, dimensions: readonly Dimension[], count: number, nowMs: number): void {
    this.#blindness.note(containerId, dimensions, count, nowMs);
  }

  /** False for the startup of a container that had begun long before. */
  wasWhole({ containerId, stratum }: { readonly containerId: string; readonly stratum: Stratum }): boolean {
    return stratum === 'steady' || !this.#joinedLate.has(containerId);
  }

  /** The dimensions that the container's sample is no evidence about; the next sample begins. */
  endSample(containerId: string, container: Container | undefined): ReadonlySet<Dimension> {
    const out = new Set(this.#blindness.endSample(containerId));
    for (const [dimension, { extent }] of this.#observations) if (extent === 'none') out.add(dimension);
    // Its cgroup was not found: the sensor cannot know it.
    if (container !== undefined && container.cgroupId === undefined)
      for (const dimension of sensorDimensions) out.add(dimension);
    return out;
  }

  /** Of a dimension on this node. */
  of(dimension: Dimension): Observation {
    return this.#observations.get(dimension) ?? everything;
  }

  /** Dimensions of events that are watched. Empty before `observe`. */
  watched(): readonly Dimension[] {
    return [...this.#observations].flatMap(([dimension, { extent }]) =>
      extent === 'none' || !isOfEvents(dimension) ? [] : [dimension],
    );
  }

  unobserved(): readonly UnobservedDimension[] {
    return [...this.#observations].flatMap(([dimension, { extent, gaps }]) =>
      extent === 'none' ? [{ dimension, reason: gaps[0] ?? '' }] : [],
    );
  }

  /** How much was seen of a dimension in a container, as of now. */
  about({ id, name }: Container, dimension: Dimension, nowMs: number): Seen {
    const { share, gaps } = this.of(dimension);
    const [lost, life] = [this.#blindness.lately(id, dimension, nowMs), this.#lives.of(id, nowMs)];
    const losses = `${lost.toLocaleString('en')} records, of ${dimension} or its like, were lost here within the last hour`;
    return {
      share: share * watchedShare(life),
      gaps: [
        ...(lost === 0 ? [] : [losses]),
        ...(life === undefined || life.unwatchedMs === 0
          ? []
          : [`${name} was not watched for ${spanText(life.unwatchedMs)} of the ${spanText(life.lifeMs)} that it runs`]),
        ...gaps,
      ],
    };
  }

  /** The same of all these containers of a workload. */
  aboutAll(containers: readonly Container[], dimension: Dimension, nowMs: number): Seen {
    const { share, gaps } = this.of(dimension);
    const shares = containers.map(({ id }) => watchedShare(this.#lives.of(id, nowMs)));
    const partly = shares.filter((one) => one < 1).length;
    const lost = containers.reduce((sum, { id }) => sum + this.#blindness.lately(id, dimension, nowMs), 0);
    const mean = shares.length === 0 ? 1 : shares.reduce((sum, one) => sum + one, 0) / shares.length;
    return {
      share: share * mean,
      gaps: [
        ...(lost === 0 ? [] : [`${lost.toLocaleString('en')} records were lost within the last hour`]),
        ...(partly === 0 ? [] : [`${partly} of ${shares.length} containers were not watched all their life`]),
        ...gaps,
      ],
    };
  }

  /** How long the container was not watched; undefined where nothing was missed. */
  unwatched(containerId: string, nowMs: number): { readonly seconds: number; readonly ofSeconds: number } | undefined {
    const life = this.#lives.of(containerId, nowMs);
    if (life === undefined || life.unwatchedMs === 0) return undefined;
    return { seconds: Math.round(life.unwatchedMs / 1000), ofSeconds: Math.round(life.lifeMs / 1000) };
  }

  /** Throws what the store throws. */
  save(nowMs: number): void {
    this.#store?.save({ lives: this.#lives.stored(nowMs), without: this.#without });
  }
}

function isOfEvents(dimension: Dimension): boolean {
  return dimension === 'lifecycle' || sensorDimensions.some((one) => one === dimension);
}

/** To four figures, never rounded up to all. Pure. */
export function confidenceOf(share: number): number {
  return Math.min(1, Math.max(0, Math.floor(share * 10_000) / 10_000));
}
