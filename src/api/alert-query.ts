import { z } from 'zod';
import { dimensionSchema } from '../protocol/alert-schema.ts';
import { invalid, pageMax, pageSizeOf, parseParameters, scopeOf, scopeParameters } from './query.ts';
import type { Scope } from './query.ts';

/** Formats of an export. */
const exportFormats = ['ndjson', 'csv', 'ocsf'] as const;
export type ExportFormatName = (typeof exportFormats)[number];

/** Which alerts are asked for; undefined members do not filter. */
export interface AlertQuery extends Scope {
  readonly dimension?: string | undefined;
  readonly before?: { readonly timeMs: number; readonly seq: number } | undefined;
  readonly limit: number;
  /** All that match, in this format, instead of a page. */
  readonly format?: ExportFormatName | undefined;
}

/** Query parameters of `GET /api/v1/alerts`, as text. */
export const alertQuerySchema: z.ZodObject = z.strictObject({
  ...scopeParameters,
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

/** Reads the query of `GET /api/v1/alerts`. Throws a 400 Problem `query.invalid` that names the parameter. */
export function parseAlertQuery(query: unknown, nowMs: number): AlertQuery {
  const text = parseParameters(alertQuerySchema, query);
  return {
    ...scopeOf(text, nowMs),
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
  const limit = pageSizeOf(text);
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
