import type { Names } from '../identity/names.ts';
import type { Container } from '../model/container.ts';
import type { Event, KernelKey } from '../model/event.ts';
import { peerKey } from '../profile/features.ts';
import type { KeyTest } from '../profile/kernel-keys.ts';
import type { Profile } from '../profile/profile.ts';
import type { Watch } from './watch.ts';

const dnsPort = 53;

/** Who an address and port is in a cluster. */
interface ClusterPeers {
  of(
    address: string,
    port: number,
    protocol: 'tcp' | 'udp',
  ): { readonly name: string; readonly port: number } | undefined;
  /** Addresses that have lost a name since the last call. */
  takeMoved(): ReadonlySet<string>;
}

/** Who recognises connections by address: the kernel. */
interface Recogniser {
  tellAgain(workloadId: string, keys: readonly KernelKey[]): void;
}

/** `net.out NAMESPACE/KIND/NAME:PORT/PROTOCOL`: no address and no name of DNS looks like it. */
const clusterFeature = /^net\.out [^:/]+\/[^:/]+\/[^:]+:\d+\//;

/**
 * The names of peers in the cluster. The kernel recognises addresses, and those of pods are given to others: what it was told of an address counts
 * no longer than the address has the name.
 */
export class ClusterNames {
  readonly #peers: () => ClusterPeers | undefined;

  /** @param peers undefined where there is no cluster */
  constructor(peers: () => ClusterPeers | undefined) {
    this.#peers = peers;
  }

  /** Gives a connection the name that its other end has in the cluster. */
  named(event: Event): Event {
    if (event.kind !== 'connect') return event;
    const peer = this.#peers()?.of(event.address, event.port, event.protocol);
    return peer === undefined ? event : { ...event, peer };
  }

  /** False for a remembered key of an address that has another name now, or none. */
  readonly isCurrent: KeyTest = (features, key) => {
    if (key.kind !== 'net.out') return true;
    const peer = this.#peers()?.of(key.address, key.port, key.protocol);
    if (peer === undefined) return !features.some((feature) => clusterFeature.test(feature));
    return features.includes(`net.out ${peerKey(peer.name, peer.port, key.protocol)}`);
  };

  /** Has the kernel tell again of connections to addresses that have lost a name. */
  forgetMoved(workloadIds: Iterable<string>, watch: Pick<Watch, 'kernelKeys'>, kernel: Recogniser | undefined): void {
    const moved = this.#peers()?.takeMoved();
    if (moved === undefined || moved.size === 0) return;
    const isOfMoved: KeyTest = (_, key) => key.kind === 'net.out' && moved.has(key.address);
    for (const id of new Set(workloadIds)) {
      const keys = [...watch.kernelKeys(id, isOfMoved)];
      if (keys.length > 0) kernel?.tellAgain(id, keys);
    }
  }
}

/**
 * Takes note of an answer, and gives a connection the name that its address was given for. Answers count only from a resolver that the
 * workload is known to ask: an attacker's own would give any name to his address.
 */
export function namedBy(names: Names, event: Event, container: Container, profile: Profile | undefined): Event {
  if (event.kind === 'dns-answer') {
    const { name, addresses, resolver } = event;
    const asked = { dimension: 'net.out', key: peerKey(resolver, dnsPort, 'udp') } as const;
    if (profile?.isEstablished(asked) === true) names.add(container.id, name, addresses);
  }
  if (event.kind !== 'connect') return event;
  const name = names.of(container.id, event.address);
  return name === undefined ? event : { ...event, name };
}
