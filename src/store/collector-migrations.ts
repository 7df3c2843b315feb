import type { Migration } from './migration.ts';

/** Schema of the collector's file. */
export const collectorMigrations: readonly Migration[] = [
  {
    name: 'alerts-and-nodes',
    sql: `
      CREATE TABLE alerts (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        time_ms INTEGER NOT NULL,
        severity INTEGER NOT NULL,
        dimension TEXT NOT NULL,
        node TEXT NOT NULL,
        workload_id TEXT NOT NULL,
        workload_name TEXT NOT NULL,
        container_id TEXT NOT NULL,
        container_name TEXT NOT NULL,
        alert TEXT NOT NULL,
        count INTEGER NOT NULL,
        last_time TEXT NOT NULL,
        stored_at TEXT NOT NULL,
        previous_hash TEXT NOT NULL,
        hash TEXT NOT NULL
      ) STRICT;
      CREATE INDEX alerts_by_time ON alerts (time_ms DESC, seq DESC);
      CREATE INDEX alerts_by_workload ON alerts (workload_id, time_ms DESC, seq DESC);
      CREATE INDEX alerts_by_container ON alerts (container_id, time_ms DESC, seq DESC);
      CREATE TABLE nodes (
        name TEXT PRIMARY KEY,
        agent_version TEXT NOT NULL,
        first_seen_ms INTEGER NOT NULL,
        last_seen_ms INTEGER NOT NULL,
        report TEXT
      ) STRICT, WITHOUT ROWID;
    `,
  },
];
