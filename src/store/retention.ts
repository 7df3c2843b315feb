import type { Clock } from '../lib/clock.ts';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { counter, gauge } from '../lib/metrics.ts';
import type { Counter, Gauge, Registry } from '../lib/metrics.ts';
import type { RetentionBounds } from './collector-file.ts';
import type { CollectorStore } from './collector-store.ts';

export interface RetentionOptions {
  readonly store: Pick<CollectorStore, 'retain' | 'retainAudit' | 'shrink' | 'sizes'>;
  readonly bounds: RetentionBounds;
  /** Records of the audit trail that are older are removed. */
  readonly auditAgeMs: number;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Logger;
  /** Between two rounds. Default 10000. */
  readonly everyMs?: number;
}

/** Between two steps: batches that came meanwhile are stored first. */
const pauseMs = 20;

/**
 * Keeps the store within its bounds: removes the oldest alerts, and incidents that are over, in small steps, and gives what gets free back to
 * the file system. A failure is logged once and tried again in the next round. What operators decided is never removed.
 */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #removed: Counter<'table' | 'reason'>;
  readonly #size: Gauge;
  readonly #free: Gauge;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #stopped = false;
  #trouble = '';

  constructor(options: RetentionOptions) {
    this.#options = options;
    const { registry } = options;
    this.#removed = counter(
      registry,
      'anchorwatch_store_rows_removed_total',
      'Rows that retention removed from the store since the collector started; age: older than --retention (audit: --audit-retention), size: the oldest, because the file was larger than --retention-size.',
      ['table', 'reason'],
    );
    for (const table of ['alerts', 'incidents'])
      for (const reason of ['age', 'size']) this.#removed.inc({ table, reason }, 0);
    this.#removed.inc({ table: 'audit', reason: 'age' }, 0);
    this.#size = gauge(
      registry,
      'anchorwatch_store_size_bytes',
      'Bytes that the store takes on its disk: the file, what is free in it included, and its write-ahead log.',
    );
    this.#free = gauge(
      registry,
      'anchorwatch_store_free_bytes',
      "Bytes of the store's file that hold nothing: taken again by what comes next, or given back to the disk.",
    );
  }

  start(): void {
    const next = (): void => {
      this.#round = this.run().finally(() => {
        if (!this.#stopped) this.#timer = setTimeout(next, this.#options.everyMs ?? 10_000);
      });
    };
    next();
  }

  /** One round: until everything is within the bounds. Never rejects. */
  async run(): Promise<void> {
    const { store, bounds, clock, log } = this.#options;
    try {
      let [alerts, more] = [0, true];
      while (more && !this.#stopped) {
        const step = await store.retain(bounds, clock.nowMs());
        const { reason = 'age' } = step;
        this.#removed.inc({ table: 'alerts', reason }, step.alerts);
        this.#removed.inc({ table: 'incidents', reason }, step.incidents);
        alerts += step.alerts;
        more = step.more;
        if (more) await pause();
      }
      while (!this.#stopped) {
        const step = await store.retainAudit(this.#options.auditAgeMs, clock.nowMs());
        this.#removed.inc({ table: 'audit', reason: 'age' }, step.records);
        if (!step.more) break;
        await pause();
      }
      while (!this.#stopped && (await store.shrink())) await pause();
      if (alerts > 0) log.info({ alerts }, 'retention removed alerts');
      await this.#measure();
      this.#trouble = '';
    } catch (error) {
      const text = errorText(error);
      if (text !== this.#trouble && !this.#stopped) log.error({ err: error }, `retention failed: ${text}`);
      this.#trouble = text;
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  async #measure(): Promise<void> {
    const { usedBytes, freeBytes, walBytes } = await this.#options.store.sizes();
    this.#size.set(usedBytes + freeBytes + walBytes);
    this.#free.set(freeBytes);
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, pauseMs);
  });
}
