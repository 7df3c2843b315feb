import { array, constantFrom, record, tuple } from 'fast-check';
import type { Arbitrary } from 'fast-check';

const address: Arbitrary<string> = constantFrom('10.244.0.1', '10.244.0.2', '10.244.10.3', 'fd00::1');
const name = tuple(
  constantFrom('shop', 'jobs'),
  constantFrom('deployment', 'service'),
  constantFrom('a', 'b', 'c'),
).map((parts) => parts.join('/'));
/** Key and name of a peer; few of each, so that they meet. */
export const anyPeer: Arbitrary<readonly [key: string, name: string]> = record({
  ...{ kind: constantFrom('service', 'pod', 'endpoint'), address, name },
  ...{ port: constantFrom(80, 5432), target: constantFrom('80/tcp', '53/udp') },
}).map(({ kind, address: at, name: called, port, target }) =>
  kind === 'endpoint' ? [`endpoint ${at} ${target}`, `${called} ${String(port)}`] : [`${kind} ${at}`, called],
);

/** Names by key. */
export const anyPeers: Arbitrary<Record<string, string>> = array(anyPeer, { maxLength: 30 }).map((pairs) =>
  Object.fromEntries(pairs),
);
