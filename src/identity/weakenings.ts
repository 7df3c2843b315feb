/** Capabilities that reach the node or other processes; none of them is among those that Docker and Kubernetes give. */
const farReaching: ReadonlySet<string> = new Set([
  ...['ALL', 'BPF', 'CHECKPOINT_RESTORE', 'DAC_READ_SEARCH', 'MAC_ADMIN', 'MAC_OVERRIDE', 'PERFMON', 'SYSLOG'],
  ...['SYS_ADMIN', 'SYS_BOOT', 'SYS_MODULE', 'SYS_PTRACE', 'SYS_RAWIO', 'SYS_TIME'],
]);

/** How many are told of one container at most. */
const weakeningsMax = 64;

/**
 * What a container's `HostConfig` (Docker Engine API) takes from its isolation, each thing in a few words. A privileged one has none besides: it has all. Pure; what
 * is of another type than the API says is left out.
 */
export function weakenings(host: Readonly<Record<string, unknown>>): readonly string[] {
  if (host['Privileged'] === true) return [];
  const out = new Set<string>();
  for (const added of texts(host['CapAdd'])) {
    const capability = added.toUpperCase().replace(/^CAP_/, '');
    if (farReaching.has(capability)) out.add(`capability ${capability}`);
  }
  for (const option of texts(host['SecurityOpt'])) {
    if (/^seccomp[=:]unconfined$/.test(option)) out.add('no seccomp');
    if (/^apparmor[=:]unconfined$/.test(option)) out.add('no AppArmor');
    // Docker adds it by itself to what shares the node's processes or shared memory.
    if (/^label[=:]disable$/.test(option) && host['PidMode'] !== 'host' && host['IpcMode'] !== 'host')
      out.add('no SELinux');
  }
  for (const device of list(host['Devices'])) {
    const path =
      typeof device === 'object' && device !== null && 'PathOnHost' in device ? device.PathOnHost : undefined;
    if (typeof path === 'string') out.add(`device ${path.slice(0, 256)}`);
  }
  if (typeof host['PidMode'] === 'string' && host['PidMode'].startsWith('container:'))
    out.add('processes of a container');
  return [...out].slice(0, weakeningsMax);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function texts(value: unknown): readonly string[] {
  return list(value).filter((one) => typeof one === 'string');
}
