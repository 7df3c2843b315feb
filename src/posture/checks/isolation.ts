import { posix } from 'node:path';
import type { ContainerReading, EngineContainer, EngineMount } from '../reading.ts';
import { engineSilent, fail, kernelSilent, pass, saw, unknown, unread, warn } from './judged.ts';
import type { ContainerCheck, Judged } from './judged.ts';

const optionOf = ({ securityOptions }: EngineContainer, name: string): string | undefined =>
  securityOptions.find((one) => one.startsWith(`${name}=`) || one.startsWith(`${name}:`))?.slice(name.length + 1);

export const privileged: ContainerCheck = ({ api, container }) => {
  // Of a pod without an engine, its spec says it.
  const said = api?.privileged ?? container.privileged;
  const evidence = [saw(api === undefined ? 'securityContext.privileged' : 'HostConfig.Privileged', said)];
  return said ? fail('it may do everything that root of the node may', ...evidence) : pass('it is not', ...evidence);
};

export const appArmor: ContainerCheck = ({ api, kernel, host }) => {
  if (!host.appArmor)
    return pass(
      'the node has no AppArmor: see security-module',
      saw('/sys/module/apparmor/parameters/enabled', 'not Y'),
    );
  const label = kernel?.label?.replace(/ \(\w+\)$/, '');
  const evidence = [
    ...(api?.appArmorProfile === undefined ? [] : [saw('AppArmorProfile', api.appArmorProfile)]),
    ...(kernel?.label === undefined ? [] : [saw('/proc/PID/attr/current', kernel.label)]),
  ];
  if (label !== undefined) {
    if (label === 'unconfined') return fail('no profile confines it', ...evidence);
    if (kernel?.label?.endsWith('(complain)') === true) return warn('its profile only complains', ...evidence);
    return pass('a profile confines it', ...evidence);
  }
  if (api?.appArmorProfile === undefined) return unread;
  return api.appArmorProfile === '' || api.appArmorProfile === 'unconfined'
    ? fail('no profile confines it', ...evidence)
    : pass('a profile confines it', ...evidence);
};

export const seLinux: ContainerCheck = ({ api, kernel, host }) => {
  if (!host.seLinux) return pass('the node has no SELinux: see security-module', saw('/sys/fs/selinux', 'not there'));
  const evidence = [
    ...(api === undefined
      ? []
      : [saw('ProcessLabel', api.processLabel), saw('HostConfig.SecurityOpt', api.securityOptions)]),
    ...(kernel?.label === undefined ? [] : [saw('/proc/PID/attr/current', kernel.label)]),
  ];
  const label = kernel?.label ?? api?.processLabel;
  if (label === undefined) return unread;
  // user:role:type:level; spc_t is the type of those that are not confined.
  const type = label.split(':')[2] ?? '';
  return type === '' || /^(?:unconfined_t|spc_t|kernel_t|init_t|container_runtime_t)$/.test(type)
    ? fail('no type of SELinux confines it', ...evidence)
    : pass('SELinux confines it', ...evidence);
};

export const seccomp: ContainerCheck = ({ api, kernel, engine }) => {
  const option = api === undefined ? undefined : optionOf(api, 'seccomp');
  const evidence = [
    ...(api === undefined ? [] : [saw('HostConfig.SecurityOpt', api.securityOptions)]),
    ...(kernel?.seccomp === undefined ? [] : [saw('/proc/PID/status Seccomp', kernel.seccomp)]),
  ];
  if (kernel?.seccomp !== undefined)
    return kernel.seccomp === 0
      ? fail('it may make every system call', ...evidence)
      : pass('a filter is in force', ...evidence);
  if (api === undefined) return unread;
  if (option === 'unconfined' || api.privileged) return fail('it may make every system call', ...evidence);
  if (option !== undefined) return pass('it has a filter of its own', ...evidence);
  if (engine === undefined) return engineSilent;
  return engine.securityOptions.some((one) => one.startsWith('name=seccomp'))
    ? pass('the engine’s filter is in force', ...evidence)
    : fail('the engine has no filter', ...evidence);
};

