import { z } from 'zod';
import { snapshotCauses, snapshotGapReasons } from '../model/snapshot.ts';
import type { SnapshotArchive, SnapshotManifest } from '../model/snapshot.ts';
import { alertContainerSchema, alertIdSchema, timeSchema, workloadSchema } from './alert-schema.ts';
import { limits } from './limits.ts';

const name = z.string().max(limits.nameLength);
const figure = z.number().min(0);
const size = z.int().min(0);
const sha256 = z.string().regex(/^[\da-f]{64}$/);

/** What a snapshot is. */
export const snapshotManifestSchema: z.ZodType<SnapshotManifest> = z.object({
  format: z.literal('anchorwatch-snapshot'),
  version: z.literal(1),
  id: alertIdSchema,
  cause: z.enum(snapshotCauses),
  node: name,
  container: alertContainerSchema,
  workload: workloadSchema,
  incident: alertIdSchema.exactOptional(),
  alert: alertIdSchema.exactOptional(),
  takenAt: timeSchema,
  tookMs: figure,
  agentVersion: name,
  processes: figure,
  gaps: z
    .array(z.object({ what: name, reason: z.enum(snapshotGapReasons), count: figure, detail: name }))
    .max(limits.reportRows),
  files: z
    .array(z.object({ name: z.string().regex(/^(?!.*\.\.)[\w./-]{1,128}$/), sizeBytes: size, sha256 }))
    .max(limits.reportRows),
});

/** What a node says of a snapshot that it offers. */
export const snapshotArchiveSchema: z.ZodType<SnapshotArchive> = z.object({
  manifest: snapshotManifestSchema,
  sizeBytes: size,
  sha256,
});
