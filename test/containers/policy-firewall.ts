import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parse } from 'yaml';

interface Port {
  readonly protocol: string;
  readonly port: number;
  readonly endPort?: number;
}
interface Peer {
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}
interface Policy {
  readonly spec: {
    readonly ingress: readonly { readonly from?: readonly Peer[]; readonly ports: readonly Port[] }[];
    readonly egress: readonly { readonly to?: readonly Peer[]; readonly ports: readonly Port[] }[];
  };
}

/**
 * Rules of a NetworkPolicy (IPv4, blocks of addresses) as iptables takes them in the container's own network, in the way that network plugins enforce it on a
 * pod: what is answered goes through, and its own loopback; the rest is refused.
 */
export function firewallOf(policy: string): readonly (readonly string[])[] {
  const { ingress, egress } = (parse(policy) as Policy).spec;
  const rules: string[][] = [];
  const chain = (
    name: string,
    loopback: string,
    side: string,
    all: readonly { readonly peers: readonly Peer[] | undefined; readonly ports: readonly Port[] }[],
  ): void => {
    const add = (...rule: readonly string[]): void => void rules.push(['-A', name, ...rule]);
    add(loopback, 'lo', '-j', 'ACCEPT');
    add('-m', 'conntrack', '--ctstate', 'ESTABLISHED,RELATED', '-j', 'ACCEPT');
    for (const { peers, ports } of all)
      for (const { protocol, port, endPort } of ports) {
        const to = ['-p', protocol.toLowerCase(), '--dport', `${String(port)}:${String(endPort ?? port)}`];
        for (const { ipBlock } of peers ?? [{ ipBlock: { cidr: '0.0.0.0/0' } }]) {
          if (ipBlock === undefined || ipBlock.cidr.includes(':')) continue;
          for (const address of ipBlock.except ?? []) add(side, address, ...to, '-j', 'REJECT');
          add(side, ipBlock.cidr, ...to, '-j', 'ACCEPT');
        }
      }
    add('-j', 'REJECT');
  };
  chain(
    'INPUT',
    '-i',
    '-s',
    ingress.map(({ from, ports }) => ({ peers: from, ports })),
  );
  chain(
    'OUTPUT',
    '-o',
    '-d',
    egress.map(({ to, ports }) => ({ peers: to, ports })),
  );
  return rules;
}

/** Puts a NetworkPolicy into force in the network of a process. */
export async function enforce(policy: string, pid: number): Promise<void> {
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
  for (const rule of firewallOf(policy))
    await promisify(execFile)('nsenter', ['-t', String(pid), '-n', 'iptables', '-w', '10', ...rule], { env });
}
