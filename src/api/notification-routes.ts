import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { AnchorwatchError } from '../lib/errors.ts';
import type { Clock } from '../lib/clock.ts';
import { severities } from '../model/alert.ts';
import type { StoredAlert } from '../model/alert.ts';
import { notificationStates } from '../model/notification-record.ts';
import type { NotificationRecord, NotificationState } from '../model/notification-record.ts';
import { silenceState, silenceStates } from '../model/silence.ts';
import type { Silence, SilenceState } from '../model/silence.ts';
import { nameOf } from './authentication.ts';
import { bodyOf } from './decision-routes.ts';
import { Problem } from './problem.ts';
import { invalid, limitParameter, pageSizeOf, parseParameters, parseTime, sinceParameter } from './query.ts';
import { silenceBodySchema, wantedSilence } from './silence-body.ts';
import type { WantedSilence } from './silence-body.ts';

/** Silences: made, shown, ended. */
export interface SilenceBook {
  /** Rejects with AnchorwatchError `silence.…` where it cannot be made. */
  add(wanted: WantedSilence, by: string): Promise<Silence>;
  /** The one that was made last first. */
  list(): Promise<readonly Silence[]>;
  /** Undefined: there is none. */
  expire(id: string, by: string): Promise<Silence | undefined>;
}

/** What receivers are told. The last two reject with AnchorwatchError `routes.missing` where nothing is sent, and `receiver.unknown`. */
export interface NotificationDesk {
  /** The latest first. */
  list(query: NotificationQuery): Promise<readonly NotificationRecord[]>;
  explain(alert: StoredAlert): Promise<ExplanationView>;
  test(receiver: string, by: string): Promise<SampleView>;
}

export interface NotificationQuery {
  readonly receiver?: string | undefined;
  readonly state?: NotificationState | undefined;
  readonly sinceMs?: number | undefined;
  readonly limit: number;
}

/** Which receivers get an alert, and why not the others. */
export interface ExplanationView {
  readonly alert: string;
  readonly severity: string;
  readonly file: string;
  readonly routes: readonly RouteView[];
  readonly receivers: readonly ReceiverView[];
}
interface RouteView {
  readonly route: string;
  readonly line: number;
  readonly reason: string;
  readonly detail: string;
}
interface ReceiverView {
  readonly receiver: string;
  readonly kind: string;
  readonly gets: boolean;
  readonly reason: string;
  readonly detail: string;
  readonly dedupKey?: string | undefined;
  readonly next?:
    | {
        readonly state: string;
        readonly reason: string;
        readonly detail: string;
        readonly toldAt?: string | undefined;
        readonly dueAt?: string | undefined;
      }
    | undefined;
}

/** What a receiver said to a sample. */
export interface SampleView {
  readonly receiver: string;
  readonly kind: string;
  readonly outcome: 'sent' | 'retry' | 'failed';
  readonly reason: string;
  readonly tookMs: number;
}

export const explanationSchema: z.ZodType<ExplanationView> = z.object({
  alert: z.string(),
  severity: z.string().describe('That of its incident where it is higher.'),
  file: z.string(),
  routes: z.array(z.object({ route: z.string(), line: z.int(), reason: z.string(), detail: z.string() })),
  receivers: z.array(
    z.object({
      receiver: z.string(),
      kind: z.string(),
      gets: z.boolean(),
      reason: z.string(),
      detail: z.string(),
      dedupKey: z.string().optional(),
      next: z
        .object({
          state: z.string(),
          reason: z.string(),
          detail: z.string(),
          toldAt: z.string().optional(),
          dueAt: z.string().optional(),
        })
        .optional(),
    }),
  ),
});
export const sampleSchema: z.ZodType<SampleView> = z.object({
  receiver: z.string(),
  kind: z.string(),
  outcome: z.enum(['sent', 'retry', 'failed']),
  reason: z.string(),
  tookMs: z.int(),
});

const recordSchema: z.ZodType<NotificationRecord> = z.object({
  id: z.string().exactOptional(),
  receiver: z.string(),
  dedupKey: z.string(),
  event: z.enum(['trigger', 'update', 'acknowledge', 'resolve']),
  state: z.enum(notificationStates),
  time: z.string(),
  severity: z.enum(severities),
  title: z.string(),
  group: z.record(z.string(), z.string()),
  alertsCount: z.int(),
  attempts: z.int(),
  reason: z.string(),
  detail: z.string().exactOptional(),
  delayMs: z.number().exactOptional(),
});
export const notificationListSchema: z.ZodType<{ readonly items: readonly NotificationRecord[] }> = z.object({
  items: z.array(recordSchema),
});

