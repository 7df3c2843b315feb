import type { RateName } from '../model/rate.ts';

/** How a rate is compared and when it is worth a word. */
export interface RateKind {
  /**
   * Values are compared as `ln(1 + value / unit)`: below the unit differences hardly count, above it ratios do. Cores, bytes, processes, or so
   * many a second.
   */
  readonly unit: number;
  /** Below this a value is never told, however unusual: nothing that matters to a node happens there. */
  readonly speaksFrom: number;
}

const perMinute = 1 / 60;
const traffic: RateKind = { unit: 25_000, speaksFrom: 100_000 };
const packets: RateKind = { unit: 25, speaksFrom: 100 };
const disk: RateKind = { unit: 250_000, speaksFrom: 1_000_000 };
const deeds: RateKind = { unit: 15 * perMinute, speaksFrom: 60 * perMinute };

/** By name; every unit is a quarter of what is told. */
export const rateKinds: Readonly<Record<RateName, RateKind>> = {
  cpu: { unit: 0.05, speaksFrom: 0.2 },
  memory: { unit: 16 << 20, speaksFrom: 64 << 20 },
  pids: { unit: 8, speaksFrom: 32 },
  'net.receive.bytes': traffic,
  'net.transmit.bytes': traffic,
  'net.receive.packets': packets,
  'net.transmit.packets': packets,
  'disk.read.bytes': disk,
  'disk.write.bytes': disk,
  exec: deeds,
  connect: deeds,
  dns: deeds,
};

/** What values are compared by. Never negative. */
export function toScale(value: number, { unit }: RateKind): number {
  return Math.log1p(Math.max(0, value) / unit);
}

/** The value that `toScale` made that of. */
export function fromScale(scaled: number, { unit }: RateKind): number {
  return unit * Math.expm1(Math.max(0, scaled));
}
