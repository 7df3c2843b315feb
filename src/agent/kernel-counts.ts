import type { Clock } from '../lib/clock.ts';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { IncidenceTaker } from '../sensor/known-map.ts';
import type { Sensor } from '../sensor/sensor.ts';

/** Containers that stop one after the other are counted together: their counts are not read more often. */
const pauseMs = 1_000;

/** When the kernel's counts of known behaviour are read. What was counted belongs to the samples that are open then. */
export class KernelCounts {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #take: IncidenceTaker;
  #readMs = 0;
  #reading = false;

  /** @param take Gets each count. */
  constructor(take: IncidenceTaker, { clock, log }: { readonly clock: Clock; readonly log: Logger }) {
    this.#take = take;
    this.#clock = clock;
    this.#log = log;
  }

  /** Reads them while the caller waits. */
  read(sensor: Sensor | undefined): void {
    this.#readMs = this.#clock.nowMs();
    sensor?.incidences(this.#take);
  }

  /** The same, unless they were read in the second before. */
  readAgain(sensor: Sensor | undefined): void {
    if (this.#clock.nowMs() - this.#readMs > pauseMs) this.read(sensor);
  }

  /** Reads them in another thread, which takes longer than a tick may; a failure is logged. Resolves to false, at once, when that is being done already. */
  async readAside(sensor: Sensor): Promise<boolean> {
    if (this.#reading) return false;
    this.#reading = true;
    try {
      await sensor.readIncidences(this.#take);
    } catch (error) {
      this.#log.error({ err: error }, `what the kernel counted could not be read: ${errorText(error)}`);
    } finally {
      this.#reading = false;
    }
    this.#readMs = this.#clock.nowMs();
    return true;
  }
}
