import { hostname } from 'node:os';
import type { AgentOptions } from '../agent/agent-options.ts';
import type { WatchOptions } from '../agent/watch.ts';
import type { Settings } from '../config/settings.ts';
import { thresholdsOf } from '../config/thresholds.ts';
import { packageVersion } from './version.ts';

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

/** What the settings say about watching a node; where the collector is, and where state is kept, is for the command to say. */
export function watchingOf(
  settings: Settings,
): Omit<AgentOptions, 'collectorUrl' | 'token' | 'renewToken' | 'tls' | 'stateDir' | 'sensorLoading'> {
  const { record, rules } = settings;
  return {
    nodeName: settings.nodeName ?? hostname(),
    version: packageVersion(),
    dockerHost: settings.dockerHost,
    kubeconfig: settings.kubeconfig,
    kubernetesPeers: settings.kubernetesPeers,
    sliceMs: settings.slice,
    startupMs: settings.startup,
    halfLifeMs: settings.halfLife,
    captureMs: settings.capture,
    historySize: settings.historySize,
    historyAgeMs: settings.historyAge,
    historyProcesses: settings.historyProcesses,
    ...judgingOf(settings),
    ...imagesOf(settings),
    ...(record === undefined ? {} : { recording: { path: record, sizeBytesMax: settings.recordMaxSize } }),
    snapshots: { trigger: settings.snapshots, binaries: settings.snapshotBinaries },
    outboxSizeBytes: settings.outboxSize,
    outboxAgeMs: settings.outboxAge,
    allSyscalls: settings.syscalls === 'all',
    sensor: settings.sensor,
    ...(rules === undefined ? {} : { rulePaths: rules }),
    starter: settings.starter,
  };
}

/** What vouches for images. */
function imagesOf({
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
