import type { PackageUse } from '../../model/vulnerability.ts';
import type { ContainerFiles } from './container-files.ts';
import type { PackageFiles } from './package-files.ts';
import type { Reported } from './report-formats.ts';

/** What the profile of a workload says about files. */
export interface SeenFiles {
  /** Programs that were executed, by path. */
  readonly executed: ReadonlySet<string>;
  /** Keys of files and directories that were read: paths, with patterns (`*`, `<n>`) where many stand for one. */
  readonly read: ReadonlySet<string>;
  /** Completed samples. */
  readonly startup: number;
  readonly steady: number;
  /** Estimated share of what is read that was seen, 0 to 1. */
  readonly coverage: number;
  /** As the keys of the profile write a path. */
  typed(path: string): string;
}

/** What is known of the files that a container uses. */
export interface UseSources {
  /** What is or was mapped by its processes. */
  readonly mapped: ReadonlySet<string>;
  /** Undefined: nothing was learned of its workload. */
  readonly seen: SeenFiles | undefined;
  /** The kernel sensor sees what it does. */
  readonly watched: boolean;
  /** Undefined: it has no package manager that is known. */
  readonly packages: PackageFiles | undefined;
  readonly files: Pick<ContainerFiles, 'read'>;
}

/** Whether a package is in use, and what says so. */
export interface Use {
  readonly use: PackageUse;
  readonly evidence: string;
}

/** Below these, not having been seen says little: ten minutes at a slice of 60 s, and a start. */
const steadyMin = 10;
const startupMin = 1;
const coverageMin = 0.9;
const recordMax = 4 << 20;

/** Whether a package was seen in use. Reads nothing but the record of a Python package (`files`), and is pure otherwise. */
export function useOf(reported: Pick<Reported, 'kind' | 'package' | 'path'>, sources: UseSources): Use {
  const { kind, path } = reported;
  if (kind === 'os') {
    const files = sources.packages?.filesOf(reported.package);
    if (sources.packages === undefined) return unknownUse('its database of packages is none of dpkg or apk');
    if (files === undefined) return unknownUse('its database of packages does not have the package');
    return ofFiles(files.flatMap(merged), sources);
  }
  if (path === '') return unknownUse('the report does not say where its files are');
  if (kind === 'binary') return ofFiles(merged(path), sources);
  const metadata = /^(.*)\/[^/]+\.(?:dist-info|egg-info)(?:\/[^/]+)?$/.exec(path);
  if (metadata !== null) return ofPython(path, metadata[1] ?? '', sources);
  if (/\.(?:jar|war|ear|par|dll|exe|so)$/.test(path)) return ofFiles(merged(path), sources);
  const directory = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\/package\.json$/.exec(path)?.[1];
  const gem = /^(.*)\/specifications\/(?:default\/)?([^/]+)\.gemspec$/.exec(path);
  if (directory !== undefined) return ofDirectory(directory, sources);
  if (gem !== null) return ofDirectory(`${gem[1] ?? ''}/gems/${gem[2] ?? ''}`, sources);
  return unknownUse(`which files stand for ${path} is not known`);
}

function unknownUse(evidence: string): Use {
  return { use: 'unknown', evidence };
}

