import type { Clock } from '../lib/clock.ts';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { counter } from '../lib/metrics.ts';
import type { Counter, Registry } from '../lib/metrics.ts';
import type { SharedProfile } from '../model/shared-profile.ts';
import { fitShared } from '../protocol/fit.ts';

/** Where contributions are kept, one of each node for each workload. */
export interface ContributionStore {
  /** Replaces what the node contributed. `stale`: a later one is there already. `dropped`: contributions that made room for it. */
  keep(
    node: string,
    shared: SharedProfile,
    receivedMs: number,
  ): Promise<{ readonly outcome: 'stored' | 'stale'; readonly dropped: number }>;
  /** What nodes contributed about a workload, by node, the latest received first. */
  of(workload: string): Promise<readonly { readonly node: string; readonly shared: SharedProfile }[]>;
  /** Forgets what all nodes, or one, contributed about a workload; how many contributions that were. */
  forget(workload: string, node?: string): Promise<number>;
}

export interface FleetOptions {
  readonly contributions: ContributionStore;
  /** Deletes contributions that are too old or too many; how many, by reason. */
  readonly prune: (nowMs: number) => Promise<Readonly<Record<'age' | 'count' | 'bytes', number>>>;
  /** The sum of contributions as of `nowMs`, for handing out; undefined of none. */
  readonly sum: (contributions: readonly SharedProfile[], nowMs: number) => SharedProfile | undefined;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Logger;
}

const contributionOutcomes = ['stored', 'stale', 'limited', 'refused', 'failed'] as const;
const answerOutcomes = ['found', 'none', 'limited', 'failed'] as const;
const dropReasons = ['age', 'count', 'bytes', 'nodes'] as const;
/** Messages about the fleet that a node may send at once, and how fast it may go on. */
const burst = 1000;
const perSecond = 1;
const bucketsMax = 4096;
/** What is imported is kept beside the nodes' contributions under such a name, which no node may use. */
const importPrefix = 'import:';
/** Contributions stored before what is too much is looked for again. */
const unprunedMax = 256;
/** Sums kept for nodes that contributed nothing, which all get the same. */
const sumsMax = 64;
const sumTtlMs = 30_000;

/** The sum of all contributions about a workload, for nodes that are not among the contributors. */
interface Sum {
  readonly contributors: ReadonlySet<string>;
  readonly shared: SharedProfile | undefined;
  readonly atMs: number;
}

