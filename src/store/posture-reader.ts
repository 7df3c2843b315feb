import type { Workload } from '../model/container.ts';
import type { ContainerFacts } from '../model/container-facts.ts';
import { severities } from '../model/alert.ts';
import type { Severity } from '../model/alert.ts';
import { postureResults } from '../model/posture.ts';
import type { PostureChange, PostureEvidence, PostureFilter, PostureFinding, PostureResult } from '../model/posture.ts';
import type { Database } from './database.ts';
import { subjectOf } from './posture-rows.ts';
import type { PostureSchema, StoredSubject } from './posture-rows.ts';

interface FindingRow extends StoredSubject {
  finding: number;
  node: string;
  check_id: string;
  result: number;
  severity: number;
  note: string;
  evidence: string;
  first_seen_ms: number;
  changed_ms: number;
  last_seen_ms: number;
}
interface ChangeRow extends StoredSubject {
  seq: number;
  time_ms: number;
  node: string;
  check_id: string;
  severity: number;
  was: number;
  result: number;
}

/** Nodes of a workload that are asked how it is made there; what more of them say is the same, or they are told apart by hand. */
const factsMax = 1000;

/** What the checks of practices say, for questions. Methods throw as `Database` does. */
export class PostureReader {
  readonly #database: Database<PostureSchema>;

  constructor(database: Database<PostureSchema>) {
    this.#database = database;
  }

  /** The gravest first, then by id. @param after The last of the page before. */
  async list(
    filter: PostureFilter,
    limit: number,
    after?: { readonly severity: Severity; readonly id: number },
  ): Promise<readonly PostureFinding[]> {
    const { where, values } = conditions(filter);
    if (after !== undefined) {
      where.push('(f.severity < ? OR (f.severity = ? AND f.finding > ?))');
      const rank = severities.indexOf(after.severity);
      values.push(rank, rank, after.id);
    }
    const rows = this.#database
      .statement<FindingRow>(
        `SELECT f.*, s.* FROM posture_findings f JOIN posture_subjects s USING (subject)
         ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`} ORDER BY f.severity DESC, f.finding LIMIT ?`,
      )
      .all(...values, limit);
    return rows.map((row) => ({
      ...subjectOf(row),
      ...{ id: row.finding, check: row.check_id, node: row.node, note: row.note },
      result: postureResults[row.result] ?? 'unknown',
      severity: severities[row.severity] ?? 'notice',
      evidence: JSON.parse(row.evidence) as PostureEvidence[],
      ...{ firstSeenMs: row.first_seen_ms, lastSeenMs: row.last_seen_ms, changedMs: row.changed_ms },
    }));
  }

  /** How many findings there are, by check, severity and result. */
  async counts(): Promise<
    readonly {
      readonly check: string;
      readonly severity: Severity;
      readonly result: PostureResult;
      readonly findings: number;
    }[]
  > {
    return this.#database
      .statement<{ check_id: string; severity: number; result: number; findings: number }>(
        'SELECT check_id, severity, result, count(*) AS findings FROM posture_findings GROUP BY 1, 2, 3',
      )
      .all()
      .map((row) => ({
        ...{ check: row.check_id, findings: row.findings },
        severity: severities[row.severity] ?? 'notice',
        result: postureResults[row.result] ?? 'unknown',
      }));
  }

  /** How the containers of a workload are made, by node. */
  async facts(workload: string): Promise<readonly ContainerFacts[]> {
    return this.#database
      .statement<{ facts: string }>(
        'SELECT facts FROM posture_subjects WHERE facts IS NOT NULL AND workload_id = ? ORDER BY node LIMIT ?',
      )
      .all(workload, factsMax)
      .map(({ facts }) => JSON.parse(facts) as ContainerFacts);
  }

  /** Workloads of which it is known how their containers are made, by id, after the given one. */
  async workloadsWithFacts(after: string, limit: number): Promise<readonly Workload[]> {
    return this.#database
      .statement<StoredSubject>(
        `SELECT container, workload FROM posture_subjects WHERE facts IS NOT NULL AND workload_id > ?
         GROUP BY workload_id ORDER BY workload_id LIMIT ?`,
      )
      .all(after, limit)
      .flatMap((row) => subjectOf(row).workload ?? []);
  }

  /** The latest first. @param before `seq` of the last of the page before */
  async changes(
    filter: PostureFilter & { readonly sinceMs?: number | undefined },
    limit: number,
    before?: number,
  ): Promise<readonly PostureChange[]> {
    const { workload, container, node, checks } = filter;
    const where: string[] = [];
    const values: (string | number)[] = [];
    const add = (text: string, ...given: readonly (string | number)[]): void => {
      where.push(text);
      values.push(...given);
    };
    if (before !== undefined) add('seq < ?', before);
    if (filter.sinceMs !== undefined) add('time_ms >= ?', filter.sinceMs);
    if (node !== undefined) add('node = ?', node);
    if (workload !== undefined) add("(workload ->> 'id' = ? OR workload ->> 'name' = ?)", workload, workload);
    if (container !== undefined)
      add("(container ->> 'id' LIKE ? OR container ->> 'name' = ?)", idPattern(container), container);
    if (checks !== undefined) add(`check_id IN (${checks.map(() => '?').join(', ')})`, ...checks);
    if (filter.severity !== undefined) add('severity >= ?', severities.indexOf(filter.severity));
    return this.#database
      .statement<ChangeRow>(
        `SELECT * FROM posture_changes ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`} ORDER BY seq DESC LIMIT ?`,
      )
      .all(...values, limit)
      .map((row) => ({
        ...subjectOf(row),
        ...{ seq: row.seq, timeMs: row.time_ms, node: row.node, check: row.check_id },
        severity: severities[row.severity] ?? 'notice',
        was: postureResults[row.was] ?? 'new',
        result: postureResults[row.result] ?? 'gone',
      }));
  }
}

/** Ids are hexadecimal: no character of theirs is a wildcard; what is shorter than 12 is none. */
function idPattern(container: string): string {
  return /^[\da-f]{12,64}$/.test(container) ? `${container}%` : '-';
}

function conditions({ workload, container, node, checks, results, severity }: PostureFilter): {
  readonly where: string[];
  readonly values: (string | number)[];
} {
  const where: string[] = [];
  const values: (string | number)[] = [];
  const add = (text: string, ...given: readonly (string | number)[]): void => {
    where.push(text);
    values.push(...given);
  };
  if (node !== undefined) add('s.node = ?', node);
  if (workload !== undefined) add('(s.workload_id = ? OR s.workload_name = ?)', workload, workload);
  if (container !== undefined) add('(s.container_id LIKE ? OR s.container_name = ?)', idPattern(container), container);
  if (checks !== undefined) add(`f.check_id IN (${checks.map(() => '?').join(', ')})`, ...checks);
  if (results !== undefined)
    add(`f.result IN (${results.map(() => '?').join(', ')})`, ...results.map((one) => postureResults.indexOf(one)));
  if (severity !== undefined) add('f.severity >= ?', severities.indexOf(severity));
  return { where, values };
}
