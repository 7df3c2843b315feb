import { hooks, kinds, losses, stats } from './layout.ts';
import type { Libbpf } from './libbpf.ts';

/** What the programs in the kernel counted, all CPUs together. */
export interface KernelStats {
  /** Events that reached user space, by kind. */
  readonly events: Readonly<Record<string, number>>;
  /** Recognised in the kernel, by kind. */
  readonly known: Readonly<Record<string, number>>;
  /** Not told again (pending or judged in this sample), by kind. */
  readonly repeated: Readonly<Record<string, number>>;
  /** First level missed, by kind. */
  readonly missed: Readonly<Record<string, number>>;
  readonly lost: readonly { readonly hook: string; readonly reason: string; readonly count: number }[];
}

const kindLabels: Readonly<Record<number, string>> = {
  [kinds.exec]: 'exec',
  [kinds.exit]: 'exit',
  [kinds.file_read]: 'file.read',
  [kinds.file_write]: 'file.write',
  [kinds.net_out]: 'net.out',
  [kinds.net_listen]: 'net.listen',
  [kinds.cgroup_make]: 'cgroup',
  [kinds.call]: 'call',
  [kinds.change]: 'change',
  [kinds.net_in]: 'accept',
  [kinds.dns_question]: 'dns',
  [kinds.dns_answer]: 'dns-answer',
};

/** Reads the map `stats`. */
export function readStats(libbpf: Libbpf, fd: number): KernelStats {
  const cpus = libbpf.possibleCpus();
  const values = Buffer.alloc(stats.sizeBytes * cpus);
  libbpf.lookup(fd, Buffer.alloc(4), values);
  const sum = (at: number): number => {
    let total = 0n;
    for (let cpu = 0; cpu < cpus; cpu++) total += values.readBigUInt64LE(cpu * stats.sizeBytes + at);
    return Number(total);
  };
  const byKind = (member: 'known' | 'emitted' | 'repeated' | 'missed'): Record<string, number> =>
    Object.fromEntries(
      Object.entries(kindLabels).map(([kind, name]) => [name, sum(stats.members[member][0] + Number(kind) * 8)]),
    );
  const lost = Object.entries(hooks).flatMap(([hook, h]) =>
    hook === 'count'
      ? []
      : Object.entries(losses).flatMap(([reason, l]) =>
          reason === 'count' ? [] : [{ hook, reason, count: sum(stats.members.lost[0] + (h * losses.count + l) * 8) }],
        ),
  );
  return {
    events: byKind('emitted'),
    known: byKind('known'),
    repeated: byKind('repeated'),
    missed: byKind('missed'),
    lost,
  };
}