export const maskedPaths: ContainerCheck = ({ api }) => {
  if (api === undefined) return engineSilent;
  if (api.maskedPaths === undefined && api.readonlyPaths === undefined)
    return api.privileged
      ? fail('nothing is masked in a privileged container', saw('HostConfig.MaskedPaths', 'null'))
      : engineSilent;
  const [masked, readonly] = [api.maskedPaths ?? [], api.readonlyPaths ?? []];
  const evidence = [saw('HostConfig.MaskedPaths', masked), saw('HostConfig.ReadonlyPaths', readonly)];
  if (masked.length === 0 || readonly.length === 0)
    return fail('nothing is masked, or nothing is read-only', ...evidence);
  return masked.includes('/proc/kcore') && readonly.includes('/proc/sys')
    ? pass('the usual paths are', ...evidence)
    : warn('not all of the usual paths are', ...evidence);
};

const modes = {
  net: ['networkMode', 'HostConfig.NetworkMode'],
  pid: ['pidMode', 'HostConfig.PidMode'],
  ipc: ['ipcMode', 'HostConfig.IpcMode'],
  uts: ['utsMode', 'HostConfig.UTSMode'],
  cgroup: ['cgroupnsMode', 'HostConfig.CgroupnsMode'],
} as const;
type Namespace = keyof typeof modes;

/** The check of one namespace. */
export function hostNamespace(name: Namespace): ContainerCheck {
  const [key, field] = modes[name];
  return ({ api, kernel, container }) => {
    const shared = kernel?.hostNamespaces?.includes(name);
    const evidence = [
      ...(api === undefined ? [] : [saw(field, api[key])]),
      ...(shared === undefined ? [] : [saw(`/proc/PID/ns/${name}`, shared ? 'of the node' : 'its own')]),
    ];
    if (api?.[key] === 'host' || shared === true) return fail('it is the node’s', ...evidence);
    if (api === undefined && shared === undefined)
      return container.hostNamespaces.includes(name) ? fail('its spec says so', saw('hostNamespaces', name)) : unread;
    return pass('it has its own', ...evidence);
  };
}

export const devices: ContainerCheck = ({ api }) => {
  if (api === undefined) return engineSilent;
  const evidence = [saw('HostConfig.Devices', api.devices), saw('HostConfig.DeviceCgroupRules', api.deviceRules)];
  if (api.privileged) return fail('a privileged container has all of them', ...evidence);
  const grave = api.devices.filter((one) => /^\/dev\/(?:sd|nvme|vd|xvd|dm-|mapper|mem|kmem|port|kvm)/.test(one));
  if (grave.length > 0) return fail(`it has ${grave.join(', ')}`, ...evidence);
  return api.devices.length + api.deviceRules.length > 0
    ? fail('it has some', ...evidence)
    : pass('it has none', ...evidence);
};

/** CIS Docker Benchmark 5.6, and what is as good as these. */
const sensitive: readonly { readonly path: string; readonly deep: boolean }[] = [
  ...['/', '/etc', '/dev', '/home', '/var', '/run', '/var/run', '/var/lib'].map((path) => ({ path, deep: false })),
  ...['/boot', '/lib', '/lib64', '/usr', '/bin', '/sbin', '/proc', '/sys', '/root'].map((path) => ({
    path,
    deep: true,
  })),
  ...['/etc/kubernetes', '/etc/cron.d', '/etc/ssh', '/etc/systemd', '/etc/sudoers.d', '/etc/pam.d'].map((path) => ({
    path,
    deep: true,
  })),
  ...['/etc/passwd', '/etc/shadow', '/etc/sudoers', '/etc/ld.so.preload', '/etc/crontab'].map((path) => ({
    path,
    deep: false,
  })),
  ...['/var/lib/docker', '/var/lib/containerd', '/var/lib/containers', '/var/lib/kubelet', '/var/spool/cron'].map(
    (path) => ({ path, deep: true }),
  ),
];
const harmless =
  /^\/(?:etc\/(?:localtime|timezone|hosts|hostname|resolv\.conf|ssl\/certs|ca-certificates|machine-id)|usr\/share\/(?:zoneinfo|ca-certificates))(?:\/|$)/;
const runtimeSocket = /(?:^|\/)(?:docker|podman|containerd|crio|cri-dockerd|buildkitd)(?:\/[\w.-]+)?\.sock$/;

/** Whether a path of the node is one that no ordinary container is given. Pure. */
export function isSensitivePath(source: string): boolean {
  const path = posix.normalize(source).replace(/(?<=.)\/$/, '');
  if (harmless.test(path)) return false;
  return sensitive.some((entry) => path === entry.path || (entry.deep && path.startsWith(`${entry.path}/`)));
}

const fromNode = ({
  api,
  container,
}: ContainerReading): readonly (Omit<EngineMount, 'propagation'> & { propagation?: string })[] =>
  (api?.mounts ?? container.mounts.map(({ readOnly, ...mount }) => ({ ...mount, writable: !readOnly }))).filter(
    ({ type }) => type === 'bind',
  );

