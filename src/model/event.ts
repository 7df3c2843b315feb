import type { FileChange } from './change.ts';

/** Where the file behind a path came from; decides whether an execution is drift (design.md section 4). */
export type FileOrigin = 'image' | 'written' | 'tmpfs' | 'mount' | 'memfd' | 'deleted' | 'unknown';

/** Who connects: the same network namespace, an address of private use (RFC 1918, 6598, 4193, link-local), or any other. */
export type PeerKind = 'loopback' | 'private' | 'public';

export type FileType = 'regular' | 'directory' | 'character' | 'block' | 'fifo' | 'socket' | 'other';

export interface Ancestor {
  readonly pid: number;
  /** Path of the executable, container-relative; empty when it could not be resolved. */
  readonly exe: string;
}

/** The process that caused an event, as the kernel saw it at that moment. */
export interface Process {
  readonly pid: number;
  /** Start of the process, nanoseconds of CLOCK_BOOTTIME, decimal: with the pid, an identity that is never reused. */
  readonly startTimeNs: string;
  readonly comm: string;
  readonly exe: string;
  /** Arguments with secrets masked. */
  readonly args: readonly string[];
  /** As the node calls it. */
  readonly uid: number;
  /** What the same user is called inside of the container's own user namespace; undefined: it has none, or the user has no name there. */
  readonly containerUid?: number;
  readonly gid: number;
  /** The execution that it is, decimal, unique until the node's next start; empty: older than the sensor, or not from it. */
  readonly execution?: string;
  /** The execution that started that one. */
  readonly parentExecution?: string;
  /** Working directory; empty when unknown. */
  readonly cwd: string;
  /** Parent first, up to the container's first process. */
  readonly ancestors: readonly Ancestor[];
}

/**
 * What the kernel filter hashed to recognise the event: enough to compute the key again after a restart, when the hash key is
 * another one. Opaque outside the sensor; stored as JSON with the profile.
 */
export type KernelKey =
  | {
      readonly kind: 'exec';
      readonly path: string;
      readonly origin: FileOrigin;
      /** Program that the process ran before this execution; empty: the container runtime, or unknown. */
      readonly parent: string;
      /** For interpreters and multi-call programs: digit-folded arguments (latin1), else empty. */
      readonly shape: string;
      /** Standard input was a network socket. */
      readonly socketStdio?: boolean;
      /** A program of the 32-bit ABI of a 64-bit machine. */
      readonly compat?: boolean;
      /** From outside of the container's cgroup, see `ExecEvent`. */
      readonly entered?: boolean;
    }
  /** `refused`: the open was forbidden; the path is as it was asked for. `reader`: the program that opened what /proc tells of another process. */
  | {
      readonly kind: 'file.read' | 'file.write';
      readonly path: string;
      readonly refused?: boolean;
      readonly reader?: string;
    }
  /** Digit runs in the path folded to `0`: `/tmp/job-0`. */
  | { readonly kind: 'file.read.folded' | 'file.write.folded'; readonly path: string }
  /** Everything directly in the directory `path` (with its closing `/`). */
  | { readonly kind: 'file.read.directory' | 'file.write.directory'; readonly path: string }
  | { readonly kind: 'net.out'; readonly protocol: 'tcp' | 'udp'; readonly address: string; readonly port: number }
  /** Any address at this port. */
  | { readonly kind: 'net.out.port'; readonly protocol: 'tcp' | 'udp'; readonly port: number }
  | { readonly kind: 'net.listen'; readonly protocol: 'tcp' | 'udp'; readonly port: number }
  /** A change of a file by its name; `special` and `refused` as in `ChangeEvent`. Folded and directory: as for opened files. */
  | {
      readonly kind: 'change' | 'change.folded' | 'change.directory';
      readonly change: FileChange;
      readonly special: boolean;
      readonly refused: boolean;
      readonly path: string;
    }
  /** An accepted connection, or a datagram answered: who reaches the port, by the kind of address. */
  | { readonly kind: 'net.in'; readonly protocol: 'tcp' | 'udp'; readonly port: number; readonly peer: PeerKind }
  /** A DNS question; `type` as in `DnsEvent`. */
  | { readonly kind: 'dns'; readonly name: string; readonly type: string }
  /** Any name directly below this domain. */
  | { readonly kind: 'dns.parent'; readonly name: string; readonly type: string }
  /** A rare system call (model/call.ts) with the argument that counts, masked. */
  | {
      readonly kind: 'call';
      readonly call: string;
      readonly detail: number;
      readonly refused: boolean;
      /** mmap of a file: where it came from. */
      readonly origin?: FileOrigin;
      /** Where a text is part of the key: the process's own name, the path of the file that was mapped or not executed, digits folded. */
      readonly text?: string;
      /** kill, inside of the container: what the sender and the target run; empty where that is not known. */
      readonly sender?: string;
      readonly target?: string;
    };

