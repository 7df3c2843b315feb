import type { NodeState } from '../model/fleet.ts';
import type { HistoryEntry, HistoryQuery, LossEntry } from '../model/history.ts';
import { historyArguments, historyQuestion } from '../protocol/history-question.ts';
import type { NodeHistoryQuery } from '../protocol/history-question.ts';
import { readEntry } from '../protocol/history-schema.ts';
import type { AnswerEnd } from '../protocol/question.ts';
import type { Answering, Inquiry } from './questions.ts';

/** Where an answer ended: entries are in the order of time, then of the node's name, then of the node's recorder. */
export interface HistoryPlace {
  readonly timeMs: number;
  readonly node: string;
  readonly seq: number;
}

/** What is asked of all nodes, or of one. */
export interface FleetHistoryQuery extends HistoryQuery {
  readonly node?: string | undefined;
  readonly after?: HistoryPlace | undefined;
}

/** What a node said. `evidence`: it did not answer, and what is told of it is what it had sent with its incidents. */
export interface NodeHistory {
  readonly node: string;
  readonly outcome: 'answered' | 'evidence' | 'late' | 'silent' | 'unsupported' | 'failed' | 'busy' | 'not-asked';
  /** For people; absent where there is nothing to say. */
  readonly reason?: string;
  /** ISO 8601: the node has nothing before this. */
  readonly oldest?: string;
}

/** What is to be said of an answer as a whole. */
export interface HistoryEnd {
  readonly nodes: readonly NodeHistory[];
  /** There is more behind the last entry, or behind `next`. */
  readonly more: boolean;
  /** Where to go on, when that is not the last entry: a node had no time to look at what comes then. */
  readonly next?: HistoryPlace;
  /** When nodes could not see or keep everything; at most `blindMax`. */
  readonly blind: readonly LossEntry[];
}

export interface HistoriesOptions {
  readonly inquire: (node: string, inquiry: Inquiry) => Answering;
  readonly states: () => readonly NodeState[];
  /** What nodes sent with their incidents. */
  readonly evidence: {
    nodes(sinceMs: number, untilMs: number): Promise<readonly string[]>;
    entries(node: string, query: NodeHistoryQuery): AsyncGenerator<HistoryEntry, void, undefined>;
  };
}

/** Nodes that are asked at once; each has at most two parts of its answer here. */
const nodesMax = 256;
const blindMax = 100;
/** Told of a node with a recorder that holds nothing. */
const dayMs = 86_400_000;

/** One node's entries in their order, as they come. */
type Stream = AsyncGenerator<HistoryEntry, Ended, undefined>;

/** `reachedMs`: a node that was late has told everything before this. */
interface Ended {
  readonly of: NodeHistory;
  readonly reachedMs?: number;
}

/** Asks the nodes concerned what happened, and puts their answers together in the order of time. Holds a window of each answer, nothing else. */
export class Histories {
  readonly #options: HistoriesOptions;

  constructor(options: HistoriesOptions) {
    this.#options = options;
  }

  /** Entries as they come, at most `query.limit`; returns what is to be said of them as a whole. */
  async *ask(query: FleetHistoryQuery, deadlineMs: number): AsyncGenerator<HistoryEntry, HistoryEnd, undefined> {
    const wanted = await this.#nodes(query);
    const streams = wanted.slice(0, nodesMax).map((node) => this.#stream(node, query, deadlineMs));
    const nodes: NodeHistory[] = wanted.slice(nodesMax).map((node) => ({ node, outcome: 'not-asked' }));
    const blind: LossEntry[] = [];
    let told = 0;
    // What comes then, a node had no time to look at: others must not get ahead of it, or it would be left out for good.
    let boundMs = Number.POSITIVE_INFINITY;
    let lastMs = Number.NEGATIVE_INFINITY;
    const heads = new Map<Stream, HistoryEntry>();
    const advance = async (stream: Stream): Promise<void> => {
      const next = await stream.next();
      if (next.done === true) {
        heads.delete(stream);
        nodes.push(next.value.of);
        boundMs = Math.min(boundMs, next.value.reachedMs ?? boundMs);
      } else heads.set(stream, next.value);
    };
    try {
      await Promise.all(streams.map(advance));
      for (;;) {
        let least: [Stream, HistoryEntry] | undefined;
        for (const head of heads) if (least === undefined || isBefore(head[1], least[1])) least = head;
        if (boundMs < Number.POSITIVE_INFINITY && (least === undefined || Date.parse(least[1].time) >= boundMs)) {
          for (const { node } of heads.values()) nodes.push({ node, outcome: 'answered' });
          const next = lastMs >= boundMs ? {} : { next: { timeMs: boundMs, node: '', seq: 0 } };
          // Who asks again for what took too long to begin with would be told the same for ever.
          const more = told > 0 || boundMs > Math.max(query.sinceMs, query.after?.timeMs ?? query.sinceMs);
          return { nodes: nodes.toSorted(byNode), more, blind, ...next };
        }
        if (least === undefined) {
          // Who was late has more: asked again behind what was told, it may have the time.
          const more = told > 0 && nodes.some(({ outcome }) => outcome === 'late');
          return { nodes: nodes.toSorted(byNode), more, blind };
        }
        const [stream, entry] = least;
        const isLoss = entry.kind === 'loss';
        const hidden = isLoss && query.kinds?.includes('loss') === false;
        if (told >= query.limit && !hidden) {
          for (const { node } of heads.values()) nodes.push({ node, outcome: 'answered' });
          return { nodes: nodes.toSorted(byNode), more: true, blind };
        }
        if (isLoss && blind.length < blindMax) blind.push(entry);
        if (!hidden) {
          told += 1;
          lastMs = Date.parse(entry.time);
          yield entry;
        }
        await advance(stream);
      }
    } finally {
      await Promise.all(streams.map((stream) => stream.return({ of: { node: '', outcome: 'answered' } })));
    }
  }

  /** The nodes that may know something; all, where nobody is known to run what is asked for. */
  async #nodes({ node, container, workload, pod, sinceMs, untilMs }: FleetHistoryQuery): Promise<readonly string[]> {
    if (node !== undefined) return [node];
    const states = this.#options.states();
    const kept = await this.#options.evidence.nodes(sinceMs, untilMs);
    const running = states.filter(({ report }) => {
      if (report === undefined) return false;
      if (container !== undefined)
        return report.containers.some(({ id, name }) => id.startsWith(container) || name === container);
      return report.workloads.some(({ workload: { id, name } }) => id === workload || name === workload);
    });
    const narrow = (container ?? workload) !== undefined && pod === undefined && running.length > 0;
    const all = narrow ? running : states;
    return [...new Set([...all.map(({ name }) => name), ...(narrow ? [] : kept)])].toSorted();
  }

