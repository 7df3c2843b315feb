import { counter, gauge, histogram } from '../lib/metrics.ts';
import type { Counter, Gauge, Histogram, Registry } from '../lib/metrics.ts';

/**
 * `sent`: the receiver took it. `retried`: an attempt failed and another one follows. `failed`: given up. `silenced`, `inhibited`: alerts
 * that the receiver is not told of. `folded`: alerts that went into the one group for all that had no room.
 */
const outcomes = ['sent', 'retried', 'failed', 'silenced', 'inhibited', 'folded'] as const;
export type Outcome = (typeof outcomes)[number];

/** What is counted of dispatch. */
export class DispatchMetrics {
  readonly #notifications: Counter<'receiver' | 'outcome'>;
  readonly #delay: Histogram<'receiver'>;
  readonly #waiting: Gauge<'receiver'>;
  readonly #oldest: Gauge<'receiver'>;
  readonly #groups: Gauge<'receiver'>;
  readonly #capacity: Gauge;
  readonly #unrouted: Counter<'reason'>;
  readonly #reloads: Counter<'outcome'>;
  readonly #valid: Gauge<'file'>;
  readonly #silences: Gauge;
  readonly #behind: Gauge;

  constructor(registry: Registry, groupsMax: number) {
    this.#notifications = counter(
      registry,
      'anchorwatch_notifications_total',
      'Notifications by what became of them (sent, retried, failed), and alerts that a receiver is not told of by themselves (silenced, inhibited, folded).',
      ['receiver', 'outcome'],
    );
    this.#delay = histogram(
      registry,
      'anchorwatch_notification_delay_seconds',
      'From the storing of the oldest alert in a notification that its receiver was not told of to its sending, grouping and quiet hours included.',
      ['receiver'],
      [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400],
    );
    this.#waiting = gauge(
      registry,
      'anchorwatch_notifications_waiting',
      'Notifications that are due and not sent; what quiet hours or a silence hold back is not due.',
      ['receiver'],
    );
    this.#oldest = gauge(
      registry,
      'anchorwatch_notifications_waiting_oldest_seconds',
      'How long the notification is due that is due for longest; 0 when none is.',
      ['receiver'],
    );
    this.#groups = gauge(
      registry,
      'anchorwatch_notification_groups',
      'Groups of alerts that a receiver was told of, or is to be, and that are not over.',
      ['receiver'],
    );
    this.#capacity = gauge(
      registry,
      'anchorwatch_notification_groups_capacity',
      'Groups that one receiver may have; alerts of further ones are counted in one group.',
    );
    this.#capacity.set(groupsMax);
    this.#unrouted = counter(
      registry,
      'anchorwatch_notifications_unrouted_total',
      'Alerts that no receiver is told of: no route takes them, or one without receivers.',
      ['reason'],
    );
    for (const reason of ['no-route', 'no-receivers']) this.#unrouted.inc({ reason }, 0);
    this.#reloads = counter(
      registry,
      'anchorwatch_routes_reloads_total',
      'Readings of a changed routes file: loaded, or refused, with the old routes in force.',
      ['outcome'],
    );
    for (const outcome of ['loaded', 'refused']) this.#reloads.inc({ outcome }, 0);
    this.#valid = gauge(
      registry,
      'anchorwatch_routes_valid',
      '1 when the routes file on disk is the one in force, 0 when it was refused; not there without a routes file.',
      ['file'],
    );
    this.#silences = gauge(registry, 'anchorwatch_silences_active', 'Silences that hold.');
    this.#behind = gauge(registry, 'anchorwatch_dispatch_behind_alerts', 'Stored alerts that were not dispatched yet.');
  }

  /** Series of receivers begin at zero, and those of receivers that are gone end. */
  receivers(names: readonly string[], before: readonly string[]): void {
    for (const receiver of names) {
      for (const outcome of outcomes) this.#notifications.inc({ receiver, outcome }, 0);
      if (!before.includes(receiver)) this.#delay.zero({ receiver });
    }
    for (const receiver of before.filter((name) => !names.includes(name))) {
      for (const outcome of outcomes) this.#notifications.remove({ receiver, outcome });
      for (const metric of [this.#delay, this.#waiting, this.#oldest, this.#groups]) metric.remove({ receiver });
    }
  }

  count(receiver: string, outcome: Outcome): void {
    this.#notifications.inc({ receiver, outcome });
  }

  unrouted(reason: 'no-route' | 'no-receivers'): void {
    this.#unrouted.inc({ reason });
  }

  delay(receiver: string, delayMs: number): void {
    this.#delay.observe({ receiver }, delayMs / 1000);
  }

  queue(receiver: string, { waiting, oldestMs, groups }: { waiting: number; oldestMs: number; groups: number }): void {
    this.#waiting.set({ receiver }, waiting);
    this.#oldest.set({ receiver }, oldestMs / 1000);
    this.#groups.set({ receiver }, groups);
  }

  /** The routes file was read; `started`: for the first time. */
  reloaded(file: string, outcome: 'loaded' | 'refused' | 'started'): void {
    if (outcome !== 'started') this.#reloads.inc({ outcome });
    this.#valid.set({ file }, outcome === 'refused' ? 0 : 1);
  }

  silences(active: number): void {
    this.#silences.set(active);
  }

  behind(alerts: number): void {
    this.#behind.set(alerts);
  }
}
