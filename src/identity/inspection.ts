import type Docker from 'dockerode';
import type { Container } from '../model/container.ts';
import { cgroupOf } from './cgroup.ts';
import { workloadOf } from './workload.ts';

/** A container, and whether it runs. */
export interface Inspected {
  readonly container: Container;
  readonly running: boolean;
}

/** The namespaces whose mode is asked for in HostConfig. */
const namespaceModes = {
  net: 'NetworkMode',
  pid: 'PidMode',
  ipc: 'IpcMode',
  uts: 'UTSMode',
  user: 'UsernsMode',
} as const;

/** Makes a Container of the engine's answer (Docker Engine API, `GET /containers/{id}/json`). */
export function inspected(info: Docker.ContainerInspectInfo): Inspected {
  const labels = info.Config.Labels ?? {};
  const name = info.Name.replace(/^\//, '');
  const image = info.Config.Image;
  const startedAtMs = Date.parse(info.State.StartedAt);
  const createdAtMs = Date.parse(info.Created);
  const pid = info.State.Running ? info.State.Pid : 0;
  const healthcheck = healthcheckCommand(info.Config);
  const host = info.HostConfig as unknown as Readonly<Record<string, unknown>>;
  const namespace = labels['io.kubernetes.pod.namespace'];
  const pod = labels['io.kubernetes.pod.name'];
  return {
    running: info.State.Running,
    container: {
      id: info.Id,
      name,
      image,
      digest: info.Image,
      workload: workloadOf({ name, image, labels }),
      cgroupId: pid === 0 ? undefined : cgroupOf(pid, info.Id)?.id,
      pid,
      startedAtMs: Number.isNaN(startedAtMs) || startedAtMs <= 0 ? undefined : startedAtMs,
      labels,
      mounts: (info.Mounts ?? []).map((mount) => ({
        type: mount.Type ?? 'bind',
        source: mount.Source,
        destination: mount.Destination,
        readOnly: !mount.RW,
      })),
      privileged: host['Privileged'] === true,
      hostNamespaces: Object.entries(namespaceModes).flatMap(([short, mode]) => (host[mode] === 'host' ? [short] : [])),
      ...(Number.isNaN(createdAtMs) ? {} : { createdAtMs }),
      ...(healthcheck.length === 0 ? {} : { healthcheck }),
      ...(pod === undefined ? {} : { pod }),
      ...(namespace === undefined ? {} : { namespace }),
    },
  };
}

/**
 * `CMD a b` is executed as it stands, `CMD-SHELL text` by the image's shell (Docker Engine API, `HealthConfig`; moby: daemon/health.go).
 */
function healthcheckCommand(config: object): readonly string[] {
  const { Healthcheck: healthcheck, Shell: shell } = config as {
    Healthcheck?: { Test?: readonly string[] | null } | null;
    Shell?: readonly string[] | null;
  };
  const [kind, ...rest] = healthcheck?.Test ?? [];
  if (kind === 'CMD') return rest;
  if (kind !== 'CMD-SHELL') return [];
  return [...(shell?.length ? shell : ['/bin/sh', '-c']), ...rest];
}
