import { z } from 'zod';
import { severities } from '../model/alert.ts';
import type { EventEntry, HistoryContainer, HistoryEntry } from '../model/history.ts';
import { dimensionSchema, timeSchema, workloadSchema } from './alert-schema.ts';
import { limits } from './limits.ts';
import { ratesSchema } from './node-schema.ts';
import { eventSchema } from './recording-schema.ts';

const name = z.string().max(limits.nameLength);
const text = z.string().max(131_072);
const count = z.int().min(0);

const container: z.ZodType<HistoryContainer> = z.object({
  ...{
    id: name,
    name,
    image: name,
    workload: workloadSchema.or(z.object({ id: name, name, kind: z.literal('image') })),
  },
  ...{ pod: name.exactOptional(), namespace: name.exactOptional() },
});
const base = { seq: count, time: timeSchema, node: name.min(1), container: container.exactOptional() };

const brief = z.object({
  ...{ pid: count, exe: text, uid: count, execution: name, parentExecution: name.exactOptional() },
  ancestors: z.array(z.object({ pid: count, exe: text })).max(8),
});

/** Entries that are no events. */
const others = z.discriminatedUnion('kind', [
  z.object({
    ...base,
    kind: z.literal('container'),
    action: z.enum(['started', 'adopted', 'stopped', 'died']),
    exitCode: z.int().exactOptional(),
  }),
  z.object({
    ...base,
    ...{ kind: z.literal('known'), workload: workloadSchema, omitted: count.exactOptional() },
    counts: z.array(z.object({ what: name, key: text, samples: count })).max(10_000),
  }),
  z.object({ ...base, kind: z.literal('rates'), spanMs: z.number().min(0), rates: ratesSchema }),
  z.object({
    ...base,
    ...{ kind: z.literal('alert'), alert: name, incident: name.exactOptional(), severity: z.enum(severities) },
    ...{ title: text, dimension: dimensionSchema, key: text, pid: count.exactOptional() },
  }),
  z.object({ ...base, kind: z.literal('start'), path: text, process: brief, known: z.boolean() }),
  z.object({
    ...{ ...base, kind: z.literal('end'), path: text, process: brief },
    ...{ durationMs: z.number().min(0), exitCode: z.int(), signal: count },
  }),
  z.object({ ...base, kind: z.literal('loss'), from: timeSchema, to: timeSchema, hook: name, reason: name, count }),
]);

/** Kinds of entries that `others` reads. */
const otherKinds: ReadonlySet<unknown> = new Set(['container', 'known', 'rates', 'alert', 'loss', 'start', 'end']);

const eventBase = z.object(base);
/** Where an event stands is said by the entry around it. */
const nowhere = { timeMs: 0, cgroupId: '0', containerId: '' };

/** An entry of a node's history, from outside; undefined: it is none. Unknown fields are dropped. */
export function readEntry(value: unknown): HistoryEntry | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (otherKinds.has((value as { readonly kind?: unknown }).kind)) return others.safeParse(value).data;
  const where = eventBase.safeParse(value).data;
  const event = eventSchema.safeParse({ ...value, ...nowhere }).data;
  if (where === undefined || event === undefined) return undefined;
  const { timeMs: _, cgroupId: __, kernelKey: ___, ...rest } = event;
  if (rest.kind !== 'lifecycle') return { ...where, ...rest };
  const { containerId: ____, ...said } = rest;
  return { ...where, ...said };
}

/** As the API describes it: what all kinds have, and `kind` with what is its own. */
export const historyEntrySchema: z.ZodType<HistoryEntry> = z.looseObject({
  ...{ ...base, kind: z.string() },
}) as unknown as z.ZodType<EventEntry>;
