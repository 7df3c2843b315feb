import { execFile, spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Docker from 'dockerode';
import { waitFor } from '../support/wait.ts';

const run = promisify(execFile);

/** A container engine of our own: nothing of the machine's is touched. */
export interface Engine {
  /** `unix://…` */
  readonly host: string;
  readonly docker: Docker;
  /** Runs the docker client; answers its output. Throws with its error text. */
  cli(...args: readonly string[]): Promise<string>;
  /** A busybox root: `/bin/busybox` with its applets, accounts, `/tmp`. */
  busyboxImage(): Promise<string>;
  /** A minimal Debian with nginx, redis, perl and netcat, and with `more` packages. Made once on a machine, then kept as a file. */
  debianImage(...more: readonly string[]): Promise<string>;
  /** An image of `base` with one more file in it. */
  withFile(base: string, path: string, content: string): Promise<string>;
  /** The same image, made so many days ago. */
  aged(image: string, days: number): Promise<string>;
  /** Ends the daemon and leaves its data, as a crash would; `resume` starts it again. */
  suspend(): Promise<void>;
  resume(): Promise<void>;
  /** Removes all containers, ends the daemon, removes its data. */
  stop(): Promise<void>;
}

const debianPackages = [
  'nginx-light',
  'redis-server',
  'redis-tools',
  'netcat-openbsd',
  'curl',
  'procps',
  'libbpf1',
] as const;
const cacheDirectory = join(tmpdir(), 'anchorwatch-images');
const clientPath = '/usr/bin/docker';

/**
 * Starts a private dockerd in a new directory below the system's temporary one.
 * @param options.liveRestore Containers outlive the daemon.
 * @param options.flags More arguments of dockerd.
 * @throws when dockerd is not installed or does not answer within a minute; its log's end is in the message
 */
export async function startEngine(
  options: { readonly liveRestore?: boolean; readonly flags?: readonly string[] } = {},
): Promise<Engine> {
  const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-engine-'));
  const socketPath = join(directory, 'docker.sock');
  const host = `unix://${socketPath}`;
  const docker = new Docker({ socketPath });
  // Several engines at once: each has a bridge and a subnet of its own.
  const number = 16 + (process.pid % 200);
  const bridge = `aw${process.pid}`;
  let daemon = 0;

  const client = existsSync(clientPath) ? clientPath : 'docker';
  const cli = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run(client, [...args], {
      env: { ...process.env, DOCKER_HOST: host, DOCKER_BUILDKIT: '0' },
      maxBuffer: 64 << 20,
    });
    return stdout.trim();
  };
  const begin = async (): Promise<void> => {
    const log = openSync(join(directory, 'log'), 'a');
    const args = ['--data-root', join(directory, 'data'), '--exec-root', join(directory, 'exec'), '-H', host];
    if (options.liveRestore === true) args.push('--live-restore');
    args.push(...(options.flags ?? []));
    const child = spawn('dockerd', [...args, '-p', join(directory, 'pid'), '--bridge', bridge], {
      stdio: ['ignore', log, log],
      detached: true,
      env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
    });
    child.on('error', () => undefined);
    child.unref();
    daemon = child.pid ?? 0;
    try {
      await waitFor(
        'the container engine',
        () =>
          docker.ping().then(
            () => true,
            () => false,
          ),
        60_000,
      );
    } catch (cause) {
      throw new Error(`dockerd does not answer: ${readFileSync(join(directory, 'log'), 'utf8').slice(-2000)}`, {
        cause,
      });
    }
  };
  const end = async (): Promise<void> => {
    if (daemon === 0) return;
    const pid = daemon;
    daemon = 0;
    process.kill(pid, 'SIGTERM');
    await waitFor('dockerd to end', () => !alive(pid), 30_000).catch(() => {
      process.kill(pid, 'SIGKILL');
    });
  };
  const onExit = (): void => {
    if (daemon !== 0) process.kill(daemon, 'SIGTERM');
    spawnSync('ip', ['link', 'delete', bridge], { stdio: 'ignore' });
  };
  process.on('exit', onExit);
  // A signal ends a process without its exit being told of: who stops a demo or a measurement would leave the engine behind. Tests have an end of their own.
  const onSignal = (signal: NodeJS.Signals): void => {
    // Somebody else who listens ends in order.
    if (process.listenerCount(signal) === 1) process.exit(128 + constants.signals[signal]);
  };
  const signals = process.env['VITEST'] === undefined ? (['SIGINT', 'SIGTERM', 'SIGHUP'] as const) : [];
  for (const signal of signals) process.on(signal, onSignal);

  spawnSync('ip', ['link', 'add', bridge, 'type', 'bridge']);
  spawnSync('ip', ['addr', 'add', `10.231.${number}.1/24`, 'dev', bridge]);
  spawnSync('ip', ['link', 'set', bridge, 'up']);
  await begin();

  return {
    host,
    docker,
    cli,
    async busyboxImage() {
      const root = join(directory, 'busybox');
      const bin = join(root, 'bin');
      for (const name of ['bin', 'etc', 'tmp', 'root', 'proc', 'sys', 'dev', 'srv', 'var/log', 'var/run'])
        mkdirSync(join(root, name), { recursive: true });
      copyFileSync('/bin/busybox', join(bin, 'busybox'));
      const { stdout } = await run('/bin/busybox', ['--list']);
      for (const applet of stdout.trim().split('\n'))
        if (applet !== 'busybox') symlinkSync('busybox', join(bin, applet));
      writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33:www:/srv:/bin/sh\n');
      writeFileSync(join(root, 'etc/group'), 'root:x:0:\nwww-data:x:33:\n');
      writeFileSync(join(root, 'etc/shadow'), 'root:*:19000:0:99999:7:::\n', { mode: 0o640 });
      await run('chmod', ['1777', join(root, 'tmp')]);
      return importRoot(root, 'anchorwatch-test/busybox:1');
    },
    async debianImage(...more) {
      const packages = [...debianPackages, ...more];
      const tar = join(cacheDirectory, `debian-${packages.join('-')}.tar`);
      if (!existsSync(tar)) await makeDebian(tar, directory, packages);
      const name = `anchorwatch-test/${['debian', ...more].join('-')}:1`;
      await cli('import', tar, name);
      return name;
    },
    async withFile(base, path, content) {
      const context = mkdtempSync(join(directory, 'build-'));
      const name = base.replace(/:.*$/, '-app:1');
      writeFileSync(join(context, 'file'), content);
      writeFileSync(join(context, 'Dockerfile'), `FROM ${base}\nCOPY file ${path}\n`);
      await cli('build', '-q', '-t', name, context);
      return name;
    },
    async aged(image, days) {
      const folder = mkdtempSync(join(directory, 'aged-'));
      await cli('save', '-o', join(folder, 'image.tar'), image);
      await run('tar', ['-xf', join(folder, 'image.tar'), '-C', folder]);
      const [manifest] = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { Config: string }[];
      if (manifest === undefined) throw new Error(`${image} was saved without a manifest`);
      const config = JSON.parse(readFileSync(join(folder, manifest.Config), 'utf8')) as object;
      const created = new Date(Date.now() - days * 86_400_000).toISOString();
      const name = 'anchorwatch-test/aged:1';
      writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...config, created }));
      writeFileSync(
        join(folder, 'manifest.json'),
        JSON.stringify([{ ...manifest, Config: 'config.json', RepoTags: [name] }]),
      );
      for (const file of ['index.json', 'oci-layout', 'repositories', 'image.tar'])
        rmSync(join(folder, file), { force: true });
      await run('sh', ['-c', `tar -cf - -C ${folder} . | DOCKER_HOST=${host} ${client} load`]);
      return name;
    },
    suspend: end,
    resume: begin,
    async stop() {
      try {
        // Containers that outlived the daemon are its to remove.
        if (daemon === 0) await begin();
        const ids = await cli('ps', '-aq');
        if (ids !== '') await cli('rm', '-f', ...ids.split('\n'));
        // Their bridges would stay, and there are addresses for some thirty.
        await cli('network', 'prune', '-f');
      } finally {
        await end();
        process.off('exit', onExit);
        for (const signal of signals) process.off(signal, onSignal);
        onExit();
        for (const inner of mountsBelow(directory)) spawnSync('/bin/umount', ['-l', inner]);
        rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
      }
    },
  };

  async function importRoot(root: string, name: string): Promise<string> {
    const tar = `${root}.tar`;
    await run('tar', ['-C', root, '-cf', tar, '.']);
    await cli('import', tar, name);
    rmSync(tar);
    rmSync(root, { recursive: true });
    return name;
  }
}

