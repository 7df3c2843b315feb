/** What is done to a file by its name. */
export type FileChange = 'rename' | 'unlink' | 'link' | 'symlink' | 'chmod' | 'chown' | 'truncate' | 'times' | 'mknod';

/** A system call that changes a file by its name, and where its arguments stand (manual pages, section 2). */
export interface ChangeCall {
  readonly name: string;
  readonly change: FileChange;
  /** Which argument is the path of what is changed or made; without it the file of the descriptor in `directory`. */
  readonly path?: number;
  /** Which argument is the directory that the path begins at, or the file's descriptor. Default: the working directory. */
  readonly directory?: number;
  /** Which argument is the mode; of `times`, the pointer to the times that are asked for (none: the present). */
  readonly mode?: number;
  /** Which argument is the other path: the old name, what a link points to. */
  readonly other?: number;
}

/** The changes, in the order of their numbers on the wire. */
export const fileChanges: readonly FileChange[] = [
  'rename',
  'unlink',
  'link',
  'symlink',
  'chmod',
  'chown',
  'truncate',
  'times',
  'mknod',
];

/** The calls, by their names in `tracepoint/syscalls/sys_exit_<name>`. */
export const changeCalls: readonly ChangeCall[] = [
  { name: 'rename', change: 'rename', path: 1, other: 0 },
  { name: 'renameat', change: 'rename', directory: 2, path: 3, other: 1 },
  { name: 'renameat2', change: 'rename', directory: 2, path: 3, other: 1 },
  { name: 'unlink', change: 'unlink', path: 0 },
  { name: 'unlinkat', change: 'unlink', directory: 0, path: 1 },
  { name: 'link', change: 'link', path: 1, other: 0 },
  { name: 'linkat', change: 'link', directory: 2, path: 3, other: 1 },
  { name: 'symlink', change: 'symlink', path: 1, other: 0 },
  { name: 'symlinkat', change: 'symlink', directory: 1, path: 2, other: 0 },
  { name: 'chmod', change: 'chmod', path: 0, mode: 1 },
  { name: 'fchmod', change: 'chmod', directory: 0, mode: 1 },
  { name: 'fchmodat', change: 'chmod', directory: 0, path: 1, mode: 2 },
  { name: 'fchmodat2', change: 'chmod', directory: 0, path: 1, mode: 2 },
  { name: 'chown', change: 'chown', path: 0 },
  { name: 'lchown', change: 'chown', path: 0 },
  { name: 'fchown', change: 'chown', directory: 0 },
  { name: 'fchownat', change: 'chown', directory: 0, path: 1 },
  { name: 'truncate', change: 'truncate', path: 0 },
  { name: 'utimensat', change: 'times', directory: 0, path: 1, mode: 2 },
  { name: 'utimes', change: 'times', path: 0, mode: 1 },
  { name: 'utime', change: 'times', path: 0, mode: 1 },
  { name: 'mknod', change: 'mknod', path: 0, mode: 1 },
  { name: 'mknodat', change: 'mknod', directory: 0, path: 1, mode: 2 },
];
