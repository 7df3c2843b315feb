import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PostureResult } from '../model/posture.ts';
import { checkContainer, checkNode, containerChecks, nodeChecks } from './checks.ts';
import { hostsOf } from './checks/node.ts';
import { isSensitivePath } from './checks/isolation.ts';
import { engineContainer, engineExec, engineImage, engineSelf } from './engine-answer.ts';
import type { ContainerReading, EngineContainer, EngineSelf, HostSelf, KernelContainer } from './reading.ts';

const dayMs = 86_400_000;
const nowMs = Date.parse('2026-11-28T12:00:00Z');
/** Docker's default set. */
const defaultCapabilities = 0xa804_25fbn;

const api: EngineContainer = {
  ...{ imageName: 'shop/web:7', imageId: 'sha256:aa', user: '33', healthcheck: true },
  ...{ environment: { count: 2, secrets: [] }, labels: { count: 0, secrets: [] }, command: { count: 1, secrets: [] } },
  ...{ appArmorProfile: 'docker-default', processLabel: '', privileged: false, capAdd: [], capDrop: ['ALL'] },
  ...{ securityOptions: ['no-new-privileges'], readonlyRoot: true },
  ...{ networkMode: 'own', pidMode: '', ipcMode: 'private', utsMode: '', usernsMode: '', cgroupnsMode: 'private' },
  ...{ cgroupParent: '', memoryBytes: 1 << 26, nanoCpus: 5e8, cpuQuota: 0, cpuPeriod: 0, cpuShares: 0, cpuset: '' },
  ...{ pidsLimit: 50, ulimits: ['nofile=1:1'], oomKillDisable: false, restartPolicy: 'on-failure', restartsMax: 5 },
  ...{ logDriver: 'json-file', devices: [], deviceRules: [], tmpfs: ['/tmp'] },
  ...{
    maskedPaths: ['/proc/kcore'],
    readonlyPaths: ['/proc/sys'],
    mounts: [],
    networks: ['own'],
    ports: [],
    exposed: [],
  },
};
const kernel: KernelContainer = {
  ...{ uid: 33, rootUid: 0, effective: 0n, bounding: 0n, noNewPrivileges: true, seccomp: 2 },
  ...{
    label: 'docker-default (enforce)',
    rootReadonly: true,
    hostNamespaces: [],
    programs: ['web'],
    listening: [],
  },
  mounts: [{ device: '0:1', root: '/', point: '/', readonly: true, type: 'overlay' }],
  limits: { memoryBytes: 1 << 26, pids: 50, cpus: 0.5 },
};
const engine: EngineSelf = {
  ...{
    version: '28.1',
    builtMs: nowMs - 30 * dayMs,
    liveRestore: true,
    experimental: false,
    storageDriver: 'overlay2',
  },
  securityOptions: ['name=seccomp,profile=builtin', 'name=apparmor', 'name=userns', 'name=no-new-privileges'],
  ...{
    loggingDriver: 'journald',
    rootDirectory: '/var/lib/docker',
    insecureRegistries: ['127.0.0.0/8'],
    swarm: 'inactive',
  },
  ...{ warnings: [], interContainer: false },
};
const host: HostSelf = {
  ...{ kernelMadeMs: nowMs - 10 * dayMs, kernel: '6.12', release: { ID: 'flatcar' }, appArmor: true, seLinux: false },
  ...{ rootDevice: '8:1', mountPoints: ['/', '/var/lib/docker'], dockerGroup: [], auditRuns: true, auditRules: 3 },
  socket: { path: '/run/docker.sock', uid: 0, gid: 999, mode: 0o660 },
  daemonFile: { path: '/etc/docker/daemon.json', uid: 0, gid: 0, mode: 0o644, settings: {} },
  daemonArguments: ['dockerd', '-H', 'unix:///run/docker.sock', '--userland-proxy=false'],
};
const container: ContainerReading['container'] = {
  ...{ id: 'c'.repeat(64), name: 'web', image: 'shop/web:7', digest: 'sha256:aa', pid: 7, cgroupId: '9' },
  ...{ workload: { id: 'w', name: 'shop/web', kind: 'image' }, startedAtMs: 0, labels: {}, mounts: [] },
  ...{ privileged: false, hostNamespaces: [] },
};
const reading: ContainerReading = {
  ...{ container, api, kernel, engine, host, tagId: 'sha256:aa', watched: true, nowMs },
  image: {
    id: 'sha256:aa',
    createdMs: nowMs - dayMs,
    repoDigests: [`shop/web@sha256:${'a'.repeat(64)}`],
    environment: { count: 1, secrets: [] },
    history: { count: 1, secrets: [] },
  },
  execs: { total: 0, privileged: 0, root: 0, missed: 0 },
  replicas: [],
  origin: {
    learned: { own: 60, others: [] },
    signature: { signedBy: ['key cosign.pub'], refused: [] },
    ...{ isSigningAsked: true, isScanAsked: true },
    vulnerabilities: { scanners: ['trivy'], scannedMs: nowMs - dayMs, items: [], counts: {} },
  },
};

