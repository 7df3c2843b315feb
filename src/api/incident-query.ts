import { z } from 'zod';
import { severities } from '../model/alert.ts';
import type { Severity } from '../model/alert.ts';
import type { Incident } from '../model/incident.ts';
import { alertIdSchema } from '../protocol/alert-schema.ts';
import { alertQuerySchema, invalid, parseParameters, parseTime } from './alert-query.ts';

/** Which incidents are asked for; undefined members do not filter. */
export interface IncidentQuery {
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
  readonly workload?: string | undefined;
  readonly container?: string | undefined;
  readonly node?: string | undefined;
  readonly severity?: Severity | undefined;
  readonly state?: Incident['state'] | undefined;
  readonly before?: { readonly timeMs: number; readonly id: string } | undefined;
  readonly limit: number;
}

const states = ['open', 'closed'] as const;

/** Query parameters of `GET /api/v1/incidents`, as text: those of alerts, but for the dimension. */
export const incidentQuerySchema: z.ZodObject = alertQuerySchema.omit({ dimension: true }).extend({
  state: z.enum(states).describe('Only those that are open or closed.').optional(),
});

/** Reads the query of `GET /api/v1/incidents`. Throws a 400 Problem `query.invalid` that names the parameter. */
export function parseIncidentQuery(query: unknown, nowMs: number): IncidentQuery {
  const text = parseParameters(incidentQuerySchema, query);
  return {
    sinceMs: parseTime('since', text['since'], nowMs),
    untilMs: parseTime('until', text['until'], nowMs),
    workload: text['workload'],
    container: text['container'],
    node: text['node'],
    severity: severities.find((severity) => severity === text['severity']),
    state: states.find((state) => state === text['state']),
    before: parseCursor(text['after']),
    limit: Number(text['limit'] ?? 100),
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
