import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { ByStratum, SharedProfile } from '../model/shared-profile.ts';
import { fitShared } from '../protocol/fit.ts';
import { limits } from '../protocol/limits.ts';
import type { Ask, Contribution } from '../protocol/message.ts';

/** What this node has learned of a workload by itself. */
interface FleetProfile {
  readonly samples: ByStratum;
  contribution(nowMs: number, featuresMost: number): SharedProfile | undefined;
  usePrior(shared: SharedProfile, nowMs: number): void;
}

/** The learned profiles of this node. */
interface FleetProfiles {
  profile(workloadId: string): FleetProfile | undefined;
}

/** The way to the collector; false when it does not take the message now. */
interface FleetLink {
  share(message: Contribution | Ask): boolean;
}

export interface FleetOptions {
  readonly profiles: FleetProfiles;
  readonly link: FleetLink;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
}

export interface FleetCounters {
  /** Contributions sent. */
  readonly contributed: number;
  /** Features that did not fit into the contributions sent. */
  readonly omitted: number;
  /** Questions sent. */
  readonly asked: number;
  /** Answers that held something. */
  readonly told: number;
  /** Workloads forgotten because there were too many: what is learned of them is not shared. */
  readonly forgotten: number;
}

/** What is due for a workload. */
interface Due {
  contributeAtMs: number;
  askAtMs: number;
  /** Samples that the last contribution was made of. */
  contributed: number;
}

/** A workload's profile is contributed no more often, give or take a fifth, and only when there are new samples. */
const contributeEveryMs = 600_000;
/** Until there is a completed sample. */
const contributeRetryMs = 15_000;
/** From the container's start: within the first minutes there is a sample, and agents that start together do not send together. */
const contributeFirstMs = 30_000;
const askEveryMs = 2 * 3_600_000;
/** After an answer that nobody knows anything. */
const askRetryMs = 600_000;
/** With more samples of its own, a node does not ask: a week of one container in slices of a minute. */
const samplesEnough = 10_000;
const workloadsMax = 4096;
const messagesPerTick = 4;

/**
 * Shares what this node has learned by itself with the collector, and asks it what other nodes know of workloads that this node knows little of. At
 * most `messagesPerTick` messages a tick, and nothing waits here but what is due: of a workload at most `workloadsMax` are remembered.
 */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #due: Map<string, Due> = new Map();
  readonly #counts = { contributed: 0, omitted: 0, asked: 0, told: 0, forgotten: 0 };

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  get counters(): FleetCounters {
    return { ...this.#counts };
  }

  /** A container of the workload runs. What others know is asked at the next tick, unless that was done lately. */
  started(workloadId: string): void {
    if (this.#due.has(workloadId)) return;
    const nowMs = this.#options.clock.nowMs();
    const contributeAtMs = nowMs + contributeFirstMs * (1 + this.#options.random());
    this.#due.set(workloadId, { contributeAtMs, askAtMs: nowMs, contributed: 0 });
    if (this.#due.size <= workloadsMax) return;
    for (const oldest of this.#due.keys()) {
      this.#due.delete(oldest);
      this.#counts.forgotten += 1;
      return;
    }
  }

  /** The collector takes messages about the fleet: what it knows may be news. */
  opened(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const due of this.#due.values()) due.askAtMs = Math.min(due.askAtMs, nowMs);
  }

  /** The answer to a question. */
  told(workloadId: string, shared: SharedProfile | undefined): void {
    const due = this.#due.get(workloadId);
    if (shared === undefined) {
      if (due !== undefined) due.askAtMs = this.#options.clock.nowMs() + this.#around(askRetryMs);
      return;
    }
    if (shared.workload.id !== workloadId) return;
    this.#counts.told += 1;
    this.#options.profiles.profile(workloadId)?.usePrior(shared, this.#options.clock.nowMs());
    const { workload, nodes, samples, features } = shared;
    this.#options.log.info(
      { workload: workload.name, nodes, samples, features: features.length },
      'what other nodes know of this workload counts beside what was learned here',
    );
  }

  /** About once a second: sends what is due, as far as the collector takes it. */
  tick(): void {
    const nowMs = this.#options.clock.nowMs();
    let room = messagesPerTick;
    for (const [workloadId, due] of this.#due) {
      if (room === 0) return;
      if (due.askAtMs <= nowMs) {
        const asked = this.#ask(workloadId, due, nowMs);
        if (asked === 'closed') return;
        if (asked === 'sent') room -= 1;
      }
      if (due.contributeAtMs > nowMs) continue;
      const contributed = this.#contribute(workloadId, due, nowMs);
      if (contributed === 'closed') return;
      if (contributed === 'sent') room -= 1;
    }
  }

  #ask(workload: string, due: Due, nowMs: number): 'sent' | 'closed' | 'needless' {
    const enough = this.#samples(workload) >= samplesEnough;
    if (!enough && !this.#options.link.share({ type: 'ask', workload })) return 'closed';
    due.askAtMs = nowMs + this.#around(askEveryMs);
    if (enough) return 'needless';
    this.#counts.asked += 1;
    return 'sent';
  }

  #contribute(workloadId: string, due: Due, nowMs: number): 'sent' | 'closed' | 'needless' {
    const { profiles, link } = this.#options;
    const samples = this.#samples(workloadId);
    if (samples === 0 || samples === due.contributed) {
      due.contributeAtMs = nowMs + (samples === 0 ? contributeRetryMs : this.#around(contributeEveryMs));
      return 'needless';
    }
    const contribution = profiles.profile(workloadId)?.contribution(nowMs, limits.sharedFeatures);
    const shared = contribution === undefined ? undefined : fitShared(contribution);
    if (shared !== undefined && !link.share({ type: 'contribution', shared })) {
      // Making it costs more than asking again a little later.
      due.contributeAtMs = nowMs + contributeRetryMs;
      return 'closed';
    }
    due.contributed = samples;
    due.contributeAtMs = nowMs + this.#around(contributeEveryMs);
    this.#counts.contributed += 1;
    this.#counts.omitted += shared?.omitted ?? 0;
    return 'sent';
  }

  #samples(workloadId: string): number {
    const { startup, steady } = this.#options.profiles.profile(workloadId)?.samples ?? { startup: 0, steady: 0 };
    return startup + steady;
  }

  /** Give or take a fifth. */
  #around(ms: number): number {
    return ms * (0.8 + 0.4 * this.#options.random());
  }
}
