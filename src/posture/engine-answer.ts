import { z } from 'zod';
import type { EngineContainer, EngineImage, EngineSelf, Searched } from './reading.ts';
import { secretIn, secretsInArguments, secretsInCommand, secretsInEnvironment } from './secrets.ts';
import type { FoundSecret } from './secrets.ts';

/*
 * What the engine's API answers (Docker Engine API 1.40 to 1.51, Podman's of the same form). Engines leave out what is empty, or say null: what is of another form
 * than it should be counts as not told.
 */
const text = z.string().catch('');
const number = z.number().catch(0);
const yes = z.boolean().catch(false);
const texts = z.array(z.string()).nullish().catch(undefined);
const list = <Item>(item: z.ZodType<Item>): z.ZodType<readonly Item[]> =>
  z
    .array(z.unknown())
    .catch([])
    .transform((items) =>
      items.flatMap((one) => {
        const read = item.safeParse(one);
        return read.success ? [read.data] : [];
      }),
    );

const containerSchema = z.object({
  Image: text,
  Path: text,
  Args: texts,
  AppArmorProfile: z.string().optional().catch(undefined),
  ProcessLabel: text,
  State: z.object({ Health: z.object({ Status: text }).nullish().catch(undefined) }).catch({ Health: undefined }),
  Config: z.object({
    Image: text,
    User: text,
    Env: texts,
    Cmd: texts,
    Entrypoint: texts,
    Labels: z.record(z.string(), z.string()).nullish().catch(undefined),
    Healthcheck: z.object({ Test: texts }).nullish().catch(undefined),
    ExposedPorts: z.record(z.string(), z.unknown()).nullish().catch(undefined),
  }),
  HostConfig: z.object({
    ...{ Privileged: yes, CapAdd: texts, CapDrop: texts, SecurityOpt: texts, ReadonlyRootfs: yes },
    ...{ NetworkMode: text, PidMode: text, IpcMode: text, UTSMode: text, UsernsMode: text, CgroupnsMode: text },
    ...{ CgroupParent: text, Memory: number, NanoCpus: number, CpuQuota: number, CpuPeriod: number, CpuShares: number },
    ...{ CpusetCpus: text, PidsLimit: number, OomKillDisable: yes, DeviceCgroupRules: texts },
    ...{ MaskedPaths: texts, ReadonlyPaths: texts, Tmpfs: z.record(z.string(), z.string()).nullish().catch(undefined) },
    Ulimits: list(z.object({ Name: z.string(), Soft: number, Hard: number })),
    RestartPolicy: z.object({ Name: text, MaximumRetryCount: number }).catch({ Name: '', MaximumRetryCount: 0 }),
    LogConfig: z.object({ Type: text }).catch({ Type: '' }),
    Devices: list(z.object({ PathOnHost: text, CgroupPermissions: text })),
    DeviceRequests: list(z.object({ Driver: text })),
  }),
  Mounts: list(z.object({ Type: text, Source: text, Destination: text, RW: yes, Propagation: text })),
  NetworkSettings: z
    .object({
      Networks: z.record(z.string(), z.unknown()).nullish().catch(undefined),
      Ports: z.record(z.string(), z.unknown()).nullish().catch(undefined),
    })
    .catch({ Networks: undefined, Ports: undefined }),
});

const binding = list(z.object({ HostIp: text, HostPort: text }));

