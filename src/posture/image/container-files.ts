import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from 'node:fs';

/** `O_PATH` of Linux: the same on every processor that Node runs on there. */
const pathOnly = 0o10000000;
const step = constants.O_NOFOLLOW | constants.O_DIRECTORY | pathOnly;

/**
 * Files of a container's root, read from outside. What a container has put there is hostile: no symbolic link is followed, at any step, so that nothing leads out of
 * the container; no FIFO is waited for, no device opened; no more is read than is asked for.
 */
export class ContainerFiles {
  readonly #root: string;

  /** @param root `/proc/PID/root` */
  constructor(root: string) {
    this.#root = root;
  }

  /** Undefined: there is no such regular file, a link leads there, or it has more bytes. */
  read(path: string, bytesMax: number): Buffer | undefined {
    return this.#within(path, (at) => {
      const file = openSync(at, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY);
      try {
        const { size } = fstatSync(file);
        if (!fstatSync(file).isFile() || size > bytesMax) return undefined;
        const bytes = Buffer.alloc(size);
        let length = 0;
        while (length < size) {
          const read = readSync(file, bytes, length, size - length, length);
          if (read === 0) break;
          length += read;
        }
        return bytes.subarray(0, length);
      } finally {
        closeSync(file);
      }
    });
  }

  /** Names in a directory, at most so many; none where it cannot be read. */
  names(path: string, most: number): readonly string[] {
    return this.#within(`${path}/.`, (at) => readdirSync(at.slice(0, -2)).slice(0, most)) ?? [];
  }

  /** Opens each directory on the way by itself; the last name is left to `act`. */
  #within<Result>(path: string, act: (at: string) => Result): Result | undefined {
    const steps = path.split('/').filter((name) => name !== '');
    const last = steps.pop();
    if (last === undefined || steps.includes('..')) return undefined;
    let open = -1;
    try {
      // The link of the kernel itself is to be followed.
      open = openSync(this.#root, constants.O_DIRECTORY | pathOnly);
      for (const name of steps) {
        const next = openSync(`/proc/self/fd/${String(open)}/${name}`, step);
        closeSync(open);
        open = next;
      }
      return act(`/proc/self/fd/${String(open)}/${last}`);
    } catch {
      return undefined;
    } finally {
      if (open >= 0) closeSync(open);
    }
  }
}
