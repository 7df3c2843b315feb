import { roles } from '../model/access.ts';
import type { AuditRecord, StoredAuditRecord } from '../model/access.ts';
import { AuditChain } from './audit-chain.ts';
import type { AuditAnchorSchema } from './audit-chain.ts';
import { canonicalJson, chainHash } from './chain.ts';
import type { Database } from './database.ts';

export interface AuditRow {
  seq: number;
  time_ms: number;
  by: string;
  role: string;
  address: string;
  action: string;
  subject: string;
  detail: string;
  status: number;
  code: string | null;
  previous_hash: string;
  hash: string;
}
export interface AuditSchema {
  audit: AuditRow;
}

/** Which records; undefined members do not filter. */
export interface AuditFilter {
  /** Milliseconds since the epoch; inclusive. */
  readonly sinceMs?: number | undefined;
  /** Milliseconds since the epoch; exclusive. */
  readonly untilMs?: number | undefined;
  readonly by?: string | undefined;
  /** Only records before this one. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/**
 * Who changed what. Records are added and never changed; triggers of the schema refuse it, and each record has the hash over the one before
 * it, so that whoever edits the file is found out (`AuditChain`). Retention removes the oldest.
 */
export class AuditTable {
  readonly #database: Database<AuditSchema & AuditAnchorSchema>;
  readonly #chain: AuditChain;

  constructor(database: Database<AuditSchema & AuditAnchorSchema>) {
    this.#database = database;
    this.#chain = new AuditChain(database);
  }

  /** Adds a record; durable when it resolves. Other processes may add to the same file. */
  async add(record: AuditRecord, nowMs: number): Promise<StoredAuditRecord> {
    const { query } = this.#database;
    return this.#database.transaction(() => {
      const last = this.#chain.end();
      const row = {
        ...{ seq: last.seq + 1, time_ms: nowMs, by: record.by, role: record.role, address: record.from },
        ...{ action: record.action, subject: record.subject, detail: record.detail, status: record.status },
        code: record.code ?? null,
      };
      const previousHash = last.hash;
      const hash = chainHash(previousHash, canonicalJson(row));
      this.#database.run(query.insertInto('audit').values({ ...row, previous_hash: previousHash, hash }));
      return recordOf({ ...row, previous_hash: previousHash, hash });
    });
  }

  /** The latest first. */
  async list({ sinceMs, untilMs, by, before, limit }: AuditFilter): Promise<readonly StoredAuditRecord[]> {
    let query = this.#database.query.selectFrom('audit').selectAll().orderBy('seq', 'desc').limit(limit);
    if (sinceMs !== undefined) query = query.where('time_ms', '>=', sinceMs);
    if (untilMs !== undefined) query = query.where('time_ms', '<', untilMs);
    if (by !== undefined) query = query.where('by', '=', by);
    if (before !== undefined) query = query.where('seq', '<', before);
    return this.#database.all(query).map(recordOf);
  }
}

function recordOf(row: AuditRow): StoredAuditRecord {
  const { seq, by, action, subject, detail, status, code, hash } = row;
  return {
    ...{ seq, time: new Date(row.time_ms).toISOString(), by, from: row.address, action, subject, detail, status, hash },
    role: roles.find((role) => role === row.role) ?? 'agent',
    previousHash: row.previous_hash,
    ...(code === null ? {} : { code }),
  };
}
