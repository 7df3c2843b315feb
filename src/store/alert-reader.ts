import type { Compilable, ExpressionBuilder } from 'kysely';
import { severities } from '../model/alert.ts';
import type { Severity, StoredAlert } from '../model/alert.ts';
import { alertOf } from './alert-table.ts';
import type { AlertRow, AlertSchema } from './alert-table.ts';
import type { Database, Statement } from './database.ts';
import { DecisionTable } from './decision-table.ts';
import type { DecisionSchema } from './decision-table.ts';
import { choosesFacets, facetConditions, facetQueries } from './facet-filter.ts';
import type { FacetFilter } from './facet-filter.ts';
import type { FacetSchema } from './facet-table.ts';

/** Which alerts; undefined members do not filter. */
export interface AlertFilter extends FacetFilter {
  /** Milliseconds since the epoch; inclusive. */
  readonly sinceMs?: number | undefined;
  /** Milliseconds since the epoch; exclusive. */
  readonly untilMs?: number | undefined;
  /** Only alerts that come after this one, going back in time. */
  readonly before?: { readonly timeMs: number; readonly seq: number } | undefined;
  readonly limit: number;
}

/** A facet, and the events of its first and last alert. */
interface FacetTimes {
  readonly facet: number;
  readonly first_ms: number;
  readonly last_ms: number;
}

interface Key {
  readonly time_ms: number;
  readonly seq: number;
}

/** A page is at or after `sinceMs`, and before `timeMs` and `seq`: alerts are in order of both, the latest first. */
interface Range {
  readonly sinceMs: number;
  readonly timeMs: number;
  readonly seq: number;
}

/** What decides between the ways to a page; the page is the same by each. */
export interface ReaderLimits {
  /** With more facets than this in a filter, their alerts are likely to be many among all: a walk back in time is tried first. */
  readonly manyFacets: number;
  /** So many alerts it goes past at most; then the facets are asked all the same. */
  readonly walkedAlerts: number;
}
const readerLimits: ReaderLimits = { manyFacets: 5000, walkedAlerts: 50_000 };
const farMs = 8_640_000_000_000_000;

/**
 * Alerts for reading. Each index of `alerts` serves one way to a page: without a filter back in time; with one that chooses few facets from
 * those, the one with the latest alert first, until none of the rest can have an alert on the page; with one that chooses many back in time,
 * looking at the facet of each alert. None sorts alerts, and none reads the text of an alert that is not on the page.
 */
export class AlertReader {
  readonly #database: Database<AlertSchema>;
  readonly #decisions: DecisionTable;
  readonly #limits: ReaderLimits;
  readonly #newest: Statement<AlertRow>;
  readonly #ofFacet: Statement<Key>;
  readonly #beyond: Statement<Key>;
  readonly #bySeq: Statement<AlertRow>;
  readonly #byId: Statement<AlertRow>;
  readonly #after: Statement<AlertRow>;
  readonly #ofIncident: Statement<AlertRow>;

  constructor(database: Database<AlertSchema>, limits: ReaderLimits = readerLimits) {
    this.#database = database;
    this.#limits = limits;
    this.#decisions = new DecisionTable(database as unknown as Database<DecisionSchema>);
    this.#newest = database.statement(alertSql.newest);
    this.#ofFacet = database.statement(alertSql.ofFacet);
    this.#beyond = database.statement(alertSql.beyond);
    this.#bySeq = database.statement(alertSql.bySeq);
    this.#byId = database.statement(alertSql.byId);
    this.#after = database.statement(alertSql.after);
    this.#ofIncident = database.statement(alertSql.ofIncident);
  }

  /** Alerts that fit the filter, the latest event first (ties: the latest stored first). */
  list(filter: AlertFilter): readonly StoredAlert[] {
    return this.#database.snapshot(() => this.#served(this.#page(filter)));
  }

  get(id: string): StoredAlert | undefined {
    const row = this.#byId.first(id);
    return row === undefined ? undefined : this.#served([row])[0];
  }

  /** Alerts in the order of the log, those after `seq`. */
  after(seq: number, limit: number): readonly StoredAlert[] {
    return this.#served(this.#after.all(seq, limit));
  }

  /** Alerts of an incident, the first event first. */
  ofIncident(incident: string, limit: number): readonly StoredAlert[] {
    return this.#served(this.#ofIncident.all(incident, limit));
  }

  /** How many alerts are stored, by severity and dimension. */
  totals(): readonly { readonly severity: Severity; readonly dimension: string; readonly alerts: number }[] {
    const query = this.#database.query
      .selectFrom('facets')
      .select((e) => ['severity', 'dimension', e.fn.sum<number>('alerts').as('alerts')])
      .groupBy(['severity', 'dimension']);
    return this.#database.all(query).map((row) => ({ ...row, severity: severities[row.severity] ?? 'notice' }));
  }

