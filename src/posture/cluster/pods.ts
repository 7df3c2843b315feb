import { fail, pass, saw, unknown, warn } from '../checks/judged.ts';
import type { Judged } from '../checks/judged.ts';
import type { PodReading, SecurityContext } from './reading.ts';

/** Levels are those of the Pod Security Standards (kubernetes/pod-security-admission, policy/). */
export type PodCheck = (reading: PodReading) => Judged;

const field = (name: string, { container }: PodReading): string => `containers[${container.name}].${name}`;

/** What a container says, else its pod. */
function effective<K extends keyof SecurityContext>({ pod, container }: PodReading, key: K): SecurityContext[K] {
  return container.security[key] ?? pod.security[key];
}

export const podPrivileged: PodCheck = (reading) => {
  const { privileged } = reading.container.security;
  const evidence = saw(field('securityContext.privileged', reading), privileged ?? 'not set');
  return privileged === true
    ? fail('it may do everything that root of the node may', evidence)
    : pass('it is not', evidence);
};

export const podHostNamespaces: PodCheck = ({ pod }) => {
  const shared = [
    ...(pod.hostNetwork ? ['hostNetwork'] : []),
    ...(pod.hostPid ? ['hostPID'] : []),
    ...(pod.hostIpc ? ['hostIPC'] : []),
  ];
  return shared.length > 0
    ? fail('it shares namespaces with the node', ...shared.map((name) => saw(`spec.${name}`, true)))
    : pass('it has its own');
};

/** Paths through which a node can be taken over. */
const grave =
  /^\/(?:$|proc(?:\/|$)|sys(?:\/|$)|etc(?:\/|$)|root(?:\/|$)|dev(?:\/|$)|boot(?:\/|$)|home(?:\/|$)|usr(?:\/|$)|lib(?:64)?(?:\/|$)|s?bin(?:\/|$)|var\/?$|var\/(?:lib\/?$|run\/?$)|(?:var\/)?run\/(?:docker|containerd|crio|cri-dockerd)|var\/lib\/(?:kubelet|etcd|docker|containerd))/;

export const podHostPath: PodCheck = ({ pod, container }) => {
  const paths = container.volumes.flatMap((name) => pod.hostPaths.get(name) ?? []);
  if (paths.length === 0) return pass('it sees no path of the node');
  const evidence = saw('volumes[].hostPath.path', paths);
  return paths.some((path) => grave.test(path))
    ? fail('it sees paths through which the node is taken over', evidence)
    : warn('it sees paths of the node', evidence);
};

export const podHostPorts: PodCheck = (reading) => {
  const { hostPorts } = reading.container;
  if (reading.pod.hostNetwork) return pass('it is on the node’s network: see pod-host-namespaces');
  return hostPorts.length > 0
    ? fail('it takes ports of the node', saw(field('ports[].hostPort', reading), hostPorts))
    : pass('it takes no port of the node');
};

