/** The dimensions of behaviour (contract.md, "Alert"). `rate.<name>` are open-ended. */
export const dimensions = [
  'exec',
  'file.read',
  'file.write',
  'net.out',
  'net.listen',
  'dns',
  'syscall',
  'capability',
  'privilege',
  'kernel',
  'syscall.mix',
  'lifecycle',
  'api',
  'posture',
] as const;

export type Dimension = (typeof dimensions)[number] | `rate.${string}`;

/** True for what a slice of time says about behaviour, and not an event: it is in no profile as a feature. */
export function isOfSlices(dimension: Dimension): boolean {
  return dimension === 'syscall.mix' || dimension.startsWith('rate.');
}

/** What an event says about behaviour. */
export interface Feature {
  readonly dimension: Dimension;
  readonly key: string;
}

/** Startup: the first `--startup` of a container's life, one sample per start. Steady: one sample per slice. */
export type Stratum = 'startup' | 'steady';
