/** Programs that are many programs in one file: the first argument decides which one runs. */
const multiCall = new Set(['busybox', 'toybox', 'coreutils', 'sbase-box']);

const shells = new Set(['sh', 'ash', 'bash', 'dash', 'zsh', 'ksh', 'mksh', 'fish', 'csh', 'tcsh', 'rbash']);

/** How an interpreter is told its program on the command line; the value names the family. */
const interpreters: ReadonlyMap<string, Interpreter> = new Map<string, Interpreter>([
  ...[...shells].map((name): [string, Interpreter] => [name, 'shell']),
  ['python', 'python'],
  ['pypy', 'python'],
  ['perl', 'perl'],
  ['ruby', 'perl'],
  ['lua', 'perl'],
  ['luajit', 'perl'],
  ['node', 'perl'],
  ['nodejs', 'perl'],
  ['bun', 'perl'],
  ['deno', 'perl'],
  ['php', 'php'],
  ['tclsh', 'php'],
  ['awk', 'awk'],
  ['gawk', 'awk'],
  ['mawk', 'awk'],
]);

export type Interpreter = 'shell' | 'python' | 'perl' | 'php' | 'awk';

/** Last segment of a path; the path itself when it has none. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

const versioned = /^(python|pypy|perl|ruby|lua|luajit|node|php|php-fpm|tclsh|gcc|pip|gem|postgres|mysqld)-?\d[\d.]*$/;

/** Name of a program without its version: `python3.11` is `python`, `php-fpm8.2` is `php-fpm`; `base64` stays. */
export function programName(path: string): string {
  const name = baseName(path);
  return versioned.exec(name)?.[1] ?? name;
}

/** True for busybox and its like, by the path of the file that is executed. */
export function isMultiCall(path: string): boolean {
  return multiCall.has(baseName(path).replace(/[.-].*$/, ''));
}

/** Family of an interpreter by program name (see `programName`), undefined for everything else. */
export function interpreterOf(name: string): Interpreter | undefined {
  return interpreters.get(name);
}

/** What `-sh` or `/bin/ls` as an argument 0 names. */
function nameInArgument(argument: string): string {
  const name = baseName(argument).replace(/^-/, '');
  return /^[\w.[+-]{1,32}$/.test(name) ? name : '';
}

/**
 * The applet that a multi-call program runs as, empty for all other programs. Busybox shells also run applets by executing
 * themselves (`/proc/self/exe`), so that `/bin/sh` with the argument 0 `cat` is `cat`.
 */
export function appletOf(path: string, args: readonly string[]): string {
  const file = baseName(path);
  const first = nameInArgument(args[0] ?? '');
  if (isMultiCall(path)) return isMultiCall(first) ? nameInArgument(args[1] ?? '') : first;
  if ((file === 'sh' || file === 'ash') && first !== '' && !shells.has(first)) return first;
  return '';
}

/** What a process runs, in one short word: the applet, else the program's name without its version. */
export function runningName(path: string, args: readonly string[]): string {
  return appletOf(path, args) || programName(path);
}

/**
 * Program as a feature key and as people read it: its path, with the applet of a multi-call program behind it
 * (`/bin/busybox ls`; the hard link `/bin/ls` to busybox stays `/bin/ls`).
 */
export function programKey(path: string, args: readonly string[]): string {
  const applet = appletOf(path, args);
  return applet === '' ? path : `${path} ${applet}`;
}

/**
 * Plain programs whose arguments say what they are after: a known search is no excuse for another one, nor a health check for an upload, nor
 * an archive of a cache for one of `/etc`. Tools whose arguments are mostly names of temporary files (`mv`, `rm`, `mkdir`) are left out: what
 * they do is seen in the files.
 */
const tools: ReadonlySet<string> = new Set(
  [
    'grep egrep fgrep zgrep rg find locate',
    'cat head tail tac strings cp ls ps id uname stat getent',
    'tar bsdtar zip 7z 7za cpio split dd',
    'curl wget nc nc.openbsd nc.traditional netcat ncat socat ssh scp sftp rsync openssl gpg base64 base32 xxd tr',
    'chmod chown chattr touch ln truncate shred kill pgrep pkill killall ss netstat',
    'su sudo chroot unshare nsenter mount umount mknod ip crontab systemctl service dpkg',
  ].flatMap((line) => line.split(' ')),
);

/** Names of the programs of which the arguments are part of what an execution is: interpreters, multi-call programs, tools of many uses. */
export function namesWithArguments(): readonly string[] {
  return [...multiCall, ...interpreters.keys(), ...tools];
}

/** Whether the arguments are part of what an execution of this file is. */
export function countsArguments(path: string): boolean {
  const name = programName(path);
  return isMultiCall(path) || interpreters.has(name) || tools.has(name);
}
