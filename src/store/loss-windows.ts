import type { LossWindow } from '../model/loss.ts';
import type { Database } from './database.ts';
import type { ProfileSchema } from './profiles.ts';

const keptMs = 7 * 24 * 3_600_000;
const rowsMax = 10_000;

/** The times in which something could not be told, kept for a week and at most 10,000 of them. Methods throw AnchorwatchError as `Database` does. */
export class LossWindowStore {
  readonly #database: Database<ProfileSchema>;

  constructor(database: Database<ProfileSchema>) {
    this.#database = database;
  }

  /** Adds windows and lets go of those that are too old or too many, in one transaction. */
  add(windows: readonly LossWindow[], nowMs: number): void {
    if (windows.length === 0) return;
    const { query } = this.#database;
    this.#database.transaction(() => {
      for (const { fromMs, toMs, containerId, ...rest } of windows)
        this.#database.run(
          query.insertInto('loss_window').values({ from_ms: fromMs, to_ms: toMs, container_id: containerId, ...rest }),
        );
      this.#database.run(query.deleteFrom('loss_window').where('to_ms', '<', nowMs - keptMs));
      const last = this.#database.all(
        query.selectFrom('loss_window').select('to_ms').orderBy('to_ms', 'desc').offset(rowsMax).limit(1),
      )[0];
      if (last !== undefined) this.#database.run(query.deleteFrom('loss_window').where('to_ms', '<=', last.to_ms));
    });
  }

  /** The last windows, newest first. */
  recent(limit: number): readonly LossWindow[] {
    const { query } = this.#database;
    const rows = this.#database.all(query.selectFrom('loss_window').selectAll().orderBy('to_ms', 'desc').limit(limit));
    return rows.map(({ from_ms, to_ms, container_id, ...rest }) => ({
      fromMs: from_ms,
      toMs: to_ms,
      containerId: container_id,
      ...rest,
    }));
  }
}
