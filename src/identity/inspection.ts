import type Docker from 'dockerode';
import type { Container } from '../model/container.ts';
import { cgroupOf } from './cgroup.ts';
import { workloadOf } from './workload.ts';

/** A container with what only this room needs. */
export interface Inspected {
  readonly container: Container;
  readonly running: boolean;
  readonly healthcheck: readonly string[];
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
  const pid = info.State.Running ? info.State.Pid : 0;
  const host = info.HostConfig as unknown as Readonly<Record<string, unknown>>;
  const namespace = labels['io.kubernetes.pod.namespace'];
  const pod = labels['io.kubernetes.pod.name'];
  const healthcheck =
    (info.Config as { Healthcheck?: { Test?: readonly string[] | null } | null }).Healthcheck?.Test ?? [];
  return {
    running: info.State.Running,
    healthcheck,
    container: {
      id: info.Id,
      name,
      image,
      digest: info.Image,
      workload: workloadOf({ name, image, labels }),
      cgroupId: pid === 0 ? undefined : cgroupOf(pid)?.id,
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
      ...(pod === undefined ? {} : { pod }),
      ...(namespace === undefined ? {} : { namespace }),
    },
  };
}
