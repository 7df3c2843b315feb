import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { AnchorwatchError } from '../lib/errors.ts';
import { adviceOutcomes, adviceSubjects } from '../model/advice.ts';
import type { Advice } from '../model/advice.ts';
import type { ContainerFacts } from '../model/container-facts.ts';
import type { SharedProfile } from '../model/shared-profile.ts';
import { parseParameters } from './query.ts';
import { Problem } from './problem.ts';

/** What can be made of a profile. */
export interface ProfileExports {
  /** Formats besides `json`. */
  readonly names: readonly string[];
  /** Undefined: there is no such format. Throws AnchorwatchError `export.too-little`. */
  written(
    format: string,
    profile: SharedProfile,
    options: { readonly force: boolean; readonly facts?: ContainerFacts },
  ): { readonly contentType: string; readonly text: string } | undefined;
  advice(profile: SharedProfile, facts?: ContainerFacts): readonly Advice[];
  /** How the containers of a workload are made; undefined: no node has told. */
  facts(workload: string): Promise<ContainerFacts | undefined>;
}

/** Query parameters of an export. */
export const exportQuerySchema: z.ZodObject = z.strictObject({
  force: z.enum(['true', 'false']).describe('true: also where too little is known. Not of json.').optional(),
});

interface AdviceList {
  readonly items: readonly Advice[];
}
/** A piece of advice, alone and in a finding. */
export const adviceSchema: z.ZodType<Advice> = z.object({
  ...{ subject: z.enum(adviceSubjects), outcome: z.enum(adviceOutcomes), title: z.string(), note: z.string() },
  evidence: z.array(z.string()),
  samples: z.object({ startup: z.number(), steady: z.number() }),
  coverage: z.record(z.string(), z.object({ startup: z.number().nullable(), steady: z.number().nullable() })),
  format: z.string().exactOptional(),
});
export const adviceListSchema: z.ZodType<AdviceList> = z.object({ items: z.array(adviceSchema) });

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
    const learned = await profile(id);
    const facts = await exports.facts(learned.workload.id);
    const made = madeOf(exports, format, learned, {
      force: force === 'true',
      ...(facts === undefined ? {} : { facts }),
    });
    return reply.type(made?.contentType ?? 'text/plain').send(made?.text);
  });
  app.get<{ Params: { id: string } }>('/api/v1/workloads/:id/advice', async ({ params }): Promise<AdviceList> => {
    const learned = await profile(params.id);
    return { items: exports.advice(learned, await exports.facts(learned.workload.id)) };
  });
}

function madeOf(
  exports: ProfileExports,
  format: string,
  profile: SharedProfile,
  options: Parameters<ProfileExports['written']>[2],
): ReturnType<ProfileExports['written']> {
  try {
    return exports.written(format, profile, options);
  } catch (error) {
    if (error instanceof AnchorwatchError && error.code === 'export.too-little')
      throw new Problem(409, error.code, error.message);
    throw error;
  }
}