/**
 * What nodes learned, for the other nodes. A node writes its own contribution alone, under the name of its session; it is told the sum of the
 * others'. Memory is bounded: buckets of the last `bucketsMax` nodes, and `sumsMax` sums.
 */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #contributions: Counter<'outcome'>;
  readonly #answers: Counter<'outcome'>;
  readonly #dropped: Counter<'reason'>;
  readonly #buckets: Map<string, { tokens: number; atMs: number }> = new Map();
  readonly #sums: Map<string, Sum> = new Map();
  #unpruned = 0;
  #trouble = '';

  constructor(options: FleetOptions) {
    this.#options = options;
    const { registry } = options;
    this.#contributions = counter(
      registry,
      'anchorwatch_fleet_contributions_total',
      'What nodes learned, as it came in. stale: a later one was there; limited: the node sent too many; refused: it is named like an import; failed: it could not be stored.',
      ['outcome'],
    );
    this.#answers = counter(
      registry,
      'anchorwatch_fleet_answers_total',
      'Questions of nodes about what others know of a workload. none: no other node has contributed.',
      ['outcome'],
    );
    this.#dropped = counter(
      registry,
      'anchorwatch_fleet_dropped_total',
      'Contributions that were deleted: too old, too many in all, too many bytes, or of too many nodes for one workload.',
      ['reason'],
    );
    for (const outcome of contributionOutcomes) this.#contributions.inc({ outcome }, 0);
    for (const outcome of answerOutcomes) this.#answers.inc({ outcome }, 0);
    for (const reason of dropReasons) this.#dropped.inc({ reason }, 0);
  }

  /** Keeps what a node contributed. A node whose clock is ahead contributes as of now. Never rejects. */
  async contributed(node: string, shared: SharedProfile): Promise<void> {
    const nowMs = this.#options.clock.nowMs();
    if (node.startsWith(importPrefix) || !this.#take(node)) {
      this.#contributions.inc({ outcome: node.startsWith(importPrefix) ? 'refused' : 'limited' });
      return;
    }
    const features = shared.features.map((feature) => ({ ...feature, nodes: 1 }));
    const own = { ...shared, features, nodes: 1, asOfMs: Math.min(shared.asOfMs, nowMs) };
    try {
      const { outcome, dropped } = await this.#options.contributions.keep(node, own, nowMs);
      this.#contributions.inc({ outcome });
      this.#dropped.inc({ reason: 'nodes' }, dropped);
      // Another's word is news; what a contributor says again may wait.
      if (this.#sums.get(own.workload.id)?.contributors.has(node) === false) this.#sums.delete(own.workload.id);
      this.#unpruned += 1;
      if (this.#unpruned >= unprunedMax) await this.prune();
    } catch (error) {
      this.#contributions.inc({ outcome: 'failed' });
      this.#failed(error);
    }
  }

  /** What the other nodes know of a workload; undefined when nothing, or when it cannot be told now. Never rejects. */
  async known(node: string, workload: string): Promise<SharedProfile | undefined> {
    if (!this.#take(node)) {
      this.#answers.inc({ outcome: 'limited' });
      return undefined;
    }
    try {
      const shared = await this.#sum(node, workload);
      this.#answers.inc({ outcome: shared === undefined ? 'none' : 'found' });
      return shared;
    } catch (error) {
      this.#answers.inc({ outcome: 'failed' });
      this.#failed(error);
      return undefined;
    }
  }

  /** Deletes what is too old or too much; call it about once an hour. */
  async prune(): Promise<void> {
    this.#unpruned = 0;
    try {
      const dropped = await this.#options.prune(this.#options.clock.nowMs());
      for (const reason of ['age', 'count', 'bytes'] as const) this.#dropped.inc({ reason }, dropped[reason]);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** An operator lets the workload be learned anew: what nodes knew must not come back from here. Rejects as the store does. */
  async forget(workload: string): Promise<void> {
    await this.#options.contributions.forget(workload);
    this.#sums.delete(workload);
  }

  /** The sum of everything that is contributed about a workload. Rejects as the store does. */
  async exported(workload: string): Promise<SharedProfile | undefined> {
    return this.#sum('', workload);
  }

  /** Counts a profile from a file as a contribution of its own, until it is replaced or removed by its name. Rejects as the store does. */
  async imported(name: string, shared: SharedProfile): Promise<void> {
    const nowMs = this.#options.clock.nowMs();
    const { id } = shared.workload;
    await this.#options.contributions.forget(id, importPrefix + name);
    const { dropped } = await this.#options.contributions.keep(
      importPrefix + name,
      { ...shared, asOfMs: Math.min(shared.asOfMs, nowMs) },
      nowMs,
    );
    this.#dropped.inc({ reason: 'nodes' }, dropped);
    this.#sums.delete(id);
  }

  /** False: nothing was imported under this name. */
  async removed(workload: string, name: string): Promise<boolean> {
    const removed = await this.#options.contributions.forget(workload, importPrefix + name);
    this.#sums.delete(workload);
    return removed > 0;
  }

  async #sum(node: string, workload: string): Promise<SharedProfile | undefined> {
    const nowMs = this.#options.clock.nowMs();
    const kept = this.#sums.get(workload);
    if (kept !== undefined && nowMs - kept.atMs < sumTtlMs && !kept.contributors.has(node)) return kept.shared;
    const contributions = await this.#options.contributions.of(workload);
    const others = contributions.filter((one) => one.node !== node).map(({ shared }) => shared);
    const sum = this.#options.sum(others, nowMs);
    const shared = sum === undefined ? undefined : fitShared(sum);
    if (others.length === contributions.length) {
      this.#sums.delete(workload);
      this.#sums.set(workload, { shared, atMs: nowMs, contributors: new Set(contributions.map((one) => one.node)) });
      for (const oldest of this.#sums.keys()) if (this.#sums.size > sumsMax) this.#sums.delete(oldest);
    }
    return shared;
  }

  /** Token bucket of a node. */
  #take(node: string): boolean {
    const nowMs = this.#options.clock.monotonicMs();
    const bucket = this.#buckets.get(node) ?? { tokens: burst, atMs: nowMs };
    const tokens = Math.min(burst, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * perSecond);
    this.#buckets.delete(node);
    this.#buckets.set(node, { tokens: Math.max(0, tokens - 1), atMs: nowMs });
    for (const oldest of this.#buckets.keys()) if (this.#buckets.size > bucketsMax) this.#buckets.delete(oldest);
    return tokens >= 1;
  }

  /** The same trouble is logged once until it changes. */
  #failed(error: unknown): void {
    const text = errorText(error);
    if (text !== this.#trouble)
      this.#options.log.error({ err: error }, `what nodes learned could not be shared: ${text}`);
    this.#trouble = text;
  }
}
