import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { maskText } from '../lib/mask.ts';
import { roles } from '../model/access.ts';
import type { AuditRecord, StoredAuditRecord } from '../model/access.ts';
import { nameOf } from './authentication.ts';
import { Problem, problemType } from './problem.ts';
import { limitParameter, pageSizeOf, parseParameters, parseTime, sinceParameter, untilParameter } from './query.ts';
import { accessOf } from './route-access.ts';

/** Which records are asked for; undefined members do not filter. */
export interface AuditQuery {
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
  readonly by?: string | undefined;
  /** Only records before this one. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Where it is kept who changed what. */
export interface AuditTrail {
  /** Durable when it resolves. */
  add(record: AuditRecord, nowMs: number): Promise<StoredAuditRecord>;
  /** The latest first. */
  list(query: AuditQuery): Promise<readonly StoredAuditRecord[]>;
}

/** Query parameters of `GET /api/v1/audit`, as text. */
export const auditQuerySchema: z.ZodObject = z.strictObject({
  ...{ since: sinceParameter, until: untilParameter, limit: limitParameter },
  by: z.string().min(1).max(512).describe('Name of the token.').optional(),
  after: z
    .string()
    .regex(/^\d{1,15}$/u)
    .describe('The `next` of the page before.')
    .optional(),
});

const recordSchema: z.ZodType<StoredAuditRecord> = z.object({
  seq: z.int(),
  time: z.string(),
  by: z.string(),
  role: z.enum(roles),
  from: z.string(),
  action: z.string(),
  subject: z.string(),
  detail: z.string(),
  status: z.int(),
  code: z.string().optional(),
  previousHash: z.string(),
  hash: z.string(),
});
export interface AuditPage {
  readonly items: readonly StoredAuditRecord[];
  readonly next?: string;
}
export const auditPageSchema: z.ZodType<AuditPage> = z.object({
  items: z.array(recordSchema),
  next: z.string().exactOptional(),
});

/** `GET /api/v1/audit`. */
export function addAuditRoutes(app: FastifyInstance, trail: AuditTrail, clock: Clock): void {
  app.get('/api/v1/audit', async ({ query }): Promise<AuditPage> => {
    const text = parseParameters(auditQuerySchema, query);
    const wanted = pageSizeOf(text['limit']);
    const found = await trail.list({
      sinceMs: parseTime('since', text['since'], clock.nowMs()),
      untilMs: parseTime('until', text['until'], clock.nowMs()),
      by: text['by'],
      before: text['after'] === undefined ? undefined : Number(text['after']),
      limit: wanted + 1,
    });
    const items = found.slice(0, wanted);
    const last = items.at(-1);
    return { items, ...(found.length > wanted && last !== undefined ? { next: String(last.seq) } : {}) };
  });
}

/**
 * Writes down every request that would change something and whose sender was let in, before it is answered. Where that fails, the answer is a
 * 503: the change may have been made, and its sender has to look.
 */
export function keepTrail(
  app: FastifyInstance,
  trail: AuditTrail,
  { clock, log }: { clock: Clock; log: Logger },
): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.method === 'GET' || request.method === 'HEAD' || request.principal === null) return payload;
    if (accessOf(request.method, request.routeOptions.url ?? '')?.untrailed === true) return payload;
    const record = recordOf(request, reply, payload);
    try {
      await trail.add(record, clock.nowMs());
      return payload;
    } catch (error) {
      log.error({ err: error, ...record }, `what was changed could not be written down: ${errorText(error)}`);
      const { document } = new Problem(503, 'audit.failed', 'this could not be written down; see whether it was done');
      void reply.code(503).type(problemType).removeHeader('content-length');
      return JSON.stringify(document);
    }
  });
}

const textMax = 2048;

function recordOf(request: FastifyRequest, reply: FastifyReply, payload: unknown): AuditRecord {
  const problem = String(reply.getHeader('content-type') ?? '').startsWith(problemType) && typeof payload === 'string';
  const code = problem ? (JSON.parse(payload) as { code?: string }).code : undefined;
  return {
    by: request.principal.kind === 'anyone' ? 'anyone' : nameOf(request),
    role: request.principal.role,
    from: request.ip,
    action: `${request.method} ${request.routeOptions.url ?? ''}`,
    subject: maskText(request.url.slice(0, textMax)),
    detail: detailOf(request.body),
    status: reply.statusCode,
    ...(code === undefined ? {} : { code }),
  };
}

/** A body as it is kept: nothing that the API takes is secret, but people write into reasons what they like. */
function detailOf(body: unknown): string {
  if (body === undefined || body === null) return '';
  const text = JSON.stringify(body);
  if (text.length <= textMax) return maskText(text);
  return `${String(Buffer.byteLength(text))} bytes, SHA-256 ${createHash('sha256').update(text).digest('hex')}`;
}
