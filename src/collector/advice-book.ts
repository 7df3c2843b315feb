import type { Clock } from '../lib/clock.ts';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { adviceOfCheck, groundsOf } from '../model/advice.ts';
import type { Advice, AdviceSubject } from '../model/advice.ts';
import type { Workload } from '../model/container.ts';
import { mergedFacts } from '../model/container-facts.ts';
import type { ContainerFacts } from '../model/container-facts.ts';
import type { PostureOutcome } from '../model/posture.ts';
import type { SharedProfile } from '../model/shared-profile.ts';
import { adviceOn } from '../profile/export/advice.ts';
import type { CollectorStore } from '../store/collector-store.ts';

export interface AdviceBookOptions {
  /** How the containers of workloads are made, by node. */
  readonly store: Pick<CollectorStore, 'postureReader'>;
  /** The sum of what all nodes learned of a workload; undefined: nothing yet. */
  readonly fleet: { exported(workload: string): Promise<SharedProfile | undefined> };
  /** Takes what the checks of a workload say now. */
  readonly told: (workload: Workload, outcomes: readonly PostureOutcome[]) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Between the beginnings of two rounds through all workloads, at least. Default 30000. */
  readonly roundMs?: number;
}

/** Of one workload, kept for its findings. */
const evidenceKept = 10;
const workloadsMax = 10_000;
/** So much longer than one workload took is waited until the next: at most 2 % of a core. */
const restFactor = 50;
const restMinMs = 200;

/** Checks of a workload, by what the advice is about. */
const checkOf: Readonly<Record<AdviceSubject, string>> = {
  capabilities: 'unused-capabilities',
  'read-only-root': 'unused-writable-root',
  user: 'unused-root-user',
  ports: 'unused-ports',
  programs: 'unused-programs',
  network: 'unused-network',
};

/**
 * Advice on how workloads are made, by what they were seen to do: asked for at once, and made anew of one workload after the other for the findings. What is
 * kept is the advice of the last `workloadsMax` workloads. Stop: what is under way is finished and told to nobody.
 */
export class AdviceBook {
  readonly #options: AdviceBookOptions;
  readonly #kept: Map<string, readonly Advice[]> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #trouble = '';

  constructor(options: AdviceBookOptions) {
    this.#options = options;
  }

  /** Begins with the findings; answers what stops it. */
  start(): () => void {
    this.#later('', this.#options.clock.monotonicMs(), this.#options.roundMs ?? 30_000);
    return () => {
      this.#stopped = true;
      clearTimeout(this.#timer);
    };
  }

  /** How the containers of a workload are made on all nodes; undefined: no node has told. Rejects as the store does. */
  async facts(workload: string): Promise<ContainerFacts | undefined> {
    return mergedFacts(await this.#options.store.postureReader.facts(workload));
  }

  /** The last advice that bears on a check of a container; undefined: none does, or none was made yet. */
  onCheck(workload: string, check: string): Advice | undefined {
    const subject = adviceOfCheck(check);
    return subject === undefined ? undefined : this.#kept.get(workload)?.find((one) => one.subject === subject);
  }

  #later(after: string, roundAtMs: number, waitMs: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#next(after, roundAtMs), waitMs);
    this.#timer.unref();
  }

  /** One workload. Never rejects. */
  async #next(after: string, roundAtMs: number): Promise<void> {
    const { store, clock, log, roundMs = 30_000 } = this.#options;
    const startMs = clock.monotonicMs();
    const restMs = (): number => Math.max(restMinMs, restFactor * (clock.monotonicMs() - startMs));
    let workload: Workload | undefined;
    try {
      [workload] = await store.postureReader.workloadsWithFacts(after, 1);
      if (workload !== undefined) await this.#judge(workload);
      this.#trouble = '';
    } catch (error) {
      const text = errorText(error);
      if (text !== this.#trouble) log.error({ err: error }, `advice on workloads could not be made: ${text}`);
      this.#trouble = text;
    }
    if (workload !== undefined) this.#later(workload.id, roundAtMs, restMs());
    // Then from the first on.
    else this.#later('', startMs + restMs(), Math.max(restMs(), roundAtMs + roundMs - clock.monotonicMs()));
  }

  async #judge(workload: Workload): Promise<void> {
    const { fleet, told } = this.#options;
    const [facts, profile] = [await this.facts(workload.id), await fleet.exported(workload.id)];
    if (facts === undefined || profile === undefined || this.#stopped) return;
    const advice = adviceOn(profile, facts);
    this.#kept.delete(workload.id);
    this.#kept.set(
      workload.id,
      advice.map((one) => ({ ...one, evidence: one.evidence.slice(0, evidenceKept) })),
    );
    for (const oldest of this.#kept.keys()) if (this.#kept.size > workloadsMax) this.#kept.delete(oldest);
    await told(workload, advice.map(outcomeOf));
  }
}

/** A piece of advice as a check says it. Pure. */
function outcomeOf(advice: Advice): PostureOutcome {
  const { subject, outcome, note, evidence, coverage } = advice;
  const shares = Object.entries(coverage).map(
    ([dimension, { startup, steady }]) =>
      `${dimension} ${startup === null ? 'never' : String(startup)} at starts, ${steady === null ? 'never' : String(steady)} at work`,
  );
  const listed = evidence.slice(0, evidenceKept).join(', ');
  const more = evidence.length > evidenceKept ? ` and ${String(evidence.length - evidenceKept)} more` : '';
  return {
    check: checkOf[subject],
    result: ({ tighten: 'warn', fits: 'pass', unknown: 'unknown' } as const)[outcome],
    note: outcome === 'tighten' ? `${note} (${groundsOf(advice)})` : note,
    evidence: [
      ...(listed === ''
        ? []
        : [{ field: outcome === 'tighten' ? 'unused or narrower' : 'seen', value: listed + more }]),
      { field: 'profile samples', value: groundsOf({ ...advice, coverage: {} }) },
      { field: 'profile coverage', value: shares.join('; ') },
    ],
  };
}
