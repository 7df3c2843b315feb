import { capabilities as capabilityNames } from '../../model/call.ts';
import type { EngineContainer } from '../reading.ts';
import { engineSilent, fail, kernelSilent, pass, saw, unknown, unread, warn } from './judged.ts';
import type { ContainerCheck } from './judged.ts';

/** What Docker gives (moby: oci/caps/defaults.go), and Podman a part of. */
const defaultNames = new Set(
  'CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE'.split(
    ' ',
  ),
);
/** With one of these a process is as good as root of the node, or reads what others do. */
const graveNames = new Set(
  'SYS_ADMIN SYS_MODULE SYS_RAWIO SYS_PTRACE DAC_READ_SEARCH NET_ADMIN BPF PERFMON SYS_BOOT SYS_TIME MAC_ADMIN MAC_OVERRIDE SYSLOG ALL'.split(
    ' ',
  ),
);
/** CAP_NET_RAW of include/uapi/linux/capability.h. */
const netRaw = 13n;

/** Names of a mask, upper case, without `CAP_`. Pure. */
function namesOf(mask: bigint): readonly string[] {
  return Array.from({ length: 64 }, (_, number) => number)
    .filter((number) => (mask >> BigInt(number)) & 1n)
    .map((number) => (capabilityNames[number] ?? `cap_${String(number)}`).toUpperCase());
}

const isRoot = (user: string): boolean => /^(?:|0|root|0:.*|root:.*)$/.test(user.trim());

export const userRoot: ContainerCheck = ({ api, kernel }) => {
  const told = api === undefined ? [] : [saw('Config.User', api.user)];
  if (kernel !== undefined) {
    const evidence = [...told, saw('/proc/PID/status Uid', kernel.uid)];
    if (kernel.uid === 0) return fail('its first process is root of the node', ...evidence);
    if (kernel.uid === kernel.rootUid)
      return warn('its first process is root of the container, which is nobody of note on the node', ...evidence);
    if (api !== undefined && isRoot(api.user))
      return warn('it is started as root; its first process gave that up', ...evidence);
    return pass('its first process is not root', ...evidence);
  }
  if (api === undefined) return unread;
  return isRoot(api.user) ? fail('it is started as root', ...told) : pass('it is started as another user', ...told);
};

export const capabilities: ContainerCheck = ({ api, kernel }) => {
  if (api === undefined && kernel === undefined) return unread;
  const added = (api?.capAdd ?? []).filter((name) => !defaultNames.has(name));
  const held = kernel === undefined ? [] : namesOf(kernel.bounding);
  const beyond = held.filter((name) => !defaultNames.has(name));
  const evidence = [
    ...(api === undefined ? [] : [saw('HostConfig.CapAdd', api.capAdd), saw('HostConfig.CapDrop', api.capDrop)]),
    ...(kernel === undefined ? [] : [saw('/proc/PID/status CapBnd', held)]),
  ];
  const grave = [...new Set([...added, ...beyond])].filter((name) => graveNames.has(name));
  if (grave.length > 0) return fail(`it holds ${grave.slice(0, 6).join(', ')}`, ...evidence);
  if (added.length + beyond.length > 0) return fail('it holds more than the engine gives by default', ...evidence);
  if (api !== undefined && api.capAdd.length > 0 && !api.capDrop.includes('ALL'))
    return warn('capabilities are added, if only such as the engine gives anyway', ...evidence);
  return pass('no more than the engine gives by default', ...evidence);
};

export const noNewPrivileges: ContainerCheck = ({ api, kernel, engine }) => {
  const option = api?.securityOptions.find((one) => one.startsWith('no-new-privileges'));
  const wanted = option !== undefined && !/[:=]false$/.test(option);
  const byDefault = option === undefined && engine?.securityOptions.includes('name=no-new-privileges') === true;
  const evidence = [
    ...(api === undefined ? [] : [saw('HostConfig.SecurityOpt', api.securityOptions)]),
    ...(kernel?.noNewPrivileges === undefined
      ? []
      : [saw('/proc/PID/status NoNewPrivs', kernel.noNewPrivileges ? 1 : 0)]),
  ];
  if (kernel?.noNewPrivileges !== undefined)
    return kernel.noNewPrivileges
      ? pass('its programs gain nothing', ...evidence)
      : fail('a program with a setuid bit or file capabilities gains what its process did not have', ...evidence);
  if (api === undefined) return unread;
  return wanted || byDefault
    ? pass('its programs gain nothing', ...evidence)
    : fail('it is not asked for', ...evidence);
};

export const userNamespace: ContainerCheck = ({ api, kernel, engine }) => {
  if (api === undefined && kernel?.hostNamespaces === undefined) return unread;
  const evidence = [
    ...(api === undefined ? [] : [saw('HostConfig.UsernsMode', api.usernsMode)]),
    ...(kernel?.hostNamespaces === undefined
      ? []
      : [saw('/proc/PID/ns/user', kernel.hostNamespaces.includes('user') ? 'of the node' : 'its own')]),
  ];
  if (api?.usernsMode === 'host') return fail('it opted out of user namespaces', ...evidence);
  if (
    kernel?.hostNamespaces?.includes('user') === true &&
    engine?.securityOptions.some((one) => one.startsWith('name=userns')) === true
  )
    return fail('the engine remaps users, and it is in the namespace of the node', ...evidence);
  return pass('it did not opt out of user namespaces', ...evidence);
};

