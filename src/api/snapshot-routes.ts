import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { NodeState } from '../model/fleet.ts';
import type { StoredIncident } from '../model/incident.ts';
import { snapshotCauses } from '../model/snapshot.ts';
import type { SnapshotManifest, SnapshotQuery, StoredSnapshot } from '../model/snapshot.ts';
import { alertContainerSchema, timeSchema, workloadSchema } from '../protocol/alert-schema.ts';
import { snapshotManifestSchema } from '../protocol/snapshot-schema.ts';
import { Problem } from './problem.ts';
import { limitParameter, parseParameters } from './query.ts';

/** Snapshots that are kept. */
export interface SnapshotBook {
  /** The latest first. */
  list(query: SnapshotQuery): readonly StoredSnapshot[];
  get(id: string): StoredSnapshot | undefined;
  /** The archive: a gzipped tar. */
  read(id: string): Readable | undefined;
}

/** What a node said when it was asked to take a snapshot. */
export interface SnapshotRequestAnswer {
  /** `silent`: no answer in time, or it is away; `unsupported`: its agent takes none; `failed`: its log says why. */
  readonly outcome: 'taking' | 'shed' | 'silent' | 'unsupported' | 'failed';
  /** Of `taking`: the id that the snapshot will have. */
  readonly id?: string;
  /** Of `shed`. */
  readonly reason?: string;
}

export interface SnapshotRoutesOptions {
  readonly book: SnapshotBook;
  /** Asks a node for a snapshot of a container (its id). */
  readonly take: (node: string, container: string, incident?: string) => Promise<SnapshotRequestAnswer>;
}

/** A snapshot in a list: its manifest without the files and gaps. */
export interface SnapshotView extends Omit<SnapshotManifest, 'files' | 'gaps' | 'format' | 'version'> {
  /** Of the archive. */
  readonly sizeBytes: number;
  /** Of the archive, hex. */
  readonly sha256: string;
  readonly storedAt: string;
  /** Things that are missing in it. */
  readonly missing: number;
}
const snapshotViewSchema: z.ZodType<SnapshotView> = z.object({
  id: z.string(),
  cause: z.enum(snapshotCauses),
  node: z.string(),
  container: alertContainerSchema,
  workload: workloadSchema,
  incident: z.string().exactOptional(),
  alert: z.string().exactOptional(),
  takenAt: timeSchema,
  tookMs: z.number(),
  agentVersion: z.string(),
  processes: z.number(),
  sizeBytes: z.int(),
  sha256: z.string(),
  storedAt: timeSchema,
  missing: z.number(),
});

export interface SnapshotList {
  readonly items: readonly SnapshotView[];
}
export const snapshotListSchema: z.ZodType<SnapshotList> = z.object({ items: z.array(snapshotViewSchema) });

/** A snapshot with everything that its manifest says. */
export const snapshotSchema: z.ZodType<StoredSnapshot> = z.object({
  manifest: snapshotManifestSchema,
  sizeBytes: z.int(),
  sha256: z.string(),
  storedAt: timeSchema,
});

/** A snapshot is being taken; it is there some seconds later. */
export interface SnapshotTicket {
  readonly id: string;
  readonly node: string;
  readonly container: string;
}
export const snapshotTicketSchema: z.ZodType<SnapshotTicket> = z.object({
  id: z.string(),
  node: z.string(),
  container: z.string(),
});

const name = z.string().min(1).max(512);
/** Query parameters of `GET /api/v1/snapshots`, as text. */
export const snapshotQuerySchema: z.ZodObject = z.strictObject({
  incident: name.describe('Incident id.').optional(),
  container: name.describe('Container id, 12 characters of it or more, or name.').optional(),
  node: name.optional(),
  limit: limitParameter,
});

interface IdParams {
  Params: { id: string };
}
interface PairParams {
  Params: { id: string; snapshot: string };
}

const listMax = 1000;
const shortIdLength = 12;

