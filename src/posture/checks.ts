import type { PostureOutcome } from '../model/posture.ts';
import * as content from './checks/content.ts';
import * as image from './checks/image.ts';
import * as isolation from './checks/isolation.ts';
import type { ContainerCheck, Judged, NodeCheck } from './checks/judged.ts';
import * as network from './checks/network.ts';
import * as node from './checks/node.ts';
import * as privileges from './checks/privileges.ts';
import * as resources from './checks/resources.ts';
import type { ContainerReading, NodeReading } from './reading.ts';

/** What decides each check of a container, by the id that profiles/practices.yaml has for it. */
export const containerChecks: Readonly<Record<string, ContainerCheck>> = {
  'secrets-environment': content.secretsEnvironment,
  'secrets-labels': content.secretsLabels,
  'secrets-arguments': content.secretsArguments,
  'secrets-image': content.secretsImage,
  'image-age': content.imageAge,
  'image-pinned': content.imagePinned,
  'image-current': content.imageCurrent,
  'image-origin': image.imageOrigin,
  'image-drift': image.imageDrift,
  'image-learned': image.imageLearned,
  'image-signed': image.imageSigned,
  'image-scanned': image.imageScanned,
  'image-vulnerable': image.imageVulnerable,
  'user-root': privileges.userRoot,
  capabilities: privileges.capabilities,
  'no-new-privileges': privileges.noNewPrivileges,
  'user-namespace': privileges.userNamespace,
  'exec-privileged': privileges.execPrivileged,
  'exec-root': privileges.execRoot,
  'kernel-user': privileges.kernelUser,
  'kernel-capabilities': privileges.kernelCapabilities,
  'kernel-no-new-privileges': privileges.kernelNoNewPrivileges,
  'root-filesystem': isolation.rootFilesystem,
  'mount-propagation': isolation.mountPropagation,
  'kernel-root-filesystem': isolation.kernelRootFilesystem,
  'memory-limit': resources.memoryLimit,
  'cpu-limit': resources.cpuLimit,
  'pids-limit': resources.pidsLimit,
  ulimits: resources.ulimits,
  'restart-policy': resources.restartPolicy,
  'oom-kill': resources.oomKill,
  'cgroup-parent': resources.cgroupParent,
  'kernel-memory-limit': resources.kernelMemoryLimit,
  'kernel-pids-limit': resources.kernelPidsLimit,
  'kernel-cpu-limit': resources.kernelCpuLimit,
  privileged: isolation.privileged,
  apparmor: isolation.appArmor,
  selinux: isolation.seLinux,
  seccomp: isolation.seccomp,
  'masked-paths': isolation.maskedPaths,
  'host-network': isolation.hostNamespace('net'),
  'host-pid': isolation.hostNamespace('pid'),
  'host-ipc': isolation.hostNamespace('ipc'),
  'host-uts': isolation.hostNamespace('uts'),
  'host-cgroup': isolation.hostNamespace('cgroup'),
  devices: isolation.devices,
  'sensitive-mounts': isolation.sensitiveMounts,
  'engine-socket': isolation.engineSocket,
  'kernel-seccomp': isolation.kernelSeccomp,
  'kernel-apparmor': isolation.kernelAppArmor,
  'kernel-namespaces': isolation.kernelNamespaces,
  'kernel-mounts': isolation.kernelMounts,
  'health-check': content.healthCheck,
  'log-driver': content.logDriver,
  watched: content.watchedBySensor,
  'net-raw': privileges.netRawDropped,
  'default-bridge': network.defaultBridge,
  'port-address': network.portAddress,
  'privileged-ports': network.privilegedPorts,
  'ports-needed': network.portsNeeded,
  sshd: content.sshd,
};

/** What decides each check of a node. */
export const nodeChecks: Readonly<Record<string, NodeCheck>> = {
  swarm: node.swarm,
  'kernel-supported': node.kernelSupported,
  'operating-system': node.operatingSystem,
  'engine-version': node.engineVersion,
  'engine-seccomp': node.engineSeccomp,
  'security-module': node.securityModule,
  'user-namespaces': node.userNamespaces,
  rootless: node.rootless,
  'no-new-privileges-default': node.noNewPrivilegesDefault,
  'live-restore': node.liveRestore,
  'engine-tcp': node.engineTcp,
  'insecure-registries': node.insecureRegistries,
  'storage-driver': node.storageDriver,
  experimental: node.experimental,
  'inter-container': node.interContainer,
  'userland-proxy': node.userlandProxy,
  'logging-driver': node.loggingDriver,
  'socket-permissions': node.socketPermissions,
  'docker-group': node.dockerGroup,
  'daemon-file': node.daemonFile,
  'separate-partition': node.separatePartition,
  audit: node.audit,
};

/** What all checks say about a container. Pure. */
export function checkContainer(reading: ContainerReading): readonly PostureOutcome[] {
  return Object.entries(containerChecks).map(([check, judge]) => outcomeOf(check, judge(reading)));
}

/** What all checks say about a node. Pure. */
export function checkNode(reading: NodeReading): readonly PostureOutcome[] {
  return Object.entries(nodeChecks).map(([check, judge]) => outcomeOf(check, judge(reading)));
}

function outcomeOf(check: string, { result, note, evidence }: Judged): PostureOutcome {
  return { check, result, note, evidence };
}
