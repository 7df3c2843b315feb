import { maskText } from '../lib/mask.ts';

/** What a process has open. */
export interface Descriptor {
  readonly fd: number;
  readonly kind: 'file' | 'socket' | 'pipe' | 'memfd' | 'other';
  /** A path, `pipe:[1234]`, `anon_inode:[eventpoll]`; secrets in paths masked. */
  readonly target: string;
  /** It has no name any more. */
  readonly deleted: boolean;
  /** Of sockets: number in the tables of its network namespace. */
  readonly inode?: string;
}

/** Makes a descriptor of what /proc/PID/fd/N points to (proc(5)). Pure. */
export function descriptorOf(fd: number, link: string): Descriptor {
  const inode = /^socket:\[(\d{1,20})\]$/.exec(link)?.[1];
  if (inode !== undefined) return { fd, kind: 'socket', target: link, deleted: false, inode };
  if (/^pipe:\[\d+\]$/.test(link)) return { fd, kind: 'pipe', target: link, deleted: false };
  const deleted = link.endsWith(' (deleted)');
  const target = maskText(deleted ? link.slice(0, -10) : link);
  if (target.startsWith('/memfd:')) return { fd, kind: 'memfd', target, deleted };
  return { fd, kind: target.startsWith('/') ? 'file' : 'other', target, deleted };
}
