import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  accessSync,
  constants,
  copyFileSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasProgram } from '../../bin/system-packages.mjs';
import { waitFor } from '../support/wait.ts';
import type { UnpackedKernel } from './kernel-package.ts';
import type { GuestReport } from './report.ts';

/** How the guest's processor is made: by the host's, or by translation, which takes some fifteen times as long. */
export type Accelerator = 'kvm' | 'tcg';

const checkout = new URL('../../', import.meta.url).pathname.replace(/\/$/, '');
const initScript = new URL('init.sh', import.meta.url).pathname;
/** In the order in which they need each other; those that are built in have no file. */
const modules = [
  'virtio_ring',
  'virtio',
  'virtio_pci_legacy_dev',
  'virtio_pci_modern_dev',
  'virtio_pci',
  'fuse',
  'virtiofs',
  'overlay',
];
const shareServers = ['/usr/lib/qemu/virtiofsd', '/usr/libexec/virtiofsd', '/usr/lib/virtiofsd'];
const memoryMb = 2048;
/** The console's line that says that the guest's own root is there. */
const upLine = 'anchorwatch guest: up';
const upMs: Readonly<Record<Accelerator, number>> = { kvm: 30_000, tcg: 180_000 };
const patience: Readonly<Record<Accelerator, string>> = { kvm: '3', tcg: '10' };
const doneMs: Readonly<Record<Accelerator, number>> = { kvm: 600_000, tcg: 1_800_000 };

