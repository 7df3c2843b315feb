import type { EngineSelf, HostSelf } from '../reading.ts';
import { engineSilent, fail, pass, saw, unknown, warn } from './judged.ts';
import type { NodeCheck } from './judged.ts';

const dayMs = 86_400_000;
const kernelAgeMs = 180 * dayMs;
const kernelOldMs = 365 * dayMs;
const engineAgeMs = 365 * dayMs;

/** Systems that are made to run containers, by ID or VARIANT_ID of os-release(5). */
const containerSystems =
  /^(?:bottlerocket|flatcar|coreos|cos|talos|rancheros|photon|fedora-coreos|silverblue|iot|microos|sle-micro|sl-micro|k3os|rhcos|ubuntu-core|burmillaos|wolfi|chainguard)$/;

export const kernelSupported: NodeCheck = ({ host, nowMs }) => {
  if (host.kernelMadeMs === undefined) return unknown('/proc/version does not say when the kernel was made');
  const days = Math.floor((nowMs - host.kernelMadeMs) / dayMs);
  const evidence = [
    saw('/proc/version', host.kernel),
    saw('made', new Date(host.kernelMadeMs).toISOString().slice(0, 10)),
  ];
  if (nowMs - host.kernelMadeMs > kernelOldMs) return fail(`it was made ${String(days)} days ago`, ...evidence);
  return nowMs - host.kernelMadeMs > kernelAgeMs
    ? warn(`it was made ${String(days)} days ago`, ...evidence)
    : pass(`it was made ${String(Math.max(0, days))} days ago`, ...evidence);
};

export const operatingSystem: NodeCheck = ({ host, nowMs }) => {
  if (host.release === undefined) return unknown('/etc/os-release could not be read');
  const { ID = '', VARIANT_ID = '', VERSION_ID = '', PRETTY_NAME = ID, SUPPORT_END } = host.release;
  const evidence = [
    saw('/etc/os-release', PRETTY_NAME),
    ...(SUPPORT_END === undefined ? [] : [saw('SUPPORT_END', SUPPORT_END)]),
  ];
  const endMs = SUPPORT_END === undefined ? Number.NaN : Date.parse(SUPPORT_END);
  if (endMs < nowMs) return fail('its support has ended', ...evidence);
  if (containerSystems.test(ID) || containerSystems.test(VARIANT_ID))
    return pass('it is made for containers', ...evidence);
  if (endMs >= nowMs) return pass('it is supported', ...evidence);
  return VERSION_ID === ''
    ? warn('it says neither its version nor how long it is supported', ...evidence)
    : warn('it is a general-purpose system, and does not say how long it is supported', ...evidence);
};

/** A check of what the engine says of itself. */
function ofEngine(judge: (engine: EngineSelf, host: HostSelf, nowMs: number) => ReturnType<NodeCheck>): NodeCheck {
  return ({ engine, host, nowMs }) => (engine === undefined ? engineSilent : judge(engine, host, nowMs));
}

const hasOption = ({ securityOptions }: EngineSelf, name: string): boolean =>
  securityOptions.some((one) => one === `name=${name}` || one.startsWith(`name=${name},`));

export const swarm: NodeCheck = ofEngine(({ swarm: state }) => {
  if (state === undefined) return pass('the engine has no such mode', saw('Swarm.LocalNodeState', 'not told'));
  return state === 'inactive' || state === ''
    ? pass('it is off', saw('Swarm.LocalNodeState', state))
    : warn('it is on', saw('Swarm.LocalNodeState', state));
});

export const engineVersion: NodeCheck = ofEngine(({ version, builtMs }, _host, nowMs) => {
  if (builtMs === undefined) return unknown('the engine does not say when it was built');
  const evidence = [saw('Version', version), saw('BuildTime', new Date(builtMs).toISOString().slice(0, 10))];
  const days = Math.floor((nowMs - builtMs) / dayMs);
  return nowMs - builtMs > engineAgeMs
    ? fail(`it was built ${String(days)} days ago`, ...evidence)
    : pass(`it was built ${String(Math.max(0, days))} days ago`, ...evidence);
});

export const engineSeccomp: NodeCheck = ofEngine((engine) => {
  const evidence = [saw('SecurityOptions', engine.securityOptions)];
  const option = engine.securityOptions.find((one) => one.startsWith('name=seccomp'));
  if (option === undefined) return fail('it puts none', ...evidence);
  return option.includes('profile=unconfined')
    ? fail('its default is unconfined', ...evidence)
    : pass('it does', ...evidence);
});

