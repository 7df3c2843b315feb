import type { Container } from '../model/container.ts';

const keptDeadMs = 5 * 60_000;
const deadMax = 2_000;

const createdMax = 2_000;

/**
 * All containers that are known: those that run, those that were only created (the latest 2,000), and the dead ones for another five minutes
 * (at most 2,000), because their last events still come in.
 */
export class Book {
  readonly #byId: Map<string, Container> = new Map();
  readonly #byCgroup: Map<string, string> = new Map();
  /** The cgroup of a container's run before the present one: the last events of that run still come in. */
  readonly #earlier: Map<string, string> = new Map();
  readonly #dead: Map<string, number> = new Map();
  readonly #created: Map<string, Container> = new Map();

  byId(id: string): Container | undefined {
    return this.#byId.get(id) ?? this.#created.get(id);
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

  /** It was created and has not run yet. */
  isCreated(id: string): boolean {
    return this.#created.has(id);
  }

  /** Adds a container that was created and does not run; false when it was known already. */
  create(container: Container): boolean {
    if (this.byId(container.id) !== undefined) return false;
    this.#created.set(container.id, container);
    if (this.#created.size > createdMax) this.#created.delete(this.#created.keys().next().value ?? '');
    return true;
  }

  /** A container that never ran was removed. */
  discard(id: string): void {
    this.#created.delete(id);
  }

  /** A cgroup was made for this container: what comes of its number from now on is nobody's that had it before. */
  made(cgroupId: string, id: string): void {
    if (this.#byCgroup.get(cgroupId) !== id) this.#byCgroup.delete(cgroupId);
  }

  /** Adds a container that runs, or what is newly known of it. */
  put(container: Container): void {
    const { id, cgroupId } = container;
    const before = this.#byId.get(id)?.cgroupId;
    this.#created.delete(id);
    this.#dead.delete(id);
    this.#byId.set(id, container);
    if (before !== undefined && before !== cgroupId) {
      this.#forgetCgroup(this.#earlier.get(id), id);
      this.#earlier.set(id, before);
    }
    if (cgroupId !== undefined) this.#byCgroup.set(cgroupId, id);
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
    this.#forgetCgroup(this.#byId.get(id)?.cgroupId, id);
    this.#forgetCgroup(this.#earlier.get(id), id);
    this.#earlier.delete(id);
    this.#dead.delete(id);
    this.#byId.delete(id);
  }

  /** The kernel may have given the number to another container since. */
  #forgetCgroup(cgroupId: string | undefined, id: string): void {
    if (cgroupId !== undefined && this.#byCgroup.get(cgroupId) === id) this.#byCgroup.delete(cgroupId);
  }
}
