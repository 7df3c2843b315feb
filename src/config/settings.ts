import type { LogLevel } from '../lib/log.ts';
import type { ThresholdSetting } from './thresholds.ts';
import type { Parsed } from './values.ts';

/** The commands that read options of this table. */
export type CommandName =
  | 'up'
  | 'agent'
  | 'collector'
  | 'doctor'
  | 'alerts'
  | 'incidents'
  | 'workloads'
  | 'posture'
  | 'history'
  | 'profile'
  | 'token'
  | 'verify'
  | 'backup'
  | 'rules'
  | 'record'
  | 'replay'
  | 'snapshot'
  | 'silence'
  | 'routes'
  | 'notify'
  | 'notifications';

/** Where events are from. */
export const sensorChoices = ['auto', 'bpf', 'procfs'] as const;
type SensorChoice = (typeof sensorChoices)[number];

/** Which peers in the cluster an agent asks the API for. */
export const peerChoices = ['auto', 'services', 'pods', 'none'] as const;

/** Which system calls are told of by name. */
export const syscallSets = ['rare', 'all'] as const;
/** Where sockets of odd families are told. */
export const socketSets = ['bound', 'made'] as const;

/** Which starts and ends of programs the history holds: every one, or those that are told for something new. */
export const processSets = ['all', 'new'] as const;

/** When snapshots of containers are taken, and which programs are copied into them (src/snapshot). */
export const snapshotTriggers = ['critical', 'warning', 'demand', 'never'] as const;
/** Programs of which a snapshot has a copy. */
export const snapshotBinaries = ['never', 'drift', 'all'] as const;

/** Every option with its parsed value. Undefined: not given and without a default. */
export interface Settings {
  /** YAML file with options. */
  readonly config: string | undefined;
  readonly state: string | undefined;
  readonly logLevel: LogLevel;
  /** HOST:PORT, or http(s)://HOST:PORT */
  readonly listen: string;
  readonly dockerHost: string | undefined;
  /** Between two readings of the cluster, milliseconds; 0: none. */
  readonly clusterInterval: number;
  /** Path of a kubeconfig. */
  readonly kubeconfig: string | undefined;
  readonly kubernetesPeers: (typeof peerChoices)[number];
  readonly nodeName: string | undefined;
  readonly sensor: SensorChoice;
  /** Milliseconds. */
  readonly slice: number;
  /** Milliseconds. */
  readonly startup: number;
  /** Milliseconds. */
  readonly halfLife: number;
  /** Milliseconds; 0: never. */
  readonly capture: number;
  /** Bytes. */
  readonly historySize: number;
  /** Milliseconds. */
  readonly historyAge: number;
  readonly historyProcesses: (typeof processSets)[number];
  /** False alerts a day and node; Infinity: as many as there are. */
  readonly alertBudget: number;
  readonly thresholds: readonly ThresholdSetting[] | undefined;
  /** Milliseconds. */
  readonly incidentQuiet: number;
  readonly syscalls: (typeof syscallSets)[number];
  readonly sockets: (typeof socketSets)[number];
  /** Files and directories. */
  readonly rules: readonly string[] | undefined;
  readonly snapshots: (typeof snapshotTriggers)[number];
  readonly snapshotBinaries: (typeof snapshotBinaries)[number];
  /** Bytes. */
  readonly snapshotMaxSize: number;
  readonly snapshotMaxCount: number;
  /** `on`, `off`, or a file or directory beside the shipped ones. */
  readonly starter: string;
  /** File. */
  readonly record: string | undefined;
  /** Bytes. */
  readonly recordMaxSize: number;
  /** Bytes. */
  readonly outboxSize: number;
  /** Milliseconds. */
  readonly outboxAge: number;
  /** Milliseconds; 0: never. */
  readonly nodeSilence: number;
  readonly nodeStopAlert: boolean;
  /** ws(s):// or http(s):// address. */
  readonly collector: string | undefined;
  /** Nobody has to say who they are. */
  readonly allowUnauthenticated: boolean;
  /** Metrics are for everyone. */
  readonly metricsOpen: boolean;
  readonly tokenFile: string | undefined;
  /** Files in PEM. */
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  readonly clientCa: string | undefined;
  readonly clientCrlFile: string | undefined;
  readonly caFile: string | undefined;
  readonly clientCert: string | undefined;
  readonly clientKey: string | undefined;
  /** Path of the SQLite file. */
  readonly store: string | undefined;
  /** Milliseconds. */
  readonly retention: number;
  /** Bytes. */
  readonly retentionSize: number;
  /** Milliseconds. */
  readonly auditRetention: number;
  /** File. */
  readonly postureExceptions: string | undefined;
  /** Directory. */
  readonly vulnerabilityReports: string | undefined;
  /** Directory. */
  readonly imageSignatures: string | undefined;
  /** Files in PEM. */
  readonly imageKeys: readonly string[] | undefined;
  readonly imageTrustedRoot: string | undefined;
  /** YAML file. */
  readonly imageSigners: string | undefined;
  readonly bus: undefined;
  /** YAML file. */
  readonly routes: string | undefined;
  /** http(s):// address. */
  readonly publicUrl: string | undefined;
}

export interface OptionDefinition<T> {
  /** Flag without its dashes, and key of the configuration file. */
  readonly name: string;
  /** Environment variables, the first that is set and not empty counts. */
  readonly env: readonly string[];
  /** What stands for the value in help; empty for a flag that takes none and means `true`. */
  readonly placeholder: string;
  /** Default as text, parsed like a given value; undefined when there is none. */
  readonly fallback: string | undefined;
  /** Says what happens without the option when there is no fixed default. */
  readonly otherwise?: string;
  /** One or two sentences. */
  readonly help: string;
  readonly commands: readonly CommandName[];
  readonly parse: (text: string) => Parsed<T>;
  /**
   * `mappings`: in the file it is a list of mappings, which `parse` gets as JSON. `paths`: a flag that may be given several times, in the
   * environment with `:` between the paths, in the file one text or a list of them; `parse` gets a list of texts as JSON.
   */
  readonly list?: 'mappings' | 'paths';
}
