import { setImmediate } from 'node:timers/promises';
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
  /** What nodes contributed about a workload, by node, one after the other. */
  of(workload: string): AsyncIterable<{ readonly node: string; readonly shared: SharedProfile }>;
  /** Forgets what all nodes, or one, contributed about a workload; how many contributions that were. */
  forget(workload: string, node?: string): Promise<number>;
}

export interface FleetOptions {
  readonly contributions: ContributionStore;
  /** Deletes contributions that are too old or too many; how many, by reason. */
  readonly prune: (nowMs: number) => Promise<Readonly<Record<'age' | 'count' | 'bytes', number>>>;
  /** A sum of contributions as of `nowMs`, that is empty yet. */
  readonly sum: (nowMs: number) => GrowingSum;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A sum of contributions that grows by one after the other. */
interface GrowingSum {
  add(shared: SharedProfile): void;
  /** As it is handed out; undefined of none. */
  taken(): SharedProfile | undefined;
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
/** Sums kept for nodes that contributed nothing, which all get the same; and features of all of them, some 300 bytes each. */
const sumsMax = 64;
const sumFeaturesMax = 65_536;
const sumTtlMs = 30_000;

/** The sum of all contributions about a workload, for nodes that are not among the contributors. */
interface Sum {
  readonly contributors: ReadonlySet<string>;
  readonly shared: SharedProfile | undefined;
  readonly atMs: number;
}

/**
 * What nodes learned, for the other nodes. A node writes its own contribution alone, under the name of its session; it is told the sum of the
 * others'. Memory is bounded: buckets of the last `bucketsMax` nodes, `sumsMax` sums of `sumFeaturesMax` features, and one sum in the making: who
 * asks meanwhile waits, each session for one answer.
 */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #contributions: Counter<'outcome'>;
  readonly #answers: Counter<'outcome'>;
  readonly #dropped: Counter<'reason'>;
  readonly #buckets: Map<string, { tokens: number; atMs: number }> = new Map();
  readonly #sums: Map<string, Sum> = new Map();
  #sumFeatures = 0;
  /** Ends when the sum that is being made, and those that wait, are made. */
  #summing: Promise<unknown> = Promise.resolve();
  /** Since the sum that is being made was begun, something was contributed. */
  #isStale = false;
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
      this.#isStale = true;
      if (this.#sums.get(own.workload.id)?.contributors.has(node) === false) this.#forgetSum(own.workload.id);
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
    await this.#alone(async () => {
      await this.#options.contributions.forget(workload);
      this.#forgetSum(workload);
    });
  }

  /** The sum of everything that is contributed about a workload. Rejects as the store does. */
  async exported(workload: string): Promise<SharedProfile | undefined> {
    return this.#sum('', workload);
  }

  /** Counts a profile from a file as a contribution of its own, until it is replaced or removed by its name. Rejects as the store does. */
  async imported(name: string, shared: SharedProfile): Promise<void> {
    const nowMs = this.#options.clock.nowMs();
    const { id } = shared.workload;
    const { contributions } = this.#options;
    await this.#alone(async () => {
      await contributions.forget(id, importPrefix + name);
      const own = { ...shared, asOfMs: Math.min(shared.asOfMs, nowMs) };
      const { dropped } = await contributions.keep(importPrefix + name, own, nowMs);
      this.#dropped.inc({ reason: 'nodes' }, dropped);
      this.#forgetSum(id);
    });
  }

  /** False: nothing was imported under this name. */
  removed(workload: string, name: string): Promise<boolean> {
    return this.#alone(async () => {
      const removed = await this.#options.contributions.forget(workload, importPrefix + name);
      this.#forgetSum(workload);
      return removed > 0;
    });
  }

  /** One after the other: a hundred nodes that start together must not have a hundred sums in memory. */
  #sum(node: string, workload: string): Promise<SharedProfile | undefined> {
    return this.#alone(() => this.#sumNow(node, workload));
  }

  /** What changes a sum as a whole waits as well, so that nothing that is gone stays in one that is being made. */
  #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#summing.then(work);
    this.#summing = result.catch(() => undefined);
    return result;
  }

  async #sumNow(node: string, workload: string): Promise<SharedProfile | undefined> {
    const nowMs = this.#options.clock.nowMs();
    const kept = this.#sums.get(workload);
    if (kept !== undefined && nowMs - kept.atMs < sumTtlMs && !kept.contributors.has(node)) return kept.shared;
    const contributors = new Set<string>();
    this.#isStale = false;
    const sum = this.#options.sum(nowMs);
    for await (const { node: contributor, shared } of this.#options.contributions.of(workload)) {
      contributors.add(contributor);
      if (contributor !== node) sum.add(shared);
      // Each takes milliseconds: alerts have their turn in between.
      await setImmediate();
    }
    const taken = sum.taken();
    const shared = taken === undefined ? undefined : fitShared(taken);
    if (!contributors.has(node) && !this.#isStale) this.#keepSum(workload, { shared, atMs: nowMs, contributors });
    return shared;
  }

  #keepSum(workload: string, sum: Sum): void {
    this.#forgetSum(workload);
    this.#sums.set(workload, sum);
    this.#sumFeatures += sum.shared?.features.length ?? 0;
    for (const oldest of this.#sums.keys())
      if (this.#sums.size > sumsMax || this.#sumFeatures > sumFeaturesMax) this.#forgetSum(oldest);
  }

  #forgetSum(workload: string): void {
    this.#sumFeatures -= this.#sums.get(workload)?.shared?.features.length ?? 0;
    this.#sums.delete(workload);
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
