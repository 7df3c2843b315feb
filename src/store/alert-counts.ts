import type { Compilable, RawBuilder } from 'kysely';
import { severities } from '../model/alert.ts';
import type { AlertSchema } from './alert-table.ts';
import type { Database } from './database.ts';
import { choosesFacets, facetConditions } from './facet-filter.ts';
import type { FacetFilter } from './facet-filter.ts';
import { hourMs } from './facet-table.ts';
import { sql } from './kysely.ts';

export const countedBy = ['workload', 'severity', 'dimension', 'node'] as const;
export type CountedBy = (typeof countedBy)[number];

/** What is counted; undefined members do not filter. */
export interface CountFilter extends FacetFilter {
  readonly by: CountedBy;
  /** Milliseconds since the epoch; inclusive. */
  readonly sinceMs?: number | undefined;
  /** Milliseconds since the epoch; exclusive. */
  readonly untilMs?: number | undefined;
  /** Rows of the answer. */
  readonly limit: number;
}

export interface AlertCounts {
  /** Most alerts first. */
  readonly items: readonly { readonly value: string; readonly name?: string; readonly alerts: number }[];
  /** All that were counted, and how many values they have: more than `items` where those did not fit. */
  readonly alerts: number;
  readonly values: number;
}

/**
 * Counts alerts by what their facets say: whole hours from the table of hours, and only what is left at both ends alert by alert.
 * The cost is that of the facets that were active, not of the alerts.
 */
export class AlertCounter {
  readonly #database: Database<AlertSchema>;

  constructor(database: Database<AlertSchema>) {
    this.#database = database;
  }

  count(filter: CountFilter): AlertCounts {
    const rows = this.#database.all(countQuery(this.#database, filter));
    const shown = rows.slice(0, filter.limit);
    return {
      items: shown.map(({ value, name, alerts }) => ({
        value: filter.by === 'severity' ? (severities[Number(value)] ?? 'notice') : String(value),
        ...(filter.by === 'workload' ? { name: String(name) } : {}),
        alerts,
      })),
      alerts: rows.reduce((sum, { alerts }) => sum + alerts, 0),
      values: rows.length,
    };
  }
}

const columns = {
  workload: ['workload_id', 'workload_name'],
  severity: ['severity', 'severity'],
  dimension: ['dimension', 'dimension'],
  node: ['node', 'node'],
} as const;

/** The one query behind the counts. */
export function countQuery(
  database: Database<AlertSchema>,
  filter: CountFilter,
): Compilable<{ value: string | number; name: string | number; alerts: number }> {
  const [value, name] = columns[filter.by];
  const { query } = database;
  const tally = tallies(filter);
  return query
    .with('tally', () => sql<{ facet: number; alerts: number }>`(${tally})`)
    .selectFrom('tally')
    .crossJoin('facets')
    .whereRef('facets.facet', '=', 'tally.facet')
    .where((e) => e.and(choosesFacets(filter) ? facetConditions(e, filter) : []))
    .select((e) => [
      `facets.${value} as value`,
      `facets.${name} as name`,
      e.fn.sum<number>('tally.alerts').as('alerts'),
    ])
    .groupBy([`facets.${value}`, `facets.${name}`])
    .orderBy('alerts', 'desc')
    .orderBy('value');
}

/** How many alerts each facet has between the two times; one facet may have several rows. */
function tallies({ sinceMs, untilMs }: CountFilter): RawBuilder<{ facet: number; alerts: number }> {
  if (sinceMs === undefined && untilMs === undefined) return sql`SELECT facet, alerts FROM facets`;
  const [since, until] = [Math.max(0, sinceMs ?? 0), untilMs ?? Number.MAX_SAFE_INTEGER];
  const [first, last] = [Math.ceil(since / hourMs), Math.floor(until / hourMs)];
  const between = (from: number, to: number): RawBuilder<unknown> =>
    sql`SELECT facet, count(*) AS alerts FROM alerts INDEXED BY alerts_by_time WHERE time_ms >= ${from} AND time_ms < ${to} GROUP BY facet`;
  if (first > last) return sql`${between(since, until)}`;
  return sql`SELECT facet, sum(alerts) AS alerts FROM alert_hours WHERE hour >= ${first} AND hour < ${last} GROUP BY facet
    UNION ALL ${between(since, first * hourMs)}
    UNION ALL ${between(last * hourMs, until)}`;
}