/** Taking snapshots, listing them, and their archives. @param incident Throws a problem where there is none. */
export function addSnapshotRoutes(
  app: FastifyInstance,
  { book, take }: SnapshotRoutesOptions,
  incident: (id: string) => Promise<StoredIncident>,
  states: () => readonly NodeState[],
): void {
  const ask = async (reply: FastifyReply, node: string, container: string, of?: string): Promise<SnapshotTicket> => {
    const answer = await take(node, container, of);
    if (answer.outcome === 'taking' && answer.id !== undefined) {
      void reply.code(202);
      return { id: answer.id, node, container };
    }
    throw refusal(node, answer);
  };
  /** Of an incident only those of its own node: what another one says of it counts for nothing. */
  const ofIncident = async (id: string): Promise<readonly StoredSnapshot[]> => {
    const { node } = await incident(id);
    return book.list({ incident: id, node, limit: listMax });
  };

  app.post<IdParams>('/api/v1/incidents/:id/snapshot', async ({ params }, reply) => {
    const { node, container } = await incident(params.id);
    return ask(reply, node, container.id, params.id);
  });
  app.post<IdParams>('/api/v1/containers/:id/snapshot', async ({ params }, reply) => {
    const { node, id } = placeOf(states(), params.id);
    return ask(reply, node, id);
  });
  app.get<IdParams>('/api/v1/incidents/:id/snapshots', async ({ params }): Promise<SnapshotList> => ({
    items: (await ofIncident(params.id)).map(viewSnapshot),
  }));
  app.get<PairParams>('/api/v1/incidents/:id/snapshots/:snapshot/archive', async ({ params }, reply) => {
    const found = (await ofIncident(params.id)).find(({ manifest }) => manifest.id === params.snapshot);
    return sendArchive(book, found, params.snapshot, reply);
  });
  app.get('/api/v1/snapshots', ({ query }): SnapshotList => {
    const text = parseParameters(snapshotQuerySchema, query);
    const { incident: of, container, node, limit = '100' } = text;
    return { items: book.list({ incident: of, container, node, limit: Number(limit) }).map(viewSnapshot) };
  });
  app.get<IdParams>('/api/v1/snapshots/:id', ({ params }): StoredSnapshot => {
    const found = book.get(params.id);
    if (found === undefined) throw unknown(params.id);
    return found;
  });
  app.get<IdParams>('/api/v1/snapshots/:id/archive', ({ params }, reply) =>
    sendArchive(book, book.get(params.id), params.id, reply),
  );
}

function sendArchive(
  book: SnapshotBook,
  found: StoredSnapshot | undefined,
  id: string,
  reply: FastifyReply,
): FastifyReply {
  const bytes = found === undefined ? undefined : book.read(id);
  if (found === undefined || bytes === undefined) throw unknown(id);
  return reply
    .headers({
      'content-type': 'application/gzip',
      'content-length': String(found.sizeBytes),
      'content-disposition': `attachment; filename="snapshot-${id}.tar.gz"`,
      etag: `"${found.sha256}"`,
    })
    .send(bytes);
}

function viewSnapshot({ manifest, sizeBytes, sha256, storedAt }: StoredSnapshot): SnapshotView {
  const { files: _, gaps, format: __, version: ___, ...rest } = manifest;
  return { ...rest, sizeBytes, sha256, storedAt, missing: gaps.reduce((sum, { count }) => sum + count, 0) };
}

/** Where a container runs, by its id, the beginning of it, or its name. Throws a problem where none does, or several have the name. */
function placeOf(states: readonly NodeState[], wanted: string): { readonly node: string; readonly id: string } {
  const all = states.flatMap(({ name: node, report }) => (report?.containers ?? []).map((one) => ({ node, ...one })));
  const byId = all.filter(({ id }) => id === wanted || (wanted.length >= shortIdLength && id.startsWith(wanted)));
  const found = byId.length > 0 ? byId : all.filter((one) => one.name === wanted);
  const [first, second] = found;
  if (first === undefined)
    throw new Problem(404, 'container.unknown', `no node has reported a container ${wanted} that runs`);
  if (second !== undefined)
    throw new Problem(
      409,
      'container.ambiguous',
      `${wanted} is the name of ${String(found.length)} containers: give the id of one of ${found.map(({ id }) => id.slice(0, shortIdLength)).join(', ')}`,
    );
  return first;
}

function unknown(id: string): Problem {
  return new Problem(404, 'snapshot.unknown', `there is no snapshot ${id}`);
}

const shedProblems: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  container_limit: [429, 'a snapshot of this container was taken within the last ten seconds'],
  node_limit: [429, 'sixty snapshots were taken within the last hour'],
  busy: [503, 'it is taking too many others'],
  spool_full: [503, 'those that wait for the collector take all the room that there is for them'],
  disk_low: [507, 'its disk is nearly full'],
  not_running: [409, 'the container does not run any more'],
  switched_off: [409, 'its agent was started with --snapshots never'],
};

function refusal(node: string, { outcome, reason = '' }: SnapshotRequestAnswer): Problem {
  if (outcome === 'silent') return new Problem(504, 'node.silent', `no answer from ${node}`);
  if (outcome === 'unsupported')
    return new Problem(501, 'snapshot.unsupported', `the agent of ${node} is of a release that takes no snapshots`);
  const [status, detail] = shedProblems[reason] ?? [503, 'the log of its agent says why'];
  return new Problem(
    status,
    outcome === 'shed' ? `snapshot.${reason}` : 'snapshot.failed',
    `${node} takes no snapshot: ${detail}`,
  );
}
