import type { Database } from './database.ts';
import type { ProfileSchema } from './profiles.ts';

/** What is remembered of the bursts of one workload as a row; `state` is whatever JSON it was saved with. */
export interface BurstStateRow {
  readonly workloadId: string;
  readonly state: unknown;
}

/** What is remembered of bursts on a node, in the file of its profiles. Methods throw AnchorwatchError as `Database` does. */
export class BurstStates {
  readonly #database: Database<ProfileSchema>;

  constructor(database: Database<ProfileSchema>) {
    this.#database = database;
  }

  /** All; a state that is no JSON is undefined. */
  load(): readonly BurstStateRow[] {
    return this.#database
      .all(this.#database.query.selectFrom('burst_state').selectAll())
      .map(({ workload_id, state }) => ({ workloadId: workload_id, state: parsed(state) }));
  }

  /** Writes any number of states in one transaction, and forgets those of other workloads: all or nothing. */
  save(states: readonly BurstStateRow[], gone: readonly string[]): void {
    const { query } = this.#database;
    this.#database.transaction(() => {
      if (gone.length > 0) this.#database.run(query.deleteFrom('burst_state').where('workload_id', 'in', gone));
      for (const { workloadId, state: value } of states) {
        const state = JSON.stringify(value);
        this.#database.run(
          query
            .insertInto('burst_state')
            .values({ workload_id: workloadId, state })
            .onConflict((conflict) => conflict.column('workload_id').doUpdateSet({ state })),
        );
      }
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
