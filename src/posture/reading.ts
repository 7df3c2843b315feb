import type { Container } from '../model/container.ts';
import type { VulnerabilityList } from '../model/vulnerability.ts';
import type { ImageSignature } from './image/signature-directory.ts';
import type { FoundSecret } from './secrets.ts';

/** What was found in texts that may hold secrets; the texts themselves are not kept. */
export interface Searched {
  /** How many texts there were. */
  readonly count: number;
  readonly secrets: readonly FoundSecret[];
}

/** What the engine says of a container, as far as a check reads it. */
export interface EngineContainer {
  readonly imageName: string;
  readonly imageId: string;
  readonly user: string;
  readonly environment: Searched;
  readonly labels: Searched;
  readonly command: Searched;
  readonly healthcheck: boolean;
  readonly appArmorProfile: string | undefined;
  readonly processLabel: string;
  readonly privileged: boolean;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly securityOptions: readonly string[];
  readonly readonlyRoot: boolean;
  readonly networkMode: string;
  readonly pidMode: string;
  readonly ipcMode: string;
  readonly utsMode: string;
  readonly usernsMode: string;
  readonly cgroupnsMode: string;
  readonly cgroupParent: string;
  /** Bytes; 0: none. */
  readonly memoryBytes: number;
  readonly nanoCpus: number;
  /** Microseconds in each period; 0 or less: none. */
  readonly cpuQuota: number;
  readonly cpuPeriod: number;
  readonly cpuShares: number;
  readonly cpuset: string;
  /** 0 and less: none. */
  readonly pidsLimit: number;
  readonly ulimits: readonly string[];
  readonly oomKillDisable: boolean;
  readonly restartPolicy: string;
  readonly restartsMax: number;
  readonly logDriver: string;
  readonly devices: readonly string[];
  readonly deviceRules: readonly string[];
  /** Undefined: the engine does not say. */
  readonly maskedPaths: readonly string[] | undefined;
  readonly readonlyPaths: readonly string[] | undefined;
  readonly tmpfs: readonly string[];
  readonly mounts: readonly EngineMount[];
  readonly networks: readonly string[];
  readonly ports: readonly PublishedPort[];
  /** Ports that it publishes, or that its image names, `80/tcp`. */
  readonly exposed: readonly string[];
}

export interface EngineMount {
  readonly type: string;
  readonly source: string;
  readonly destination: string;
  readonly writable: boolean;
  readonly propagation: string;
}

export interface PublishedPort {
  /** `80/tcp` */
  readonly inside: string;
  readonly address: string;
  readonly port: number;
}

/** What the engine says of an image. */
export interface EngineImage {
  readonly id: string;
  /** Milliseconds since the epoch; undefined where it is not known. */
  readonly createdMs: number | undefined;
  /** `repository@sha256:…` in the registries that have it. */
  readonly repoDigests: readonly string[];
  readonly environment: Searched;
  /** The commands that its layers were made by; undefined: they were not told. */
  readonly history: Searched | undefined;
}

/** What the engine says of itself. */
export interface EngineSelf {
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly builtMs: number | undefined;
  readonly securityOptions: readonly string[];
  readonly liveRestore: boolean | undefined;
  readonly experimental: boolean | undefined;
  readonly storageDriver: string;
  readonly loggingDriver: string;
  readonly rootDirectory: string;
  readonly insecureRegistries: readonly string[] | undefined;
  readonly swarm: string | undefined;
  readonly warnings: readonly string[];
  /** Whether containers on the default bridge reach each other; undefined: there is no such bridge, or it was not told. */
  readonly interContainer: boolean | undefined;
}

