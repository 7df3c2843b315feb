import { isIP } from 'node:net';
import type { SharedProfile } from '../../model/shared-profile.ts';
import { ephemeralPort, parsePeer } from '../fan-out.ts';
import { yamlText } from './document.ts';
import { allowedFeatures, judgedFeatures, statementOf } from './evidence.ts';
import type { ExportInput } from './evidence.ts';
import { fileNameOf } from './hardening.ts';

interface Port {
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
  readonly endPort?: number;
}
type Peer =
  | { readonly ipBlock: { readonly cidr: string; readonly except?: readonly string[] } }
  | { readonly namespaceSelector: { readonly matchLabels: Readonly<Record<string, string>> } };
interface Rule {
  /** No peers: all. */
  readonly peers: readonly Peer[];
  readonly ports: readonly Port[];
}

const namespaceLabel = 'kubernetes.io/metadata.name';
const ephemeral = { port: ephemeralPort, endPort: 65_535 };

/**
 * A NetworkPolicy (networking.k8s.io/v1) of what was connected to and listened on.
 * @throws AnchorwatchError `export.too-little`
 */
export function networkPolicy(input: ExportInput): string {
  const { profile } = input;
  const [egress, ingress, doubts] = [egressOf(profile), ingressOf(profile), [] as string[]];
  const [namespace, , owner] = profile.workload.kind === 'kubernetes' ? profile.workload.name.split('/') : [];
  doubts.push(
    'the labels of the pods are not known here: put those of the workload into podSelector',
    ...egress.doubts,
    ...ingress.doubts,
  );
  const statement = statementOf(input, ['net.out', 'net.listen', 'dns'], doubts);
  const name = fileNameOf(profile.workload.name).toLowerCase().replaceAll('.', '-').slice(0, 63);
  return yamlText('NetworkPolicy', statement, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: {
      name: `anchorwatch-${name}`.slice(0, 63).replace(/-+$/u, ''),
      ...(namespace === undefined ? {} : { namespace }),
    },
    spec: {
      podSelector: { matchLabels: { app: owner ?? name } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: ingress.rules.map(({ ports, peers }) => ({ ...(peers.length > 0 ? { from: peers } : {}), ports })),
      egress: egress.rules.map(({ ports, peers }) => ({ ...(peers.length > 0 ? { to: peers } : {}), ports })),
    },
  });
}

interface Direction {
  readonly rules: readonly Rule[];
  readonly doubts: readonly string[];
}

function egressOf(profile: SharedProfile): Direction {
  const doubts: string[] = [];
  const refused = judgedFeatures(profile, 'net.out').flatMap(({ key }) => parsePeer(key) ?? []);
  // Peers that share their ports share a rule.
  const byPeer = new Map<string, { peers: readonly Peer[]; ports: Map<string, Port> }>();
  const add = (peer: Peer | undefined, port: Port): void => {
    const id = JSON.stringify(peer ?? null);
    const entry = byPeer.get(id) ?? { peers: peer === undefined ? [] : [peer], ports: new Map() };
    entry.ports.set(JSON.stringify(port), port);
    byPeer.set(id, entry);
  };
  for (const { key } of allowedFeatures(profile, 'net.out')) {
    const wide = /^(.*):ephemeral\/(tcp|udp)$/u.exec(key);
    const parsed = wide === null ? parsePeer(key) : { address: wide[1] ?? '', port: 0, protocol: wide[2] ?? '' };
    const protocol = parsed?.protocol.toUpperCase();
    if (parsed === undefined || (protocol !== 'TCP' && protocol !== 'UDP')) {
      doubts.push(`${key} cannot be written as a rule: left out`);
      continue;
    }
    const port: Port = { protocol, ...(wide === null ? { port: parsed.port } : ephemeral) };
    const { address } = parsed;
    const cidr = cidrOf(address);
    const [namespace, kind, ...rest] = address.split('/');
    if (address === '*') add(undefined, port);
    else if (cidr === 'loopback') continue;
    else if (cidr !== undefined) add({ ipBlock: withExceptions(cidr, refused) }, port);
    else if (namespace !== undefined && kind !== undefined && rest.length > 0) {
      add({ namespaceSelector: { matchLabels: { [namespaceLabel]: namespace } } }, port);
      doubts.push(
        kind === 'service'
          ? `${address}: all pods of the namespace are allowed on port ${port.port}; name the service's pods with a podSelector, and their port where the service has another`
          : `${address}: all pods of the namespace are allowed on port ${port.port}; name the workload's pods with a podSelector`,
      );
    } else {
      add({ ipBlock: { cidr: '0.0.0.0/0' } }, port);
      doubts.push(
        `${address} is a name: a NetworkPolicy knows addresses only, so port ${port.port} is open to all; policies of Cilium or Calico take names`,
      );
    }
  }
  const rules: Rule[] = [...byPeer.values()].map(({ peers, ports }) => ({ peers, ports: [...ports.values()] }));
  if (allowedFeatures(profile, 'dns').length > 0) {
    const ports: readonly Port[] = [
      { protocol: 'UDP', port: 53 },
      { protocol: 'TCP', port: 53 },
    ];
    rules.unshift({ peers: [{ namespaceSelector: { matchLabels: { [namespaceLabel]: 'kube-system' } } }], ports });
    doubts.push(
      "names are asked of the pods of kube-system: where the cluster's DNS is elsewhere (NodeLocal DNSCache), name that",
    );
  }
  return { rules, doubts };
}

