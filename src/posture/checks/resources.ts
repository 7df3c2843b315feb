import type { EngineContainer } from '../reading.ts';
import { engineSilent, fail, kernelSilent, pass, saw, unread, warn } from './judged.ts';
import type { ContainerCheck } from './judged.ts';

export const memoryLimit: ContainerCheck = ({ api, kernel }) => {
  const limit = kernel?.limits.memoryBytes;
  const evidence = [
    ...(api === undefined ? [] : [saw('HostConfig.Memory', api.memoryBytes)]),
    ...(limit === undefined ? [] : [saw('memory.max', limit === Infinity ? 'max' : limit)]),
  ];
  if (limit !== undefined)
    return limit === Infinity ? fail('it may take all of it', ...evidence) : pass('it is', ...evidence);
  if (api === undefined) return unread;
  return api.memoryBytes > 0 ? pass('it is', ...evidence) : fail('it may take all of it', ...evidence);
};

/** Processors that the engine allows; undefined: as many as there are. */
function cpusOf({ nanoCpus, cpuQuota, cpuPeriod }: EngineContainer): number | undefined {
  if (nanoCpus > 0) return nanoCpus / 1e9;
  return cpuQuota > 0 ? cpuQuota / (cpuPeriod > 0 ? cpuPeriod : 100_000) : undefined;
}

export const cpuLimit: ContainerCheck = ({ api, kernel }) => {
  const limit = kernel?.limits.cpus;
  const evidence = [
    ...(api === undefined
      ? []
      : [
          saw('HostConfig.NanoCpus', api.nanoCpus),
          saw('HostConfig.CpuQuota', api.cpuQuota),
          saw('HostConfig.CpuShares', api.cpuShares),
          saw('HostConfig.CpusetCpus', api.cpuset),
        ]),
    ...(limit === undefined ? [] : [saw('cpu.max', limit === Infinity ? 'max' : limit)]),
  ];
  if (limit !== undefined && limit !== Infinity) return pass('it is limited', ...evidence);
  if (api === undefined) return limit === undefined ? unread : fail('it may take all processors', ...evidence);
  const shared = (api.cpuShares !== 0 && api.cpuShares !== 1024) || api.cpuset !== '';
  if (shared) return pass('it is shared out', ...evidence);
  return limit === undefined && cpusOf(api) !== undefined
    ? pass('it is limited', ...evidence)
    : fail('it may take all processors', ...evidence);
};

export const pidsLimit: ContainerCheck = ({ api, kernel }) => {
  const limit = kernel?.limits.pids;
  const evidence = [
    ...(api === undefined ? [] : [saw('HostConfig.PidsLimit', api.pidsLimit)]),
    ...(limit === undefined ? [] : [saw('pids.max', limit === Infinity ? 'max' : limit)]),
  ];
  if (limit !== undefined)
    return limit === Infinity ? fail('it may make as many as it likes', ...evidence) : pass('they are', ...evidence);
  if (api === undefined) return unread;
  return api.pidsLimit > 0 ? pass('they are', ...evidence) : fail('it may make as many as it likes', ...evidence);
};

export const ulimits: ContainerCheck = ({ api, host }) => {
  if (api === undefined) return engineSilent;
  const defaults = host.daemonFile?.settings?.['default-ulimits'];
  const flagged = host.daemonArguments?.some((word) => word.startsWith('--default-ulimit')) === true;
  const evidence = [saw('HostConfig.Ulimits', api.ulimits)];
  if (api.ulimits.length > 0) return pass('they are set', ...evidence);
  return defaults !== undefined || flagged
    ? pass('the engine’s defaults hold', ...evidence, saw('default-ulimits', 'set'))
    : warn('neither the container nor the engine sets any', ...evidence);
};

export const restartPolicy: ContainerCheck = ({ api, container }) => {
  if (api === undefined)
    return container.workload.kind === 'kubernetes'
      ? pass('the kubelet backs off', saw('workload', 'kubernetes'))
      : engineSilent;
  const evidence = [
    saw(
      'HostConfig.RestartPolicy',
      `${api.restartPolicy === '' ? 'no' : api.restartPolicy}, ${String(api.restartsMax)} at most`,
    ),
  ];
  if (api.restartPolicy === '' || api.restartPolicy === 'no') return pass('it is not restarted', ...evidence);
  return api.restartPolicy === 'on-failure' && api.restartsMax > 0 && api.restartsMax <= 5
    ? pass('they are', ...evidence)
    : warn('it is restarted without an end', ...evidence);
};

export const oomKill: ContainerCheck = ({ api }) => {
  if (api === undefined) return engineSilent;
  const evidence = [saw('HostConfig.OomKillDisable', api.oomKillDisable), saw('HostConfig.Memory', api.memoryBytes)];
  return api.oomKillDisable
    ? fail('it may not: others are ended in its place', ...evidence)
    : pass('it may', ...evidence);
};

export const cgroupParent: ContainerCheck = ({ api }) => {
  if (api === undefined) return engineSilent;
  const evidence = [saw('HostConfig.CgroupParent', api.cgroupParent)];
  const usual = /^(?:|\/?docker|system\.slice|machine\.slice|user\.slice|\/?libpod_parent|\/?kubepods.*)$/.test(
    api.cgroupParent,
  );
  return usual ? pass('it is', ...evidence) : warn('it is in another, whose limits are others', ...evidence);
};

export const kernelMemoryLimit: ContainerCheck = ({ api, kernel }) => {
  if (api === undefined) return engineSilent;
  const limit = kernel?.limits.memoryBytes;
  if (limit === undefined) return kernelSilent;
  const evidence = [saw('HostConfig.Memory', api.memoryBytes), saw('memory.max', limit === Infinity ? 'max' : limit)];
  // The kernel rounds down to pages.
  return api.memoryBytes > 0 && limit > api.memoryBytes
    ? fail(
        `the engine says ${String(api.memoryBytes)} bytes, the kernel says ${limit === Infinity ? 'no limit' : String(limit)}`,
        ...evidence,
      )
    : pass('the kernel is no weaker than the engine says', ...evidence);
};

export const kernelPidsLimit: ContainerCheck = ({ api, kernel }) => {
  if (api === undefined) return engineSilent;
  const limit = kernel?.limits.pids;
  if (limit === undefined) return kernelSilent;
  const evidence = [saw('HostConfig.PidsLimit', api.pidsLimit), saw('pids.max', limit === Infinity ? 'max' : limit)];
  return api.pidsLimit > 0 && limit > api.pidsLimit
    ? fail(
        `the engine says ${String(api.pidsLimit)}, the kernel says ${limit === Infinity ? 'no limit' : String(limit)}`,
        ...evidence,
      )
    : pass('the kernel is no weaker than the engine says', ...evidence);
};

export const kernelCpuLimit: ContainerCheck = ({ api, kernel }) => {
  if (api === undefined) return engineSilent;
  const limit = kernel?.limits.cpus;
  if (limit === undefined) return kernelSilent;
  const said = cpusOf(api);
  const evidence = [
    saw('HostConfig.NanoCpus', api.nanoCpus),
    saw('HostConfig.CpuQuota', api.cpuQuota),
    saw('cpu.max', limit === Infinity ? 'max' : limit),
  ];
  return said !== undefined && limit > said * 1.01
    ? fail(
        `the engine says ${String(said)} processors, the kernel says ${limit === Infinity ? 'no limit' : String(limit)}`,
        ...evidence,
      )
    : pass('the kernel is no weaker than the engine says', ...evidence);
};