  #page(filter: AlertFilter): readonly AlertRow[] {
    const range = rangeOf(filter);
    const { manyFacets, walkedAlerts } = this.#limits;
    if (!choosesFacets(filter)) return this.#newest.all(range.sinceMs, range.timeMs, range.seq, filter.limit);
    const queries = facetQueries(this.#database, filter);
    const some = queries.map((query) => this.#database.all(query(manyFacets + 1)));
    const many = some.some(({ length }) => length > manyFacets);
    const walked = many ? this.#walk(filter, range, walkedAlerts) : undefined;
    const facets = (): FacetTimes[] => (many ? queries.map((query) => this.#database.all(query(-1))) : some).flat();
    const keys = walked ?? this.#fromFacets(facets(), filter.limit, range);
    return keys.map(({ seq }) => this.#bySeq.first(seq)).filter((row) => row !== undefined);
  }

  /** The page from these facets; one may be there twice. */
  #fromFacets(facets: readonly FacetTimes[], limit: number, range: Range): readonly Key[] {
    const chosen = new Map(facets.map((one) => [one.facet, one]));
    const within = [...chosen.values()]
      .filter(({ first_ms, last_ms }) => last_ms >= range.sinceMs && first_ms <= range.timeMs)
      .toSorted((a, b) => b.last_ms - a.last_ms);
    let page: readonly Key[] = [];
    for (const { facet, last_ms } of within) {
      const last = page.length === limit ? page.at(-1) : undefined;
      if (last !== undefined && last_ms < last.time_ms) break;
      const sinceMs = Math.max(range.sinceMs, last?.time_ms ?? range.sinceMs);
      const found = this.#ofFacet.all(facet, sinceMs, range.timeMs, range.seq, limit);
      if (found.length > 0) page = mergeKeys(page, found, limit);
    }
    return page;
  }

  /** The page from a walk back in time over at most `alerts` of them; undefined when it ended before the page was full. */
  #walk(filter: AlertFilter, range: Range, alerts: number): readonly Key[] | undefined {
    const keys = this.#database.all(walkQuery(this.#database, filter, { range, alerts }));
    if (keys.length === filter.limit) return keys;
    const more = this.#beyond.first(range.sinceMs, range.timeMs, range.seq, alerts);
    return more === undefined ? keys : undefined;
  }

  /** Alerts with what operators said of them last. */
  #served(rows: readonly AlertRow[]): readonly StoredAlert[] {
    const decisions = this.#decisions.ofAlerts(rows.map(({ id }) => id));
    return rows.map((row) => {
      const decision = decisions.get(row.id);
      if (decision === undefined) return alertOf(row);
      const { id, verdict, by, reason, time } = decision;
      return { ...alertOf(row), decision: { id, verdict, by, reason, time } };
    });
  }
}

/** What is asked of the table of alerts. */
export const alertSql = {
  newest: 'SELECT * FROM alerts WHERE time_ms >= ? AND (time_ms, seq) < (?, ?) ORDER BY time_ms DESC, seq DESC LIMIT ?',
  ofFacet: `SELECT time_ms, seq FROM alerts WHERE facet = ? AND time_ms >= ? AND (time_ms, seq) < (?, ?)
    ORDER BY time_ms DESC, seq DESC LIMIT ?`,
  beyond: `SELECT time_ms, seq FROM alerts WHERE time_ms >= ? AND (time_ms, seq) < (?, ?)
    ORDER BY time_ms DESC, seq DESC LIMIT 1 OFFSET ?`,
  bySeq: 'SELECT * FROM alerts WHERE seq = ?',
  byId: 'SELECT * FROM alerts WHERE id = ?',
  after: 'SELECT * FROM alerts WHERE seq > ? ORDER BY seq LIMIT ?',
  ofIncident: 'SELECT * FROM alerts WHERE incident = ? ORDER BY time_ms, seq LIMIT ?',
} as const;

/**
 * Back in time, asking each alert's facet. CROSS JOIN: SQLite keeps the order (https://www.sqlite.org/optoverview.html#crossjoin), so the
 * alerts come as the inner query, which is not materialised, hands them over: the latest first.
 */
export function walkQuery(
  { query }: Database<AlertSchema>,
  filter: AlertFilter,
  { range, alerts }: { readonly range: Range; readonly alerts: number } = { range: rangeOf(filter), alerts: 1 },
): Compilable<Key> {
  const { sinceMs, timeMs, seq } = range;
  const recent = query
    .selectFrom('alerts')
    .select(['time_ms', 'seq', 'facet'])
    .where('time_ms', '>=', sinceMs)
    .where((e) => e(e.refTuple('time_ms', 'seq'), '<', e.tuple(timeMs, seq)))
    .orderBy('time_ms', 'desc')
    .orderBy('seq', 'desc')
    .limit(alerts);
  return query
    .selectFrom(recent.as('recent'))
    .crossJoin('facets')
    .select(['recent.time_ms', 'recent.seq'])
    .whereRef('facets.facet', '=', 'recent.facet')
    .where((e) => e.and(facetConditions(e as unknown as ExpressionBuilder<FacetSchema, 'facets'>, filter)))
    .limit(filter.limit);
}

function rangeOf({ sinceMs = -farMs, untilMs, before }: AlertFilter): Range {
  // Numbers start at 1: nothing at `untilMs` itself is before its 0.
  const until = { timeMs: untilMs ?? farMs, seq: 0 };
  const first = before !== undefined && before.timeMs < until.timeMs ? before : until;
  return { sinceMs, ...first };
}

/** The first `limit` of two lists, both the latest first. */
function mergeKeys(a: readonly Key[], b: readonly Key[], limit: number): readonly Key[] {
  if (a.length === 0) return b;
  const merged: Key[] = [];
  let [i, j] = [0, 0];
  while (merged.length < limit) {
    const [left, right] = [a[i], b[j]];
    const next = left === undefined ? right : right === undefined || isLater(left, right) ? left : right;
    if (next === undefined) break;
    if (next === left) i += 1;
    else j += 1;
    merged.push(next);
  }
  return merged;
}

function isLater(a: Key, b: Key): boolean {
  return a.time_ms > b.time_ms || (a.time_ms === b.time_ms && a.seq > b.seq);
}
