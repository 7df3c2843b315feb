import type { Process } from '../model/event.ts';
import { takeSockets } from './processes.ts';
import type { SocketRow } from '../lib/socket-table.ts';
import type { NetworkSockets } from './network-namespace.ts';

/** A socket of a container and the oldest process that has it open. */
export interface HeldSocket {
  readonly kind: 'listen' | 'connect';
  readonly row: SocketRow;
  readonly process: Process;
}

/** What became of a look at a container's sockets. */
export interface SocketScan {
  readonly found: readonly HeldSocket[];
  /** Some are nobody's yet: worth another look, a few times. */
  readonly again: boolean;
  readonly lost: Readonly<Record<'full' | 'cut', number>>;
}

/** More different peers and ports of one container are not told in one sample. */
const toldMax = 4096;
/** How often a socket's holder is looked for. Sockets of others in the same namespace have none here. */
const triesMax = 3;

/**
 * The sockets of one container in one network namespace, which may be the node's or shared with other containers: only what one of its own
 * processes has open is its. Each address and port is found once in a sample.
 */
export class SocketWatch {
  readonly #proc: string;
  readonly #told: Set<string> = new Set();
  #tries: Map<string, number> = new Map();
  #owners: Map<string, Process> = new Map();
  #cut = 0;
  #held: ReadonlyMap<string, HeldSocket> = new Map();

  constructor(proc: string) {
    this.#proc = proc;
  }

  /** A new sample: what was found in the last read is told again now, everything else when it is found. */
  begin(): readonly HeldSocket[] {
    this.#told.clear();
    for (const key of this.#held.keys()) this.#told.add(key);
    return [...this.#held.values()];
  }

  /** @param processes Those of the container that are in the namespace, oldest first. */
  scan({ listening, outgoing, cut }: NetworkSockets, processes: readonly Process[]): SocketScan {
    this.#cut = cut ? 1 : 0;
    const rows = [
      ...listening.map((row) => ({ kind: 'listen' as const, row })),
      ...outgoing.map((row) => ({ kind: 'connect' as const, row })),
    ];
    const again = this.#findOwners(
      rows.filter(({ kind, row }) => !this.#told.has(keyOf(kind, row))).map(({ row }) => row.inode),
      new Set(rows.map(({ row }) => row.inode)),
      processes,
    );
    const lost = { full: 0, cut: this.#cut };
    const found: HeldSocket[] = [];
    const held = new Map<string, HeldSocket>();
    for (const { kind, row } of rows) {
      const process = this.#owners.get(row.inode);
      const key = keyOf(kind, row);
      if (held.has(key)) continue;
      // Whoever holds a second connection to the same peer is not asked.
      const socket = process === undefined ? this.#held.get(key) : { kind, row, process };
      if (socket === undefined) continue;
      if (!this.#told.has(key)) {
        if (this.#told.size >= toldMax) {
          lost.full++;
          continue;
        }
        this.#told.add(key);
        found.push(socket);
      }
      held.set(key, socket);
    }
    this.#held = held;
    return { found, again, lost };
  }

  /** Looks for the holders of sockets among the files that processes have open. True when some were not found and are worth another look. */
  #findOwners(inodes: readonly string[], present: ReadonlySet<string>, processes: readonly Process[]): boolean {
    const alive = new Map(processes.map((process) => [identity(process), process]));
    this.#tries = new Map([...this.#tries].filter(([inode]) => present.has(inode)));
    this.#owners = new Map(
      [...this.#owners].filter(([inode, owner]) => present.has(inode) && alive.has(identity(owner))),
    );
    const wanted = new Set(
      inodes.filter((inode) => !this.#owners.has(inode) && (this.#tries.get(inode) ?? 0) < triesMax),
    );
    for (const process of processes) {
      if (wanted.size === 0) break;
      const { held, cut } = takeSockets(process.pid, wanted, this.#proc);
      for (const inode of held) this.#owners.set(inode, process);
      if (cut) this.#cut++;
    }
    for (const inode of wanted) this.#tries.set(inode, (this.#tries.get(inode) ?? 0) + 1);
    return [...wanted].some((inode) => (this.#tries.get(inode) ?? 0) < triesMax);
  }
}

function identity({ pid, startTimeNs }: Process): string {
  return `${pid} ${startTimeNs}`;
}

function keyOf(kind: 'listen' | 'connect', row: SocketRow): string {
  return kind === 'listen'
    ? `listen ${row.protocol} ${row.address} ${row.port}`
    : `connect ${row.protocol} ${row.remoteAddress} ${row.remotePort}`;
}
