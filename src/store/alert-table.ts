import type { Alert, StoredAlert } from '../model/alert.ts';
import { chainHash, chainStart } from './chain.ts';
import type { AnchorSchema } from './chain-table.ts';
import type { Database, Statement } from './database.ts';
import { FacetTable } from './facet-table.ts';
import type { FacetSchema } from './facet-table.ts';

export interface AlertRow {
  seq: number;
  id: string;
  time_ms: number;
  facet: number;
  incident: string | null;
  /** Canonical text of the alert as first stored: what the hash is over, with `previous_hash`. */
  alert: string;
  count: number;
  last_time: string;
  stored_at: string;
  previous_hash: string;
  hash: string;
}
export interface AlertSchema extends FacetSchema, AnchorSchema {
  alerts: AlertRow;
}

/** Where the chain ends: the last alert, or what retention removed last, or nothing yet. */
export interface ChainEnd {
  readonly seq: number;
  readonly hash: string;
}

/** What became of a batch: the hash of each alert that is new, in order; undefined for one that was there before. */
export interface Appended {
  readonly hashes: readonly (string | undefined)[];
  /** Alerts that were new, and those that were seen again, for the incidents. */
  readonly stored: readonly Alert[];
  readonly repeated: readonly Alert[];
}

/** The log of alerts, for writing: `seq` without gaps, hash chain. Its methods are called within a transaction. */
export class AlertTable {
  readonly #facets: FacetTable;
  readonly #known: Statement<{ seq: number; count: number }>;
  readonly #insert: Statement<never>;
  readonly #grow: Statement<never>;
  readonly #oldest: Statement<Pick<AlertRow, 'seq' | 'facet' | 'time_ms' | 'stored_at' | 'hash'>>;
  readonly #remove: Statement<never>;
  readonly #anchor: Statement<never>;
  /** The last alert whose transaction is over. */
  #end: ChainEnd;
  #next: ChainEnd;

  constructor(database: Database<AlertSchema>) {
    this.#facets = new FacetTable(database);
    this.#known = database.statement('SELECT seq, count FROM alerts WHERE id = ?');
    this.#insert = database.statement(
      `INSERT INTO alerts (seq, id, time_ms, facet, incident, alert, count, last_time, stored_at, previous_hash, hash)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
    );
    this.#grow = database.statement('UPDATE alerts SET count = ?, last_time = max(last_time, ?) WHERE seq = ?');
    this.#oldest = database.statement('SELECT seq, facet, time_ms, stored_at, hash FROM alerts ORDER BY seq LIMIT ?');
    this.#remove = database.statement('DELETE FROM alerts WHERE seq <= ?');
    this.#anchor = database.statement(
      'UPDATE chain_anchor SET seq = ?, hash = ?, removed = removed + ?, removed_ms = ?',
    );
    const end = database.first(
      database.query.selectFrom('alerts').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1),
    );
    const anchor = database.first(database.query.selectFrom('chain_anchor').select(['seq', 'hash']));
    this.#end = end ?? anchor ?? { seq: 0, hash: chainStart };
    this.#next = this.#end;
  }

  get end(): ChainEnd {
    return this.#end;
  }

  /** Adds what is new, and raises the count of what is not, within a transaction: then `commit` or `undo`. @param texts Canonical. */
  append(texts: readonly string[], storedAt: string): Appended {
    const hashes: (string | undefined)[] = [];
    const stored: Alert[] = [];
    const repeated: Alert[] = [];
    for (const text of texts) {
      // What was validated and written by this program a moment ago.
      const alert = JSON.parse(text) as Alert;
      const { hash: previousHash } = this.#next;
      const [seq, hash] = [this.#next.seq + 1, chainHash(previousHash, text)];
      const timeMs = Date.parse(alert.time);
      const facet = this.#facets.numberOf(alert, timeMs);
      const { id, incident = null, count, lastTime } = alert;
      const added = this.#insert.run(
        seq,
        id,
        timeMs,
        facet,
        incident,
        text,
        count,
        lastTime,
        storedAt,
        previousHash,
        hash,
      );
      if (added === 0) {
        hashes.push(undefined);
        const known = this.#known.first(id);
        if (known === undefined || count <= known.count) continue;
        this.#grow.run(count, lastTime, known.seq);
        repeated.push(alert);
        continue;
      }
      this.#facets.count(facet, timeMs);
      this.#next = { seq, hash };
      hashes.push(hash);
      stored.push(alert);
    }
    return { hashes, stored, repeated };
  }

  /** `seq` of the last alert that was added, its transaction included. */
  get lastSeq(): number {
    return this.#next.seq;
  }

  /** Writes the counts of what was added: the last step before the end of the transaction. */
  settle(): void {
    this.#facets.settle();
  }

  /** The transaction is over. */
  commit(): void {
    this.#end = this.#next;
  }

  /** The transaction was undone. */
  undo(): void {
    this.#next = this.#end;
    this.#facets.forget();
  }

  /** The oldest alerts that may be removed: those that were stored before, at most `limit`. Reads only. */
  removable(storedBefore: string, limit: number): readonly Pick<AlertRow, 'seq' | 'facet' | 'time_ms' | 'hash'>[] {
    const oldest = this.#oldest.all(limit);
    const end = oldest.findIndex(({ stored_at }) => stored_at >= storedBefore);
    return end === -1 ? oldest : oldest.slice(0, end);
  }

  /** Removes the oldest alerts, within a transaction, and notes in the anchor up to where. */
  remove(rows: ReturnType<AlertTable['removable']>, nowMs: number): void {
    const last = rows.at(-1);
    if (last === undefined) return;
    this.#remove.run(last.seq);
    this.#facets.remove(rows);
    this.#anchor.run(last.seq, last.hash, rows.length, nowMs);
  }
}

/** A row as it is served, without what operators said of it. */
export function alertOf(row: AlertRow): StoredAlert {
  const alert = JSON.parse(row.alert) as Alert;
  return {
    ...alert,
    count: row.count,
    lastTime: row.last_time,
    seq: row.seq,
    storedAt: row.stored_at,
    hash: row.hash,
    previousHash: row.previous_hash,
  };
}
