import { capabilityNames } from './capabilities.ts';

/** Who a process is and what it may do, of /proc/PID/status (proc(5)). */
export interface ProcessStatus {
  readonly parentPid: number;
  /** Pids in each pid namespace that it is in, the node's first. */
  readonly namespacePids: readonly number[];
  /** Real, effective, saved, file system. */
  readonly uids: readonly number[];
  readonly gids: readonly number[];
  readonly groups: readonly number[];
  readonly threads: number;
  /** 0: nobody traces it. */
  readonly tracerPid: number;
  /** Names without `CAP_`, in lower case; numbers the kernel has more of than this program knows as `cap_42`. */
  readonly capabilities: Readonly<Record<CapabilitySet, readonly string[]>>;
  readonly noNewPrivileges: boolean;
  readonly seccomp: 'disabled' | 'strict' | 'filter' | 'unknown';
  readonly seccompFilters: number;
}

const capabilitySets = {
  effective: 'CapEff',
  permitted: 'CapPrm',
  inheritable: 'CapInh',
  bounding: 'CapBnd',
  ambient: 'CapAmb',
} as const;
type CapabilitySet = keyof typeof capabilitySets;

const seccompModes = ['disabled', 'strict', 'filter'] as const;
const groupsMax = 64;

/** Reads the text; what is not there is empty, 0 or `unknown`. The name of the process cannot pass for another line: the kernel escapes it. Pure. */
export function parseStatus(text: string): ProcessStatus {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0 && !fields.has(line.slice(0, colon))) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const numbers = (name: string): readonly number[] =>
    (fields.get(name) ?? '')
      .split(/\s+/)
      .filter((word) => /^\d{1,10}$/.test(word))
      .map(Number);
  const number = (name: string): number => numbers(name)[0] ?? 0;
  const capabilities = Object.fromEntries(
    Object.entries(capabilitySets).map(([set, field]) => [set, capabilityNames(fields.get(field) ?? '')]),
  ) as ProcessStatus['capabilities'];
  const mode = fields.get('Seccomp');
  return {
    parentPid: number('PPid'),
    namespacePids: numbers('NSpid'),
    uids: numbers('Uid'),
    gids: numbers('Gid'),
    groups: numbers('Groups').slice(0, groupsMax),
    threads: number('Threads'),
    tracerPid: number('TracerPid'),
    capabilities,
    noNewPrivileges: number('NoNewPrivs') === 1,
    seccomp: seccompModes[mode === undefined || mode === '' ? -1 : Number(mode)] ?? 'unknown',
    seccompFilters: number('Seccomp_filters'),
  };
}