function judge(
  check: string,
  change: Omit<Partial<ContainerReading>, 'api' | 'kernel' | 'host'> & {
    api?: Partial<EngineContainer> | undefined;
    kernel?: Partial<KernelContainer> | undefined;
    host?: Partial<HostSelf>;
  },
): PostureResult | undefined {
  const judged = containerChecks[check]?.({
    ...{ ...reading, ...change },
    api: 'api' in change ? change.api && { ...api, ...change.api } : api,
    kernel: 'kernel' in change ? change.kernel && { ...kernel, ...change.kernel } : kernel,
    host: { ...host, ...change.host },
  });
  return judged?.result;
}

test('what is as it should be passes all, but that a tag can be moved', () => {
  const others = checkContainer(reading).filter(({ result }) => result !== 'pass');
  expect(others.map(({ check, result }) => [check, result])).toEqual([['image-pinned', 'warn']]);
  const node = checkNode({ engine, host, nowMs }).filter(({ result }) => result !== 'pass');
  expect(node.map(({ check, result }) => [check, result])).toEqual([['rootless', 'warn']]);
});

const mount = { type: 'bind', source: '/srv', destination: '/x', writable: true, propagation: 'rprivate' };
const port = { inside: '80/tcp', address: '127.0.0.1', port: 8080 };
const secret = { count: 1, secrets: [{ name: 'TOKEN', kind: 'random value', length: 30 }] };
type Change = Parameters<typeof judge>[1];
const unconfined: Change = { api: { appArmorProfile: 'unconfined' }, kernel: { label: 'unconfined' } };

