import { idOf } from '../ingest/node-silence.ts';
import type { Clock } from '../lib/clock.ts';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { counter, gauge } from '../lib/metrics.ts';
import type { Counter, Gauge, Registry } from '../lib/metrics.ts';
import type { Alert } from '../model/alert.ts';
import { clusterNode, type PostureVerdict } from '../model/posture.ts';
import { appeared, judgeCluster } from '../posture/cluster/cluster-checks.ts';
import type { ClusterNames, ClusterOutcome, ClusterVerdict } from '../posture/cluster/cluster-checks.ts';
import { readCluster } from '../posture/cluster/reader.ts';
import type { ClusterSource } from '../posture/cluster/reader.ts';
import type { ClusterReading } from '../posture/cluster/reading.ts';
import { fitAlert } from '../protocol/fit.ts';
import type { PostureKept, PostureReport } from '../protocol/posture-schema.ts';
import type { PostureBook } from './posture-book.ts';

export interface ClusterWatchOptions {
  readonly source: ClusterSource;
  readonly names: Pick<ClusterNames, 'workloadOf'>;
  /** What the agents' checks say of all containers of pods, by id. Rejects as the store does. */
  readonly kernel: () => Promise<ReadonlyMap<string, ReadonlyMap<string, string>>>;
  readonly keep: (node: string, report: PostureReport) => Promise<PostureKept['outcome']>;
  readonly practices: PostureBook['practices'];
  /** Stores an alert durably, by id only once. */
  readonly raise: (alert: Alert) => Promise<void>;
  /** Between two readings, milliseconds. */
  readonly intervalMs: number;
  /** From a change that the audit log tells of to the reading: several changes are one. Default 5000. */
  readonly settleMs?: number;
  /** From a reading that failed to the next; twice as long after each further one. Default 30000. */
  readonly backOffMs?: number;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Logger;
}

const outcomes = ['read', 'failed'] as const;
/** Readings in a row that failed, after which nothing that was known is believed any more. */
const failuresMax = 3;
const readingMs = 300_000;
/** Verdicts that are stored in one transaction. */
const pieceSize = 200;
const alertsMax = 50;

const noContainer = { id: '', name: '', image: '', digest: '' } as const;
const clusterWorkload = { id: 'kubernetes-cluster', name: 'kubernetes/cluster', kind: 'kubernetes' } as const;

/**
 * Reads the cluster now and then, and soon after the audit log tells of a change to what the checks rest on; judges it, keeps the verdicts, and raises what
 * appeared since the reading before. One reading at a time; nothing waits. What fails is tried again after half a minute, twice as long each time, at most
 * the interval or ten minutes. Stop: the reading that is under way is dropped.
 */
export class ClusterWatch {
  readonly #options: Required<ClusterWatchOptions>;
  readonly #readings: Counter<'outcome'>;
  readonly #lost: Counter<'reason'>;
  readonly #last: Gauge;
  readonly #stop: AbortController = new AbortController();
  readonly #counts = { unreadable: 0, expired: 0 };
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> | undefined;
  #before: ReadonlyMap<string, readonly ClusterOutcome[]> | undefined;
  /** Raised and not stored yet: they go with the next reading. */
  #unstored: Alert[] = [];
  #auditedMs: number | undefined;
  #failures = 0;
  /** How long the last reading took. */
  #tookMs = 0;
  /** A change was told of while a reading was under way, which may have passed by it. */
  #changed = false;
  /** What is known of the cluster is taken back; not stored yet where it is false after so many failures. */
  #unsaid = false;
  /** What the API asked for when it failed last. */
  #retryAfterMs = 0;
  /** When the next reading begins, by the monotonic clock. */
  #dueMs = Infinity;
  #trouble = '';

