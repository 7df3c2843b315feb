// Plain JavaScript that Node 20 runs without any dependency: it stands before `npm ci`.
import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Whether a program of this name can be run, `/usr/sbin` and `/sbin` included even where PATH leaves them out. */
export function hasProgram(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}

function hasLibrary(file) {
  const folders = ['/usr/lib', '/lib', '/usr/lib64', '/lib64', '/usr/local/lib'];
  return folders.some((folder) => {
    if (existsSync(join(folder, file))) return true;
    try {
      return readdirSync(folder).some((inner) => inner.endsWith('-linux-gnu') && existsSync(join(folder, inner, file)));
    } catch {
      return false;
    }
  });
}

function isInstalled(debianPackage) {
  try {
    const status = execFileSync('dpkg-query', ['-W', '-f', '${Status}', debianPackage], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return status.includes('ok installed');
  } catch {
    return false;
  }
}

/**
 * What each purpose needs of the system, by its name in Debian and Ubuntu. A purpose is one of `start`, `test`, `demo`, `kernels`.
 * `docker.io` is judged by `dockerd`: a client alone starts no containers.
 */
export const systemPackages = [
  {
    name: 'libbpf1',
    why: 'loads the kernel sensor',
    for: ['start', 'test', 'demo', 'kernels'],
    present: () => hasLibrary('libbpf.so.1'),
  },
  {
    name: 'docker.io',
    why: 'container engine for tests and demo',
    for: ['test', 'demo'],
    present: () => hasProgram('dockerd'),
  },
  {
    name: 'clang',
    why: 'compiles the sensor and test programs',
    for: ['test', 'demo', 'kernels'],
    present: () => hasProgram('clang'),
  },
  {
    name: 'llvm',
    why: 'strips the compiled sensor',
    for: ['test', 'demo', 'kernels'],
    present: () => hasProgram('llvm-strip'),
  },
  {
    name: 'libbpf-dev',
    why: 'headers of the sensor',
    for: ['test', 'demo', 'kernels'],
    present: () => existsSync('/usr/include/bpf/bpf_helpers.h'),
  },
  {
    name: 'bpftool',
    why: 'links and inspects the sensor',
    for: ['test', 'demo', 'kernels'],
    present: () => hasProgram('bpftool'),
  },
  { name: 'make', why: 'builds the sensor', for: ['test', 'demo', 'kernels'], present: () => hasProgram('make') },
  {
    name: 'busybox-static',
    why: 'content of test images',
    for: ['test', 'demo', 'kernels'],
    present: () => isInstalled('busybox-static'),
  },
  {
    name: 'debootstrap',
    why: 'content of test images',
    for: ['test', 'demo'],
    present: () => hasProgram('debootstrap'),
  },
  { name: 'prometheus', why: 'reads the metrics in tests', for: ['test'], present: () => hasProgram('promtool') },
  {
    name: 'docker-compose',
    why: 'reads docker-compose.yml in tests',
    for: ['test'],
    present: () => hasProgram('docker-compose'),
  },
  {
    name: 'prometheus-alertmanager',
    why: 'takes alerts in tests',
    for: ['test'],
    present: () => hasProgram('prometheus-alertmanager'),
  },
  { name: 'golang-go', why: 'renders the Helm chart in tests', for: ['test'], present: () => hasProgram('go') },
  ...['golang-github-masterminds-sprig-dev', 'golang-gopkg-yaml.v3-dev'].map((name) => ({
    name,
    why: 'renders the Helm chart in tests',
    for: ['test'],
    present: () => isInstalled(name),
  })),
  {
    name: 'qemu-system-x86',
    why: 'boots other kernels',
    for: ['kernels'],
    present: () => hasProgram('qemu-system-x86_64'),
  },
  { name: 'iproute2', why: 'networks of test containers', for: ['test', 'demo'], present: () => hasProgram('ip') },
];

/** `debian` where apt-get installs packages by the names above, else `other`. */
export function distribution() {
  try {
    const release = readFileSync('/etc/os-release', 'utf8');
    const ids = [...release.matchAll(/^(?:ID|ID_LIKE)="?([^"\n]*)"?$/gm)].flatMap((match) => match[1].split(' '));
    return ids.some((id) => id === 'debian' || id === 'ubuntu') && hasProgram('apt-get') ? 'debian' : 'other';
  } catch {
    return 'other';
  }
}

/**
 * What to do about missing packages.
 * @param {{ missing: readonly string[]; distribution: 'debian' | 'other'; root: boolean; forbidden: boolean }} at
 * @returns {{ act: 'nothing' | 'install' | 'tell'; reason: string; command: string }} `command` is what a person can type.
 */
export function decide(at) {
  if (at.missing.length === 0) return { act: 'nothing', reason: 'all there', command: '' };
  const list = at.missing.join(' ');
  const command = `apt-get update && apt-get install -y --no-install-recommends ${list}`;
  if (at.distribution !== 'debian') {
    const reason = `only Debian and Ubuntu are installed for automatically; these are Debian's package names: ${list}`;
    return { act: 'tell', reason, command: '' };
  }
  const byHand = at.root ? command : `sudo sh -c '${command}'`;
  if (at.forbidden) return { act: 'tell', reason: 'ANCHORWATCH_NO_INSTALL=1 forbids installing them', command: byHand };
  if (!at.root) return { act: 'tell', reason: 'installing them needs root', command: byHand };
  return { act: 'install', reason: 'root on Debian or Ubuntu', command };
}

/** Installs with apt-get, its output passed to our standard error. @returns {boolean} whether it worked. */
export function aptInstall(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, stdio: ['ignore', 2, 2] };
  if (spawnSync('apt-get', ['-q', 'update'], options).status !== 0) return false;
  return (
    spawnSync(
      'apt-get',
      ['-q', '-o', 'Dpkg::Use-Pty=0', 'install', '-y', '--no-install-recommends', ...packages],
      options,
    ).status === 0
  );
}