const baseline: ReadonlySet<string> = new Set([
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP'],
  ...['SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
]);
const plain = (name: string): string => name.toUpperCase().replace(/^CAP_/, '');

export const podCapabilitiesAdded: PodCheck = (reading) => {
  const added = reading.container.security.capAdd.map(plain);
  const evidence = saw(field('securityContext.capabilities.add', reading), added);
  if (added.some((name) => !baseline.has(name))) return fail('it is given what baseline forbids', evidence);
  return added.some((name) => name !== 'NET_BIND_SERVICE')
    ? warn('it is given what restricted forbids', evidence)
    : pass('it is given nothing beyond NET_BIND_SERVICE', evidence);
};

export const podCapabilitiesDropped: PodCheck = (reading) => {
  const dropped = reading.container.security.capDrop.map(plain);
  const evidence = saw(field('securityContext.capabilities.drop', reading), dropped);
  if (dropped.includes('ALL')) return pass('all are taken away', evidence);
  return dropped.includes('NET_RAW')
    ? warn('NET_RAW is taken away, the rest of the default stays', evidence)
    : fail('it keeps all of the default, NET_RAW too', evidence);
};

export const podEscalation: PodCheck = (reading) => {
  const { allowPrivilegeEscalation } = reading.container.security;
  const evidence = saw(
    field('securityContext.allowPrivilegeEscalation', reading),
    allowPrivilegeEscalation ?? 'not set',
  );
  return allowPrivilegeEscalation === false
    ? pass('its processes gain no rights', evidence)
    : fail('a setuid program gives its processes more rights than they have', evidence);
};

export const podNonRoot: PodCheck = (reading) => {
  const [user, nonRoot] = [effective(reading, 'runAsUser'), effective(reading, 'runAsNonRoot')];
  const evidence = [
    saw('securityContext.runAsNonRoot', nonRoot ?? 'not set'),
    saw('securityContext.runAsUser', user ?? 'not set'),
  ];
  if (user === 0) return fail('it runs as root', ...evidence);
  if (nonRoot === true) return pass('the kubelet starts it as another user only', ...evidence);
  return user === undefined
    ? fail('it runs as whoever its image says, root too', ...evidence)
    : warn('it has a user; restricted asks for runAsNonRoot as well', ...evidence);
};

export const podSeccomp: PodCheck = (reading) => {
  const type = effective(reading, 'seccomp');
  const evidence = saw('securityContext.seccompProfile.type', type ?? 'not set');
  if (type === 'RuntimeDefault' || type === 'Localhost') return pass('it has a filter', evidence);
  return type === 'Unconfined' || reading.container.security.privileged === true
    ? fail('it may make every system call', evidence)
    : warn('it has a filter only where the kubelet’s seccompDefault is on', evidence);
};

export const podAppArmor: PodCheck = (reading) => {
  const noted = reading.pod.annotations[`container.apparmor.security.beta.kubernetes.io/${reading.container.name}`];
  const type = effective(reading, 'appArmor') ?? noted;
  const evidence = saw('securityContext.appArmorProfile.type', type ?? 'not set');
  return type?.toLowerCase() === 'unconfined'
    ? fail('it is unconfined', evidence)
    : pass(type === undefined ? 'it has the runtime’s, where the node has AppArmor' : 'it has a profile', evidence);
};

const safeSysctls: ReadonlySet<string> = new Set([
  ...['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.ip_unprivileged_port_start'],
  ...['net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range', 'net.ipv4.ip_local_reserved_ports'],
  ...['net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl'],
  ...['net.ipv4.tcp_keepalive_probes', 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'],
]);
const seLinuxTypes: ReadonlySet<string> = new Set([
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
]);

/** What else baseline forbids: procMount, sysctls, types of SELinux. */
export const podKernelSettings: PodCheck = (reading) => {
  const { procMount } = reading.container.security;
  const sysctls = reading.pod.security.sysctls.filter((name) => !safeSysctls.has(name));
  const type = effective(reading, 'seLinuxType') ?? '';
  const evidence = [
    ...(procMount === undefined || procMount === 'Default'
      ? []
      : [saw(field('securityContext.procMount', reading), procMount)]),
    ...(sysctls.length === 0 ? [] : [saw('securityContext.sysctls', sysctls)]),
    ...(seLinuxTypes.has(type) ? [] : [saw('securityContext.seLinuxOptions.type', type)]),
  ];
  return evidence.length > 0
    ? fail('it changes what baseline leaves alone', ...evidence)
    : pass('it changes nothing of the kernel’s');
};

export const podReadOnlyRoot: PodCheck = (reading) => {
  const { readOnlyRootFilesystem } = reading.container.security;
  const evidence = saw(field('securityContext.readOnlyRootFilesystem', reading), readOnlyRootFilesystem ?? 'not set');
  return readOnlyRootFilesystem === true
    ? pass('nothing is written into its image', evidence)
    : fail('programs can be put into it', evidence);
};

export const podLimits: PodCheck = (reading) => {
  const { memoryLimit, cpuLimit, role } = reading.container;
  if (role === 'ephemeral') return pass('ephemeral containers have none');
  const evidence = [
    saw(field('resources.limits.memory', reading), memoryLimit ?? 'not set'),
    saw(field('resources.limits.cpu', reading), cpuLimit ?? 'not set'),
  ];
  if (memoryLimit === undefined) return fail('it may take all memory of the node', ...evidence);
  return cpuLimit === undefined
    ? warn('it may take all processors of the node', ...evidence)
    : pass('it has limits', ...evidence);
};

export const podImagePinned: PodCheck = (reading) => {
  const { image } = reading.container;
  const evidence = saw(field('image', reading), image);
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return pass('it is named by its digest', evidence);
  const tag = /:([^/:@]+)$/.exec(image)?.[1];
  return tag === undefined || tag === 'latest'
    ? fail('another image may be behind it tomorrow', evidence)
    : warn('it is named by a tag, which can be moved', evidence);
};

export const podToken: PodCheck = ({ pod, container }) => {
  const mounted = container.volumes.some((name) => pod.tokenVolumes.includes(name));
  const evidence = [
    saw('spec.automountServiceAccountToken', pod.automountToken ?? 'not set'),
    saw('spec.serviceAccountName', pod.serviceAccount),
  ];
  if (!mounted) return pass('it has no token of its service account', ...evidence);
  return pod.serviceAccount === 'default'
    ? fail('it has the token of the default service account, which is every pod’s', ...evidence)
    : warn('it has a token: right where it talks to the API, else a gift', ...evidence);
};

export const podServiceAccount: PodCheck = ({ pod }) => {
  const evidence = saw('spec.serviceAccountName', pod.serviceAccount);
  return pod.serviceAccount === 'default' || pod.serviceAccount === ''
    ? warn('it runs as the default service account: what one pod of the namespace gets, all get', evidence)
    : pass('it has an account of its own', evidence);
};

export const podProbes: PodCheck = (reading) => {
  const { role, probes } = reading.container;
  if (role !== 'main' || ['job', 'cronjob'].includes(reading.pod.controller?.kind.toLowerCase() ?? ''))
    return pass('it ends by itself');
  const evidence = saw(field('probes', reading), probes);
  return probes.length === 0 ? fail('nobody notices when it hangs', evidence) : pass('it is probed', evidence);
};

/** What a pod promises, and the check on the node that the kernel answers. */
const promises: readonly (readonly [promise: string, check: string, promised: (reading: PodReading) => boolean])[] = [
  [
    'runs as another user than root',
    'user-root',
    (one) => effective(one, 'runAsNonRoot') === true || (effective(one, 'runAsUser') ?? 0) > 0,
  ],
  ['is not privileged', 'privileged', (one) => one.container.security.privileged !== true],
  [
    'has all capabilities dropped',
    'net-raw',
    (one) =>
      one.container.security.capDrop.map(plain).includes('ALL') &&
      !one.container.security.capAdd.map(plain).includes('NET_RAW'),
  ],
  ['gains no privileges', 'no-new-privileges', (one) => one.container.security.allowPrivilegeEscalation === false],
  [
    'has a seccomp filter',
    'seccomp',
    (one) => ['RuntimeDefault', 'Localhost'].includes(effective(one, 'seccomp') ?? ''),
  ],
  ['has a read-only root', 'root-filesystem', (one) => one.container.security.readOnlyRootFilesystem === true],
  ['has its own network', 'host-network', (one) => !one.pod.hostNetwork],
  ['has its own processes', 'host-pid', (one) => !one.pod.hostPid],
  ['has a limit of memory', 'memory-limit', (one) => one.container.memoryLimit !== undefined],
];

/** Checks of agents that pods' specs are compared with. */
export const kernelPromises: readonly string[] = promises.map(([, check]) => check);

/** Whether the kernel of the node lets it do no more than its spec says. */
export const podKernel: PodCheck = (reading) => {
  const { kernel } = reading;
  if (kernel === undefined) return unknown('no agent has looked at it on its node');
  const kept = promises.filter(([, , promised]) => promised(reading));
  const broken = kept.filter(([, check]) => kernel.get(check) === 'fail');
  if (broken.length > 0)
    return fail(
      'the kernel of its node lets it do more than its spec says',
      ...broken.map(([promise, check]) => saw(`spec: ${promise}`, `${check} fails on the node`)),
    );
  const seen = kept.filter(([, check]) => ['pass', 'warn'].includes(kernel.get(check) ?? ''));
  if (kept.length > 0 && seen.length === 0)
    return unknown('nothing of what its spec promises could be read on its node');
  return pass(
    'the kernel agrees with its spec',
    saw(
      'agree',
      seen.map(([, check]) => check),
    ),
  );
};
