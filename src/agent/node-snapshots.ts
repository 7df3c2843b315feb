import { join } from 'node:path';
import { ulid } from 'ulid';
import type { Containers } from '../identity/containers.ts';
import { systemClock } from '../lib/clock.ts';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { SnapshotReport } from '../model/node.ts';
import { snapshotAnswerers } from '../snapshot/answerers.ts';
import type { BinaryChoice } from '../snapshot/executables.ts';
import { Snapshots } from '../snapshot/snapshots.ts';
import type { SnapshotTrigger } from '../snapshot/snapshots.ts';
import { Spool } from '../snapshot/spool.ts';
import { snapshotSource } from './snapshot-source.ts';

/** What a node is told about snapshots. */
export interface SnapshotSettings {
  readonly trigger: SnapshotTrigger;
  /** Programs that are copied into them. */
  readonly binaries: BinaryChoice;
}

interface NodeSnapshotsOptions {
  readonly stateDir: string;
  readonly nodeName: string;
  readonly version: string;
  readonly snapshots?: SnapshotSettings;
}

/** Snapshots of this node's containers, and what the collector asks about them. */
export interface NodeSnapshots {
  readonly snapshots: Snapshots;
  readonly answerers: ReturnType<typeof snapshotAnswerers>;
  report(): SnapshotReport;
}

/**
 * Undefined, said, where they cannot be kept: watching comes first.
 * @param taken Called when there is one more for the collector.
 */
export function openSnapshots(
  { stateDir, nodeName, version, snapshots: wanted }: NodeSnapshotsOptions,
  log: Logger,
  containers: () => Containers,
  taken: () => void,
): NodeSnapshots | undefined {
  try {
    const spool = new Spool({ directory: join(stateDir, 'snapshot-spool'), log });
    const snapshots = new Snapshots({
      ...{ spool, log, taken, node: nodeName, agentVersion: version, clock: systemClock, newId: ulid },
      ...(wanted ?? { trigger: 'critical', binaries: 'never' }),
      source: snapshotSource({
        running: () => containers().running(),
        inspection: (id, timeoutMs) => containers().inspection(id, timeoutMs),
        changes: (id, bytesMax, timeoutMs) => containers().changes(id, bytesMax, timeoutMs),
      }),
    });
    return {
      snapshots,
      answerers: snapshotAnswerers(snapshots, spool),
      report: () => ({ ...snapshots.counters, waiting: spool.waiting.length, waitingBytes: spool.sizeBytes }),
    };
  } catch (error) {
    log.error({ err: error, code: 'snapshot.spool' }, `no snapshots are taken: ${errorText(error)}`);
    return undefined;
  }
}
