import { z } from 'zod';
import { severities } from '../model/alert.ts';
import type { Severity } from '../model/alert.ts';
import { dimensionSchema } from '../protocol/alert-schema.ts';
import { Problem } from './problem.ts';
import { nearestName } from '../lib/suggestion.ts';

/** Formats of an export. */
const exportFormats = ['ndjson', 'csv', 'ocsf'] as const;
export type ExportFormatName = (typeof exportFormats)[number];

/** Which alerts are asked for; undefined members do not filter. */
export interface AlertQuery {
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
  readonly workload?: string | undefined;
  readonly container?: string | undefined;
  readonly node?: string | undefined;
  readonly severity?: Severity | undefined;
  readonly dimension?: string | undefined;
  readonly before?: { readonly timeMs: number; readonly seq: number } | undefined;
  readonly limit: number;
  /** All that match, in this format, instead of a page. */
  readonly format?: ExportFormatName | undefined;
}

const pageDefault = 100;
const pageMax = 1000;

const name = z.string().min(1).max(512);
const time = z.string().max(64);

/** Query parameters of `GET /api/v1/alerts`, as text. */
export const alertQuerySchema: z.ZodObject = z.strictObject({
  since: time
    .describe('Event time, inclusive: ISO 8601 with a zone, seconds since 1970, or how long ago (30s, 15m, 1h, 7d).')
    .optional(),
  until: time.describe('Event time, exclusive; as since.').optional(),
  workload: name.describe('Workload id or name.').optional(),
  container: name.describe('Container id, 12 characters of it or more, or name.').optional(),
  node: name.optional(),
  severity: z.enum(severities).describe('At least this severity.').optional(),
  dimension: dimensionSchema.optional(),
  limit: z
    .string()
    .regex(/^([1-9]\d{0,5}|1000000)$/u)
    .describe('Alerts in one answer, 1 to 1000; default 100. With format, 1 to 1000000; default all.')
    .optional(),
  after: z.string().max(40).describe('The `next` of the page before.').optional(),
  format: z
    .enum(exportFormats)
    .describe('All that match instead of a page: JSON lines, CSV, or OCSF 1.7.0 as JSON lines.')
    .optional(),
});

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

/** Reads the query of `GET /api/v1/alerts`. Throws a 400 Problem `query.invalid` that names the parameter. */
export function parseAlertQuery(query: unknown, nowMs: number): AlertQuery {
  const text = parseParameters(alertQuerySchema, query);
  return {
    sinceMs: parseTime('since', text['since'], nowMs),
    untilMs: parseTime('until', text['until'], nowMs),
    workload: text['workload'],
    container: text['container'],
    node: text['node'],
    severity: severities.find((severity) => severity === text['severity']),
    dimension: text['dimension'],
    before: parseCursor(text['after']),
    ...limitOf(
      text['limit'],
      exportFormats.find((format) => format === text['format']),
    ),
  };
}

/** A page is bounded; an export is everything unless told otherwise. */
function limitOf(text: string | undefined, format: ExportFormatName | undefined): Pick<AlertQuery, 'limit' | 'format'> {
  if (format !== undefined) return { format, limit: text === undefined ? Infinity : Number(text) };
  const limit = Number(text ?? pageDefault);
  if (limit > pageMax) throw invalid('limit', `a page has at most ${String(pageMax)}; with format there is no page`);
  return { limit };
}

/** The cursor that continues after this alert. */
export function cursorOf(alert: { readonly time: string; readonly seq: number }): string {
  return `${String(Date.parse(alert.time))}.${String(alert.seq)}`;
}

function parseCursor(text: string | undefined): AlertQuery['before'] {
  if (text === undefined) return undefined;
  const match = /^(\d{1,15})\.(\d{1,15})$/u.exec(text);
  if (match === null) throw invalid('after', 'not the next of an earlier page');
  return { timeMs: Number(match[1]), seq: Number(match[2]) };
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
