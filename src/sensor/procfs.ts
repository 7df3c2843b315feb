import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { ConnectEvent, Event, ExecEvent, ListenEvent, Process } from '../model/event.ts';
import { Budget } from './budget.ts';
import { NetworkNamespace, networkOf } from './network-namespace.ts';
import type { NetworkCounts, NetworkSockets } from './network-namespace.ts';
import { failureOf } from '../lib/proc-file.ts';
import { ProcessTable } from './process-table.ts';
import type { SeenProgram } from './process-table.ts';
import { cgroupContents } from './processes.ts';
import { SocketWatch } from './socket-watch.ts';
import type { HeldSocket } from './socket-watch.ts';

/** A container to look at. */
export interface PolledContainer {
  readonly name: string;
  readonly cgroupId: string;
  /** Its cgroup, with everything that was made below. */
  readonly directory: string;
  /** When its first process started, milliseconds since the epoch. */
  readonly startedAtMs: number | undefined;
  /** It is older than the agent: where its programs are from is not asked. */
  readonly adopted: boolean;
  /** Number of the sample that it is in. */
  readonly sample: number;
}

export interface ProcfsOptions {
  /** Takes what was seen: once when it is, and once more in every sample of the container that it is seen in. */
  readonly listener: { event(event: Event): void };
  readonly clock: Clock;
  readonly log: Logger;
  /** Default `/proc`. */
  readonly proc?: string;
  /** Processor time used up to now, milliseconds; default that of the thread. Waiting for others costs nothing. */
  readonly usedMs?: () => number;
  /** Time that may be spent, milliseconds a second. */
  readonly processesMs?: number;
  readonly socketsMs?: number;
}

type ProcessLoss = 'gone' | 'denied' | 'full' | 'put_off';
type SocketLoss = ProcessLoss | 'cut' | 'short_lived';

interface WatchedNetwork {
  readonly sockets: SocketWatch;
  /** As at the last read; undefined: read again. */
  counts: NetworkCounts | undefined;
  sample: number;
}

interface Watched {
  readonly container: PolledContainer;
  readonly table: ProcessTable;
  readonly networks: Map<string, WatchedNetwork>;
  /** Network namespaces by process, asked once in a sample. */
  networkNames: Map<string, string>;
  sample: number;
  toldSample: number | undefined;
  polledMs: number;
}

/** A container's part of a network namespace, to be looked at. */
interface Visit {
  readonly watched: Watched;
  readonly network: WatchedNetwork;
  readonly name: string;
  readonly processes: readonly Process[];
  readonly counts: NetworkCounts;
  /** Connections were begun since. */
  readonly urgent: boolean;
}

/** Together 1.3 % of a core. Reading a namespace's tables of sockets takes 4 ms each where the node's hash of connections is of common size. */
const processesMsDefault = 7;
const socketsMsDefault = 6;
const burstMs = 100;
const complaintPauseMs = 600_000;

/**
 * What containers do, by looking at `/proc` every now and then: programs, listening sockets, connections to others. For nodes without the kernel
 * sensor; `procfs-hooks.ts` says what it does not see. Costs no more than its budget: containers whose turn does not come are looked at
 * later, counted and named. Never throws.
 */
