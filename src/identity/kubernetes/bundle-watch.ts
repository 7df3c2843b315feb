import { existsSync, statSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { bundleOf } from './bundle.ts';
import type { Bundle } from './bundle.ts';

/** Containers that come within the seconds that a busy machine may be late. */
const rememberedMax = 1_024;
/** containerd makes the folder and writes the file at once, CRI-O may take seconds in between. Sums up to some five seconds. */
const looksMs = [2, 5, 10, 20, 50, 100, 200, 500, 1_000, 3_000];
const idText = /^[0-9a-f]{64}$/;

interface Watched {
  readonly watcher: FSWatcher;
  /** Device and inode: a runtime that begins anew makes another folder of the same name. */
  readonly identity: string;
}

/**
 * Reads what the runtime writes down of a container when it is written, and not when the kernel's word of its cgroup has come through: on a busy machine a
 * container that lives for a tenth of a second is gone by then, and its files with it. The runtime makes them well before the cgroup. Remembers the last
 * 1,024; where folders cannot be watched everything is as without it.
 */
export class BundleWatch {
  readonly #folders: readonly string[];
  readonly #watched: Map<string, Watched> = new Map();
  readonly #remembered: Map<string, Bundle> = new Map();
  readonly #timers: Set<NodeJS.Timeout> = new Set();

  /** @param folders Where bundles are looked for; see `everywhere` */
  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  /** Containers that are remembered. */
  get size(): number {
    return this.#remembered.size;
  }

  /** What was written down of a container; undefined when nothing can be read, and could be. */
  of(containerId: string): Bundle | undefined {
    // A runtime makes its folder with its first container.
    if (this.#watched.size === 0) this.refresh();
    return this.#remembered.get(containerId) ?? bundleOf(containerId, this.#folders);
  }

  /** Begins to watch folders that are there by now, or are others than they were. Call it now and then. */
  refresh(): void {
    const identities = new Set<string>();
    for (const folder of this.#folders) {
      const identity = identityOf(folder);
      const before = this.#watched.get(folder);
      // The same folder, seen from here and from the node's first process, is watched once.
      const isWanted = identity !== undefined && !identities.has(identity);
      if (identity !== undefined) identities.add(identity);
      if (before !== undefined && (!isWanted || before.identity !== identity)) this.#unwatch(folder);
      if (isWanted && this.#watched.get(folder) === undefined) this.#watch(folder, identity);
    }
  }

  stop(): void {
    for (const folder of this.#watched.keys()) this.#unwatch(folder);
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #watch(folder: string, identity: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name !== null && idText.test(name)) this.#look(folder, name, 0);
      });
      watcher.on('error', () => this.#unwatch(folder));
      this.#watched.set(folder, { watcher, identity });
    } catch {
      // No more watches to be had, or the folder went: the next `refresh` tries again.
    }
  }

  #unwatch(folder: string): void {
    this.#watched.get(folder)?.watcher.close();
    this.#watched.delete(folder);
  }

  #look(folder: string, id: string, attempt: number): void {
    if (this.#remembered.has(id)) return;
    const bundle = bundleOf(id, [folder]);
    if (bundle !== undefined) return this.#remember(id, bundle);
    const waitMs = looksMs[attempt];
    if (waitMs === undefined || this.#timers.size >= rememberedMax || !existsSync(`${folder}/${id}`)) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#look(folder, id, attempt + 1);
    }, waitMs);
    this.#timers.add(timer);
  }

  #remember(id: string, bundle: Bundle): void {
    this.#remembered.set(id, bundle);
    if (this.#remembered.size > rememberedMax)
      for (const oldest of this.#remembered.keys()) return void this.#remembered.delete(oldest);
  }
}

function identityOf(folder: string): string | undefined {
  try {
    const { dev, ino } = statSync(folder);
    return `${String(dev)}:${String(ino)}`;
  } catch {
    return undefined;
  }
}
