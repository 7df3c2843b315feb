import type { Settings } from '../config/settings.ts';

/** What of the settings says how much a collector keeps. */
export function retentionOf({ retention, retentionSize }: Settings): {
  readonly retentionMs: number;
  readonly retentionBytes: number;
} {
  return { retentionMs: retention, retentionBytes: retentionSize };
}
