import { readdirSync, statSync } from 'node:fs';
import { kernelMadeMs, kernelMounts, releaseOf } from './kernel-text.ts';
import { processesNamed, textOf } from './kernel-reading.ts';
import type { FileFacts, HostSelf } from './reading.ts';

const mountsMax = 4096;

/**
 * What the node says of itself. Never throws: what cannot be read is undefined.
 * @param engine Address of the engine, `unix:///var/run/docker.sock`
 */
export function readHost(engine: string, proc: string = '/proc', etc: string = '/etc', sys: string = '/sys'): HostSelf {
  const version = textOf(`${proc}/version`) ?? '';
  const release = textOf(`${etc}/os-release`);
  const mounts = kernelMounts(textOf(`${proc}/1/mountinfo`) ?? textOf(`${proc}/self/mountinfo`) ?? '', mountsMax);
  const socket = engine.startsWith('unix://') ? engine.slice('unix://'.length) : undefined;
  const processes = processesNamed(/^(?:dockerd|podman|auditd)$/, proc);
  const daemons = processes.filter(({ name }) => name !== 'auditd').map(({ words }) => words);
  // Several engines on one node: the one that is asked is named by its socket.
  const mine = daemons.find((words) => socket !== undefined && words.some((word) => word.includes(socket)));
  const daemonArguments = mine ?? (daemons.length === 1 ? daemons[0] : undefined);
  const daemonPath = configFile(daemonArguments) ?? `${etc}/docker/daemon.json`;
  const daemonFile = factsOf(daemonPath);
  return {
    kernel: /^Linux version (\S+)/.exec(version)?.[1] ?? '',
    kernelMadeMs: kernelMadeMs(version),
    release: release === undefined ? undefined : releaseOf(release),
    appArmor: textOf(`${sys}/module/apparmor/parameters/enabled`)?.trim() === 'Y',
    seLinux: textOf(`${sys}/fs/selinux/enforce`) !== undefined,
    rootDevice: mounts.find(({ point }) => point === '/')?.device,
    mountPoints: mounts.map(({ point }) => point),
    socket: socket === undefined ? undefined : factsOf(socket),
    daemonFile: daemonFile === undefined ? undefined : { ...daemonFile, settings: settingsOf(daemonPath) },
    daemonArguments,
    dockerGroup: groupMembers(textOf(`${etc}/group`) ?? '', 'docker'),
    auditRuns: processes.some(({ name }) => name === 'auditd'),
    auditRules: auditRules(etc),
  };
}

function configFile(words: readonly string[] | undefined): string | undefined {
  const at = words?.findIndex((word) => word === '--config-file' || word.startsWith('--config-file=')) ?? -1;
  if (words === undefined || at < 0) return undefined;
  return words[at]?.includes('=') === true ? words[at].slice('--config-file='.length) : words[at + 1];
}

function factsOf(path: string): FileFacts | undefined {
  try {
    const { uid, gid, mode } = statSync(path);
    return { path, uid, gid, mode: mode & 0o7777 };
  } catch {
    return undefined;
  }
}

function settingsOf(path: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(textOf(path) ?? '');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Of group(5); undefined when there is no such group. Pure. */
export function groupMembers(text: string, name: string): readonly string[] | undefined {
  const line = text.split('\n').find((one) => one.startsWith(`${name}:`));
  return line
    ?.split(':')[3]
    ?.split(',')
    .filter((member) => member !== '');
}

/** Rules for auditd that name the engine or its files; undefined where there are none to read. */
function auditRules(etc: string): number | undefined {
  let files: readonly string[] = [];
  try {
    files = readdirSync(`${etc}/audit/rules.d`).map((name) => `${etc}/audit/rules.d/${name}`);
  } catch {
    // Without the directory there is one file, or none.
  }
  const texts = [...files, `${etc}/audit/audit.rules`].flatMap((file) => textOf(file) ?? []);
  if (texts.length === 0) return undefined;
  const lines = new Set(texts.flatMap((text) => text.split('\n')).map((line) => line.trim()));
  return [...lines].filter((line) => /^-[wa]\b/.test(line) && /docker|containerd|runc|podman/.test(line)).length;
}
