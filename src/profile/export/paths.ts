import { isProtected } from '../generalise.ts';

/** What a key of `file.read` or `file.write` says. */
export interface FileUse {
  /** `unlink`, `chmod set-id`; empty for opening. */
  readonly change: string;
  readonly path: string;
}

/** The words before the path, and the path; undefined for keys without one. */
export function fileUse(key: string): FileUse | undefined {
  const at = key.indexOf('/');
  return at < 0 ? undefined : { change: key.slice(0, at).trim(), path: key.slice(at) };
}

/** Kernel file systems: no part of the root file system. */
const ofKernel = /^\/(?:proc|sys|dev)(?:\/|$)/u;
/** Where engines mount files of their own, that may be written in a container with a read-only root. */
const ofEngine: ReadonlySet<string> = new Set(['/etc/hosts', '/etc/hostname', '/etc/resolv.conf', '/dev/shm']);

export const isOfKernel = (path: string): boolean => ofKernel.test(path) || ofEngine.has(path);

/** `/var/run` is `/run` on all distributions: the key of a change has the name that the program gave. */
export function realPath(path: string): string {
  return path.replace(/^\/var\/run(?=\/|$)/u, '/run').replace(/^\/var\/lock(?=\/|$)/u, '/run/lock');
}

export const isBelow = (path: string, directory: string): boolean =>
  path === directory || directory === '/' || path.startsWith(directory.endsWith('/') ? directory : `${directory}/`);

/** The deepest directory above the path whose name is no pattern; `/` for files in the root. */
export function directoryOf(path: string): string {
  const whole = path.replace(/\/$/u, '');
  const parts = whole.slice(0, whole.lastIndexOf('/')).split('/');
  const typed = isProtected(path) ? -1 : parts.findIndex((part) => /[<*]/u.test(part));
  const directory = parts.slice(0, typed < 0 ? parts.length : typed).join('/');
  return directory === '' ? '/' : directory;
}
