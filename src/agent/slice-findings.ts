import { ulid } from 'ulid';
import { assemble, titleOfSlice } from '../alert/assemble.ts';
import type { Deduplicator } from '../alert/deduplicate.ts';
import type { Incidents } from '../alert/incident.ts';
import { sliceFactsOf } from '../detect/facts.ts';
import type { ProfileFacts, SliceFacts } from '../detect/facts.ts';
import { judge } from '../detect/score.ts';
import type { RuleSet } from '../detect/rules.ts';
import type { Clock } from '../lib/clock.ts';
import type { Alert, Evidence } from '../model/alert.ts';
import type { Container } from '../model/container.ts';
import type { Decision } from '../model/decision.ts';
import type { Process } from '../model/event.ts';
import type { Dimension, Feature } from '../model/feature.ts';
import type { AlertBudget, SliceEntry } from './alert-budget.ts';

/** What a detector says about the slice of a container that just ended. */
export interface SliceFinding {
  readonly container: Container;
  /** When the slice ended, milliseconds since the epoch. */
  readonly timeMs: number;
  readonly feature: Feature;
  /** Name of the detector: `rates`. */
  readonly detector: string;
  /** Decades; more than `surpriseMax` of src/detect/score.ts counts as that. */
  readonly surprise: number;
  /** An alert was raised for it before and it goes on: it is counted on that alert, and never becomes another one. */
  readonly goesOn?: boolean;
  /** An alert was raised for it before; that was over, and this is another one. */
  readonly anew?: boolean;
  /** Who did what, without the workload: "CPU is 14 times its usual 3 %". Asked for only when an alert is raised. */
  readonly title: () => string;
  /** Asked for only when an alert is raised. */
  readonly evidence: () => Evidence;
  /** The process that did it, where one is known. */
  readonly process?: Process;
  /** What rules of the dimension may know of the slice; its name is the dimension where nothing is said. */
  readonly facts?: SliceFacts;
  /** What they may know of the profile: an old, settled one where nothing is said. */
  readonly profile?: Partial<ProfileFacts>;
}

/**
 * `below`: under the threshold, nothing is to be told. `raised`: a new alert. `counted`: it belongs to an alert that was raised before;
 * `alert` is then a copy of that with a larger count, when one is due.
 */
export interface SliceVerdict {
  readonly reason: 'below' | 'raised' | 'counted';
  readonly alert?: Alert;
}

/** What a detector expects of one of its dimensions; `expected` without what rules add. */
export interface ExpectedFinding extends Omit<SliceEntry, 'suspicion'> {
  /** A finding as it would be, where all are alike to rules: the rules that hold of it count, else the most suspicious of the dimension. */
  readonly like?: Pick<SliceFinding, 'container' | 'facts' | 'profile'>;
}

/** A detector of slices, as far as the alert budget is concerned. */
export interface SliceDetector {
  /** One for each of its dimensions in each workload with running containers. */
  budgetEntries(): readonly ExpectedFinding[];
  /**
   * Does what an operator decided about features of its dimensions, and saves it; throws what its store throws. Doing it again, other than
   * `relearn`, changes nothing.
   */
  decide(decision: Decision, nowMs: number): void;
}

export interface SliceFindingsOptions {
  readonly budget: AlertBudget;
  readonly deduplicator: Deduplicator;
  readonly incidents: Incidents;
  /** The rules of the moment. */
  readonly rules: () => RuleSet;
  readonly clock: Clock;
  readonly node: string;
  /** Makes alert ids; ULIDs unless a test wants its own. */
  readonly newId?: ((timeMs: number) => string) | undefined;
}

/**
 * The entrance of what is found in slices and not in events: rules, the thresholds that the alert budget leaves, one alert for what goes on,
 * incidents. Shares all of them with the events (src/agent/watch.ts). No I/O, no time but through the clock and what is passed in.
 */
export class SliceFindings {
  readonly #options: SliceFindingsOptions;
  readonly #detectors: SliceDetector[] = [];

  constructor(options: SliceFindingsOptions) {
    this.#options = options;
  }

  /** The detector's expected false alerts count in the alert budget from now on. */
  add(detector: SliceDetector): void {
    this.#detectors.push(detector);
  }

