import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { historyKinds } from '../model/history.ts';
import type { HistoryEntry, HistoryKind, HistoryQuery, LossEntry } from '../model/history.ts';
import type { StoredIncident } from '../model/incident.ts';
import { alertIdSchema, timeSchema } from '../protocol/alert-schema.ts';
import { historyEntrySchema } from '../protocol/history-schema.ts';
import { invalid, parseParameters, parseTime } from './query.ts';

/** Where an answer ended. */
interface HistoryPlace {
  readonly timeMs: number;
  readonly node: string;
  readonly seq: number;
}

interface FleetHistoryQuery extends HistoryQuery {
  readonly node?: string | undefined;
  readonly after?: HistoryPlace | undefined;
}

const outcomes = ['answered', 'evidence', 'late', 'silent', 'unsupported', 'failed', 'busy', 'not-asked'] as const;

interface NodeHistory {
  readonly node: string;
  readonly outcome: (typeof outcomes)[number];
  readonly reason?: string;
  readonly oldest?: string;
}

interface HistoryEnd {
  readonly nodes: readonly NodeHistory[];
  readonly more: boolean;
  /** Where to go on, when that is not the last entry. */
  readonly next?: HistoryPlace;
  readonly blind: readonly LossEntry[];
}

/** What happened on the nodes, asked of them. */
export interface HistorySource {
  /** Entries in the order of time; returns what is to be said of them as a whole. */
  ask(query: FleetHistoryQuery, deadlineMs: number): AsyncGenerator<HistoryEntry, HistoryEnd, undefined>;
}

/** How entries are written in another format, and how each node's answer ended. */
export interface HistoryLines {
  readonly entry: (entry: HistoryEntry) => string;
  readonly end: (of: NodeHistory, timeMs: number) => string;
}

/** A page of the history, the earliest entry first. */
interface HistoryPage {
  readonly items: readonly HistoryEntry[];
  /** Continues the page; absent on the last one. */
  readonly next?: string;
  /** Every node that was concerned, and what became of the question to it. */
  readonly nodes: readonly NodeHistory[];
  /** When something could not be seen or kept in this time, at most 100; also where other kinds are asked for. */
  readonly blind: readonly LossEntry[];
}

const pageEnd = {
  next: z.string().exactOptional(),
  nodes: z.array(
    z.object({
      node: z.string(),
      outcome: z.enum(outcomes),
      reason: z.string().exactOptional(),
      oldest: timeSchema.exactOptional(),
    }),
  ),
  blind: z.array(historyEntrySchema),
};
export const historyPageSchema: z.ZodObject = z.object({ items: z.array(historyEntrySchema), ...pageEnd });

const text = z.string().min(1).max(4096);
const name = z.string().min(1).max(512);

/** Query parameters of `GET /api/v1/history`, as text. */
export const historyQuerySchema: z.ZodObject = z.strictObject({
  since: z
    .string()
    .max(64)
    .describe(
      'Inclusive: ISO 8601 with a zone, seconds since 1970, or how long ago (30s, 15m, 1h, 7d). Default 1h; of an incident, five minutes before it was opened.',
    )
    .optional(),
  until: z
    .string()
    .max(64)
    .describe('Exclusive; as since. Default: now; of an incident, five minutes after its last alert.')
    .optional(),
  container: name.describe('Container id, 12 characters of it or more, or name.').optional(),
  workload: name.describe('Workload id or name.').optional(),
  pod: name.optional(),
  node: name.optional(),
  incident: alertIdSchema.describe('Of the container of this incident, around its time.').optional(),
  kind: z
    .string()
    .max(512)
    .describe(`Kinds, with commas between them: ${historyKinds.join(', ')}.`)
    .optional(),
  path: text.describe('Of a file, program or change, or known behaviour; * stands for any text.').optional(),
  address: text.describe('An address, address:port, or name of a peer; * stands for any text.').optional(),
  process: name.describe('A pid, or the id of an execution: it, and what it started.').optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,6}$/u)
    .describe('Entries in one answer; default 1000, at most 10000, as application/x-ndjson 1000000.')
    .optional(),
  after: z.string().max(800).describe('The `next` of the page before.').optional(),
  format: z
    .enum(['ocsf'])
    .describe(
      'A stream of OCSF 1.7.0 as JSON lines; at its end a Base Event for each node, with what became of the question to it.',
    )
    .optional(),
});

const defaultSinceMs = 3_600_000;
const aroundIncidentMs = 300_000;
const deadlineMs = 10_000;
/** A stream goes on for as long as it is read. */
const streamDeadlineMs = 300_000;
export const ndjsonType = 'application/x-ndjson';