export class ProcfsSource {
  readonly #options: ProcfsOptions;
  readonly #proc: string;
  readonly #watched: Map<string, Watched> = new Map();
  readonly #namespaces: Map<string, NetworkNamespace> = new Map();
  readonly #processBudget: Budget;
  readonly #socketBudget: Budget;
  readonly #processLosses: Record<ProcessLoss, number> = { gone: 0, denied: 0, full: 0, put_off: 0 };
  readonly #socketLosses: Record<SocketLoss, number> = {
    ...{ gone: 0, denied: 0, full: 0, put_off: 0 },
    ...{ cut: 0, short_lived: 0 },
  };
  #complainedMs: number | undefined;

  constructor(options: ProcfsOptions) {
    this.#options = options;
    this.#proc = options.proc ?? '/proc';
    const nowMs = options.clock.monotonicMs();
    const { processesMs = processesMsDefault, socketsMs = socketsMsDefault } = options;
    this.#processBudget = new Budget({ msPerSecond: processesMs, burstMs, nowMs });
    this.#socketBudget = new Budget({ msPerSecond: socketsMs, burstMs, nowMs });
  }

  /** What could not be seen, by reason; `put_off`: looks that had to wait. */
  get lost(): readonly { readonly hook: string; readonly reason: string; readonly count: number }[] {
    const rows = (hook: string, losses: Readonly<Record<string, number>>) =>
      Object.entries(losses).map(([reason, count]) => ({ hook, reason, count }));
    return [...rows('procfs.processes', this.#processLosses), ...rows('procfs.sockets', this.#socketLosses)];
  }

  /** Looks at a container from the next `poll` on. */
  watch(container: PolledContainer): void {
    const { startedAtMs, adopted, sample, cgroupId } = container;
    this.unwatch(cgroupId);
    this.#watched.set(cgroupId, {
      container,
      table: new ProcessTable({ proc: this.#proc, startedAtMs, adopted }),
      networks: new Map(),
      networkNames: new Map(),
      sample,
      toldSample: undefined,
      polledMs: -Infinity,
    });
  }

  /** The container is in another sample: what it still shows is told again. */
  resample(cgroupId: string, sample: number): void {
    const watched = this.#watched.get(cgroupId);
    if (watched === undefined) return;
    watched.sample = sample;
    watched.networkNames = new Map();
  }

  unwatch(cgroupId: string): void {
    this.#watched.get(cgroupId)?.table.close();
    this.#watched.delete(cgroupId);
  }

  /** Lets go of all files. */
  close(): void {
    for (const cgroupId of [...this.#watched.keys()]) this.unwatch(cgroupId);
    for (const namespace of this.#namespaces.values()) namespace.close();
    this.#namespaces.clear();
  }

  /** One look at every container, as far as the budget reaches; those that waited longest come first. About once a second. */
  poll(): void {
    const turns = [...this.#watched.values()].toSorted((a, b) => a.polledMs - b.polledMs);
    const late = new Set<string>();
    for (const watched of turns) {
      const done = this.#within(this.#processBudget, () => {
        this.#lookAtProcesses(watched);
      });
      if (done) continue;
      this.#processLosses.put_off++;
      late.add(watched.container.name);
    }
    for (const name of this.#pollSockets(turns)) late.add(name);
    this.#complain(late);
  }

  #lookAtProcesses(watched: Watched): void {
    const nowMs = this.#options.clock.monotonicMs();
    watched.polledMs = nowMs;
    const { found, lost } = watched.table.scan(cgroupContents(watched.container.directory).pids, nowMs);
    for (const reason of ['gone', 'denied', 'full'] as const) this.#processLosses[reason] += lost[reason];
    const again = watched.toldSample !== watched.sample;
    watched.toldSample = watched.sample;
    for (const seen of again ? watched.table.programs() : found) this.#tellProgram(watched.container, seen);
  }

  /** Answers the names of containers whose turn did not come. */
  #pollSockets(turns: readonly Watched[]): readonly string[] {
    const visits: Visit[] = [];
    const late: string[] = [];
    const counted = new Map<string, NetworkCounts>();
    for (const watched of turns) {
      const done = this.#within(this.#socketBudget, () => {
        visits.push(...this.#visitsOf(watched, counted));
      });
      if (!done) late.push(watched.container.name);
    }
    const read = new Map<string, NetworkSockets>();
    for (const visit of visits.toSorted((a, b) => Number(b.urgent) - Number(a.urgent))) {
      const done = this.#within(this.#socketBudget, () => {
        this.#lookAtSockets(visit, read);
      });
      if (!done) late.push(visit.watched.container.name);
    }
    this.#socketLosses.put_off += late.length;
    const used = new Set([...this.#watched.values()].flatMap(({ networks }) => [...networks.keys()]));
    for (const [name, namespace] of this.#namespaces) {
      if (used.has(name)) continue;
      namespace.close();
      this.#namespaces.delete(name);
    }
    return late;
  }

  /** The namespaces of a container in which something changed; what did not is told again when a sample began. */
  #visitsOf(watched: Watched, counted: Map<string, NetworkCounts>): readonly Visit[] {
    const groups = this.#networksOf(watched);
    for (const name of watched.networks.keys()) if (!groups.has(name)) watched.networks.delete(name);
    const visits: Visit[] = [];
    for (const [name, processes] of groups) {
      const namespace = this.#namespaceOf(name);
      const counts = counted.get(name) ?? this.#attempt(processes, ({ pid }) => namespace.counts(pid));
      if (counts === undefined) continue;
      counted.set(name, counts);
      let network = watched.networks.get(name);
      if (network === undefined) {
        network = { sockets: new SocketWatch(this.#proc), counts: undefined, sample: watched.sample };
        watched.networks.set(name, network);
      }
      if (network.sample !== watched.sample) {
        network.sample = watched.sample;
        for (const socket of network.sockets.begin()) this.#tellSocket(watched.container, socket);
      }
      if (isSame(network.counts, counts)) continue;
      const urgent = network.counts?.activeOpens !== counts.activeOpens;
      visits.push({ watched, network, name, processes, counts, urgent });
    }
    return visits;
  }

  #lookAtSockets({ watched, network, name, processes, counts }: Visit, read: Map<string, NetworkSockets>): void {
    const namespace = this.#namespaceOf(name);
    let sockets = read.get(name);
    if (sockets === undefined) {
      sockets = this.#attempt(processes, ({ pid }) => namespace.read(pid, counts));
      if (sockets === undefined) return;
      read.set(name, sockets);
      if (name !== this.#nodeNetwork()) this.#socketLosses.short_lived += sockets.missed;
    }
    const { found, again, lost } = network.sockets.scan(sockets, processes);
    network.counts = again ? undefined : counts;
    this.#socketLosses.full += lost.full;
    this.#socketLosses.cut += lost.cut;
    for (const socket of found) this.#tellSocket(watched.container, socket);
  }

  /** The container's processes by the network namespace that they are in. */
  #networksOf(watched: Watched): ReadonlyMap<string, readonly Process[]> {
    const groups = new Map<string, Process[]>();
    const names = new Map<string, string>();
    for (const process of watched.table.processes()) {
      const key = `${process.pid} ${process.startTimeNs}`;
      const name = watched.networkNames.get(key) ?? this.#attempt([process], ({ pid }) => networkOf(this.#proc, pid));
      if (name === undefined) continue;
      names.set(key, name);
      const group = groups.get(name);
      if (group === undefined) groups.set(name, [process]);
      else group.push(process);
    }
    watched.networkNames = names;
    return groups;
  }

  #namespaceOf(name: string): NetworkNamespace {
    let namespace = this.#namespaces.get(name);
    if (namespace === undefined) this.#namespaces.set(name, (namespace = new NetworkNamespace(this.#proc)));
    return namespace;
  }

  /** What others on the node connect to is not the containers'. */
  #nodeNetwork(): string | undefined {
    try {
      return networkOf(this.#proc, 1);
    } catch {
      return undefined;
    }
  }

  /** The first answer that a process gives; undefined, and counted, when none does. */
  #attempt<Answer>(processes: readonly Process[], ask: (process: Process) => Answer): Answer | undefined {
    let reason: 'gone' | 'denied' = 'gone';
    for (const process of processes) {
      try {
        return ask(process);
      } catch (error) {
        reason = failureOf(error);
      }
    }
    this.#socketLosses[reason]++;
    return undefined;
  }

  /** False when the budget is used up and nothing was done. */
  #within(budget: Budget, act: () => void): boolean {
    const { clock, usedMs = usedByThread } = this.#options;
    if (budget.left(clock.monotonicMs()) <= 0) return false;
    const before = usedMs();
    act();
    budget.spend(usedMs() - before);
    return true;
  }

  #complain(late: ReadonlySet<string>): void {
    const nowMs = this.#options.clock.monotonicMs();
    if (late.size === 0 || nowMs - (this.#complainedMs ?? -Infinity) < complaintPauseMs) return;
    this.#complainedMs = nowMs;
    this.#options.log.warn(
      { code: 'procfs.put-off', containers: [...late].slice(0, 20), count: late.size },
      'polling /proc takes longer than it may: these containers are looked at less often than once a second',
    );
  }

  #tellProgram({ cgroupId }: PolledContainer, { process, origin, parentExe }: SeenProgram): void {
    const event: ExecEvent = {
      ...{ kind: 'exec', timeMs: this.#options.clock.nowMs(), cgroupId, source: 'procfs' },
      ...{ path: process.exe, origin, script: '', parentExe, fromRuntime: parentExe === '', process },
    };
    this.#options.listener.event(event);
  }

  #tellSocket({ cgroupId }: PolledContainer, { kind, row, process }: HeldSocket): void {
    const { protocol } = row;
    const base = { timeMs: this.#options.clock.nowMs(), cgroupId, source: 'procfs' as const, protocol, process };
    const event: ListenEvent | ConnectEvent =
      kind === 'listen'
        ? { ...base, kind, address: row.address, port: row.port }
        : { ...base, kind, address: row.remoteAddress, port: row.remotePort };
    this.#options.listener.event(event);
  }
}

function usedByThread(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function isSame(before: NetworkCounts | undefined, now: NetworkCounts): boolean {
  if (before?.activeOpens !== now.activeOpens) return false;
  return Object.entries(now.inUse).every(([table, count]) => before.inUse[table] === count);
}
