import { roles } from '../model/access.ts';
import type { AccessToken } from '../model/access.ts';
import type { Database } from './database.ts';

interface TokenRow {
  seq: number;
  id: string;
  name: string;
  role: string;
  node: string | null;
  hash: string;
  created_ms: number;
  created_by: string;
  expires_ms: number | null;
  revoked_ms: number | null;
  revoked_by: string | null;
  used_ms: number | null;
}
export interface TokenSchema {
  tokens: TokenRow;
}

/** Tokens and the hashes of their secrets. Those that were revoked or expired stay: the audit trail names them. */
export class TokenTable {
  readonly #database: Database<TokenSchema>;

  constructor(database: Database<TokenSchema>) {
    this.#database = database;
  }

  async find(id: string): Promise<{ readonly token: AccessToken; readonly hash: string } | undefined> {
    const row = this.#database.first(this.#database.query.selectFrom('tokens').selectAll().where('id', '=', id));
    return row === undefined ? undefined : { token: tokenOf(row), hash: row.hash };
  }

  /** Notes when tokens were used last, by id, in milliseconds since the epoch. */
  async used(times: ReadonlyMap<string, number>): Promise<void> {
    this.#database.transaction(() => {
      for (const [id, usedMs] of times)
        this.#database.run(this.#database.query.updateTable('tokens').set({ used_ms: usedMs }).where('id', '=', id));
    });
  }

  /** True when a token of another role than agent was ever made. */
  async configured(): Promise<boolean> {
    const { query } = this.#database;
    return (
      this.#database.first(query.selectFrom('tokens').select('id').where('role', '!=', 'agent').limit(1)) !== undefined
    );
  }

  async add(token: AccessToken, hash: string): Promise<void> {
    this.#database.run(
      this.#database.query.insertInto('tokens').values((e) => ({
        seq: e
          .selectFrom('tokens')
          .select((s) => s(s.fn.coalesce(s.fn.max('seq'), s.lit(0)), '+', s.lit(1)).as('next')),
        ...{ id: token.id, name: token.name, role: token.role, node: token.node ?? null, hash },
        ...{ created_ms: Date.parse(token.createdAt), created_by: token.createdBy },
        expires_ms: token.expiresAt === undefined ? null : Date.parse(token.expiresAt),
      })),
    );
  }

  /** In the order in which they were made. */
  async list(): Promise<readonly AccessToken[]> {
    return this.#database.all(this.#database.query.selectFrom('tokens').selectAll().orderBy('seq')).map(tokenOf);
  }

  async revoke(id: string, by: string, nowMs: number): Promise<void> {
    this.#database.run(
      this.#database.query
        .updateTable('tokens')
        .set({ revoked_ms: nowMs, revoked_by: by })
        .where('id', '=', id)
        .where('revoked_ms', 'is', null),
    );
  }
}

function tokenOf(row: TokenRow): AccessToken {
  return {
    id: row.id,
    name: row.name,
    // A role that this version does not know may do nothing but what the least one may: an agent reads nothing.
    role: roles.find((role) => role === row.role) ?? 'agent',
    createdAt: new Date(row.created_ms).toISOString(),
    createdBy: row.created_by,
    ...(row.node === null ? {} : { node: row.node }),
    ...(row.expires_ms === null ? {} : { expiresAt: new Date(row.expires_ms).toISOString() }),
    ...(row.revoked_ms === null ? {} : { revokedAt: new Date(row.revoked_ms).toISOString() }),
    ...(row.revoked_by === null ? {} : { revokedBy: row.revoked_by }),
    ...(row.used_ms === null ? {} : { lastUsedAt: new Date(row.used_ms).toISOString() }),
  };
}
