import type { AgentOptions } from '../agent/agent.ts';
import type { WatchOptions } from '../agent/watch.ts';
import type { Settings } from '../config/settings.ts';
import { thresholdsOf } from '../config/thresholds.ts';

/** The options of an agent that say what becomes an alert, and an incident. */
export function judgingOf({
  alertBudget,
  thresholds = [],
  incidentQuiet,
}: Settings): Required<Pick<WatchOptions, 'alertBudget' | 'thresholds' | 'incidentQuietMs'>> {
  return {
    alertBudget,
    thresholds: (workload, dimension) => thresholdsOf(thresholds, workload, dimension),
    incidentQuietMs: incidentQuiet,
  };
}

/** The options of an agent that say when it examines a container in full. */
export function snapshotsOf({ snapshots, snapshotBinaries }: Settings): Pick<AgentOptions, 'snapshots'> {
  return { snapshots: { trigger: snapshots, binaries: snapshotBinaries } };
}

/** The options of an agent that say what vouches for images. */
export function imagesOf({
  vulnerabilityReports: reports,
  imageSignatures: directory,
  imageKeys: keyFiles = [],
  imageTrustedRoot: rootFile,
  imageSigners: signersFile,
}: Settings): Pick<AgentOptions, 'images'> {
  return {
    images: {
      ...(reports === undefined ? {} : { reports }),
      ...(directory === undefined ? {} : { signatures: { directory, keyFiles, rootFile, signersFile } }),
    },
  };
}

/** The option of an agent that makes it record beside its work. */
export function recordingOf({ record, recordMaxSize }: Settings): Pick<AgentOptions, 'recording'> {
  return record === undefined ? {} : { recording: { path: record, sizeBytesMax: recordMaxSize } };
}

/** The options of an agent that say how much may wait for the collector. */
export function outboxOf({
  outboxSize,
  outboxAge,
}: Settings): Required<Pick<AgentOptions, 'outboxSizeBytes' | 'outboxAgeMs'>> {
  return { outboxSizeBytes: outboxSize, outboxAgeMs: outboxAge };
}
