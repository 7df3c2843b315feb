import { counter, histogram } from '../lib/metrics.ts';
import type { Counter, Histogram, Registry } from '../lib/metrics.ts';
import { severities } from '../model/alert.ts';
import type { Alert } from '../model/alert.ts';
import { dimensions } from '../model/feature.ts';

const outcomes = ['stored', 'duplicate', 'refused', 'failed', 'deferred'] as const;
const refusals = [
  'unauthorized',
  'origin',
  'protocol.version',
  'hello.missing',
  'hello.timeout',
  'node.replaced',
  'node.limit',
  'node.forbidden',
  'collector.busy',
  'upgrade.invalid',
  'batch.order',
  'message.size',
  'message.syntax',
  'message.invalid',
  'message.node',
  'message.unexpected',
] as const;
export type RefusalCode = (typeof refusals)[number];

/** `rate.<name>` dimensions shown apart; the rest count as `rate.other`. */
const maxRates = 32;

/** What ingest counts; every label combination starts at 0. */
export class IngestMetrics {
  readonly batches: Counter<'outcome'>;
  readonly refused: Counter<'code'>;
  readonly alerts: Counter<'severity' | 'dimension'>;
  readonly delaySeconds: Histogram;
  readonly writeSeconds: Histogram;
  readonly throttled: Counter;
  readonly #rates = new Set<string>();

  constructor(registry: Registry) {
    this.batches = counter(
      registry,
      'anchorwatch_ingest_batches_total',
      'Batches of alerts from agents, by what became of them. deferred: too much waited, the agent sends it again later.',
      ['outcome'],
    );
    this.refused = counter(
      registry,
      'anchorwatch_ingest_refused_total',
      'Connections and messages of agents that were refused.',
      ['code'],
    );
    this.alerts = counter(registry, 'anchorwatch_alerts_total', 'Alerts stored since the collector started.', [
      'severity',
      'dimension',
    ]);
    this.delaySeconds = histogram(
      registry,
      'anchorwatch_alert_delay_seconds',
      'From the event in the container to the alert stored.',
      [],
      [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600],
    );
    this.writeSeconds = histogram(
      registry,
      'anchorwatch_store_write_seconds',
      'From a batch of alerts that was read to the batch durable: its wait for the transaction that it shares with others, and for the disk.',
    );
    this.throttled = counter(
      registry,
      'anchorwatch_ingest_throttled_total',
      'Times that an agent had to wait because it sent more than it may; nothing is lost by it.',
    );
    for (const outcome of outcomes) this.batches.inc({ outcome }, 0);
    for (const code of refusals) this.refused.inc({ code }, 0);
    for (const severity of severities) for (const dimension of dimensions) this.alerts.inc({ severity, dimension }, 0);
  }

  countAlert({ severity, dimension }: Alert): void {
    const rate = dimension.startsWith('rate.');
    if (rate && this.#rates.size < maxRates) this.#rates.add(dimension);
    this.alerts.inc({ severity, dimension: rate && !this.#rates.has(dimension) ? 'rate.other' : dimension });
  }
}
