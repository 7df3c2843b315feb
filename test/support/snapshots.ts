import { createHash } from 'node:crypto';
import type { SnapshotArchive, SnapshotManifest } from '../../src/model/snapshot.ts';

/** A snapshot that a test says was taken. @param number Makes its id and its time. */
export function archiveOf(number: number, bytes: Buffer, changes: Partial<SnapshotManifest> = {}): SnapshotArchive {
  return {
    manifest: {
      ...{ format: 'anchorwatch-snapshot', version: 1, cause: 'alert', node: 'worker-3' },
      id: `01M83WF2QNR6SW3BQF0CH${String(number).padStart(5, '0')}`,
      container: { id: 'c'.repeat(64), name: 'shop-web-1', image: 'shop/web:7', digest: 'sha256:1' },
      workload: { id: '533e059412498374', name: 'shop/web', kind: 'compose' },
      takenAt: new Date(Date.parse('2026-11-28T09:00:00.000Z') + number).toISOString(),
      ...{ tookMs: 12, agentVersion: '0.1.0', processes: 3, gaps: [], files: [] },
      ...changes,
    },
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}
