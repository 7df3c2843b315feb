import type { Workload } from '../../model/container.ts';
import type { PostureOutcome, PostureSubject } from '../../model/posture.ts';
import { unknown } from '../checks/judged.ts';
import type { Judged } from '../checks/judged.ts';
import * as plane from './control-plane.ts';
import type { ClusterCheck } from './control-plane.ts';
import * as pods from './pods.ts';
import type { PodCheck } from './pods.ts';
import * as rbac from './rbac.ts';
import type { ClusterPod, ClusterReading, KernelResults, PodContainer, PodReading } from './reading.ts';
import * as scope from './scope.ts';
import type { KubeletCheck, NamespaceCheck } from './scope.ts';

/** What decides each check of a cluster, by the id that profiles/practices.yaml has for it. */
export const clusterChecks: Readonly<Record<string, ClusterCheck>> = {
  'version-supported': scope.versionSupported,
  'kubelet-skew': scope.kubeletSkew,
  'anonymous-access': scope.anonymousAccess,
  'cluster-readable': scope.clusterReadable,
  'api-anonymous-flag': plane.apiAnonymousFlag,
  'api-token-file': plane.apiTokenFile,
  'api-authorization': plane.apiAuthorization,
  'api-admission': plane.apiAdmission,
  'api-audit': plane.apiAudit,
  'api-encryption': plane.apiEncryption,
  'api-etcd-tls': plane.apiEtcdTls,
  'api-kubelet-tls': plane.apiKubeletTls,
  'control-plane-profiling': plane.controlPlaneProfiling,
  'control-plane-ports': plane.controlPlanePorts,
  'etcd-clients': plane.etcdClients,
  'etcd-peers': plane.etcdPeers,
  'rbac-cluster-admin': rbac.clusterAdmin,
  'rbac-wildcards': rbac.wildcards,
  'rbac-secrets': rbac.secretReaders,
  'rbac-pods': rbac.podMakers,
  'rbac-exec': rbac.podExec,
  'rbac-escalation': rbac.escalation,
  'rbac-node-proxy': rbac.nodeProxy,
  'rbac-tokens': rbac.tokenMakers,
  'rbac-webhooks': rbac.webhookWriters,
  'rbac-certificates': rbac.signers,
  'rbac-volumes': rbac.volumeMakers,
  'rbac-anonymous': rbac.boundAnonymous,
  'rbac-everybody': rbac.boundEverybody,
  'rbac-default-account': rbac.boundDefault,
};

/** Of a kubelet. */
export const kubeletChecks: Readonly<Record<string, KubeletCheck>> = {
  'kubelet-anonymous': scope.kubeletAnonymous,
  'kubelet-authorization': scope.kubeletAuthorization,
  'kubelet-client-ca': scope.kubeletClientCa,
  'kubelet-read-only-port': scope.kubeletReadOnlyPort,
};

export const namespaceChecks: Readonly<Record<string, NamespaceCheck>> = {
  'namespace-network-policy': scope.namespacePolicies,
  'namespace-pod-security': scope.namespacePodSecurity,
  'namespace-default': scope.namespaceDefault,
};

/** Of a container of a workload, by its pod's spec. */
export const podChecks: Readonly<Record<string, PodCheck>> = {
  'pod-privileged': pods.podPrivileged,
  'pod-host-namespaces': pods.podHostNamespaces,
  'pod-host-path': pods.podHostPath,
  'pod-host-ports': pods.podHostPorts,
  'pod-capabilities-added': pods.podCapabilitiesAdded,
  'pod-capabilities-dropped': pods.podCapabilitiesDropped,
  'pod-escalation': pods.podEscalation,
  'pod-non-root': pods.podNonRoot,
  'pod-seccomp': pods.podSeccomp,
  'pod-apparmor': pods.podAppArmor,
  'pod-kernel-settings': pods.podKernelSettings,
  'pod-read-only-root': pods.podReadOnlyRoot,
  'pod-limits': pods.podLimits,
  'pod-image-pinned': pods.podImagePinned,
  'pod-token': pods.podToken,
  'pod-service-account': pods.podServiceAccount,
  'pod-probes': pods.podProbes,
  'pod-kernel': pods.podKernel,
};

/** Who is who, as the rest of the program has it. */
export interface ClusterNames {
  workloadOf(pod: ClusterPod, container: PodContainer): Workload;
  /** What an agent's checks say of a container; undefined: none looked at it. */
  kernelOf(containerId: string): KernelResults | undefined;
}

export interface ClusterOutcome extends PostureOutcome {
  /** Who or what it fails for, where there may be several: all of them, while evidence shows some. */
  readonly offenders: readonly string[];
}