export const securityModule: NodeCheck = ({ engine, host }) => {
  const evidence = [
    ...(engine === undefined ? [] : [saw('SecurityOptions', engine.securityOptions)]),
    saw('/sys/module/apparmor/parameters/enabled', host.appArmor ? 'Y' : 'not Y'),
    saw('/sys/fs/selinux', host.seLinux ? 'there' : 'not there'),
  ];
  if (!host.appArmor && !host.seLinux) return fail('neither is on', ...evidence);
  if (engine === undefined) return engineSilent;
  return hasOption(engine, 'apparmor') || hasOption(engine, 'selinux')
    ? pass('the engine uses it', ...evidence)
    : fail('one is on, and the engine does not use it', ...evidence);
};

export const userNamespaces: NodeCheck = ofEngine((engine) => {
  const evidence = [saw('SecurityOptions', engine.securityOptions)];
  return hasOption(engine, 'userns') || hasOption(engine, 'rootless')
    ? pass('it is not', ...evidence)
    : fail('uid 0 in a container is uid 0 on the node', ...evidence);
});

export const rootless: NodeCheck = ofEngine((engine) =>
  hasOption(engine, 'rootless')
    ? pass('it does not', saw('SecurityOptions', engine.securityOptions))
    : warn('it does', saw('SecurityOptions', engine.securityOptions)),
);

export const noNewPrivilegesDefault: NodeCheck = ofEngine((engine) =>
  hasOption(engine, 'no-new-privileges')
    ? pass('none', saw('SecurityOptions', engine.securityOptions))
    : warn('only those that ask for it gain none', saw('SecurityOptions', engine.securityOptions)),
);

export const liveRestore: NodeCheck = ofEngine(({ liveRestore: on }) => {
  if (on === undefined)
    return pass('the engine has no daemon that they would need', saw('LiveRestoreEnabled', 'not told'));
  return on ? pass('they do', saw('LiveRestoreEnabled', on)) : warn('they end with it', saw('LiveRestoreEnabled', on));
});

/** Where the engine listens: of its arguments (`-H x`, `-Hx`, `--host=x`) and its file. Pure. */
export function hostsOf(
  words: readonly string[],
  settings: Readonly<Record<string, unknown>> | undefined,
): readonly string[] {
  const hosts: string[] = [];
  for (const [index, word] of words.entries()) {
    if (word === '-H' || word === '--host') hosts.push(words[index + 1] ?? '');
    else if (word.startsWith('--host=')) hosts.push(word.slice('--host='.length));
    else if (/^-H[^-]/.test(word)) hosts.push(word.slice(2).replace(/^=/, ''));
  }
  const listed = settings?.['hosts'];
  return [...hosts, ...(Array.isArray(listed) ? listed.filter((one): one is string => typeof one === 'string') : [])];
}

/** A switch of the engine: its file's key, or a flag. */
function switchOf(host: HostSelf, name: string): boolean | undefined {
  const flag = host.daemonArguments?.find((word) => word === `--${name}` || word.startsWith(`--${name}=`));
  if (flag !== undefined) return !/=(?:false|0)$/.test(flag);
  const value = host.daemonFile?.settings?.[name];
  return typeof value === 'boolean' ? value : undefined;
}

export const engineTcp: NodeCheck = ({ engine, host }) => {
  const told =
    engine?.warnings.filter((one) => /without encryption|accessible on .*(?:http|tcp)|tlsverify/i.test(one)) ?? [];
  if (told.length > 0)
    return fail(
      'everybody who reaches the port is root of the node',
      ...told.map((one) => saw('Warnings', one.split('\n')[0])),
    );
  if (host.daemonArguments === undefined)
    return engine === undefined
      ? engineSilent
      : unknown('the engine does not warn of it; its process, which would say for certain, was not found');
  const tcp = hostsOf(host.daemonArguments, host.daemonFile?.settings).filter((one) =>
    /^(?:tcp|https?):|^\d|^:\d/.test(one),
  );
  const verify = switchOf(host, 'tlsverify') === true;
  const evidence = [saw('hosts', hostsOf(host.daemonArguments, host.daemonFile?.settings)), saw('tlsverify', verify)];
  if (tcp.length === 0) return pass('it listens on no port', ...evidence);
  return verify
    ? pass('it asks for client certificates', ...evidence)
    : fail('everybody who reaches the port is root of the node', ...evidence);
};