/** Without the engine, what a pod mounts is known by its bundle; each has some, so that none at all is nothing read. */
const mountsUnread = ({ api, container }: ContainerReading): boolean =>
  api === undefined && container.mounts.length === 0;

export const sensitiveMounts: ContainerCheck = (reading) => {
  if (mountsUnread(reading)) return engineSilent;
  const found = fromNode(reading).filter(({ source }) => isSensitivePath(source) && !runtimeSocket.test(source));
  const evidence = found.map(({ source, destination, writable }) =>
    saw('Mounts[].Source', `${source} at ${destination}, ${writable ? 'writable' : 'read-only'}`),
  );
  if (found.some(({ writable }) => writable)) return fail('it may write to the node', ...evidence.slice(0, 8));
  return found.length > 0
    ? fail('it reads what is the node’s', ...evidence.slice(0, 8))
    : pass(
        'none is mounted',
        saw(
          'Mounts',
          fromNode(reading).map(({ source }) => source),
        ),
      );
};

export const engineSocket: ContainerCheck = (reading) => {
  if (mountsUnread(reading)) return engineSilent;
  const mounts = fromNode(reading);
  const found = mounts.filter(
    ({ source, destination }) => runtimeSocket.test(source) || runtimeSocket.test(destination),
  );
  // The directory of the socket is as good as the socket; read-only does not keep from talking to it.
  const holders = mounts.filter(({ source }) =>
    /^\/(?:|run|var|var\/run|run\/containerd|run\/docker|run\/podman|run\/crio)$/.test(
      posix.normalize(source).replace(/(?<=.)\/$/, ''),
    ),
  );
  const evidence = [...found, ...holders].map(({ source, destination }) =>
    saw('Mounts[].Source', `${source} at ${destination}`),
  );
  if (found.length > 0) return fail('who speaks to the engine is root of the node', ...evidence.slice(0, 8));
  return holders.length > 0
    ? fail('the socket is below what is mounted', ...evidence.slice(0, 8))
    : pass(
        'it is not mounted',
        saw(
          'Mounts',
          mounts.map(({ source }) => source),
        ),
      );
};

export const mountPropagation: ContainerCheck = ({ api }) => {
  if (api === undefined) return engineSilent;
  const shared = api.mounts.filter(({ propagation }) => /^r?shared$/.test(propagation));
  const evidence = shared.map(({ source, propagation }) => saw('Mounts[].Propagation', `${source}: ${propagation}`));
  return shared.length > 0
    ? fail('what it mounts there appears on the node', ...evidence)
    : pass(
        'none does',
        saw(
          'Mounts[].Propagation',
          api.mounts.map(({ propagation }) => propagation),
        ),
      );
};

export const rootFilesystem: ContainerCheck = ({ api, kernel }) => {
  const evidence = [
    ...(api === undefined ? [] : [saw('HostConfig.ReadonlyRootfs', api.readonlyRoot)]),
    ...(kernel?.rootReadonly === undefined ? [] : [saw('/proc/PID/mountinfo /', kernel.rootReadonly ? 'ro' : 'rw')]),
  ];
  const readonly = kernel?.rootReadonly ?? api?.readonlyRoot;
  if (readonly === undefined) return unread;
  return readonly ? pass('it is', ...evidence) : fail('it can be written', ...evidence);
};

export const kernelRootFilesystem: ContainerCheck = ({ api, kernel }) => {
  if (api === undefined) return engineSilent;
  if (kernel?.rootReadonly === undefined) return kernelSilent;
  const evidence = [
    saw('HostConfig.ReadonlyRootfs', api.readonlyRoot),
    saw('/proc/PID/mountinfo /', kernel.rootReadonly ? 'ro' : 'rw'),
  ];
  return api.readonlyRoot && !kernel.rootReadonly
    ? fail('the engine says read-only, the kernel says rw: it was mounted anew', ...evidence)
    : pass('the kernel is no weaker than the engine says', ...evidence);
};

