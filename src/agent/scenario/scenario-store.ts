import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../store/database.ts';
import type { Database } from '../../store/database.ts';
import { profileMigrations } from '../../store/profile-migrations.ts';
import { Profiles } from '../../store/profiles.ts';
import type { ProfileSchema } from '../../store/profiles.ts';
import { RateModels } from '../../store/rate-models.ts';
import { Sights } from '../../store/sights.ts';
import { WorkloadStates } from '../../store/workload-states.ts';

/** What an agent keeps. */
export interface OpenStores {
  readonly profiles: Profiles;
  readonly rates: RateModels;
  readonly mixes: WorkloadStates;
  readonly bursts: WorkloadStates;
  readonly sights: Sights;
}

/** The agent's own store of profiles in a directory for temporary files, as long as a scenario runs. */
export class ScenarioStore {
  readonly #directory: string = mkdtempSync(join(tmpdir(), 'anchorwatch-scenario-'));
  #database: Database<ProfileSchema> | undefined;

  /** Opens a node's store, again after a restart of its agent: what was saved is there, what was not is gone. */
  open(node: string): OpenStores {
    this.#database?.close();
    this.#database = openDatabase<ProfileSchema>({
      path: join(this.#directory, `${node}.db`),
      kind: 'profile',
      migrations: profileMigrations,
      synchronous: 'normal',
    });
    const database = this.#database;
    return {
      ...{ profiles: new Profiles(database), rates: new RateModels(database) },
      ...{ mixes: new WorkloadStates(database, 'syscall_mix'), bursts: new WorkloadStates(database, 'burst_state') },
      sights: new Sights(database),
    };
  }

  /** Closes the store and removes its directory. */
  close(): void {
    this.#database?.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
