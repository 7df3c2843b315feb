import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A process as a test wants `/proc` to show it. */
export interface TreeProcess {
  readonly pid: number;
  /** Default 1: not of the container. */
  readonly parentPid?: number;
  /** Ticks since boot; default the pid. */
  readonly start?: number;
  readonly comm?: string;
  readonly state?: string;
  readonly exe: string;
  readonly args?: readonly string[];
  /** Which execution it is; forks have their parent's. Default the pid. */
  readonly layout?: number;
  readonly network?: string;
  /** Inodes of the sockets that it has open. */
  readonly sockets?: readonly number[];
  readonly mountinfo?: string;
}

/** A socket of a network namespace: `listen` or the peer that it is connected to. */
export type TreeSocket =
  | { readonly inode: number; readonly listen: number }
  | {
      readonly inode: number;
      readonly port: number;
      readonly peer: readonly [number, number, number, number];
      readonly at: number;
    };

/** Files as `/proc` and a container's cgroup show them, made anew by `set`. */
export interface ProcTree {
  readonly proc: string;
  /** The cgroup's directory. */
  readonly cgroup: string;
  /** What runs and which sockets there are from now on; the processes share one network namespace unless they say otherwise. */
  set(processes: readonly TreeProcess[], sockets?: readonly TreeSocket[], listed?: readonly number[]): void;
  remove(): void;
}

export function makeProcTree(): ProcTree {
  const root = mkdtempSync(join(tmpdir(), 'anchorwatch-proc-'));
  const [proc, cgroup] = [join(root, 'proc'), join(root, 'cgroup')];
  for (const directory of [proc, cgroup, join(root, 'net')]) mkdirSync(directory);
  const seen = new Set<number>();
  let before: readonly TreeProcess[] = [];
  return {
    proc,
    cgroup,
    set(processes, sockets = [], listed = processes.map(({ pid }) => pid)) {
      for (const { pid, start = pid } of before) {
        const directory = join(proc, String(pid));
        const stays = processes.some((one) => one.pid === pid && (one.start ?? pid) === start);
        // Who has the file of a process open learns that it is gone, and of one that stays what is new.
        if (!stays) truncateSync(join(directory, 'stat'));
        for (const name of readdirSync(directory))
          if (!stays || name !== 'stat') rmSync(join(directory, name), { recursive: true });
      }
      before = processes;
      writeFileSync(join(cgroup, 'cgroup.procs'), listed.map((pid) => `${pid}\n`).join(''));
      for (const socket of sockets) if ('peer' in socket) seen.add(socket.inode);
      writeNetwork(join(root, 'net'), sockets, seen.size);
      for (const process of processes) writeProcess(join(proc, String(process.pid)), process);
    },
    remove() {
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function writeProcess(directory: string, process: TreeProcess): void {
  const { pid, parentPid = 1, start = pid, state = 'S', exe, args = [exe], layout = pid } = process;
  const { comm = exe.slice(exe.lastIndexOf('/') + 1).slice(0, 15), network = 'net:[4]', mountinfo = '' } = process;
  for (const name of ['ns', 'fd']) mkdirSync(join(directory, name), { recursive: true });
  // Field 3 of proc(5) and those behind it: state, parent, …, start (22), …, start of code (26), of stack (28), of arguments (48).
  const zeros = (count: number): string => '0 '.repeat(count);
  const layoutText = `4096 0 ${layout * 4096} ${zeros(19)}8192`;
  const fields = `${state} ${parentPid} ${zeros(17)}${start} ${zeros(3)}${layoutText}`;
  writeFileSync(join(directory, 'stat'), `${pid} (${comm}) ${fields}\n`);
  writeFileSync(join(directory, 'status'), `Name:\t${comm}\nUid:\t33\t33\t33\t33\nGid:\t33\t33\t33\t33\n`);
  writeFileSync(join(directory, 'cmdline'), args.map((text) => `${text}\0`).join(''));
  writeFileSync(join(directory, 'mountinfo'), mountinfo);
  symlinkSync(exe, join(directory, 'exe'));
  symlinkSync('/', join(directory, 'cwd'));
  symlinkSync(network, join(directory, 'ns', 'net'));
  symlinkSync(join(directory, '../../net'), join(directory, 'net'));
  for (const [index, inode] of (process.sockets ?? []).entries())
    symlinkSync(`socket:[${inode}]`, join(directory, 'fd', String(index + 3)));
}

function writeNetwork(directory: string, sockets: readonly TreeSocket[], opens: number): void {
  const inUse = `TCP: inuse ${sockets.length} orphan 0`;
  writeFileSync(join(directory, 'sockstat'), `sockets: used 9\n${inUse}\nUDP: inuse 0 mem 0\n`);
  writeFileSync(join(directory, 'snmp'), `Tcp: RtoMin ActiveOpens\nTcp: 200 ${opens}\n`);
  const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
  writeFileSync(join(directory, 'tcp'), head + sockets.map(rowOf).join(''));
}

function rowOf(socket: TreeSocket): string {
  const word = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');
  const address = (bytes: readonly number[]): string => Buffer.from(bytes).swap32().toString('hex').toUpperCase();
  const [local, remote, state] =
    'peer' in socket
      ? [`0200000A:${word(socket.port)}`, `${address(socket.peer)}:${word(socket.at)}`, '01']
      : [`00000000:${word(socket.listen)}`, '00000000:0000', '0A'];
  return `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 ${socket.inode} 1 0 100 0 0 10 0\n`;
}
