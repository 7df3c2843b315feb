import { z } from 'zod';
import type { ContainerMount } from '../../model/container.ts';
import { parse } from '../../protocol/message.ts';
import { ownerOf } from './owner.ts';
import type { PodOwner } from './owner.ts';

/** What is kept of a container of a pod: what its specification and its status say. */
export interface PodContainer {
  readonly name: string;
  readonly role: 'main' | 'init' | 'ephemeral';
  /** Image as the specification names it. */
  readonly image: string;
  readonly privileged: boolean;
  /** What weakens it beyond the ordinary: `privileged`, `capability SYS_ADMIN`, `privilege escalation`, `host path /etc`, … sorted. */
  readonly weaknesses: readonly string[];
  readonly mounts: readonly ContainerMount[];
  /** Command lines that the kubelet executes in it: exec probes, and the hooks after its start and before its end. */
  readonly probes: readonly (readonly string[])[];
  /** Runtime's id, without `containerd://`; empty: none yet. */
  readonly id: string;
  /** `sha256:…` of the image that runs; empty: not known yet. */
  readonly digest: string;
  readonly state: 'waiting' | 'running' | 'terminated';
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number | undefined;
  readonly ready: boolean;
  readonly restarts: number;
  /** The run before: how it ended. */
  readonly last: { readonly id: string; readonly reason: string; readonly exitCode: number } | undefined;
}

/** What is kept of a pod. */
export interface Pod {
  readonly uid: string;
  /** Of a static pod: what its cgroup is named by instead of the uid. */
  readonly staticHash: string | undefined;
  readonly namespace: string;
  readonly name: string;
  readonly owner: PodOwner;
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  readonly createdAtMs: number;
  /** Namespaces shared with the node, of `net pid ipc`; `user` is the ordinary case and not among them. */
  readonly hostNamespaces: readonly string[];
  readonly addresses: readonly string[];
  readonly phase: string;
  /** `Evicted`, … ; empty in the ordinary case. */
  readonly reason: string;
  /** For people, about `reason`. */
  readonly message: string;
  readonly containers: readonly PodContainer[];
}

const text = z.string().nullish();
const commandSchema = z.object({ exec: z.object({ command: z.array(z.string()).nullish() }).nullish() }).nullish();
const securitySchema = z
  .object({
    privileged: z.boolean().nullish(),
    allowPrivilegeEscalation: z.boolean().nullish(),
    readOnlyRootFilesystem: z.boolean().nullish(),
    runAsNonRoot: z.boolean().nullish(),
    runAsUser: z.number().nullish(),
    capabilities: z.object({ add: z.array(z.string()).nullish() }).nullish(),
    seccompProfile: z.object({ type: z.string() }).nullish(),
    appArmorProfile: z.object({ type: z.string() }).nullish(),
  })
  .nullish();
const containerSchema = z.object({
  name: z.string(),
  image: z.string().default(''),
  securityContext: securitySchema,
  volumeMounts: z
    .array(z.object({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().nullish(), subPath: text }))
    .nullish(),
  livenessProbe: commandSchema,
  readinessProbe: commandSchema,
  startupProbe: commandSchema,
  lifecycle: z.object({ postStart: commandSchema, preStop: commandSchema }).nullish(),
});
const terminatedSchema = z.object({ containerID: text, reason: text, exitCode: z.number().default(0) }).nullish();
const statusSchema = z.object({
  name: z.string(),
  containerID: text,
  imageID: text,
  ready: z.boolean().default(false),
  restartCount: z.number().default(0),
  state: z.object({ running: z.object({ startedAt: text }).nullish(), terminated: terminatedSchema }).nullish(),
  lastState: z.object({ terminated: terminatedSchema }).nullish(),
});
const statuses = z.array(statusSchema).nullish();
const containers = z.array(containerSchema).nullish();
const strings = z.record(z.string(), z.string()).nullish();

/** What is used of a Pod (core/v1). What the API leaves out is absent or null. */
const podSchema = z.object({
  metadata: z.object({
    uid: z.string().min(1),
    name: z.string().min(1),
    namespace: z.string().min(1),
    generateName: text,
    creationTimestamp: text,
    labels: strings,
    annotations: strings,
    ownerReferences: z
      .array(z.object({ kind: z.string(), name: z.string(), controller: z.boolean().nullish() }))
      .nullish(),
  }),
  spec: z.object({
    nodeName: text,
    serviceAccountName: text,
    hostNetwork: z.boolean().nullish(),
    hostPID: z.boolean().nullish(),
    hostIPC: z.boolean().nullish(),
    hostUsers: z.boolean().nullish(),
    securityContext: securitySchema,
    volumes: z.array(z.object({ name: z.string(), hostPath: z.object({ path: z.string() }).nullish() })).nullish(),
    ...{ containers, initContainers: containers, ephemeralContainers: containers },
  }),
  status: z
    .object({
      phase: text,
      reason: text,
      message: text,
      podIP: text,
      podIPs: z.array(z.object({ ip: text })).nullish(),
      ...{ containerStatuses: statuses, initContainerStatuses: statuses, ephemeralContainerStatuses: statuses },
    })
    .nullish(),
});

type PodObject = z.infer<typeof podSchema>;
type ContainerObject = z.infer<typeof containerSchema>;
type StatusObject = z.infer<typeof statusSchema>;

