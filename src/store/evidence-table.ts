import type { Evidence } from '../protocol/question.ts';
import type { Database } from './database.ts';

interface EvidenceRow {
  incident: string;
  node: string;
  container_id: string;
  piece: number;
  from_ms: number;
  to_ms: number;
  entries: number;
  bytes: number;
  received_ms: number;
  data: Uint8Array;
}
export interface EvidenceSchema {
  evidence: EvidenceRow;
}

export interface EvidenceBounds {
  /** Of one incident, packed. Default 8 MiB. */
  readonly incidentBytesMax?: number;
  /** Of all incidents. Default 512 MiB. */
  readonly bytesMax?: number;
}

/** Where a piece of a node is. */
export interface PiecePlace {
  readonly incident: string;
  readonly container: string;
  readonly piece: number;
}

/** The history around incidents, in pieces as the nodes sent them. Methods throw as `Database` does. */
export class EvidenceTable {
  readonly #database: Database<EvidenceSchema>;
  readonly #incidentBytesMax: number;
  readonly #bytesMax: number;
  #bytes: number;

  constructor(
    database: Database<EvidenceSchema>,
    { incidentBytesMax = 8 << 20, bytesMax = 512 << 20 }: EvidenceBounds = {},
  ) {
    this.#database = database;
    this.#incidentBytesMax = incidentBytesMax;
    this.#bytesMax = bytesMax;
    this.#bytes = this.#sum();
  }

  /**
   * Keeps a piece; one that is there already is kept once. Where an incident, or all of them, become too large, the oldest pieces of that incident, or the
   * incidents that came first, make room: `dropped` are their entries. `full`: the piece alone is too large.
   */
  async keep(
    node: string,
    evidence: Evidence,
    nowMs: number,
  ): Promise<{ readonly outcome: 'stored' | 'full'; readonly dropped: number }> {
    const { incident, container, piece, fromMs, toMs, entries } = evidence;
    const data = Buffer.from(evidence.data, 'base64');
    if (data.length > Math.min(this.#incidentBytesMax, this.#bytesMax)) return { outcome: 'full', dropped: entries };
    const { query } = this.#database;
    const result = this.#database.transaction(() => {
      this.#database.run(
        query
          .insertInto('evidence')
          .values({
            ...{ incident, node, container_id: container, piece, from_ms: fromMs, to_ms: toMs, entries, data },
            ...{ bytes: data.length, received_ms: nowMs },
          })
          .onConflict((conflict) => conflict.columns(['incident', 'node', 'container_id', 'piece']).doNothing()),
      );
      return this.#shrinkIncident(incident) + this.#shrink();
    });
    return { outcome: 'stored', dropped: result };
  }

  /** Where the pieces of a node are that reach into the time, those that begin first first. */
  async placesOf(node: string, fromMs: number, untilMs: number): Promise<readonly PiecePlace[]> {
    const rows = this.#database.all(
      this.#database.query
        .selectFrom('evidence')
        .select(['incident', 'container_id', 'piece'])
        .where('node', '=', node)
        .where('to_ms', '>=', fromMs)
        .where('from_ms', '<', untilMs)
        .orderBy('from_ms')
        .orderBy('piece'),
    );
    return rows.map((row) => ({ incident: row.incident, container: row.container_id, piece: row.piece }));
  }

  /** A piece as it was sent; undefined when it made room for others. */
  async find(node: string, { incident, container, piece }: PiecePlace): Promise<Uint8Array | undefined> {
    const row = this.#database.first(
      this.#database.query
        .selectFrom('evidence')
        .select('data')
        .where('incident', '=', incident)
        .where('node', '=', node)
        .where('container_id', '=', container)
        .where('piece', '=', piece),
    );
    return row?.data;
  }

  async nodes(fromMs: number, untilMs: number): Promise<readonly string[]> {
    const rows = this.#database.all(
      this.#database.query
        .selectFrom('evidence')
        .select('node')
        .distinct()
        .where('to_ms', '>=', fromMs)
        .where('from_ms', '<', untilMs),
    );
    return rows.map(({ node }) => node);
  }

  #shrinkIncident(incident: string): number {
    const { query } = this.#database;
    const pieces = this.#database.all(
      query
        .selectFrom('evidence')
        .select(['node', 'container_id', 'piece', 'bytes', 'entries'])
        .where('incident', '=', incident)
        .orderBy('from_ms')
        .orderBy('piece'),
    );
    let bytes = pieces.reduce((sum, one) => sum + one.bytes, 0);
    let dropped = 0;
    for (const one of pieces) {
      if (bytes <= this.#incidentBytesMax) break;
      bytes -= one.bytes;
      dropped += one.entries;
      this.#database.run(
        query
          .deleteFrom('evidence')
          .where('incident', '=', incident)
          .where('node', '=', one.node)
          .where('container_id', '=', one.container_id)
          .where('piece', '=', one.piece),
      );
    }
    return dropped;
  }

  /** Incidents that came first go as a whole. */
  #shrink(): number {
    this.#bytes = this.#sum();
    const { query } = this.#database;
    let dropped = 0;
    while (this.#bytes > this.#bytesMax) {
      const oldest = this.#database.first(
        query.selectFrom('evidence').select('incident').orderBy('received_ms').limit(1),
      );
      if (oldest === undefined) break;
      const own = this.#database.first(
        query
          .selectFrom('evidence')
          .select((e) => [e.fn.sum<number>('bytes').as('bytes'), e.fn.sum<number>('entries').as('entries')])
          .where('incident', '=', oldest.incident),
      );
      this.#database.run(query.deleteFrom('evidence').where('incident', '=', oldest.incident));
      this.#bytes -= own?.bytes ?? 0;
      dropped += own?.entries ?? 0;
    }
    return dropped;
  }

  #sum(): number {
    const row = this.#database.first(
      this.#database.query.selectFrom('evidence').select((e) => e.fn.sum<number | null>('bytes').as('bytes')),
    );
    return row?.bytes ?? 0;
  }
}
