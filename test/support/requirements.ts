import { existsSync } from 'node:fs';
import { release } from 'node:os';

const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'];
const has = (program: string): boolean => folders.some((folder) => existsSync(`${folder}/${program}`));

/** Whether this kernel is older than what the sensor needs, by its version. */
export function kernelTooOld(): boolean {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return major < 5 || (major === 5 && minor < 17);
}

/** Why the kernel sensor cannot be tested here; undefined where it can. */
export function kernelMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'the kernel sensor needs root';
  if (kernelTooOld()) return 'this kernel is older than 5.17, which the kernel sensor needs';
  return existsSync('/sys/kernel/btf/vmlinux') ? undefined : 'this kernel has no BTF';
}

/** Why the tools that build the sensor cannot be used here; undefined where they can. */
export function toolchainMissing(): string | undefined {
  const missing = ['clang', 'llvm-objcopy', 'bpftool', 'make'].filter((program) => !has(program));
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`;
}

/** Why Prometheus cannot be tried here; undefined where it can. */
export function prometheusMissing(): string | undefined {
  const missing = ['prometheus', 'promtool'].filter((program) => !has(program));
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`;
}

/** Why Alertmanager cannot be tried here; undefined where it can. */
export function alertmanagerMissing(): string | undefined {
  const missing = ['prometheus-alertmanager', 'amtool'].filter((program) => !has(program));
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`;
}

/** Why no container engine of our own can be started here; undefined where it can. */
export function engineMissing(): string | undefined {
  const missing = ['dockerd', 'debootstrap', 'ip'].filter((program) => !has(program));
  return kernelMissing() ?? (missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`);
}

/** Why processes cannot be put into networks and onto disks of their own here; undefined where they can. */
export function chaosMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const missing = ['ip', 'tc', 'mount'].filter((program) => !has(program));
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`;
}
