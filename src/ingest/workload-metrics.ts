import { gauge } from '../lib/metrics.ts';
import type { Gauge, Registry } from '../lib/metrics.ts';
import type { FleetWorkload } from '../model/fleet.ts';

/** Workloads with series of their own, those with the most containers; the others are summed as `other`. */
export const topWorkloads = 50;

/** How well workloads are known, as metrics. */
export class WorkloadMetrics {
  readonly #shown: (workload: string) => void;
  readonly #coverage: Gauge<'workload' | 'dimension'>;
  readonly #threshold: Gauge<'workload' | 'dimension'>;
  readonly #confidence: Gauge<'workload' | 'dimension'>;
  readonly #features: Gauge<'workload' | 'dimension'>;
  readonly #once: Gauge<'workload' | 'dimension'>;

  /** @param shown told of each workload that has series of its own */
  constructor(registry: Registry, shown: (workload: string) => void) {
    this.#shown = shown;
    const byDimension = ['workload', 'dimension'] as const;
    this.#coverage = gauge(
      registry,
      'anchorwatch_workload_coverage_ratio',
      'Estimated share of behaviour already seen; the lowest of the nodes.',
      byDimension,
    );
    this.#confidence = gauge(
      registry,
      'anchorwatch_workload_confidence_ratio',
      'How far what is known of a workload can be trusted: samples without a gap, hooks that work, lives that were watched, one times the other; 0 for a dimension that is not observed. The lowest of the nodes.',
      byDimension,
    );
    this.#threshold = gauge(
      registry,
      'anchorwatch_alert_threshold_decades',
      'Score from which something is a warning, raised by the alert budget or not; the highest of the nodes.',
      byDimension,
    );
    this.#features = gauge(
      registry,
      'anchorwatch_profile_features',
      'Features in the profile of a workload.',
      byDimension,
    );
    this.#once = gauge(
      registry,
      'anchorwatch_profile_features_seen_once',
      'Features that were seen in one sample only: divided by the samples, the chance of something new.',
      byDimension,
    );
  }

  reset(): void {
    this.#coverage.reset();
    this.#confidence.reset();
    this.#threshold.reset();
    this.#features.reset();
    this.#once.reset();
  }

  /** Those with the most containers first. */
  set(workloads: readonly FleetWorkload[]): void {
    const lowest = new Map<string, number>();
    const highest = new Map<string, number>();
    const trust = new Map<string, number>();
    for (const [index, { workload, dimensions, unobserved = [] }] of workloads.entries()) {
      const label = index < topWorkloads ? workload.name : 'other';
      if (index < topWorkloads) this.#shown(label);
      const confident = dimensions.flatMap(({ dimension, confidence }) =>
        confidence === undefined ? [] : [[dimension, confidence] as const],
      );
      for (const [dimension, confidence] of [...confident, ...unobserved.map((one) => [one.dimension, 0] as const)]) {
        const id = JSON.stringify([label, dimension]);
        trust.set(id, Math.min(trust.get(id) ?? 1, confidence));
        this.#confidence.set({ workload: label, dimension }, trust.get(id) ?? confidence);
      }
      for (const { dimension, coverage, features, seenInOneSample, thresholds } of dimensions) {
        // Two workloads may have one name (and `other` has many): features add up, coverage is the lowest.
        const id = JSON.stringify([label, dimension]);
        lowest.set(id, Math.min(lowest.get(id) ?? 1, coverage));
        this.#coverage.set({ workload: label, dimension }, lowest.get(id) ?? coverage);
        this.#features.inc({ workload: label, dimension }, features);
        this.#once.inc({ workload: label, dimension }, seenInOneSample);
        if (thresholds === undefined) continue;
        highest.set(id, Math.max(highest.get(id) ?? 0, thresholds.warning));
        this.#threshold.set({ workload: label, dimension }, highest.get(id) ?? thresholds.warning);
      }
    }
  }
}
