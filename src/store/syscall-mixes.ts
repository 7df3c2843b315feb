import type { Database } from './database.ts';
import type { ProfileSchema } from './profiles.ts';

/** The mixture of system calls of one workload as a row; `state` is whatever JSON it was saved with. */
export interface SyscallMixRow {
  readonly workloadId: string;
  readonly state: unknown;
}

/** The mixtures of system calls of a node, in the file of its profiles. Methods throw AnchorwatchError as `Database` does. */
export class SyscallMixes {
  readonly #database: Database<ProfileSchema>;

  constructor(database: Database<ProfileSchema>) {
    this.#database = database;
  }

  /** All; a state that is no JSON is undefined. */
  load(): readonly SyscallMixRow[] {
    return this.#database
      .all(this.#database.query.selectFrom('syscall_mix').selectAll())
      .map(({ workload_id, state }) => ({ workloadId: workload_id, state: parsed(state) }));
  }

  /** Writes any number of mixtures in one transaction: all or nothing. */
  save(mixes: readonly SyscallMixRow[]): void {
    const { query } = this.#database;
    this.#database.transaction(() => {
      for (const { workloadId, state: value } of mixes) {
        const state = JSON.stringify(value);
        this.#database.run(
          query
            .insertInto('syscall_mix')
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