/** Of `GET /containers/{id}/json`; undefined when that is no such answer. Pure. */
export function engineContainer(answer: unknown): EngineContainer | undefined {
  const read = containerSchema.safeParse(answer);
  if (!read.success) return undefined;
  const { Config: config, HostConfig: host, ...info } = read.data;
  const command = [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
  return {
    imageName: config.Image,
    imageId: info.Image,
    user: config.User,
    environment: searched(config.Env ?? [], secretsInEnvironment),
    labels: searched(Object.entries(config.Labels ?? {}), secretsInPairs),
    command: searched(command.length > 0 ? command : [info.Path, ...(info.Args ?? [])], secretsInArguments),
    healthcheck: (config.Healthcheck?.Test ?? []).some((word) => word !== '' && word !== 'NONE') || hasHealth(info),
    appArmorProfile: info.AppArmorProfile,
    processLabel: info.ProcessLabel,
    privileged: host.Privileged,
    capAdd: (host.CapAdd ?? []).map(capabilityName),
    capDrop: (host.CapDrop ?? []).map(capabilityName),
    securityOptions: host.SecurityOpt ?? [],
    readonlyRoot: host.ReadonlyRootfs,
    ...{ networkMode: host.NetworkMode, pidMode: host.PidMode, ipcMode: host.IpcMode, utsMode: host.UTSMode },
    ...{ usernsMode: host.UsernsMode, cgroupnsMode: host.CgroupnsMode, cgroupParent: host.CgroupParent },
    ...{ memoryBytes: host.Memory, nanoCpus: host.NanoCpus, cpuQuota: host.CpuQuota, cpuPeriod: host.CpuPeriod },
    ...{ cpuShares: host.CpuShares, cpuset: host.CpusetCpus, pidsLimit: host.PidsLimit },
    ulimits: host.Ulimits.map(({ Name, Soft, Hard }) => `${Name}=${String(Soft)}:${String(Hard)}`),
    oomKillDisable: host.OomKillDisable,
    restartPolicy: host.RestartPolicy.Name,
    restartsMax: host.RestartPolicy.MaximumRetryCount,
    logDriver: host.LogConfig.Type,
    devices: [
      ...host.Devices.map(({ PathOnHost, CgroupPermissions }) => `${PathOnHost}:${CgroupPermissions}`),
      ...host.DeviceRequests.map(({ Driver }) => `request of ${Driver === '' ? 'a driver' : Driver}`),
    ],
    deviceRules: host.DeviceCgroupRules ?? [],
    maskedPaths: host.MaskedPaths ?? undefined,
    readonlyPaths: host.ReadonlyPaths ?? undefined,
    tmpfs: Object.keys(host.Tmpfs ?? {}),
    mounts: info.Mounts.map((mount) => ({
      ...{ type: mount.Type, source: mount.Source, destination: mount.Destination },
      ...{ writable: mount.RW, propagation: mount.Propagation },
    })),
    networks: Object.keys(info.NetworkSettings.Networks ?? {}),
    ports: Object.entries(info.NetworkSettings.Ports ?? {}).flatMap(([inside, bindings]) =>
      binding
        .parse(bindings ?? [])
        .map(({ HostIp, HostPort }) => ({ inside, address: HostIp, port: Number(HostPort) })),
    ),
    exposed: [
      ...new Set([...Object.keys(config.ExposedPorts ?? {}), ...Object.keys(info.NetworkSettings.Ports ?? {})]),
    ].toSorted(),
  };
}

function hasHealth({
  State,
}: {
  readonly State: { readonly Health?: { readonly Status: string } | null | undefined };
}): boolean {
  return State.Health?.Status !== undefined && State.Health.Status !== '' && State.Health.Status !== 'none';
}

function searched<Text>(all: readonly Text[], search: (all: readonly Text[]) => readonly FoundSecret[]): Searched {
  return { count: all.length, secrets: search(all) };
}

/** Of labels. */
export function secretsInPairs(pairs: readonly (readonly [string, string])[]): readonly FoundSecret[] {
  return pairs.flatMap(([name, value]) => secretIn(name, value) ?? []);
}

/** `CAP_NET_RAW`, `net_raw`: `NET_RAW`. */
function capabilityName(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, '');
}

const imageSchema = z.object({
  Id: text,
  Created: text,
  RepoDigests: texts,
  Config: z.object({ Env: texts }).nullish().catch(undefined),
});
const historySchema = list(z.object({ CreatedBy: text }));