export const execPrivileged: ContainerCheck = ({ execs }) => {
  if (execs === undefined) return unknown('what is executed in it is not told by its runtime');
  const evidence = [
    saw('GET /events exec_create', execs.total),
    saw('GET /exec/{id}/json privileged', execs.privileged),
  ];
  if (execs.privileged > 0)
    return fail(`${String(execs.privileged)} privileged since the agent watches it`, ...evidence);
  if (execs.missed > 0)
    return unknown(`${String(execs.missed)} of what was executed ended before it could be asked for`);
  return pass('nothing privileged since the agent watches it', ...evidence);
};

export const execRoot: ContainerCheck = ({ execs }) => {
  if (execs === undefined) return unknown('what is executed in it is not told by its runtime');
  const evidence = [
    saw('GET /events exec_create', execs.total),
    saw('GET /exec/{id}/json user', `root: ${String(execs.root)}`),
  ];
  if (execs.root > 0) return fail(`${String(execs.root)} as root since the agent watches it`, ...evidence);
  if (execs.missed > 0)
    return unknown(`${String(execs.missed)} of what was executed ended before it could be asked for`);
  return pass('nothing as root since the agent watches it', ...evidence);
};

export const netRawDropped: ContainerCheck = ({ api, kernel }) => {
  const dropped = api === undefined ? undefined : !mayHave(api, 'NET_RAW');
  const evidence = [
    ...(api === undefined ? [] : [saw('HostConfig.CapDrop', api.capDrop), saw('HostConfig.CapAdd', api.capAdd)]),
    ...(kernel === undefined ? [] : [saw('/proc/PID/status CapBnd bit 13', (kernel.bounding >> netRaw) & 1n)]),
  ];
  if (kernel !== undefined)
    return ((kernel.bounding >> netRaw) & 1n) === 0n
      ? pass('it cannot open raw sockets', ...evidence)
      : fail('it may open raw sockets', ...evidence);
  if (dropped === undefined) return unread;
  return dropped ? pass('it cannot open raw sockets', ...evidence) : fail('it may open raw sockets', ...evidence);
};

/** Whether the engine would give a capability. Pure. */
export function mayHave({ privileged, capAdd, capDrop }: EngineContainer, name: string): boolean {
  if (privileged || capAdd.includes(name)) return true;
  if (capAdd.includes('ALL')) return !capDrop.includes(name);
  return defaultNames.has(name) && !capDrop.includes('ALL') && !capDrop.includes(name);
}

/** A disagreement: the kernel lets it do more than the engine says. */
export const kernelUser: ContainerCheck = ({ api, kernel }) => {
  if (api === undefined) return engineSilent;
  if (kernel === undefined) return kernelSilent;
  const evidence = [saw('Config.User', api.user), saw('/proc/PID/status Uid', kernel.uid)];
  const root = kernel.uid === 0 || kernel.uid === kernel.rootUid;
  if (root && !isRoot(api.user))
    return fail(`the engine says user ${api.user}, the kernel says uid ${String(kernel.uid)}`, ...evidence);
  const numeric = /^(\d+)(?::.*)?$/.exec(api.user)?.[1];
  if (numeric !== undefined && kernel.rootUid === 0 && Number(numeric) !== kernel.uid)
    return warn(`the engine says uid ${numeric}, the kernel says uid ${String(kernel.uid)}`, ...evidence);
  return pass('both say the same, or the process gave up what it had', ...evidence);
};

export const kernelCapabilities: ContainerCheck = ({ api, kernel }) => {
  if (api === undefined) return engineSilent;
  if (kernel === undefined) return kernelSilent;
  const more = namesOf(kernel.bounding | kernel.effective).filter((name) => !mayHave(api, name));
  const evidence = [
    saw('HostConfig.CapAdd', api.capAdd),
    saw('HostConfig.CapDrop', api.capDrop),
    saw('/proc/PID/status CapBnd', namesOf(kernel.bounding)),
  ];
  return more.length > 0
    ? fail(`the kernel says that it holds ${more.slice(0, 8).join(', ')}, which the engine did not give`, ...evidence)
    : pass('the kernel knows of nothing that the engine did not give', ...evidence);
};

export const kernelNoNewPrivileges: ContainerCheck = ({ api, kernel }) => {
  if (api === undefined) return engineSilent;
  if (kernel?.noNewPrivileges === undefined) return kernelSilent;
  const option = api.securityOptions.find((one) => one.startsWith('no-new-privileges'));
  const wanted = option !== undefined && !/[:=]false$/.test(option);
  const evidence = [
    saw('HostConfig.SecurityOpt', api.securityOptions),
    saw('/proc/PID/status NoNewPrivs', kernel.noNewPrivileges ? 1 : 0),
  ];
  return wanted && !kernel.noNewPrivileges
    ? fail('the engine says no-new-privileges, the kernel says NoNewPrivs 0', ...evidence)
    : pass('the kernel is no weaker than the engine says', ...evidence);
};
