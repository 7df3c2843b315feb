import type { Container } from '../model/container.ts';

const keptDeadMs = 5 * 60_000;
const deadMax = 2_000;

/** All containers that are known, the dead ones for another five minutes (at most 2,000): their last events still come in. */
export class Book {
  readonly #byId: Map<string, Container> = new Map();
  readonly #byCgroup: Map<string, string> = new Map();
  readonly #dead: Map<string, number> = new Map();

  byId(id: string): Container | undefined {
    return this.#byId.get(id);
  }

  byCgroup(cgroupId: string): Container | undefined {
    const id = this.#byCgroup.get(cgroupId);
    return id === undefined ? undefined : this.#byId.get(id);
  }

  /** Containers that run. */
  running(): readonly Container[] {
    return [...this.#byId.values()].filter(({ id }) => !this.#dead.has(id));
  }

  isRunning(id: string): boolean {
    return this.#byId.has(id) && !this.#dead.has(id);
  }

  /** Adds a container or what is newly known of it. */
  put(container: Container): void {
    this.#dead.delete(container.id);
    this.#byId.set(container.id, container);
    if (container.cgroupId !== undefined) this.#byCgroup.set(container.cgroupId, container.id);
  }

  /** The container ended; false when it was not running. */
  end(id: string, nowMs: number): boolean {
    if (!this.isRunning(id)) return false;
    this.#dead.set(id, nowMs);
    for (const [deadId, sinceMs] of this.#dead) {
      if (nowMs - sinceMs <= keptDeadMs && this.#dead.size <= deadMax) break;
      this.#forget(deadId);
    }
    return true;
  }

  #forget(id: string): void {
    this.#dead.delete(id);
    this.#byId.delete(id);
    for (const [cgroupId, owner] of this.#byCgroup) if (owner === id) this.#byCgroup.delete(cgroupId);
  }
}
