import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { StoredAlert } from '../model/alert.ts';
import type { Decision, StoredDecision } from '../model/decision.ts';
import { decisionOutcomes } from '../model/decision.ts';
import type { Feature } from '../model/feature.ts';
import { featureSchema } from '../protocol/alert-schema.ts';
import { decisionSchema } from '../protocol/decision-schema.ts';
import { limits } from '../protocol/limits.ts';
import { nameOf, requireRole } from './authentication.ts';
import { Problem } from './problem.ts';
import { limitParameter, pageSizeOf, parseParameters } from './query.ts';
import type { ProfileView, WorkloadDetail } from './views.ts';

/** Decisions of operators: where they go, and where they are kept. */
export interface DecisionBook {
  /** Keeps it and has the nodes told. */
  decide(decision: Omit<Decision, 'id' | 'time'>): Promise<StoredDecision>;
  /** The latest first. */
  decisions(query: DecisionQuery): Promise<readonly StoredDecision[]>;
  decision(id: string): Promise<StoredDecision | undefined>;
}

/** What the routes of decisions need of the others. */
export interface DecisionSubjects {
  /** Throws a problem where there is none. */
  alert(id: string): Promise<StoredAlert>;
  /** By id or name; throws a problem where there is none. */
  workload(id: string): WorkloadDetail;
  profile(id: string): Promise<ProfileView>;
}

export interface DecisionQuery {
  readonly workload?: string | undefined;
  readonly alert?: string | undefined;
  readonly limit: number;
}

const text = z.string().max(limits.nameLength);
const sayings = {
  by: z
    .string()
    .min(1)
    .max(limits.nameLength)
    .describe(
      'Who decides, where nobody has to say who they are; else it is the name of the token, whatever stands here.',
    )
    .optional(),
  reason: z.string().max(limits.textLength).describe('Why.').default(''),
};
/** Body of the decisions about an alert. */
export const saidSchema: z.ZodType<{ readonly by?: string | undefined; readonly reason: string }> =
  z.strictObject(sayings);

/** Body of a decision about a workload. */
export interface WorkloadVerdict {
  readonly verdict: 'accept' | 'deny' | 'relearn';
  readonly features?: readonly Feature[] | undefined;
  readonly by?: string | undefined;
  readonly reason: string;
}
export const workloadVerdictSchema: z.ZodType<WorkloadVerdict> = z
  .strictObject({
    verdict: z.enum(['accept', 'deny', 'relearn']),
    features: z
      .array(featureSchema)
      .min(1)
      .max(limits.decisionFeatures)
      .describe('accept: everything that is judged when left out; deny: required; relearn: none.')
      .optional(),
    ...sayings,
  })
  .refine(({ verdict, features }) => verdict !== 'deny' || features !== undefined, 'deny needs features')
  .refine(({ verdict, features }) => verdict !== 'relearn' || features === undefined, 'relearn takes no features');

/** Query parameters of `GET /api/v1/decisions`, as text. */
export const decisionQuerySchema: z.ZodObject = z.strictObject({
  ...{ workload: text.describe('Workload id.').optional(), alert: text.describe('Alert id.').optional() },
  limit: limitParameter,
});

/** A decision and what became of it, by node. */
export const storedDecisionSchema: z.ZodType<StoredDecision> = z.intersection(
  decisionSchema,
  z.object({ nodes: z.array(z.object({ node: z.string(), outcome: z.enum([...decisionOutcomes, 'pending']) })) }),
);
export interface DecisionList {
  readonly items: readonly StoredDecision[];
}
export const decisionListSchema: z.ZodType<DecisionList> = z.object({ items: z.array(storedDecisionSchema) });

interface IdParams {
  Params: { id: string };
}

