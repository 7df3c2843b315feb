import { isIP } from 'node:net';
import { limits } from './limits.ts';
import { peersBounds } from './peers-schema.ts';
import type { PeerEntry, PeerGroup } from './peers-schema.ts';

/** `NAMESPACE/KIND/NAME`, nothing else: what is no name of a cluster could look like another feature's key. */
const nameForm = /^[^\s/:]+\/[^\s/:]+\/[^\s/:]+$/;
const targetForm = /^\d{1,5}\/(?:tcp|udp|sctp)$/;

/** The address that a key is of. */
export function addressOfPeer(key: string): string {
  const from = key.indexOf(' ') + 1;
  const to = key.indexOf(' ', from);
  return to < 0 ? key.slice(from) : key.slice(from, to);
}

/** Whether an entry may travel: its name has the form of one, and its address is one. Pure. */
export function isPeerEntry([key, name]: PeerEntry): boolean {
  const [kind = '', address = '', target] = key.split(' ');
  const [plain = '', port] = name.split(' ');
  if (isIP(address) === 0 || address.includes('%') || !nameForm.test(plain) || plain.length > limits.nameLength)
    return false;
  if (kind !== 'endpoint') return (kind === 'service' || kind === 'pod') && target === undefined && port === undefined;
  return target !== undefined && targetForm.test(target) && port !== undefined && Number(port) <= 65_535;
}

/**
 * Entries as groups of one name each, in pieces that are about as long as a message may be. Pure.
 * @param entries A name that is undefined: the entry is gone
 * @returns At least one piece, which may be empty
 */
export function groupPeers(
  entries: Iterable<readonly [key: string, name: string | undefined]>,
  charactersMax: number = peersBounds.messageCharacters,
): readonly { readonly put: readonly PeerGroup[]; readonly gone: readonly PeerGroup[] }[] {
  const byGroup = new Map<string, string[]>();
  for (const [key, name] of entries) {
    const [kind = '', address = '', target = ''] = key.split(' ');
    const group = `${kind}\n${target}\n${name ?? ''}`;
    const addresses = byGroup.get(group);
    if (addresses === undefined) byGroup.set(group, [address]);
    else addresses.push(address);
  }
  const pieces: { readonly put: PeerGroup[]; readonly gone: PeerGroup[] }[] = [{ put: [], gone: [] }];
  let room = charactersMax;
  for (const [group, addresses] of byGroup) {
    const [kind = '', target = '', name = ''] = group.split('\n');
    // With what JSON puts around it.
    const head = name.length + target.length + 64;
    for (let from = 0; from < addresses.length;) {
      if (room < head + 64 && room < charactersMax) {
        pieces.push({ put: [], gone: [] });
        room = charactersMax;
      }
      let [to, length] = [from, head];
      while (to < addresses.length && (to === from || length + (addresses[to]?.length ?? 0) < room))
        length += (addresses[to++]?.length ?? 0) + 1;
      const piece = pieces.at(-1);
      piece?.[name === '' ? 'gone' : 'put'].push(groupOf(kind, target, name, addresses.slice(from, to).join(' ')));
      room -= length;
      from = to;
    }
  }
  return pieces;
}

function groupOf(kind: string, target: string, name: string, at: string): PeerGroup {
  if (kind === 'service') return { service: name, at };
  if (kind === 'pod') return { pod: name, at };
  const [plain = '', port = '0'] = name.split(' ');
  return { endpoint: plain, port: Number(port), target, at };
}

/**
 * The entries of groups, each as `isPeerEntry` allows; undefined when there is one that it does not. Of what is gone the names are empty. Pure.
 * @param gone the groups are of what is gone
 */
export function ungroupPeers(groups: readonly PeerGroup[], gone: boolean = false): readonly PeerEntry[] | undefined {
  const entries: PeerEntry[] = [];
  for (const group of groups) {
    const [kind, plain] =
      'service' in group
        ? ['service', group.service]
        : 'pod' in group
          ? ['pod', group.pod]
          : ['endpoint', group.endpoint];
    const [target, name] = 'endpoint' in group ? [` ${group.target}`, `${plain} ${String(group.port)}`] : ['', plain];
    if (gone ? plain !== '' : !nameForm.test(plain)) return undefined;
    if ('endpoint' in group && !targetForm.test(group.target)) return undefined;
    for (const address of group.at.split(' ')) {
      if (isIP(address) === 0 || address.includes('%')) return undefined;
      entries.push([`${kind} ${address}${target}`, gone ? '' : name]);
    }
  }
  return entries;
}
