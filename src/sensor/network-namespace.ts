import { existsSync, readlinkSync } from 'node:fs';
import { HeldFile, readHead } from '../lib/proc-file.ts';
import { isListening, isOutgoing, parseSocketTable } from '../lib/socket-table.ts';
import type { SocketRow } from '../lib/socket-table.ts';

/** What the kernel counts in a network namespace: cheap to read, unlike its tables of sockets. */
export interface NetworkCounts {
  /** TCP connections that were begun from inside, ever. */
  readonly activeOpens: number;
  /** Sockets in use, by table (`tcp`, `tcp6`, `udp`, `udp6`). */
  readonly inUse: Readonly<Record<string, number>>;
}

/** The sockets of a namespace that say something: what listens, and what goes out. */
export interface NetworkSockets {
  readonly listening: readonly SocketRow[];
  readonly outgoing: readonly SocketRow[];
  /** A table was longer than what is read of it. */
  readonly cut: boolean;
  /** Connections that were begun since the last read and were over before this one. */
  readonly missed: number;
}

/** About 27,000 connections. */
const tableMax = 4 << 20;
const portsMax = 4096;
const tables = [
  ['tcp', 'tcp', 2],
  ['tcp6', 'tcp', 10],
  ['udp', 'udp', 2],
  ['udp6', 'udp', 10],
] as const;

/** Name of a process's network namespace (`net:[4026531840]`); throws when the process is gone. */
export function networkOf(proc: string, pid: number): string {
  return readlinkSync(`${proc}/${pid}/ns/net`);
}

/** The value of `Name: … inuse N` in a text of /proc/net/sockstat[6]. */
function inUse(text: string, name: string): number {
  return Number(new RegExp(`^${name}: inuse (\\d+)`, 'm').exec(text)?.[1] ?? 0);
}

/** Sockets in use, by table, in texts of /proc/net/sockstat and sockstat6; the latter is empty where there is no IPv6. Pure. */
export function socketsInUse(sockstat: string, sockstat6: string): NetworkCounts['inUse'] {
  return {
    tcp: inUse(sockstat, 'TCP'),
    tcp6: inUse(sockstat6, 'TCP6'),
    udp: inUse(sockstat, 'UDP'),
    udp6: inUse(sockstat6, 'UDP6'),
  };
}

/** `ActiveOpens` in a text of /proc/net/snmp: a line of names, then a line of values. Pure. */
export function activeOpensOf(snmp: string): number {
  const [names, values] = snmp.split('\n').filter((line) => line.startsWith('Tcp:'));
  const index = names?.split(' ').indexOf('ActiveOpens') ?? -1;
  return index < 0 ? 0 : Number(values?.split(' ')[index] ?? 0);
}

/**
 * One network namespace, read through any process in it. Reading a table of TCP sockets walks the node's whole hash of connections
 * (milliseconds), so that the counts say whether it is worth it. Remembers which ports it was seen to listen on.
 */
export class NetworkNamespace {
  readonly #proc: string;
  readonly #listened: Set<string> = new Set();
  #files: CountFiles | undefined;
  #outgoing: ReadonlySet<string> = new Set();
  #activeOpens: number | undefined;

  constructor(proc: string) {
    this.#proc = proc;
  }

  /** @param pid Asked the first time; throws when the process is gone then. */
  counts(pid: number): NetworkCounts {
    const directory = `${this.#proc}/${pid}/net`;
    this.#files ??= openCounts(directory);
    const text = (file: HeldFile | undefined): string => file?.read().toString('latin1') ?? '';
    return {
      activeOpens: activeOpensOf(text(this.#files.snmp)),
      inUse: socketsInUse(text(this.#files.sockstat), text(this.#files.sockstat6)),
    };
  }

  /** Lets go of the namespace, which lives as long as its files are open. */
  close(): void {
    for (const file of Object.values(this.#files ?? {})) file?.close();
    this.#files = undefined;
  }

  /** Reads the tables that are not empty. Throws when the process is gone. */
  read(pid: number, counts: NetworkCounts): NetworkSockets {
    const rows: SocketRow[] = [];
    let cut = false;
    for (const [file, protocol, family] of tables) {
      if (counts.inUse[file] === 0) continue;
      const head = readHead(`${this.#proc}/${pid}/net/${file}`, tableMax);
      cut ||= head.cut;
      rows.push(...parseSocketTable(head.bytes.toString('latin1'), protocol, family));
    }
    const listening = rows.filter(isListening);
    for (const { port, protocol } of listening)
      if (this.#listened.size < portsMax) this.#listened.add(`${port}/${protocol}`);
    const outgoing = rows.filter((row) => isOutgoing(row, this.#listened));
    const inodes = new Set(outgoing.filter(({ protocol }) => protocol === 'tcp').map(({ inode }) => inode));
    const fresh = [...inodes].filter((inode) => !this.#outgoing.has(inode)).length;
    const begun = this.#activeOpens === undefined ? 0 : counts.activeOpens - this.#activeOpens;
    this.#outgoing = inodes;
    this.#activeOpens = counts.activeOpens;
    return { listening, outgoing, cut, missed: Math.max(0, begun - fresh) };
  }
}

interface CountFiles {
  readonly snmp: HeldFile;
  readonly sockstat: HeldFile;
  /** A kernel without IPv6 has none. */
  readonly sockstat6: HeldFile | undefined;
}

function openCounts(directory: string): CountFiles {
  const snmp = new HeldFile(`${directory}/snmp`);
  let sockstat: HeldFile | undefined;
  try {
    sockstat = new HeldFile(`${directory}/sockstat`);
    return {
      snmp,
      sockstat,
      sockstat6: existsSync(`${directory}/sockstat6`) ? new HeldFile(`${directory}/sockstat6`) : undefined,
    };
  } catch (error) {
    snmp.close();
    sockstat?.close();
    throw error;
  }
}
