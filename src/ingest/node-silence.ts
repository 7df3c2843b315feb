import { createHash } from 'node:crypto';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { Alert } from '../model/alert.ts';
import type { NodeState } from '../model/fleet.ts';
import { limits } from '../protocol/limits.ts';

/** What is known of the nodes. */
export interface SilentNodes {
  /** Nodes of which nothing was heard for so long. */
  silentFor(silenceMs: number): readonly NodeState[];
  get(name: string): NodeState | undefined;
  /** Remembers the alert that says that the node is silent; undefined: it is told that it is back. */
  told(name: string, silentAlert: string | undefined): NodeState | undefined;
}

export interface NodeSilenceOptions {
  readonly nodes: SilentNodes;
  /** How long nothing may be heard of an agent before that is an alert; 0: it never is. */
  readonly silenceMs: number;
  /** Whether an agent that said goodbye is an alert as well when it does not come back. */
  readonly stoppedToo: boolean;
  /** After the start of the collector nodes get this much longer to come back: they spread over it. */
  readonly graceMs: () => number;
  readonly monotonicMs: () => number;
  readonly nowMs: () => number;
  readonly log: Logger;
  /** Stores an alert durably, by id only once. */
  readonly raise: (alert: Alert) => Promise<void>;
  /** Is told of nodes that were told silent, or back. */
  readonly changed: (node: NodeState) => void;
}

/** So many nodes that fall silent within a second are one alert: it is the network, or the collector's own. */
const togetherFrom = 10;
const agentWorkload = { id: 'anchorwatch-agent', name: 'anchorwatch/agent', kind: 'image' } as const;
const noContainer = { id: '', name: '', image: '', digest: '' } as const;

/**
 * Turns nodes that fall silent into alerts of the collector's own, and says in the same incident when they are back. Ids follow from what is told,
 * so that a collector that is killed in between tells nothing twice. What cannot be stored is tried again with the next `tick`.
 */
export class NodeSilence {
  readonly #options: NodeSilenceOptions;
  readonly #startMs: number;
  /** Nodes by the alert that told them silent; empty when all of them are told back. */
  readonly #told = new Map<string, Set<string>>();
  #busy = false;
  #trouble = '';

  /** @param silent nodes that were told silent before the restart */
  constructor(options: NodeSilenceOptions, silent: readonly NodeState[] = []) {
    this.#options = options;
    this.#startMs = options.monotonicMs();
    for (const { name, silentAlert } of silent) if (silentAlert !== undefined) this.#remember(silentAlert, [name]);
  }

