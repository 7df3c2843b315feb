import { groupPeers, isPeerEntry } from '../protocol/peer-groups.ts';
import { peersBounds } from '../protocol/peers-schema.ts';
import type { PeersChange, PeersMessage, PeersPart, PeersPosition } from '../protocol/peers-schema.ts';
import { encodeMessage } from '../protocol/message.ts';

export interface PeerLedgerOptions {
  /** Names this life of the ledger. */
  readonly epoch: string;
  /** Defaults: `peersBounds`. */
  readonly entriesMax?: number;
  readonly charactersMax?: number;
  readonly messageCharacters?: number;
  /** Of encoded changes that are kept for agents that are behind. Default 1 MiB. */
  readonly logBytesMax?: number;
}

/** What comes next for an agent, and why: nothing (`current`), a change, or a part of everything. */
export interface NextMessage {
  readonly reason: 'current' | 'change' | 'part' | 'new' | 'behind';
  /** Encoded once for all agents. */
  readonly bytes: Buffer;
}

type Groups = Pick<PeersChange, 'put' | 'gone'>;

interface Change {
  readonly from: number;
  readonly bytes: Buffer;
}

interface Picture {
  readonly version: number;
  readonly parts: readonly Buffer[];
}

const noGroups: Groups = { put: [], gone: [] };

/**
 * The names that a collector shares, with a number that every change raises. An agent says how far it has come, and gets the next change, or, where that
 * is not kept any more, everything in parts: so no state of agents is kept. Messages are encoded once.
 * Bounds: entries and characters as `peersBounds`; what does not fit is left out and counted. Changes: 1 MiB, the oldest go. Pictures: the latest and the one before.
 */
export class PeerLedger {
  readonly #options: Required<PeerLedgerOptions>;
  readonly #names: Map<string, string> = new Map();
  readonly #leftOut: Set<string> = new Set();
  #characters = 0;
  #version = 1;
  #log: Change[] = [];
  #logBytes = 0;
  #picture: Picture | undefined;
  #before: Picture | undefined;
  /** Entries that are no names. */
  refused = 0;

  constructor(options: PeerLedgerOptions) {
    this.#options = {
      ...{ entriesMax: peersBounds.entries, charactersMax: peersBounds.characters, logBytesMax: 1 << 20 },
      ...{ messageCharacters: peersBounds.messageCharacters, ...options },
    };
  }

  get size(): number {
    return this.#names.size;
  }

  /** Characters of keys and names. */
  get characters(): number {
    return this.#characters;
  }

  /** Entries that there is no room for. */
  get leftOut(): number {
    return this.#leftOut.size;
  }

  get epoch(): string {
    return this.#options.epoch;
  }

  get version(): number {
    return this.#version;
  }

  entries(): IterableIterator<[string, string]> {
    return this.#names.entries();
  }

  /**
   * Takes what keys are called now.
   * @param changes undefined: nothing any more
   * @returns Whether there is a new version
   */
  update(changes: Iterable<readonly [key: string, name: string | undefined]>): boolean {
    const made: [string, string | undefined][] = [];
    for (const [key, name] of changes) {
      if (name !== undefined && !isPeerEntry([key, name])) {
        this.refused++;
        if (this.#put(key, undefined)) made.push([key, undefined]);
      } else if (this.#put(key, name)) made.push([key, this.#names.get(key)]);
    }
    if (made.length === 0) return false;
    const pieces = groupPeers(made, this.#options.messageCharacters);
    for (const [index, piece] of pieces.entries()) this.#record(piece, index === pieces.length - 1);
    return true;
  }

  /** Keys that were left out, to be asked for again where there is room now. */
  takeLeftOut(): readonly string[] {
    const hasRoom =
      this.#names.size < this.#options.entriesMax * 0.99 && this.#characters < this.#options.charactersMax * 0.99;
    if (!hasRoom) return [];
    const keys = [...this.#leftOut];
    this.#leftOut.clear();
    return keys;
  }

  /** What an agent that has come so far gets next. */
  next({ epoch, version, part }: PeersPosition): NextMessage {
    if (epoch !== this.#options.epoch || version > this.#version) return this.#begin('new');
    if (part !== undefined) {
      const picture = [this.#picture, this.#before].find((one) => one?.version === version);
      const bytes = picture?.parts[part];
      return bytes === undefined ? this.#begin('behind') : { reason: 'part', bytes };
    }
    if (version === this.#version)
      return { reason: 'current', bytes: this.#encode(this.#change(version, version, noGroups, true)) };
    const first = this.#log[0];
    const index = first === undefined ? -1 : version - first.from;
    const change = this.#log[index];
    return change === undefined ? this.#begin('behind') : { reason: 'change', bytes: change.bytes };
  }

  #begin(reason: 'new' | 'behind'): NextMessage {
    const [bytes = Buffer.alloc(0)] = this.#wholePicture().parts;
    return { reason, bytes };
  }

  /** False: it is as it was. What does not fit keeps no older name either. */
  #put(key: string, name: string | undefined): boolean {
    const before = this.#names.get(key);
    if (name !== undefined) {
      const characters =
        this.#characters + key.length + name.length - (before === undefined ? 0 : key.length + before.length);
      const fits =
        characters <= this.#options.charactersMax &&
        (before !== undefined || this.#names.size < this.#options.entriesMax);
      if (fits) {
        this.#leftOut.delete(key);
        if (before === name) return false;
        this.#characters = characters;
        this.#names.set(key, name);
        return true;
      }
      this.#leftOut.add(key);
    } else this.#leftOut.delete(key);
    if (before === undefined) return false;
    this.#characters -= key.length + before.length;
    return this.#names.delete(key);
  }

  #record(groups: Groups, isLast: boolean): void {
    const from = this.#version++;
    const bytes = this.#encode(this.#change(from, this.#version, groups, isLast));
    this.#log.push({ from, bytes });
    this.#logBytes += bytes.length;
    let dropped = 0;
    while (this.#logBytes > this.#options.logBytesMax && dropped < this.#log.length - 1)
      this.#logBytes -= this.#log[dropped++]?.bytes.length ?? 0;
    if (dropped > 0) this.#log = this.#log.slice(dropped);
  }

  #change(from: number, version: number, groups: Groups, isLast: boolean): PeersChange {
    const { epoch } = this.#options;
    const entries = isLast ? { entries: this.#names.size } : {};
    return { type: 'peers-change', epoch, from, version, ...entries, leftOut: this.leftOut, ...groups };
  }

  /** The latest picture, as long as the changes since are kept and are less than half of it. */
  #wholePicture(): Picture {
    const first = this.#log[0]?.from ?? this.#version;
    const made = this.#picture;
    if (made !== undefined && made.version >= first) {
      const since = this.#log.slice(made.version - first).reduce((sum, { bytes }) => sum + bytes.length, 0);
      if (since * 2 <= made.parts.reduce((sum, { length }) => sum + length, 0)) return made;
    }
    if (made?.version === this.#version) return made;
    const { epoch, messageCharacters } = this.#options;
    const pieces = groupPeers(this.#names, messageCharacters);
    const common = { type: 'peers-part', epoch, version: this.#version, parts: pieces.length } as const;
    const parts = pieces.map(({ put }, index): PeersPart => {
      return { ...common, part: index + 1, entries: this.#names.size, leftOut: this.leftOut, put };
    });
    this.#before = made;
    this.#picture = { version: this.#version, parts: parts.map((part) => this.#encode(part)) };
    return this.#picture;
  }

  #encode(message: PeersMessage): Buffer {
    return Buffer.from(encodeMessage(message));
  }
}
