import type { RateName } from '../model/rate.ts';
import type { ContainerRates } from '../model/node.ts';

/** Values of a slice: cores, bytes, processes, or so many a second. What could not be read is absent. */
export type RateValues = Readonly<Partial<Record<RateName, number>>>;

/** Cumulative figures, by the rates that their growth is. */
export const counted: Readonly<Partial<Record<RateName, keyof ContainerRates>>> = {
  cpu: 'cpuSeconds',
  'net.receive.bytes': 'networkReceiveBytes',
  'net.transmit.bytes': 'networkTransmitBytes',
  'net.receive.packets': 'networkReceivePackets',
  'net.transmit.packets': 'networkTransmitPackets',
  'disk.read.bytes': 'blockReadBytes',
  'disk.write.bytes': 'blockWriteBytes',
  exec: 'execs',
  connect: 'connects',
  dns: 'dnsQuestions',
};
/** Figures that are rates themselves. */
export const levels: Readonly<Partial<Record<RateName, keyof ContainerRates>>> = {
  memory: 'memoryBytes',
  pids: 'pids',
};

/** A reading that is so many slices away from the last one is no slice: what lies between is a gap. */
const slicesMin = 0.5;
const slicesMax = 1.5;

/** Turns the figures of containers into values of slices. Holds the last figures of each container. */
export class RateReadings {
  readonly #sliceMs: number;
  readonly #last: Map<string, { readonly timeMs: number; readonly figures: ContainerRates }> = new Map();

  constructor(sliceMs: number) {
    this.#sliceMs = sliceMs;
  }

  /**
   * The slice that ends with these figures; undefined when it is none: the first reading, one after a gap. A counter that went back (the
   * container was started again) and a figure that is missing at either end are absent.
   */
  take(
    containerId: string,
    figures: ContainerRates,
    timeMs: number,
  ): { readonly values: RateValues; readonly lengthMs: number } | undefined {
    const last = this.#last.get(containerId);
    this.#last.set(containerId, { timeMs, figures });
    const lengthMs = timeMs - (last?.timeMs ?? Number.NaN);
    if (last === undefined || !(lengthMs >= slicesMin * this.#sliceMs && lengthMs <= slicesMax * this.#sliceMs))
      return undefined;
    const values: Partial<Record<RateName, number>> = {};
    for (const [name, figure] of entries(counted)) {
      const [before, now] = [last.figures[figure], figures[figure]];
      if (before !== undefined && now !== undefined && now >= before) values[name] = ((now - before) * 1000) / lengthMs;
    }
    for (const [name, figure] of entries(levels)) {
      const now = figures[figure];
      if (now !== undefined) values[name] = now;
    }
    return { values, lengthMs };
  }

  forget(containerId: string): void {
    this.#last.delete(containerId);
  }
}

function entries(
  table: Readonly<Partial<Record<RateName, keyof ContainerRates>>>,
): readonly [RateName, keyof ContainerRates][] {
  return Object.entries(table) as [RateName, keyof ContainerRates][];
}
