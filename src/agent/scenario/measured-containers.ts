import type { ContainerRates } from '../../model/node.ts';
import { momentNames, rateNames } from '../../model/rate.ts';
import type { MomentName, RateName } from '../../model/rate.ts';
import { counted as countedRates, levels as levelRates } from '../rate-readings.ts';
import { pairs } from './words.ts';

type Name = RateName | MomentName;

const names: readonly Name[] = [...rateNames, ...momentNames];
const levels: Readonly<Partial<Record<Name, keyof ContainerRates>>> = { ...levelRates, sockets: 'sockets' };
const counted: Readonly<Partial<Record<Name, keyof ContainerRates>>> = {
  ...countedRates,
  ...{ kill: 'kills', create: 'creates', descriptors: 'descriptors' },
};

interface Measured {
  /** Of each rate: the value from now on, and how far slices lie from it (standard deviation of the logarithm). */
  readonly rates: Map<Name, { readonly value: number; readonly spread: number }>;
  readonly totals: Map<Name, number>;
  sinceMs: number;
  /** What is counted from second to second, without the spread. */
  readonly smooth: Map<Name, number>;
  smoothMs: number;
}

/** What counters would say of a scenario's containers: `rate cpu 0.03 spread 0.2` holds until another line says otherwise. */
export class MeasuredContainers {
  readonly #containers: Map<string, Measured> = new Map();
  readonly #normal: () => number = normalDraws();

  /** A `rate` line: NAME and VALUE, cores, bytes, processes, or so many a second; `unread`: it cannot be read from now on. */
  set(containerId: string, [name = '', value = '', ...rest]: readonly string[], nowMs: number): void {
    const rate = names.find((one) => one === name);
    if (rate === undefined) throw new Error(`no rate ${name}; there are ${names.join(', ')}`);
    const measured = this.#advanced(containerId, nowMs);
    if (value === 'unread') {
      measured.rates.delete(rate);
      return;
    }
    const spread = Number(pairs(rest).get('spread') ?? 0);
    if (!(Number(value) >= 0 && spread >= 0))
      throw new Error(`not a value and a spread: ${[value, ...rest].join(' ')}`);
    measured.rates.set(rate, { value: Number(value), spread });
  }

  /** What can be read of the container now. */
  figures(containerId: string, nowMs: number): ContainerRates {
    const { rates, totals } = this.#advanced(containerId, nowMs);
    return Object.fromEntries(
      [...rates].flatMap(([name, { value, spread }]) => {
        const [level, total] = [levels[name], counted[name]];
        if (level !== undefined) return [[level, value * Math.exp(spread * this.#normal())]];
        return total === undefined ? [] : [[total, totals.get(name) ?? 0]];
      }),
    );
  }

  /** The same for every second, without the spread: what bursts are seen in. */
  smooth(containerId: string, nowMs: number): ContainerRates {
    const { rates, smooth, smoothMs } = this.#of(containerId, nowMs);
    for (const [name, { value }] of rates)
      smooth.set(name, (smooth.get(name) ?? 0) + (value * (nowMs - smoothMs)) / 1000);
    this.#of(containerId, nowMs).smoothMs = nowMs;
    const read = Object.fromEntries(
      [...rates].flatMap(([name, { value }]) => {
        const [level, total] = [levels[name], counted[name]];
        if (level !== undefined) return [[level, value]];
        return total === undefined ? [] : [[total, smooth.get(name) ?? 0]];
      }),
    );
    // Nothing comes through sockets that a scenario has.
    return { segments: 0, ...read };
  }

  #of(containerId: string, nowMs: number): Measured {
    let measured = this.#containers.get(containerId);
    if (measured === undefined) {
      const [rates, totals, smooth] = [new Map(), new Map(), new Map()];
      measured = { rates, totals, sinceMs: nowMs, smooth, smoothMs: nowMs };
      this.#containers.set(containerId, measured);
    }
    return measured;
  }

  #advanced(containerId: string, nowMs: number): Measured {
    const measured = this.#of(containerId, nowMs);
    const seconds = (nowMs - measured.sinceMs) / 1000;
    measured.sinceMs = nowMs;
    for (const [name, { value, spread }] of measured.rates)
      measured.totals.set(name, (measured.totals.get(name) ?? 0) + seconds * value * Math.exp(spread * this.#normal()));
    return measured;
  }
}

/** Normal draws, the same in every run (Box-Muller over the generator of Park & Miller, 1988). */
export function normalDraws(): () => number {
  const draw = uniformDraws();
  return () => Math.sqrt(-2 * Math.log(draw())) * Math.cos(2 * Math.PI * draw());
}

/** Uniform draws in (0, 1), the same in every run. */
export function uniformDraws(): () => number {
  let seed = 1;
  return () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
}