/** The cluster itself (without container), or a namespace, kubelet or container of a workload, each in the place of a container. */
export interface ClusterVerdict extends PostureSubject {
  readonly outcomes: readonly ClusterOutcome[];
}

/** Namespaces that are the cluster's own. */
const ownNamespaces: ReadonlySet<string> = new Set(['kube-system', 'kube-public', 'kube-node-lease']);
/** Containers of workloads that are judged; those beyond are counted. */
const workloadsMax = 5000;

/** What all checks say about a cluster; the cluster itself first. Pure. */
export function judgeCluster(
  reading: ClusterReading,
  names: ClusterNames,
): { readonly verdicts: readonly ClusterVerdict[]; readonly overflow: number } {
  const { namespaces, kubelets, pods: all } = reading;
  const place = (kind: string, name: string, namespace?: string): PostureSubject => ({
    container: {
      id: `${kind}:${name}`,
      name: `${kind}/${name}`,
      image: '',
      digest: '',
      ...(namespace === undefined ? {} : { namespace }),
    },
  });
  const verdicts: ClusterVerdict[] = [
    { outcomes: Object.entries(clusterChecks).map(([check, judge]) => outcomeOf(check, judge(reading))) },
  ];
  for (const [name, settings] of kubelets)
    verdicts.push({
      ...place('node', name),
      outcomes: Object.entries(kubeletChecks).map(([check, judge]) =>
        outcomeOf(check, settings.ok ? judge(settings.value) : unknown(settings.why)),
      ),
    });
  for (const namespace of namespaces.ok ? namespaces.value : [])
    if (!ownNamespaces.has(namespace.name))
      verdicts.push({
        ...place('namespace', namespace.name, namespace.name),
        outcomes: Object.entries(namespaceChecks).map(([check, judge]) => outcomeOf(check, judge(reading, namespace))),
      });
  const workloads = new Map<string, { readonly workload: Workload; readonly readings: PodReading[] }>();
  let overflow = 0;
  for (const pod of all.ok ? all.value : []) {
    if (pod.phase === 'Succeeded' || pod.phase === 'Failed') continue;
    for (const container of pod.containers) {
      const workload = names.workloadOf(pod, container);
      const known = workloads.get(workload.id);
      const one = { pod, container, kernel: container.id === '' ? undefined : names.kernelOf(container.id) };
      if (known !== undefined) known.readings.push(one);
      else if (workloads.size < workloadsMax) workloads.set(workload.id, { workload, readings: [one] });
      else overflow++;
    }
  }
  for (const { workload, readings } of workloads.values()) verdicts.push(ofWorkload(workload, readings));
  return { verdicts, overflow };
}

/** Replicas may differ while a release goes on, or where somebody changed one: the worst of them counts. */
function ofWorkload(workload: Workload, readings: readonly PodReading[]): ClusterVerdict {
  const [first] = readings;
  if (first === undefined) return { workload, outcomes: [] };
  const { pod, container } = first;
  return {
    workload,
    container: {
      ...{
        id: `spec:${workload.id}`.slice(0, 512),
        name: container.name,
        image: container.image.slice(0, 512),
        digest: '',
      },
      ...{ namespace: pod.namespace, pod: pod.name },
    },
    outcomes: Object.entries(podChecks).map(([check, judge]) =>
      outcomeOf(
        check,
        readings.map(judge).reduce((worst, one) => (order(one) > order(worst) ? one : worst)),
      ),
    ),
  };
}

// What could not be read of one replica is no reason to say that all are well, and what another fails counts before it.
const order = ({ result }: Judged): number => ['pass', 'unknown', 'warn', 'fail'].indexOf(result);

function outcomeOf(check: string, judged: Judged & { readonly offenders?: readonly string[] }): ClusterOutcome {
  const { result, note, evidence, offenders = [] } = judged;
  return { check, result, note: note.slice(0, 1000), evidence, offenders };
}

/**
 * What fails now and did not before: a check that passed or warned, or one that failed for others. What was not known before is no news. Pure.
 */
export function appeared(before: readonly ClusterOutcome[], now: readonly ClusterOutcome[]): readonly ClusterOutcome[] {
  const was = new Map(before.map((outcome) => [outcome.check, outcome]));
  return now.flatMap((outcome) => {
    const earlier = was.get(outcome.check);
    if (outcome.result !== 'fail' || earlier === undefined || earlier.result === 'unknown') return [];
    const fresh = outcome.offenders.filter((one) => !earlier.offenders.includes(one));
    return earlier.result !== 'fail' || fresh.length > 0 ? [{ ...outcome, offenders: fresh }] : [];
  });
}
