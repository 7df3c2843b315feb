import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';

/** Where something happened; undefined members do not filter. */
export interface Place {
  /** Workload id or name. */
  readonly workload?: string | undefined;
  /** Container id, its first 12 characters or more, or name. */
  readonly container?: string | undefined;
  readonly node?: string | undefined;
}

interface PlaceColumns {
  node: string;
  workload_id: string;
  workload_name: string;
  container_id: string;
  container_name: string;
}

/** Conditions on the columns that tables of things with a place have in common. */
export function placeConditions<Schema extends Record<Table, PlaceColumns>, Table extends keyof Schema & string>(
  builder: ExpressionBuilder<Schema, Table>,
  { workload, container, node }: Place,
): Expression<SqlBool>[] {
  // The columns are those of every such table; kysely's builder is tied to one.
  const e = builder as unknown as ExpressionBuilder<{ place: PlaceColumns }, 'place'>;
  return [
    ...(workload === undefined ? [] : [e.or([e('workload_id', '=', workload), e('workload_name', '=', workload)])]),
    ...(container === undefined ? [] : [e.or(containerConditions(e, container))]),
    ...(node === undefined ? [] : [e('node', '=', node)]),
  ];
}

function containerConditions(
  e: ExpressionBuilder<{ place: PlaceColumns }, 'place'>,
  container: string,
): Expression<SqlBool>[] {
  const exact = [e('container_id', '=', container), e('container_name', '=', container)];
  const short = shortContainerId(container);
  return short === undefined
    ? exact
    : [...exact, e.and([e('container_id', '>=', short.from), e('container_id', '<', short.below)])];
}

/** Between which texts the ids are that begin with this one; undefined when it cannot be the beginning of an id. */
export function shortContainerId(container: string): { readonly from: string; readonly below: string } | undefined {
  // Engines print ids cut to 12 digits; `g` is the first character after the last hex digit.
  return /^[0-9a-f]{12,64}$/u.test(container) ? { from: container, below: `${container}g` } : undefined;
}
