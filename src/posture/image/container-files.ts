import { closeSync, constants, fstatSync, opendirSync, openSync, readSync } from 'node:fs';
import { lstat, open, opendir } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

/** `O_PATH` of Linux: the same on every processor that Node runs on there. */
const pathOnly = 0o10000000;
const step = constants.O_NOFOLLOW | constants.O_DIRECTORY | pathOnly;
const reading = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/** A regular file in a directory. */
export interface FileEntry {
  readonly name: string;
  readonly sizeBytes: number;
  readonly mode: number;
  /** Names that it has. */
  readonly links: number;
}

/** Of a directory, as `PATH/.`, in order. */
async function firstNames(at: string, most: number): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of await opendir(at.slice(0, -2), { bufferSize: 256 })) {
    if (names.length >= most) break;
    names.push(name);
  }
  return names.toSorted();
}

/**
 * Files of a container's root, read from outside. What a container has put there is hostile: no symbolic link is followed, at any step, so that nothing leads out of
 * the container; no FIFO is waited for, no device opened; no more is read than is asked for. A file system that does not answer holds up the caller of `read` and `names`;
 * what `readLater`, `namesLater` and `files` promise comes late then, or never, and the event loop goes on.
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
      const file = openSync(at, reading);
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
    const found = this.#within(`${path}/.`, (at) => {
      // No more is held than is asked for, however many a container has made.
      const directory = opendirSync(at.slice(0, -2));
      try {
        const names: string[] = [];
        for (let entry = directory.readSync(); entry !== null && names.length < most; entry = directory.readSync())
          names.push(entry.name);
        return names;
      } finally {
        directory.closeSync();
      }
    });
    return found ?? [];
  }

  /** As `read`, without holding up the event loop. Never rejects. */
  async readLater(path: string, bytesMax: number): Promise<Buffer | undefined> {
    return this.#withinLater(path, async (at) => {
      const file = await open(at, reading);
      try {
        const about = await file.stat();
        if (!about.isFile() || about.size > bytesMax) return undefined;
        const bytes = Buffer.alloc(about.size);
        let length = 0;
        while (length < bytes.length) {
          const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
          if (bytesRead === 0) break;
          length += bytesRead;
        }
        return bytes.subarray(0, length);
      } finally {
        await file.close();
      }
    });
  }

  /** As `names`, without holding up the event loop. Never rejects. */
  async namesLater(path: string, most: number): Promise<readonly string[]> {
    return (await this.#withinLater(`${path}/.`, (at) => firstNames(at, most))) ?? [];
  }

  /** Regular files in a directory, of its first so many entries, by name; none where it cannot be read. Does not hold up the event loop, never rejects. */
  async files(path: string, most: number): Promise<readonly FileEntry[]> {
    const found = await this.#withinLater(`${path}/.`, async (at) => {
      const entries: FileEntry[] = [];
      for (const name of await firstNames(at, most)) {
        const about = await lstat(`${at}/${name}`).catch(() => undefined);
        if (about?.isFile() === true)
          entries.push({ name, sizeBytes: about.size, mode: about.mode, links: about.nlink });
      }
      return entries;
    });
    return found ?? [];
  }

  /** As `#within`. */
  async #withinLater<Result>(path: string, act: (at: string) => Promise<Result>): Promise<Result | undefined> {
    const steps = path.split('/').filter((name) => name !== '');
    const last = steps.pop();
    if (last === undefined || steps.includes('..')) return undefined;
    let directory: FileHandle | undefined;
    try {
      directory = await open(this.#root, constants.O_DIRECTORY | pathOnly);
      for (const name of steps) {
        const next = await open(`/proc/self/fd/${String(directory.fd)}/${name}`, step);
        await directory.close();
        directory = next;
      }
      return await act(`/proc/self/fd/${String(directory.fd)}/${last}`);
    } catch {
      return undefined;
    } finally {
      await directory?.close();
    }
  }

  /** Opens each directory on the way by itself; the last name is left to `act`. */
  #within<Result>(path: string, act: (at: string) => Result): Result | undefined {
    const steps = path.split('/').filter((name) => name !== '');
    const last = steps.pop();
    if (last === undefined || steps.includes('..')) return undefined;
    let directory = -1;
    try {
      // The link of the kernel itself is to be followed.
      directory = openSync(this.#root, constants.O_DIRECTORY | pathOnly);
      for (const name of steps) {
        const next = openSync(`/proc/self/fd/${String(directory)}/${name}`, step);
        closeSync(directory);
        directory = next;
      }
      return act(`/proc/self/fd/${String(directory)}/${last}`);
    } catch {
      return undefined;
    } finally {
      if (directory >= 0) closeSync(directory);
    }
  }
}
