import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, rmdirSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own that can be filled up. */
export interface TinyDisk {
  readonly path: string;
  /** Takes all the room that is left. */
  fill(): void;
  /** Gives it back. */
  free(): void;
  remove(): void;
}

function free(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

/** Mounts a tmpfs of this size, or answers why that is not possible here (it takes root). */
export function mountTinyDisk(sizeBytes: number): TinyDisk | string {
  const path = mkdtempSync(join(tmpdir(), 'anchorwatch-disk-'));
  const mounted = spawnSync(
    '/bin/mount',
    ['-t', 'tmpfs', '-o', `size=${String(sizeBytes)}`, 'anchorwatch-test', path],
    {
      encoding: 'utf8',
    },
  );
  if (mounted.status !== 0) {
    rmdirSync(path);
    return `cannot mount a tmpfs: ${mounted.error?.message ?? mounted.stderr.trim()}`;
  }
  const ballast = join(path, 'ballast');
  return {
    path,
    fill: () => {
      // Whoever is to run out of room may take some of it, or give some back, at the same time.
      for (let room = free(path); room > 0; room = free(path)) {
        try {
          appendFileSync(ballast, Buffer.alloc(room));
        } catch (error) {
          if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
        }
      }
    },
    free: () => rmSync(ballast),
    remove: () => {
      spawnSync('/bin/umount', [path]);
      rmdirSync(path);
    },
  };
}
