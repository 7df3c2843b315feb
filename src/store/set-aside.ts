import { renameSync, rmSync } from 'node:fs';
import { AnchorwatchError } from '../lib/errors.ts';
import { storeError } from './database.ts';

/** What is appended to the name of a damaged file. A second one takes the place of the first: damage must not fill the disk. */
const suffix = '.damaged';

/**
 * Opens a database; when its file is damaged (`store.corrupt`), moves it aside and opens a new one. For files that the node can do without:
 * to watch with nothing learned is better than not to watch.
 * @param open Opens it; closes it again when it throws.
 * @param told Called after the move, with the new name and why.
 * @throws what `open` throws, and `store.…` when the file cannot be moved
 */
export function openOrSetAside<Opened>(
  path: string,
  open: () => Opened,
  told: (aside: string, error: AnchorwatchError) => void,
): Opened {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof AnchorwatchError) || error.code !== 'store.corrupt') throw error;
    const aside = `${path}${suffix}`;
    try {
      for (const companion of ['', '-wal', '-shm']) {
        rmSync(`${aside}${companion}`, { force: true });
        moveIfThere(`${path}${companion}`, `${aside}${companion}`);
      }
    } catch (cause) {
      throw storeError(cause, path);
    }
    told(aside, error);
    return open();
  }
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
