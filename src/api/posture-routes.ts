import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { severities } from '../model/alert.ts';
import type { Severity } from '../model/alert.ts';
import { postureResults } from '../model/posture.ts';
import type { PostureChange, PostureException, PostureFilter, PostureResult, PostureView } from '../model/posture.ts';
import { alertContainerSchema, workloadSchema } from '../protocol/alert-schema.ts';
import { limits } from '../protocol/limits.ts';
import { nameOf } from './authentication.ts';
import { bodyOf } from './decision-routes.ts';
import { adviceSchema } from './export-routes.ts';
import { Problem } from './problem.ts';
import { invalid, limitParameter, pageSizeOf, parseParameters, parseTime } from './query.ts';

/** What the checks of practices say, for reading. */
export interface PostureSource {
  /** The gravest first. */
  findings(
    filter: PostureFilter,
    limit: number,
    after?: { readonly severity: Severity; readonly id: number },
  ): Promise<readonly PostureView[]>;
  /** The latest first. */
  changes(
    filter: PostureFilter & { readonly sinceMs?: number | undefined },
    limit: number,
    before?: number,
  ): Promise<readonly PostureChange[]>;
  /** Checks that bear on a practice, by its id or name, or the check itself; none: there is no such. */
  checksOf(practiceOrCheck: string): readonly string[];
}

/** Exceptions of practices. */
export interface ExceptionBook {
  exceptions(): readonly PostureException[];
  except(said: Omit<PostureException, 'id' | 'origin'>, by: string): Promise<PostureException>;
  /** False: there was none of that id that the API made. */
  removeException(id: string): Promise<boolean>;
}

/** Findings in formats for other programs. */
export interface PostureFormats {
  readonly sarif: (findings: readonly PostureView[]) => string;
  readonly junit: (findings: readonly PostureView[]) => string;
}
const formats = { sarif: 'application/sarif+json', junit: 'application/xml' } as const;

export interface PostureRoutesOptions {
  readonly source: PostureSource;
  readonly exceptions: ExceptionBook;
  readonly formats: PostureFormats;
}

const name = z.string().min(1).max(limits.nameLength);
const place = {
  workload: name.describe('Workload id or name.').optional(),
  container: name.describe('Container id, 12 characters of it or more, or name.').optional(),
  node: name.optional(),
  practice: name.describe('Practice (D09, docker-9) or check (privileged).').optional(),
  severity: z.enum(severities).describe('At least this severity.').optional(),
};

/** Query parameters of `GET /api/v1/posture`, as text. */
export const postureQuerySchema: z.ZodObject = z.strictObject({
  ...place,
  result: z
    .string()
    .max(64)
    .describe('Some of fail,warn,unknown,pass, or all; fail,warn,unknown when left out (all with format=junit).')
    .optional(),
  excepted: z.enum(['true', 'false']).describe('false: without what an exception that holds excuses.').optional(),
  limit: limitParameter,
  after: z.string().max(40).describe('The `next` of the page before.').optional(),
  format: z
    .enum(['sarif', 'junit'])
    .describe('All that match instead of a page: SARIF 2.1.0, or JUnit XML.')
    .optional(),
});
/** Query parameters of `GET /api/v1/posture/changes`, as text. */
export const postureChangesQuerySchema: z.ZodObject = z.strictObject({
  ...place,
  since: z
    .string()
    .max(64)
    .describe('ISO 8601 with a zone, seconds since 1970, or how long ago (30s, 15m, 1h, 7d).')
    .optional(),
  limit: limitParameter,
  after: z
    .string()
    .regex(/^\d{1,15}$/u)
    .describe('The `next` of the page before.')
    .optional(),
});

const subject = { workload: workloadSchema.optional(), container: alertContainerSchema.optional() };
const text = z.string();

