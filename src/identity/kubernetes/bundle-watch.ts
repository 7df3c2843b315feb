import { existsSync, readdirSync, statSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { dirname, join } from 'node:path';
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
  #begun = false;
  #stopped = false;

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
    const remembered = this.#remembered.get(containerId);
    if (remembered !== undefined) return remembered;
    // A runtime makes its folder with its first container.
    this.refresh();
    return bundleOf(containerId, this.#folders);
  }

  /** Begins to watch folders that are there by now, or are others than they were; of those that are not, where they will be made. Call it now and then. */
  refresh(): void {
    if (this.#stopped) return;
    const isFirst = !this.#begun;
    this.#begun = true;
    // By device and inode: the same folder, seen from here and from the node's first process, is watched once.
    const wanted = new Map<string, string>();
    for (const folder of this.#folders) {
      const place = identityOf(folder) === undefined ? dirname(folder) : folder;
      const identity = identityOf(place);
      if (identity !== undefined && !wanted.has(identity)) wanted.set(identity, place);
    }
    for (const [place, { identity }] of this.#watched) if (wanted.get(identity) !== place) this.#unwatch(place);
    for (const [identity, place] of wanted) {
      if (this.#watched.has(place) || !this.#watch(place, identity) || isFirst) continue;
      for (const name of namesIn(place)) this.#named(place, name);
    }
  }

  stop(): void {
    this.#stopped = true;
    for (const folder of this.#watched.keys()) this.#unwatch(folder);
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #watch(place: string, identity: string): boolean {
    try {
      const watcher = watch(place, { persistent: false }, (_, name) => {
        if (name !== null) this.#named(place, name);
      });
      watcher.on('error', () => this.#unwatch(place));
      this.#watched.set(place, { watcher, identity });
      return true;
    } catch {
      // No more watches to be had, or the folder went: the next `refresh` tries again.
      return false;
    }
  }

  /** Something of this name was made, or went. */
  #named(place: string, name: string): void {
    if (this.#folders.includes(place)) this.#look(place, name, 0);
    else if (this.#folders.includes(join(place, name)) && existsSync(join(place, name))) this.refresh();
  }

  #unwatch(folder: string): void {
    this.#watched.get(folder)?.watcher.close();
    this.#watched.delete(folder);
  }

  #look(folder: string, id: string, attempt: number): void {
    if (this.#remembered.has(id) || !idText.test(id)) return;
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

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
