import { capabilities } from '../model/call.ts';

/** The capabilities in a mask of /proc/PID/status (16 hex digits); empty for a text of another form. Pure. */
export function capabilityNames(mask: string): readonly string[] {
  if (!/^[\da-f]{1,16}$/i.test(mask)) return [];
  const bits = BigInt(`0x${mask}`);
  return Array.from({ length: 64 }, (_, number) => number)
    .filter((number) => (bits >> BigInt(number)) & 1n)
    .map((number) => capabilities[number] ?? `cap_${number}`);
}
