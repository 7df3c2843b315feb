import type { Settings } from '../config/settings.ts';

/** What of the settings says how much a collector keeps, and which findings of practices do not count. */
export function retentionOf({ retention, retentionSize, postureExceptions }: Settings): {
  readonly retentionMs: number;
  readonly retentionBytes: number;
  readonly postureExceptions?: string;
} {
  return {
    ...{ retentionMs: retention, retentionBytes: retentionSize },
    ...(postureExceptions === undefined ? {} : { postureExceptions }),
  };
}
