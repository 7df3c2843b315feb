import { existsSync } from 'node:fs';

/** A container of its own for each group of flags; what its checks say. */
export interface Kind {
  readonly flags: readonly string[];
  readonly command?: readonly string[];
  readonly fails: readonly string[];
  readonly warns?: readonly string[];
  readonly passes: readonly string[];
}

/** With cgroup v2 the engine refuses it, and leaves it on. */
export const oomKillMayBeOff: boolean = existsSync('/sys/fs/cgroup/memory/memory.oom_control');
export const token: string = `ghp_${'Ab1'.repeat(12)}`;
export const password: string = 'correct-horse-battery';

/**
 * The checks of docker-bench-security's section 5 (numbers of CIS Docker Benchmark 1.6.0) and the rest, by containers that break and meet them. What
 * cannot be made on every machine (AppArmor, SELinux) is told apart by the tables of src/posture.
 */
export const kinds: Readonly<Record<string, Kind>> = {
  plain: {
    flags: [],
    fails: [
      ...['user-root', 'no-new-privileges', 'root-filesystem', 'memory-limit', 'cpu-limit', 'pids-limit', 'net-raw'],
    ],
    warns: ['ulimits', 'health-check', 'default-bridge', 'image-pinned'],
    passes: [
      ...['privileged', 'seccomp', 'host-network', 'host-pid', 'host-ipc', 'host-uts', 'devices', 'sensitive-mounts'],
      ...['engine-socket', 'mount-propagation', 'capabilities', 'port-address', 'privileged-ports', 'ports-needed'],
      ...['restart-policy', 'oom-kill', 'cgroup-parent', 'masked-paths', 'log-driver', 'sshd', 'secrets-environment'],
      ...['secrets-labels', 'secrets-arguments', 'secrets-image', 'user-namespace', 'exec-privileged', 'exec-root'],
      ...['kernel-user', 'kernel-capabilities', 'kernel-no-new-privileges', 'kernel-root-filesystem', 'kernel-seccomp'],
      ...['kernel-namespaces', 'kernel-mounts', 'kernel-memory-limit', 'kernel-pids-limit', 'kernel-cpu-limit'],
      ...['image-age', 'image-current', 'kernel-apparmor'],
    ],
  },
  hard: {
    flags: [
      ...['--read-only', '--tmpfs', '/tmp', '--user', '33:33', '--cap-drop', 'ALL'],
      ...['--security-opt', 'no-new-privileges', '--memory', '64m', '--cpus', '0.5', '--pids-limit', '50'],
      ...['--ulimit', 'nofile=256:256', '--health-cmd', 'true', '--network', 'own', '--restart', 'on-failure:3'],
      ...['--cgroupns', 'private'],
    ],
    fails: [],
    passes: [
      ...['user-root', 'no-new-privileges', 'root-filesystem', 'memory-limit', 'cpu-limit', 'pids-limit', 'net-raw'],
      ...['ulimits', 'health-check', 'default-bridge', 'restart-policy', 'kernel-user', 'kernel-capabilities'],
      'host-cgroup',
      ...['kernel-no-new-privileges', 'kernel-root-filesystem', 'kernel-memory-limit', 'kernel-pids-limit'],
      ...['kernel-cpu-limit', 'kernel-seccomp', 'kernel-namespaces', 'kernel-mounts'],
    ],
  },
  spaces: {
    flags: ['--pid', 'host', '--ipc', 'host', '--uts', 'host', '--network', 'host', '--cgroupns', 'host'],
    fails: ['host-pid', 'host-ipc', 'host-uts', 'host-network', 'host-cgroup'],
    passes: ['kernel-namespaces', 'default-bridge'],
  },
  rights: {
    flags: [
      ...['--cap-add', 'SYS_ADMIN', '--cap-add', 'NET_ADMIN', '--security-opt', 'seccomp=unconfined'],
      ...[
        '--security-opt',
        'systempaths=unconfined',
        '--userns',
        'host',
        '--log-driver',
        'none',
        '--restart',
        'always',
      ],
      ...['--cgroup-parent', '/elsewhere'],
    ],
    fails: ['capabilities', 'seccomp', 'masked-paths', 'user-namespace', 'log-driver'],
    warns: ['restart-policy', 'cgroup-parent'],
    passes: ['kernel-seccomp', 'kernel-capabilities', 'privileged'],
  },
  mounts: {
    flags: [...['-v', '/etc:/host-etc:ro', '-v', '/usr/lib:/host-lib', '--device', '/dev/null:/dev/spare']],
    fails: ['sensitive-mounts', 'devices'],
    passes: ['engine-socket', 'mount-propagation', 'kernel-mounts'],
  },
  ports: {
    flags: ['-p', '0.0.0.0:0:9', '-p', '127.0.0.1:901:80'],
    command: ['httpd', '-f', '-p', '80'],
    fails: ['port-address', 'privileged-ports'],
    warns: ['ports-needed'],
    passes: ['sshd'],
  },
  served: {
    flags: ['-p', '127.0.0.1:0:80', '--network', 'own'],
    command: ['httpd', '-f', '-p', '80'],
    fails: [],
    passes: ['port-address', 'privileged-ports', 'ports-needed', 'default-bridge'],
  },
  // The engine is asked for all of it, and its runtime does none of it.
  lax: {
    flags: [
      ...[
        '--runtime',
        'lax',
        '--read-only',
        '--user',
        '33:33',
        '--cap-drop',
        'ALL',
        '--memory',
        '64m',
        '--cpus',
        '0.5',
      ],
      ...['--security-opt', 'no-new-privileges', '--pids-limit', '50'],
    ],
    fails: [
      ...['kernel-user', 'kernel-capabilities', 'kernel-no-new-privileges', 'kernel-root-filesystem', 'kernel-seccomp'],
      ...['kernel-namespaces', 'kernel-mounts', 'kernel-memory-limit', 'kernel-pids-limit', 'kernel-cpu-limit'],
      // Where both are read it goes by the kernel.
      ...['user-root', 'no-new-privileges', 'seccomp', 'root-filesystem', 'memory-limit', 'cpu-limit', 'pids-limit'],
    ],
    passes: ['privileged'],
  },
  master: {
    flags: ['--runtime', 'bounded', '--privileged'],
    fails: ['privileged', 'capabilities', 'seccomp', 'net-raw'],
    passes: ['kernel-capabilities', 'kernel-seccomp'],
  },
  greedy: {
    flags: ['--oom-kill-disable', '--memory', '64m'],
    fails: oomKillMayBeOff ? ['oom-kill'] : [],
    passes: ['memory-limit', 'kernel-memory-limit'],
  },
  secrets: {
    flags: [
      ...['-e', `DB_PASSWORD=${password}`, '-e', 'GREETING=hello', '-e', 'TOKEN_FILE=/run/secrets/token'],
      ...['--label', `deploy.token=${token}`],
    ],
    command: ['sh', '-c', `sleep 600 # --api-key=${token}`],
    fails: ['secrets-environment', 'secrets-labels', 'secrets-arguments'],
    passes: ['secrets-image'],
  },
};