/** A silence with what it does now. */
interface SilenceView extends Silence {
  readonly state: SilenceState;
}
export const silenceSchema: z.ZodType<SilenceView> = z.object({
  id: z.string(),
  match: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  from: z.string(),
  until: z.string(),
  by: z.string(),
  reason: z.string(),
  createdAt: z.string(),
  expiredBy: z.string().exactOptional(),
  state: z.enum(silenceStates),
});
export const silenceListSchema: z.ZodType<{ readonly items: readonly SilenceView[] }> = z.object({
  items: z.array(silenceSchema),
});

/** Query parameters of `GET /api/v1/silences`, as text. */
export const silenceQuerySchema: z.ZodObject = z.strictObject({
  state: z
    .enum([...silenceStates, 'all'])
    .describe('Default: those that hold or will; all: for ninety days those that are over too.')
    .optional(),
});
/** Query parameters of `GET /api/v1/notifications`, as text. */
export const notificationQuerySchema: z.ZodObject = z.strictObject({
  receiver: z.string().min(1).max(64).optional(),
  state: z.enum(notificationStates).optional(),
  since: sinceParameter,
  limit: limitParameter,
});

interface IdParams {
  Params: { id: string };
}

/** Silences, what was told to receivers, and why. */
export function addNotificationRoutes(
  app: FastifyInstance,
  { silences, notifications }: { readonly silences: SilenceBook; readonly notifications: NotificationDesk },
  { alert, clock }: { readonly alert: (id: string) => Promise<StoredAlert>; readonly clock: Clock },
): void {
  const view = (silence: Silence): SilenceView => ({ ...silence, state: silenceState(silence, clock.nowMs()) });
  app.get('/api/v1/silences', async ({ query }) => {
    const { state } = parseParameters(silenceQuerySchema, query);
    const all = (await silences.list()).map(view);
    const wanted = (one: SilenceView): boolean =>
      state === undefined ? one.state !== 'expired' : state === 'all' || one.state === state;
    return { items: all.filter(wanted) };
  });
  app.post('/api/v1/silences', async (request, reply) => {
    const body = bodyOf(silenceBodySchema, request.body);
    const wanted = wantedSilence(body, clock.nowMs());
    const by = nameOf(request, body.by ?? body.createdBy);
    return reply.code(201).send(view(await told(() => silences.add(wanted, by))));
  });
  app.delete<IdParams>('/api/v1/silences/:id', (request) =>
    expire(silences, request.params.id, nameOf(request)).then(view),
  );
  app.get('/api/v1/notifications', async ({ query }) => {
    const { receiver, state, since, limit } = parseParameters(notificationQuerySchema, query);
    const sinceMs = parseTime('since', since, clock.nowMs());
    if (state === 'waiting' && sinceMs !== undefined) throw invalid('since', 'what waits has no time yet');
    const wanted = notificationStates.find((one) => one === state);
    return { items: await notifications.list({ receiver, state: wanted, sinceMs, limit: pageSizeOf(limit) }) };
  });
  app.get<IdParams>('/api/v1/alerts/:id/routes', async ({ params }) => {
    const found = await alert(params.id);
    return told(() => notifications.explain(found));
  });
  app.post<IdParams>('/api/v1/receivers/:id/test', (request) =>
    told(() => notifications.test(request.params.id, nameOf(request))),
  );
}

async function expire(silences: SilenceBook, id: string, by: string): Promise<Silence> {
  const ended = await silences.expire(id, by);
  if (ended === undefined) throw new Problem(404, 'silence.unknown', `there is no silence ${id}`);
  return ended;
}

const statuses: Readonly<Record<string, number>> = {
  'silence.invalid': 400,
  'silence.limit': 409,
  'routes.missing': 409,
  'receiver.unknown': 404,
};

/** What a desk refuses, as a problem document. */
async function told<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    const status = error instanceof AnchorwatchError ? statuses[error.code] : undefined;
    if (!(error instanceof AnchorwatchError) || status === undefined) throw error;
    throw new Problem(status, error.code, error.message);
  }
}