export const kernelSeccomp: ContainerCheck = ({ api, kernel, engine }) => {
  if (api === undefined) return engineSilent;
  if (kernel?.seccomp === undefined) return kernelSilent;
  const option = optionOf(api, 'seccomp');
  const byEngine = engine?.securityOptions.some(
    (one) => /^name=seccomp,profile=(?!unconfined)/.test(one) || one === 'name=seccomp',
  );
  const expected = option === 'unconfined' || api.privileged ? false : option !== undefined ? true : byEngine;
  const evidence = [
    saw('HostConfig.SecurityOpt', api.securityOptions),
    saw('/proc/PID/status Seccomp', kernel.seccomp),
  ];
  if (expected === undefined) return engineSilent;
  return expected && kernel.seccomp === 0
    ? fail('the engine says that a filter is in force, the kernel says Seccomp 0', ...evidence)
    : pass('the kernel is no weaker than the engine says', ...evidence);
};

export const kernelAppArmor: ContainerCheck = ({ api, kernel, host }): Judged => {
  if (!host.appArmor) return pass('the node has no AppArmor', saw('/sys/module/apparmor/parameters/enabled', 'not Y'));
  if (api?.appArmorProfile === undefined) return engineSilent;
  if (kernel?.label === undefined) return kernelSilent;
  const evidence = [saw('AppArmorProfile', api.appArmorProfile), saw('/proc/PID/attr/current', kernel.label)];
  const confined = api.appArmorProfile !== '' && api.appArmorProfile !== 'unconfined';
  return confined && kernel.label === 'unconfined'
    ? fail(`the engine says ${api.appArmorProfile}, the kernel says unconfined`, ...evidence)
    : pass('the kernel is no weaker than the engine says', ...evidence);
};

export const kernelNamespaces: ContainerCheck = ({ api, kernel }) => {
  if (api === undefined) return engineSilent;
  if (kernel?.hostNamespaces === undefined)
    return unknown('the namespaces could not be compared with those of the node');
  const wrong = (Object.keys(modes) as Namespace[]).filter((name) => {
    const mode = api[modes[name][0]];
    // Where the engine says nothing, or names another container whose it is, there is nothing to compare.
    const told = mode !== 'host' && !mode.startsWith('container:') && (mode !== '' || name === 'pid' || name === 'uts');
    return told && kernel.hostNamespaces?.includes(name) === true;
  });
  const evidence = wrong.flatMap((name) => [
    saw(modes[name][1], api[modes[name][0]]),
    saw(`/proc/PID/ns/${name}`, 'of the node'),
  ]);
  return wrong.length > 0
    ? fail(`the engine says that it has its own, the kernel says that ${wrong.join(', ')} is the node’s`, ...evidence)
    : pass('the kernel knows of no other than the engine', saw('/proc/PID/ns', kernel.hostNamespaces));
};

const runtimeFiles =
  /^\/(?:etc\/(?:resolv\.conf|hostname|hosts|localtime)|run\/\.containerenv|run\/secrets|run\/podman-init|sbin\/docker-init|dev|proc|sys)(?:\/|$)/;
/** File systems that belong to no disk of the node, but for what is mounted from one. */
const pseudo =
  /^(?:proc|sysfs|cgroup2?|tmpfs|devpts|devtmpfs|mqueue|overlay|fuse-overlayfs|aufs|securityfs|debugfs|tracefs|bpf|nsfs|hugetlbfs)$/;

export const kernelMounts: ContainerCheck = ({ api, kernel, container }) => {
  if (api === undefined) return engineSilent;
  if (kernel === undefined || kernel.mounts.length === 0) return kernelSilent;
  if (container.workload.kind === 'kubernetes')
    return pass('the kubelet mounts more than the engine knows', saw('mounts', kernel.mounts.length));
  if (api.devices.some((one) => one.startsWith('request of ')))
    return pass('a driver of devices mounts its own', saw('HostConfig.DeviceRequests', api.devices));
  const known = [...api.mounts.map(({ destination }) => destination), ...api.tmpfs].map((path) =>
    posix.normalize(path).replace(/(?<=.)\/$/, ''),
  );
  const extra = kernel.mounts.filter(
    ({ point, type }) =>
      point !== '/' &&
      !runtimeFiles.test(point) &&
      !pseudo.test(type) &&
      !known.some((path) => point === path || point.startsWith(`${path}/`)),
  );
  const evidence = extra
    .slice(0, 8)
    .map(({ point, root, device, type }) => saw('/proc/PID/mountinfo', `${point}: ${type} ${device} ${root}`));
  return extra.length > 0
    ? fail(
        `the kernel says that ${extra
          .slice(0, 3)
          .map(({ point }) => point)
          .join(', ')} is mounted, which the engine did not do`,
        ...evidence,
      )
    : pass('the kernel knows of no other than the engine', saw('Mounts', known));
};