/** The expectations of docker-bench-security's section 5 as a table, by numbers of CIS Docker Benchmark 1.6.0, and of the rest: what breaks each. */
const broken: readonly (readonly [number: string, check: string, change: Change, result: PostureResult])[] = [
  ['5.2', 'apparmor', unconfined, 'fail'],
  ['5.2', 'apparmor', { api: { appArmorProfile: '' }, kernel: undefined }, 'fail'],
  ['5.3', 'selinux', { host: { seLinux: true }, kernel: { label: 'system_u:system_r:spc_t:s0' } }, 'fail'],
  ['5.3', 'selinux', { host: { seLinux: true }, kernel: { label: 'system_u:system_r:container_t:s0:c1,c2' } }, 'pass'],
  ['5.4', 'capabilities', { api: { capAdd: ['SYS_ADMIN'] } }, 'fail'],
  ['5.4', 'capabilities', { kernel: { bounding: defaultCapabilities | (1n << 21n) } }, 'fail'],
  ['5.4', 'capabilities', { api: { capDrop: [] }, kernel: { bounding: defaultCapabilities } }, 'pass'],
  ['5.4', 'net-raw', { kernel: { bounding: defaultCapabilities } }, 'fail'],
  ['5.5', 'privileged', { api: { privileged: true } }, 'fail'],
  ...['/', '/boot', '/dev', '/etc', '/lib', '/proc', '/sys', '/usr'].map((source): (typeof broken)[number] => [
    '5.6',
    'sensitive-mounts',
    { api: { mounts: [{ ...mount, source }] } },
    'fail',
  ]),
  ['5.6', 'sensitive-mounts', { api: { mounts: [{ ...mount, source: '/etc/localtime' }] } }, 'pass'],
  ['5.7', 'sshd', { kernel: { programs: ['web', 'sshd'] } }, 'fail'],
  ['5.8', 'privileged-ports', { api: { ports: [{ ...port, port: 80 }] } }, 'fail'],
  ['5.9', 'ports-needed', { api: { ports: [port] } }, 'warn'],
  ['5.9', 'ports-needed', { api: { ports: [port] }, kernel: { listening: ['80/tcp'] } }, 'pass'],
  ['5.10', 'host-network', { api: { networkMode: 'host' } }, 'fail'],
  ['5.11', 'memory-limit', { api: { memoryBytes: 0 }, kernel: undefined }, 'fail'],
  ['5.12', 'cpu-limit', { api: { nanoCpus: 0 }, kernel: undefined }, 'fail'],
  ['5.12', 'cpu-limit', { api: { nanoCpus: 0, cpuShares: 512 }, kernel: undefined }, 'pass'],
  ['5.13', 'root-filesystem', { api: { readonlyRoot: false }, kernel: undefined }, 'fail'],
  ['5.14', 'port-address', { api: { ports: [{ ...port, address: '0.0.0.0' }] } }, 'fail'],
  ['5.14', 'port-address', { api: { ports: [{ ...port, address: '::' }] } }, 'fail'],
  ['5.15', 'restart-policy', { api: { restartPolicy: 'always' } }, 'warn'],
  ['5.15', 'restart-policy', { api: { restartsMax: 6 } }, 'warn'],
  ['5.16', 'host-pid', { api: { pidMode: 'host' } }, 'fail'],
  ['5.17', 'host-ipc', { api: { ipcMode: 'host' } }, 'fail'],
  ['5.18', 'devices', { api: { devices: ['/dev/sda:rwm'] } }, 'fail'],
  ['5.19', 'ulimits', { api: { ulimits: [] } }, 'warn'],
  ['5.20', 'mount-propagation', { api: { mounts: [{ ...mount, propagation: 'rshared' }] } }, 'fail'],
  ['5.21', 'host-uts', { api: { utsMode: 'host' } }, 'fail'],
  ['5.22', 'seccomp', { api: { securityOptions: ['seccomp=unconfined'] }, kernel: undefined }, 'fail'],
  ['5.23', 'exec-privileged', { execs: { total: 2, privileged: 1, root: 0, missed: 0 } }, 'fail'],
  ['5.23', 'exec-privileged', { execs: { total: 2, privileged: 0, root: 0, missed: 1 } }, 'unknown'],
  ['5.24', 'exec-root', { execs: { total: 2, privileged: 0, root: 1, missed: 0 } }, 'fail'],
  ['5.25', 'cgroup-parent', { api: { cgroupParent: '/mine' } }, 'warn'],
  [
    '5.26',
    'no-new-privileges',
    { api: { securityOptions: [] }, engine: { ...engine, securityOptions: [] }, kernel: undefined },
    'fail',
  ],
  ['5.26', 'no-new-privileges', { api: { securityOptions: ['no-new-privileges:false'] }, kernel: undefined }, 'fail'],
  ['5.27', 'health-check', { api: { healthcheck: false } }, 'warn'],
  ['5.28', 'image-current', { tagId: 'sha256:bb' }, 'warn'],
  ['5.28', 'image-pinned', { api: { imageName: 'registry:5000/shop/web' } }, 'fail'],
  ['5.28', 'image-pinned', { api: { imageName: `shop/web@sha256:${'a'.repeat(64)}` } }, 'pass'],
  ['5.29', 'pids-limit', { api: { pidsLimit: 0 }, kernel: undefined }, 'fail'],
  ['5.29', 'pids-limit', { api: { pidsLimit: -1 }, kernel: { limits: { ...kernel.limits, pids: Infinity } } }, 'fail'],
  ['5.30', 'default-bridge', { api: { networks: ['bridge'] } }, 'warn'],
  ['5.31', 'user-namespace', { api: { usernsMode: 'host' } }, 'fail'],
  ['5.32', 'engine-socket', { api: { mounts: [{ ...mount, source: '/var/run/docker.sock' }] } }, 'fail'],
  ['5.32', 'engine-socket', { api: { mounts: [{ ...mount, source: '/run/containerd' }] } }, 'fail'],
  ['', 'user-root', { kernel: { uid: 0 } }, 'fail'],
  ['', 'user-root', { kernel: { uid: 100_000, rootUid: 100_000 } }, 'warn'],
  ['', 'user-root', { api: { user: 'root' }, kernel: undefined }, 'fail'],
  ['', 'masked-paths', { api: { maskedPaths: [], readonlyPaths: [] } }, 'fail'],
  ['', 'log-driver', { api: { logDriver: 'none' } }, 'fail'],
  ['', 'oom-kill', { api: { oomKillDisable: true } }, 'fail'],
  ['', 'watched', { watched: false }, 'fail'],
  ['', 'secrets-environment', { api: { environment: secret } }, 'fail'],
  [
    '',
    'secrets-environment',
    { api: { environment: secret }, image: { ...reading.image!, environment: secret } },
    'pass',
  ],
  ['', 'secrets-labels', { api: { labels: secret } }, 'fail'],
  ['', 'secrets-arguments', { api: { command: secret } }, 'fail'],
  ['', 'secrets-image', { image: { ...reading.image!, history: secret } }, 'fail'],
  ['', 'image-age', { image: { ...reading.image!, createdMs: nowMs - 91 * dayMs } }, 'warn'],
  // The engine says one thing and the kernel another.
  ['', 'kernel-user', { kernel: { uid: 0 } }, 'fail'],
  ['', 'kernel-capabilities', { kernel: { bounding: 1n << 21n } }, 'fail'],
  ['', 'kernel-no-new-privileges', { kernel: { noNewPrivileges: false } }, 'fail'],
  ['', 'kernel-root-filesystem', { kernel: { rootReadonly: false } }, 'fail'],
  ['', 'kernel-seccomp', { kernel: { seccomp: 0 } }, 'fail'],
  ['', 'kernel-apparmor', { kernel: { label: 'unconfined' } }, 'fail'],
  ['', 'kernel-namespaces', { kernel: { hostNamespaces: ['pid'] } }, 'fail'],
  [
    '',
    'kernel-mounts',
    { kernel: { mounts: [{ device: '8:1', root: '/etc', point: '/mnt', readonly: false, type: 'ext4' }] } },
    'fail',
  ],
  ['', 'kernel-memory-limit', { kernel: { limits: { ...kernel.limits, memoryBytes: Infinity } } }, 'fail'],
  ['', 'kernel-pids-limit', { kernel: { limits: { ...kernel.limits, pids: 51 } } }, 'fail'],
  ['', 'kernel-cpu-limit', { kernel: { limits: { ...kernel.limits, cpus: 2 } } }, 'fail'],
];
test.each(broken)('%s %s (%#)', (_number, check, change, result) => {
  expect(judge(check, change)).toBe(result);
});

