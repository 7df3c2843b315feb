import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cache = join(import.meta.dirname, '../../node_modules/.cache/apparmor');

/** AppArmor's parser and the directory of its abstractions. */
export interface AppArmorParser {
  readonly command: string;
  readonly base: string;
}

/** The one that is installed, else that of Debian's package, unpacked beside the modules and never installed; or the reason why there is none. */
export async function appArmorParser(): Promise<AppArmorParser | string> {
  const installed = ['/sbin/apparmor_parser', '/usr/sbin/apparmor_parser'].find((path) => existsSync(path));
  if (installed !== undefined && existsSync('/etc/apparmor.d/abstractions/base'))
    return { command: installed, base: '/etc/apparmor.d' };
  const unpacked = { command: join(cache, 'sbin/apparmor_parser'), base: join(cache, 'etc/apparmor.d') };
  if (existsSync(unpacked.command)) return unpacked;
  const work = `${cache}.${process.pid}`;
  try {
    mkdirSync(work, { recursive: true });
    await run('apt-get', ['download', 'apparmor'], { cwd: work });
    await run('sh', ['-c', 'dpkg -x apparmor_*.deb root'], { cwd: work });
    renameSync(join(work, 'root'), cache);
    return unpacked;
  } catch {
    return existsSync(unpacked.command) ? unpacked : 'needs apparmor_parser (Debian package apparmor)';
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
