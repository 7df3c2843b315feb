import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a directory and those above it that are missing. `mkdirSync` with `recursive` never ends below a directory that is there and in which
 * nothing can be made, such as /proc (Node 24).
 * @param mode Of each that is made.
 * @throws what `mkdir` fails with
 */
export function makeDirectory(directory: string, mode: number = 0o777): void {
  if (isDirectory(directory)) return;
  const parent = dirname(directory);
  if (parent !== directory) makeDirectory(parent, mode);
  try {
    mkdirSync(directory, { mode });
  } catch (error) {
    // Somebody else made it meanwhile.
    if (!isDirectory(directory)) throw error;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
