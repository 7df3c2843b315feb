import type { Migration } from './migration.ts';

/** Schema of the agent's profile file. */
export const profileMigrations: readonly Migration[] = [
  {
    name: 'profiles',
    sql: `
      CREATE TABLE profile (
        workload_id TEXT PRIMARY KEY,
        workload_name TEXT NOT NULL,
        workload_kind TEXT NOT NULL,
        created_ms REAL NOT NULL,
        samples_startup INTEGER NOT NULL,
        samples_steady INTEGER NOT NULL,
        listeners TEXT NOT NULL
      ) STRICT;
      CREATE TABLE profile_feature (
        workload_id TEXT NOT NULL REFERENCES profile ON DELETE CASCADE,
        dimension TEXT NOT NULL,
        key TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('known', 'judged')),
        startup INTEGER NOT NULL,
        steady INTEGER NOT NULL,
        first_seen_ms REAL NOT NULL,
        last_seen_ms REAL NOT NULL,
        PRIMARY KEY (workload_id, dimension, key)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE profile_kernel_key (
        workload_id TEXT NOT NULL REFERENCES profile ON DELETE CASCADE,
        kernel_key TEXT NOT NULL,
        features TEXT NOT NULL,
        PRIMARY KEY (workload_id, kernel_key)
      ) STRICT, WITHOUT ROWID;
    `,
  },
];
