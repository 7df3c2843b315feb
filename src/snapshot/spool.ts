import { closeSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs';
import { fsyncSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '../lib/directory.ts';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { SnapshotArchive } from '../model/snapshot.ts';

export interface SpoolOptions {
  /** Made when it is not there; only its owner may look into it. */
  readonly directory: string;
  readonly log: Logger;
  /** Default 32. */
  readonly snapshotsMax?: number;
  /** Of all archives together; the last one may go over it. Default 256 MiB. */
  readonly sizeBytesMax?: number;
  /** What has to be free on the disk before another one is taken. Default 256 MiB. */
  readonly freeBytesMin?: number;
}

const archiveName = /^([0-9A-HJKMNP-TV-Z]{26})\.tar\.gz$/;

/**
 * Snapshots on the node's disk until the collector has them: `ID.tar.gz`, with what it is in `ID.json`. When there is no more room no further one is
 * taken: the first of an attack say more than the last.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #waiting: Map<string, SnapshotArchive> = new Map();

  /** Finds what an earlier run left; half-written ones are removed. Throws what the system says of the directory. */
  constructor(options: SpoolOptions) {
    this.#options = options;
    const { directory } = options;
    makeDirectory(directory, 0o700);
    const names = readdirSync(directory);
    for (const name of names.toSorted()) {
      const id = archiveName.exec(name)?.[1];
      const archive = id === undefined ? undefined : this.#read(id);
      if (id !== undefined && archive !== undefined) this.#waiting.set(id, archive);
      else if (!isMetadata(name, names)) rmSync(join(directory, name), { recursive: true, force: true });
    }
  }

  /** Those that the collector does not have, the oldest first. */
  get waiting(): readonly SnapshotArchive[] {
    return [...this.#waiting.values()];
  }

  get sizeBytes(): number {
    return this.waiting.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  /** Whether another one may be taken. */
  room(): 'room' | 'spool_full' | 'disk_low' {
    const { directory, snapshotsMax = 32, sizeBytesMax = 256 << 20, freeBytesMin = 256 << 20 } = this.#options;
    if (this.#waiting.size >= snapshotsMax || this.sizeBytes >= sizeBytesMax) return 'spool_full';
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize < freeBytesMin ? 'disk_low' : 'room';
  }

  /** Where an archive is written before `add`. */
  pathOfNew(id: string): string {
    return join(this.#options.directory, `${id}.new`);
  }

  /** Keeps the archive that stands at `pathOfNew`; it survives a crash from then on. Throws what the system says. */
  add(archive: SnapshotArchive): void {
    const { directory } = this.#options;
    const { id } = archive.manifest;
    writeDurably(join(directory, `${id}.json`), JSON.stringify(archive));
    renameSync(this.pathOfNew(id), join(directory, `${id}.tar.gz`));
    this.#waiting.set(id, archive);
  }

  get(id: string): SnapshotArchive | undefined {
    return this.#waiting.get(id);
  }

  /** At most `lengthBytes` of an archive. Rejects with what the system says. */
  async read(id: string, offset: number, lengthBytes: number): Promise<Buffer> {
    const file = await open(join(this.#options.directory, `${id}.tar.gz`));
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(lengthBytes), 0, lengthBytes, offset);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  /** The collector has it, or nobody wants it. */
  remove(id: string): void {
    if (!this.#waiting.delete(id)) return;
    for (const name of [`${id}.tar.gz`, `${id}.json`]) rmSync(join(this.#options.directory, name), { force: true });
  }

  #read(id: string): SnapshotArchive | undefined {
    const { directory, log } = this.#options;
    try {
      const archive = JSON.parse(readFileSync(join(directory, `${id}.json`), 'utf8')) as SnapshotArchive;
      const whole = statSync(join(directory, `${id}.tar.gz`)).size === archive.sizeBytes;
      if (whole && archive.manifest.id === id) return archive;
      log.error(
        { code: 'snapshot.damaged', snapshot: id },
        'a snapshot on disk is not what was written, it is removed',
      );
    } catch (error) {
      log.error({ code: 'snapshot.damaged', snapshot: id }, `a snapshot on disk cannot be read: ${errorText(error)}`);
    }
    for (const name of [`${id}.tar.gz`, `${id}.json`]) rmSync(join(directory, name), { force: true });
    return undefined;
  }
}

/** What an archive is stands in the file beside it. */
function isMetadata(name: string, names: readonly string[]): boolean {
  return name.endsWith('.json') && names.includes(name.replace(/\.json$/, '.tar.gz'));
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'w', 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
