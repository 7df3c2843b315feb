import { z } from 'zod';
import { lifecycleActions } from '../model/event.ts';
import type { Event, KernelKey } from '../model/event.ts';
import type { Observation } from '../model/observation.ts';
import { recordingVersion } from '../model/recording.ts';
import type { RecordingEntry, RecordingHeader } from '../model/recording.ts';
import { dimensionSchema, workloadSchema } from './alert-schema.ts';
import { decisionSchema } from './decision-schema.ts';

/** Longest text of an event: all data of the longest record with every byte escaped, and longer for what was masked. */
const text = z.string().max(131_072);
const name = z.string().max(512);
const count = z.int().min(0);
const number = z.number();
const port = z.int().min(0).max(65_535);
/** Times that a ULID can hold (48 bits). */
const time = z
  .number()
  .min(0)
  .max(2 ** 48 - 1);
const flag = z.boolean();
const protocol = z.enum(['tcp', 'udp']);
const origin = z.enum(['image', 'written', 'tmpfs', 'mount', 'memfd', 'deleted', 'unknown']);
const peer = z.enum(['loopback', 'private', 'public']);
const change = z.enum(['rename', 'unlink', 'link', 'symlink', 'chmod', 'chown', 'truncate', 'times', 'mknod']);
const counts = z.object({ startup: z.number().min(0), steady: z.number().min(0) });
const stratum = z.enum(['startup', 'steady']);

const kernelKey: z.ZodType<KernelKey> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('exec'),
    ...{ path: text, origin, parent: text, shape: text },
    ...{ socketStdio: flag.exactOptional(), compat: flag.exactOptional(), entered: flag.exactOptional() },
  }),
  z.object({
    kind: z.enum(['file.read', 'file.write']),
    ...{ path: text, refused: flag.exactOptional(), reader: text.exactOptional() },
  }),
  z.object({
    kind: z.enum(['file.read.folded', 'file.write.folded']),
    path: text,
  }),
  z.object({ kind: z.enum(['file.read.directory', 'file.write.directory']), path: text }),
  z.object({ kind: z.literal('net.out'), protocol, address: name, port }),
  z.object({ kind: z.literal('net.out.port'), protocol, port }),
  z.object({ kind: z.literal('net.listen'), protocol, port }),
  z.object({
    kind: z.enum(['change', 'change.folded', 'change.directory']),
    ...{ change, special: flag, refused: flag, path: text },
  }),
  z.object({ kind: z.literal('net.in'), protocol, port, peer }),
  z.object({ kind: z.literal('dns'), name: text, type: name }),
  z.object({ kind: z.literal('dns.parent'), name: text, type: name }),
  z.object({
    kind: z.literal('call'),
    ...{ call: name, detail: number, refused: flag },
    ...{ origin: origin.exactOptional(), text: text.exactOptional() },
    ...{ sender: text.exactOptional(), target: text.exactOptional() },
  }),
]);

const ancestors = z.array(z.object({ pid: count, exe: text })).max(64);
const process = z.object({
  ...{ pid: count, startTimeNs: name, comm: name, exe: text, args: z.array(text).max(16_385) },
  ...{ uid: count, containerUid: count.exactOptional(), gid: count, cwd: text, ancestors },
  ...{ execution: name.exactOptional(), parentExecution: name.exactOptional() },
});
const base = {
  ...{ timeMs: time, cgroupId: name, source: z.enum(['kernel', 'procfs', 'engine']) },
  ...{ kernelKey: kernelKey.exactOptional(), judged: flag.exactOptional(), captured: flag.exactOptional() },
};
const caused = { ...base, process };

/** A decoded and masked event. Unknown fields are dropped. */
export const eventSchema: z.ZodType<Event> = z.discriminatedUnion('kind', [
  z.object({
    ...caused,
    kind: z.literal('exec'),
    ...{ path: text, origin, script: text, parentExe: text, fromRuntime: flag },
    ...{ socketStdio: name.exactOptional(), compat: flag.exactOptional(), entered: text.exactOptional() },
  }),
  z.object({ ...caused, kind: z.literal('exit'), exitCode: number, signal: number }),
  z.object({
    ...caused,
    kind: z.literal('file'),
    ...{ access: z.enum(['read', 'write']), created: flag, path: text, origin, error: name.exactOptional() },
    fileType: z.enum(['regular', 'directory', 'character', 'block', 'fifo', 'socket', 'other']),
    ofOther: flag.exactOptional(),
  }),
  z.object({
    ...{ ...caused, kind: z.literal('connect'), protocol, address: name, port, name: text.exactOptional() },
    peer: z.object({ name: text, port }).exactOptional(),
  }),
  z.object({ ...caused, kind: z.literal('accept'), protocol, address: name, peer, port }),
  z.object({ ...caused, kind: z.literal('dns'), name: text, type: name, resolver: name }),
  z.object({
    ...base,
    kind: z.literal('dns-answer'),
    ...{ name: text, addresses: z.array(name).max(256), resolver: name, process: process.exactOptional() },
  }),
  z.object({ ...caused, kind: z.literal('listen'), protocol, address: name, port }),
  z.object({ ...caused, kind: z.literal('call'), call: name, detail: text, error: name, text }),
  z.object({
    ...caused,
    kind: z.literal('change'),
    ...{ change, path: text, other: text, mode: number, special: flag, error: name },
  }),
  z.object({
    ...base,
    kind: z.literal('lifecycle'),
    action: z.enum(lifecycleActions),
    ...{ detail: text, containerId: name, by: name.exactOptional(), process: process.exactOptional() },
  }),
]);

