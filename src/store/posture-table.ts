import type { ContainerFacts } from '../model/container-facts.ts';
import { severities } from '../model/alert.ts';
import type { Severity } from '../model/alert.ts';
import { anyNode, postureResults, workloadSubject } from '../model/posture.ts';
import type { PostureChange, PostureEvidence, PostureResult, PostureSubject } from '../model/posture.ts';
import type { VulnerabilityList } from '../model/vulnerability.ts';
import type { Database } from './database.ts';
import { subjectOf } from './posture-rows.ts';
import type { PostureSchema, StoredSubject } from './posture-rows.ts';
import { forgetVulnerabilities, keepVulnerabilities } from './vulnerability-table.ts';

/** A subject and all that its checks said, as it is stored. */
export interface PostureEntry extends PostureSubject {
  readonly timeMs: number;
  readonly vulnerabilities?: VulnerabilityList;
  /** Of a workload, on the node. */
  readonly facts?: ContainerFacts;
  readonly outcomes: readonly {
    readonly check: string;
    readonly result: PostureResult;
    readonly severity: Severity;
    readonly note: string;
    readonly evidence: readonly PostureEvidence[];
  }[];
}

export interface PosturePiece {
  /** A full report begins; it ends: what of the node was not in it is gone. */
  readonly first: boolean;
  readonly last: boolean;
  readonly entries: readonly PostureEntry[];
  readonly gone: readonly string[];
}

interface SubjectRow extends StoredSubject {
  subject: number;
  workload_id: string;
  facts: string | null;
}

/** In the place of a result. */
const none = -1;
const changesMax = 200_000;

/**
 * What the checks of practices say, by node, container and check, and how it changed. What the nodes say replaces what they said before. The last
 * `changesMax` changes are kept. Methods throw as `Database` does.
 */
export class PostureTable {
  // Raw statements: these run thousands of times for one report.
  readonly #database: Database<PostureSchema>;

  constructor(database: Database<PostureSchema>) {
    this.#database = database;
  }

  /** Keeps what a node said; answers what changed by it. */
  async keep(node: string, piece: PosturePiece, nowMs: number): Promise<readonly PostureChange[]> {
    return this.#database.transaction(() => {
      const db = this.#database;
      const changes: PostureChange[] = [];
      if (piece.first)
        db.statement(
          'INSERT INTO posture_nodes (node, sweep) VALUES (?, 1) ON CONFLICT (node) DO UPDATE SET sweep = sweep + 1',
        ).run(node);
      const sweep =
        db.statement<{ sweep: number }>('SELECT sweep FROM posture_nodes WHERE node = ?').first(node)?.sweep ?? 0;
      if (piece.entries.length + piece.gone.length === 0)
        db.statement('UPDATE posture_subjects SET last_seen_ms = ? WHERE node = ?').run(nowMs, node);
      for (const entry of piece.entries) changes.push(...this.#keepOne(node, entry, sweep, nowMs));
      const ended = piece.gone.flatMap((id) =>
        db.statement<SubjectRow>('SELECT * FROM posture_subjects WHERE node = ? AND container_id = ?').all(node, id),
      );
      if (piece.last)
        ended.push(
          ...db.statement<SubjectRow>('SELECT * FROM posture_subjects WHERE node = ? AND sweep < ?').all(node, sweep),
        );
      for (const subject of ended) changes.push(...this.#end(node, subject, nowMs));
      db.statement('DELETE FROM posture_changes WHERE seq <= (SELECT max(seq) FROM posture_changes) - ?').run(
        changesMax,
      );
      return changes;
    });
  }

