import type { Severity } from '../model/alert.ts';

/**
 * Which containers are captured: from their first alert until nothing more was raised for a while. Pure state; at most as many as there
 * are containers.
 */
export class Captures {
  readonly #quietMs: number;
  readonly #untilMs: Map<string, number> = new Map();

  /** `quietMs`: how long after its last alert a container is captured; 0: never. */
  constructor(quietMs: number) {
    this.#quietMs = quietMs;
  }

  /** An alert was raised. True when the container is to be captured from now on; a notice is no reason to. */
  alerted(containerId: string, nowMs: number, severity: Severity = 'warning'): boolean {
    if (this.#quietMs === 0 || severity === 'notice') return false;
    const already = this.#untilMs.has(containerId);
    this.#untilMs.set(containerId, nowMs + this.#quietMs);
    return !already;
  }

  /** Containers that have been quiet for long enough: they are not captured any more. */
  ended(nowMs: number): readonly string[] {
    const ended = [...this.#untilMs].flatMap(([containerId, untilMs]) => (untilMs <= nowMs ? [containerId] : []));
    for (const containerId of ended) this.#untilMs.delete(containerId);
    return ended;
  }

  /** The container stopped. */
  forget(containerId: string): void {
    this.#untilMs.delete(containerId);
  }

  get size(): number {
    return this.#untilMs.size;
  }
}
