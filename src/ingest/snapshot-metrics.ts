import { counter, gauge } from '../lib/metrics.ts';
import type { Counter, Gauge, Registry } from '../lib/metrics.ts';
import type { SnapshotReport } from '../model/node.ts';

/** What nodes report of their snapshots, as metrics of the collector. */
export class SnapshotMetrics {
  readonly #taken: Counter<'node'>;
  readonly #failed: Counter<'node' | 'reason'>;
  readonly #shed: Counter<'node' | 'reason'>;
  readonly #waiting: Gauge<'node'>;

  constructor(registry: Registry) {
    this.#taken = counter(registry, 'anchorwatch_snapshots_taken_total', 'Snapshots of containers that were taken.', [
      'node',
    ]);
    this.#failed = counter(
      registry,
      'anchorwatch_snapshots_failed_total',
      'Snapshots that were begun and came to nothing.',
      ['node', 'reason'],
    );
    this.#shed = counter(
      registry,
      'anchorwatch_snapshots_shed_total',
      'Snapshots that were wanted and not begun, by reason: limits in time, no room, the container gone.',
      ['node', 'reason'],
    );
    this.#waiting = gauge(
      registry,
      'anchorwatch_snapshots_waiting',
      'Snapshots on the node that the collector does not have yet.',
      ['node'],
    );
  }

  clear(): void {
    for (const metric of [this.#taken, this.#failed, this.#shed, this.#waiting]) metric.reset();
  }

  set(node: string, { taken, failed, shed, waiting }: SnapshotReport): void {
    this.#taken.inc({ node }, taken);
    for (const [reason, count] of Object.entries(failed)) this.#failed.inc({ node, reason }, count);
    for (const [reason, count] of Object.entries(shed)) this.#shed.inc({ node, reason }, count);
    this.#waiting.set({ node }, waiting);
  }
}
