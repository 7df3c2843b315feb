import type { Dimension } from '../model/feature.ts';

const rememberedMs = 3_600_000;

interface Loss {
  readonly timeMs: number;
  readonly count: number;
}

/** Of which dimensions something could not be told in each container: lately, and in its present sample. */
export class Blindness {
  readonly #samples: Map<string, Set<Dimension>> = new Map();
  readonly #lately: Map<string, Map<Dimension, Loss[]>> = new Map();

  /** `count` records that could have been of any of these dimensions were lost. */
  note(containerId: string, dimensions: readonly Dimension[], count: number, timeMs: number): void {
    if (dimensions.length === 0) return;
    const sample = this.#samples.get(containerId) ?? new Set();
    this.#samples.set(containerId, sample);
    const lately = this.#lately.get(containerId) ?? new Map<Dimension, Loss[]>();
    this.#lately.set(containerId, lately);
    for (const dimension of dimensions) {
      sample.add(dimension);
      const losses = lately.get(dimension) ?? [];
      const minute = losses.at(-1);
      // One entry a minute is exact enough, and bounded.
      if (minute !== undefined && timeMs - minute.timeMs < 60_000)
        losses[losses.length - 1] = { timeMs: minute.timeMs, count: minute.count + count };
      else losses.push({ timeMs, count });
      while ((losses[0]?.timeMs ?? timeMs) < timeMs - rememberedMs) losses.shift();
      lately.set(dimension, losses);
    }
  }

  /** The dimensions that the container's sample is no evidence about; the next sample begins. */
  endSample(containerId: string): Iterable<Dimension> {
    const sample = this.#samples.get(containerId) ?? [];
    this.#samples.delete(containerId);
    return sample;
  }

  /** How many records of the dimension were lost within the last hour. */
  lately(containerId: string, dimension: Dimension, nowMs: number): number {
    const losses = this.#lately.get(containerId)?.get(dimension) ?? [];
    return losses.reduce((sum, { timeMs, count }) => sum + (timeMs >= nowMs - rememberedMs ? count : 0), 0);
  }

  forget(containerId: string): void {
    this.#samples.delete(containerId);
    this.#lately.delete(containerId);
  }
}