export interface PosturePage {
  readonly items: readonly PostureView[];
  readonly next?: string;
}
export const posturePageSchema: z.ZodObject = z.object({
  items: z.array(
    z.object({
      ...{ id: z.int(), check: text, title: text, practice: text, practices: z.array(text) },
      ...{ result: z.enum(postureResults), severity: z.enum(severities), note: text },
      evidence: z.array(z.object({ field: text, value: text })),
      ...{ sources: z.record(text, z.array(text)), remedy: z.record(text, text), node: text, ...subject },
      ...{ firstSeen: text, lastSeen: text, changed: text },
      advice: adviceSchema.optional(),
      exception: z.object({ id: text, owner: text, reason: text, expires: text, expired: z.boolean() }).optional(),
    }),
  ),
  next: text.optional(),
});

export interface PostureChangePage {
  readonly items: readonly (Omit<PostureChange, 'timeMs'> & { readonly time: string })[];
  readonly next?: string;
}
export const postureChangePageSchema: z.ZodObject = z.object({
  items: z.array(
    z.object({
      ...{ seq: z.int(), time: text, node: text, ...subject, check: text, severity: z.enum(severities) },
      was: z.enum([...postureResults, 'new']),
      result: z.enum([...postureResults, 'gone']),
    }),
  ),
  next: text.optional(),
});

interface ExceptionView extends Omit<PostureException, 'expiresMs'> {
  readonly expires: string;
}
const exceptionFields = {
  of: name.describe('Check or practice.'),
  workload: name.describe('Id or name.').exactOptional(),
  container: name.describe('Name, or id.').exactOptional(),
  node: name.exactOptional(),
  owner: name.describe('Who answers for it.'),
  reason: z.string().min(1).max(limits.textLength),
};
export const exceptionSchema: z.ZodObject = z.object({
  id: text,
  ...exceptionFields,
  expires: text,
  origin: z.enum(['file', 'api']),
});
export const exceptionListSchema: z.ZodObject = z.object({ items: z.array(exceptionSchema) });
type ExceptionBody = Omit<PostureException, 'id' | 'origin' | 'expiresMs'> & { readonly expires: string };
/** Body of `POST /api/v1/posture/exceptions`. */
export const exceptionBodySchema: z.ZodType<ExceptionBody> = z.strictObject({
  ...exceptionFields,
  expires: z
    .string()
    .max(40)
    .describe('ISO 8601: 2027-01-31.')
    .refine(
      (value) => /^\d{4}-\d\d-\d\d/u.test(value) && !Number.isNaN(Date.parse(value)),
      'must be a date or time in ISO 8601',
    ),
});

interface IdParams {
  Params: { id: string };
}

/** Findings that a format is made of; more are asked for page by page. */
const exportedMax = 200_000;

/** `GET /api/v1/posture`, its changes and its exceptions. */
export function addPostureRoutes(
  app: FastifyInstance,
  { source, exceptions, formats: writers }: PostureRoutesOptions,
  nowMs: () => number,
): void {
  app.get('/api/v1/posture', async ({ query }, reply) => {
    const given = parseParameters(postureQuerySchema, query);
    const format = given['format'] === 'sarif' || given['format'] === 'junit' ? given['format'] : undefined;
    const filter = { ...filterOf(given, source), results: resultsOf(given['result'], format === 'junit') };
    const counts = given['excepted'] !== 'false';
    if (format === undefined) return findingPage(source, filter, { given, counts });
    const found = (await allOf(source, filter)).filter((one) => counts || !isExcused(one));
    return reply.type(`${formats[format]}; charset=utf-8`).send(writers[format](found));
  });
  app.get('/api/v1/posture/changes', async ({ query }): Promise<PostureChangePage> => {
    const given = parseParameters(postureChangesQuerySchema, query);
    const wanted = pageSizeOf(given['limit']);
    const filter = { ...filterOf(given, source), sinceMs: parseTime('since', given['since'], nowMs()) };
    const before = given['after'] === undefined ? undefined : Number(given['after']);
    const found = await source.changes(filter, wanted + 1, before);
    const items = found
      .slice(0, wanted)
      .map(({ timeMs: atMs, ...change }) => ({ ...change, time: new Date(atMs).toISOString() }));
    const last = items.at(-1);
    return { items, ...(found.length > wanted && last !== undefined ? { next: String(last.seq) } : {}) };
  });
  app.get('/api/v1/posture/exceptions', () => ({ items: exceptions.exceptions().map(viewException) }));
  app.post('/api/v1/posture/exceptions', async (request, reply): Promise<ExceptionView> => {
    const { expires, ...said } = bodyOf(exceptionBodySchema, request.body);
    if (source.checksOf(said.of).length === 0)
      throw new Problem(400, 'request.invalid', `of: there is no check and no practice ${said.of}`);
    const made = await exceptions.except({ ...said, expiresMs: Date.parse(expires) }, nameOf(request));
    void reply.code(201);
    return viewException(made);
  });
  app.delete<IdParams>('/api/v1/posture/exceptions/:id', async ({ params: { id } }) => {
    const found = exceptions.exceptions().find((one) => one.id === id);
    if (found?.origin === 'file')
      throw new Problem(409, 'exception.file', `${id} stands in the file of exceptions of the configuration`);
    if (found === undefined || !(await exceptions.removeException(id)))
      throw new Problem(404, 'exception.unknown', `there is no exception ${id}`);
    return viewException(found);
  });
}

