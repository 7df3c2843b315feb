import { z } from 'zod';
import type { Incident } from '../model/incident.ts';
import { alertIdSchema } from '../protocol/alert-schema.ts';
import { invalid, limitParameter, pageSizeOf, parseParameters, scopeOf, scopeParameters } from './query.ts';
import type { Scope } from './query.ts';

/** Which incidents are asked for; undefined members do not filter. */
export interface IncidentQuery extends Scope {
  readonly state?: Incident['state'] | undefined;
  readonly before?: { readonly timeMs: number; readonly id: string } | undefined;
  readonly limit: number;
}

const states = ['open', 'closed'] as const;

/** Query parameters of `GET /api/v1/incidents`, as text. */
export const incidentQuerySchema: z.ZodObject = z.strictObject({
  ...scopeParameters,
  state: z.enum(states).describe('Only those that are open or closed.').optional(),
  limit: limitParameter,
  after: z.string().max(64).describe('The `next` of the page before.').optional(),
});

/** Reads the query of `GET /api/v1/incidents`. Throws a 400 Problem `query.invalid` that names the parameter. */
export function parseIncidentQuery(query: unknown, nowMs: number): IncidentQuery {
  const text = parseParameters(incidentQuerySchema, query);
  return {
    ...scopeOf(text, nowMs),
    state: states.find((state) => state === text['state']),
    before: parseCursor(text['after']),
    limit: pageSizeOf(text['limit']),
  };
}

/** The cursor that continues after this incident. */
export function incidentCursor({ opened, id }: Pick<Incident, 'opened' | 'id'>): string {
  return `${String(Date.parse(opened))}.${id}`;
}

function parseCursor(text: string | undefined): IncidentQuery['before'] {
  if (text === undefined) return undefined;
  const [time = '', id] = text.split('.', 2);
  if (!/^\d{1,15}$/u.test(time) || !alertIdSchema.safeParse(id).success || id === undefined)
    throw invalid('after', 'not the next of an earlier page');
  return { timeMs: Number(time), id };
}