  constructor({ settleMs = 5000, backOffMs = 30_000, ...options }: ClusterWatchOptions) {
    this.#options = { ...options, settleMs, backOffMs };
    const { registry } = options;
    this.#readings = counter(registry, 'anchorwatch_cluster_readings_total', 'Readings of the Kubernetes cluster.', [
      'outcome',
    ]);
    for (const outcome of outcomes) this.#readings.inc({ outcome }, 0);
    this.#lost = counter(
      registry,
      'anchorwatch_cluster_lost_total',
      'What of a cluster was not judged: objects of no known form (`unreadable`), lists begun again (`expired`), containers beyond the bound (`overflow`), alerts beyond the bound (`alerts`).',
      ['reason'],
    );
    for (const reason of ['unreadable', 'expired', 'overflow', 'alerts']) this.#lost.inc({ reason }, 0);
    this.#last = gauge(
      registry,
      'anchorwatch_cluster_read_timestamp_seconds',
      'When the Kubernetes cluster was read whole last; 0: never.',
    );
    this.#last.set(0);
  }

  start(): void {
    this.#schedule(0);
  }

  /** A batch of the audit log came. */
  audited(body: unknown): void {
    this.#auditedMs = this.#options.clock.nowMs();
    if (!isChange(body)) return;
    if (this.#reading !== undefined) this.#changed = true;
    else if (this.#failures === 0) this.#schedule(this.#settleMs());
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await this.#reading;
  }

  /** Changes that come all the time neither put the reading off, nor take more than half of the time. */
  #settleMs(): number {
    return Math.max(this.#options.settleMs, this.#tookMs);
  }

  /** The earlier one of two times counts. */
  #schedule(inMs: number): void {
    if (this.#stop.signal.aborted) return;
    const dueMs = this.#options.clock.monotonicMs() + inMs;
    if (dueMs >= this.#dueMs) return;
    this.#dueMs = dueMs;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#dueMs = Infinity;
      this.#changed = false;
      this.#reading = this.#read().finally(() => {
        this.#reading = undefined;
        this.#schedule(this.#waitMs());
      });
    }, inMs);
  }

  #waitMs(): number {
    const { intervalMs, backOffMs } = this.#options;
    if (this.#failures === 0) return this.#changed ? Math.min(this.#settleMs(), intervalMs) : intervalMs;
    const waitMs = Math.min(backOffMs * 2 ** (this.#failures - 1), Math.max(intervalMs, backOffMs), 600_000);
    return Math.max(waitMs, this.#retryAfterMs);
  }

  /** Never rejects. */
  async #read(): Promise<void> {
    const { source, clock, log } = this.#options;
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(readingMs)]);
    const beganMs = clock.monotonicMs();
    try {
      const read = await readCluster(source, this.#counts, signal);
      await this.#keep({ ...read, auditedMs: this.#auditedMs, nowMs: clock.nowMs() }, true);
      this.#readings.inc({ outcome: 'read' });
      this.#last.set(clock.nowMs() / 1000);
      if (this.#trouble !== '') log.info('the cluster is read again');
      [this.#failures, this.#trouble, this.#unsaid] = [0, '', false];
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.#failures++;
      this.#retryAfterMs = retryAfterMsOf(error);
      this.#readings.inc({ outcome: 'failed' });
      const text = errorText(error);
      if (text !== this.#trouble) log.warn({ err: error }, `the cluster could not be read: ${text}`);
      this.#trouble = text;
      if (this.#failures >= failuresMax && !this.#unsaid) await this.#unsay(text);
    }
    this.#tookMs = clock.monotonicMs() - beganMs;
    for (const reason of ['unreadable', 'expired'] as const) {
      this.#lost.inc({ reason }, this.#counts[reason]);
      this.#counts[reason] = 0;
    }
  }

  /** What was good an hour ago is not known to be so: of the cluster itself nothing is known. Its namespaces and pods stay as they were, with their time. */
  async #unsay(text: string): Promise<void> {
    const why = { ok: false, why: `the cluster could not be read: ${text.slice(0, 300)}` } as const;
    const reading: ClusterReading = {
      ...{ version: why, nodes: why, namespaces: why, pods: why, networkPolicies: why, anonymous: why },
      ...{ clusterRoles: why, roles: why, clusterRoleBindings: why, roleBindings: why, kubelets: new Map() },
      ...{ auditedMs: this.#auditedMs, nowMs: this.#options.clock.nowMs() },
    };
    try {
      await this.#keep(reading, false);
      this.#unsaid = true;
    } catch {
      // The store fails too: it is said after the next failure.
    }
  }

  /** @param whole What is not in the reading is gone. */
  async #keep(reading: ClusterReading, whole: boolean): Promise<void> {
    const { names, kernel, keep } = this.#options;
    const kernels = whole ? await kernel() : new Map<string, ReadonlyMap<string, string>>();
    const { verdicts, overflow } = judgeCluster(reading, { ...names, kernelOf: (id) => kernels.get(id) });
    this.#lost.inc({ reason: 'overflow' }, overflow);
    if (whole) this.#compare(verdicts, reading.nowMs);
    for (let at = 0; at < verdicts.length; at += pieceSize) {
      const piece = verdicts.slice(at, at + pieceSize).map((one) => verdictOf(one, reading.nowMs));
      const [first, last] = [whole && at === 0, whole && at + pieceSize >= verdicts.length];
      const kept = await keep(clusterNode, { type: 'posture', id: 1, first, last, verdicts: piece, gone: [] });
      if (kept === 'failed') throw new Error('what the checks say of it could not be stored');
    }
    await this.#store();
  }

  /** The first reading after a start is what the next ones are compared with. */
  #compare(verdicts: readonly ClusterVerdict[], nowMs: number): void {
    const now = new Map(verdicts.map((one) => [one.container?.id ?? '', one.outcomes]));
    const alerts =
      this.#before === undefined
        ? []
        : verdicts.flatMap((one) =>
            appeared(this.#before?.get(one.container?.id ?? '') ?? [], one.outcomes).flatMap(
              (outcome) => this.#alertOf(one, outcome, nowMs) ?? [],
            ),
          );
    // What a reading could not say is compared with what was said before.
    this.#before = new Map(
      [...now].map(([id, told]) => {
        const earlier = new Map((this.#before?.get(id) ?? []).map((outcome) => [outcome.check, outcome]));
        return [id, told.map((one) => (one.result === 'unknown' ? (earlier.get(one.check) ?? one) : one))];
      }),
    );
    const room = Math.max(0, alertsMax - this.#unstored.length);
    this.#unstored.push(...alerts.slice(0, room));
    if (alerts.length > room) this.#lost.inc({ reason: 'alerts' }, alerts.length - room);
  }

  /** As grave as the rules posture-broken and posture-weakened have it; notices are none. */
  #alertOf({ container, workload }: ClusterVerdict, outcome: ClusterOutcome, nowMs: number): Alert | undefined {
    const check = this.#options.practices.check(outcome.check);
    if (check === undefined || check.severity === 'notice') return undefined;
    const suspicion = check.severity === 'critical' ? 5 : 3;
    const time = new Date(nowMs).toISOString();
    const whose = container === undefined ? 'the cluster' : (workload?.name ?? container.name);
    const said =
      outcome.offenders.length > 0
        ? outcome.offenders
        : outcome.evidence.map(({ field, value }) => `${field}: ${value}`);
    const id = idOf(nowMs, `${whose} ${outcome.check} ${said.join(' ')}`);
    return fitAlert({
      ...{ id, time, lastTime: time, count: 1, raisedAfterMs: 0, incident: id },
      ...{ severity: check.severity, score: suspicion, surprise: 0, suspicion, detector: 'posture', rules: [] },
      ...{ dimension: 'posture', key: outcome.check, techniques: [], node: clusterNode },
      title: `${outcome.check}: ${whose}: ${outcome.note}`.slice(0, 1000),
      practices: [...this.#options.practices.practicesOf(check.id)],
      ...{ workload: workload ?? clusterWorkload, container: container ?? noContainer },
      evidence: {
        ...{ samples: 0, seenInOneSample: 0, coverage: 1, expected: [check.title] },
        note: said.join('; ').slice(0, 1000),
      },
    });
  }

  async #store(): Promise<void> {
    while (this.#unstored[0] !== undefined) {
      await this.#options.raise(this.#unstored[0]);
      this.#unstored.shift();
    }
  }
}

function verdictOf({ outcomes: told, ...subject }: ClusterVerdict, timeMs: number): PostureVerdict {
  return {
    ...subject,
    timeMs,
    outcomes: told
      .filter(({ result }) => result !== 'pass')
      .map(({ check, result, note, evidence }) => ({ check, result, note, evidence })),
    passed: told.filter(({ result }) => result === 'pass').map(({ check }) => check),
  };
}

/** What the API asked for (`ApiFailure`); 0: nothing. */
function retryAfterMsOf(error: unknown): number {
  const asked = (error as { readonly retryAfterMs?: unknown } | null)?.retryAfterMs;
  return typeof asked === 'number' ? asked : 0;
}

const resources = new Set([
  ...['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings', 'networkpolicies', 'namespaces'],
]);
const verbs = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

interface AuditEvent {
  readonly verb?: unknown;
  readonly objectRef?: { readonly resource?: unknown } | null;
}

/** Whether a batch of the audit log has a change to roles, bindings, policies or namespaces. Pure. */
function isChange(body: unknown): boolean {
  const items = (body as { readonly items?: unknown } | null | undefined)?.items;
  if (!Array.isArray(items)) return false;
  return items.some((item) => {
    const { verb, objectRef } = (item ?? {}) as AuditEvent;
    const resource = objectRef?.resource;
    return typeof verb === 'string' && verbs.has(verb) && typeof resource === 'string' && resources.has(resource);
  });
}
