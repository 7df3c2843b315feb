import { escapeBytes } from '../lib/escape.ts';
import { maskText } from '../lib/mask.ts';

/** A mount of a mount namespace, of /proc/PID/mountinfo (proc(5)). */
export interface Mount {
  readonly id: number;
  readonly parent: number;
  /** `major:minor`. */
  readonly device: string;
  /** What of the file system is mounted. */
  readonly root: string;
  readonly mountPoint: string;
  readonly options: string;
  readonly type: string;
  readonly source: string;
  /** With secrets masked: a network file system may have a password here. */
  readonly superOptions: string;
}

/** At most `max` mounts; lines of another form are skipped. Pure. */
export function parseMountinfo(
  bytes: Buffer,
  max: number,
): { readonly mounts: readonly Mount[]; readonly cut: boolean } {
  const mounts: Mount[] = [];
  // Bytes as characters: what the kernel escaped as \ooo becomes the byte that it is before anything is decoded.
  for (const line of bytes.toString('latin1').split('\n')) {
    const [left = '', right = ''] = line.split(' - ', 2);
    const [id = '', parent = '', device = '', root = '', mountPoint = '', options = ''] = left.split(' ');
    const [type = '', source = '', superOptions = ''] = right.split(' ');
    if (!/^\d{1,10}$/.test(id) || !/^\d{1,10}$/.test(parent) || mountPoint === '') continue;
    if (mounts.length === max) return { mounts, cut: true };
    mounts.push({
      ...{ id: Number(id), parent: Number(parent), device: plain(device) },
      ...{ root: plain(root), mountPoint: plain(mountPoint), options: plain(options) },
      ...{ type: plain(type), source: maskText(plain(source)), superOptions: maskText(plain(superOptions)) },
    });
  }
  return { mounts, cut: false };
}

function plain(text: string): string {
  const bytes = text.replaceAll(/\\([0-3][0-7]{2})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
  return escapeBytes(Buffer.from(bytes, 'latin1'));
}
