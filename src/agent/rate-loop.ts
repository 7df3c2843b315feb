import { errorText } from '../lib/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Alert } from '../model/alert.ts';
import type { Container } from '../model/container.ts';
import type { ContainerRates, RateReport } from '../model/node.ts';
import { RateReadings } from './rate-readings.ts';
import type { RateWatch } from './rate-watch.ts';

export interface RateLoopOptions {
  readonly watch: RateWatch;
  readonly running: () => readonly Container[];
  /** What can be read of each of these containers now, by id; cumulative where `ContainerRates` says so. */
  readonly figures: (containers: readonly Container[]) => ReadonlyMap<string, ContainerRates>;
  readonly raise: (alert: Alert, container: Container) => void;
  readonly sliceMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Reads the figures of running containers once a slice, has them judged, and saves what was learned. */
export class RateLoop {
  readonly #options: RateLoopOptions;
  readonly #readings: RateReadings;
  #endsMs: number;
  #saveFailures = 0;
  #trouble = '';

  constructor(options: RateLoopOptions) {
    this.#options = options;
    this.#readings = new RateReadings(options.sliceMs);
    this.#endsMs = options.clock.nowMs();
    const { refused } = options.watch;
    if (refused > 0)
      options.log.error(
        { code: 'rates.refused', refused },
        `${refused} stored models of rates are damaged: these rates are learned anew`,
      );
  }

  /** Once a second. A slice that ended long ago (the machine slept) ends once; the figures are then no slice's. */
  tick(): void {
    const { watch, running, figures, raise, sliceMs, clock } = this.#options;
    const nowMs = clock.nowMs();
    if (nowMs < this.#endsMs) return;
    this.#endsMs += sliceMs * (Math.floor((nowMs - this.#endsMs) / sliceMs) + 1);
    const containers = running();
    const read = figures(containers);
    const measured = containers.flatMap((container) => {
      const slice = this.#readings.take(container.id, read.get(container.id) ?? {}, nowMs);
      return slice === undefined ? [] : [{ container, ...slice }];
    });
    for (const { alert, container } of watch.endSlice(measured, nowMs)) raise(alert, container);
    this.#save(false);
  }

  forget(containerId: string): void {
    this.#readings.forget(containerId);
    this.#options.watch.forget(containerId);
  }

  report(workloadId: string): readonly RateReport[] {
    return this.#options.watch.report(workloadId, this.#options.clock.nowMs());
  }

  /** What was lost, by reason: models that there was no room for, that were damaged, that could not be saved. */
  get lost(): Readonly<Record<string, number>> {
    const { overflow, refused } = this.#options.watch;
    return { rates_full: overflow, rates_refused: refused, rates_store_failed: this.#saveFailures };
  }

  /** Before the end: saves everything. */
  finish(): void {
    this.#save(true);
  }

  #save(all: boolean): void {
    const { watch, log } = this.#options;
    try {
      watch.save(all);
      this.#trouble = '';
    } catch (error) {
      this.#saveFailures++;
      const text = errorText(error);
      if (text !== this.#trouble)
        log.error({ err: error }, `models of rates could not be saved, trying again with the next slice: ${text}`);
      this.#trouble = text;
    }
  }
}
