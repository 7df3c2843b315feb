import type { PostureException } from '../model/posture.ts';
import type { Database } from './database.ts';
import type { PostureSchema } from './posture-rows.ts';

/** Exceptions of practices that were made by the API. Those that expired stay until they are removed. Methods throw as `Database` does. */
export class PostureExceptionTable {
  readonly #database: Database<PostureSchema>;

  constructor(database: Database<PostureSchema>) {
    this.#database = database;
  }

  async add(exception: PostureException, by: string, nowMs: number): Promise<void> {
    const { id, of, workload = '', container = '', node = '', owner, reason, expiresMs } = exception;
    this.#database
      .statement('INSERT INTO posture_exceptions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(id, of, workload, container, node, owner, reason, expiresMs, nowMs, by);
  }

  /** False: there was none. */
  async remove(id: string): Promise<boolean> {
    return this.#database.statement('DELETE FROM posture_exceptions WHERE id = ?').run(id) > 0;
  }

  async list(): Promise<readonly PostureException[]> {
    return this.#database
      .statement<{
        id: string;
        of: string;
        workload: string;
        container: string;
        node: string;
        owner: string;
        reason: string;
        expires_ms: number;
      }>('SELECT * FROM posture_exceptions ORDER BY id')
      .all()
      .map((row) => ({
        ...{
          id: row.id,
          of: row.of,
          owner: row.owner,
          reason: row.reason,
          expiresMs: row.expires_ms,
          origin: 'api' as const,
        },
        ...(row.workload === '' ? {} : { workload: row.workload }),
        ...(row.container === '' ? {} : { container: row.container }),
        ...(row.node === '' ? {} : { node: row.node }),
      }));
  }
}