const container = z.object({
  ...{ id: name.min(1), name, image: name, digest: name, workload: workloadSchema, pid: count, privileged: flag },
  ...{ cgroupId: name.exactOptional(), startedAtMs: time.exactOptional(), createdAtMs: time.exactOptional() },
  mounts: z.array(z.object({ type: name, source: text, destination: text, readOnly: flag })).max(1024),
  hostNamespaces: z.array(name).max(16),
  healthcheck: z.array(text).max(16_384).exactOptional(),
  ...{ pod: name.exactOptional(), namespace: name.exactOptional() },
});

const profile = z.object({
  ...{ workload: workloadSchema, createdMs: time, samples: counts, listeners: z.array(text).max(10_000) },
  decay: z
    .object({
      ...{ landmarkMs: z.number(), halfLifeMs: z.number().positive(), samples: counts },
      releases: z
        .array(z.object({ digest: name, firstSeenMs: time, lastSeenMs: time, noted: flag, weight: counts }))
        .max(1024)
        .exactOptional(),
    })
    .exactOptional(),
  incomplete: z.record(z.string(), counts),
  features: z
    .array(
      z.object({
        ...{ dimension: dimensionSchema, key: text, state: z.enum(['known', 'judged']) },
        ...{ startup: z.number().min(0), steady: z.number().min(0), weight: counts },
        ...{ firstSeenMs: time, lastSeenMs: time },
      }),
    )
    .max(100_000),
  kernelKeys: z.array(z.object({ kernelKey, features: z.array(text).max(64) })).max(200_000),
  relearned: name.exactOptional(),
});

const observation: z.ZodType<Observation> = z.object({
  extent: z.enum(['whole', 'partly', 'none']),
  share: z.number().min(0).max(1),
  gaps: z.array(text).max(1024),
  without: z.array(name).max(1024),
});

/** A line of a recording after the first. Unknown fields are dropped. */
export const recordingEntrySchema: z.ZodType<RecordingEntry> = z.discriminatedUnion('what', [
  z.object({ what: z.literal('profile'), t: time, profile }),
  z.object({ what: z.literal('container'), t: time, starts: flag, container }),
  z.object({ what: z.literal('stop'), t: time, container: name }),
  z.object({ what: z.literal('event'), t: time, container: name, event: eventSchema }),
  z.object({ what: z.literal('incidence'), t: time, workload: name, stratum, kernelKey, count: count.max(1e9) }),
  z.object({
    ...{ what: z.literal('lost'), t: time, container: name, count: count.max(1e12) },
    dimensions: z.array(dimensionSchema).max(32),
  }),
  z.object({
    ...{ what: z.literal('observed'), t: time },
    observations: z.record(dimensionSchema, observation),
    before: z.record(dimensionSchema, z.array(name).max(1024)),
  }),
  z.object({ what: z.literal('tick'), t: time }),
  z.object({ what: z.literal('decision'), t: time, decision: decisionSchema }),
  z.object({ what: z.literal('shed'), t: time, count }),
  z.object({ what: z.literal('end'), t: time, reason: z.enum(['stopped', 'size']) }),
]);

/** The first line of a recording, of any version. */
export const recordingKindSchema: z.ZodType<Pick<RecordingHeader, 'anchorwatch' | 'version'>> = z.object({
  anchorwatch: z.literal('recording'),
  version: count,
});

const duration = z
  .number()
  .min(1)
  .max(3650 * 86_400_000);

/** The first line of a recording of this version. */
export const recordingHeaderSchema: z.ZodType<RecordingHeader> = z.object({
  anchorwatch: z.literal('recording'),
  version: z.literal(recordingVersion),
  node: name.min(1),
  sensor: z.enum(['auto', 'bpf', 'procfs']),
  wire: count,
  agentVersion: name,
  createdMs: time,
  ...{ sliceMs: duration, startupMs: duration, halfLifeMs: duration },
  workloads: z.array(name).max(1024).exactOptional(),
});
