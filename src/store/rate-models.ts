import type { Database } from './database.ts';
import type { ProfileSchema } from './profiles.ts';

/** The model of one rate of one workload as a row; `state` is whatever JSON it was saved with. */
export interface RateModelRow {
  readonly workloadId: string;
  readonly name: string;
  readonly state: unknown;
}

/** The models of rates of a node, in the file of its profiles. Methods throw AnchorwatchError as `Database` does. */
export class RateModels {
  readonly #database: Database<ProfileSchema>;

  constructor(database: Database<ProfileSchema>) {
    this.#database = database;
  }

  /** All; a state that is no JSON is undefined. */
  load(): readonly RateModelRow[] {
    return this.#database
      .all(this.#database.query.selectFrom('rate_model').selectAll())
      .map(({ workload_id, name, state }) => ({ workloadId: workload_id, name, state: parsed(state) }));
  }

  /** Writes any number of models in one transaction: all or nothing. */
  save(models: readonly RateModelRow[]): void {
    const { query } = this.#database;
    this.#database.transaction(() => {
      for (const { workloadId, name, state: value } of models) {
        const state = JSON.stringify(value);
        this.#database.run(
          query
            .insertInto('rate_model')
            .values({ workload_id: workloadId, name, state })
            .onConflict((conflict) => conflict.columns(['workload_id', 'name']).doUpdateSet({ state })),
        );
      }
    });
  }

  /** Forgets all models of these workloads. */
  remove(workloadIds: readonly string[]): void {
    const { query } = this.#database;
    this.#database.run(query.deleteFrom('rate_model').where('workload_id', 'in', workloadIds));
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
