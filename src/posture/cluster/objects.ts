import { z } from 'zod';
import { plainText } from './plain.ts';
import type * as reading from './reading.ts';

const word = z.string().transform(plainText);
const text = word.nullish();
const flag = z.boolean().nullish();
const list = z.array(word).nullish();
const strings = z.record(z.string(), word).nullish();
const profile = z.object({ type: text }).nullish();
const metadata = z.object({
  name: z.string().min(1).transform(plainText),
  namespace: text,
  labels: strings,
  annotations: strings,
});

const securitySchema = z
  .object({
    ...{ privileged: flag, allowPrivilegeEscalation: flag, readOnlyRootFilesystem: flag, runAsNonRoot: flag },
    runAsUser: z.number().nullish(),
    ...{ seccompProfile: profile, appArmorProfile: profile, procMount: text },
    seLinuxOptions: z.object({ type: text }).nullish(),
    capabilities: z.object({ add: list, drop: list }).nullish(),
    sysctls: z.array(z.object({ name: word })).nullish(),
  })
  .nullish();
const quantity = z.union([word, z.number()]).nullish();
const containerSchema = z.object({
  name: word,
  image: word.default(''),
  ...{ command: list, args: list, securityContext: securitySchema },
  ports: z.array(z.object({ hostPort: z.number().nullish() })).nullish(),
  volumeMounts: z.array(z.object({ name: word })).nullish(),
  resources: z.object({ limits: z.object({ memory: quantity, cpu: quantity }).nullish() }).nullish(),
  ...{ livenessProbe: z.unknown().optional(), readinessProbe: z.unknown().optional() },
});
const containers = z.array(containerSchema).nullish();
const statuses = z.array(z.object({ name: word, containerID: text })).nullish();
const podSchema = z.object({
  metadata: metadata.extend({
    generateName: text,
    ownerReferences: z.array(z.object({ kind: word, name: word, controller: flag })).nullish(),
  }),
  spec: z.object({
    ...{ nodeName: text, serviceAccountName: text, automountServiceAccountToken: flag },
    ...{ hostNetwork: flag, hostPID: flag, hostIPC: flag, securityContext: securitySchema },
    ...{ containers, initContainers: containers, ephemeralContainers: containers },
    volumes: z
      .array(
        z.object({
          name: word,
          hostPath: z.object({ path: word }).nullish(),
          projected: z
            .object({ sources: z.array(z.object({ serviceAccountToken: z.unknown().optional() })).nullish() })
            .nullish(),
        }),
      )
      .nullish(),
  }),
  status: z
    .object({
      ...{ phase: text, containerStatuses: statuses },
      ...{ initContainerStatuses: statuses, ephemeralContainerStatuses: statuses },
    })
    .nullish(),
});

function securityOf(given: z.infer<typeof securitySchema>): reading.SecurityContext {
  return {
    privileged: given?.privileged ?? undefined,
    allowPrivilegeEscalation: given?.allowPrivilegeEscalation ?? undefined,
    readOnlyRootFilesystem: given?.readOnlyRootFilesystem ?? undefined,
    runAsNonRoot: given?.runAsNonRoot ?? undefined,
    runAsUser: given?.runAsUser ?? undefined,
    seccomp: given?.seccompProfile?.type ?? undefined,
    appArmor: given?.appArmorProfile?.type ?? undefined,
    procMount: given?.procMount ?? undefined,
    seLinuxType: given?.seLinuxOptions?.type ?? undefined,
    capAdd: given?.capabilities?.add ?? [],
    capDrop: given?.capabilities?.drop ?? [],
    sysctls: (given?.sysctls ?? []).map(({ name }) => name),
  };
}

const wordOf = (value: string | number | null | undefined): string | undefined =>
  value === null || value === undefined ? undefined : String(value);

