import { syscallName } from '../../model/syscall.ts';
import { callsMax } from '../../profile/syscall-mix.ts';
import { normalDraws } from './measured-containers.ts';
import { pairs } from './words.ts';

/** Scenarios have the system calls of this machine, whatever they run on. */
export const scenarioArch = 'x64';

interface Counted {
  /** Of each call: how many a second from now on, and how far slices lie from it (standard deviation of the logarithm). */
  readonly rates: Map<number, { readonly perSecond: number; readonly spread: number }>;
  readonly totals: number[];
  sinceMs: number;
}

const numbers: ReadonlyMap<string, number> = new Map(
  Array.from({ length: callsMax }, (_, call) => [syscallName(scenarioArch, call, false), call]),
);

/** The system calls that a scenario's containers make: `calls futex 500 spread 0.2` holds until another line says otherwise. */
export class CountedCalls {
  readonly #containers: Map<string, Counted> = new Map();
  readonly #normal: () => number = normalDraws();

  /** A `calls` line: NAME and how many a second; `all uncounted`: they cannot be counted from now on. */
  set(containerId: string, [name = '', value = '', ...rest]: readonly string[], nowMs: number): void {
    if (name === 'all' && value === 'uncounted') {
      this.#containers.delete(containerId);
      return;
    }
    const call = numbers.get(name);
    if (call === undefined) throw new Error(`no system call ${name}`);
    const [perSecond, spread] = [Number(value), Number(pairs(rest).get('spread') ?? 0)];
    if (!(perSecond >= 0 && spread >= 0))
      throw new Error(`not a number a second and a spread: ${[value, ...rest].join(' ')}`);
    this.counts(containerId, nowMs);
    let counted = this.#containers.get(containerId);
    if (counted === undefined) {
      counted = { rates: new Map(), totals: Array.from({ length: callsMax }, () => 0), sinceMs: nowMs };
      this.#containers.set(containerId, counted);
    }
    counted.rates.set(call, { perSecond, spread });
  }

  /** What the kernel would have counted until now; undefined for a container that no line speaks of. */
  counts(containerId: string, nowMs: number): readonly number[] | undefined {
    const counted = this.#containers.get(containerId);
    if (counted === undefined) return undefined;
    const seconds = (nowMs - counted.sinceMs) / 1000;
    counted.sinceMs = nowMs;
    for (const [call, { perSecond, spread }] of counted.rates) {
      const made = Math.round(seconds * perSecond * Math.exp(spread * this.#normal()));
      counted.totals[call] = (counted.totals[call] ?? 0) + made;
    }
    return [...counted.totals];
  }
}