  /** Everything of a node that is forgotten. */
  forgetNode(node: string): void {
    this.#database.transaction(() => {
      const ofSubjects = ['vulnerabilities', 'vulnerability_lists', 'posture_findings'];
      for (const table of [...ofSubjects, 'posture_subjects', 'posture_nodes'])
        this.#database
          .statement(
            ofSubjects.includes(table)
              ? `DELETE FROM ${table} WHERE subject IN (SELECT subject FROM posture_subjects WHERE node = ?)`
              : `DELETE FROM ${table} WHERE node = ?`,
          )
          .run(node);
    });
  }

  #keepOne(node: string, entry: PostureEntry, sweep: number, nowMs: number): readonly PostureChange[] {
    const db = this.#database;
    const { container, workload } = entry;
    const id = container?.id ?? (workload === undefined ? '' : workloadSubject(workload.id));
    const facts = entry.facts === undefined ? null : JSON.stringify(entry.facts);
    const names = [
      container?.name ?? '',
      JSON.stringify(container ?? null),
      workload?.id ?? '',
      workload?.name ?? '',
      JSON.stringify(workload ?? null),
    ];
    const subject = db
      .statement<{ subject: number }>(
        `INSERT INTO posture_subjects (node, container_id, container_name, container, workload_id, workload_name, workload, sweep, last_seen_ms, facts)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (node, container_id) DO UPDATE SET container_name = excluded.container_name, container = excluded.container,
           workload_id = excluded.workload_id, workload_name = excluded.workload_name, workload = excluded.workload,
           sweep = excluded.sweep, last_seen_ms = excluded.last_seen_ms, facts = excluded.facts
         RETURNING subject`,
      )
      .first(node, id, ...names, sweep, nowMs, facts)?.subject;
    if (subject === undefined) return [];
    keepVulnerabilities(db, subject, entry.vulnerabilities);
    const before = new Map(
      db
        .statement<{ check_id: string; result: number; severity: number; note: string; evidence: string }>(
          'SELECT check_id, result, severity, note, evidence FROM posture_findings WHERE subject = ?',
        )
        .all(subject)
        .map((row) => [row.check_id, row]),
    );
    const changes: PostureChange[] = [];
    for (const { check, result, severity, note, evidence } of entry.outcomes) {
      const was = before.get(check);
      before.delete(check);
      const [rank, grade, text] = [
        postureResults.indexOf(result),
        severities.indexOf(severity),
        JSON.stringify(evidence),
      ];
      if (was?.result === rank && was.severity === grade && was.note === note && was.evidence === text) continue;
      const passes = result === 'pass';
      // Since when it has not passed is kept through fail, warn and unknown.
      const anew = was === undefined || (postureResults[was.result] === 'pass') !== passes;
      const moved = was?.result !== rank;
      db.statement(
        `INSERT INTO posture_findings (subject, check_id, result, severity, note, evidence, first_seen_ms, changed_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (subject, check_id) DO UPDATE SET result = excluded.result, severity = excluded.severity, note = excluded.note,
           evidence = excluded.evidence, first_seen_ms = CASE WHEN ? THEN excluded.first_seen_ms ELSE first_seen_ms END,
           changed_ms = CASE WHEN ? THEN excluded.changed_ms ELSE changed_ms END`,
      ).run(subject, check, rank, grade, note, text, entry.timeMs, entry.timeMs, anew ? 1 : 0, moved ? 1 : 0);
      // What passes from the beginning is no news.
      if (moved && !(was === undefined && passes))
        changes.push(
          this.#change(node, entry, {
            check,
            // Who hears of what is grave hears of its end too.
            severity: Math.max(grade, was?.severity ?? 0),
            was: was?.result ?? none,
            result: rank,
            timeMs: entry.timeMs,
          }),
        );
    }
    // Checks that another release had.
    for (const check of before.keys())
      db.statement('DELETE FROM posture_findings WHERE subject = ? AND check_id = ?').run(subject, check);
    return changes;
  }

  #end(node: string, row: SubjectRow, nowMs: number): readonly PostureChange[] {
    const open = this.#database
      .statement<{ check_id: string; result: number; severity: number }>(
        'SELECT check_id, result, severity FROM posture_findings WHERE subject = ? AND result < ?',
      )
      .all(row.subject, postureResults.indexOf('pass'));
    const changes = open.map(({ check_id: check, result, severity }) =>
      this.#change(node, subjectOf(row), { check, severity, was: result, result: none, timeMs: nowMs }),
    );
    forgetVulnerabilities(this.#database, row.subject);
    this.#database.statement('DELETE FROM posture_findings WHERE subject = ?').run(row.subject);
    this.#database.statement('DELETE FROM posture_subjects WHERE subject = ?').run(row.subject);
    return row.facts === null ? changes : [...changes, ...this.#endWorkload(row.workload_id, nowMs)];
  }

  /** With its last node go the findings of the workload as a whole. */
  #endWorkload(workload: string, nowMs: number): readonly PostureChange[] {
    const rows = this.#database
      .statement<SubjectRow>('SELECT * FROM posture_subjects WHERE workload_id = ? AND (facts IS NOT NULL OR node = ?)')
      .all(workload, anyNode);
    if (rows.some(({ facts }) => facts !== null)) return [];
    return rows.flatMap((row) => this.#end(anyNode, row, nowMs));
  }

  #change(
    node: string,
    { container, workload }: PostureSubject,
    {
      check,
      severity,
      was,
      result,
      timeMs,
    }: { check: string; severity: number; was: number; result: number; timeMs: number },
  ): PostureChange {
    const seq =
      this.#database
        .statement<{ seq: number }>('INSERT INTO posture_changes VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq')
        .first(
          timeMs,
          node,
          JSON.stringify(container ?? null),
          JSON.stringify(workload ?? null),
          check,
          severity,
          was,
          result,
        )?.seq ?? 0;
    return {
      ...(container === undefined ? {} : { container }),
      ...(workload === undefined ? {} : { workload }),
      ...{ seq, timeMs, node, check, severity: severities[severity] ?? 'notice' },
      was: postureResults[was] ?? 'new',
      result: postureResults[result] ?? 'gone',
    };
  }
}
