import { counter } from '../lib/metrics.ts';
import type { Counter, Registry } from '../lib/metrics.ts';
import { severities } from '../model/alert.ts';
import type { Alert, Severity } from '../model/alert.ts';

/** Workloads whose alerts are counted; beyond them the one that was quiet longest is forgotten. */
export const countedWorkloads = 1024;

/** Alerts by workload, shown for those workloads only that have series of their own elsewhere too. */
export class WorkloadAlerts {
  readonly #metric: Counter<'workload' | 'severity'>;
  /** By name, the one that was quiet longest first. */
  readonly #counts = new Map<string, Partial<Record<Severity, number>>>();
  readonly #shown = new Set<string>();

  constructor(registry: Registry) {
    this.#metric = counter(
      registry,
      'anchorwatch_workload_alerts_total',
      'Alerts stored since the collector started, of the workloads that have series of their own.',
      ['workload', 'severity'],
    );
  }

  count({ workload: { name }, severity }: Pick<Alert, 'workload' | 'severity'>): void {
    const counts = this.#counts.get(name) ?? {};
    this.#counts.delete(name);
    this.#counts.set(name, { ...counts, [severity]: (counts[severity] ?? 0) + 1 });
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > countedWorkloads && oldest !== undefined) this.#counts.delete(oldest);
  }

  clear(): void {
    this.#metric.reset();
    this.#shown.clear();
  }

  /** A workload that had no alert is shown with zeros, so that its first one is an increase. */
  set(workload: string): void {
    // Two workloads may have one name.
    if (this.#shown.has(workload)) return;
    this.#shown.add(workload);
    for (const severity of severities)
      this.#metric.inc({ workload, severity }, this.#counts.get(workload)?.[severity] ?? 0);
  }
}
