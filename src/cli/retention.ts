import type { Settings } from '../config/settings.ts';

/** What of the settings says how much a collector keeps. */
export function retentionOf({ retention, retentionSize, auditRetention }: Settings): {
  readonly retentionMs: number;
  readonly retentionBytes: number;
  readonly auditRetentionMs: number;
} {
  return { retentionMs: retention, retentionBytes: retentionSize, auditRetentionMs: auditRetention };
}
