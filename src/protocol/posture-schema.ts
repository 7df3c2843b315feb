import { z } from 'zod';
import { postureResults } from '../model/posture.ts';
import type { PostureVerdict } from '../model/posture.ts';
import { alertContainerSchema, workloadSchema } from './alert-schema.ts';
import { limits } from './limits.ts';
import { vulnerabilityListSchema } from './vulnerability-schema.ts';

/**
 * What the checks of practices say on a node. A full report begins with `first` and ends with `last`, in as many messages as it takes: what is not in it is gone.
 * Else it is what changed. Without verdicts, all is as it was. Verdicts on workloads, which hold `facts`, go to a collector alone that accepts `posture-facts`. `id` counts those of one connection from 1; one at a time, answered by `posture-kept`. Only to a
 * collector that accepts it.
 */
export interface PostureReport {
  readonly type: 'posture';
  readonly id: number;
  readonly first: boolean;
  readonly last: boolean;
  readonly verdicts: readonly PostureVerdict[];
  /** Ids of containers that ended. */
  readonly gone: readonly string[];
}
/** Answer to `posture`. `failed`: it could not be stored; the agent begins a full report. */
export interface PostureKept {
  readonly type: 'posture-kept';
  readonly id: number;
  readonly outcome: 'stored' | 'failed';
}

/** Checks of one subject; more are not sent. */
export const postureChecksMax = 256;
export const postureVerdictsMax = 500;

const name = z.string().max(limits.nameLength);
const text = z.string().max(limits.textLength);
const id = z.string().min(1).max(64);
/** Programs, or packages, of an image. */
const postureProgramsMax = 4096;
const names = z.array(name).max(1024);
const sizeBytes = z.number().min(0).max(Number.MAX_SAFE_INTEGER);
const facts = z.object({
  user: name.exactOptional(),
  privileged: z.boolean().exactOptional(),
  capabilities: names.exactOptional(),
  readOnlyRoot: z.boolean().exactOptional(),
  writableMounts: names.exactOptional(),
  ports: names.exactOptional(),
  networkMode: name.exactOptional(),
  programs: z
    .array(z.object({ path: name, sizeBytes, package: name.exactOptional() }))
    .max(postureProgramsMax)
    .exactOptional(),
  packages: z.array(z.object({ name, sizeBytes })).max(postureProgramsMax).exactOptional(),
});
const verdict: z.ZodType<PostureVerdict> = z.object({
  container: alertContainerSchema.exactOptional(),
  workload: workloadSchema.exactOptional(),
  timeMs: z.number().min(0).max(8.64e15),
  outcomes: z
    .array(
      z.object({
        check: id,
        result: z.enum(postureResults),
        note: text,
        evidence: z.array(z.object({ field: name, value: text })).max(limits.listItems),
      }),
    )
    .max(postureChecksMax),
  passed: z.array(id).max(postureChecksMax),
  vulnerabilities: vulnerabilityListSchema.exactOptional(),
  facts: facts.exactOptional(),
});

export const postureReportSchema: z.ZodObject<{
  type: z.ZodLiteral<'posture'>;
  id: z.ZodInt;
  first: z.ZodBoolean;
  last: z.ZodBoolean;
  verdicts: z.ZodArray<z.ZodType<PostureVerdict>>;
  gone: z.ZodArray<z.ZodString>;
}> = z.object({
  type: z.literal('posture'),
  id: z.int().min(1),
  first: z.boolean(),
  last: z.boolean(),
  verdicts: z.array(verdict).max(postureVerdictsMax),
  gone: z.array(name).max(10_000),
});