interface EventBase {
  /** Milliseconds since the epoch, with fractions. */
  readonly timeMs: number;
  /** Kernel cgroup id, decimal. */
  readonly cgroupId: string;
  readonly source: 'kernel' | 'procfs' | 'engine';
  /** Set on events of the kernel sensor: what to answer with `known` or `judged`. */
  readonly kernelKey?: KernelKey;
  /** The key was judged before (an alert was raised for it): count, do not learn. */
  readonly judged?: boolean;
  /** Nothing new: told because everything of the container is told while an incident is open on it. */
  readonly captured?: boolean;
  /** Undefined only for events that no process caused (engine events). */
  readonly process?: Process;
}

export interface ExecEvent extends EventBase {
  readonly kind: 'exec';
  readonly path: string;
  readonly origin: FileOrigin;
  /** Script that an interpreter was started for by its `#!` line; empty for a plain program. */
  readonly script: string;
  /** Program that the process ran before; empty when the container runtime started it. */
  readonly parentExe: string;
  /** True when the process came into the container from outside: its entry point, `docker exec`. */
  readonly fromRuntime: boolean;
  /** Standard input is a network socket: `address:port` of its other end, empty when it has none. Undefined: it is none. */
  readonly socketStdio?: string;
  /** A program of the 32-bit ABI on a 64-bit machine, whose system calls are seen in strict mode only. */
  readonly compat?: boolean;
  /**
   * The process is in the container's mount or pid namespace, but not in its cgroup: it came from the node by setns(2), as nsenter does, or left the cgroup.
   * Path of its parent's program, empty when that is not known. Undefined: it is in the cgroup.
   */
  readonly entered?: string;
  readonly process: Process;
}

export interface ExitEvent extends EventBase {
  readonly kind: 'exit';
  readonly exitCode: number;
  readonly signal: number;
  readonly process: Process;
}

export interface FileEvent extends EventBase {
  readonly kind: 'file';
  readonly access: 'read' | 'write';
  readonly created: boolean;
  readonly path: string;
  readonly fileType: FileType;
  readonly origin: FileOrigin;
  /** What /proc tells of another process: its environment, memory, maps, arguments. Undefined: it is nothing of that. */
  readonly ofOther?: boolean;
  /** Name of the error that the open was refused with (`EACCES`); the path is then as it was asked for. Undefined: it was opened. */
  readonly error?: string;
  readonly process: Process;
}

export interface ConnectEvent extends EventBase {
  readonly kind: 'connect';
  readonly protocol: 'tcp' | 'udp';
  /** Textual address, v4-mapped IPv6 written as IPv4. */
  readonly address: string;
  readonly port: number;
  /** The name that the container was given this address for, by a resolver that it is known to ask; else undefined. */
  readonly name?: string;
  /** Who it is in the cluster, and the port of its service: `payments/service/db`, 5432. */
  readonly peer?: { readonly name: string; readonly port: number };
  readonly process: Process;
}

