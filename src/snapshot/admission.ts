import type { SnapshotCause } from '../model/snapshot.ts';

/** Why no snapshot was taken. */
export const shedReasons = [
  'container_limit',
  'node_limit',
  'busy',
  'spool_full',
  'disk_low',
  'not_running',
  'switched_off',
] as const;
export type ShedReason = (typeof shedReasons)[number];

/** How often snapshots are taken, by what they are taken for: of one container no sooner than after the pause, of the node so many an hour. */
const rates: Readonly<Record<SnapshotCause, { readonly pauseMs: number; readonly perHour: number }>> = {
  alert: { pauseMs: 600_000, perHour: 12 },
  request: { pauseMs: 10_000, perHour: 60 },
};
const hourMs = 3_600_000;

/** Snapshots of the last hour, for deciding about the next: at most as many as the two rates allow. */
export class Admission {
  #taken: { readonly containerId: string; readonly cause: SnapshotCause; readonly atMs: number }[] = [];

  /** Whether one may be taken now; `take` counts it. Each cause has a rate of its own, so that a storm of alerts leaves those who ask theirs. */
  ask(containerId: string, cause: SnapshotCause, nowMs: number): 'take' | 'container_limit' | 'node_limit' {
    // A clock that was set back must not make the pause last for ever.
    this.#taken = this.#taken.filter(({ atMs }) => atMs <= nowMs && nowMs - atMs < hourMs);
    const alike = this.#taken.filter((one) => one.cause === cause);
    const { pauseMs, perHour } = rates[cause];
    if (alike.some((one) => one.containerId === containerId && nowMs - one.atMs < pauseMs)) return 'container_limit';
    if (alike.length >= perHour) return 'node_limit';
    this.#taken.push({ containerId, cause, atMs: nowMs });
    return 'take';
  }
}
