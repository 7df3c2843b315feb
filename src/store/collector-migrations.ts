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
  {
    name: 'incidents',
    sql: `
      ALTER TABLE alerts ADD COLUMN incident TEXT;
      CREATE INDEX alerts_by_incident ON alerts (incident, time_ms, seq) WHERE incident IS NOT NULL;
      CREATE TABLE incidents (
        id TEXT PRIMARY KEY,
        opened_ms INTEGER NOT NULL,
        worst INTEGER NOT NULL,
        severity INTEGER NOT NULL,
        node TEXT NOT NULL,
        workload_id TEXT NOT NULL,
        workload_name TEXT NOT NULL,
        container_id TEXT NOT NULL,
        container_name TEXT NOT NULL,
        incident TEXT NOT NULL,
        changed_ms INTEGER NOT NULL,
        closed_ms INTEGER,
        seq INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX incidents_by_time ON incidents (opened_ms DESC, id DESC);
      CREATE INDEX incidents_by_seq ON incidents (seq, id);
      CREATE INDEX incidents_open ON incidents (changed_ms) WHERE closed_ms IS NULL;
    `,
  },
  {
    name: 'decisions',
    sql: `
      CREATE TABLE decisions (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        workload_id TEXT NOT NULL,
        alert TEXT,
        decision TEXT NOT NULL
      ) STRICT;
      CREATE INDEX decisions_by_workload ON decisions (workload_id, seq);
      CREATE INDEX decisions_by_alert ON decisions (alert, seq) WHERE alert IS NOT NULL;
      CREATE TABLE decision_deliveries (
        node TEXT NOT NULL,
        seq INTEGER NOT NULL REFERENCES decisions,
        outcome TEXT,
        PRIMARY KEY (node, seq)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX decision_deliveries_waiting ON decision_deliveries (node, seq) WHERE outcome IS NULL;
      CREATE INDEX decision_deliveries_by_decision ON decision_deliveries (seq);
    `,
  },
  {
    name: 'contributions',
    sql: `
      CREATE TABLE contributions (
        workload_id TEXT NOT NULL,
        node TEXT NOT NULL,
        as_of_ms REAL NOT NULL,
        received_ms REAL NOT NULL,
        bytes INTEGER NOT NULL,
        shared TEXT NOT NULL,
        PRIMARY KEY (workload_id, node)
      ) STRICT;
      CREATE INDEX contributions_by_time ON contributions (received_ms);
    `,
  },
  {
    name: 'evidence',
    sql: `
      CREATE TABLE evidence (
        incident TEXT NOT NULL,
        node TEXT NOT NULL,
        container_id TEXT NOT NULL,
        piece INTEGER NOT NULL,
        from_ms REAL NOT NULL,
        to_ms REAL NOT NULL,
        entries INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        received_ms REAL NOT NULL,
        data BLOB NOT NULL,
        PRIMARY KEY (incident, node, container_id, piece)
      ) STRICT;
      CREATE INDEX evidence_by_node ON evidence (node, from_ms, to_ms);
      CREATE INDEX evidence_by_time ON evidence (received_ms, incident);
      CREATE INDEX evidence_sizes ON evidence (incident, from_ms, piece, bytes, entries);
    `,
  },
  {
    name: 'packed contributions',
    sql: `ALTER TABLE contributions ADD COLUMN packed BLOB;`,
  },
  {
    name: 'access',
    sql: `
      CREATE TABLE tokens (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        role TEXT NOT NULL,
        node TEXT,
        hash TEXT NOT NULL,
        created_ms INTEGER NOT NULL,
        created_by TEXT NOT NULL,
        expires_ms INTEGER,
        revoked_ms INTEGER,
        revoked_by TEXT,
        used_ms INTEGER
      ) STRICT;
      CREATE INDEX tokens_of_people ON tokens (id) WHERE role != 'agent';
      CREATE TABLE audit (
        seq INTEGER PRIMARY KEY,
        time_ms INTEGER NOT NULL,
        by TEXT NOT NULL,
        role TEXT NOT NULL,
        address TEXT NOT NULL,
        action TEXT NOT NULL,
        subject TEXT NOT NULL,
        detail TEXT NOT NULL,
        status INTEGER NOT NULL,
        code TEXT,
        previous_hash TEXT NOT NULL,
        hash TEXT NOT NULL
      ) STRICT;
      CREATE INDEX audit_by_name ON audit (by, seq);
      CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'the audit trail is not changed'); END;
      CREATE TRIGGER audit_kept BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'the audit trail is not shortened'); END;
    `,
  },
  {
    name: 'silent-nodes',
    sql: `
      ALTER TABLE nodes ADD COLUMN stopped INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE nodes ADD COLUMN silent_alert TEXT;
    `,
  },
  {
    // What alerts have in common moves to a table of its own, so that one index serves every filter; an anchor says what retention took.
    name: 'facets',
    sql: `
      CREATE TABLE facets (
        facet INTEGER PRIMARY KEY,
        severity INTEGER NOT NULL,
        dimension TEXT NOT NULL,
        node TEXT NOT NULL,
        workload_id TEXT NOT NULL,
        workload_name TEXT NOT NULL,
        container_id TEXT NOT NULL,
        container_name TEXT NOT NULL,
        alerts INTEGER NOT NULL,
        first_ms INTEGER NOT NULL,
        last_ms INTEGER NOT NULL,
        UNIQUE (container_id, dimension, severity, node, workload_id, workload_name, container_name)
      ) STRICT;
      INSERT INTO facets
        (severity, dimension, node, workload_id, workload_name, container_id, container_name, alerts, first_ms, last_ms)
        SELECT severity, dimension, node, workload_id, workload_name, container_id, container_name,
          count(*), min(time_ms), max(time_ms)
        FROM alerts GROUP BY 1, 2, 3, 4, 5, 6, 7;
      CREATE INDEX facets_by_workload_id ON facets (workload_id, dimension, severity, node);
      CREATE INDEX facets_by_workload_name ON facets (workload_name, dimension, severity, node);
      CREATE INDEX facets_by_container_name ON facets (container_name, dimension, severity);
      CREATE INDEX facets_by_node ON facets (node, dimension, severity);
      CREATE INDEX facets_by_dimension ON facets (dimension, severity);
      CREATE INDEX facets_by_severity ON facets (severity);
      CREATE TABLE alerts_with_facets (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        time_ms INTEGER NOT NULL,
        facet INTEGER NOT NULL,
        incident TEXT,
        alert TEXT NOT NULL,
        count INTEGER NOT NULL,
        last_time TEXT NOT NULL,
        stored_at TEXT NOT NULL,
        previous_hash TEXT NOT NULL,
        hash TEXT NOT NULL
      ) STRICT;
      INSERT INTO alerts_with_facets
        SELECT a.seq, a.id, a.time_ms, f.facet, a.incident, a.alert, a.count, a.last_time, a.stored_at, a.previous_hash, a.hash
        FROM alerts a JOIN facets f USING
          (container_id, dimension, severity, node, workload_id, workload_name, container_name)
        ORDER BY a.seq;
      DROP TABLE alerts;
      ALTER TABLE alerts_with_facets RENAME TO alerts;
      CREATE INDEX alerts_by_time ON alerts (time_ms, seq, facet);
      CREATE INDEX alerts_by_facet ON alerts (facet, time_ms, seq);
      CREATE INDEX alerts_by_incident ON alerts (incident, time_ms, seq) WHERE incident IS NOT NULL;
      CREATE TABLE alert_hours (
        hour INTEGER NOT NULL,
        facet INTEGER NOT NULL,
        alerts INTEGER NOT NULL,
        PRIMARY KEY (hour, facet)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO alert_hours SELECT time_ms / 3600000, facet, count(*) FROM alerts GROUP BY 1, 2;
      CREATE TABLE chain_anchor (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        seq INTEGER NOT NULL,
        hash TEXT NOT NULL,
        removed INTEGER NOT NULL,
        removed_ms INTEGER,
        head_kept INTEGER NOT NULL
      ) STRICT;
      INSERT INTO chain_anchor VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000', 0, NULL, 0);
      CREATE INDEX incidents_closed ON incidents (changed_ms) WHERE closed_ms IS NOT NULL;
    `,
  },
  {
    // Retention may take the oldest records of the trail; an anchor says which, and nothing else may be removed.
    name: 'audit-retention',
    sql: `
      CREATE TABLE audit_anchor (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        seq INTEGER NOT NULL,
        hash TEXT NOT NULL,
        removed INTEGER NOT NULL,
        removed_ms INTEGER
      ) STRICT;
      INSERT INTO audit_anchor VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000', 0, NULL);
      DROP TRIGGER audit_kept;
      CREATE TRIGGER audit_kept BEFORE DELETE ON audit WHEN OLD.seq > (SELECT seq FROM audit_anchor)
        BEGIN SELECT raise(ABORT, 'the audit trail is not shortened'); END;
    `,
  },
  {
    name: 'notifications',
    sql: `
      CREATE TABLE silences (
        id TEXT PRIMARY KEY,
        until_ms INTEGER NOT NULL,
        silence TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX silences_by_end ON silences (until_ms);
      CREATE TABLE notification_groups (
        receiver TEXT NOT NULL,
        key TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (receiver, key)
      ) STRICT;
      CREATE TABLE notifications (
        seq INTEGER PRIMARY KEY,
        time_ms INTEGER NOT NULL,
        receiver TEXT NOT NULL,
        state TEXT NOT NULL,
        record TEXT NOT NULL
      ) STRICT;
      CREATE INDEX notifications_by_time ON notifications (time_ms);
      CREATE INDEX notifications_by_receiver ON notifications (receiver, time_ms);
      CREATE TABLE dispatched (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        seq INTEGER,
        decided_ms INTEGER NOT NULL
      ) STRICT;
    `,
  },
  {
    name: 'posture',
    sql: `
      CREATE TABLE posture_nodes (node TEXT PRIMARY KEY, sweep INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE posture_subjects (
        subject INTEGER PRIMARY KEY,
        node TEXT NOT NULL,
        container_id TEXT NOT NULL,
        container_name TEXT NOT NULL,
        container TEXT NOT NULL,
        workload_id TEXT NOT NULL,
        workload_name TEXT NOT NULL,
        workload TEXT NOT NULL,
        sweep INTEGER NOT NULL,
        last_seen_ms REAL NOT NULL,
        UNIQUE (node, container_id)
      ) STRICT;
      CREATE INDEX posture_subjects_by_workload_id ON posture_subjects (workload_id);
      CREATE INDEX posture_subjects_by_workload_name ON posture_subjects (workload_name);
      CREATE INDEX posture_subjects_by_container ON posture_subjects (container_id);
      CREATE INDEX posture_subjects_by_container_name ON posture_subjects (container_name);
      CREATE TABLE posture_findings (
        finding INTEGER PRIMARY KEY,
        subject INTEGER NOT NULL REFERENCES posture_subjects,
        check_id TEXT NOT NULL,
        result INTEGER NOT NULL,
        severity INTEGER NOT NULL,
        note TEXT NOT NULL,
        evidence TEXT NOT NULL,
        first_seen_ms REAL NOT NULL,
        changed_ms REAL NOT NULL,
        UNIQUE (subject, check_id)
      ) STRICT;
      CREATE INDEX posture_findings_by_severity ON posture_findings (severity DESC, finding);
      CREATE INDEX posture_findings_by_check ON posture_findings (check_id, severity, result);
      CREATE TABLE posture_changes (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        time_ms REAL NOT NULL,
        node TEXT NOT NULL,
        container TEXT NOT NULL,
        workload TEXT NOT NULL,
        check_id TEXT NOT NULL,
        severity INTEGER NOT NULL,
        was INTEGER NOT NULL,
        result INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE posture_exceptions (
        id TEXT PRIMARY KEY,
        of TEXT NOT NULL,
        workload TEXT NOT NULL,
        container TEXT NOT NULL,
        node TEXT NOT NULL,
        owner TEXT NOT NULL,
        reason TEXT NOT NULL,
        expires_ms REAL NOT NULL,
        created_ms REAL NOT NULL,
        created_by TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: 'vulnerabilities',
    sql: `
      CREATE TABLE vulnerability_lists (subject INTEGER PRIMARY KEY REFERENCES posture_subjects, list TEXT NOT NULL) STRICT;
      CREATE TABLE vulnerabilities (
        subject INTEGER NOT NULL REFERENCES posture_subjects,
        at INTEGER NOT NULL,
        rank INTEGER NOT NULL,
        id TEXT NOT NULL,
        package TEXT NOT NULL,
        one TEXT NOT NULL,
        PRIMARY KEY (subject, at)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX vulnerabilities_by_rank ON vulnerabilities (rank, subject, at);
      CREATE INDEX vulnerabilities_by_id ON vulnerabilities (id);
    `,
  },
  {
    name: 'posture-facts',
    sql: `
      ALTER TABLE posture_subjects ADD COLUMN facts TEXT;
      CREATE INDEX posture_subjects_with_facts ON posture_subjects (workload_id) WHERE facts IS NOT NULL;
    `,
  },
];
