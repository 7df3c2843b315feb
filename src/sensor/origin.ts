import { lstatSync, readlinkSync, statSync } from 'node:fs';
import type { FileOrigin } from '../model/event.ts';
import { readHead } from '../lib/proc-file.ts';

/** A line of /proc/PID/mountinfo (proc(5)), as far as it says where a file is from. Bytes as latin1. */
export interface Mount {
  readonly point: string;
  readonly type: string;
  /** Options of the file system: `rw,lowerdir=…,upperdir=…`. */
  readonly options: string;
}

const mountinfoMax = 1 << 20;

/** The mount that a path of the process is in: the longest mount point above it, of several at one place the last. Pure. */
export function mountOf(mountinfo: string, path: string): Mount | undefined {
  let best: Mount | undefined;
  for (const line of mountinfo.split('\n')) {
    const [left = '', right = ''] = line.split(' - ');
    const point = unescaped(left.split(' ')[4] ?? '');
    if (!point.startsWith('/') || (best !== undefined && point.length < best.point.length)) continue;
    if (point !== '/' && path !== point && !path.startsWith(`${point}/`)) continue;
    const [type = '', , options = ''] = right.split(' ');
    best = { point, type, options };
  }
  return best;
}

/** Where an overlay file system writes to (its `upperdir`), as the node names it; undefined when it says none. Pure. */
export function upperDirectory(options: string): string | undefined {
  const found = /(?:^|,)upperdir=((?:\\.|[^,\\])+)/.exec(options)?.[1];
  return found === undefined ? undefined : unescaped(found);
}

/** Space, tab, newline and backslash stand as octal numbers in mountinfo. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

export interface OriginQuestion {
  /** `/proc`, or what stands for it. */
  readonly proc: string;
  readonly pid: number;
  /** When the container's first process started, milliseconds since the epoch. */
  readonly startedAtMs: number | undefined;
}

/**
 * Where the executable of a process is from, as far as `/proc` lets one see: memory, a deleted file, a tmpfs, the upper layer of an overlay,
 * another mount. Where the overlay's upper layer cannot be looked into (other storage drivers, an agent in a container), a file that changed
 * after the container's start is `written`, any other `unknown`. Never throws.
 */
export function originOf({ proc, pid, startedAtMs }: OriginQuestion): FileOrigin {
  try {
    const exe = `${proc}/${pid}/exe`;
    const path = readlinkSync(exe, { encoding: 'buffer' }).toString('latin1');
    const { nlink, ctimeMs } = statSync(exe);
    if (nlink === 0) return path.startsWith('/memfd:') ? 'memfd' : 'deleted';
    const mount = mountOf(readHead(`${proc}/${pid}/mountinfo`, mountinfoMax).bytes.toString('latin1'), path);
    if (mount === undefined) return 'unknown';
    if (mount.type === 'tmpfs' || mount.type === 'ramfs') return 'tmpfs';
    if (mount.type !== 'overlay' && mount.point !== '/') return 'mount';
    const upper = upperDirectory(mount.options);
    const layer = upper === undefined ? undefined : upperLayerHolds(upper, path, mount.point);
    if (layer !== undefined) return layer ? 'written' : 'image';
    return startedAtMs !== undefined && ctimeMs > startedAtMs ? 'written' : 'unknown';
  } catch {
    return 'unknown';
  }
}

/** Undefined when the layer is out of reach. */
function upperLayerHolds(upper: string, path: string, point: string): boolean | undefined {
  const below = point === '/' ? path : path.slice(point.length);
  const found = (name: string): boolean =>
    lstatSync(Buffer.from(name, 'latin1'), { throwIfNoEntry: false }) !== undefined;
  if (found(`${upper}${below}`)) return true;
  return found(upper) ? false : undefined;
}
