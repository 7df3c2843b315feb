import { LossWindows } from '../history/loss-windows.ts';
import type { ClosedWindow, LossCount } from '../history/loss-windows.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Container } from '../model/container.ts';
import type { Dimension } from '../model/feature.ts';
import { blinds, dimensionsOfHook } from '../model/loss.ts';
import type { LossWindow } from '../model/loss.ts';

/** Windows that `recent` holds. */
const recentMax = 20;

/** Where the windows are kept. */
export interface LossHistory {
  add(windows: readonly LossWindow[], nowMs: number): void;
  recent(limit: number): readonly LossWindow[];
}

export interface LossesOptions {
  readonly byCgroup: (cgroupId: string) => Container | undefined;
  /** Told that records of these dimensions were lost: the container's sample is no evidence about them. */
  readonly onLost: (containerId: string, dimensions: readonly Dimension[], count: number, nowMs: number) => void;
  readonly history: LossHistory;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What the sensor could not tell: as evidence that is missing now, and as windows that are logged and stored. */
export class Losses {
  readonly #options: LossesOptions;
  readonly #windows: LossWindows;
  #recent: readonly LossWindow[];

  /** Reads the last windows; throws what the history throws. */
  constructor(options: LossesOptions) {
    this.#options = options;
    this.#windows = new LossWindows(options.clock.nowMs());
    this.#recent = options.history.recent(recentMax);
  }

  /** The last windows, newest first. */
  get recent(): readonly LossWindow[] {
    return this.#recent;
  }

  /** Takes a reading of the counts by container. */
  read(counts: readonly LossCount[]): void {
    const { byCgroup, onLost, clock } = this.#options;
    const nowMs = clock.nowMs();
    const { grown, closed } = this.#windows.read(
      counts.filter(({ reason }) => blinds(reason)),
      nowMs,
    );
    for (const { cgroupId, hook, delta } of grown) {
      const container = byCgroup(cgroupId);
      if (container !== undefined) onLost(container.id, dimensionsOfHook(hook), delta, nowMs);
    }
    this.#keep(closed, byCgroup);
  }

  /** The container stopped: its windows end, while it is known whose they are. */
  end(container: Container): void {
    if (container.cgroupId !== undefined) this.#keep(this.#windows.end(container.cgroupId), () => container);
  }

  /** Nothing more will be read: all windows end. */
  finish(): void {
    this.#keep(this.#windows.finish(), this.#options.byCgroup);
  }

  #keep(closed: readonly ClosedWindow[], byCgroup: LossesOptions['byCgroup']): void {
    if (closed.length === 0) return;
    const { history, log, clock } = this.#options;
    const windows = closed.map(({ cgroupId, ...rest }): LossWindow => {
      const { id = '', name = '', workload } = byCgroup(cgroupId) ?? {};
      return { ...rest, containerId: id, container: name, workload: workload?.name ?? '' };
    });
    for (const { fromMs, toMs, container, hook, reason, count } of windows)
      log.warn(
        { code: 'sensor.blind', container, hook, reason, count },
        `partly blind for ${((toMs - fromMs) / 1000).toFixed(1)} s: ${count} records of ${container === '' ? 'a container' : container} could not be told (${hook}, ${reason})`,
      );
    this.#recent = [...windows.toReversed(), ...this.#recent].slice(0, recentMax);
    try {
      history.add(windows, clock.nowMs());
    } catch (error) {
      log.error({ err: error, code: 'sensor.blind' }, 'times in which something was lost could not be stored');
    }
  }
}
