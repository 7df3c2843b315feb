import { z } from 'zod';
import { severities } from '../model/alert.ts';
import type { Alert, AlertContainer, AlertProcess, Evidence, StoredAlert } from '../model/alert.ts';
import { workloadKinds } from '../model/container.ts';
import type { Workload } from '../model/container.ts';
import type { Ancestor } from '../model/event.ts';
import { verdicts } from '../model/decision.ts';
import { dimensions } from '../model/feature.ts';
import type { Dimension, Feature } from '../model/feature.ts';
import { limits } from './limits.ts';

const text = z.string().max(limits.textLength);
const name = z.string().max(limits.nameLength);
const count = z.int().min(0);
const texts = z.array(text).max(limits.listItems);
const names = z.array(name).max(limits.listItems);
const decades = z.number().min(-1000).max(1000);

/** ISO 8601, UTC, with milliseconds. */
export const timeSchema: z.ZodType<string> = z.iso.datetime({ precision: 3 });
/** A ULID (https://github.com/ulid/spec). */
export const alertIdSchema: z.ZodType<string> = z.string().regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/u);
/** One of the fixed dimensions, or `rate.<name>`. */
export const dimensionSchema: z.ZodType<Dimension> = z.union([
  z.enum(dimensions),
  z.templateLiteral(['rate.', z.string().regex(/[a-z0-9_.-]{1,64}/u)]),
]);
export const workloadSchema: z.ZodType<Workload> = z.object({
  id: name.min(1),
  name: name.min(1),
  kind: z.enum(workloadKinds),
});
/** What somebody does, in one dimension. */
export const featureSchema: z.ZodType<Feature> = z.object({ dimension: dimensionSchema, key: text });
const ancestor: z.ZodType<Ancestor> = z.object({ pid: count, exe: text });
/** Whose alert it is. */
export const alertContainerSchema: z.ZodType<AlertContainer> = z.object({
  id: name,
  name,
  image: name,
  digest: name,
  pod: name.exactOptional(),
  namespace: name.exactOptional(),
});
const processSchema: z.ZodType<AlertProcess> = z.object({
  pid: count,
  exe: text,
  args: texts,
  uid: count,
  containerUid: count.exactOptional(),
  cwd: text,
  ancestors: z.array(ancestor).max(limits.listItems),
});
const evidence: z.ZodType<Evidence> = z.object({
  samples: z.number().min(0),
  seenInOneSample: z.number().min(0),
  coverage: z.number().min(0).max(1),
  expected: texts,
  note: text,
  confidence: z.number().min(0).max(1).exactOptional(),
  gaps: texts.exactOptional(),
});

const alertFields = {
  id: alertIdSchema,
  time: timeSchema,
  raisedAfterMs: z.number().min(0),
  severity: z.enum(severities),
  score: decades,
  surprise: decades,
  suspicion: decades,
  title: text,
  dimension: dimensionSchema,
  key: text,
  detector: name,
  rules: names,
  techniques: names,
  practices: names,
  node: name.min(1),
  workload: workloadSchema,
  container: alertContainerSchema,
  process: z.exactOptional(processSchema),
  evidence,
  count: z.int().min(1),
  lastTime: timeSchema,
  incident: alertIdSchema.exactOptional(),
  features: z.array(featureSchema).max(limits.listItems).exactOptional(),
};

/** An alert as it travels from agent to collector. Unknown fields are dropped. */
export const alertSchema: z.ZodType<Alert> = z.object(alertFields);
/** An alert as the collector serves it. */
export const storedAlertSchema: z.ZodType<StoredAlert> = z.object({
  ...alertFields,
  seq: z.int().min(1),
  storedAt: timeSchema,
  hash: z.string().length(64),
  previousHash: z.string().length(64),
  decision: z
    .object({ id: alertIdSchema, verdict: z.enum(verdicts), by: name, reason: text, time: timeSchema })
    .exactOptional(),
});
