import { z } from 'zod';
import type { ByStratum, SharedFeature, SharedProfile } from '../model/shared-profile.ts';
import { dimensionSchema, workloadSchema } from './alert-schema.ts';
import { limits } from './limits.ts';

const figure = z.number().min(0).max(limits.sharedSamples);
const byStratum: z.ZodType<ByStratum> = z.object({ startup: figure, steady: figure });
const nodes = z.int().min(1).max(limits.sharedNodes);

const sharedFeature: z.ZodType<SharedFeature> = z.object({
  dimension: dimensionSchema,
  key: z.string().min(1).max(limits.sharedKeyLength),
  state: z.enum(['known', 'judged']),
  count: byStratum,
  weight: byStratum,
  nodes,
});

/** What nodes learned of a workload, as it travels and as it is kept in files. Unknown fields are dropped: there will be more. */
export const sharedProfileSchema: z.ZodType<SharedProfile> = z.object({
  workload: workloadSchema,
  asOfMs: z.number().min(0).max(8.64e15),
  halfLifeMs: z.number().min(3_600_000).max(1e12),
  nodes,
  samples: byStratum,
  incomplete: z
    .record(dimensionSchema, byStratum)
    .refine((value) => Object.keys(value).length <= limits.listItems, 'too many dimensions'),
  images: z.array(z.string().min(1).max(limits.nameLength)).max(limits.listItems),
  listeners: z.array(z.string().max(limits.sharedKeyLength)).max(limits.listItems),
  features: z.array(sharedFeature).max(limits.sharedFeatures),
  omitted: z.int().min(0),
});
