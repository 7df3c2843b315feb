import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { counter } from '../lib/metrics.ts';
import type { Counter, Registry } from '../lib/metrics.ts';
import type { HistoryEntry } from '../model/history.ts';
import { bodyMatcher, ownerMatcher } from '../model/history-match.ts';
import type { NodeHistoryQuery } from '../protocol/history-question.ts';
import { readEntry } from '../protocol/history-schema.ts';
import type { Evidence, Kept } from '../protocol/question.ts';

/** A piece of evidence as it is stored. */
export interface StoredPiece {
  readonly piece: number;
  /** zstd of lines of JSON. */
  readonly data: Uint8Array;
}

/** Where evidence is stored. */
export interface EvidenceStore {
  /** Durable when it resolves. `dropped`: entries of older pieces that made room. */
  keep(
    node: string,
    evidence: Evidence,
    nowMs: number,
  ): Promise<{ readonly outcome: 'stored' | 'full'; readonly dropped: number }>;
  /** Pieces of a node that reach into the time, those that begin first first. */
  pieces(node: string, fromMs: number, untilMs: number): AsyncIterable<StoredPiece> | Iterable<StoredPiece>;
  /** Nodes that have pieces that reach into the time. */
  nodes(fromMs: number, untilMs: number): Promise<readonly string[]>;
}

export interface EvidenceKeeperOptions {
  readonly store: EvidenceStore;
  readonly registry: Registry;
  readonly nowMs: () => number;
  readonly log: Logger;
}

/** A piece that unpacks to more is none that an agent makes. */
const pieceBytesMax = 4 << 20;
const decompress = promisify(zstdDecompress);

/** What nodes sent with their incidents: kept, and told when the node cannot tell it itself. */
export class EvidenceKeeper {
  readonly #options: EvidenceKeeperOptions;
  readonly #pieces: Counter<'outcome'>;
  readonly #dropped: Counter;
  #trouble = '';

  constructor(options: EvidenceKeeperOptions) {
    this.#options = options;
    const { registry } = options;
    this.#pieces = counter(
      registry,
      'anchorwatch_evidence_pieces_total',
      'Pieces of the history around incidents, as they came in. full: there was no room; failed: it could not be stored; damaged: it could not be read again.',
      ['outcome'],
    );
    this.#dropped = counter(
      registry,
      'anchorwatch_evidence_dropped_entries_total',
      'Entries of the history around incidents that were dropped, the oldest of an incident or the oldest incident first.',
    );
    for (const outcome of ['stored', 'full', 'failed', 'damaged']) this.#pieces.inc({ outcome }, 0);
  }

  async keep(node: string, evidence: Evidence): Promise<Kept['outcome']> {
    try {
      const { outcome, dropped } = await this.#options.store.keep(node, evidence, this.#options.nowMs());
      this.#pieces.inc({ outcome });
      this.#dropped.inc(dropped);
      this.#trouble = '';
      return outcome;
    } catch (error) {
      this.#pieces.inc({ outcome: 'failed' });
      const text = errorText(error);
      if (text !== this.#trouble)
        this.#options.log.error(
          { err: error, node },
          `events around an alert could not be stored; the agent keeps them: ${text}`,
        );
      this.#trouble = text;
      return 'failed';
    }
  }

  /** Nodes of which something is kept from this time. Rejects as the store does. */
  nodes(sinceMs: number, untilMs: number): Promise<readonly string[]> {
    return this.#options.store.nodes(sinceMs, untilMs);
  }

  /** What is kept of a node, in the order of time, each entry once. Rejects as the store does. */
  async *entries(node: string, query: NodeHistoryQuery): AsyncGenerator<HistoryEntry, void, undefined> {
    const body = bodyMatcher(query);
    // Incidents of one container may tell the same: an entry is told where it is met first.
    const told = new Set<number>();
    for await (const { data } of this.#options.store.pieces(node, query.sinceMs, query.untilMs)) {
      const entries = await this.#read(node, data);
      const owners = entries.flatMap(({ container }) => (container === undefined ? [] : [container]));
      const isWanted = ownerMatcher(query, owners);
      for (const entry of entries) {
        const timeMs = Date.parse(entry.time);
        if (timeMs < query.sinceMs || timeMs >= query.untilMs || told.has(entry.seq)) continue;
        if (query.after !== undefined && (timeMs - query.after.timeMs || entry.seq - query.after.seq) <= 0) continue;
        if (entry.container !== undefined && !isWanted(entry.container)) continue;
        if (entry.kind !== 'loss') {
          if (query.kinds?.includes(entry.kind) === false) continue;
          if (body?.matches(JSON.stringify(entry)) === false) continue;
        }
        told.add(entry.seq);
        yield entry;
      }
    }
  }

  /** What cannot be read is counted, and left out. */
  async #read(node: string, data: Uint8Array): Promise<readonly HistoryEntry[]> {
    try {
      const text = (await decompress(data, { maxOutputLength: pieceBytesMax })).toString();
      return text.split('\n').flatMap((line) => {
        const entry = line === '' ? undefined : readEntry(JSON.parse(line));
        // Whatever it says: who sent it is known.
        return entry === undefined ? [] : [{ ...entry, node }];
      });
    } catch {
      this.#pieces.inc({ outcome: 'damaged' });
      return [];
    }
  }
}
