import type { Silence } from '../model/silence.ts';
import type { Database } from './database.ts';

export interface SilenceSchema {
  silences: { id: string; until_ms: number; silence: string };
}

/** Silences. Those that are over stay a while: somebody may wonder why nobody was told. */
export class SilenceTable {
  readonly #database: Database<SilenceSchema>;

  constructor(database: Database<SilenceSchema>) {
    this.#database = database;
  }

  /** Those that end after `afterMs`, the one that was made last first. */
  async list(afterMs: number, limit: number): Promise<readonly Silence[]> {
    const query = this.#database.query
      .selectFrom('silences')
      .select('silence')
      .where('until_ms', '>', afterMs)
      .orderBy('id', 'desc')
      .limit(limit);
    // Written below, as it is read here.
    return this.#database.all(query).map(({ silence }) => JSON.parse(silence) as Silence);
  }

  /** Adds a silence, or writes it anew; durable when it resolves. Those that ended before `beforeMs` are removed. */
  async put(silence: Silence, beforeMs: number): Promise<void> {
    const { query } = this.#database;
    const row = { until_ms: Date.parse(silence.until), silence: JSON.stringify(silence) };
    this.#database.transaction(() => {
      this.#database.run(
        query
          .insertInto('silences')
          .values({ id: silence.id, ...row })
          .onConflict((conflict) => conflict.column('id').doUpdateSet(row)),
      );
      this.#database.run(query.deleteFrom('silences').where('until_ms', '<', beforeMs));
    });
  }

  async get(id: string): Promise<Silence | undefined> {
    const row = this.#database.first(
      this.#database.query.selectFrom('silences').select('silence').where('id', '=', id),
    );
    return row === undefined ? undefined : (JSON.parse(row.silence) as Silence);
  }
}