test('a disagreement names both values', () => {
  const { note = '', evidence } =
    containerChecks['kernel-root-filesystem']?.({ ...reading, kernel: { ...kernel, rootReadonly: false } }) ?? {};
  expect(note).toContain('read-only');
  expect(evidence?.map(({ value }) => value)).toEqual(['true', 'rw']);
});

const brokenNode: readonly (readonly [
  check: string,
  change: { engine?: Partial<EngineSelf>; host?: Partial<HostSelf> },
  result: PostureResult,
])[] = [
  ['swarm', { engine: { swarm: 'active' } }, 'warn'],
  ['kernel-supported', { host: { kernelMadeMs: nowMs - 400 * dayMs } }, 'fail'],
  ['kernel-supported', { host: { kernelMadeMs: undefined } }, 'unknown'],
  ['operating-system', { host: { release: { ID: 'x', SUPPORT_END: '2024-01-01' } } }, 'fail'],
  ['operating-system', { host: { release: undefined } }, 'unknown'],
  ['engine-version', { engine: { builtMs: nowMs - 366 * dayMs } }, 'fail'],
  ['engine-seccomp', { engine: { securityOptions: [] } }, 'fail'],
  ['security-module', { host: { appArmor: false } }, 'fail'],
  ['user-namespaces', { engine: { securityOptions: [] } }, 'fail'],
  ['no-new-privileges-default', { engine: { securityOptions: [] } }, 'warn'],
  ['live-restore', { engine: { liveRestore: false } }, 'warn'],
  [
    'engine-tcp',
    { engine: { warnings: ['WARNING: API is accessible on http://0.0.0.0:2375 without encryption.'] } },
    'fail',
  ],
  ['engine-tcp', { host: { daemonArguments: ['dockerd', '-H', 'tcp://0.0.0.0:2376'] } }, 'fail'],
  ['engine-tcp', { host: { daemonArguments: ['dockerd', '-Htcp://0.0.0.0:2376', '--tlsverify'] } }, 'pass'],
  ['engine-tcp', { host: { daemonArguments: undefined } }, 'unknown'],
  ['insecure-registries', { engine: { insecureRegistries: ['127.0.0.0/8', 'registry.example:5000'] } }, 'fail'],
  ['storage-driver', { engine: { storageDriver: 'aufs' } }, 'fail'],
  ['experimental', { engine: { experimental: true } }, 'warn'],
  ['inter-container', { engine: { interContainer: true } }, 'warn'],
  ['userland-proxy', { host: { daemonArguments: ['dockerd'] } }, 'warn'],
  ['logging-driver', { engine: { loggingDriver: 'none' } }, 'fail'],
  ['socket-permissions', { host: { socket: { path: '/s', uid: 0, gid: 0, mode: 0o666 } } }, 'fail'],
  ['docker-group', { host: { dockerGroup: ['ann'] } }, 'warn'],
  ['daemon-file', { host: { daemonFile: { path: '/d', uid: 1000, gid: 0, mode: 0o644, settings: {} } } }, 'fail'],
  ['separate-partition', { host: { mountPoints: ['/'] } }, 'warn'],
  ['audit', { host: { auditRuns: false } }, 'warn'],
  ['audit', { host: { auditRules: undefined } }, 'unknown'],
];
test.each(brokenNode)('node %s (%#)', (check, change, result) => {
  const judged = nodeChecks[check]?.({
    engine: { ...engine, ...change.engine },
    host: { ...host, ...change.host },
    nowMs,
  });
  expect(judged?.result).toBe(result);
});