  /** Call it every second. Never rejects. */
  async tick(): Promise<void> {
    const { silenceMs, log } = this.#options;
    if (this.#busy || silenceMs === 0) return;
    this.#busy = true;
    try {
      await this.#tellBack();
      await this.#tellSilent();
      this.#trouble = '';
    } catch (error) {
      const text = errorText(error);
      if (text !== this.#trouble) log.error({ err: error }, `that nodes fell silent could not be stored: ${text}`);
      this.#trouble = text;
    } finally {
      this.#busy = false;
    }
  }

  async #tellSilent(): Promise<void> {
    const { nodes, silenceMs, stoppedToo, graceMs, monotonicMs } = this.#options;
    if (monotonicMs() - this.#startMs < silenceMs + graceMs()) return;
    const silent = nodes
      .silentFor(silenceMs)
      .filter(({ silentAlert, stopped = false }) => silentAlert === undefined && (stoppedToo || !stopped));
    if (silent.length >= togetherFrom) await this.#raiseSilent(silent);
    else for (const node of silent) await this.#raiseSilent([node]);
  }

  async #raiseSilent(silent: readonly NodeState[]): Promise<void> {
    const { nodes, raise, log, changed, nowMs } = this.#options;
    const [first] = silent;
    if (first === undefined) return;
    const names = silent.map(({ name }) => name);
    const lastMs = Math.max(...silent.map(({ lastSeenMs }) => lastSeenMs));
    const id = idOf(lastMs, `silent ${names.join(' ')}`);
    const title = names.length === 1 ? `node ${first.name} fell silent` : `${String(names.length)} nodes fell silent`;
    const how =
      names.length === 1 && first.stopped === true
        ? 'its agent was stopped'
        : 'nothing was heard of it that said goodbye';
    const since = new Date(lastMs).toISOString();
    await raise({
      ...base(first.name, id, lastMs, nowMs()),
      ...{
        severity: 'warning',
        score: 4,
        surprise: 0,
        suspicion: 4,
        title,
        key: 'node:silent',
        techniques: ['T1562.001'],
      },
      evidence: evidenceOf(names, `since ${since} ${how}: what its containers do is not seen meanwhile`),
      incident: id,
    });
    log.warn({ nodes: names.slice(0, limits.listItems), alert: id }, title);
    this.#remember(id, names);
    for (const name of names) {
      const state = nodes.told(name, id);
      if (state !== undefined) changed(state);
    }
  }

  /** Nodes that fell silent together are told back together. */
  async #tellBack(): Promise<void> {
    const { nodes, raise, changed, nowMs } = this.#options;
    for (const [alert, names] of this.#told) {
      const states = [...names].flatMap((name) => nodes.get(name) ?? []);
      if (states.some(({ up }) => !up)) continue;
      const [first] = states;
      if (first !== undefined) {
        const backMs = Math.min(...states.map(({ lastSeenMs }) => lastSeenMs), nowMs());
        const title = states.length === 1 ? `node ${first.name} is back` : `${String(states.length)} nodes are back`;
        const id = idOf(backMs, `back ${alert}`);
        await raise({
          ...base(first.name, id, backMs, nowMs()),
          ...{ severity: 'notice', score: 0, surprise: 0, suspicion: 0, title, key: 'node:back', techniques: [] },
          evidence: evidenceOf(
            states.map(({ name }) => name),
            'its alerts of the meantime follow, as far as its agent was running',
          ),
          incident: alert,
        });
      }
      this.#told.delete(alert);
      for (const { name } of states) {
        const state = nodes.told(name, undefined);
        if (state !== undefined) changed(state);
      }
    }
  }

  #remember(alert: string, names: readonly string[]): void {
    const all = this.#told.get(alert) ?? new Set<string>();
    this.#told.set(alert, all);
    for (const name of names) all.add(name);
  }
}

function base(
  node: string,
  id: string,
  timeMs: number,
  nowMs: number,
): Pick<
  Alert,
  | 'id'
  | 'time'
  | 'lastTime'
  | 'raisedAfterMs'
  | 'dimension'
  | 'detector'
  | 'rules'
  | 'practices'
  | 'node'
  | 'workload'
  | 'container'
  | 'count'
> {
  const time = new Date(timeMs).toISOString();
  return {
    ...{ id, time, lastTime: time, raisedAfterMs: Math.max(0, nowMs - timeMs), count: 1 },
    ...{ dimension: 'lifecycle', detector: 'collector', rules: [], practices: [] },
    ...{ node, workload: agentWorkload, container: noContainer },
  };
}

function evidenceOf(names: readonly string[], note: string): Alert['evidence'] {
  return { samples: 0, seenInOneSample: 0, coverage: 0, expected: names.slice(0, limits.listItems), note };
}

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A ULID of this time whose random part follows from the text. Pure. */
export function idOf(timeMs: number, text: string): string {
  let [head, rest] = ['', Math.floor(timeMs)];
  for (let digit = 0; digit < 10; digit += 1) {
    head = crockford.charAt(rest % 32) + head;
    rest = Math.floor(rest / 32);
  }
  const hash = createHash('sha256')
    .update(`${String(timeMs)} ${text}`)
    .digest();
  return head + [...hash.subarray(0, 16)].map((byte) => crockford.charAt(byte % 32)).join('');
}
