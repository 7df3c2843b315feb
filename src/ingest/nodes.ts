import type { Clock } from '../lib/clock.ts';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { NodeState } from '../model/fleet.ts';
import type { NodeReport } from '../model/node.ts';

/** A node as it is remembered across restarts. */
export interface NodeMemory {
  readonly name: string;
  readonly agentVersion: string;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly report: NodeReport | undefined;
}

/** Where nodes are remembered. */
export interface NodeFile {
  nodes(): Promise<readonly NodeMemory[]>;
  saveNode(node: NodeMemory): Promise<void>;
  forgetNode(name: string): Promise<void>;
}

// A report comes every few seconds; the file only has to know it roughly after a restart.
const saveEveryMs = 60_000;
/** A node that was down for this long is forgotten. */
export const forgetAfterMs: number = 7 * 24 * 3_600_000;

/** The nodes that were ever seen: which are connected, and what they last reported. */
export class Nodes {
  readonly #file: NodeFile;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #states = new Map<string, NodeState>();
  readonly #savedMs = new Map<string, number>();

  constructor(file: NodeFile, clock: Clock, log: Logger) {
    this.#file = file;
    this.#clock = clock;
    this.#log = log;
  }

  /** Brings back what was known before the restart; all nodes are down until they connect. */
  async load(): Promise<void> {
    for (const node of await this.#file.nodes()) {
      this.#states.set(node.name, {
        ...node,
        up: false,
        reportReceivedMs: node.report === undefined ? undefined : node.lastSeenMs,
      });
    }
  }

  /** By name. */
  states(): readonly NodeState[] {
    return [...this.#states.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  up(name: string, agentVersion: string): NodeState {
    const nowMs = this.#clock.nowMs();
    const before = this.#states.get(name);
    return this.#keep({
      name,
      agentVersion,
      up: true,
      firstSeenMs: before?.firstSeenMs ?? nowMs,
      lastSeenMs: nowMs,
      report: before?.report,
      reportReceivedMs: before?.reportReceivedMs,
    });
  }

  down(name: string): NodeState | undefined {
    const before = this.#states.get(name);
    return before === undefined ? undefined : this.#keep({ ...before, up: false, lastSeenMs: this.#clock.nowMs() });
  }

  report(name: string, report: NodeReport): void {
    const before = this.#states.get(name);
    if (before === undefined) return;
    const nowMs = this.#clock.nowMs();
    const state = { ...before, report, reportReceivedMs: nowMs, lastSeenMs: nowMs };
    this.#states.set(name, state);
    if (before.report === undefined || nowMs - (this.#savedMs.get(name) ?? 0) >= saveEveryMs) this.#save(state);
  }

  /** Drops the nodes that have been down for `forgetAfterMs`; call it now and then. */
  forget(): void {
    const nowMs = this.#clock.nowMs();
    for (const { name, up, lastSeenMs } of this.states()) {
      if (up || nowMs - lastSeenMs < forgetAfterMs) continue;
      this.#states.delete(name);
      this.#savedMs.delete(name);
      this.#file.forgetNode(name).catch((error: unknown) => this.#failed(name, error));
    }
  }

  #keep(state: NodeState): NodeState {
    this.#states.set(state.name, state);
    this.#save(state);
    return state;
  }

  #save(state: NodeState): void {
    this.#savedMs.set(state.name, this.#clock.nowMs());
    const { name, agentVersion, firstSeenMs, lastSeenMs, report } = state;
    this.#file
      .saveNode({ name, agentVersion, firstSeenMs, lastSeenMs, report })
      .catch((error: unknown) => this.#failed(name, error));
  }

  #failed(node: string, error: unknown): void {
    this.#log.warn({ err: error, node }, `the state of a node could not be saved: ${errorText(error)}`);
  }
}
