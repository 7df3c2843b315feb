import type { AlertContainer } from './alert.ts';
import type { Workload } from './container.ts';

/** What had a snapshot taken: a critical alert, or somebody who asked for it. */
export const snapshotCauses = ['alert', 'request'] as const;
export type SnapshotCause = (typeof snapshotCauses)[number];

/** Why a part is missing. `gone`: its process or file ended before it could be read. */
export const snapshotGapReasons = ['gone', 'denied', 'limit', 'time', 'failed', 'unavailable'] as const;
export type SnapshotGapReason = (typeof snapshotGapReasons)[number];

/** Something that is not in a snapshot although it could have been. */
export interface SnapshotGap {
  /** `processes`, `environment`, `files`, `executable`, `changes`, … */
  readonly what: string;
  readonly reason: SnapshotGapReason;
  /** How many such parts are missing. */
  readonly count: number;
  /** The first of them: a pid, a path, what the system said; may be empty. */
  readonly detail: string;
}

/** A file of a snapshot's archive. */
export interface SnapshotFile {
  readonly name: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** What a snapshot is, and what is in it: the last file of its archive, `manifest.json`. */
export interface SnapshotManifest {
  readonly format: 'anchorwatch-snapshot';
  /** Raised when an older reader could misread it. */
  readonly version: 1;
  /** ULID. */
  readonly id: string;
  readonly cause: SnapshotCause;
  readonly node: string;
  readonly container: AlertContainer;
  readonly workload: Workload;
  /** Ids; absent where there is none. */
  readonly incident?: string;
  readonly alert?: string;
  /** ISO 8601, by the node's clock: when the first process was looked at. */
  readonly takenAt: string;
  /** From then to the last thing that was read. */
  readonly tookMs: number;
  readonly agentVersion: string;
  /** Processes in it. */
  readonly processes: number;
  readonly gaps: readonly SnapshotGap[];
  /** All files of the archive but this one. */
  readonly files: readonly SnapshotFile[];
}

/** A snapshot's archive as its node offers it and the collector keeps it. */
export interface SnapshotArchive {
  readonly manifest: SnapshotManifest;
  /** Of the archive, a gzipped tar. */
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** A snapshot as the collector keeps it. */
export interface StoredSnapshot extends SnapshotArchive {
  /** ISO 8601. */
  readonly storedAt: string;
}

/** Which snapshots; undefined members do not filter. */
export interface SnapshotQuery {
  readonly incident?: string | undefined;
  /** Id, 12 characters of it or more, or name. */
  readonly container?: string | undefined;
  readonly node?: string | undefined;
  readonly limit: number;
}
