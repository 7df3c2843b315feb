/** How much of a container's life was not watched, as it is stored. */
export interface StoredLife {
  readonly containerId: string;
  readonly startedAtMs: number;
  /** Before the agent was there, and while it was away. */
  readonly unwatchedMs: number;
  /** It was watched until then. */
  readonly untilMs: number;
}

/** Of a container that is known from its start no more than this is missed: what the engine tells late. */
const lateMs = 5_000;

/** How long each container that runs was watched of its life. Time is passed in. */
export class WatchedLives {
  readonly #stored: Map<string, StoredLife>;
  readonly #lives: Map<string, { readonly startedAtMs: number; readonly unwatchedMs: number }> = new Map();

  constructor(stored: readonly StoredLife[] = []) {
    this.#stored = new Map(stored.map((life) => [life.containerId, life]));
  }

  /** @param startedAtMs undefined: it is not known, nothing is missed. @returns how long it ran before */
  started(containerId: string, startedAtMs: number | undefined, nowMs: number): number {
    const began = Math.min(startedAtMs ?? nowMs, nowMs);
    const before = this.#stored.get(containerId);
    this.#stored.delete(containerId);
    // Started again meanwhile, it is another life.
    const same = before !== undefined && Math.abs(before.startedAtMs - began) < lateMs;
    const missed = same ? before.unwatchedMs + Math.max(0, nowMs - before.untilMs) : nowMs - began;
    this.#lives.set(containerId, { startedAtMs: began, unwatchedMs: missed > lateMs ? missed : 0 });
    return nowMs - began;
  }

  stopped(containerId: string): void {
    this.#lives.delete(containerId);
  }

  /** Undefined for a container that does not run. */
  of(containerId: string, nowMs: number): { readonly lifeMs: number; readonly unwatchedMs: number } | undefined {
    const life = this.#lives.get(containerId);
    if (life === undefined) return undefined;
    return { lifeMs: Math.max(0, nowMs - life.startedAtMs), unwatchedMs: life.unwatchedMs };
  }

  /** To be kept. */
  stored(nowMs: number): readonly StoredLife[] {
    return [...this.#lives].map(([containerId, life]) => ({ containerId, ...life, untilMs: nowMs }));
  }
}

/** Share of a life that was watched. Pure. */
export function watchedShare(life: { readonly lifeMs: number; readonly unwatchedMs: number } | undefined): number {
  if (life === undefined || life.unwatchedMs === 0 || life.lifeMs <= 0) return 1;
  return Math.max(0, 1 - life.unwatchedMs / life.lifeMs);
}
