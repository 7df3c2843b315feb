import { z } from 'zod';
import { nearestName } from '../lib/suggestion.ts';
import { severities } from '../model/alert.ts';
import type { Severity } from '../model/alert.ts';
import { Problem } from './problem.ts';

/** Where, when and how grave something has to be; undefined members do not filter. */
export interface Scope {
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
  readonly workload?: string | undefined;
  readonly container?: string | undefined;
  readonly node?: string | undefined;
  readonly severity?: Severity | undefined;
}

/** Objects that one answer has at most. */
export const pageMax = 1000;
const pageDefault = 100;

const name = z.string().min(1).max(512);
const time = z.string().max(64);

/** The parameter `since`. */
export const sinceParameter: z.ZodType<string | undefined> = time
  .describe('Event time, inclusive: ISO 8601 with a zone, seconds since 1970, or how long ago (30s, 15m, 1h, 7d).')
  .optional();
/** The parameter `until`. */
export const untilParameter: z.ZodType<string | undefined> = time
  .describe('Event time, exclusive; as since.')
  .optional();
/** The parameter `limit` of what is told in pages. */
export const limitParameter: z.ZodType<string | undefined> = z
  .string()
  .regex(/^([1-9]\d{0,2}|1000)$/u)
  .describe('In one answer, 1 to 1000; default 100.')
  .optional();
/** Parameters of a {@link Scope}. */
export const scopeParameters: Readonly<Record<string, z.ZodType<string | undefined>>> = {
  since: sinceParameter,
  until: untilParameter,
  workload: name.describe('Workload id or name.').optional(),
  container: name.describe('Container id, 12 characters of it or more, or name.').optional(),
  node: name.optional(),
  severity: z.enum(severities).describe('At least this severity.').optional(),
};

/** The scope that parameters mean. Throws as `parseParameters` does. */
export function scopeOf(text: Readonly<Record<string, string | undefined>>, nowMs: number): Scope {
  return {
    sinceMs: parseTime('since', text['since'], nowMs),
    untilMs: parseTime('until', text['until'], nowMs),
    workload: text['workload'],
    container: text['container'],
    node: text['node'],
    severity: severities.find((severity) => severity === text['severity']),
  };
}

/** How many objects a page has, by its parameter `limit`. */
export function pageSizeOf(limit: string | undefined): number {
  return Number(limit ?? pageDefault);
}

const unitsMs = new Map([
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** The query's parameters as text, checked by a schema. Throws a 400 Problem `query.invalid` that names the parameter. */
export function parseParameters(schema: z.ZodObject, query: unknown): Readonly<Record<string, string | undefined>> {
  const parsed = schema.safeParse(query);
  // Every parameter of a schema of queries is text.
  if (parsed.success) return parsed.data as Readonly<Record<string, string | undefined>>;
  const issue = parsed.error.issues[0];
  const parameter = issue?.code === 'unrecognized_keys' ? (issue.keys[0] ?? '') : String(issue?.path[0] ?? '');
  throw issue?.code === 'unrecognized_keys'
    ? unknownParameter(parameter, Object.keys(schema.shape))
    : invalid(parameter, issue?.message ?? 'invalid');
}

/** What answers a parameter that there is not, with the one that may be meant. */
export function unknownParameter(parameter: string, names: readonly string[]): Problem {
  if (names.length === 0) return invalid(parameter, 'unknown; there are no parameters here');
  const meant = nearestName(parameter, names);
  const hint = meant === undefined ? '' : ` did you mean ${meant}?`;
  return invalid(parameter, `unknown;${hint} there are ${names.join(', ')}`);
}

/** A time in a query, milliseconds since the epoch. Throws as `parseParameters` does. */
export function parseTime(parameter: string, text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  const ago = /^(\d{1,9})([smhd])$/u.exec(text);
  if (ago !== null) return nowMs - Number(ago[1]) * (unitsMs.get(ago[2] ?? '') ?? 0);
  // As Prometheus and Docker have it.
  if (/^\d{9,11}(\.\d{1,9})?$/u.test(text)) return Math.round(Number(text) * 1000);
  const timeMs = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d))?$/u.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(timeMs))
    throw invalid(
      parameter,
      'not a time: 2026-11-23T02:10:00Z or seconds since 1970, or how long ago: 30s, 15m, 1h, 7d',
    );
  return timeMs;
}

/** What answers a wrong parameter. */
export function invalid(parameter: string, detail: string): Problem {
  return new Problem(400, 'query.invalid', `${parameter}: ${detail}`, parameter);
}