  /**
   * What detectors expect at the thresholds that rules leave. Where nothing is said of what a finding would be like, the most suspicious rule of the
   * dimension is thought to hold.
   */
  budgetEntries(): readonly SliceEntry[] {
    return this.#detectors.flatMap((detector) =>
      detector.budgetEntries().map(({ like, workload, dimension, expected }) => {
        const suspicion =
          like === undefined ? this.#options.rules().suspicionMax(dimension) : this.#suspicionOf(dimension, like);
        const added = (warning: number): number => expected(warning - suspicion);
        return { workload, dimension, expected: added, ...(like === undefined ? {} : { suspicion }) };
      }),
    );
  }

  #suspicionOf(dimension: Dimension, { container, facts, profile }: NonNullable<ExpectedFinding['like']>): number {
    const matches = this.#options
      .rules()
      .matching(dimension, sliceFactsOf({ name: dimension, ...facts }, container, { ...settled, ...profile }));
    return Math.max(0, ...matches.map(({ most, suspicion }) => (most === undefined ? suspicion : 0)));
  }

  /** Tells the detectors what an operator decided. Throws what their stores throw. */
  decide(decision: Decision, nowMs: number): void {
    for (const detector of this.#detectors) detector.decide(decision, nowMs);
  }

  /** Judges a finding. What is `raised` or has an `alert` is to be sent. */
  take(finding: SliceFinding): SliceVerdict {
    const { container, feature, timeMs, detector, surprise, evidence } = finding;
    const { budget, deduplicator, incidents, rules, clock, node, newId } = this.#options;
    const dedupeKey = `${feature.dimension} ${feature.key}`;
    if (finding.goesOn === true) {
      const counted = deduplicator.count([container.id], dedupeKey, timeMs);
      if (counted?.outcome !== 'update') return { reason: 'counted' };
      incidents.again(counted.alert.incident, timeMs);
      return { reason: 'counted', alert: counted.alert };
    }
    const slice = { name: feature.dimension, ...finding.facts };
    const facts = sliceFactsOf(slice, container, { ...settled, ...finding.profile });
    const matches = rules().matching(feature.dimension, facts);
    const thresholds = budget.inForce(container.workload, feature.dimension);
    const candidate = { ...feature, level: 'slice', state: 'new', surprise } as const;
    const verdict = judge([candidate], matches, thresholds, evidence);
    const { finding: judged, severity } = verdict;
    if (verdict.reason !== 'alert' || judged === undefined || severity === undefined) return { reason: 'below' };
    const raise = (): Alert => {
      const nowMs = clock.nowMs();
      const id = newId?.(timeMs) ?? ulid(nowMs);
      if (severity !== 'notice') budget.alerted(nowMs);
      // No process is known to have done it: it joins what else is told of the container at this time.
      const incident = incidents.assign(id, { containerId: container.id, timeMs, lineage: [] }).id;
      const title = titleOfSlice(finding.title(), container);
      const spoken = { ...judged, detector };
      const event = { timeMs, process: finding.process };
      const about = { finding: spoken, severity, event, title, container, features: [feature] };
      return assemble({ ...about, node, nowMs, id, incident });
    };
    // The detector says so: no quiet is needed beside.
    const returns = finding.anew === true ? { doer: String(timeMs) } : undefined;
    const kind = `${feature.dimension} ${detector}`;
    const taken = deduplicator.take(container.id, dedupeKey, kind, timeMs, raise, returns);
    if (taken.outcome === 'counted') return { reason: 'counted' };
    if (taken.outcome === 'new') return { reason: 'raised', alert: taken.alert };
    incidents.again(taken.alert.incident, timeMs);
    return { reason: 'counted', alert: taken.alert };
  }
}

const settled: ProfileFacts = {
  samples: 0,
  ageSeconds: 0,
  startup: false,
  coverage: 1,
  settled: true,
  listens: false,
  knowsPort: false,
  listensOnPort: false,
  knowsProgram: false,
  parentListens: false,
  writtenHere: false,
  ownFile: false,
  healthcheck: false,
  news: 0,
};
