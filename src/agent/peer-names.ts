import type { Names } from '../identity/names.ts';
import type { Container } from '../model/container.ts';
import type { Event } from '../model/event.ts';
import { peerKey } from '../profile/features.ts';
import type { Profile } from '../profile/profile.ts';

const dnsPort = 53;

/** Who an address and port is in a cluster. */
interface ClusterPeers {
  of(
    address: string,
    port: number,
    protocol: 'tcp' | 'udp',
  ): { readonly name: string; readonly port: number } | undefined;
}

/** Gives a connection the name that its other end has in the cluster. */
export function namedByCluster(peers: ClusterPeers | undefined, event: Event): Event {
  if (peers === undefined || event.kind !== 'connect') return event;
  const peer = peers.of(event.address, event.port, event.protocol);
  return peer === undefined ? event : { ...event, peer };
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
