import type { Database } from './database.ts';
import type { ProfileSchema } from './profiles.ts';

/** What is remembered of one workload as a row; `state` is whatever JSON it was saved with. */
export interface WorkloadStateRow {
  readonly workloadId: string;
  readonly state: unknown;
}

/** Tables of the profiles' file that hold one JSON text for each workload. */
export type WorkloadStateTable = 'burst_state' | 'syscall_mix';

/** One JSON state for each workload of a node, in the file of its profiles. Methods throw AnchorwatchError as `Database` does. */
export class WorkloadStates {
  readonly #database: Database<ProfileSchema>;
  readonly #table: WorkloadStateTable;

  constructor(database: Database<ProfileSchema>, table: WorkloadStateTable) {
    this.#database = database;
    this.#table = table;
  }

  /** All; a state that is no JSON is undefined. */
  load(): readonly WorkloadStateRow[] {
    return this.#database
      .all(this.#database.query.selectFrom(this.#table).selectAll())
      .map(({ workload_id, state }) => ({ workloadId: workload_id, state: parsed(state) }));
  }

  /** Writes any number of states in one transaction, and forgets those of the workloads that are `gone`: all or nothing. */
  save(states: readonly WorkloadStateRow[], gone: readonly string[] = []): void {
    const { query } = this.#database;
    this.#database.transaction(() => {
      if (gone.length > 0) this.#database.run(query.deleteFrom(this.#table).where('workload_id', 'in', gone));
      for (const { workloadId, state: value } of states) {
        const state = JSON.stringify(value);
        this.#database.run(
          query
            .insertInto(this.#table)
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