export const insecureRegistries: NodeCheck = ofEngine(({ insecureRegistries: registries }) => {
  if (registries === undefined) return unknown('the engine does not say');
  const others = registries.filter((one) => !/^(?:127\.|::1|localhost)/.test(one));
  return others.length > 0
    ? fail('some are not', saw('RegistryConfig', others))
    : pass('all but those of this machine', saw('RegistryConfig', registries));
});

export const storageDriver: NodeCheck = ofEngine(({ storageDriver: driver }) => {
  const evidence = [saw('Driver', driver)];
  if (/^(?:aufs|devicemapper|overlay)$/.test(driver)) return fail('it is out of support', ...evidence);
  return driver === 'vfs' ? warn('it copies whole images', ...evidence) : pass('it is', ...evidence);
});

export const experimental: NodeCheck = ofEngine(({ experimental: on }) =>
  on === true
    ? warn('they are on', saw('ExperimentalBuild', on))
    : pass('they are off', saw('ExperimentalBuild', on ?? false)),
);

export const interContainer: NodeCheck = ofEngine(({ interContainer: icc }) => {
  if (icc === undefined) return unknown('there is no default bridge, or it was not told');
  const evidence = [saw('com.docker.network.bridge.enable_icc', icc)];
  return icc ? warn('they do', ...evidence) : pass('they do not', ...evidence);
});

export const userlandProxy: NodeCheck = ofEngine((_engine, host) => {
  if (host.daemonArguments === undefined) return unknown('the engine’s process was not found');
  const on = switchOf(host, 'userland-proxy') ?? true;
  return on ? warn('one does', saw('userland-proxy', on)) : pass('none does', saw('userland-proxy', on));
});

export const loggingDriver: NodeCheck = ofEngine(({ loggingDriver: driver }) => {
  const evidence = [saw('LoggingDriver', driver)];
  if (driver === 'none') return fail('they are thrown away', ...evidence);
  return /^(?:json-file|local|k8s-file)$/.test(driver)
    ? warn('they are kept on this node alone', ...evidence)
    : pass('they are', ...evidence);
});

export const socketPermissions: NodeCheck = ({ host }) => {
  if (host.socket === undefined) return unknown('the engine’s socket could not be looked at');
  const { path, uid, gid, mode } = host.socket;
  const evidence = [saw(path, `uid ${String(uid)} gid ${String(gid)} mode ${mode.toString(8)}`)];
  if ((mode & 0o006) !== 0) return fail('everybody on the node may speak to the engine', ...evidence);
  return uid === 0 && (mode & 0o111) === 0
    ? pass('it is', ...evidence)
    : warn('it is not root’s, or has odd permissions', ...evidence);
};

export const dockerGroup: NodeCheck = ({ host }) => {
  if (host.dockerGroup === undefined) return pass('there is no such group', saw('/etc/group', 'no docker'));
  return host.dockerGroup.length === 0
    ? pass('it has no members', saw('/etc/group docker', []))
    : warn(`${String(host.dockerGroup.length)} besides root`, saw('/etc/group docker', host.dockerGroup));
};

export const daemonFile: NodeCheck = ({ host }) => {
  if (host.daemonFile === undefined) return pass('there is none', saw('/etc/docker/daemon.json', 'not there'));
  const { path, uid, mode } = host.daemonFile;
  const evidence = [saw(path, `uid ${String(uid)} mode ${mode.toString(8)}`)];
  return uid !== 0 || (mode & 0o022) !== 0 ? fail('others may', ...evidence) : pass('only root may', ...evidence);
};

export const separatePartition: NodeCheck = ofEngine(({ rootDirectory }, host) => {
  if (rootDirectory === '' || host.mountPoints.length === 0)
    return unknown('the engine’s directory, or the mounts of the node, could not be read');
  const evidence = [saw('DockerRootDir', rootDirectory)];
  return host.mountPoints.includes(rootDirectory)
    ? pass('they have', ...evidence)
    : warn('a full image store fills the system’s disk', ...evidence);
});

export const audit: NodeCheck = ({ host }) => {
  const evidence = [
    saw('auditd', host.auditRuns ? 'runs' : 'does not run'),
    saw('rules', host.auditRules ?? 'could not be read'),
  ];
  if (!host.auditRuns) return warn('auditd does not run', ...evidence);
  if (host.auditRules === undefined) return unknown('auditd runs; its rules could not be read');
  return host.auditRules > 0 ? pass('it does', ...evidence) : warn('no rule names the engine', ...evidence);
};
