import { severities } from '../model/alert.ts';
import type { Alert } from '../model/alert.ts';
import type { ChainFault, ChainPosition, ChainProgress } from '../model/chain.ts';
import type { AlertRow, AlertSchema } from './alert-table.ts';
import { chainHash, chainStart } from './chain.ts';
import { disputedPath, headPath, readHead } from './chain-head.ts';
import type { ChainHead } from './chain-head.ts';
import type { Database, Statement } from './database.ts';
import type { FacetRow } from './facet-table.ts';

export interface AnchorSchema {
  /** One row: the last alert that retention removed, how many in all and when; and whether there is a file with the head. */
  chain_anchor: {
    one: number;
    seq: number;
    hash: string;
    removed: number;
    removed_ms: number | null;
    head_kept: number;
  };
}

type CheckedRow = AlertRow &
  Pick<FacetRow, 'severity' | 'dimension' | 'node'> & {
    workload_id: string;
    workload_name: string;
    container_id: string;
    container_name: string;
  };

export interface Anchor extends ChainPosition {
  readonly removed: number;
  readonly removedMs: number | undefined;
  readonly headKept: boolean;
}

/** Follows the chain and compares what is beside it. Reads only. */
export class ChainTable {
  readonly #database: Database<AlertSchema>;
  readonly #rows: Statement<CheckedRow>;
  readonly #at: Statement<ChainPosition>;
  readonly #first: Statement<ChainPosition>;
  readonly #last: Statement<ChainPosition>;

  constructor(database: Database<AlertSchema>) {
    this.#database = database;
    this.#rows = database.statement(
      `SELECT a.*, f.severity, f.dimension, f.node, f.workload_id, f.workload_name, f.container_id, f.container_name
        FROM alerts a LEFT JOIN facets f ON f.facet = a.facet WHERE a.seq > ? ORDER BY a.seq LIMIT ?`,
    );
    this.#at = database.statement('SELECT seq, hash FROM alerts WHERE seq = ?');
    this.#first = database.statement('SELECT seq, hash FROM alerts ORDER BY seq LIMIT 1');
    this.#last = database.statement('SELECT seq, hash FROM alerts ORDER BY seq DESC LIMIT 1');
  }

  anchor(): Anchor {
    const row = this.#database.first(this.#database.query.selectFrom('chain_anchor').selectAll());
    return {
      seq: row?.seq ?? 0,
      hash: row?.hash ?? chainStart,
      removed: row?.removed ?? 0,
      removedMs: row?.removed_ms ?? undefined,
      headKept: row?.head_kept === 1,
    };
  }

  end(): ChainPosition {
    return this.#last.first() ?? this.anchor();
  }

  /**
   * Checks the next alerts of the chain, at most `limit`. @param from What was checked last; undefined: from the beginning. Retention may have
   * gone past it meanwhile. At the end it is compared with the record of it.
   */
  check(from: ChainPosition | undefined, limit: number): ChainProgress {
    // Before the chain: what is written down meanwhile would be ahead of what is read here.
    const head = readHead(headPath(this.#database.path));
    return this.#database.snapshot(() => {
      const anchor = this.anchor();
      const begin = from === undefined || from.seq < anchor.seq ? { seq: anchor.seq, hash: anchor.hash } : from;
      const before = from === undefined ? this.#beforeAnchor(anchor) : undefined;
      if (before !== undefined) return { checked: 0, at: begin, done: true, fault: before, removed: anchor.removed };
      let [at, checked] = [begin, 0];
      for (const row of this.#rows.all(begin.seq, limit)) {
        const fault = faultOf(row, at);
        if (fault !== undefined) return { checked, at, done: true, fault, removed: anchor.removed };
        at = { seq: row.seq, hash: row.hash };
        checked += 1;
      }
      if (checked === limit) return { checked, at, done: false, removed: anchor.removed };
      const fault = this.fits(head, anchor) ?? this.#disputed();
      return { checked, at, done: true, removed: anchor.removed, ...(fault === undefined ? {} : { fault }) };
    });
  }

  /** Compares the chain with a head; what is wrong, or undefined. */
  fits(head: ChainHead | undefined, anchor: Anchor = this.anchor()): ChainFault | undefined {
    const end = this.end();
    if (head === undefined) {
      if (!anchor.headKept) return undefined;
      const detail = `the record of where the chain ended, ${headPath(this.#database.path)}, is missing: alerts after ${String(end.seq)} may have been cut off`;
      return { seq: end.seq + 1, what: 'head', detail };
    }
    if (head.seq === Infinity)
      return { seq: end.seq + 1, what: 'head', detail: `${headPath(this.#database.path)} is not readable` };
    if (head.seq > end.seq) {
      const detail = `the chain ended at ${String(head.seq)} at ${head.time}, now it ends at ${String(end.seq)}: cut off, or an older copy of the file`;
      return { seq: end.seq + 1, what: 'truncated', detail };
    }
    if (anchor.seq > head.removedSeq) {
      const detail = `alerts up to ${String(anchor.seq)} are said to be removed by retention, which removed those up to ${String(head.removedSeq)} only`;
      return { seq: head.removedSeq + 1, what: 'anchor', detail };
    }
    const there = head.seq === anchor.seq ? anchor : (this.#at.first(head.seq) ?? anchor);
    if (head.seq < anchor.seq || there.hash === head.hash) return undefined;
    const detail = `alert ${String(head.seq)} had another hash at ${head.time}: the chain was computed anew`;
    return { seq: head.seq, what: 'rewritten', detail };
  }

  #disputed(): ChainFault | undefined {
    const path = disputedPath(this.#database.path);
    const head = readHead(path);
    if (head === undefined) return undefined;
    const detail = `when the collector started, the chain did not fit the record of its end (${head.seq === Infinity ? 'not readable' : `${String(head.seq)} at ${head.time}`}); delete ${path} when it is known why, after restoring a backup for example`;
    return { seq: Math.min(head.seq, this.end().seq + 1), what: 'head', detail };
  }

  /** What retention removed cannot be there, nor anything before the first alert that ever was: number 1. */
  #beforeAnchor({ seq }: Anchor): ChainFault | undefined {
    const row = this.#first.first();
    if (row === undefined || row.seq > seq) return undefined;
    return { seq: row.seq, what: 'inserted', detail: insertedDetail(row.seq, 'alerts', seq) };
  }
}

