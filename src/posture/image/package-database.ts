/** What package managers write down, as text that a container may have made up. All of it pure. */

/** Files of one package that are kept. */
const filesMax = 50_000;
const entriesMax = 1 << 19;

/** An entry of apk's database. */
export interface ApkPackage {
  readonly name: string;
  /** What it was built from; empty: not told. */
  readonly origin: string;
  /** Undefined: not told. */
  readonly sizeBytes: number | undefined;
  readonly files: readonly string[];
}

/** Of apk's `installed`: `P:` the name of a package, `o:` what it was built from, `I:` its bytes, `F:` a directory, `R:` a file in it. */
export function apkPackages(installed: string): readonly ApkPackage[] {
  return installed.split('\n\n', entriesMax).map((entry) => {
    let [name, origin, directory] = ['', '', ''];
    let sizeBytes: number | undefined;
    const files: string[] = [];
    for (const line of entry.split('\n', entriesMax)) {
      const value = line.slice(2);
      if (line.startsWith('P:')) name = value;
      else if (line.startsWith('o:')) origin = value;
      else if (line.startsWith('I:')) sizeBytes = /^\d{1,15}$/u.test(value) ? Number(value) : undefined;
      else if (line.startsWith('F:')) directory = value;
      else if (line.startsWith('R:') && files.length < filesMax)
        files.push(directory === '' ? `/${value}` : `/${directory}/${value}`);
    }
    return { name, origin, sizeBytes, files };
  });
}

/** Names of the files that say what a package has, by package: `libc6:amd64.list`, or `libc6.md5sums` where there are no lists. */
export function dpkgLists(names: readonly string[]): ReadonlyMap<string, readonly string[]> {
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

/** Files of a package, without the directories that hold others of them. @param file as for {@link dpkgPaths} */
export function dpkgFiles(file: string, text: string): readonly string[] {
  const paths = dpkgPaths(file, text).filter((line) => line.startsWith('/') && line !== '/.');
  const directories = new Set(paths.map((path) => path.slice(0, path.lastIndexOf('/'))));
  return paths.filter((path) => !directories.has(path)).slice(0, filesMax);
}

/** What a package has, directories as well, as it stands there: quick. @param file one of {@link dpkgLists}, whose name says its form */
export function dpkgPaths(file: string, text: string): readonly string[] {
  return file.endsWith('.md5sums') ? md5Files(text) : text.split('\n', entriesMax);
}

/** `digest  path`, a package a file. */
function md5Files(text: string): readonly string[] {
  return text
    .split('\n')
    .flatMap((line) => {
      const path = /^[\da-f]{32}\s+(.+)$/.exec(line)?.[1];
      return path === undefined ? [] : [`/${path.replace(/^\/+/, '')}`];
    })
    .slice(0, filesMax);
}

/** Installed sizes in bytes by package, of `/var/lib/dpkg/status` (deb-control(5): KiB). */
export function dpkgSizes(status: string): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const entry of status.split('\n\n', entriesMax)) {
    const name = /^Package: (.+)$/mu.exec(entry)?.[1];
    const size = /^Installed-Size: (\d{1,12})$/mu.exec(entry)?.[1];
    if (name !== undefined && size !== undefined) sizes.set(name, Number(size) * 1024);
  }
  return sizes;
}
