import { nodeMeaningOf, victimOf } from '../identity/kubernetes/node-event.ts';
import type { NodeTrouble } from '../identity/kubernetes/node-event.ts';
import type { ClusterEvent } from '../identity/kubernetes/cluster-event.ts';
import { idOf } from '../ingest/node-silence.ts';
import type { Clock } from '../lib/clock.ts';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { Alert } from '../model/alert.ts';

export interface NodeEventsOptions {
  /** The nodes that have agents: whoever may write Events could make up others. */
  readonly nodes: () => readonly { readonly name: string }[];
  /** Stores an alert durably; one that comes again by its id is counted on the first. */
  readonly raise: (alert: Alert) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Between two attempts at a store that takes nothing, milliseconds. Default 1000. */
  readonly retryMs?: number;
}

interface Episode {
  readonly id: string;
  readonly firstMs: number;
  lastMs: number;
  count: number;
}

/** Troubles of nodes that are remembered; the one that was heard of longest ago makes way. */
const episodesMax = 4_096;
/** Alerts that wait for the store; what comes then is left out, and said. */
const waitingMax = 256;
/** What has no end of its own is another one when nothing was heard of it for so long. */
const anewMs = 3_600_000;

const endless: ReadonlySet<NodeTrouble> = new Set(['oom', 'kernel-oops', 'disk-error', 'task-hung', 'rebooted']);

interface Words {
  readonly title: (node: string, victim: string) => string;
  readonly over?: (node: string) => string;
  /** `warning`: what somebody may have done to the node. The rest is an outage, told and paged by others. */
  readonly severity: 'notice' | 'warning';
  readonly techniques: readonly string[];
}

const words: Readonly<Record<NodeTrouble, Words>> = {
  'not-ready': outage('is not ready', 'is ready again'),
  'disk-pressure': outage('runs out of disk', 'has disk again'),
  'memory-pressure': outage('runs out of memory', 'has memory again'),
  'pid-pressure': {
    ...outage('runs out of process ids', 'has process ids again'),
    ...{ severity: 'warning', techniques: ['T1499.001'] },
  },
  oom: {
    title: (node, victim) => `the kernel of node ${node} ended ${victim || 'a process'} for want of memory`,
    ...{ severity: 'warning', techniques: ['T1499'] },
  },
  'kernel-oops': { ...outage('had a fault in its kernel'), ...{ severity: 'warning', techniques: ['T1068'] } },
  'read-only': outage('can write to a file system no more', 'can write again'),
  'disk-error': outage('has errors of a disk'),
  'task-hung': outage('has a process that hangs in the kernel'),
  rebooted: outage('was rebooted'),
};

function outage(what: string, over?: string): Words {
  return {
    title: (node) => `node ${node} ${what}`,
    ...(over === undefined ? {} : { over: (node: string) => `node ${node} ${over}` }),
    ...{ severity: 'notice', techniques: [] },
  };
}

/**
 * Makes alerts of what the cluster's Events say of nodes that have agents: one for each trouble of each node until it is over, which is told in the same incident.
 * Ids follow from what is told: what comes again after a restart is counted on the same alert. Stop: what waits for the store is dropped.
 */
export class NodeEvents {
  readonly #options: NodeEventsOptions;
  readonly #episodes: Map<string, Episode> = new Map();
  readonly #waiting: Alert[] = [];
  #busy = false;
  #stopped = false;

  constructor(options: NodeEventsOptions) {
    this.#options = options;
  }

  /** Whether the Event was news of a node. */
  take(event: ClusterEvent): boolean {
    const meaning = nodeMeaningOf(event);
    const { name: node, message } = event;
    if (meaning === undefined || !this.#options.nodes().some(({ name }) => name === node)) return false;
    const { trouble, over } = meaning;
    const key = `${trouble} ${node}`;
    const timeMs = Math.min(event.lastMs, this.#options.clock.nowMs());
    const before = this.#episodes.get(key);
    this.#episodes.delete(key);
    const { title, over: overTitle, severity, techniques } = words[trouble];
    if (over) {
      if (before === undefined || overTitle === undefined) return false;
      const id = idOf(timeMs, `${key} over ${before.id}`);
      const spoken = {
        severity: 'notice',
        techniques: [],
        title: overTitle(node),
        key: `node:${trouble}-over`,
      } as const;
      this.#queue(alertOf({ ...spoken, id, node, timeMs, lastMs: timeMs, count: 1, incident: before.id, message }));
      return true;
    }
    const isAnew = before === undefined || (endless.has(trouble) && timeMs - before.lastMs > anewMs);
    const episode = isAnew
      ? { id: idOf(timeMs, key), firstMs: timeMs, lastMs: timeMs, count: 1 }
      : { ...before, lastMs: Math.max(before.lastMs, timeMs), count: before.count + 1 };
    this.#episodes.set(key, episode);
    if (this.#episodes.size > episodesMax)
      for (const oldest of this.#episodes.keys()) {
        this.#episodes.delete(oldest);
        break;
      }
    const { id, firstMs, lastMs, count } = episode;
    const spoken = { severity, techniques, title: title(node, victimOf(message)), key: `node:${trouble}` };
    this.#queue(alertOf({ ...spoken, id, node, timeMs: firstMs, lastMs, count, incident: id, message }));
    return true;
  }

  stop(): void {
    this.#stopped = true;
    this.#waiting.length = 0;
  }

  #queue(alert: Alert): void {
    if (this.#waiting.length >= waitingMax)
      return this.#options.log.error({ node: alert.node }, `left out, as the store takes nothing: ${alert.title}`);
    this.#waiting.push(alert);
    if (!this.#busy) void this.#work();
  }

  /** Never rejects. */
  async #work(): Promise<void> {
    const { raise, clock, log, retryMs = 1000 } = this.#options;
    this.#busy = true;
    let trouble = '';
    for (let next = this.#waiting[0]; next !== undefined && !this.#stopped; next = this.#waiting[0])
      try {
        await raise({ ...next, raisedAfterMs: Math.max(0, clock.nowMs() - Date.parse(next.lastTime)) });
        this.#waiting.shift();
      } catch (error) {
        const text = errorText(error);
        if (text !== trouble) log.error({ err: error }, `what the cluster says of a node could not be stored: ${text}`);
        trouble = text;
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    this.#busy = false;
  }
}

interface Told extends Pick<Words, 'severity' | 'techniques'> {
  readonly id: string;
  readonly title: string;
  readonly key: string;
  readonly node: string;
  readonly timeMs: number;
  readonly lastMs: number;
  readonly count: number;
  readonly incident: string;
  /** Of the Event. */
  readonly message: string;
}

function alertOf({ timeMs, lastMs, message, techniques, ...told }: Told): Alert {
  const suspicion = told.severity === 'warning' ? 3 : 0;
  return {
    ...told,
    ...{ time: new Date(timeMs).toISOString(), lastTime: new Date(lastMs).toISOString(), raisedAfterMs: 0 },
    ...{ score: suspicion, surprise: 0, suspicion, dimension: 'lifecycle', detector: 'cluster', rules: [] },
    ...{ techniques: [...techniques], practices: [] },
    workload: { id: 'kubernetes-node', name: 'kubernetes/node', kind: 'kubernetes' },
    container: { id: '', name: '', image: '', digest: '' },
    evidence: { samples: 0, seenInOneSample: 0, coverage: 0, expected: [], note: message.slice(0, 1_000) },
  };
}
