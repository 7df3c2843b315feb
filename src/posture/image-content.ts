import { constants, type Dirent } from 'node:fs';
import { lstat, open, opendir } from 'node:fs/promises';
import type { ImagePackage, ImageProgram } from '../model/container-facts.ts';

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
const textMax = 8 << 20;
const linesMax = 1 << 19;
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
  return Promise.race([contentOf(root).catch(() => undefined), late]);
}

async function contentOf(root: string): Promise<ImageContent | undefined> {
  const found: ImageProgram[] = [];
  for (const directory of directories) {
    if (!(await isDirectory(root, directory))) continue;
    for (const name of await namesIn(`${root}${directory}`, entriesMax)) {
      if (found.length >= programsMax) return undefined;
      const about = await lstat(`${root}${directory}/${name}`).catch(() => undefined);
      // Many names of one file (busybox) are one program: which of them is meant by its path nobody knows.
      if (about?.isFile() !== true || (about.mode & 0o111) === 0 || about.nlink > 1) continue;
      found.push({ path: `${directory}/${name}`, sizeBytes: about.size });
    }
  }
  if (found.length === 0) return undefined;
  const { owners, sizes } = (await ofDpkg(root, found)) ??
    (await ofApk(root)) ?? { owners: new Map(), sizes: new Map() };
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

/** Each part of the path is a directory and no link; where one is a link (`/bin`), the directory that it leads to is looked at anyway. */
async function isDirectory(root: string, path: string): Promise<boolean> {
  const parts = path.slice(1).split('/');
  for (let length = 1; length <= parts.length; length++) {
    const about = await lstat(`${root}/${parts.slice(0, length).join('/')}`).catch(() => undefined);
    if (about?.isDirectory() !== true) return false;
  }
  return true;
}

async function namesIn(directory: string, max: number): Promise<readonly string[]> {
  const names: string[] = [];
  // A directory that is gone meanwhile has none.
  const entries = await opendir(directory).catch(() => [] as Dirent[]);
  for await (const { name } of entries) {
    if (isPlain(name)) names.push(name);
    if (names.length >= max) break;
  }
  return names.toSorted();
}

/** Undefined: there is no such regular file, or it may not be read. */
async function textAt(root: string, path: string): Promise<string | undefined> {
  if (!(await isDirectory(root, path.slice(0, path.lastIndexOf('/'))))) return undefined;
  const file = await open(`${root}${path}`, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => undefined,
  );
  if (file === undefined) return undefined;
  try {
    const about = await file.stat();
    if (!about.isFile()) return undefined;
    const bytes = Buffer.alloc(Math.min(about.size, textMax));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return bytes.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Debian's: sizes in `status`, files in a list of each package. Undefined where there is none. */
async function ofDpkg(root: string, programs: readonly ImageProgram[]): Promise<Owners | undefined> {
  const status = await textAt(root, '/var/lib/dpkg/status');
  if (status === undefined) return undefined;
  const sizes = dpkgSizes(status);
  const wanted = new Set(programs.map(({ path }) => path));
  const owners = new Map<string, string>();
  const info = '/var/lib/dpkg/info';
  if (!(await isDirectory(root, info))) return { owners, sizes };
  const lists = (await namesIn(`${root}${info}`, entriesMax)).filter((name) => name.endsWith('.list'));
  for (const list of lists.slice(0, listsMax)) {
    const name = list.slice(0, -'.list'.length).replace(/:[a-z0-9]+$/u, '');
    const text = await textAt(root, `${info}/${list}`);
    for (const line of (text ?? '').split('\n', linesMax))
      // What was packed for /bin lies in /usr/bin where the two are one.
      for (const path of [line, `/usr${line}`]) if (wanted.has(path)) owners.set(path, name);
  }
  return { owners, sizes };
}

/** Installed sizes by package, of `/var/lib/dpkg/status` (deb-control(5): KiB). Pure. */
export function dpkgSizes(status: string): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const entry of status.split('\n\n', linesMax)) {
    const name = /^Package: (.+)$/mu.exec(entry)?.[1];
    const size = /^Installed-Size: (\d{1,12})$/mu.exec(entry)?.[1];
    if (name !== undefined && isPlain(name) && size !== undefined) sizes.set(name, Number(size) * 1024);
  }
  return sizes;
}

async function ofApk(root: string): Promise<Owners | undefined> {
  const text = (await textAt(root, '/lib/apk/db/installed')) ?? (await textAt(root, '/usr/lib/apk/db/installed'));
  return text === undefined ? undefined : apkOwners(text);
}

/** Alpine's `installed`: P the package, I its bytes, F a directory, R a file in that. Pure. */
export function apkOwners(installed: string): Owners {
  const owners = new Map<string, string>();
  const sizes = new Map<string, number>();
  let [name, directory] = ['', ''];
  for (const line of installed.split('\n', linesMax)) {
    const value = line.slice(2);
    if (line.startsWith('P:')) [name, directory] = [isPlain(value) ? value : '', ''];
    else if (line.startsWith('I:') && name !== '' && /^\d{1,15}$/u.test(value)) sizes.set(name, Number(value));
    else if (line.startsWith('F:')) directory = value;
    else if (
      line.startsWith('R:') &&
      name !== '' &&
      directories.includes(`/${directory}` as (typeof directories)[number])
    )
      owners.set(`/${directory}/${value}`, name);
  }
  return { owners, sizes };
}