/** A Pod (core/v1). Throws where it is none. */
export function podOf(object: unknown): reading.ClusterPod {
  const { metadata: named, spec, status } = podSchema.parse(object);
  const ids = new Map(
    [status?.containerStatuses, status?.initContainerStatuses, status?.ephemeralContainerStatuses]
      .flatMap((some) => some ?? [])
      .map(({ name, containerID }) => [name, containerID?.replace(/^[^:]*:\/\//, '') ?? '']),
  );
  const volumes = spec.volumes ?? [];
  const ofRole = (
    role: reading.PodContainer['role'],
    some: z.infer<typeof containers>,
  ): readonly reading.PodContainer[] =>
    (some ?? []).map((one) => ({
      ...{ name: one.name, role, image: one.image, id: ids.get(one.name) ?? '' },
      command: [...(one.command ?? []), ...(one.args ?? [])],
      security: securityOf(one.securityContext),
      hostPorts: (one.ports ?? []).flatMap(({ hostPort }) => (hostPort ? [hostPort] : [])),
      volumes: (one.volumeMounts ?? []).map(({ name }) => name),
      memoryLimit: wordOf(one.resources?.limits?.memory),
      cpuLimit: wordOf(one.resources?.limits?.cpu),
      probes: (['livenessProbe', 'readinessProbe'] as const).filter((probe) => Boolean(one[probe])),
    }));
  const controller = named.ownerReferences?.find((one) => one.controller === true);
  const annotations = named.annotations ?? {};
  return {
    ...{ namespace: named.namespace ?? '', name: named.name, node: spec.nodeName ?? '' },
    ...{ phase: status?.phase ?? '', isStatic: annotations['kubernetes.io/config.mirror'] !== undefined },
    ...{ generateName: named.generateName ?? '', labels: named.labels ?? {} },
    annotations: Object.fromEntries(
      Object.entries(annotations).filter(([name]) =>
        name.startsWith('container.apparmor.security.beta.kubernetes.io/'),
      ),
    ),
    controller: controller === undefined ? undefined : { kind: controller.kind, name: controller.name },
    serviceAccount: spec.serviceAccountName ?? 'default',
    automountToken: spec.automountServiceAccountToken ?? undefined,
    ...{ hostNetwork: spec.hostNetwork === true, hostPid: spec.hostPID === true, hostIpc: spec.hostIPC === true },
    security: securityOf(spec.securityContext),
    hostPaths: new Map(volumes.flatMap(({ name, hostPath }) => (hostPath ? [[name, hostPath.path] as const] : []))),
    tokenVolumes: volumes
      .filter(({ projected }) => projected?.sources?.some((source) => Boolean(source.serviceAccountToken)) === true)
      .map(({ name }) => name),
    containers: [
      ...ofRole('main', spec.containers),
      ...ofRole('init', spec.initContainers),
      ...ofRole('ephemeral', spec.ephemeralContainers),
    ],
  };
}

const nodeSchema = z.object({
  metadata,
  status: z.object({ nodeInfo: z.object({ kubeletVersion: text }).nullish() }).nullish(),
});

/** A Node of the API. Throws ZodError for what is none. */
export function nodeOf(object: unknown): reading.ClusterNode {
  const { metadata: named, status } = nodeSchema.parse(object);
  return { name: named.name, kubeletVersion: status?.nodeInfo?.kubeletVersion ?? '' };
}

const namespaceSchema = z.object({ metadata });

/** A Namespace of the API. Throws ZodError for what is none. */
export function namespaceOf(object: unknown): reading.ClusterNamespace {
  const { metadata: named } = namespaceSchema.parse(object);
  return { name: named.name, labels: named.labels ?? {} };
}

const policySchema = z.object({
  metadata,
  spec: z.object({
    podSelector: z.object({ matchLabels: strings, matchExpressions: z.array(z.unknown()).nullish() }).nullish(),
    ...{ policyTypes: list, egress: z.array(z.unknown()).nullish() },
  }),
});

/** A NetworkPolicy of the API. Throws ZodError for what is none. */
export function networkPolicyOf(object: unknown): reading.NetworkPolicy {
  const { metadata: named, spec } = policySchema.parse(object);
  const { matchLabels, matchExpressions } = spec.podSelector ?? {};
  return {
    ...{ namespace: named.namespace ?? '', name: named.name },
    ofAllPods: Object.keys(matchLabels ?? {}).length + (matchExpressions ?? []).length === 0,
    types: spec.policyTypes ?? ['Ingress', ...(spec.egress ? ['Egress'] : [])],
  };
}

const roleSchema = z.object({
  metadata,
  rules: z.array(z.object({ apiGroups: list, resources: list, verbs: list, resourceNames: list })).nullish(),
});

/** A Role or ClusterRole (rbac.authorization.k8s.io/v1). */
export function roleOf(object: unknown): reading.ClusterRole {
  const { metadata: named, rules } = roleSchema.parse(object);
  return {
    ...{ namespace: named.namespace ?? '', name: named.name },
    rules: (rules ?? []).map(({ apiGroups, resources, verbs, resourceNames }) => ({
      ...{ groups: apiGroups ?? [], resources: resources ?? [], verbs: verbs ?? [], names: resourceNames ?? [] },
    })),
  };
}

const bindingSchema = z.object({
  metadata,
  roleRef: z.object({ kind: word, name: word }),
  subjects: z.array(z.object({ kind: word, name: word, namespace: text })).nullish(),
});

/** A RoleBinding or ClusterRoleBinding. */
export function bindingOf(object: unknown): reading.RoleBinding {
  const { metadata: named, roleRef, subjects } = bindingSchema.parse(object);
  return {
    ...{ namespace: named.namespace ?? '', name: named.name, roleKind: roleRef.kind, roleName: roleRef.name },
    subjects: (subjects ?? []).map(({ kind, name, namespace }) => ({ kind, name, namespace: namespace ?? '' })),
  };
}

const configSchema = z.object({
  kubeletconfig: z.object({
    authentication: z
      .object({ anonymous: z.object({ enabled: flag }).nullish(), x509: z.object({ clientCAFile: text }).nullish() })
      .nullish(),
    authorization: z.object({ mode: text }).nullish(),
    readOnlyPort: z.number().nullish(),
  }),
});

/** What `GET /configz` of a kubelet answers. */
export function kubeletOf(object: unknown): reading.KubeletSettings {
  const { authentication, authorization, readOnlyPort } = configSchema.parse(object).kubeletconfig;
  return {
    anonymous: authentication?.anonymous?.enabled ?? undefined,
    authorization: authorization?.mode ?? undefined,
    clientCa: authentication?.x509?.clientCAFile ?? undefined,
    // What is off is left out.
    readOnlyPort: readOnlyPort ?? 0,
  };
}

const versionSchema = z.object({ gitVersion: z.string().min(1).transform(plainText) });

/** The release of an API server, by its `/version`: `v1.31.2`. Throws ZodError for another answer. */
export function versionOf(object: unknown): string {
  return versionSchema.parse(object).gitVersion;
}

const pageSchema = z.object({
  items: z.array(z.unknown()).nullish(),
  metadata: z.object({ continue: z.string().nullish() }).nullish(),
});

/** A page of a list, and where it goes on; empty: it is the last. */
export function pageOf(object: unknown): { readonly items: readonly unknown[]; readonly next: string } {
  const page = pageSchema.parse(object);
  return { items: page.items ?? [], next: page.metadata?.continue ?? '' };
}