/** A connection from elsewhere was accepted, or a datagram from elsewhere answered. */
export interface AcceptEvent extends EventBase {
  readonly kind: 'accept';
  readonly protocol: 'tcp' | 'udp';
  /** The peer's address. */
  readonly address: string;
  readonly peer: PeerKind;
  /** The local port. */
  readonly port: number;
  readonly process: Process;
}

/** A DNS question on its way out. */
export interface DnsEvent extends EventBase {
  readonly kind: 'dns';
  /** Lower-case, without the closing dot. */
  readonly name: string;
  /** `TXT`, `MX`, `TYPE99`; empty for an address (A, AAAA, HTTPS). */
  readonly type: string;
  /** Address of the resolver. */
  readonly resolver: string;
  readonly process: Process;
}

/** A DNS answer with addresses that the container had not been given for this name before. */
export interface DnsAnswerEvent extends EventBase {
  readonly kind: 'dns-answer';
  readonly name: string;
  readonly addresses: readonly string[];
  readonly resolver: string;
}

export interface ListenEvent extends EventBase {
  readonly kind: 'listen';
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
  readonly process: Process;
}

/** A system call that few workloads ever make. */
export interface CallEvent extends EventBase {
  readonly kind: 'call';
  /** Name of a `RareCall` (model/call.ts). */
  readonly call: string;
  /** What its argument means, see `callDetail`; may be empty. */
  readonly detail: string;
  /** Name of the error that it failed with (`EPERM`); empty when it succeeded. */
  readonly error: string;
  /** The path or other text that it was given; empty when it takes none. */
  readonly text: string;
  readonly process: Process;
}

/** A file that was changed by its name: renamed, removed, linked, given another mode, owner or time. */
export interface ChangeEvent extends EventBase {
  readonly kind: 'change';
  readonly change: FileChange;
  /** As it was given, made absolute; of a rename the new name. */
  readonly path: string;
  /** The old name of a rename, what a link points to; else empty. */
  readonly other: string;
  /** chmod, mknod: the mode. */
  readonly mode: number;
  /** chmod: the mode lends the owner's identity (set-user-id, set-group-id); times: another time than the present. */
  readonly special: boolean;
  /** Name of the error that it was refused with; empty when it succeeded. */
  readonly error: string;
  readonly process: Process;
}

/** What an engine or Kubernetes can say of a container. */
export const lifecycleActions = [
  'exec-create',
  'attach',
  'port-forward',
  'archive',
  'privileged-start',
  'host-namespace-start',
  'engine-socket-mount',
  'isolation-weakened',
  'image-made',
  'exported',
  'host-path-mount',
  'restart-loop',
  'oom',
  'image-change',
  'debug-container',
  'probe-failed',
  'evicted',
  'weaker-security',
  'back-off',
  'pull-failed',
  'mount-failed',
  'start-failed',
  'hook-failed',
  'killed',
  'preempted',
  'create-failed',
  'schedule-failed',
] as const;
export type LifecycleAction = (typeof lifecycleActions)[number];

/** Something the engine or Kubernetes did to or said about a container. */
export interface LifecycleEvent extends EventBase {
  readonly kind: 'lifecycle';
  readonly action: LifecycleAction;
  /** What the feature key says besides the action: the namespace, the mounted path, the exec's program; may be empty. */
  readonly detail: string;
  readonly containerId: string;
  /** Who asked for it, and with which program: `jane with kubectl`. Undefined: not known. */
  readonly by?: string;
}

/** A decoded record with its process: something that happened in a container. */
export type Event =
  | ExecEvent
  | ExitEvent
  | FileEvent
  | ConnectEvent
  | AcceptEvent
  | DnsEvent
  | DnsAnswerEvent
  | ListenEvent
  | CallEvent
  | ChangeEvent
  | LifecycleEvent;
