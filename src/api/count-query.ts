import { z } from 'zod';
import type { AlertQuery } from './alert-query.ts';
import { alertQuerySchema, parseAlertQuery } from './alert-query.ts';
import { invalid, limitParameter, parseParameters } from './query.ts';

const countedBy = ['workload', 'severity', 'dimension', 'node'] as const;

/** Which alerts are counted, and by what; undefined members do not filter. */
export interface CountQuery extends Omit<AlertQuery, 'before'> {
  readonly by: (typeof countedBy)[number];
}

/** Counts as the store answers them. */
export interface Counts {
  /** Most alerts first. */
  readonly items: readonly { readonly value: string; readonly name?: string; readonly alerts: number }[];
  readonly alerts: number;
  readonly values: number;
}

/** Answer of `GET /api/v1/alerts/counts`. */
export interface CountList extends Counts {
  readonly by: CountQuery['by'];
  readonly since?: string;
  readonly until?: string;
}
export const countListSchema: z.ZodType<CountList> = z.object({
  by: z.enum(countedBy),
  since: z.string().exactOptional(),
  until: z.string().exactOptional(),
  items: z.array(
    z.object({
      value: z.string().describe('Id of the workload, severity, dimension, or name of the node.'),
      name: z.string().describe('Name of the workload.').exactOptional(),
      alerts: z.int().min(0),
    }),
  ),
  alerts: z.int().min(0).describe('All alerts that were counted.'),
  values: z.int().min(0).describe('How many items there are, those over the limit included.'),
});

/** Query parameters of `GET /api/v1/alerts/counts`, as text: those of alerts, but for cursor and format. */
export const countQuerySchema: z.ZodObject = alertQuerySchema.omit({ after: true, format: true }).extend({
  limit: limitParameter,
  by: z.enum(countedBy).describe('What is counted apart.'),
});

/** Reads the query of `GET /api/v1/alerts/counts`. Throws a 400 Problem `query.invalid` that names the parameter. */
export function parseCountQuery(query: unknown, nowMs: number): CountQuery {
  const { by: text, ...filter } = parseParameters(countQuerySchema, query);
  const by = countedBy.find((one) => one === text);
  if (by === undefined) throw invalid('by', `one of ${countedBy.join(', ')}`);
  const { before: _before, ...rest } = parseAlertQuery(filter, nowMs);
  return { by, ...rest };
}

/** The answer: what was asked for, and what was counted. */
export function viewCounts({ by, sinceMs, untilMs }: CountQuery, counts: Counts): CountList {
  return {
    by,
    ...(sinceMs === undefined ? {} : { since: new Date(sinceMs).toISOString() }),
    ...(untilMs === undefined ? {} : { until: new Date(untilMs).toISOString() }),
    ...counts,
  };
}
