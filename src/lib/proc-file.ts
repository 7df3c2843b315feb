import { closeSync, openSync, readSync } from 'node:fs';

const scratch = Buffer.alloc(64 << 10);

/** The beginning of a file, and whether there is more of it. */
export interface Head {
  readonly bytes: Buffer;
  readonly cut: boolean;
}

/**
 * Reads at most `max` bytes of a file of `/proc`, whose size is not known before it ends and which a process may make as large as it likes.
 * Throws what the system says: ENOENT and ESRCH when the process is gone, EACCES and EPERM when it may not be looked at.
 */
export function readHead(path: string, max: number): Head {
  const file = openSync(path, 'r');
  try {
    const parts: Buffer[] = [];
    let length = 0;
    while (length <= max) {
      const read = readSync(file, scratch, 0, Math.min(scratch.length, max + 1 - length), null);
      if (read === 0) break;
      parts.push(Buffer.from(scratch.subarray(0, read)));
      length += read;
    }
    const bytes = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    return { bytes: bytes.subarray(0, max), cut: length > max };
  } finally {
    closeSync(file);
  }
}

/**
 * A short file of `/proc` that stays open, which makes reading it again three times cheaper. It belongs to one process or namespace for ever: when
 * that is gone, reading throws.
 */
export class HeldFile {
  readonly #file: number;

  /** Throws what the system says. */
  constructor(path: string) {
    this.#file = openSync(path, 'r');
  }

  /** What it says now, at most 64 KiB; the bytes are good until the next read of any such file. Throws ESRCH when the process is gone. */
  read(): Buffer {
    return scratch.subarray(0, readSync(this.#file, scratch, 0, scratch.length, 0));
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Why something could not be read: its process ended, or it is none of ours to see. */
export function failureOf(error: unknown): 'gone' | 'denied' {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return code === 'EACCES' || code === 'EPERM' ? 'denied' : 'gone';
}
