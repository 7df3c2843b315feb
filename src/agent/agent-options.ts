import type { ClientTlsFiles } from '../lib/client-tls.ts';
import type { SnapshotSettings } from './node-snapshots.ts';
import type { ImageSettings } from './posture-watch.ts';
import type { SensorLoading } from './sensor-loading.ts';
import type { WatchOptions } from './watch.ts';

/** What an agent is started with. */
export interface AgentOptions extends ImageSettings {
  /** `ws(s)://HOST:PORT` of the collector. */
  readonly collectorUrl: string;
  readonly token: string;
  /** Reads the token again after it was refused, and on `reload`; throws when it cannot. */
  readonly renewToken?: () => string;
  /** PEM files for `wss://`: whom to trust, and what to show. */
  readonly tls?: ClientTlsFiles;
  /** Profiles and the outbox live here. */
  readonly stateDir: string;
  /** Address of the container engine; undefined: DOCKER_HOST, then the usual sockets. */
  readonly dockerHost: string | undefined;
  /** How to reach the API of the cluster; undefined: the pod's service account, where there is one. */
  readonly kubeconfig?: string | undefined;
  /** Peers in the cluster that have names. Default `auto`. */
  readonly kubernetesPeers?: 'auto' | 'services' | 'pods' | 'none';
  readonly nodeName: string;
  readonly sliceMs: number;
  readonly startupMs: number;
  readonly halfLifeMs: number;
  readonly version: string;
  /** Strict mode: every system call by name, the 32-bit ABI's too. */
  readonly allSyscalls: boolean;
  /** How long everything that a container does is recorded after its last alert; 0: never. */
  readonly captureMs: number;
  /** Bytes that the flight recorder may take on disk. Default 1 GB. */
  readonly historySize?: number;
  /** How long the flight recorder keeps what happened. Default 7 days. */
  readonly historyAgeMs?: number;
  /** Starts and ends of programs that the flight recorder holds. Default `all`. */
  readonly historyProcesses?: 'all' | 'new';
  /** False alerts a day that are acceptable on this node. */
  readonly alertBudget?: number;
  /** Thresholds by workload and dimension, decades. */
  readonly thresholds?: WatchOptions['thresholds'];
  /** How long an incident may be quiet before what comes is another one. */
  readonly incidentQuietMs?: number;
  /** Where events are from; `auto`: the kernel sensor, or `/proc` where it does not work. */
  readonly sensor?: 'auto' | 'bpf' | 'procfs';
  /** The kernel's part of the sensor where it is being loaded already, by the same `allSyscalls`. */
  readonly sensorLoading?: SensorLoading;
  /** Files and directories of suspicion rules that build on the shipped ones. */
  readonly rulePaths?: readonly string[];
  /** `on`, `off`, or a path beside the shipped starters; `on` when left out. */
  readonly starter?: string;
  /** What may wait for the collector on disk: bytes, and milliseconds of the agent's running. Default 64 MB, 7 days. */
  readonly outboxSizeBytes?: number;
  readonly outboxAgeMs?: number;
  /** Everything that is judged is recorded in this file beside, until it has grown to that size. */
  readonly recording?: { readonly path: string; readonly sizeBytesMax: number };
  /** On critical alerts, without copies, when left out. */
  readonly snapshots?: SnapshotSettings;
}
