import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { appendFile, open, readdir, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { makeDirectory } from '../lib/directory.ts';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { SnapshotArchive, SnapshotQuery, StoredSnapshot } from '../model/snapshot.ts';
import { storeError } from './database.ts';

export interface SnapshotArchivesOptions {
  /** Made when it is not there; only its owner may look into it. */
  readonly directory: string;
  readonly log: Logger;
  /** Of all archives together. */
  readonly sizeBytesMax: number;
  readonly countMax: number;
}

/** An archive that is coming in. */
export interface Receiving {
  /** How much of it has come already. */
  readonly offset: number;
  /** Adds what comes next. */
  append(bytes: Buffer): Promise<void>;
  /** All has come: durable when it resolves `stored`. `damaged`: the bytes are not those that were offered; they are gone. */
  finish(nowMs: number): Promise<'stored' | 'damaged'>;
}

const shortIdLength = 12;
/** What stays free on the disk for everything else that the collector writes. */
const freeBytesMin = 512 << 20;
/** Of archives that came in part, beside the one that is coming. */
const abandonedBytesMax = 512 << 20;
const metadataName = /^([0-7][0-9A-HJKMNP-TV-Z]{25})\.json$/;

/**
 * Snapshots at the collector: files beside the database, `ID.tar.gz` with what it is in `ID.json`; what is still coming is `ID.part`. What they are is
 * held in memory, some 10 kB each. When they are too many or too large, the oldest of the node that has the most go first, so that no node can push out
 * what others have sent. Throws `store.…` as the database does.
 */
export class SnapshotArchives {
  readonly #options: SnapshotArchivesOptions;
  readonly #stored: Map<string, StoredSnapshot> = new Map();
  #removed = 0;

  constructor(options: SnapshotArchivesOptions) {
    this.#options = options;
    const { directory } = options;
    try {
      makeDirectory(directory, 0o700);
      const names = readdirSync(directory);
      // What was half sent when this ended is asked for from where it stopped, unless nobody offers it any more: then it is in the way.
      for (const name of names) if (name.endsWith('.new')) rmSync(join(directory, name));
      for (const name of names.toSorted()) {
        const id = metadataName.exec(name)?.[1];
        const stored = id === undefined ? undefined : this.#load(id);
        if (stored !== undefined) this.#stored.set(stored.manifest.id, stored);
      }
    } catch (error) {
      throw storeError(error, directory);
    }
  }

  get count(): number {
    return this.#stored.size;
  }

  get sizeBytes(): number {
    return [...this.#stored.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  /** How many made room for others. */
  get removed(): number {
    return this.#removed;
  }

  /** The latest first. */
  list({ incident, container, node, limit }: SnapshotQuery): readonly StoredSnapshot[] {
    const found: StoredSnapshot[] = [];
    const byTime = [...this.#stored.values()].toSorted((a, b) => (a.manifest.takenAt < b.manifest.takenAt ? 1 : -1));
    for (const stored of byTime) {
      if (found.length === limit) break;
      const { manifest } = stored;
      if (incident !== undefined && manifest.incident !== incident) continue;
      if (node !== undefined && manifest.node !== node) continue;
      if (container !== undefined && !isContainer(manifest.container, container)) continue;
      found.push(stored);
    }
    return found;
  }

  get(id: string): StoredSnapshot | undefined {
    return this.#stored.get(id);
  }

  /** The archive's bytes; undefined where there is none. */
  read(id: string): Readable | undefined {
    return this.#stored.has(id) ? createReadStream(this.#path(id, 'tar.gz')) : undefined;
  }

  /** Begins, or goes on, to take in an archive. Throws `store.full` where there is no room for it beside everything else. */
  async receive(archive: SnapshotArchive): Promise<Receiving> {
    const { directory } = this.#options;
    const { id } = archive.manifest;
    const part = this.#path(id, 'part');
    try {
      await this.#dropAbandoned(`${id}.part`);
      let offset = await sizeOf(part);
      if (offset > archive.sizeBytes) {
        await rm(part, { force: true });
        offset = 0;
      }
      const { bavail, bsize } = await statfs(directory);
      if (bavail * bsize < archive.sizeBytes - offset + freeBytesMin)
        throw new AnchorwatchError('store.full', `${directory}: too little space is left for a snapshot`, {
          retryable: true,
        });
      return {
        offset,
        append: (bytes) => appendFile(part, bytes, { mode: 0o600 }),
        finish: (nowMs) => this.#finish(archive, nowMs),
      };
    } catch (error) {
      throw storeError(error, directory);
    }
  }

  async #finish(archive: SnapshotArchive, nowMs: number): Promise<'stored' | 'damaged'> {
    const { directory } = this.#options;
    const { id } = archive.manifest;
    const part = this.#path(id, 'part');
    try {
      const hash = createHash('sha256');
      let sizeBytes = 0;
      for await (const chunk of createReadStream(part) as AsyncIterable<Buffer>) {
        hash.update(chunk);
        sizeBytes += chunk.length;
      }
      if (sizeBytes !== archive.sizeBytes || hash.digest('hex') !== archive.sha256) {
        await rm(part, { force: true });
        return 'damaged';
      }
      await syncFile(part);
      const stored: StoredSnapshot = { ...archive, storedAt: new Date(nowMs).toISOString() };
      await writeFile(this.#path(id, 'new'), JSON.stringify(stored), { mode: 0o600, flush: true });
      await rename(part, this.#path(id, 'tar.gz'));
      await rename(this.#path(id, 'new'), this.#path(id, 'json'));
      await syncFile(directory);
      this.#stored.set(id, stored);
    } catch (error) {
      throw storeError(error, directory);
    }
    await this.#makeRoom(id);
    return 'stored';
  }

  /** What came in part and was never completed must not fill the disk; the oldest goes first. */
  async #dropAbandoned(except: string): Promise<void> {
    const { directory } = this.#options;
    const names = (await readdir(directory)).filter((name) => name.endsWith('.part') && name !== except).toSorted();
    let total = 0;
    // Names begin with the time: the latest are looked at first, and kept.
    for (const name of names.toReversed()) {
      total += await sizeOf(join(directory, name));
      if (total > abandonedBytesMax) await rm(join(directory, name), { force: true });
    }
  }

  async #makeRoom(newest: string): Promise<void> {
    const { sizeBytesMax, countMax, log } = this.#options;
    while (this.#stored.size > 1 && (this.count > countMax || this.sizeBytes > sizeBytesMax)) {
      const oldest = oldestOfLargest([...this.#stored.values()], newest);
      if (oldest === undefined) return;
      const { id, node } = oldest.manifest;
      this.#stored.delete(id);
      this.#removed++;
      log.info({ snapshot: id, node }, 'a snapshot made room for a newer one');
      for (const kind of ['json', 'tar.gz'] as const) await rm(this.#path(id, kind), { force: true });
    }
  }

  #load(id: string): StoredSnapshot | undefined {
    try {
      const stored = JSON.parse(readFileSync(this.#path(id, 'json'), 'utf8')) as StoredSnapshot;
      if (stored.manifest.id === id && statSync(this.#path(id, 'tar.gz')).size === stored.sizeBytes) return stored;
      this.#options.log.error(
        { code: 'snapshot.damaged', snapshot: id },
        'a snapshot is not what was stored; it is left out',
      );
    } catch (error) {
      this.#options.log.error(
        { code: 'snapshot.damaged', snapshot: id },
        `a snapshot cannot be read: ${errorText(error)}`,
      );
    }
    return undefined;
  }

  #path(id: string, kind: 'tar.gz' | 'json' | 'part' | 'new'): string {
    return join(this.#options.directory, `${id}.${kind}`);
  }
}

function isContainer({ id, name }: StoredSnapshot['manifest']['container'], wanted: string): boolean {
  return id === wanted || name === wanted || (wanted.length >= shortIdLength && id.startsWith(wanted));
}

/** Of the node whose snapshots take the most room, the oldest; never the newest of all. Pure. */
function oldestOfLargest(stored: readonly StoredSnapshot[], newest: string): StoredSnapshot | undefined {
  const size = (some: readonly StoredSnapshot[]): number => some.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return [...Map.groupBy(stored, ({ manifest }) => manifest.node).values()]
    .toSorted((a, b) => size(b) - size(a))
    .flatMap((own) => own.toSorted((a, b) => (a.manifest.takenAt < b.manifest.takenAt ? -1 : 1)))
    .find(({ manifest }) => manifest.id !== newest);
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
