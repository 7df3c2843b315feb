import type { Dimension } from './feature.ts';
import type { LossWindow } from './loss.ts';
import type { RateName } from './rate.ts';
import type { Workload } from './container.ts';

/** One hook of the sensor and whether it works on this node. */
export interface HookState {
  readonly hook: string;
  readonly state: 'attached' | 'missing' | 'failed';
  /** Why it is not attached; empty when it is. */
  readonly reason: string;
  /** What is not seen without it. */
  readonly unseen: string;
  /** Of which dimensions that is; absent from agents that do not tell. */
  readonly dimensions?: readonly Dimension[];
  /** Without it (and others of its kind) next to nothing of them is seen. */
  readonly main?: boolean;
}

/** Evidence about one dimension of a workload, for people. */
export interface DimensionCoverage {
  readonly dimension: Dimension;
  readonly coverage: number;
  readonly features: number;
  readonly seenInOneSample: number;
  /** In force, decades; absent from agents that do not tell. `raised`: by how much the alert budget raised that for warnings. */
  readonly thresholds?: { readonly warning: number; readonly critical: number; readonly raised: number };
  /**
   * How far the figures can be trusted, 0 to 1: the share of the samples without a gap, times that of the hooks that work, times that of the
   * containers' lives that was watched. Absent from agents that do not tell.
   */
  readonly confidence?: number;
  /** What is not seen of the dimension, or was not, for people; absent: nothing. */
  readonly gaps?: readonly string[];
}

/** A dimension of which a node sees nothing: that there is nothing of it says nothing. */
export interface UnobservedDimension {
  readonly dimension: Dimension;
  /** Why. */
  readonly reason: string;
}

/** What is usual for a rate of a workload: cores, bytes, processes, or so many a second. */
export interface RateReport {
  readonly name: RateName;
  /** At this hour. */
  readonly usual: number;
  /** The highest that was held for some slices and is remembered, as it would be at this hour; absent while there is none. */
  readonly highest?: number;
  /** Half hours that it rests on. */
  readonly samples: number;
}

/** What counts on a node beside what it learned of a workload by itself. */
export interface PriorReport {
  /** `starter`: a baseline that came with the agent; `fleet`: what other nodes know. */
  readonly source: 'starter' | 'fleet';
  /** Name and revision of the starter; empty for the fleet. */
  readonly name: string;
  /** Other nodes whose word it is; 0 for a starter. */
  readonly nodes: number;
  /** So many samples of the workload's own it weighs. */
  readonly samples: { readonly startup: number; readonly steady: number };
}

export interface WorkloadReport {
  readonly workload: Workload;
  readonly containers: number;
  readonly samples: { readonly startup: number; readonly steady: number };
  /** Every dimension of events that is watched, those that showed nothing among them. */
  readonly dimensions: readonly DimensionCoverage[];
  /** Dimensions that are not; absent from agents that do not tell. */
  readonly unobserved?: readonly UnobservedDimension[];
  /** Absent from agents that do not tell. */
  readonly rates?: readonly RateReport[];
  /** Absent where nothing counts beside. */
  readonly prior?: PriorReport;
}

/** Cumulative counters and gauges of one container, as last read. Absent figures were not readable. */
export interface ContainerRates {
  readonly cpuSeconds?: number;
  readonly memoryBytes?: number;
  readonly pids?: number;
  readonly networkReceiveBytes?: number;
  readonly networkTransmitBytes?: number;
  readonly blockReadBytes?: number;
  readonly blockWriteBytes?: number;
  readonly networkReceivePackets?: number;
  readonly networkTransmitPackets?: number;
  /** Programs that it executed, since it is watched; kernel sensor only. */
  readonly execs?: number;
  /** TCP connections that it began, since it is watched; kernel sensor only. */
  readonly connects?: number;
  /** DNS questions that it asked over UDP, since it is watched; kernel sensor only. */
  readonly dnsQuestions?: number;
  /** Signals by which it ended or stopped programs of its own, since it is watched; kernel sensor only. */
  readonly kills?: number;
  /** Files that it made, since it is watched; kernel sensor only. */
  readonly creates?: number;
  /** Descriptors that it opened beyond the first 1,024 of a process, and 512 for each that was refused because there are no more, since it is watched; kernel sensor only. */
  readonly descriptors?: number;
  /** Sockets of its network namespace that are open. */
  readonly sockets?: number;
  /** TCP segments that its network namespace received; read only where it has hundreds of sockets. */
  readonly segments?: number;
  /** Records of which something new could not be told. */
  readonly recordsLost?: number;
  /** Made by its processes since it is watched; in strict mode only. */
  readonly systemCalls?: number;
}

