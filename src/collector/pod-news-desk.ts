import type { Inquiry } from '../ingest/questions.ts';
import type { Clock } from '../lib/clock.ts';
import { counter } from '../lib/metrics.ts';
import type { Counter, Registry } from '../lib/metrics.ts';
import { askerOf } from '../model/api-request.ts';
import type { ApiRequest } from '../model/api-request.ts';
import type { WorkloadTeller } from '../model/fleet.ts';
import type { PodNews } from '../model/pod-news.ts';
import { podNewsArguments, podNewsQuestion } from '../protocol/pod-news.ts';
import type { AnswerEnd } from '../protocol/question.ts';

export interface PodNewsDeskOptions {
  /** The nodes and what they run. */
  readonly states: () => readonly WorkloadTeller[];
  /** Asks a node; see `Ingest.inquire`. */
  readonly inquire: (node: string, inquiry: Inquiry) => AsyncGenerator<string, AnswerEnd, undefined>;
  readonly registry: Registry;
  readonly clock: Clock;
  /** Between two attempts at a node that is busy, milliseconds. Default 500. */
  readonly pauseMs?: number;
}

/**
 * `told`: a node told it of a container. `unknown`: no node that was asked runs one that it is about. `nobody`: no node is known to run anything of
 * the kind. `full`: too many waited. `away`: the node went away, did not answer in time, or is of an earlier release.
 */
const outcomes = ['told', 'unknown', 'nobody', 'full', 'away'] as const;
type Outcome = (typeof outcomes)[number];

/** News that wait for one node; what comes then is left out. */
const waitingMax = 64;
/** Nodes that are asked about one piece of news, where it is not known which of them it is. */
const askedMax = 64;
const answerMs = 10_000;
const attempts = 6;

interface Line {
  readonly waiting: { readonly news: PodNews; readonly done: (outcome: Outcome) => void }[];
  busy: boolean;
}

/**
 * Tells nodes what the cluster says of their pods, one piece after the other, in the order in which it came. Nothing is kept: what a node cannot be told now it is
 * not told, and that is counted. Stop: what waits is dropped.
 */
export class PodNewsDesk {
  readonly #options: PodNewsDeskOptions;
  readonly #counts: Counter<'outcome'>;
  readonly #lines: Map<string, Line> = new Map();
  #stopped = false;

  constructor(options: PodNewsDeskOptions) {
    this.#options = options;
    this.#counts = counter(
      options.registry,
      'anchorwatch_pod_news_total',
      "Events of the cluster and sessions through its API, by what became of them: told to a container's node (`told`), not of anything that runs (`unknown`, `nobody`), or lost (`full`, `away`).",
      ['outcome'],
    );
    for (const outcome of outcomes) this.#counts.inc({ outcome }, 0);
  }

  /** @param node Where it happened; undefined: it is found out. Resolves when it was told, or given up. */
  async tell(news: PodNews, node?: string): Promise<void> {
    const nodes = node === undefined ? nodesOf(news, this.#options.states()) : [node];
    const told = await Promise.all(nodes.map((one) => this.#queue(one, news)));
    const best = outcomes.find((outcome) => told.includes(outcome)) ?? 'nobody';
    this.#counts.inc({ outcome: best });
  }

  /** Somebody went into a pod through the API. */
  session(request: ApiRequest): void {
    const news = sessionNewsOf(request);
    if (news !== undefined) void this.tell(news);
  }

  stop(): void {
    this.#stopped = true;
    for (const { waiting } of this.#lines.values()) for (const { done } of waiting.splice(0)) done('away');
  }

  #queue(node: string, news: PodNews): Promise<Outcome> {
    const line = this.#lines.get(node) ?? { waiting: [], busy: false };
    this.#lines.set(node, line);
    if (this.#stopped || line.waiting.length >= waitingMax) return Promise.resolve('full');
    return new Promise((done) => {
      line.waiting.push({ news, done });
      void this.#work(node, line);
    });
  }

  /** Never rejects. */
  async #work(node: string, line: Line): Promise<void> {
    if (line.busy) return;
    line.busy = true;
    for (let next = line.waiting.shift(); next !== undefined; next = line.waiting.shift())
      next.done(await this.#ask(node, next.news));
    line.busy = false;
    if (this.#lines.get(node) === line) this.#lines.delete(node);
  }

  async #ask(node: string, news: PodNews): Promise<Outcome> {
    const { inquire, pauseMs = 500 } = this.#options;
    const inquiry = { what: podNewsQuestion, args: podNewsArguments(news), deadlineMs: answerMs };
    for (let attempt = 0; attempt < attempts && !this.#stopped; attempt++) {
      try {
        const answer = inquire(node, inquiry);
        let next = await answer.next();
        while (next.done !== true) next = await answer.next();
        const { outcome } = next.value;
        if (outcome === 'done') return 'told';
        if (outcome === 'unknown' || outcome === 'refused') return 'unknown';
        // It answers others: the next place is ours.
        if (outcome !== 'busy') return 'away';
      } catch {
        return 'away';
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    return 'away';
  }
}

/** What may be done to a pod that no node has reported of yet. */
const sessions: ReadonlySet<PodNews['action']> = new Set(['exec-create', 'attach', 'port-forward', 'debug-session']);

/**
 * Nodes that may run what the news are about. News of what makes pods, or of a pod that may never have run: one that runs a container of the owner. News of a pod:
 * those that run a workload of its namespace whose owner's name the pod's begins with; of a session, where none is known to, all that run pods, as far as `askedMax`. Pure.
 */
export function nodesOf(
  { namespace, pod, owner, action }: Pick<PodNews, 'namespace' | 'pod' | 'owner' | 'action'>,
  states: readonly WorkloadTeller[],
): readonly string[] {
  const running = (is: (workload: string) => boolean): readonly string[] =>
    states.flatMap(({ name, up, report }) =>
      up &&
      report?.workloads.some(
        ({ workload, containers }) => workload.kind === 'kubernetes' && containers > 0 && is(workload.name),
      ) === true
        ? [name]
        : [],
    );
  const ofPod = (workload: string): boolean => {
    const [ns, , of = ''] = workload.split('/');
    return ns === namespace && of !== '' && pod.startsWith(of);
  };
  const owning = owner === '' ? [] : running((workload) => workload.startsWith(owner));
  if (owning.length > 0 || pod === '') return owning.slice(0, 1);
  const named = running(ofPod);
  if (owner !== '') return named.slice(0, 1);
  return (named.length === 0 && sessions.has(action) ? running(() => true) : named).slice(0, askedMax);
}

const sessionActions: Readonly<Record<string, PodNews['action']>> = {
  exec: 'exec-create',
  attach: 'attach',
  portforward: 'port-forward',
  ephemeralcontainers: 'debug-session',
};

/** The news that a request to the API is which led into a pod; undefined: it is none. Pure. */
function sessionNewsOf(request: ApiRequest): PodNews | undefined {
  const { session, subresource, namespace, name: pod, timeMs } = request;
  const action = sessionActions[subresource];
  if (session === undefined || action === undefined || pod === '') return undefined;
  const { container, program: detail } = session;
  return { namespace, pod, container, owner: '', action, detail, timeMs, by: askerOf(request) };
}
