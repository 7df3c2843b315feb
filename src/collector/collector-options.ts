import type { TlsFiles } from '../api/tls.ts';
import type { ClusterOptions } from './cluster-source.ts';
import type { NotificationsOptions } from './notifications.ts';

/** What a collector is started with. */
export interface CollectorOptions {
  /** `HOST:PORT`; port 0 picks one. */
  readonly listen: string;
  /** SQLite file. */
  readonly storePath: string;
  /** What agents may present instead of a token of their own. */
  readonly agentToken: string;
  /** `listen` with the address is written here. */
  readonly stateDir: string;
  readonly version: string;
  /** Nobody has to say who they are, on whatever address (a private network). */
  readonly allowUnauthenticated?: boolean;
  /** Metrics are for everyone. */
  readonly metricsOpen?: boolean;
  /** Without it the collector speaks plain HTTP. */
  readonly tls?: TlsFiles;
  /** Requests of one client: so many at once, and so many a second from then on. Default 2000, 200. */
  readonly requests?: { readonly most: number; readonly perSecond: number };
  /** The node of this very process: its agent needs no certificate where the others do. */
  readonly localNode?: string;
  /** An incident that nothing came for is closed after this long. Default 900000. */
  readonly incidentQuietMs?: number;
  /** Snapshots that are kept: of all together, and how many. Default 2 GB and 1000. */
  readonly snapshotBytesMax?: number;
  readonly snapshotsMax?: number;
  /** An agent that was not heard of for so long is an alert; 0: never. Default 30000. */
  readonly nodeSilenceMs?: number;
  /** An agent that was stopped in order is one as well. */
  readonly nodeStopAlert?: boolean;
  /** The store works in threads of its own. Default true; false: with the agent of one node, to save their memory. */
  readonly storeThreads?: boolean;
  /** What was stored so long ago is removed. Default 90 days. */
  readonly retentionMs?: number;
  /** Size of the store's file beyond which the oldest alerts are removed. Default 10 GB. */
  readonly retentionBytes?: number;
  /** Records of the audit trail that are older are removed. Default 400 days. */
  readonly auditRetentionMs?: number;
  /** YAML file that says which receivers are told of what; without it nobody is told of anything. */
  readonly routesFile?: string | undefined;
  /** Where people reach the collector: links in notifications begin with it. */
  readonly publicUrl?: string | undefined;
  /** Kinds of receivers. Default: all that there are. */
  readonly receiverKinds?: NotificationsOptions['kinds'];
  /** How long agents may take to send a profile that the API was asked for. Default 5000. */
  readonly profileTimeoutMs?: number;
  /** The Kubernetes cluster that is read for practices. */
  readonly cluster?: ClusterOptions;
  /** Files and directories of suspicion rules that build on the shipped ones: those of the dimension `api` are the collector's. */
  readonly rulePaths?: readonly string[] | undefined;
  /** YAML with exceptions of practices. */
  readonly postureExceptions?: string;
}
