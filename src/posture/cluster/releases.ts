/** Until when each minor release of Kubernetes is supported (kubernetes.io/releases, "End Of Life Date"), and its latest patch when this was written down. */
export interface Release {
  readonly minor: number;
  /** Its end of life, milliseconds since the epoch. */
  readonly endMs: number;
  readonly patch: number;
}

const release = (minor: number, end: string, patch: number): Release => ({ minor, endMs: Date.parse(end), patch });

/** When the table was compared with kubernetes.io last. */
export const recordedOn = '2026-09-15';

/** Of 1.x. What is below the first is out of support; what is beyond the last is not known. */
export const releases: readonly Release[] = [
  release(31, '2025-10-28', 0),
  release(32, '2026-02-28', 0),
  release(33, '2026-06-28', 10),
  release(34, '2026-10-27', 6),
  release(35, '2027-02-28', 9),
  release(36, '2027-06-28', 4),
];

/** How many minors a kubelet may be behind the API server since 1.28 (kubernetes.io, "Version Skew Policy"); it may never be ahead. */
export const kubeletSkewMax = 3;
