import type { ImagePackage, ImageProgram } from '../model/container-facts.ts';
import { ContainerFiles } from './image/container-files.ts';
import { apkPackages, dpkgLists, dpkgPaths, dpkgSizes } from './image/package-database.ts';

/** What an image holds, as far as advice asks for it. */
export interface ImageContent {
  readonly programs: readonly ImageProgram[];
  readonly packages: readonly ImagePackage[];
}

const directories = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'] as const;
/** Of all directories together: an image with more is one that nobody reads a list of. */
const programsMax = 4096;
const entriesMax = 16_384;
const listsMax = 1024;
/** What has more is not read. */
const textMax = 8 << 20;
/** Reading is for nothing after that: a file system that does not answer holds up one look alone. */
const timeoutMs = 5_000;

/** A name that is shown to people and sent to the collector. */
const isPlain = (name: string): boolean => /^[\w.+:@[-]{1,100}$/u.test(name);

/**
 * Programs and packages of a running container, read from its root. Bounded in files, bytes and time. Nothing is believed of the container: links are not
 * followed, what is no regular file is not opened. Undefined where its root may not be read, or does not answer in time. Never rejects.
 * @param root `/proc/PID/root`
 */
export async function readImageContent(root: string): Promise<ImageContent | undefined> {
  const late = new Promise<undefined>((resolve) => {
    setTimeout(() => resolve(undefined), timeoutMs).unref();
  });
  return Promise.race([contentOf(new ContainerFiles(root)).catch(() => undefined), late]);
}

async function contentOf(files: ContainerFiles): Promise<ImageContent | undefined> {
  const found: ImageProgram[] = [];
  // Where one of them is a link (`/bin`), it has nothing: the directory that it leads to is looked at anyway.
  for (const directory of directories)
    for (const { name, mode, links, sizeBytes } of await files.files(directory, entriesMax)) {
      if (found.length >= programsMax) return undefined;
      // Many names of one file (busybox) are one program: which of them is meant by its path nobody knows.
      if (isPlain(name) && (mode & 0o111) !== 0 && links === 1) found.push({ path: `${directory}/${name}`, sizeBytes });
    }
  if (found.length === 0) return undefined;
  const { owners, sizes } = (await ofDpkg(files, found)) ??
    (await ofApk(files)) ?? { owners: new Map(), sizes: new Map() };
  const programs = found.map((one): ImageProgram => {
    const name = owners.get(one.path);
    return name === undefined ? one : { ...one, package: name };
  });
  const names = [...new Set(programs.flatMap(({ package: name }) => name ?? []))].toSorted();
  return { programs, packages: names.map((name) => ({ name, sizeBytes: sizes.get(name) ?? 0 })) };
}

/** Packages by path of the programs, and what each takes. */
interface Owners {
  readonly owners: ReadonlyMap<string, string>;
  readonly sizes: ReadonlyMap<string, number>;
}

/** Debian's: sizes in `status`, files in a list of each package. Undefined where there is none. */
async function ofDpkg(files: ContainerFiles, programs: readonly ImageProgram[]): Promise<Owners | undefined> {
  const status = await files.readLater('/var/lib/dpkg/status', textMax);
  if (status === undefined) return undefined;
  const wanted = new Set(programs.map(({ path }) => path));
  const owners = new Map<string, string>();
  const info = '/var/lib/dpkg/info';
  const names = await files.namesLater(info, entriesMax);
  const lists = [...dpkgLists(names)].filter(([name]) => isPlain(name)).slice(0, listsMax);
  for (const [name, parts] of lists)
    for (const part of parts) {
      const text = (await files.readLater(`${info}/${part}`, textMax))?.toString('latin1') ?? '';
      for (const packed of dpkgPaths(part, text))
        // What was packed for /bin lies in /usr/bin where the two are one.
        for (const path of [packed, `/usr${packed}`]) if (wanted.has(path)) owners.set(path, name);
    }
  return { owners, sizes: dpkgSizes(status.toString('latin1')) };
}

async function ofApk(files: ContainerFiles): Promise<Owners | undefined> {
  const installed =
    (await files.readLater('/lib/apk/db/installed', textMax)) ??
    (await files.readLater('/usr/lib/apk/db/installed', textMax));
  return installed === undefined ? undefined : apkOwners(installed.toString('latin1'));
}

/** Of Alpine's `installed`. Pure. */
export function apkOwners(installed: string): Owners {
  const owners = new Map<string, string>();
  const sizes = new Map<string, number>();
  const wanted = new Set<string>(directories);
  for (const { name, sizeBytes, files } of apkPackages(installed)) {
    if (!isPlain(name)) continue;
    if (sizeBytes !== undefined) sizes.set(name, sizeBytes);
    for (const file of files) if (wanted.has(file.slice(0, file.lastIndexOf('/')))) owners.set(file, name);
  }
  return { owners, sizes };
}
