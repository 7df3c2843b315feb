import { AnchorwatchError } from '../lib/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Alert } from '../model/alert.ts';
import type { Container } from '../model/container.ts';
import type { LifecycleEvent } from '../model/event.ts';
import type { PodNews } from '../model/pod-news.ts';
import type { Answerer } from '../outbox/answers.ts';
import { parsePodNews, podNewsQuestion } from '../protocol/pod-news.ts';
import { Sessions } from './sessions.ts';
import type { SliceFinding, SliceVerdict } from './slice-findings.ts';

export interface ClusterNewsOptions {
  /** Where findings become alerts of a container's incident. */
  readonly slices: { take(finding: SliceFinding): SliceVerdict };
  readonly containers: () => ContainerBook;
  readonly pipeline: () => Pipeline;
  readonly clock: Clock;
}

interface ContainerBook {
  running(): readonly Container[];
  byId(id: string): Container | undefined;
  /** How the agent knows the pods of its node itself; undefined: there are none. */
  readonly kubernetes: { readonly api: 'off' | 'away' | 'current' } | undefined;
}

interface Pipeline {
  lifecycle(event: LifecycleEvent): void;
  raise(alert: Alert, container: Container): void;
}

/** News that came are remembered, so that none is told twice. */
const rememberedMax = 1024;
const unknown = 'question.unknown';

/** What the collector tells of the node's pods: Events of the cluster, and who went into them through its API. */
export class ClusterNews {
  readonly #options: ClusterNewsOptions;
  readonly #sessions: Sessions;
  readonly #seen: Set<string> = new Set();

  constructor(options: ClusterNewsOptions) {
    this.#options = options;
    const { slices, pipeline, clock } = options;
    this.#sessions = new Sessions({
      ...{ take: slices.take.bind(slices), raise: (alert, container) => pipeline().raise(alert, container), clock },
    });
  }

  /** For the agent's answers; see `podNewsQuestion`. */
  get answerers(): Readonly<Record<string, Answerer>> {
    return { [podNewsQuestion]: (args) => this.#answer(parsePodNews(args)) };
  }

  // oxlint-disable-next-line require-yield -- an answer without parts
  async *#answer(news: PodNews): ReturnType<Answerer> {
    return { told: this.take(news) };
  }

  /** An alert was raised: who is in its container is named. */
  alerted(alert: Alert): void {
    const container = this.#options.containers().byId(alert.container.id);
    if (container !== undefined) this.#sessions.alerted(alert, container);
  }

  /** Tells it of a container that it is about; answers of how many. Throws `question.unknown`: none of them runs here. */
  take(news: PodNews): number {
    const { action, detail, by, timeMs } = news;
    const { containers, pipeline, clock } = this.#options;
    const container = aboutWhom(news, containers().running());
    if (container === undefined) throw new AnchorwatchError(unknown, 'nothing of the kind runs here');
    if (this.#isSeen(news) || (containers().kubernetes?.api === 'current' && isInStatus(news))) return 0;
    if (by !== '') this.#sessions.opened(container, { action, detail, by, timeMs });
    // That it is there the pod's own status tells.
    if (action === 'debug-session') return 1;
    pipeline().lifecycle({
      ...{ kind: 'lifecycle', action, detail, containerId: container.id, cgroupId: container.cgroupId ?? '0' },
      // A clock that is ahead must not put it into the future.
      ...{ timeMs: Math.min(timeMs, clock.nowMs()), source: 'engine' },
      ...(by === '' ? {} : { by }),
    });
    return 1;
  }

  #isSeen(news: PodNews): boolean {
    const text = JSON.stringify(news);
    if (this.#seen.has(text)) return true;
    this.#seen.add(text);
    if (this.#seen.size > rememberedMax)
      for (const oldest of this.#seen) {
        this.#seen.delete(oldest);
        break;
      }
    return false;
  }
}

/** The container that news are told of: the one that they name, else the pod's oldest; where the pod has none that runs, one of its workload. Pure. */
export function aboutWhom(news: PodNews, running: readonly Container[]): Container | undefined {
  const { namespace, pod, container: name, owner } = news;
  const ofPod = running
    .filter((one) => one.namespace === namespace && one.pod === pod && pod !== '')
    .toSorted((a, b) => (a.startedAtMs ?? 0) - (b.startedAtMs ?? 0));
  const found = ofPod.find((one) => one.name === name) ?? ofPod[0];
  if (found !== undefined || owner === '') return found;
  const ofOwner = running.filter(({ workload }) => workload.name.startsWith(owner));
  return ofOwner.find((one) => one.name === name) ?? ofOwner[0];
}

/** The pod's status says so as well, and whoever follows it has told it. */
function isInStatus({ action, detail }: PodNews): boolean {
  return (action === 'probe-failed' && detail === 'readiness') || (action === 'evicted' && detail !== 'taint');
}