function viewException({ expiresMs, ...exception }: PostureException): ExceptionView {
  return { ...exception, expires: new Date(expiresMs).toISOString() };
}

type Given = Readonly<Record<string, string | undefined>>;

function filterOf(given: Given, source: PostureSource): PostureFilter {
  const practice = given['practice'];
  const checks = practice === undefined ? undefined : source.checksOf(practice);
  if (checks?.length === 0 && !/^[DKO]\d\d$|^(?:docker|kubernetes|owasp)-\d+$/u.test(practice ?? ''))
    throw invalid('practice', `there is no practice and no check ${practice ?? ''}`);
  return {
    ...{ workload: given['workload'], container: given['container'], node: given['node'], checks },
    severity: severities.find((severity) => severity === given['severity']),
  };
}

function resultsOf(given: string | undefined, all: boolean): readonly PostureResult[] | undefined {
  if (given === 'all' || (given === undefined && all)) return undefined;
  if (given === undefined) return ['fail', 'warn', 'unknown'];
  const words = given.split(',');
  const results = postureResults.filter((one) => words.includes(one));
  if (results.length !== new Set(words).size) throw invalid('result', `some of ${postureResults.join(',')}, or all`);
  return results;
}

const isExcused = ({ exception }: PostureView): boolean => exception !== undefined && !exception.expired;

async function findingPage(
  source: PostureSource,
  filter: PostureFilter,
  { given, counts }: { readonly given: Given; readonly counts: boolean },
): Promise<PosturePage> {
  const wanted = pageSizeOf(given['limit']);
  const items: PostureView[] = [];
  let after = cursorOf(given['after']);
  for (;;) {
    const found = await source.findings(filter, wanted + 1, after);
    for (const [index, one] of found.entries()) {
      if (items.length === wanted) return { items, next: nextOf(items.at(-1) ?? one) };
      if (index === wanted) break;
      if (counts || !isExcused(one)) items.push(one);
    }
    const last = found[wanted - 1];
    if (found.length <= wanted || last === undefined) return { items };
    after = last;
  }
}

function nextOf({ severity, id }: PostureView): string {
  return `${severity}.${String(id)}`;
}

function cursorOf(given: string | undefined): { readonly severity: Severity; readonly id: number } | undefined {
  if (given === undefined) return undefined;
  const [severityText, id = ''] = given.split('.');
  const severity = severities.find((one) => one === severityText);
  if (severity === undefined || !/^\d{1,15}$/u.test(id)) throw invalid('after', 'not the next of an earlier page');
  return { severity, id: Number(id) };
}

/** Page by page, so that no other question waits long. */
async function allOf(source: PostureSource, filter: PostureFilter): Promise<readonly PostureView[]> {
  const all: PostureView[] = [];
  while (all.length < exportedMax) {
    const page = await source.findings(filter, 1000, all.at(-1));
    all.push(...page);
    if (page.length < 1000) break;
  }
  return all;
}
