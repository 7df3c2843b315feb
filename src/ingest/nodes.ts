import type { Clock } from '../lib/clock.ts';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { NodeState } from '../model/fleet.ts';
import type { NodeReport } from '../model/node.ts';
import type { ClockSkew } from './clock-probe.ts';
import { NodeClocks } from './node-clocks.ts';

/** A node as it is remembered across restarts. */
export interface NodeMemory {
  readonly name: string;
  readonly agentVersion: string;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly report: NodeReport | undefined;
  /** Its agent said goodbye when it was heard of last. */
  readonly stopped?: boolean;
  /** Id of the alert that says that it fell silent; absent while it is heard of. */
  readonly silentAlert?: string;
}

/** Where nodes are remembered. */
export interface NodeFile {
  nodes(): Promise<readonly NodeMemory[]>;
  /** All or none of them. */
  saveNodes(nodes: readonly NodeMemory[]): Promise<void>;
  forgetNode(name: string): Promise<void>;
}

// A report comes every few seconds; the file only has to know it roughly after a restart.
const saveEveryMs = 60_000;
/** Nodes that are written at once: when all of a large fleet come back, nothing else waits long for it. */
const saveAtOnce = 500;
/** A node that was down for this long is forgotten. */
const forgetAfterMs: number = 7 * 24 * 3_600_000;
/** A reading of a clock that may be wrong by more than this counts only while there is none. */
const clockErrorMs = 500;

/** The nodes that were ever seen: which are connected, and what they last reported. Written to the file by `flush`. */
export class Nodes {
  readonly #file: NodeFile;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #clocks: NodeClocks;
  readonly #states = new Map<string, NodeState>();
  readonly #savedMs = new Map<string, number>();
  /** When nodes that are away were heard of last, by the monotonic clock: setting the other makes no node fall silent. */
  readonly #away = new Map<string, number>();
  readonly #unsaved = new Set<string>();
  #trouble = '';

  constructor(file: NodeFile, clock: Clock, log: Logger) {
    this.#file = file;
    this.#clock = clock;
    this.#log = log;
    this.#clocks = new NodeClocks(log);
  }

  /** Brings back what was known before the restart; all nodes are down until they connect. */
  async load(): Promise<void> {
    for (const node of await this.#file.nodes()) {
      this.#states.set(node.name, {
        ...node,
        up: false,
        reportReceivedMs: node.report === undefined ? undefined : node.lastSeenMs,
      });
      this.#away.set(node.name, this.#clock.monotonicMs());
    }
  }

  get size(): number {
    return this.#states.size;
  }

  /** By name. */
  states(): readonly NodeState[] {
    return [...this.#states.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  get(name: string): NodeState | undefined {
    return this.#states.get(name);
  }

  /** Nodes of which nothing was heard for so long, those that were just loaded counted from then on. */
  silentFor(silenceMs: number): readonly NodeState[] {
    const beforeMs = this.#clock.monotonicMs() - silenceMs;
    return [...this.#away].flatMap(([name, heardMs]) => (heardMs <= beforeMs ? (this.#states.get(name) ?? []) : []));
  }

  up(name: string, agentVersion: string): NodeState {
    const nowMs = this.#clock.nowMs();
    const before = this.#states.get(name);
    this.#away.delete(name);
    return this.#keep({
      name,
      agentVersion,
      up: true,
      firstSeenMs: before?.firstSeenMs ?? nowMs,
      lastSeenMs: nowMs,
      report: before?.report,
      reportReceivedMs: before?.reportReceivedMs,
      ...(before?.silentAlert === undefined ? {} : { silentAlert: before.silentAlert }),
    });
  }

  /** @param end whether it said goodbye, and how long ago it was heard of last. */
  down(name: string, end: { readonly stopped: boolean; readonly heardAgoMs: number }): NodeState | undefined {
    const before = this.#states.get(name);
    if (before === undefined) return undefined;
    this.#away.set(name, this.#clock.monotonicMs() - end.heardAgoMs);
    const lastSeenMs = Math.round(this.#clock.nowMs() - end.heardAgoMs);
    return this.#keep({ ...before, up: false, stopped: end.stopped, lastSeenMs });
  }

  /** The alert that says that the node is silent; undefined: it is told that it is back. */
  told(name: string, silentAlert: string | undefined): NodeState | undefined {
    const before = this.#states.get(name);
    if (before === undefined) return undefined;
    const { silentAlert: _before, ...rest } = before;
    return this.#keep({ ...rest, ...(silentAlert === undefined ? {} : { silentAlert }) });
  }

  report(name: string, report: NodeReport): void {
    const before = this.#states.get(name);
    if (before === undefined) return;
    const nowMs = this.#clock.nowMs();
    this.#states.set(name, { ...before, report, reportReceivedMs: nowMs, lastSeenMs: nowMs });
    if (before.report === undefined || nowMs - (this.#savedMs.get(name) ?? 0) >= saveEveryMs) this.#unsaved.add(name);
  }

  /** The node's clock was compared with that of the collector. */
  clock(name: string, { skewMs, errorMs }: ClockSkew): void {
    const before = this.#states.get(name);
    if (before === undefined || (errorMs > clockErrorMs && before.clockSkewMs !== undefined)) return;
    this.#states.set(name, { ...before, clockSkewMs: Math.round(skewMs) });
    this.#clocks.measured(name, { skewMs, errorMs });
  }

  /** Drops the nodes that have been down for `forgetAfterMs`; call it now and then. */
  forget(): void {
    const nowMs = this.#clock.nowMs();
    for (const { name, up, lastSeenMs } of this.states()) {
      if (up || nowMs - lastSeenMs < forgetAfterMs) continue;
      for (const all of [this.#states, this.#savedMs, this.#away, this.#unsaved]) all.delete(name);
      this.#clocks.forget(name);
      this.#file.forgetNode(name).catch((error: unknown) => this.#failed(error));
    }
  }

  /** Writes what changed to the file; call it every second. What could not be written is tried again. @param limit nodes at most */
  async flush(limit: number = saveAtOnce): Promise<void> {
    const names = [...this.#unsaved].slice(0, limit);
    if (names.length === 0) return;
    for (const name of names) this.#unsaved.delete(name);
    try {
      await this.#file.saveNodes(names.flatMap((name) => this.#memory(name)));
      for (const name of names) this.#savedMs.set(name, this.#clock.nowMs());
      this.#trouble = '';
    } catch (error) {
      for (const name of names) if (this.#states.has(name)) this.#unsaved.add(name);
      this.#failed(error);
    }
  }

  #memory(name: string): readonly NodeMemory[] {
    const state = this.#states.get(name);
    if (state === undefined) return [];
    const { agentVersion, firstSeenMs, lastSeenMs, report, stopped = false, silentAlert } = state;
    const silent = silentAlert === undefined ? {} : { silentAlert };
    return [{ name, agentVersion, firstSeenMs, lastSeenMs, report, stopped, ...silent }];
  }

  #keep(state: NodeState): NodeState {
    this.#states.set(state.name, state);
    this.#unsaved.add(state.name);
    return state;
  }

  #failed(error: unknown): void {
    const text = errorText(error);
    if (text !== this.#trouble) this.#log.warn({ err: error }, `the states of nodes could not be saved: ${text}`);
    this.#trouble = text;
  }
}
