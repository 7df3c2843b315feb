import type { KernelMount } from './reading.ts';

/** Fields of /proc/PID/status (proc(5)), as far as a check reads them; undefined when it is no such text. Pure. */
export function statusFields(text: string):
  | {
      readonly uid: number;
      readonly effective: bigint;
      readonly bounding: bigint;
      readonly noNewPrivileges: boolean | undefined;
      readonly seccomp: number | undefined;
    }
  | undefined {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0 && !fields.has(line.slice(0, colon))) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  // Real, effective, saved, file system: what it may do goes by the second.
  const uid = /^\d+\s+(\d{1,10})\s/.exec(fields.get('Uid') ?? '')?.[1];
  const effective = mask(fields.get('CapEff'));
  const bounding = mask(fields.get('CapBnd'));
  if (uid === undefined || effective === undefined || bounding === undefined) return undefined;
  const noNewPrivileges = fields.get('NoNewPrivs');
  const seccomp = fields.get('Seccomp');
  return {
    uid: Number(uid),
    ...{ effective, bounding },
    noNewPrivileges: noNewPrivileges === undefined ? undefined : noNewPrivileges === '1',
    seccomp: seccomp !== undefined && /^[012]$/.test(seccomp) ? Number(seccomp) : undefined,
  };
}

function mask(text: string | undefined): bigint | undefined {
  return text !== undefined && /^[\da-f]{1,16}$/i.test(text) ? BigInt(`0x${text}`) : undefined;
}

/** The node's uid of root in a text of /proc/PID/uid_map (user_namespaces(7)). Pure. */
export function rootUidOf(text: string): number | undefined {
  for (const line of text.split('\n')) {
    const [inside, outside] = line.trim().split(/\s+/);
    if (inside === '0' && outside !== undefined && /^\d{1,10}$/.test(outside)) return Number(outside);
  }
  return undefined;
}

/** Mounts of /proc/PID/mountinfo (proc(5)); lines of another form are left out, and those after `max`. Pure. */
export function kernelMounts(text: string, max: number): readonly KernelMount[] {
  const mounts: KernelMount[] = [];
  for (const line of text.split('\n')) {
    if (mounts.length >= max) break;
    const [left = '', right = ''] = line.split(' - ', 2);
    const [, , device = '', root = '', point = '', options = ''] = left.split(' ');
    const [type = '', , superOptions = ''] = right.split(' ');
    if (point === '') continue;
    // Read-only is the mount, or the file system as a whole.
    const readonly = options.split(',').includes('ro') || superOptions.split(',').includes('ro');
    mounts.push({ device, root: unescaped(root), point: unescaped(point), readonly, type });
  }
  return mounts;
}

function unescaped(text: string): string {
  return text.replaceAll(/\\([0-3][0-7]{2})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** A number of a cgroup file; `max`, and what cgroup v1 says for no limit, is Infinity. Pure. */
export function limitOf(text: string | undefined): number | undefined {
  const word = text?.trim().split(/\s+/)[0] ?? '';
  if (word === 'max' || word === '-1') return Infinity;
  if (!/^\d{1,20}$/.test(word)) return undefined;
  const value = Number(word);
  // PAGE_COUNTER_MAX of memory.limit_in_bytes, rounded down to pages (mm/page_counter.c).
  return value >= 0x7fff_ffff_ffff_0000 ? Infinity : value;
}

/** Processors of a text of cpu.max (`max 100000`, `50000 100000`), or of cpu.cfs_quota_us and cpu.cfs_period_us. Pure. */
export function cpusOf(quota: string | undefined, period: string | undefined): number | undefined {
  const most = limitOf(quota);
  const over = limitOf(period ?? quota?.trim().split(/\s+/)[1]);
  if (most === undefined || most === Infinity) return most;
  return over === undefined || over === 0 ? undefined : most / over;
}

/** Ports of /proc/PID/net/{tcp,tcp6,udp,udp6} that something is bound to and listens on. Pure. */
export function listeningPorts(text: string, protocol: 'tcp' | 'udp'): readonly string[] {
  const ports = new Set<string>();
  for (const line of text.split('\n').slice(1)) {
    const [, local = '', , state = ''] = line.trim().split(/\s+/);
    const port = /:([\dA-F]{4})$/i.exec(local)?.[1];
    // TCP_LISTEN; a UDP socket that is bound and not connected is in TCP_CLOSE (include/net/tcp_states.h).
    if (port !== undefined && state === (protocol === 'tcp' ? '0A' : '07'))
      ports.add(`${String(Number.parseInt(port, 16))}/${protocol}`);
  }
  return [...ports];
}

/** `KEY=value` lines of os-release(5), with the quotes taken off. Pure. */
export function releaseOf(text: string): Readonly<Record<string, string>> {
  const found: [string, string][] = [];
  for (const line of text.split('\n')) {
    const [, key, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line.trim()) ?? [];
    if (key !== undefined && value !== undefined) found.push([key, value.replaceAll(/^(["'])(.*)\1$/g, '$2')]);
  }
  return Object.fromEntries(found);
}

/**
 * When a kernel was made, of /proc/version: `#1 SMP … Debian 6.1.90-1 (2024-05-03)`, or `#1 SMP Tue Jul 2 12:00:00 UTC 2024`. Milliseconds since the epoch.
 * Pure.
 */
export function kernelMadeMs(text: string): number | undefined {
  const iso = /\((\d{4}-\d\d-\d\d)\)/.exec(text)?.[1];
  const [, month, day, time, year] =
    /#\S+ .*?\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +(\d{1,2}) (\d\d:\d\d:\d\d) [A-Z]{2,5} (\d{4})/.exec(
      text,
    ) ?? [];
  const made = Date.parse(iso ?? (month === undefined ? '' : `${day ?? ''} ${month} ${year ?? ''} ${time ?? ''} UTC`));
  return Number.isNaN(made) ? undefined : made;
}
