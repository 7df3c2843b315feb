import type { Settings } from '../config/settings.ts';

/** What of the settings says how much a collector keeps, and which findings of practices do not count. */
export function retentionOf({ retention, retentionSize, auditRetention, postureExceptions }: Settings): {
  readonly retentionMs: number;
  readonly retentionBytes: number;
  readonly auditRetentionMs: number;
  readonly postureExceptions?: string;
} {
  return {
    ...{ retentionMs: retention, retentionBytes: retentionSize, auditRetentionMs: auditRetention },
    ...(postureExceptions === undefined ? {} : { postureExceptions }),
  };
}