/** Bootstraps Debian from the sources that this machine installs from. */
async function makeDebian(tar: string, workDirectory: string, packages: readonly string[]): Promise<void> {
  mkdirSync(cacheDirectory, { recursive: true });
  const root = join(workDirectory, 'debian');
  // Of an attempt that failed.
  rmSync(root, { recursive: true, force: true });
  const mirror = await aptMirror();
  await run('debootstrap', ['--variant=minbase', `--include=${packages.join(',')}`, 'bookworm', root, mirror], {
    maxBuffer: 64 << 20,
    env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
  });
  rmSync(join(root, 'var/cache/apt'), { recursive: true, force: true });
  rmSync(join(root, 'var/lib/apt/lists'), { recursive: true, force: true });
  const fresh = `${tar}.${process.pid}`;
  await run('tar', ['-C', root, '--exclude=./dev/*', '--exclude=./proc/*', '--exclude=./sys/*', '-cf', fresh, '.']);
  renameSync(fresh, tar);
  rmSync(root, { recursive: true, force: true });
}

/** Where this machine gets Debian's packages from. */
async function aptMirror(): Promise<string> {
  const { stdout } = await run('apt-get', [
    'indextargets',
    '--format',
    '$(SITE)',
    'Created-By: Packages',
    'Suite: bookworm',
  ]);
  const site = stdout.trim().split('\n')[0];
  if (site !== undefined && site !== '') return site;
  const { stdout: all } = await run('apt-get', ['indextargets', '--format', '$(SITE)', 'Created-By: Packages']);
  const first = all.trim().split('\n')[0];
  if (first === undefined || first === '') throw new Error('apt knows no source of packages: run apt-get update');
  return first;
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie is not alive, but its parent has not asked yet.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}

function mountsBelow(directory: string): readonly string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'latin1').split('\n');
  return lines
    .flatMap((line) => line.split(' ')[4] ?? [])
    .filter((mount) => mount.startsWith(directory))
    .toReversed();
}
