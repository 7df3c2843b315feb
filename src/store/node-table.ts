import type { NodeReport } from '../model/node.ts';
import type { Database } from './database.ts';

export interface NodeSchema {
  nodes: {
    name: string;
    agent_version: string;
    first_seen_ms: number;
    last_seen_ms: number;
    report: string | null;
  };
}

/** A node as the collector remembers it across restarts. */
export interface NodeRecord {
  readonly name: string;
  readonly agentVersion: string;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly report: NodeReport | undefined;
}

/** The nodes that were ever seen. */
export class NodeTable {
  readonly #database: Database<NodeSchema>;

  constructor(database: Database<NodeSchema>) {
    this.#database = database;
  }

  save(node: NodeRecord): void {
    const values = {
      agent_version: node.agentVersion,
      last_seen_ms: node.lastSeenMs,
      report: node.report === undefined ? null : JSON.stringify(node.report),
    };
    this.#database.run(
      this.#database.query
        .insertInto('nodes')
        .values({ name: node.name, first_seen_ms: node.firstSeenMs, ...values })
        .onConflict((conflict) => conflict.column('name').doUpdateSet(values)),
    );
  }

  /** By name. */
  list(): readonly NodeRecord[] {
    return this.#database.all(this.#database.query.selectFrom('nodes').selectAll().orderBy('name')).map((row) => ({
      name: row.name,
      agentVersion: row.agent_version,
      firstSeenMs: row.first_seen_ms,
      lastSeenMs: row.last_seen_ms,
      report: row.report === null ? undefined : (JSON.parse(row.report) as NodeReport),
    }));
  }

  forget(name: string): void {
    this.#database.run(this.#database.query.deleteFrom('nodes').where('name', '=', name));
  }
}
