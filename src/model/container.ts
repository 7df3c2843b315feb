/**
 * How a container engine or orchestrator grouped the container (design.md section 1, "workload"); `kubernetes-user`: no container, but a user or
 * service account of the Kubernetes API.
 */
export const workloadKinds = ['kubernetes', 'compose', 'image', 'kubernetes-user'] as const;
export type WorkloadKind = (typeof workloadKinds)[number];

/** The group of containers that should behave alike. `id` is stable across restarts of the agent and of the containers. */
export interface Workload {
  readonly id: string;
  readonly name: string;
  readonly kind: WorkloadKind;
}

/** A mount of a container as the engine reports it. */
export interface ContainerMount {
  readonly type: string;
  readonly source: string;
  readonly destination: string;
  readonly readOnly: boolean;
}

/** One container, known by its runtime id and by its kernel cgroup id. */
export interface Container {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly digest: string;
  readonly workload: Workload;
  /** Inode of the container's cgroup directory, decimal; undefined while the container has no cgroup (created, exited). */
  readonly cgroupId: string | undefined;
  /** Pid of the container's first process on the node; 0 when it is not running. */
  readonly pid: number;
  /** When the container's first process started, milliseconds since the epoch; undefined when it never ran. */
  readonly startedAtMs: number | undefined;
  /** When it was created, milliseconds since the epoch; its mounts, privileges and namespaces are the same ever since. */
  readonly createdAtMs?: number;
  /** Labels, as the engine has them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly mounts: readonly ContainerMount[];
  readonly privileged: boolean;
  /** Namespaces shared with the node, of `net pid ipc uts user cgroup`. */
  readonly hostNamespaces: readonly string[];
  /** What its start leaves out of its isolation besides: `capability SYS_ADMIN`, `device /dev/kmsg`, `no seccomp`, `no AppArmor`, `processes of a container`. */
  readonly weakenings?: readonly string[];
  /** Command line that the engine executes in it as its health check. */
  readonly healthcheck?: readonly string[];
  /** Command lines that the kubelet executes in it: exec probes, and the hooks after its start and before its end. */
  readonly probes?: readonly (readonly string[])[];
  readonly pod?: string;
  readonly namespace?: string;
  /** Kubernetes service account that the pod runs as. */
  readonly serviceAccount?: string;
}
