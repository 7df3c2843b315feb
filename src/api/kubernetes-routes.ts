import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { network } from '../lib/address.ts';
import type { WorkloadTeller } from '../model/fleet.ts';
import type { ProfileFeature } from '../model/node.ts';
import { parseParameters } from './query.ts';
import { Problem } from './problem.ts';

/** Where the audit log of the Kubernetes API goes. */
export interface AuditIntake {
  /** Keeps a batch, durably when it resolves; `problems` names what could not be read. Rejects where it could not be kept. */
  take(body: unknown): Promise<{
    readonly taken: number;
    readonly problems: readonly { readonly where: string; readonly what: string }[];
  }>;
  /** What it knows of users, in the place of a node. */
  state(): WorkloadTeller;
  /** The profile of a user's workload; undefined: there is none. */
  features(workload: string): readonly ProfileFeature[] | undefined;
}

/** What is known of workloads, and a way to ask for their profiles. */
export interface WorkloadSource {
  states(): readonly WorkloadTeller[];
  askProfile(tellers: readonly string[], workload: string, timeoutMs: number): Promise<readonly ProfileAnswer[]>;
}

interface ProfileAnswer {
  readonly node: string;
  readonly outcome: 'found' | 'unknown' | 'failed' | 'silent';
  readonly features: readonly ProfileFeature[];
  readonly omitted: number;
}

/** The workloads of the nodes, and the users of the Kubernetes API beside them. */
export function withUsers(nodes: WorkloadSource, intake: AuditIntake): WorkloadSource {
  return {
    states: () => [...nodes.states(), intake.state()],
    askProfile: async (tellers, workload, timeoutMs) => {
      const features = intake.features(workload);
      if (features === undefined) return nodes.askProfile(tellers, workload, timeoutMs);
      return [{ node: intake.state().name, outcome: 'found', features, omitted: 0 }];
    },
  };
}

/** The API server adds it to every request of its webhooks; how long it waits is its own affair. */
export const auditWebhookQuerySchema: z.ZodObject = z.strictObject({
  timeout: z.string().max(32).describe("Set by the API server's client, and not looked at.").optional(),
});

export interface AuditReceipt {
  /** Events that are kept now; those that came before are among them. */
  readonly taken: number;
}
export const auditReceiptSchema: z.ZodType<AuditReceipt> = z.object({ taken: z.int().min(0) });
/** Only what says that it is a batch is promised; docs/kubernetes-audit.md says what is read of an event. */
export const auditEventListSchema: z.ZodType = z.object({
  kind: z.literal('EventList'),
  apiVersion: z.literal('audit.k8s.io/v1'),
  items: z.array(z.object({}).loose()),
});

/** `--audit-webhook-batch-max-size` and long names: a batch of the API server is at most this large. */
const batchBytesMax = 10 * 1_048_576;
/** Batches of one client, and of all, that are read or wait at once; the API server sends what is refused again. */
const batchesMost = { client: 4, all: 16 } as const;

/** A batch that takes one of the places. */
interface Place {
  readonly client: string;
  /** It is being kept. */
  taking: boolean;
  /** Its connection is done with. */
  closed: boolean;
}

/** `POST /kubernetes/audit`: the webhook backend of the API server's audit log. */
export function addKubernetesRoutes(app: FastifyInstance, intake: AuditIntake): void {
  const places = new Places();
  const placeOf = new WeakMap<FastifyRequest, Place>();
  void app.register((scope, _options, registered) => {
    // Before the body is read: that is what takes the memory.
    scope.addHook('onRequest', (request, reply, done) => {
      const place = places.take(`${request.principal.token ?? ''} ${network(request.ip)}`);
      if (place === undefined) return done(busy());
      placeOf.set(request, place);
      // The connection may break while the batch is kept: the place is free when both are over.
      reply.raw.once('close', () => {
        place.closed = true;
        places.leave(place);
      });
      return done();
    });
    const take = async (request: FastifyRequest, reply: FastifyReply): Promise<AuditReceipt> => {
      parseParameters(auditWebhookQuerySchema, request.query);
      const place = placeOf.get(request);
      if (place !== undefined) place.taking = true;
      try {
        return receiptOf(
          await intake.take(request.body).catch((error: unknown) => {
            // With it the API server's client tries again by itself, whatever the status.
            void reply.header('retry-after', '5');
            throw error;
          }),
        );
      } finally {
        if (place !== undefined) {
          place.taking = false;
          places.leave(place);
        }
      }
    };
    scope.post('/kubernetes/audit', { bodyLimit: batchBytesMax }, (request, reply) => take(request, reply));
    registered();
  });
}

class Places {
  readonly #byClient: Map<string, number> = new Map();
  #all = 0;

  take(client: string): Place | undefined {
    const mine = this.#byClient.get(client) ?? 0;
    if (this.#all >= batchesMost.all || mine >= batchesMost.client) return undefined;
    this.#all += 1;
    this.#byClient.set(client, mine + 1);
    return { client, taking: false, closed: false };
  }

  /** Frees the place if nothing holds it any more. */
  leave({ client, taking, closed }: Place): void {
    if (taking || !closed) return;
    this.#all -= 1;
    const left = (this.#byClient.get(client) ?? 1) - 1;
    if (left === 0) this.#byClient.delete(client);
    else this.#byClient.set(client, left);
  }
}

function receiptOf({ taken, problems }: Awaited<ReturnType<AuditIntake['take']>>): AuditReceipt {
  const [first] = problems;
  if (first === undefined) return { taken };
  const more = problems.length === 1 ? '' : `, and ${String(problems.length - 1)} more events could not be read`;
  const kept = taken === 0 ? '' : `; the other ${String(taken)} events are kept`;
  throw new Problem(400, 'audit.invalid', `${first.where} ${first.what}${more}${kept}`);
}

function busy(): Problem {
  return new Problem(429, 'audit.busy', 'batches come faster than they can be kept: send this one again', undefined, {
    'retry-after': '1',
  });
}
