import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../store/database.ts';
import type { Database } from '../../store/database.ts';
import { profileMigrations } from '../../store/profile-migrations.ts';
import { Profiles } from '../../store/profiles.ts';
import type { ProfileSchema } from '../../store/profiles.ts';
import { RateModels } from '../../store/rate-models.ts';

/** The agent's own store of profiles in a directory for temporary files, as long as a scenario runs. */
export class ScenarioStore {
  readonly #directory: string = mkdtempSync(join(tmpdir(), 'anchorwatch-scenario-'));
  #database: Database<ProfileSchema> | undefined;

  /** Opens the store, again after a restart of the agent: what was saved is there, what was not is gone. */
  open(): { readonly profiles: Profiles; readonly rates: RateModels } {
    this.#database?.close();
    this.#database = openDatabase<ProfileSchema>({
      path: join(this.#directory, 'profiles.db'),
      kind: 'profile',
      migrations: profileMigrations,
      synchronous: 'normal',
    });
    return { profiles: new Profiles(this.#database), rates: new RateModels(this.#database) };
  }

  /** Closes the store and removes its directory. */
  close(): void {
    this.#database?.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