function ingressOf(profile: SharedProfile): Direction {
  const ports = new Map<string, Port>();
  const refused = new Set(judgedFeatures(profile, 'net.listen').map(({ key }) => key));
  for (const { key } of allowedFeatures(profile, 'net.listen')) {
    const match = /^(\d+|ephemeral)\/(tcp|udp)( from .*)?$/u.exec(key);
    if (match === null || match[3] !== undefined || refused.has(key)) continue;
    const protocol = match[2] === 'udp' ? 'UDP' : 'TCP';
    ports.set(key, { protocol, ...(match[1] === 'ephemeral' ? ephemeral : { port: Number(match[1]) }) });
  }
  const doubts = judgedFeatures(profile, 'net.listen')
    .filter(({ key }) => key.includes(' from '))
    .map(({ key }) => `${key} raised an alert; who may connect is not told apart by these rules`);
  if (ports.size === 0) return { rules: [], doubts };
  return {
    rules: [{ peers: [], ports: [...ports.values()] }],
    doubts: [...doubts, 'who connects is known as private or public only: narrow "from" by hand'],
  };
}

/** `10.0.0.7`, `10.1.0.0/16`, `[fd00::1]`, `[fd12::/64]` as a CIDR; undefined for what is no address. */
function cidrOf(address: string): string | undefined {
  const bare = address.replace(/^\[(.*)\]$/u, '$1').replace(/^\[(.*)\](\/\d+)$/u, '$1$2');
  const [ip = '', bits] = bare.split('/');
  const version = isIP(ip);
  if (version === 0 || (bits !== undefined && !/^\d{1,3}$/u.test(bits))) return undefined;
  if (ip === '::1' || ip.startsWith('127.')) return 'loopback';
  return `${ip}/${bits ?? (version === 4 ? '32' : '128')}`;
}

const numberOf = (ip: string): number => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

/** Addresses within the network that raised an alert stay out. */
function withExceptions(
  cidr: string,
  refused: readonly { readonly address: string }[],
): { readonly cidr: string; readonly except?: readonly string[] } {
  const [network = '', bits = ''] = cidr.split('/');
  if (isIP(network) !== 4 || bits === '32') return { cidr };
  const size = 2 ** (32 - Number(bits));
  const inside = refused
    .map(({ address }) => address)
    .filter((one) => isIP(one) === 4 && Math.floor(numberOf(one) / size) === Math.floor(numberOf(network) / size));
  return inside.length === 0 ? { cidr } : { cidr, except: [...new Set(inside)].toSorted().map((one) => `${one}/32`) };
}
