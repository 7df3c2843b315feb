import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { SharedProfile } from '../model/shared-profile.ts';
import { limits } from '../protocol/limits.ts';
import { sharedProfileSchema } from '../protocol/shared-schema.ts';
import { parseParameters } from './query.ts';
import { addExportRoutes } from './export-routes.ts';
import type { ProfileExports } from './export-routes.ts';
import { Problem } from './problem.ts';
import type { WorkloadDetail } from './views.ts';

/** What nodes learned, for files. */
export interface ProfileExchange {
  /** The sum of everything that is contributed about a workload; undefined when nothing is. */
  exported(workload: string): Promise<SharedProfile | undefined>;
  /** Counts from now on as if a node had contributed it, under this name. */
  imported(name: string, shared: SharedProfile): Promise<void>;
  /** False: there was none of that name. */
  removed(workload: string, name: string): Promise<boolean>;
}

/** A profile in a file. Unknown fields are ignored: later versions hold more. */
export interface ProfileDocument {
  readonly format: 'anchorwatch-profile';
  /** Raised when an older reader could misread it. */
  readonly version: 1;
  readonly profile: SharedProfile;
}
export const profileDocumentSchema: z.ZodType<ProfileDocument> = z.object({
  format: z.literal('anchorwatch-profile'),
  version: z.literal(1),
  profile: sharedProfileSchema,
});

/** Query parameters of an import. */
export const importQuerySchema: z.ZodObject = z.strictObject({
  name: z
    .string()
    .regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, ".", "_" or "-"')
    .describe('What the import is called, to replace or remove it; "file" when left out.')
    .optional(),
});

export interface ImportView {
  readonly workload: string;
  readonly name: string;
  /** Features that count from now on, or 0 after a removal. */
  readonly features: number;
}
export const importViewSchema: z.ZodType<ImportView> = z.object({
  workload: z.string(),
  name: z.string(),
  features: z.int().min(0),
});

interface IdParams {
  Params: { id: string };
}
/** `GET …/export/{format}`, `GET …/advice`, `POST …/import` and `DELETE …/import` of workloads. @param workload By id or name; throws a problem where there is none. */
export function addExchangeRoutes(
  app: FastifyInstance,
  exchange: ProfileExchange,
  exports: ProfileExports,
  workload: (id: string) => WorkloadDetail,
): void {
  const document = (profile: SharedProfile): ProfileDocument => ({
    ...{ format: 'anchorwatch-profile', version: 1, profile },
  });
  addExportRoutes(app, exports, (id) => exported(exchange, workload(id)), document);
  app.post<IdParams>(
    '/api/v1/workloads/:id/import',
    // An import may be as large as the sum of contributions that is exported.
    { bodyLimit: limits.messageBytes },
    async ({ params, query, body }): Promise<ImportView> => {
      const { profile } = documentOf(body);
      const named = params.id === profile.workload.id || params.id === profile.workload.name;
      const target = named ? profile.workload : targetOf(workload(params.id));
      const name = nameOf(query);
      await exchange.imported(name, { ...profile, workload: target });
      return { workload: target.id, name, features: profile.features.length };
    },
  );
  app.delete<IdParams>('/api/v1/workloads/:id/import', async ({ params, query }): Promise<ImportView> => {
    const name = nameOf(query);
    if (!(await exchange.removed(params.id, name)))
      throw new Problem(
        404,
        'import.unknown',
        `nothing was imported as ${name} for a workload with the id ${params.id}`,
      );
    return { workload: params.id, name, features: 0 };
  });
}

async function exported(exchange: ProfileExchange, { id, name }: WorkloadDetail): Promise<SharedProfile> {
  const profile = await exchange.exported(id);
  if (profile === undefined)
    throw new Problem(
      404,
      'profile.unknown',
      `no node has contributed what it learned of ${name} yet: ask again in some minutes`,
    );
  return profile;
}

function targetOf({ id, name, kind }: WorkloadDetail): SharedProfile['workload'] {
  return { id, name, kind };
}

function nameOf(query: unknown): string {
  const { name } = parseParameters(importQuerySchema, query);
  return typeof name === 'string' ? name : 'file';
}

function documentOf(body: unknown): ProfileDocument {
  const parsed = profileDocumentSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue?.path.map(String).join('.') ?? '';
  throw new Problem(
    400,
    'profile.invalid',
    `this is no profile that can be imported: ${where === '' ? '' : `${where}: `}${issue?.message ?? 'invalid'}`,
  );
}
