import type { ChainFault, ChainPosition, ChainProgress } from '../model/chain.ts';
import type { AuditRow, AuditSchema } from './audit-table.ts';
import { canonicalJson, chainHash, chainStart } from './chain.ts';
import { disputedPath, headPath, readHead } from './chain-head.ts';
import { insertedDetail } from './chain-table.ts';
import type { ChainHead } from './chain-head.ts';
import type { Database, Statement } from './database.ts';

export interface AuditAnchorSchema {
  /** One row: the last record that retention removed, how many in all and when. */
  audit_anchor: { one: number; seq: number; hash: string; removed: number; removed_ms: number | null };
}

/** What is removable at once: some milliseconds. */
const removedAtOnce = 200;

/** The chain of the audit trail: what retention takes of it, and whether it is whole. */
export class AuditChain {
  readonly #database: Database<AuditSchema & AuditAnchorSchema>;
  readonly #rows: Statement<AuditRow>;
  readonly #at: Statement<ChainPosition>;
  readonly #first: Statement<ChainPosition>;
  readonly #last: Statement<ChainPosition>;

  constructor(database: Database<AuditSchema & AuditAnchorSchema>) {
    this.#database = database;
    this.#rows = database.statement('SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?');
    this.#at = database.statement('SELECT seq, hash FROM audit WHERE seq = ?');
    this.#first = database.statement('SELECT seq, hash FROM audit ORDER BY seq LIMIT 1');
    this.#last = database.statement('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1');
  }

  anchor(): ChainPosition & { readonly removed: number } {
    const row = this.#database.first(this.#database.query.selectFrom('audit_anchor').selectAll());
    return { seq: row?.seq ?? 0, hash: row?.hash ?? chainStart, removed: row?.removed ?? 0 };
  }

  end(): ChainPosition {
    const { seq, hash } = this.#last.first() ?? this.anchor();
    return { seq, hash };
  }

  /** The oldest records, as far as they were written before; a few at a time. Reads only. */
  removable(beforeMs: number): readonly ChainPosition[] {
    const oldest = this.#rows.all(0, removedAtOnce);
    const end = oldest.findIndex(({ time_ms: timeMs }) => timeMs >= beforeMs);
    return (end === -1 ? oldest : oldest.slice(0, end)).map(({ seq, hash }) => ({ seq, hash }));
  }

  /** Removes them, and notes in the anchor up to where. Within a transaction; triggers refuse what the anchor does not cover. */
  remove(rows: readonly ChainPosition[], nowMs: number): void {
    const last = rows.at(-1);
    if (last === undefined) return;
    const { query } = this.#database;
    this.#database.run(
      query.updateTable('audit_anchor').set((eb) => ({
        ...{ seq: last.seq, hash: last.hash, removed_ms: nowMs },
        removed: eb('removed', '+', rows.length),
      })),
    );
    this.#database.run(query.deleteFrom('audit').where('seq', '<=', last.seq));
  }

  /** Checks the next records; see `ChainTable.check`. */
  check(from: ChainPosition | undefined, limit: number): ChainProgress {
    const head = readHead(headPath(this.#database.path));
    const disputed = readHead(disputedPath(this.#database.path));
    return this.#database.snapshot(() => {
      const { removed, ...anchor } = this.anchor();
      let at: ChainPosition = from === undefined || from.seq < anchor.seq ? anchor : from;
      const first = from === undefined ? this.#first.first() : undefined;
      if (first !== undefined && first.seq <= anchor.seq) {
        const detail = insertedDetail(first.seq, 'records', anchor.seq);
        return { checked: 0, at, done: true, removed, fault: { seq: first.seq, what: 'inserted', detail } };
      }
      let checked = 0;
      for (const row of this.#rows.all(at.seq, limit)) {
        const fault = faultOf(row, at);
        if (fault !== undefined) return { checked, at, done: true, removed, fault };
        at = { seq: row.seq, hash: row.hash };
        checked += 1;
      }
      if (checked === limit) return { checked, at, done: false, removed };
      const fault = this.fits(head) ?? this.fits(disputed);
      return { checked, at, done: true, removed, ...(fault === undefined ? {} : { fault }) };
    });
  }

  /** Compares with what was written down of the trail's end; what is wrong, or undefined. Nothing was by a release that did not yet. */
  fits(head: ChainHead | undefined): ChainFault | undefined {
    if (head?.audit === undefined) return undefined;
    const { seq, hash, removedSeq } = head.audit;
    const [end, anchor] = [this.end(), this.anchor()];
    if (seq > end.seq) {
      const detail = `the trail ended at ${String(seq)} at ${head.time}, now it ends at ${String(end.seq)}: cut off, or an older copy of the file`;
      return { seq: end.seq + 1, what: 'truncated', detail };
    }
    if (anchor.seq > removedSeq) {
      const detail = `records up to ${String(anchor.seq)} are said to be removed by retention, which removed those up to ${String(removedSeq)} only`;
      return { seq: removedSeq + 1, what: 'anchor', detail };
    }
    const there = seq === anchor.seq ? anchor : (this.#at.first(seq) ?? anchor);
    if (seq < anchor.seq || there.hash === hash) return undefined;
    return {
      ...{ seq, what: 'rewritten' },
      detail: `record ${String(seq)} had another hash at ${head.time}: the trail was computed anew`,
    };
  }
}

function faultOf({ previous_hash: previousHash, hash, ...row }: AuditRow, at: ChainPosition): ChainFault | undefined {
  const { seq } = row;
  if (seq !== at.seq + 1) {
    const gone = seq - at.seq - 1;
    const detail = `${String(gone)} ${gone === 1 ? 'record is' : 'records are'} missing before record ${String(seq)}`;
    return { seq: at.seq + 1, what: 'gap', detail };
  }
  if (previousHash !== at.hash) {
    const detail = 'it does not follow the record before it: one was inserted or removed there, or a hash altered';
    return { seq, what: 'link', detail };
  }
  if (hash === chainHash(at.hash, canonicalJson(row))) return undefined;
  return { seq, what: 'hash', detail: 'what it says is not what its hash was made of' };
}
