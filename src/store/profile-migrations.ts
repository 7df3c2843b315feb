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
  {
    name: 'windows of loss',
    sql: `
      ALTER TABLE profile ADD COLUMN incomplete TEXT NOT NULL DEFAULT '{}';
      CREATE TABLE loss_window (
        from_ms REAL NOT NULL,
        to_ms REAL NOT NULL,
        container_id TEXT NOT NULL,
        container TEXT NOT NULL,
        workload TEXT NOT NULL,
        hook TEXT NOT NULL,
        reason TEXT NOT NULL,
        count INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX loss_window_by_time ON loss_window (to_ms);
    `,
  },
  {
    name: 'forgetting',
    sql: `
      ALTER TABLE profile ADD COLUMN decay TEXT;
      ALTER TABLE profile_feature ADD COLUMN startup_weight REAL NOT NULL DEFAULT 0;
      ALTER TABLE profile_feature ADD COLUMN steady_weight REAL NOT NULL DEFAULT 0;
      UPDATE profile_feature SET startup_weight = startup, steady_weight = steady;
    `,
  },
  {
    name: 'relearning',
    sql: `ALTER TABLE profile ADD COLUMN relearned TEXT;`,
  },
  {
    name: 'rates',
    sql: `
      CREATE TABLE rate_model (
        workload_id TEXT NOT NULL,
        name TEXT NOT NULL,
        state TEXT NOT NULL,
        PRIMARY KEY (workload_id, name)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: 'syscall mix',
    sql: `
      CREATE TABLE syscall_mix (
        workload_id TEXT PRIMARY KEY,
        state TEXT NOT NULL
      ) STRICT;
    `,
  },
  {
    name: 'bursts',
    sql: `
      CREATE TABLE burst_state (
        workload_id TEXT PRIMARY KEY,
        state TEXT NOT NULL
      ) STRICT;
    `,
  },
  {
    name: 'what was seen',
    sql: `
      CREATE TABLE watching (
        name TEXT PRIMARY KEY,
        state TEXT NOT NULL
      ) STRICT;
    `,
  },
];