/** @throws AnchorwatchError `kubernetes.object`, which names the field that is not as the API has it */
export function podOf(object: unknown): Pod {
  const { metadata, spec, status } = parse(
    podSchema,
    object,
    'kubernetes.object',
    'a pod is not as the Kubernetes API has it',
  );
  const { labels, annotations } = metadata;
  const isMirror = annotations?.['kubernetes.io/config.mirror'] !== undefined;
  const roles = [
    ['init', spec.initContainers, status?.initContainerStatuses],
    ['main', spec.containers, status?.containerStatuses],
    ['ephemeral', spec.ephemeralContainers, status?.ephemeralContainerStatuses],
  ] as const;
  const addresses = [status?.podIP, ...(status?.podIPs ?? []).map(({ ip }) => ip)].filter((ip): ip is string =>
    Boolean(ip),
  );
  return {
    uid: metadata.uid,
    staticHash: annotations?.['kubernetes.io/config.hash'] ?? annotations?.['kubernetes.io/config.mirror'],
    namespace: metadata.namespace,
    name: metadata.name,
    owner: ownerOf({
      name: metadata.name,
      generateName: metadata.generateName ?? '',
      labels: labels ?? {},
      controller: metadata.ownerReferences?.find(({ controller }) => controller === true),
      isStatic: isMirror,
      nodeName: spec.nodeName ?? '',
    }),
    labels: labels ?? {},
    serviceAccount: spec.serviceAccountName ?? 'default',
    createdAtMs: Date.parse(metadata.creationTimestamp ?? '') || 0,
    hostNamespaces: [
      ...(spec.hostNetwork === true ? ['net'] : []),
      ...(spec.hostPID === true ? ['pid'] : []),
      ...(spec.hostIPC === true ? ['ipc'] : []),
    ],
    addresses: [...new Set(addresses)],
    phase: status?.phase ?? '',
    reason: status?.reason ?? '',
    message: status?.message ?? '',
    containers: roles.flatMap(([role, specs, found]) =>
      (specs ?? []).map((one) =>
        containerOf(
          role,
          one,
          found?.find(({ name }) => name === one.name),
          spec,
        ),
      ),
    ),
  };
}

function containerOf(
  role: PodContainer['role'],
  one: ContainerObject,
  status: StatusObject | undefined,
  spec: PodObject['spec'],
): PodContainer {
  const running = status?.state?.running ?? undefined;
  const ended = status?.state?.terminated ?? undefined;
  const last = status?.lastState?.terminated ?? ended ?? undefined;
  const mounts = (one.volumeMounts ?? []).flatMap((mount): ContainerMount[] => {
    const path = spec.volumes?.find(({ name }) => name === mount.name)?.hostPath?.path;
    if (path === undefined) return [];
    const source = mount.subPath ? `${path}/${mount.subPath}` : path;
    return [{ type: 'bind', source, destination: mount.mountPath, readOnly: mount.readOnly === true }];
  });
  const commands = [
    one.livenessProbe,
    one.readinessProbe,
    one.startupProbe,
    one.lifecycle?.postStart,
    one.lifecycle?.preStop,
  ];
  return {
    name: one.name,
    role,
    image: one.image,
    privileged: one.securityContext?.privileged === true,
    weaknesses: weaknessesOf(one, spec, mounts),
    mounts,
    probes: commands.flatMap((command) => (command?.exec?.command?.length ? [command.exec.command] : [])),
    id: plainId(status?.containerID),
    digest: digestOf(status?.imageID ?? '', one.image),
    state: running !== undefined ? 'running' : ended !== undefined ? 'terminated' : 'waiting',
    startedAtMs: Date.parse(running?.startedAt ?? '') || undefined,
    ready: status?.ready ?? false,
    restarts: status?.restartCount ?? 0,
    last:
      last === undefined
        ? undefined
        : { id: plainId(last.containerID), reason: last.reason ?? '', exitCode: last.exitCode },
  };
}

/** What of a container and its pod is weaker than the Pod Security Standards' restricted profile would have it, where it can be compared. */
function weaknessesOf(
  one: ContainerObject,
  spec: PodObject['spec'],
  mounts: readonly ContainerMount[],
): readonly string[] {
  const [own, pod] = [one.securityContext, spec.securityContext];
  const mayBeRoot = (own?.runAsNonRoot ?? pod?.runAsNonRoot) !== true && (own?.runAsUser ?? pod?.runAsUser ?? 0) === 0;
  const out = [
    own?.privileged === true ? 'privileged' : '',
    own?.allowPrivilegeEscalation === false ? '' : 'privilege escalation',
    own?.readOnlyRootFilesystem === true ? '' : 'writable root',
    mayBeRoot ? 'root' : '',
    ['RuntimeDefault', 'Localhost'].includes((own?.seccompProfile ?? pod?.seccompProfile)?.type ?? '')
      ? ''
      : 'no seccomp',
    (own?.appArmorProfile ?? pod?.appArmorProfile)?.type === 'Unconfined' ? 'no AppArmor' : '',
    spec.hostNetwork === true ? 'network of the node' : '',
    spec.hostPID === true ? 'processes of the node' : '',
    spec.hostIPC === true ? 'IPC of the node' : '',
    spec.hostUsers === false ? '' : 'users of the node',
    ...(own?.capabilities?.add ?? []).map((name) => `capability ${name.replace(/^CAP_/, '')}`),
    ...mounts.map(({ source, readOnly }) => `host path ${source}${readOnly ? '' : ' (writable)'}`),
  ];
  return [...new Set(out.filter((word) => word !== ''))].toSorted();
}

/** `containerd://ID`, `cri-o://ID`, `docker://ID`. */
function plainId(id: string | null | undefined): string {
  return id?.replace(/^[a-z-]+:\/\//, '') ?? '';
}

/** Runtimes say `repository@sha256:…`, `docker-pullable://repository@sha256:…` or `sha256:…`; a specification may pin one. */
function digestOf(imageId: string, image: string): string {
  return /sha256:[0-9a-f]{64}$/.exec(imageId)?.[0] ?? /sha256:[0-9a-f]{64}$/.exec(image)?.[0] ?? '';
}