/** Why no guest can be booted here; undefined where it can. */
export function guestsMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'sharing the file system with a guest needs root';
  if (process.arch !== 'x64') return `the guests are x86-64, this is ${process.arch}`;
  const programs = ['qemu-system-x86_64', 'busybox', 'apt-get', 'dpkg-deb', 'unshare'];
  const missing = programs.filter((program) => !hasProgram(program));
  if (!shareServers.some(existsSync)) missing.push('virtiofsd (package qemu-system-common or virtiofsd)');
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`;
}

/** Whether the host's processor may be tried; that it works shows only when a guest boots. */
export function kvmOffered(): boolean {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Boots a kernel with the host's files, read only, below a layer of memory; runs examination.ts in it and answers its report.
 * @param log file that everything on the guest's console goes to
 * @throws GuestNotUp when the guest does not get as far as its own root; Error when it ends without a report
 */
export async function examine(kernel: UnpackedKernel, accelerator: Accelerator, log: string): Promise<GuestReport> {
  const folder = mkdtempSync(join(tmpdir(), 'anchorwatch-guest-'));
  const ours: ChildProcess[] = [];
  const abandon = (): void => {
    for (const child of ours) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.on('exit', abandon);
  try {
    const socket = join(folder, 'share.sock');
    ours.push(serveFiles(folder, socket));
    await waitFor('virtiofsd to listen', () => existsSync(socket));
    const report = join(folder, 'report.json');
    const guest = boot(kernel, accelerator, { initrd: makeInitrd(kernel, accelerator, folder), socket, report });
    ours.push(guest);
    const output = createWriteStream(log);
    let text = '';
    for (const stream of [guest.stdout, guest.stderr])
      stream?.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        output.write(part);
      });
    const ended = (): boolean => guest.exitCode !== null || guest.signalCode !== null;
    try {
      await waitFor('the guest', () => ended() || text.includes(upLine), upMs[accelerator]);
    } catch {
      // Told below, whether it hangs or has ended.
    }
    if (!text.includes(upLine)) throw new GuestNotUp(`it does not boot (${accelerator}): ${lastLine(text)}`);
    await waitFor('the guest to end', ended, doneMs[accelerator]);
    output.end();
    const line = existsSync(report) ? readFileSync(report, 'utf8') : '';
    if (line === '') throw new Error(`it ended without a report: ${lastLine(text)}; its console is in ${log}`);
    return JSON.parse(line) as GuestReport;
  } finally {
    for (const child of ours.toReversed()) await end(child);
    rmSync(folder, { recursive: true, force: true });
    process.off('exit', abandon);
  }
}

/** The guest never came to run anything of ours. */
export class GuestNotUp extends Error {
  override readonly name: string = 'GuestNotUp';
}

/** Serves the host's root by virtiofs out of a mount namespace in which it is read only, and which holds nothing else. */
function serveFiles(folder: string, socket: string): ChildProcess {
  const share = join(folder, 'share');
  mkdirSync(share);
  const other = statSync(checkout).dev === statSync('/').dev ? [] : [`mount --bind "$4" "$1$4"`];
  const script = [
    'mount --bind / "$1"',
    ...other,
    'mount -o remount,bind,ro "$1"',
    'exec "$2" --socket-path="$3" -o "source=$1,cache=always,sandbox=chroot"',
  ].join(' && ');
  const server = shareServers.find(existsSync) ?? '';
  return spawn(
    'unshare',
    ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', share, server, socket, checkout],
    {
      stdio: 'ignore',
    },
  );
}

function boot(
  kernel: UnpackedKernel,
  accelerator: Accelerator,
  paths: { readonly initrd: string; readonly socket: string; readonly report: string },
): ChildProcess {
  const processor = accelerator === 'kvm' ? ['kvm', 'host'] : ['tcg,thread=multi,tb-size=512', 'max'];
  return spawn(
    'qemu-system-x86_64',
    [
      ...['-machine', 'q35', '-accel', processor[0]!, '-cpu', processor[1]!, '-smp', '2', '-m', String(memoryMb)],
      ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
      ...[
        '-object',
        `memory-backend-memfd,id=memory,size=${String(memoryMb)}M,share=on`,
        '-numa',
        'node,memdev=memory',
      ],
      ...['-chardev', `socket,id=share,path=${paths.socket}`, '-device', 'vhost-user-fs-pci,chardev=share,tag=host'],
      ...['-serial', 'stdio', '-serial', `file:${paths.report}`],
      ...['-kernel', kernel.image, '-initrd', paths.initrd],
      // On a busy host the emulated timer is late, which the kernel takes for a broken one at its start.
      ...['-append', 'console=ttyS0 panic=-1 loglevel=4 no_timer_check'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
}

/** An initramfs of busybox, the modules that the root needs, and init.sh. */
function makeInitrd(kernel: UnpackedKernel, accelerator: Accelerator, folder: string): string {
  const root = join(folder, 'initrd');
  for (const name of ['bin', 'modules']) mkdirSync(join(root, name), { recursive: true });
  copyFileSync(execFileSync('which', ['busybox'], { encoding: 'utf8' }).trim(), join(root, 'bin/busybox'));
  copyFileSync(initScript, join(root, 'init'));
  writeFileSync(join(root, 'checkout'), checkout);
  writeFileSync(join(root, 'patience'), patience[accelerator]);
  const files = readdirSync(kernel.modules, { recursive: true, encoding: 'utf8' });
  const present = modules.filter((name) => {
    const file = files.find((path) => path.endsWith(`/${name}.ko`) || path.endsWith(`/${name}.ko.xz`));
    if (file === undefined) return false;
    const packed = readFileSync(join(kernel.modules, file));
    const content = file.endsWith('.xz') ? execFileSync('busybox', ['xzcat'], pipe(packed)) : packed;
    writeFileSync(join(root, 'modules', `${name}.ko`), content);
    return true;
  });
  writeFileSync(join(root, 'modules/order'), present.map((name) => `${name}\n`).join(''));
  const names = ['.', ...readdirSync(root, { recursive: true, encoding: 'utf8' })].join('\n');
  const image = join(folder, 'initrd.cpio');
  execFileSync('chmod', ['755', join(root, 'init'), join(root, 'bin/busybox')]);
  writeFileSync(image, execFileSync('busybox', ['cpio', '-o', '-H', 'newc'], { ...pipe(names), cwd: root }));
  return image;
}

function pipe(input: string | Buffer): { input: string | Buffer; maxBuffer: number; stdio: 'pipe' } {
  return { input, maxBuffer: 256 << 20, stdio: 'pipe' };
}

function lastLine(text: string): string {
  return (
    text
      .replaceAll(/\u001b\[[\d;?]*[A-Za-z]|\u001bc|\r/g, '')
      .trim()
      .split('\n')
      .at(-1) ?? ''
  );
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await waitFor('a process to end', () => child.exitCode !== null || child.signalCode !== null);
}
