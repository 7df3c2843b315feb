import type { Compilable, Expression, ExpressionBuilder, SqlBool } from 'kysely';
import { severities } from '../model/alert.ts';
import type { Severity } from '../model/alert.ts';
import { sql } from './kysely.ts';
import type { Database } from './database.ts';
import type { FacetSchema } from './facet-table.ts';
import { placeConditions, shortContainerId } from './place.ts';
import type { Place } from './place.ts';

/** What of an alert a facet holds; undefined members do not filter. */
export interface FacetFilter extends Place {
  /** At least this severity. */
  readonly severity?: Severity | undefined;
  readonly dimension?: string | undefined;
}

type Builder = ExpressionBuilder<FacetSchema, 'facets'>;
type Condition = (e: Builder) => Expression<SqlBool>;

/** Whether the filter leaves out any facet: without that, the time alone leads to the alerts. Pure. */
export function choosesFacets({ severity, dimension, workload, container, node }: FacetFilter): boolean {
  return [dimension, workload, container, node].some((one) => one !== undefined) || (severity ?? 'notice') !== 'notice';
}

/** Conditions on a facet that is there already. */
export function facetConditions<Schema extends FacetSchema, Table extends keyof Schema & string>(
  builder: ExpressionBuilder<Schema, Table>,
  filter: FacetFilter,
): Expression<SqlBool>[] {
  // Every schema that has facets has these columns; kysely's builder is tied to one.
  const e = builder as unknown as Builder;
  return [...placeConditions(e, filter), ...kindConditions(filter).map((condition) => condition(e))];
}

/**
 * Queries that find the facets of a filter; together they find all, some twice. Each leads by one index: that of the container, else of the
 * workload, else of the node, then of dimension and severity. Id and name are asked apart, because SQLite asks neither index well with OR; a plus
 * keeps it from an index that chooses less (https://www.sqlite.org/optoverview.html#disqualifying_where_clause_terms_using_unary_).
 */
export function facetQueries(
  { query }: Database<FacetSchema>,
  filter: FacetFilter,
): readonly ((limit: number) => Compilable<{ facet: number; first_ms: number; last_ms: number }>)[] {
  const { container, workload, node } = filter;
  const ofNode: Condition[] = node === undefined ? [] : [() => sql`+node = ${node}`];
  const ofWorkload: Condition[] =
    workload === undefined ? [] : [() => sql`(+workload_id = ${workload} OR +workload_name = ${workload})`];
  // A container has a few dozen facets: what else is asked for need not be in its index.
  const kinds = container === undefined ? kindConditions(filter) : kindConditionsBeside(filter);
  const alternatives: Condition[][] =
    container !== undefined
      ? containerLeads(container).map((lead) => [lead, ...ofWorkload, ...ofNode])
      : workload !== undefined
        ? [
            [(e) => e('workload_id', '=', workload), ...ofNode],
            [(e) => e('workload_name', '=', workload), ...ofNode],
          ]
        : [node === undefined ? [] : [(e) => e('node', '=', node)]];
  return alternatives.map(
    (conditions) => (limit: number) =>
      query
        .selectFrom('facets')
        .select(['facet', 'first_ms', 'last_ms'])
        .where((e) => e.and([...conditions, ...kinds].map((condition) => condition(e))))
        .limit(limit),
  );
}

function kindConditions({ severity, dimension }: FacetFilter): Condition[] {
  return [
    ...(severity === undefined ? [] : [(e: Builder) => e('severity', '>=', severities.indexOf(severity))]),
    ...(dimension === undefined ? [] : [(e: Builder) => e('dimension', '=', dimension)]),
  ];
}

/** The same, for a query whose leading index is to be another. */
function kindConditionsBeside({ severity, dimension }: FacetFilter): Condition[] {
  return [
    ...(severity === undefined ? [] : [() => sql<SqlBool>`+severity >= ${severities.indexOf(severity)}`]),
    ...(dimension === undefined ? [] : [() => sql<SqlBool>`+dimension = ${dimension}`]),
  ];
}

function containerLeads(container: string): Condition[] {
  const named: Condition = (e) => e('container_name', '=', container);
  const { from, below } = shortContainerId(container) ?? { from: container, below: undefined };
  return [
    (e) =>
      below === undefined
        ? e('container_id', '=', container)
        : e.and([e('container_id', '>=', from), e('container_id', '<', below)]),
    named,
  ];
}
