import type { ContainerFiles } from './container-files.ts';
import { apkPackages, dpkgFiles, dpkgLists } from './package-database.ts';

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
          return dpkgFiles(file, bytes.toString('utf8'));
        });
        return found.length === 0 ? undefined : [...new Set(found)];
      },
    };
  }
  return undefined;
}

/**
 * Files by package, of apk's database. Some scanners name what packages were built from: where no package has that name, it stands for all of them. Pure.
 */
function apkFiles(text: string): ReadonlyMap<string, readonly string[]> {
  const packages = new Map<string, string[]>();
  const origins = new Map<string, string[]>();
  const put = (into: Map<string, string[]>, name: string, files: readonly string[]): void => {
    if (name !== '') into.set(name, [...(into.get(name) ?? []), ...files].slice(0, filesMax));
  };
  for (const { name, origin, files } of apkPackages(text)) {
    put(packages, name, files);
    put(origins, origin, files);
  }
  return new Map([...origins, ...packages]);
}
