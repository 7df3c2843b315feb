import type { Migration } from './migration.ts';

/** Schema of the agent's outbox file. */
export const outboxMigrations: readonly Migration[] = [
  {
    name: 'alerts',
    sql: `
      CREATE TABLE outbox (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        severity INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        refused INTEGER NOT NULL DEFAULT 0,
        alert TEXT NOT NULL
      ) STRICT;
      CREATE INDEX outbox_waiting ON outbox (refused, position);
      CREATE INDEX outbox_least ON outbox (refused DESC, severity, position);
    `,
  },
];
