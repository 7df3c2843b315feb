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
  // Engines print ids cut to 12 digits; `g` is the first character after the last hex digit.
  const short = /^[0-9a-f]{12,64}$/u.test(container);
  return short
    ? [...exact, e.and([e('container_id', '>=', container), e('container_id', '<', `${container}g`)])]
    : exact;
}
