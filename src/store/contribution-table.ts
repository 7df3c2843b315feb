import { promisify } from 'node:util';
import { constants, deflateRaw, inflateRaw } from 'node:zlib';
import type { SharedProfile } from '../model/shared-profile.ts';
import type { Database } from './database.ts';

export interface ContributionSchema {
  contributions: {
    workload_id: string;
    node: string;
    as_of_ms: number;
    received_ms: number;
    /** As they are stored. */
    bytes: number;
    /** JSON; empty where it is packed. */
    shared: string;
    /** The same, by deflate (RFC 1951); null in rows from before there was packing. */
    packed?: Uint8Array | null;
  };
}

/** Contributions of so many nodes are kept for one workload, those received last. */
const nodesMax = 32;
const dayMs = 86_400_000;
/** A contribution that was not renewed for two half-lives, as they are by default, weighs a quarter. */
const keptMs = 60 * dayMs;
const contributionsMax = 10_000;

// In threads of the pool, so that packing keeps no alert waiting. The fastest level: a contribution becomes an eighth of what it was.
const pack = promisify(deflateRaw);
const unpack = promisify(inflateRaw);
const packing = { level: constants.Z_BEST_SPEED };

/**
 * What each node learned of each workload: a map from workload and node to the node's latest contribution (a state-based CRDT, Shapiro et al. 2011,
 * "Conflict-free replicated data types": the later state replaces the earlier), so that a sum over it counts nothing twice. Bounded by
 * `nodesMax`, and at each `prune` by age, number and bytes. Methods are asynchronous for the sake of a store behind a network.
 */
export class ContributionTable {
  readonly #database: Database<ContributionSchema>;

  readonly #bytesMax: number;

  /** @param bytesMax All contributions may take so much; 256 MiB when left out. */
  constructor(database: Database<ContributionSchema>, bytesMax: number = 256 * 1_048_576) {
    this.#database = database;
    this.#bytesMax = bytesMax;
  }

  /** Replaces what the node contributed about the workload. `stale`: what is there is of a later time. */
  async keep(
    node: string,
    shared: SharedProfile,
    receivedMs: number,
  ): Promise<{ readonly outcome: 'stored' | 'stale'; readonly dropped: number }> {
    const { query } = this.#database;
    const workload_id = shared.workload.id;
    const packed = await pack(JSON.stringify(shared), packing);
    return this.#database.transaction(() => {
      const there = this.#database.first(
        query
          .selectFrom('contributions')
          .select('as_of_ms')
          .where('workload_id', '=', workload_id)
          .where('node', '=', node),
      );
      if (there !== undefined && there.as_of_ms > shared.asOfMs) return { outcome: 'stale', dropped: 0 };
      const row = { as_of_ms: shared.asOfMs, received_ms: receivedMs, bytes: packed.length, shared: '', packed };
      this.#database.run(
        query
          .insertInto('contributions')
          .values({ workload_id, node, ...row })
          .onConflict((conflict) => conflict.columns(['workload_id', 'node']).doUpdateSet(row)),
      );
      const surplus = this.#database.all(
        query
          .selectFrom('contributions')
          .select('node')
          .where('workload_id', '=', workload_id)
          .orderBy('received_ms', 'desc')
          .orderBy('node')
          .limit(-1)
          .offset(nodesMax),
      );
      for (const one of surplus) this.#delete(workload_id, one.node);
      return { outcome: 'stored', dropped: surplus.length };
    });
  }

  /** Nodes that contributed about a workload, the latest received first. */
  async nodesOf(workload: string): Promise<readonly string[]> {
    const nodes = this.#database.all(
      this.#database.query
        .selectFrom('contributions')
        .select('node')
        .where('workload_id', '=', workload)
        .orderBy('received_ms', 'desc')
        .orderBy('node'),
    );
    return nodes.map(({ node }) => node);
  }

  /** What a node contributed; undefined when that was deleted. */
  async find(workload: string, node: string): Promise<SharedProfile | undefined> {
    const row = this.#database.first(
      this.#database.query
        .selectFrom('contributions')
        .select(['shared', 'packed'])
        .where('workload_id', '=', workload)
        .where('node', '=', node),
    );
    if (row === undefined) return undefined;
    const text = row.packed instanceof Uint8Array ? (await unpack(row.packed)).toString('utf8') : row.shared;
    return JSON.parse(text) as SharedProfile;
  }

  /** Forgets what all nodes, or one, contributed about a workload; how many contributions that were. */
  async forget(workload: string, node?: string): Promise<number> {
    const { query } = this.#database;
    return this.#database.transaction(() => {
      const of = query.selectFrom('contributions').select('node').where('workload_id', '=', workload);
      const rows = this.#database.all(node === undefined ? of : of.where('node', '=', node));
      for (const row of rows) this.#delete(workload, row.node);
      return rows.length;
    });
  }

  /** Deletes what is too old, then the oldest of what is too much; how many, by reason. */
  async prune(nowMs: number): Promise<Readonly<Record<'age' | 'count' | 'bytes', number>>> {
    const { query } = this.#database;
    return this.#database.transaction(() => {
      const dropped = { age: 0, count: 0, bytes: 0 };
      let [contributions, bytes] = [0, 0];
      const rows = this.#database.all(
        query
          .selectFrom('contributions')
          .select(['workload_id', 'node', 'received_ms', 'bytes'])
          .orderBy('received_ms', 'desc')
          .orderBy('workload_id')
          .orderBy('node'),
      );
      for (const row of rows) {
        contributions += 1;
        bytes += row.bytes;
        const aged = nowMs - row.received_ms > keptMs;
        if (!aged && contributions <= contributionsMax && bytes <= this.#bytesMax) continue;
        dropped[aged ? 'age' : contributions > contributionsMax ? 'count' : 'bytes'] += 1;
        this.#delete(row.workload_id, row.node);
      }
      return dropped;
    });
  }

  #delete(workload: string, node: string): void {
    const { query } = this.#database;
    this.#database.run(query.deleteFrom('contributions').where('workload_id', '=', workload).where('node', '=', node));
  }
}
