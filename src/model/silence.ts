/** A silence: alerts that fit are told to nobody for a while. They are stored and shown all the same. */
export interface Silence {
  /** ULID, made by the collector. */
  readonly id: string;
  /** Conditions by label, as in a routes file; an alert has to fulfil all of them. */
  readonly match: Readonly<Record<string, string | readonly string[]>>;
  /** ISO 8601: from then on, inclusive. */
  readonly from: string;
  /** ISO 8601: until then, exclusive. An earlier end is written here too. */
  readonly until: string;
  readonly by: string;
  /** May not be empty: somebody will wonder. */
  readonly reason: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Who ended it before its time. */
  readonly expiredBy?: string;
}

export const silenceStates = ['pending', 'active', 'expired'] as const;
export type SilenceState = (typeof silenceStates)[number];

/** What a silence does at a time, milliseconds since the epoch. Pure. */
export function silenceState({ from, until }: Pick<Silence, 'from' | 'until'>, nowMs: number): SilenceState {
  if (Date.parse(until) <= nowMs) return 'expired';
  return Date.parse(from) <= nowMs ? 'active' : 'pending';
}