/** What the flight recorder of a node holds. */
export interface HistoryReport {
  readonly sizeBytes: number;
  readonly entries: number;
  /** Milliseconds since the epoch, of the first entry; absent: there is none. */
  readonly oldestMs?: number;
}

export interface ContainerReport {
  readonly id: string;
  readonly name: string;
  readonly workload: string;
  readonly rates: ContainerRates;
  /** Of its life, how long it was not watched: it is older than the agent, or that was away. Absent: all of it was, or the agent does not tell. */
  readonly unwatched?: { readonly seconds: number; readonly ofSeconds: number };
}

/** The suspicion rules of an agent. */
export interface RuleReport {
  /** In use. */
  readonly loaded: number;
  /** Valid and switched off. */
  readonly disabled: number;
  /** How often they were read again since the agent started; `refused`: with mistakes, so that the old set stayed. */
  readonly reloads: { readonly loaded: number; readonly refused: number };
}

/** Snapshots of containers on a node. */
export interface SnapshotReport {
  /** Since the agent started. */
  readonly taken: number;
  /** By reason. */
  readonly failed: Readonly<Record<string, number>>;
  /** Not taken, by reason. */
  readonly shed: Readonly<Record<string, number>>;
  /** On the node's disk, until the collector has them. */
  readonly waiting: number;
  readonly waitingBytes: number;
}

/** What an agent costs its node, and the disk that it writes to. */
export interface AgentReport {
  /** CPU time since it started. */
  readonly cpuSeconds: number;
  /** Resident. */
  readonly memoryBytes: number;
  /** Of the state directory; absent while it cannot be asked. */
  readonly disk?: { readonly availableBytes: number; readonly sizeBytes: number };
}

/** Who tells a node what addresses of its cluster are called. */
export interface PeersReport {
  /** `collector`: it shares them; `agent`: its own watch; `none`: nobody. */
  readonly source: 'collector' | 'agent' | 'none';
  /** Why it is not the collector, or that its names are those of earlier; empty where all is well. */
  readonly reason: string;
  /** Addresses that have names. */
  readonly names: number;
}

/** What an agent tells the collector about itself every few seconds. Counters are cumulative since the agent started. */
export interface NodeReport {
  /** Milliseconds since the epoch, by the node's clock. */
  readonly timeMs: number;
  readonly agentVersion: string;
  readonly kernel: string;
  readonly sensor: 'bpf' | 'procfs';
  readonly hooks: readonly HookState[];
  /** False while no container engine answers: new containers stay nameless then. */
  readonly engineConnected: boolean;
  readonly containers: readonly ContainerReport[];
  /** Running containers whose cgroup was not found: the sensor sees nothing of them. */
  readonly unseenContainers: number;
  readonly workloads: readonly WorkloadReport[];
  /** Events that reached user space, by event kind. */
  readonly events: Readonly<Record<string, number>>;
  /** Events recognised in the kernel, by feature kind. */
  readonly known: Readonly<Record<string, number>>;
  /** Of these the first level of the filter knew nothing, so that their path was walked; by feature kind. */
  readonly missed?: Readonly<Record<string, number>>;
  readonly lost: readonly { readonly hook: string; readonly reason: string; readonly count: number }[];
  /** The last times in which something of a container could not be told, newest first; absent: none. */
  readonly lossWindows?: readonly LossWindow[];
  /** Events that wait for their container to become known. */
  readonly pendingEvents: number;
  readonly outboxAlerts: number;
  /** Expected false alerts a day at the present thresholds. */
  readonly expectedAlertsPerDay: number;
  /** Between which that expectation lies with 95 %; absent from agents that do not tell. */
  readonly expectedAlertsBounds?: { readonly low: number; readonly high: number };
  /** Alerts raised in the last day, repetitions not counted; absent from agents that do not tell. */
  readonly alertsLastDay?: number;
  /** Absent from agents that do not tell. */
  readonly rules?: RuleReport;
  /** Absent from agents that take none. */
  readonly snapshots?: SnapshotReport;
  /** Absent from agents that keep none, and while it is not known. */
  readonly history?: HistoryReport;
  /** Absent from agents that do not tell. */
  readonly agent?: AgentReport;
  /** Absent where there is no Kubernetes, and from agents that do not tell. */
  readonly peers?: PeersReport;
}

/** One line of a profile, as `anchorwatch profile show` prints it. */
export interface ProfileFeature {
  readonly dimension: Dimension;
  readonly key: string;
  /** `judged`: an alert was raised for it, so that it does not count as known. */
  readonly state: 'known' | 'judged';
  readonly incidence: { readonly startup: number; readonly steady: number };
  /** ISO 8601. */
  readonly firstSeen: string;
  readonly lastSeen: string;
}
