import type { Describer, Json } from './describer.ts';
import type { z } from 'zod';
import { exportFormatNames } from '../model/export-format.ts';
import { adviceListSchema, exportQuerySchema } from './export-routes.ts';

/** Schemas of the routes of exports. */
export const exportComponents: Readonly<Record<'AdviceList', z.ZodType>> = { AdviceList: adviceListSchema };

/** The routes of exports, as the description of the API has them. */
export function exportPaths(
  tools: Describer<'ProfileDocument' | 'AdviceList'> & { readonly pathId: Json },
): Readonly<Record<string, Readonly<Record<string, Json>>>> {
  const { operation, reference, queryParameters, pathId } = tools;
  return {
    '/api/v1/workloads/{id}/export/{format}': {
      get: operation(
        'exportProfile',
        'The sum of what all nodes learned of a workload, for a file; or what it allows, as a profile of the kernel, an engine or a cluster.',
        { ...reference('ProfileDocument'), 'application/yaml': {}, 'text/plain': {} },
        [
          pathId,
          {
            name: 'format',
            in: 'path',
            required: true,
            schema: { type: 'string', enum: ['json', ...exportFormatNames] },
          },
          ...queryParameters(exportQuerySchema),
        ],
        ['400', '404', '409'],
      ),
    },
    '/api/v1/workloads/{id}/advice': {
      get: operation(
        'adviseWorkload',
        'What of the rights of its containers a workload never used.',
        reference('AdviceList'),
        [pathId],
        ['404'],
      ),
    },
  };
}
