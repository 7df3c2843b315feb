import { mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

/**
 * Makes a directory and those above it that are missing; what is there already is left as it is. Node's own `recursive` is not used: where
 * the file system says of an existing directory that there is nothing (`/proc`, `/sys`: ENOENT) it tries for ever (libuv's mkdirp loop of
 * node_file.cc), and holds the thread.
 * @param mode of every directory that is made
 * @throws the system's error of the first directory that cannot be made; ENOTDIR where a file is in the way
 */
export function makeDirectory(path: string, mode = 0o777): void {
  const missing: string[] = [];
  for (let at = resolve(path); ; at = dirname(at)) {
    try {
      if (!statSync(at).isDirectory())
        throw Object.assign(new Error(`ENOTDIR: not a directory, mkdir '${at}'`), { code: 'ENOTDIR', path: at });
      break;
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || at === dirname(at)) throw error;
      missing.push(at);
    }
  }
  for (const directory of missing.toReversed()) {
    try {
      mkdirSync(directory, { mode });
    } catch (error) {
      // Somebody else was faster.
      if (codeOf(error) !== 'EEXIST' || !statSync(directory).isDirectory()) throw error;
    }
  }
}

/** Writes a file, renamed into place: whoever waits for it never reads half of it. Directories above it are made. @throws the system's error */
export function replaceFile(file: string, text: string): void {
  makeDirectory(dirname(file));
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}
