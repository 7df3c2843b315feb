import type { Database } from './database.ts';
import type { ProfileSchema } from './profiles.ts';

/** What a node saw, and how long it watched its containers, as rows. */
export interface SightRows {
  readonly lives: readonly {
    readonly containerId: string;
    readonly startedAtMs: number;
    readonly unwatchedMs: number;
    readonly untilMs: number;
  }[];
  readonly without: Readonly<Record<string, readonly string[]>>;
}

const name = 'sight';

/** What was seen on a node while its profiles were learned, in their file. Methods throw AnchorwatchError as `Database` does. */
export class Sights {
  readonly #database: Database<ProfileSchema>;

  constructor(database: Database<ProfileSchema>) {
    this.#database = database;
  }

  /** Nothing where there is none, or none that can be read: then containers are taken for unwatched before. */
  load(): SightRows {
    const row = this.#database.all(
      this.#database.query.selectFrom('watching').select('state').where('name', '=', name),
    )[0];
    const none: SightRows = { lives: [], without: {} };
    try {
      return row === undefined ? none : { ...none, ...(JSON.parse(row.state) as Partial<SightRows>) };
    } catch {
      return none;
    }
  }

  /** In place of what was kept. */
  save(sight: SightRows): void {
    const state = JSON.stringify(sight);
    this.#database.run(
      this.#database.query
        .insertInto('watching')
        .values({ name, state })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ state })),
    );
  }
}