/** Adds `GET /api/v1/history`. @param incident One by its id; throws a Problem when there is none. */
export function addHistoryRoutes(
  app: FastifyInstance,
  history: HistorySource,
  incident: (id: string) => Promise<Pick<StoredIncident, 'node' | 'container' | 'opened' | 'lastTime'>>,
  nowMs: () => number,
  ocsf: HistoryLines,
): void {
  app.get('/api/v1/history', async (request, reply) => {
    const given = parseParameters(historyQuerySchema, request.query);
    const other = given['format'] === undefined ? undefined : ocsf;
    const stream = other !== undefined || request.headers.accept?.includes(ndjsonType) === true;
    const about = given['incident'] === undefined ? undefined : await incident(given['incident']);
    const query = parseQuery(given, about, nowMs(), stream ? 1_000_000 : 10_000);
    if (stream)
      return reply
        .type(ndjsonType)
        .send(Readable.from(lines(history.ask(query, streamDeadlineMs), nowMs, other), { objectMode: false }));
    const items: HistoryEntry[] = [];
    const entries = history.ask(query, deadlineMs);
    for (;;) {
      const next = await entries.next();
      if (next.done !== true) {
        items.push(next.value);
        continue;
      }
      return pageOf(items, next.value);
    }
  });
}

function pageOf(items: readonly HistoryEntry[], end: HistoryEnd): HistoryPage {
  return { items, ...endOf(items.at(-1), end) };
}

function endOf(last: HistoryEntry | undefined, { more, next, nodes, blind }: HistoryEnd): Omit<HistoryPage, 'items'> {
  const place =
    next ?? (last === undefined ? undefined : { timeMs: Date.parse(last.time), seq: last.seq, node: last.node });
  return { ...(more && place !== undefined ? { next: cursorOf(place) } : {}), nodes, blind };
}

/** An entry a line; the last line holds `end`, which is what a page holds besides its items. */
async function* lines(
  entries: ReturnType<HistorySource['ask']>,
  nowMs: () => number,
  other: HistoryLines | undefined,
): AsyncGenerator<string, void, undefined> {
  let last: HistoryEntry | undefined;
  try {
    for (;;) {
      const next = await entries.next();
      if (next.done === true) {
        if (other !== undefined) for (const node of next.value.nodes) yield other.end(node, nowMs());
        else yield `${JSON.stringify({ end: endOf(last, next.value) })}\n`;
        return;
      }
      last = next.value;
      yield other?.entry(last) ?? `${JSON.stringify(last)}\n`;
    }
  } finally {
    // Whoever asked went away: so does the question to the nodes.
    await entries.return({ nodes: [], more: false, blind: [] });
  }
}

function parseQuery(
  given: Readonly<Record<string, string | undefined>>,
  incident: Pick<StoredIncident, 'node' | 'container' | 'opened' | 'lastTime'> | undefined,
  nowMs: number,
  limitMax: number,
): FleetHistoryQuery {
  const begin = incident === undefined ? nowMs - defaultSinceMs : Date.parse(incident.opened) - aroundIncidentMs;
  const end = incident === undefined ? nowMs + 1 : Date.parse(incident.lastTime) + aroundIncidentMs;
  const sinceMs = parseTime('since', given['since'], nowMs) ?? begin;
  const untilMs = parseTime('until', given['until'], nowMs) ?? end;
  if (sinceMs >= untilMs) throw invalid('since', 'not before until');
  const limit = Number(given['limit'] ?? 1000);
  if (limit > limitMax)
    throw invalid('limit', `at most ${String(limitMax)}; a stream (Accept: ${ndjsonType}) may have more`);
  return {
    container: given['container'] ?? incident?.container.id,
    node: given['node'] ?? incident?.node,
    ...{ workload: given['workload'], pod: given['pod'], sinceMs, untilMs },
    kinds: given['kind']?.split(',').map(kindOf),
    ...{ path: given['path'], address: given['address'], process: given['process'], limit },
    after: parseCursor(given['after']),
  };
}

function kindOf(given: string): HistoryKind {
  const kind = historyKinds.find((one) => one === given.trim());
  if (kind === undefined)
    throw invalid('kind', `there is no ${JSON.stringify(given)}; there are ${historyKinds.join(', ')}`);
  return kind;
}

function cursorOf({ timeMs, node, seq }: HistoryPlace): string {
  return Buffer.from(JSON.stringify([timeMs, seq, node])).toString('base64url');
}

const cursorSchema = z.tuple([z.int(), z.int().min(0), z.string().max(512)]);

function parseCursor(given: string | undefined): HistoryPlace | undefined {
  if (given === undefined) return undefined;
  try {
    const [timeMs, seq, node] = cursorSchema.parse(JSON.parse(Buffer.from(given, 'base64url').toString()));
    return { timeMs, seq, node };
  } catch {
    throw invalid('after', 'not the next of an earlier page');
  }
}
