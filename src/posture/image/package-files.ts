import type { ContainerFiles } from './container-files.ts';

/** Of a database of packages, or of the list of one. */
const databaseMax = 32 << 20;
const listMax = 4 << 20;
/** Files of one package that are compared with what is used. */
const filesMax = 50_000;
const namesMax = 50_000;

/** Which files a package of the distribution has put into a container, by its own package manager. Undefined: it does not know the package. */
export interface PackageFiles {
  filesOf(name: string): readonly string[] | undefined;
}

/**
 * Reads the database of the package manager in a container's root: dpkg's lists (`/var/lib/dpkg/info/NAME.list`, or of what has no shell `status.d/NAME` without
 * lists), or apk's `/lib/apk/db/installed`. Undefined: there is none that is known (rpm's is not).
 */
export function packageFiles(files: ContainerFiles): PackageFiles | undefined {
  const apk = files.read('/lib/apk/db/installed', databaseMax) ?? files.read('/usr/lib/apk/db/installed', databaseMax);
  if (apk !== undefined) {
    const packages = apkFiles(apk.toString('latin1'));
    return { filesOf: (name) => packages.get(name) };
  }
  for (const directory of ['/var/lib/dpkg/info', '/var/lib/dpkg/status.d']) {
    const lists = dpkgLists(files.names(directory, namesMax));
    if (lists.size === 0) continue;
    return {
      filesOf: (name) => {
        const found = (lists.get(name) ?? []).flatMap((file) => {
          const bytes = files.read(`${directory}/${file}`, listMax);
          if (bytes === undefined) return [];
          return file.endsWith('.md5sums') ? md5Files(bytes.toString('utf8')) : listFiles(bytes.toString('utf8'));
        });
        return found.length === 0 ? undefined : [...new Set(found)];
      },
    };
  }
  return undefined;
}

/** Names of the files that say what a package has, by package: `libc6:amd64.list`, or `libc6.md5sums` where there are no lists. Pure. */
function dpkgLists(names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const lists = new Map<string, string[]>();
  const add = (suffix: string, isWanted: (name: string) => boolean): void => {
    for (const file of names) {
      if (!file.endsWith(suffix)) continue;
      const name = file.slice(0, -suffix.length).replace(/:[a-z0-9]+$/, '');
      if (isWanted(name)) lists.set(name, [...(lists.get(name) ?? []), file]);
    }
  };
  add('.list', () => true);
  const listed = new Set(lists.keys());
  add('.md5sums', (name) => !listed.has(name));
  return lists;
}

/** Lines of a list of dpkg, without the directories that hold others of them. Pure. */
export function listFiles(text: string): readonly string[] {
  const paths = text.split('\n').filter((line) => line.startsWith('/') && line !== '/.');
  const directories = new Set(paths.map((path) => path.slice(0, path.lastIndexOf('/'))));
  return paths.filter((path) => !directories.has(path)).slice(0, filesMax);
}

/** `digest  path`, a package a file. Pure. */
function md5Files(text: string): readonly string[] {
  return text
    .split('\n')
    .flatMap((line) => {
      const path = /^[\da-f]{32}\s+(.+)$/.exec(line)?.[1];
      return path === undefined ? [] : [`/${path.replace(/^\/+/, '')}`];
    })
    .slice(0, filesMax);
}

/**
 * Of apk's database: `P:` the name of a package, `o:` what it was built from, `F:` a directory, `R:` a file in it. Some scanners name what packages were built from:
 * where no package has that name, it stands for all of them. Pure.
 */
export function apkFiles(text: string): ReadonlyMap<string, readonly string[]> {
  const packages = new Map<string, string[]>();
  const origins = new Map<string, string[]>();
  const put = (into: Map<string, string[]>, name: string, files: readonly string[]): void => {
    if (name !== '') into.set(name, [...(into.get(name) ?? []), ...files].slice(0, filesMax));
  };
  for (const entry of text.split('\n\n')) {
    let name = '';
    let origin = '';
    let directory = '';
    const files: string[] = [];
    for (const line of entry.split('\n')) {
      const value = line.slice(2);
      if (line.startsWith('P:')) name = value;
      else if (line.startsWith('o:')) origin = value;
      else if (line.startsWith('F:')) directory = value;
      else if (line.startsWith('R:')) files.push(directory === '' ? `/${value}` : `/${directory}/${value}`);
    }
    put(packages, name, files);
    put(origins, origin, files);
  }
  return new Map([...origins, ...packages]);
}