describe('what could not be read is unknown, never a pass', () => {
  /** These need neither the engine nor the kernel: the container itself, or the node, says enough. */
  const ofItself = new Set(['privileged', 'secrets-labels', 'image-pinned', 'watched']);
  test('without engine and kernel', () => {
    const blind = {
      ...reading,
      api: undefined,
      kernel: undefined,
      image: undefined,
      tagId: undefined,
      execs: undefined,
      engine: undefined,
      origin: {
        ...{ learned: undefined, signature: undefined, vulnerabilities: undefined },
        ...{ isSigningAsked: false, isScanAsked: false },
      },
    };
    const seLinuxToo = { ...blind, host: { ...host, seLinux: true } };
    const passing = checkContainer(seLinuxToo).filter(({ result }) => result === 'pass');
    expect(passing.map(({ check }) => check).filter((check) => !ofItself.has(check))).toEqual([]);
  });

  test('without the engine, what the kernel knows is judged by that', () => {
    const results = Object.fromEntries(
      checkContainer({ ...reading, api: undefined, image: undefined }).map(({ check, result }) => [check, result]),
    );
    expect(results).toMatchObject({
      ...{
        'user-root': 'pass',
        capabilities: 'pass',
        seccomp: 'pass',
        'root-filesystem': 'pass',
        'memory-limit': 'pass',
      },
      ...{ 'kernel-user': 'unknown', devices: 'unknown', 'secrets-image': 'unknown', 'mount-propagation': 'unknown' },
    });
  });
});

