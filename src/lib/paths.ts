import { posix } from 'node:path';

/** A path as it was named from a working directory, from the root; as it is where it is empty, or the directory is not known. Pure, of names alone. */
export function fromDirectory(path: string, directory: string): string {
  return path === '' || path.startsWith('/') || !directory.startsWith('/') ? path : posix.join(directory, path);
}