/** What the kernel says of a container's first process. */
export interface KernelContainer {
  readonly uid: number;
  /** Node's uid of the container's root; undefined where it has none. */
  readonly rootUid: number | undefined;
  /** Bit masks. */
  readonly effective: bigint;
  readonly bounding: bigint;
  readonly noNewPrivileges: boolean | undefined;
  /** 0: none, 1: strict, 2: filter; undefined: the kernel does not say. */
  readonly seccomp: number | undefined;
  /** Of the security module; undefined: there is none. */
  readonly label: string | undefined;
  /** Undefined: it could not be found. */
  readonly rootReadonly: boolean | undefined;
  readonly mounts: readonly KernelMount[];
  /** Of `net pid ipc uts user cgroup`, those that are the node's; undefined: they could not be compared. */
  readonly hostNamespaces: readonly string[] | undefined;
  readonly limits: KernelLimits;
  /** Names of its processes. */
  readonly programs: readonly string[];
  /** What it was seen to listen on, of the ports that are published, `80/tcp`; undefined: that could not be read. */
  readonly listening: readonly string[] | undefined;
}

export interface KernelMount {
  /** `major:minor` */
  readonly device: string;
  readonly root: string;
  readonly point: string;
  readonly readonly: boolean;
  readonly type: string;
}

/** Undefined: not known. Infinity: none. */
export interface KernelLimits {
  readonly memoryBytes: number | undefined;
  readonly pids: number | undefined;
  readonly cpus: number | undefined;
}

/** What the node says of itself. */
export interface HostSelf {
  /** When the kernel was made, milliseconds since the epoch. */
  readonly kernelMadeMs: number | undefined;
  readonly kernel: string;
  /** Keys of /etc/os-release; undefined: it could not be read. */
  readonly release: Readonly<Record<string, string>> | undefined;
  readonly appArmor: boolean;
  readonly seLinux: boolean;
  /** `/major:minor` of the file system of `/`. */
  readonly rootDevice: string | undefined;
  readonly mountPoints: readonly string[];
  readonly socket: FileFacts | undefined;
  readonly daemonFile: (FileFacts & { readonly settings: Readonly<Record<string, unknown>> | undefined }) | undefined;
  /** Arguments of the engine's process; undefined: none was found. */
  readonly daemonArguments: readonly string[] | undefined;
  /** Members of the group docker; undefined: there is no such group. */
  readonly dockerGroup: readonly string[] | undefined;
  readonly auditRuns: boolean;
  /** Rules that name the engine; undefined: they could not be read. */
  readonly auditRules: number | undefined;
}

export interface FileFacts {
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
  /** Permission bits. */
  readonly mode: number;
}

/** What was executed in a container by the engine's API since the agent watches it. */
export interface ExecTally {
  readonly total: number;
  readonly privileged: number;
  /** As root, in a container that is not. */
  readonly root: number;
  /** Of those, that could not be asked for in time. */
  readonly missed: number;
}

/** Under which images a workload was learned, in samples with forgetting. */
export interface LearnedImages {
  /** Under the image of this container. */
  readonly own: number;
  readonly others: readonly { readonly digest: string; readonly samples: number }[];
}

/** What is known of an image beside what the engine says. */
export interface ImageOrigin {
  /** Undefined: nothing was learned of the workload. */
  readonly learned: LearnedImages | undefined;
  /** Undefined: no digest is known, or signatures are not asked for. */
  readonly signature: ImageSignature | undefined;
  readonly isSigningAsked: boolean;
  readonly isScanAsked: boolean;
  /** Undefined: there is no report about it. */
  readonly vulnerabilities: VulnerabilityList | undefined;
}

/** Another container of the same workload on this node. */
export interface Replica {
  readonly name: string;
  readonly imageName: string;
  readonly imageId: string;
}

/** All that is read of a container; what could not be read is undefined, and what rests on it unknown. */
export interface ContainerReading {
  readonly container: Container;
  readonly api: EngineContainer | undefined;
  readonly image: EngineImage | undefined;
  /** Id of the image that the container's image name stands for now. */
  readonly tagId: string | undefined;
  readonly origin: ImageOrigin;
  readonly replicas: readonly Replica[];
  readonly kernel: KernelContainer | undefined;
  readonly execs: ExecTally | undefined;
  readonly engine: EngineSelf | undefined;
  readonly host: HostSelf;
  /** The kernel sensor is there and knows its cgroup. */
  readonly watched: boolean;
  readonly nowMs: number;
}

/** All that is read of a node. */
export interface NodeReading {
  readonly engine: EngineSelf | undefined;
  readonly host: HostSelf;
  readonly nowMs: number;
}