  async *#stream(node: string, query: FleetHistoryQuery, deadlineMs: number): Stream {
    const { after, node: _, ...rest } = query;
    const whole: NodeHistoryQuery = { ...rest, limit: query.limit + 1, after: afterOn(node, after) };
    // What the node has let go of, or lost with its disk, is told from what it sent with its incidents.
    const heldMs = this.#options.states().find(({ name }) => name === node)?.report?.history?.oldestMs ?? 0;
    const fromMs = Math.max(whole.sinceMs, Math.min(heldMs, whole.untilMs));
    if (fromMs > whole.sinceMs) yield* this.#options.evidence.entries(node, { ...whole, untilMs: fromMs });
    const own: NodeHistoryQuery = { ...whole, sinceMs: fromMs };
    const answering = this.#options.inquire(node, {
      ...{ what: historyQuestion, args: historyArguments(own), deadlineMs },
    });
    let last = own.after;
    let end: AnswerEnd;
    try {
      for (;;) {
        const next = await answering.next();
        if (next.done === true) {
          end = next.value;
          break;
        }
        for (const line of next.value.split('\n')) {
          const entry = entryOf(line, node);
          if (entry === undefined) continue;
          last = { timeMs: Date.parse(entry.time), seq: entry.seq };
          yield entry;
        }
      }
    } finally {
      await answering.return({ outcome: 'stopped', reason: '', summary: {} });
    }
    const { oldestMs, reachedMs } = end.summary;
    const oldest =
      typeof oldestMs === 'number' && Math.abs(oldestMs) < 1e5 * dayMs
        ? { oldest: new Date(oldestMs).toISOString() }
        : {};
    if (end.outcome === 'done') return { of: { node, outcome: 'answered', ...oldest } };
    const beganMs = Math.max(own.sinceMs, own.after?.timeMs ?? own.sinceMs);
    // Where it came no further than it began, the others must not get ahead of it either.
    if (end.outcome === 'late' && typeof reachedMs === 'number' && reachedMs < own.untilMs)
      return { of: { node, outcome: 'late', ...oldest }, reachedMs: Math.max(reachedMs, beganMs) };
    let some = false;
    for await (const entry of this.#options.evidence.entries(node, { ...own, after: last })) {
      some = true;
      yield entry;
    }
    const reason = end.reason === '' ? {} : { reason: end.reason };
    return { of: { node, outcome: some ? 'evidence' : outcomeOf(end.outcome), ...reason } };
  }
}

function outcomeOf(outcome: AnswerEnd['outcome']): NodeHistory['outcome'] {
  if (outcome === 'late' || outcome === 'silent' || outcome === 'unsupported' || outcome === 'busy') return outcome;
  return 'failed';
}

function entryOf(line: string, node: string): HistoryEntry | undefined {
  if (line === '') return undefined;
  try {
    const entry = readEntry(JSON.parse(line));
    return entry === undefined ? undefined : { ...entry, node };
  } catch {
    return undefined;
  }
}

/** Where a node goes on behind an entry that may be another's. Pure. */
function afterOn(node: string, after: HistoryPlace | undefined): NodeHistoryQuery['after'] {
  if (after === undefined) return undefined;
  const { timeMs, seq, node: of } = after;
  if (node === of) return { timeMs, seq };
  // Of the same time, nodes with a later name come behind it as a whole.
  return { timeMs, seq: node < of ? Number.MAX_SAFE_INTEGER : -1 };
}

function isBefore(a: HistoryEntry, b: HistoryEntry): boolean {
  if (a.time !== b.time) return a.time < b.time;
  return a.node === b.node ? a.seq < b.seq : a.node < b.node;
}

function byNode(a: NodeHistory, b: NodeHistory): number {
  return a.node < b.node ? -1 : 1;
}
