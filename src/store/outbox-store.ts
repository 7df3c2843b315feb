import type { Generated } from 'kysely';
import { severities } from '../model/alert.ts';
import type { Alert } from '../model/alert.ts';
import { openDatabase } from './database.ts';
import type { Database } from './database.ts';
import { outboxMigrations } from './outbox-migrations.ts';

interface OutboxSchema {
  outbox: {
    position: Generated<number>;
    id: string;
    severity: number;
    revision: number;
    refused: number;
    alert: string;
  };
}

/** An alert that waits, and which copy of it. */
export interface WaitingAlert {
  readonly alert: Alert;
  /** Grows when the alert is replaced by a later copy of itself. */
  readonly revision: number;
}

/** The agent's durable queue of alerts: at most `capacity` rows, one per alert id. Throws as `Database` does. */
export class OutboxStore {
  readonly #database: Database<OutboxSchema>;
  readonly #capacity: number;
  #rows: number;

  /** @param path SQLite file. @param capacity Rows; when it is full, the oldest of the lowest severity makes room, refused ones first. */
  constructor(path: string, capacity: number) {
    this.#database = openDatabase<OutboxSchema>({
      path,
      kind: 'outbox',
      migrations: outboxMigrations,
      synchronous: 'full',
      check: true,
    });
    this.#capacity = capacity;
    const query = this.#database.query.selectFrom('outbox').select((e) => e.fn.countAll<number>().as('rows'));
    this.#rows = this.#database.first(query)?.rows ?? 0;
  }

  /** Keeps the alert, durably when it returns. Answers how many rows there are and which alerts had to make room. */
  put(alert: Alert): { readonly depth: number; readonly dropped: readonly Alert[] } {
    const { query } = this.#database;
    const values = { severity: severities.indexOf(alert.severity), alert: JSON.stringify(alert) };
    const [rows, dropped] = this.#database.transaction((): [number, Alert[]] => {
      const replace = query
        .updateTable('outbox')
        .set((e) => ({ ...values, revision: e('revision', '+', 1), refused: 0 }))
        .where('id', '=', alert.id);
      if (this.#database.run(replace) > 0) return [this.#rows, []];
      this.#database.run(query.insertInto('outbox').values({ ...values, id: alert.id, revision: 1, refused: 0 }));
      return this.#makeRoom(this.#rows + 1);
    });
    this.#rows = rows;
    return { depth: rows, dropped };
  }

  /** The oldest alerts that wait and were not refused. */
  next(limit: number): { readonly waiting: readonly WaitingAlert[]; readonly depth: number } {
    const { query } = this.#database;
    const rows = this.#database.all(
      query
        .selectFrom('outbox')
        .select(['alert', 'revision'])
        .where('refused', '=', 0)
        .orderBy('position')
        .limit(limit),
    );
    return {
      waiting: rows.map(({ alert, revision }) => ({ alert: JSON.parse(alert) as Alert, revision })),
      depth: this.#rows,
    };
  }

  /** `sent`: forgets these copies (a later copy of the same alert stays). `refused`: sets them aside, kept but not sent again. */
  settle(waiting: readonly WaitingAlert[], outcome: 'sent' | 'refused'): { readonly depth: number } {
    const { query } = this.#database;
    const changed = this.#database.transaction(() => {
      let sum = 0;
      for (const { alert, revision } of waiting) {
        sum += this.#database.run(
          outcome === 'sent'
            ? query.deleteFrom('outbox').where('id', '=', alert.id).where('revision', '=', revision)
            : query
                .updateTable('outbox')
                .set({ refused: 1 })
                .where('id', '=', alert.id)
                .where('revision', '=', revision),
        );
      }
      return sum;
    });
    if (outcome === 'sent') this.#rows -= changed;
    return { depth: this.#rows };
  }

  close(): void {
    this.#database.close();
  }

  #makeRoom(rows: number): [number, Alert[]] {
    const { query } = this.#database;
    const least = query
      .selectFrom('outbox')
      .select(['position', 'alert'])
      .orderBy('refused', 'desc')
      .orderBy('severity')
      .orderBy('position')
      .limit(Math.max(0, rows - this.#capacity));
    const dropped = rows > this.#capacity ? this.#database.all(least) : [];
    for (const { position } of dropped) this.#database.run(query.deleteFrom('outbox').where('position', '=', position));
    return [rows - dropped.length, dropped.map(({ alert }) => JSON.parse(alert) as Alert)];
  }
}