/** `POST …/accept`, `…/deny`, `…/acknowledge` of alerts, decisions about workloads, and the list of them. */
export function addDecisionRoutes(app: FastifyInstance, book: DecisionBook, subjects: DecisionSubjects): void {
  for (const verdict of ['accept', 'deny', 'acknowledge'] as const)
    app.post<IdParams>(`/api/v1/alerts/:id/${verdict}`, (request) =>
      decideAlert(book, subjects, { verdict, id: request.params.id, request }),
    );
  app.post<IdParams>('/api/v1/workloads/:id/decisions', (request) =>
    decideWorkload(book, subjects, { id: request.params.id, request }),
  );
  app.get('/api/v1/decisions', ({ query }) => list(book, query));
  app.get<IdParams>('/api/v1/decisions/:id', ({ params }) => one(book, params.id));
}

interface Posted {
  readonly id: string;
  readonly request: Pick<FastifyRequest, 'body' | 'ip' | 'principal'>;
}

async function decideAlert(
  book: DecisionBook,
  subjects: DecisionSubjects,
  { verdict, id, request }: Posted & { readonly verdict: 'accept' | 'deny' | 'acknowledge' },
): Promise<StoredDecision> {
  const alert = await subjects.alert(id);
  const { by: claimed, reason } = bodyOf(saidSchema, request.body);
  return decideAlertAs(book, alert, { verdict, by: nameOf(request, claimed), reason });
}

/** Keeps what somebody says of an alert: it is about everything that the alert was raised for. */
export function decideAlertAs(
  book: DecisionBook,
  alert: StoredAlert,
  said: Pick<Decision, 'by' | 'reason'> & { readonly verdict: 'accept' | 'deny' | 'acknowledge' },
): Promise<StoredDecision> {
  const { id, dimension, key, workload } = alert;
  const about = [...(alert.features ?? [])];
  if (about.length === 0) about.push({ dimension, key });
  const features = said.verdict === 'acknowledge' ? [] : about;
  return book.decide({ ...said, workload: workload.id, features, alert: id });
}

async function decideWorkload(
  book: DecisionBook,
  subjects: DecisionSubjects,
  { id, request }: Posted,
): Promise<StoredDecision> {
  const workload = subjects.workload(id).id;
  const { verdict, by: claimed, reason, features } = bodyOf(workloadVerdictSchema, request.body);
  if (verdict === 'relearn') requireRole(request, 'admin');
  const by = nameOf(request, claimed);
  const about = features ?? (verdict === 'accept' ? await judgedFeatures(subjects, workload) : []);
  return book.decide({ verdict, workload, features: about, by, reason });
}

async function list(book: DecisionBook, query: unknown): Promise<DecisionList> {
  const { workload, alert, limit } = parseParameters(decisionQuerySchema, query);
  return { items: await book.decisions({ workload, alert, limit: pageSizeOf(limit) }) };
}

async function one(book: DecisionBook, id: string): Promise<StoredDecision> {
  const decision = await book.decision(id);
  if (decision === undefined) throw new Problem(404, 'decision.unknown', `there is no decision ${id}`);
  return decision;
}

/** Everything of the workload that is judged. A node that does not answer may have judged more: then nothing is decided. */
async function judgedFeatures(subjects: DecisionSubjects, workload: string): Promise<readonly Feature[]> {
  const { features, missing } = await subjects.profile(workload);
  if (missing.length > 0)
    throw new Problem(504, 'profile.timeout', `no answer from ${missing.join(', ')}: say which features are accepted`);
  const judged = features.filter(({ state }) => state === 'judged');
  if (judged.length === 0) throw new Problem(409, 'decision.empty', 'nothing of this workload is judged');
  if (judged.length > limits.decisionFeatures)
    throw new Problem(
      409,
      'decision.size',
      `${String(judged.length)} features are judged, more than the ${String(limits.decisionFeatures)} of one decision: say which are accepted`,
    );
  return judged.map(({ dimension, key }) => ({ dimension, key }));
}

/** The body of a request, checked by a schema. Throws a 400 Problem `request.invalid` that names what is wrong. */
export function bodyOf<Body>(schema: z.ZodType<Body>, body: unknown): Body {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue?.path.map(String).join('.') ?? '';
  throw new Problem(400, 'request.invalid', `${where === '' ? '' : `${where}: `}${issue?.message ?? 'invalid'}`);
}
