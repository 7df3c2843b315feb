import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { StoredAlert } from '../model/alert.ts';
import type { AlertQuery, ExportFormatName } from './alert-query.ts';

/** How alerts are written one after the other. */
export interface AlertFormat {
  readonly contentType: string;
  /** What stands before the first. */
  readonly head: string;
  /** One, with its line end. */
  readonly line: (alert: StoredAlert) => string;
}
export type AlertFormats = Readonly<Record<ExportFormatName, AlertFormat>>;

interface AlertList {
  /** The latest event first. */
  list(query: AlertQuery): Promise<readonly StoredAlert[]>;
}

/** Alerts that are held in memory at once; the next are read when these were sent. */
const pageAlerts = 250;

/** Answers with all alerts that match, the latest first. When the store fails half-way, the answer breaks off: it has no closing chunk. */
export function sendAlerts(
  reply: FastifyReply,
  alerts: AlertList,
  query: AlertQuery,
  { contentType, head, line }: AlertFormat,
): FastifyReply {
  return reply
    .header('content-disposition', `attachment; filename="alerts.${query.format === 'csv' ? 'csv' : 'ndjson'}"`)
    .type(contentType)
    .send(Readable.from(linesOf(alerts, query, head, line), { objectMode: false }));
}

async function* linesOf(
  alerts: AlertList,
  query: AlertQuery,
  head: string,
  line: (alert: StoredAlert) => string,
): AsyncGenerator<string> {
  if (head !== '') yield head;
  let { before, limit } = query;
  while (limit > 0) {
    const page = await alerts.list({ ...query, before, limit: Math.min(pageAlerts, limit) });
    const last = page.at(-1);
    if (last === undefined) return;
    yield page.map(line).join('');
    before = { timeMs: Date.parse(last.time), seq: last.seq };
    limit -= page.length;
  }
}