/** The same file by its names before and after `/usr` was merged: package managers keep the old one, the kernel says the new one. */
function merged(path: string): readonly string[] {
  if (/^\/(?:lib|bin|sbin|lib64|lib32|libx32)\//.test(path)) return [path, `/usr${path}`];
  return /^\/usr\/(?:lib|bin|sbin|lib64|lib32|libx32)\//.test(path) ? [path, path.slice('/usr'.length)] : [path];
}

/** By any of its files. */
function ofFiles(paths: readonly string[], sources: UseSources): Use {
  const { mapped, seen } = sources;
  const ran = paths.find((path) => seen?.executed.has(path) === true);
  if (ran !== undefined) return { use: 'used', evidence: `executed: ${ran}` };
  const loaded = paths.find((path) => mapped.has(path));
  if (loaded !== undefined) return { use: 'used', evidence: `mapped: ${loaded}` };
  if (seen === undefined) return unseen(sources);
  // Documents and notices are read by those who look, not by those who use.
  const read = paths.find((path) => !path.startsWith('/usr/share/doc/') && seen.read.has(seen.typed(path)));
  if (read !== undefined) {
    const key = seen.typed(read);
    return key === read ? { use: 'used', evidence: `read: ${read}` } : unknownUse(`read: ${key}, which may be it`);
  }
  const pattern = patternOver(
    paths.map((path) => seen.typed(path)),
    seen,
  );
  return pattern === undefined ? unseen(sources) : unknownUse(`read: ${pattern}, which may be it`);
}

/** By anything below it. */
function ofDirectory(directory: string, sources: UseSources): Use {
  const { mapped, seen } = sources;
  const below = (path: string, place: string): boolean =>
    path.startsWith(`${place}/`) && !path.slice(place.length).includes('/node_modules/');
  for (const path of mapped) if (below(path, directory)) return { use: 'used', evidence: `mapped: ${path}` };
  if (seen === undefined) return unseen(sources);
  for (const path of seen.executed) if (below(path, directory)) return { use: 'used', evidence: `executed: ${path}` };
  const typed = seen.typed(`${directory}/`).replace(/\/$/, '');
  // That a directory was listed is no use of what is in it.
  for (const key of seen.read)
    if (below(key, typed) && !key.endsWith('/'))
      return typed === directory
        ? { use: 'used', evidence: `read: ${key}` }
        : unknownUse(`read: ${key}, which may be it`);
  return unseen(sources);
}

/** By the files of its record (https://packaging.python.org/en/latest/specifications/recording-installed-packages/). */
function ofPython(path: string, site: string, sources: UseSources): Use {
  const place = /\.(?:dist-info|egg-info)$/.test(path) ? path : path.slice(0, path.lastIndexOf('/'));
  const record = sources.files.read(`${place}/RECORD`, recordMax)?.toString('utf8');
  if (record === undefined) return unknownUse(`${place}/RECORD cannot be read`);
  const own = record.split('\n').flatMap((line) => {
    const file = line.split(',')[0] ?? '';
    return file === '' || file.startsWith('/') || file.includes('.dist-info/') || file.split('/').includes('..')
      ? []
      : [`${site}/${file}`];
  });
  // What is imported is its byte code, where there is one.
  const code = new Set(own.flatMap(compiledOf));
  const compiled = [...(sources.seen?.read ?? [])].find((key) => {
    const at = key.indexOf('.cpython-');
    return at > 0 && code.has(key.slice(0, at));
  });
  return compiled === undefined ? ofFiles(own, sources) : { use: 'used', evidence: `read: ${compiled}` };
}

/** `/x/a.py`: `/x/__pycache__/a`. */
function compiledOf(path: string): readonly string[] {
  const [, directory = '', name = ''] = /^(.*)\/([^/]+)\.py$/.exec(path) ?? [];
  return name === '' ? [] : [`${directory}/__pycache__/${name}`];
}

/** A pattern of the profile that may stand for one of these: `/d/*.jar` for a jar directly in `/d`. */
function patternOver(paths: readonly string[], seen: SeenFiles): string | undefined {
  for (const key of seen.read) {
    const star = key.indexOf('*');
    if (star < 0) continue;
    const [start, end] = [key.slice(0, star), key.slice(star + 1)];
    if (paths.some((path) => path.startsWith(start) && path.endsWith(end) && !path.slice(star).includes('/')))
      return key;
  }
  return undefined;
}

/** It was not seen in use: whether that says something. */
function unseen({ seen, watched }: UseSources): Use {
  if (!watched) return unknownUse('the kernel sensor does not watch it');
  if (seen === undefined) return unknownUse('nothing was learned of its workload yet');
  const { startup, steady, coverage } = seen;
  const told = `${String(startup)} starts, ${String(steady)} samples, coverage ${coverage.toFixed(3)}`;
  if (startup < startupMin || steady < steadyMin || coverage < coverageMin)
    return unknownUse(`not seen so far, which says little yet: ${told}`);
  return { use: 'unused', evidence: `never executed, mapped or read: ${told}` };
}
