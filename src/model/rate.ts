import type { Dimension } from './feature.ts';

/** What is measured of a container in every slice. */
export const rateNames = [
  'cpu',
  'memory',
  'pids',
  'net.receive.bytes',
  'net.transmit.bytes',
  'net.receive.packets',
  'net.transmit.packets',
  'disk.read.bytes',
  'disk.write.bytes',
  'exec',
  'connect',
  'dns',
] as const;

export type RateName = (typeof rateNames)[number];

/** What is looked at every second only, for what comes within seconds: open sockets, programs of its own that a container ends by signals, files made, descriptors used up. */
export const momentNames = ['sockets', 'kill', 'create', 'descriptors'] as const;

export type MomentName = (typeof momentNames)[number];

/** The dimension of a rate (contract.md, "Alert"). */
export function rateDimension(name: RateName | MomentName): Dimension {
  return `rate.${name}`;
}