/** Of `GET /images/{name}/json` and `GET /images/{name}/history`. Pure. */
export function engineImage(answer: unknown, history: unknown): EngineImage | undefined {
  const read = imageSchema.safeParse(answer);
  if (!read.success || read.data.Id === '') return undefined;
  const createdMs = Date.parse(read.data.Created);
  return {
    id: read.data.Id,
    repoDigests: read.data.RepoDigests ?? [],
    // What is built to be the same each time says 1970, or 0001.
    createdMs: Number.isNaN(createdMs) || createdMs < 946_684_800_000 ? undefined : createdMs,
    environment: searched(read.data.Config?.Env ?? [], secretsInEnvironment),
    history: Array.isArray(history)
      ? searched(
          historySchema.parse(history).map(({ CreatedBy }) => CreatedBy),
          (lines) => lines.flatMap(secretsInCommand),
        )
      : undefined,
  };
}

const infoSchema = z.object({
  ServerVersion: text,
  SecurityOptions: texts,
  LiveRestoreEnabled: z.boolean().optional().catch(undefined),
  ExperimentalBuild: z.boolean().optional().catch(undefined),
  Driver: text,
  LoggingDriver: text,
  DockerRootDir: text,
  Warnings: texts,
  Swarm: z.object({ LocalNodeState: text }).nullish().catch(undefined),
  RegistryConfig: z
    .object({
      InsecureRegistryCIDRs: texts,
      IndexConfigs: z
        .record(z.string(), z.object({ Secure: z.boolean().catch(true) }))
        .nullish()
        .catch(undefined),
    })
    .nullish()
    .catch(undefined),
});
const versionSchema = z.object({
  BuildTime: text,
  Components: list(z.object({ Name: text, Details: z.object({ BuildTime: text }).nullish().catch(undefined) })),
});
const networkSchema = z.object({ Options: z.record(z.string(), z.string()).nullish().catch(undefined) });

/** Of `GET /info`, `GET /version` and `GET /networks/bridge` (undefined: there is none). Undefined when the first is no such answer. Pure. */
export function engineSelf(info: unknown, version: unknown, bridge: unknown): EngineSelf | undefined {
  const read = infoSchema.safeParse(info);
  if (!read.success) return undefined;
  const said = versionSchema.safeParse(version);
  const component = said.data?.Components.find(({ Name }) => Name === 'Engine');
  const builtMs = Date.parse(component?.Details?.BuildTime ?? said.data?.BuildTime ?? '');
  const network = networkSchema.safeParse(bridge);
  const icc = network.data?.Options?.['com.docker.network.bridge.enable_icc'];
  const registries = read.data.RegistryConfig;
  return {
    version: read.data.ServerVersion,
    builtMs: Number.isNaN(builtMs) ? undefined : builtMs,
    securityOptions: read.data.SecurityOptions ?? [],
    liveRestore: read.data.LiveRestoreEnabled,
    experimental: read.data.ExperimentalBuild,
    storageDriver: read.data.Driver,
    loggingDriver: read.data.LoggingDriver,
    rootDirectory: read.data.DockerRootDir,
    insecureRegistries:
      registries === undefined || registries === null
        ? undefined
        : [
            ...(registries.InsecureRegistryCIDRs ?? []),
            ...Object.entries(registries.IndexConfigs ?? {}).flatMap(([name, { Secure }]) => (Secure ? [] : [name])),
          ],
    swarm: read.data.Swarm?.LocalNodeState,
    warnings: read.data.Warnings ?? [],
    interContainer: icc === undefined ? undefined : icc === 'true',
  };
}

const execSchema = z.object({
  ProcessConfig: z.object({ privileged: yes, user: text }),
});

/** Of `GET /exec/{id}/json`. Pure. */
export function engineExec(answer: unknown): { readonly privileged: boolean; readonly user: string } | undefined {
  return execSchema.safeParse(answer).data?.ProcessConfig;
}
