import { addressOfPeer, ungroupPeers } from '../../protocol/peer-groups.ts';
import { peersBounds } from '../../protocol/peers-schema.ts';
import type { PeerEntry, PeersChange, PeersPart, PeersPosition } from '../../protocol/peers-schema.ts';
import type { ClusterPeer } from './peers.ts';

/** What became of a message. `whole`: all names are as the collector has them; `part`: more is to come; `gap`: one before it is missing. */
export type Taken = 'whole' | 'part' | 'gap' | 'refused';

const nothing: PeersPosition = { epoch: '', version: 0 };

/** A picture that is coming in, in parts. */
interface Coming {
  readonly position: PeersPosition & { readonly part: number };
  readonly parts: number;
  readonly names: Names;
}

/** Names by key, and how long they are together. */
class Names extends Map<string, string> {
  characters = 0;

  override set(key: string, name: string): this {
    this.delete(key);
    this.characters += key.length + name.length;
    return super.set(key, name);
  }

  override delete(key: string): boolean {
    const name = this.get(key);
    if (name !== undefined) this.characters -= key.length + name.length;
    return super.delete(key);
  }

  get isLarge(): boolean {
    return this.size > peersBounds.entries || this.characters > peersBounds.characters;
  }
}

/**
 * The names that a collector shares, as an agent holds them. What comes in parts takes the place of the picture before it when it is whole, so that no
 * name is lost meanwhile; a change that does not follow what is there changes nothing. Bounds: `peersBounds`; what is over them is refused.
 */
export class SharedPeers {
  #names: Names = new Names();
  #held: PeersPosition = nothing;
  #coming: Coming | undefined;
  #moved: Set<string> = new Set();
  /** What the collector had no room for at most. */
  leftOut = 0;
  /** Messages that could not be believed. */
  refused = 0;

  get size(): number {
    return this.#names.size;
  }

  /** Where it stands, for the collector. */
  get position(): PeersPosition {
    return this.#coming?.position ?? this.#held;
  }

  /** Name of a key, both as in `PeerEntry`. */
  nameOf(key: string): string | undefined {
    return this.#names.get(key);
  }

  service(address: string): string | undefined {
    return this.#names.get(`service ${address}`);
  }

  pod(address: string): string | undefined {
    return this.#names.get(`pod ${address}`);
  }

  endpoint(address: string, port: number, protocol: string): ClusterPeer | undefined {
    const name = this.#names.get(`endpoint ${address} ${String(port)}/${protocol}`);
    if (name === undefined) return undefined;
    const at = name.indexOf(' ');
    return { name: name.slice(0, at), port: Number(name.slice(at + 1)) };
  }

  entries(): Iterable<PeerEntry> {
    return this.#names.entries();
  }

  /** See `Peers.takeMoved`. */
  takeMoved(): ReadonlySet<string> {
    const moved = this.#moved;
    this.#moved = new Set();
    return moved;
  }

  /** A picture that was coming in when the link ended is not gone on with. */
  dropComing(): void {
    this.#coming = undefined;
  }

  /** The collector is to tell all anew; the names stay until it has. */
  distrust(): void {
    this.#coming = undefined;
    this.#held = nothing;
  }

  /** Forgets all, or all but pods. Nothing is counted as moved: whoever takes over compares. */
  forget(keepPods: boolean): void {
    this.distrust();
    const before = this.#names;
    this.#names = new Names();
    if (keepPods) for (const [key, name] of before) if (key.startsWith('pod ')) this.#names.set(key, name);
    this.#moved = new Set();
  }

  take(message: PeersPart | PeersChange): Taken {
    const taken = message.type === 'peers-part' ? this.#part(message) : this.#change(message);
    if (taken === 'gap' || taken === 'refused') this.distrust();
    if (taken === 'refused') this.refused++;
    if (taken === 'whole') this.leftOut = Math.max(this.leftOut, message.leftOut);
    return taken;
  }

  #part({ epoch, version, part, parts, entries, put }: PeersPart): Taken {
    const added = ungroupPeers(put);
    if (added === undefined || part > parts) return 'refused';
    const before = part === 1 ? undefined : this.#coming;
    if (part > 1) {
      const follows =
        before?.position.epoch === epoch &&
        before.position.version === version &&
        before.position.part === part - 1 &&
        before.parts === parts;
      if (!follows) return 'gap';
    }
    const names = before?.names ?? new Names();
    for (const [key, name] of added) names.set(key, name);
    if (names.size > entries || names.isLarge) return 'refused';
    this.#coming = { position: { epoch, version, part }, parts, names };
    if (part < parts) return 'part';
    if (names.size !== entries) return 'gap';
    for (const [key, name] of this.#names) if (names.get(key) !== name) this.#moved.add(addressOfPeer(key));
    this.#names = names;
    this.#coming = undefined;
    this.#held = { epoch, version };
    return 'whole';
  }

  #change({ epoch, from, version, entries, put, gone }: PeersChange): Taken {
    const [added, removed] = [ungroupPeers(put), ungroupPeers(gone, true)];
    if (added === undefined || removed === undefined || version < from) return 'refused';
    if (this.#coming !== undefined || this.#held.epoch !== epoch || this.#held.version !== from) return 'gap';
    for (const [key] of removed) if (this.#names.delete(key)) this.#moved.add(addressOfPeer(key));
    for (const [key, name] of added) {
      const before = this.#names.get(key);
      if (before !== undefined && before !== name) this.#moved.add(addressOfPeer(key));
      this.#names.set(key, name);
    }
    // It stays as it is until all is told again: nothing that was named is nameless by a mistake of the other side.
    if (this.#names.isLarge) return 'refused';
    if (entries !== undefined && this.#names.size !== entries) return 'gap';
    this.#held = { epoch, version };
    return 'whole';
  }
}
