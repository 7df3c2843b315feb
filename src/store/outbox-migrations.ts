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
  {
    // `urgency`: the highest severity among the alert and those of its container that wait behind it.
    name: 'bounds-and-urgency',
    sql: `
      ALTER TABLE outbox ADD COLUMN container TEXT NOT NULL DEFAULT '';
      ALTER TABLE outbox ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE outbox ADD COLUMN urgency INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE outbox ADD COLUMN kept_ms INTEGER NOT NULL DEFAULT 0;
      UPDATE outbox SET container = coalesce(json_extract(alert, '$.container.id'), ''), bytes = length(CAST(alert AS BLOB));
      CREATE INDEX outbox_by_container ON outbox (container, position);
      UPDATE outbox SET urgency = (
        SELECT max(later.severity) FROM outbox AS later
        WHERE later.container = outbox.container AND later.position >= outbox.position
      );
      DROP INDEX outbox_waiting;
      CREATE INDEX outbox_waiting ON outbox (refused, urgency DESC, position);
      CREATE INDEX outbox_by_age ON outbox (kept_ms);
      CREATE TABLE outbox_clock (id INTEGER PRIMARY KEY CHECK (id = 1), ran_ms INTEGER NOT NULL) STRICT;
      INSERT INTO outbox_clock VALUES (1, 0);
    `,
  },
];
