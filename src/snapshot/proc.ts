import { opendirSync, openSync, readlinkSync } from 'node:fs';
import { escapeBytes } from '../lib/escape.ts';
import { readHead } from '../lib/proc-file.ts';
import type { Head } from '../lib/proc-file.ts';

/** `/proc` as a snapshot reads it (proc(5)). All of them throw what the system says: ENOENT and ESRCH of a process that is gone, EACCES. */
export interface Proc {
  /** At most `max` bytes of a file. @param path Below `/proc`: `1/stat`. */
  read(path: string, max: number): Head;
  /** What a link points to, escaped. */
  link(path: string): string;
  /** At most `max` names of a directory, in its order. */
  list(path: string, max: number): { readonly names: readonly string[]; readonly cut: boolean };
  /**
   * Holds on to the file behind a path without opening it, so that it can be read when its process and its name are gone, and so that no file system
   * can make this wait. Whoever asks closes the descriptor.
   */
  pin(path: string): number;
}

/** `O_PATH` of open(2); Node has no name for it. */
const pathOnly = 0o10_000_000;

/** The machine's own. @param root For tests: a directory that looks like it. */
export function systemProc(root = '/proc'): Proc {
  return {
    read: (path, max) => readHead(`${root}/${path}`, max),
    link: (path) => escapeBytes(readlinkSync(`${root}/${path}`, { encoding: 'buffer' })),
    list(path, max) {
      const directory = opendirSync(`${root}/${path}`, { bufferSize: 256 });
      const names: string[] = [];
      try {
        for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
          if (names.length === max) return { names, cut: true };
          names.push(entry.name);
        }
      } finally {
        directory.closeSync();
      }
      return { names, cut: false };
    },
    pin: (path) => openSync(`${root}/${path}`, pathOnly),
  };
}
