import type { NodeReport } from '../model/node.ts';
import type { Database } from './database.ts';

interface NodeRow {
  name: string;
  agent_version: string;
  first_seen_ms: number;
  last_seen_ms: number;
  report: string | null;
  stopped: number;
  silent_alert: string | null;
}
export interface NodeSchema {
  nodes: NodeRow;
}

/** A node as the collector remembers it across restarts. */
export interface NodeRecord {
  readonly name: string;
  readonly agentVersion: string;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly report: NodeReport | undefined;
  /** Its agent said goodbye when it was heard of last. */
  readonly stopped?: boolean;
  /** Id of the alert that says that it fell silent. */
  readonly silentAlert?: string;
}

/** The rows of nodes. */
export class NodeTable {
  readonly #database: Database<NodeSchema>;

  constructor(database: Database<NodeSchema>) {
    this.#database = database;
  }

  /** All of them, or none. */
  save(nodes: readonly NodeRecord[]): void {
    this.#database.transaction(() => {
      for (const { name, firstSeenMs, ...node } of nodes) {
        const values = {
          agent_version: node.agentVersion,
          last_seen_ms: node.lastSeenMs,
          report: node.report === undefined ? null : JSON.stringify(node.report),
          stopped: node.stopped === true ? 1 : 0,
          silent_alert: node.silentAlert ?? null,
        };
        const insert = this.#database.query.insertInto('nodes').values({ name, first_seen_ms: firstSeenMs, ...values });
        this.#database.run(insert.onConflict((conflict) => conflict.column('name').doUpdateSet(values)));
      }
    });
  }

  /** By name. */
  list(): readonly NodeRecord[] {
    return this.#database.all(this.#database.query.selectFrom('nodes').selectAll().orderBy('name')).map((row) => ({
      name: row.name,
      agentVersion: row.agent_version,
      firstSeenMs: row.first_seen_ms,
      lastSeenMs: row.last_seen_ms,
      report: row.report === null ? undefined : (JSON.parse(row.report) as NodeReport),
      stopped: row.stopped === 1,
      ...(row.silent_alert === null ? {} : { silentAlert: row.silent_alert }),
    }));
  }

  forget(name: string): void {
    this.#database.run(this.#database.query.deleteFrom('nodes').where('name', '=', name));
  }
}
