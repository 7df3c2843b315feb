import { limits } from '../protocol/limits.ts';
import type { Parcel } from './queue.ts';

/** As many of the parcel as fit one message; at least one. */
export function underLimit(parcel: Parcel): Parcel['waiting'] {
  let room = limits.messageBytes - 1024;
  const first = parcel.waiting.findIndex(({ alert }, index) => {
    room -= Buffer.byteLength(JSON.stringify(alert)) + 1;
    return room < 0 && index > 0;
  });
  return first === -1 ? parcel.waiting : parcel.waiting.slice(0, first);
}
