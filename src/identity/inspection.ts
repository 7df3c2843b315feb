import { z } from 'zod';
import type { Container } from '../model/container.ts';
import { parse } from '../protocol/message.ts';
import { cgroupOf } from './cgroup.ts';
import { weakenings } from './weakenings.ts';
import { workloadOf } from './workload.ts';

const texts = z.array(z.string()).nullish();

/** What is used of the engine's answer. Engines leave out what is empty, or say null; what is there has to be what it is used as. */
const answerSchema = z.object({
  Id: z.string().min(1),
  Name: z.string(),
  Image: z.string(),
  Created: z.string().default(''),
  State: z.object({ Running: z.boolean(), Pid: z.int().min(0).default(0), StartedAt: z.string().default('') }),
  Config: z.object({
    Image: z.string(),
    Labels: z.record(z.string(), z.string()).nullish(),
    Healthcheck: z.object({ Test: texts }).nullish(),
    Shell: texts,
  }),
  HostConfig: z.record(z.string(), z.unknown()).nullish(),
  Mounts: z
    .array(
      z.object({
        Type: z.string().default('bind'),
        Source: z.string().default(''),
        Destination: z.string(),
        RW: z.boolean().optional(),
      }),
    )
    .nullish(),
});

type Config = z.infer<typeof answerSchema>['Config'];

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

/**
 * Makes a Container of the engine's answer (Docker Engine API, `GET /containers/{id}/json`).
 * @throws AnchorwatchError `engine.answer`, which names the field that is not as that API has it
 */
export function inspected(answer: unknown): Inspected {
  const info = parse(
    answerSchema,
    answer,
    'engine.answer',
    'the engine says something else of a container than its API',
  );
  const labels = info.Config.Labels ?? {};
  const name = info.Name.replace(/^\//, '');
  const image = info.Config.Image;
  const startedAtMs = Date.parse(info.State.StartedAt);
  const createdAtMs = Date.parse(info.Created);
  const pid = info.State.Running ? info.State.Pid : 0;
  const healthcheck = healthcheckCommand(info.Config);
  const host = info.HostConfig ?? {};
  const weakened = weakenings(host);
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
        type: mount.Type,
        source: mount.Source,
        destination: mount.Destination,
        readOnly: mount.RW !== true,
      })),
      privileged: host['Privileged'] === true,
      hostNamespaces: Object.entries(namespaceModes).flatMap(([short, mode]) => (host[mode] === 'host' ? [short] : [])),
      ...(weakened.length === 0 ? {} : { weakenings: weakened }),
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
function healthcheckCommand({ Healthcheck: healthcheck, Shell: shell }: Config): readonly string[] {
  const [kind, ...rest] = healthcheck?.Test ?? [];
  if (kind === 'CMD') return rest;
  if (kind !== 'CMD-SHELL') return [];
  return [...(shell?.length ? shell : ['/bin/sh', '-c']), ...rest];
}
