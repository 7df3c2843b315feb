import { z } from 'zod';
import { verdicts } from '../model/decision.ts';
import type { Decision } from '../model/decision.ts';
import { alertIdSchema, featureSchema, timeSchema } from './alert-schema.ts';
import { limits } from './limits.ts';

/** What an operator decided, as it travels from collector to agent. */
export const decisionSchema: z.ZodType<Decision> = z.object({
  id: alertIdSchema,
  verdict: z.enum(verdicts),
  workload: z.string().min(1).max(limits.nameLength),
  features: z.array(featureSchema).max(limits.decisionFeatures),
  alert: alertIdSchema.exactOptional(),
  by: z.string().min(1).max(limits.nameLength),
  reason: z.string().max(limits.textLength),
  time: timeSchema,
});
