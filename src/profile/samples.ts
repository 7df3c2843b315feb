import type { Stratum } from '../model/feature.ts';

/** The sample that a container is in. */
export interface Sample {
  /** Counts from 1 for every container since the agent knows it. */
  readonly number: number;
  readonly stratum: Stratum;
}

/** A sample ended; `completed` says whether it is evidence (long enough, or the whole life of a short container). */
export interface SampleEnd {
  readonly containerId: string;
  readonly stratum: Stratum;
  readonly completed: boolean;
  /** Undefined when the container stopped. */
  readonly next: Sample | undefined;
}

interface Running {
  number: number;
  stratum: Stratum;
  sinceMs: number;
  startupEndsMs: number;
}

/**
 * Which sample every container is in: startup is one sample that lasts `startupMs` from the container's start, then every
 * slice is one. Slices end at the same moment for all containers. A steady sample that is younger than half a slice when a slice ends
 * runs on, so that no sample is a sliver. Time is passed in.
 */
export class SampleClock {
  readonly #sliceMs: number;
  readonly #startupMs: number;
  readonly #running: Map<string, Running> = new Map();
  #sliceEndsMs: number;

  constructor(options: { readonly sliceMs: number; readonly startupMs: number; readonly nowMs: number }) {
    this.#sliceMs = options.sliceMs;
    this.#startupMs = options.startupMs;
    this.#sliceEndsMs = options.nowMs + options.sliceMs;
  }

  /** A container older than the startup phase, or of unknown age, is in steady state from the first moment. */
  start(containerId: string, startedAtMs: number | undefined, nowMs: number): Sample {
    const startupEndsMs = startedAtMs === undefined ? nowMs : startedAtMs + this.#startupMs;
    const stratum: Stratum = startupEndsMs > nowMs ? 'startup' : 'steady';
    const number = (this.#running.get(containerId)?.number ?? 0) + 1;
    this.#running.set(containerId, { number, stratum, sinceMs: nowMs, startupEndsMs });
    return { number, stratum };
  }

  stop(containerId: string, nowMs: number): SampleEnd | undefined {
    const running = this.#running.get(containerId);
    if (running === undefined) return undefined;
    this.#running.delete(containerId);
    // A job that ended within its startup phase has shown all that it does.
    const completed = running.stratum === 'startup' || nowMs - running.sinceMs >= this.#sliceMs / 2;
    return { containerId, stratum: running.stratum, completed, next: undefined };
  }

  /** Undefined for a container that was not started. */
  at(containerId: string): Sample | undefined {
    const running = this.#running.get(containerId);
    return running === undefined ? undefined : { number: running.number, stratum: running.stratum };
  }

  /** True when `advance` would end something: what was counted up to now belongs to the samples that end. */
  due(nowMs: number): boolean {
    if (nowMs >= this.#sliceEndsMs) return true;
    for (const { stratum, startupEndsMs } of this.#running.values())
      if (stratum === 'startup' && nowMs >= startupEndsMs) return true;
    return false;
  }

  /** Ends what is over at `nowMs`. A clock that jumped ahead ends one slice, not many. */
  advance(nowMs: number): { readonly ends: readonly SampleEnd[]; readonly sliceEnded: boolean } {
    const ends: SampleEnd[] = [];
    const sliceEnded = nowMs >= this.#sliceEndsMs;
    for (const [containerId, running] of this.#running) {
      const { stratum } = running;
      const startupOver = stratum === 'startup' && nowMs >= running.startupEndsMs;
      const sampleOver = stratum === 'steady' && sliceEnded && nowMs - running.sinceMs >= this.#sliceMs / 2;
      if (!startupOver && !sampleOver) continue;
      running.number++;
      running.sinceMs = nowMs;
      running.stratum = 'steady';
      ends.push({ containerId, stratum, completed: true, next: { number: running.number, stratum: 'steady' } });
    }
    if (sliceEnded) {
      const missed = Math.floor((nowMs - this.#sliceEndsMs) / this.#sliceMs);
      this.#sliceEndsMs += (missed + 1) * this.#sliceMs;
    }
    return { ends, sliceEnded };
  }
}
