import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { AnchorwatchError } from '../lib/errors.ts';
import { adviceOutcomes, adviceSubjects } from '../model/advice.ts';
import type { Advice } from '../model/advice.ts';
import type { SharedProfile } from '../model/shared-profile.ts';
import { parseParameters } from './alert-query.ts';
import { Problem } from './problem.ts';

/** What can be made of a profile. */
export interface ProfileExports {
  /** Formats besides `json`. */
  readonly names: readonly string[];
  /** Undefined: there is no such format. Throws AnchorwatchError `export.too-little`. */
  written(
    format: string,
    profile: SharedProfile,
    options: { readonly force: boolean },
  ): { readonly contentType: string; readonly text: string } | undefined;
  advice(profile: SharedProfile): readonly Advice[];
}

/** Query parameters of an export. */
export const exportQuerySchema: z.ZodObject = z.strictObject({
  force: z.enum(['true', 'false']).describe('true: also where too little is known. Not of json.').optional(),
});

interface AdviceList {
  readonly items: readonly Advice[];
}
export const adviceListSchema: z.ZodType<AdviceList> = z.object({
  items: z.array(
    z.object({
      ...{ subject: z.enum(adviceSubjects), outcome: z.enum(adviceOutcomes), title: z.string(), note: z.string() },
      evidence: z.array(z.string()),
      samples: z.object({ startup: z.number(), steady: z.number() }),
      coverage: z.record(z.string(), z.object({ startup: z.number().nullable(), steady: z.number().nullable() })),
      format: z.string().exactOptional(),
    }),
  ),
});

interface ExportParams {
  Params: { id: string; format: string };
}

/**
 * `GET …/export/{format}` and `GET …/advice` of workloads.
 * @param profile What is known of a workload, by id or name; throws a problem where nothing is.
 * @param document What format `json` answers.
 */
export function addExportRoutes(
  app: FastifyInstance,
  exports: ProfileExports,
  profile: (id: string) => Promise<SharedProfile>,
  document: (profile: SharedProfile) => object,
): void {
  app.get<ExportParams>('/api/v1/workloads/:id/export/:format', async ({ params: { id, format }, query }, reply) => {
    const { force } = parseParameters(exportQuerySchema, query);
    if (format === 'json') return document(await profile(id));
    if (!exports.names.includes(format))
      throw new Problem(404, 'export.unknown', `there is no format ${format}, but json, ${exports.names.join(', ')}`);
    const made = madeOf(exports, format, await profile(id), force === 'true');
    return reply.type(made?.contentType ?? 'text/plain').send(made?.text);
  });
  app.get<{ Params: { id: string } }>('/api/v1/workloads/:id/advice', async ({ params }): Promise<AdviceList> => ({
    items: exports.advice(await profile(params.id)),
  }));
}

function madeOf(
  exports: ProfileExports,
  format: string,
  profile: SharedProfile,
  force: boolean,
): ReturnType<ProfileExports['written']> {
  try {
    return exports.written(format, profile, { force });
  } catch (error) {
    if (error instanceof AnchorwatchError && error.code === 'export.too-little')
      throw new Problem(409, error.code, error.message);
    throw error;
  }
}
