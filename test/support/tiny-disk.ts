import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, rmdirSync, statfsSync, writeFileSync } from 'node:fs';
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
      const { bavail, bsize } = statfsSync(path);
      writeFileSync(ballast, Buffer.alloc(bavail * bsize));
    },
    free: () => rmSync(ballast),
    remove: () => {
      spawnSync('/bin/umount', [path]);
      rmdirSync(path);
    },
  };
}