/** Why a row cannot be where it stands. @param removedSeq Up to where retention removed. */
export function insertedDetail(seq: number, rows: string, removedSeq: number): string {
  return seq < 1 ? 'numbers begin with 1' : `retention removed the ${rows} up to ${String(removedSeq)}`;
}

function faultOf(row: CheckedRow, at: ChainPosition): ChainFault | undefined {
  const { seq } = row;
  if (seq !== at.seq + 1) {
    const gone = seq - at.seq - 1;
    const detail = `${String(gone)} ${gone === 1 ? 'alert is' : 'alerts are'} missing before alert ${String(seq)}`;
    return { seq: at.seq + 1, what: 'gap', detail };
  }
  if (row.previous_hash !== at.hash)
    return {
      ...{ seq, what: 'link' },
      detail: 'it does not follow the alert before it: one was inserted or removed there, or a hash altered',
    };
  if (row.hash !== chainHash(at.hash, row.alert))
    return { seq, what: 'hash', detail: 'its text is not the one that its hash was made of' };
  const columns = differing(row);
  if (columns.length === 0) return undefined;
  return { seq, what: 'column', detail: `beside its text, which is whole, ${columns.join(', ')} was altered` };
}

/** Names of the columns that do not say what the text says. Count and time of the last sighting grow with further sightings, which are not hashed. */
function differing(row: CheckedRow): readonly string[] {
  // The text is the one that was hashed, so it is an alert.
  const { count, lastTime, ...alert } = JSON.parse(row.alert) as Alert;
  const grown = row.count > count || (row.count === count && row.last_time === lastTime);
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['id', row.id, alert.id],
    ['time', row.time_ms, Date.parse(alert.time)],
    ['severity', row.severity, severities.indexOf(alert.severity)],
    ['dimension', row.dimension, alert.dimension],
    ['node', row.node, alert.node],
    ['workload', `${row.workload_id}\n${row.workload_name}`, `${alert.workload.id}\n${alert.workload.name}`],
    ['container', `${row.container_id}\n${row.container_name}`, `${alert.container.id}\n${alert.container.name}`],
    ['incident', row.incident ?? undefined, alert.incident],
    ['count', grown, true],
  ];
  return pairs.filter(([, column, text]) => column !== text).map(([name]) => name);
}