test('no answer of an engine throws, and none that is no answer is one', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      engineImage(one, other);
      engineSelf(one, other, one);
      engineExec(one);
      const read = engineContainer({ Config: one, HostConfig: other });
      if (read !== undefined) checkContainer({ ...reading, api: read });
    }),
  );
  expect(engineContainer({})).toBeUndefined();
  expect(engineContainer({ Config: {}, HostConfig: {} })).toMatchObject({ privileged: false, ports: [], capAdd: [] });
});

test('answers are read as the Docker Engine API has them', () => {
  const read = engineContainer({
    Image: 'sha256:aa',
    AppArmorProfile: 'docker-default',
    State: { Health: { Status: 'healthy' } },
    Config: { Image: 'web', User: '', Env: ['TOKEN=abcdefgh', 'A=b'], Cmd: null, Labels: null },
    HostConfig: {
      ...{
        CapAdd: ['CAP_NET_ADMIN', 'sys_time'],
        CapDrop: null,
        PidsLimit: null,
        Ulimits: [{ Name: 'nofile', Soft: 1, Hard: 2 }],
      },
      ...{
        RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
        LogConfig: { Type: 'none' },
        MaskedPaths: [],
        ReadonlyPaths: null,
      },
    },
    NetworkSettings: {
      Networks: { bridge: {} },
      Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }], '81/tcp': null },
    },
  });
  expect(read).toMatchObject({
    ...{
      capAdd: ['NET_ADMIN', 'SYS_TIME'],
      healthcheck: true,
      pidsLimit: 0,
      ulimits: ['nofile=1:2'],
      logDriver: 'none',
    },
    ...{ maskedPaths: [], readonlyPaths: undefined, networks: ['bridge'] },
    ports: [{ inside: '80/tcp', address: '0.0.0.0', port: 8080 }],
    environment: { count: 2, secrets: [{ name: 'TOKEN', length: 8 }] },
  });
  expect(JSON.stringify(read)).not.toContain('abcdefgh');
});

test('where an engine listens', () => {
  expect(
    hostsOf(['dockerd', '-H', 'fd://', '--host=tcp://1.2.3.4:1', '-Hunix:///x'], { hosts: ['tcp://5:6'] }),
  ).toEqual([...['fd://', 'tcp://1.2.3.4:1', 'unix:///x', 'tcp://5:6']]);
});

test('paths of the node', () => {
  for (const path of ['/', '/etc/', '/usr/lib', '/var/lib/docker/volumes', '/etc/shadow', '/root/.ssh'])
    expect(isSensitivePath(path), path).toBe(true);
  for (const path of ['/srv/data', '/etc/localtime', '/var/lib/app', '/home/app/data', '/etc/ssl/certs'])
    expect(isSensitivePath(path), path).toBe(false);
});
