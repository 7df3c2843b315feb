/** What was read, or why it was not: `may not look: list clusterroles`. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

export interface ClusterNode {
  readonly name: string;
  readonly kubeletVersion: string;
}

export interface ClusterNamespace {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What a NetworkPolicy is of. */
export interface NetworkPolicy {
  readonly namespace: string;
  readonly name: string;
  /** Its selector is empty: it is of all pods. */
  readonly ofAllPods: boolean;
  readonly types: readonly string[];
}

export interface RoleRule {
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Only these objects; empty: all. */
  readonly names: readonly string[];
}

/** A Role, or a ClusterRole: without namespace. */
export interface ClusterRole {
  readonly namespace: string;
  readonly name: string;
  readonly rules: readonly RoleRule[];
}

export interface BindingSubject {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

/** A RoleBinding, or a ClusterRoleBinding: without namespace. */
export interface RoleBinding {
  readonly namespace: string;
  readonly name: string;
  readonly roleKind: string;
  readonly roleName: string;
  readonly subjects: readonly BindingSubject[];
}

/** A security context, of a pod or of a container. Undefined: it does not say. */
export interface SecurityContext {
  readonly privileged: boolean | undefined;
  readonly allowPrivilegeEscalation: boolean | undefined;
  readonly readOnlyRootFilesystem: boolean | undefined;
  readonly runAsNonRoot: boolean | undefined;
  readonly runAsUser: number | undefined;
  readonly seccomp: string | undefined;
  readonly appArmor: string | undefined;
  readonly procMount: string | undefined;
  readonly seLinuxType: string | undefined;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  /** Of a pod. */
  readonly sysctls: readonly string[];
}

export interface PodContainer {
  readonly name: string;
  readonly role: 'main' | 'init' | 'ephemeral';
  readonly image: string;
  /** Runtime's id without `containerd://`; empty: none yet. */
  readonly id: string;
  readonly command: readonly string[];
  readonly security: SecurityContext;
  readonly hostPorts: readonly number[];
  /** Names of volumes. */
  readonly volumes: readonly string[];
  readonly memoryLimit: string | undefined;
  readonly cpuLimit: string | undefined;
  readonly probes: readonly string[];
}

export interface ClusterPod {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly phase: string;
  /** The mirror of a static pod: its labels and command are the node's file. */
  readonly isStatic: boolean;
  readonly generateName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly controller: { readonly kind: string; readonly name: string } | undefined;
  readonly serviceAccount: string;
  readonly automountToken: boolean | undefined;
  readonly hostNetwork: boolean;
  readonly hostPid: boolean;
  readonly hostIpc: boolean;
  readonly security: SecurityContext;
  /** Paths of the node, by the volume's name. */
  readonly hostPaths: ReadonlyMap<string, string>;
  /** Volumes that hold a token of the service account. */
  readonly tokenVolumes: readonly string[];
  readonly containers: readonly PodContainer[];
}

/** What /configz says of a kubelet. */
export interface KubeletSettings {
  readonly anonymous: boolean | undefined;
  readonly authorization: string | undefined;
  readonly clientCa: string | undefined;
  readonly readOnlyPort: number | undefined;
}

/** What somebody who shows nothing is answered. */
export interface AnonymousAnswer {
  readonly path: string;
  readonly status: number;
}

/** All that is read of a cluster. */
export interface ClusterReading {
  readonly version: Read<string>;
  readonly nodes: Read<readonly ClusterNode[]>;
  readonly namespaces: Read<readonly ClusterNamespace[]>;
  readonly pods: Read<readonly ClusterPod[]>;
  readonly networkPolicies: Read<readonly NetworkPolicy[]>;
  readonly clusterRoles: Read<readonly ClusterRole[]>;
  readonly roles: Read<readonly ClusterRole[]>;
  readonly clusterRoleBindings: Read<readonly RoleBinding[]>;
  readonly roleBindings: Read<readonly RoleBinding[]>;
  readonly kubelets: ReadonlyMap<string, Read<KubeletSettings>>;
  readonly anonymous: Read<readonly AnonymousAnswer[]>;
  /** When a batch of the audit log came to us last, milliseconds since the epoch. */
  readonly auditedMs: number | undefined;
  readonly nowMs: number;
}

/** What the kernel's checks on a node said of a container: results by check; undefined: no agent has looked at it. */
export type KernelResults = ReadonlyMap<string, string>;

/** A container of a workload, as the first of its pods has it. */
export interface PodReading {
  readonly pod: ClusterPod;
  readonly container: PodContainer;
  readonly kernel: KernelResults | undefined;
}
