import { accessSource } from '../identity/kubernetes/access.ts';
import { ApiClient } from '../identity/kubernetes/api-client.ts';
import { meaningOf, ownerPrefixOf } from '../identity/kubernetes/cluster-event.ts';
import type { ClusterEvent } from '../identity/kubernetes/cluster-event.ts';
import { EventBook } from '../identity/kubernetes/event-book.ts';
import { Reflector } from '../identity/kubernetes/reflector.ts';
import type { ReflectorOptions } from '../identity/kubernetes/reflector.ts';
import type { Logger } from '../lib/log.ts';
import { counter, gauge } from '../lib/metrics.ts';
import type { Registry } from '../lib/metrics.ts';
import type { PodNews } from '../model/pod-news.ts';

export interface ClusterEventsOptions {
  /** How the API is reached; undefined: the service account of the pod that the collector runs in, if any. */
  readonly kubeconfig?: string | undefined;
  /** False: Events are not asked for. */
  readonly enabled: boolean;
  readonly tell: (news: PodNews, node?: string) => Promise<void>;
  /** Takes what is about nodes; answers whether it was news. */
  readonly ofNode: (event: ClusterEvent) => boolean;
  readonly registry: Registry;
  readonly log: Logger;
  /** For tests that do not want to wait. */
  readonly reflector?: Pick<ReflectorOptions, 'watchSeconds' | 'retryBaseMs'>;
}

/** Pages of an hour's Events: of each a few bytes stay. */
const pageObjects = 250;

/**
 * Watches the Events of the whole cluster, once for all nodes: they cannot be selected by node. What says something of a workload's behaviour is told to the node
 * that it happened on, or that runs the workload; what is about a node becomes an alert of the collector's own. Answers how to stop it; where there is no cluster nothing happens.
 */
export function startClusterEvents({
  kubeconfig,
  enabled,
  tell,
  ofNode,
  registry,
  log,
  ...options
}: ClusterEventsOptions): {
  stop(): void;
} {
  const seen = counter(
    registry,
    'anchorwatch_cluster_events_total',
    'Events of the Kubernetes cluster since the collector started, by whether they say something of the behaviour of a workload or the state of a node (`news`) or not (`ordinary`), and those of no known form (`refused`).',
    ['outcome'],
  );
  for (const outcome of ['news', 'ordinary', 'refused']) seen.inc({ outcome }, 0);
  const current = gauge(
    registry,
    'anchorwatch_cluster_events_current',
    '1 while the Events of the Kubernetes cluster are followed; 0: the API does not answer, or nobody asks it.',
  );
  current.set(0);
  const access = enabled ? accessSource(kubeconfig) : undefined;
  if (access === undefined) return { stop: () => undefined };
  const book = new EventBook((event) => {
    const news = newsOf(event);
    seen.inc({ outcome: news !== undefined || ofNode(event) ? 'news' : 'ordinary' });
    if (news !== undefined) void tell(news, event.node === '' ? undefined : event.node);
  }, log);
  const api = new ApiClient({ access });
  const reflector = new Reflector({
    ...{ api, path: '/api/v1/events', listener: book, kept: book.kept, pageObjects, log, random: Math.random },
    ...options.reflector,
  });
  void reflector.start();
  let refused = 0;
  const measuring = setInterval(() => {
    current.set(reflector.current ? 1 : 0);
    seen.inc({ outcome: 'refused' }, book.counters.refused - refused);
    refused = book.counters.refused;
  }, 1000);
  log.info({ api: access.text }, 'the Events of the cluster are followed');
  return {
    stop(): void {
      clearInterval(measuring);
      reflector.stop();
      api.close();
    },
  };
}

/** What happens to pods that may never have run: another container of the workload stands for them. */
const early: ReadonlySet<string> = new Set([
  ...['create-failed', 'schedule-failed', 'pull-failed', 'mount-failed', 'start-failed'],
]);

/** The news that an Event is; undefined: the ordinary course of things. Pure. */
function newsOf(event: ClusterEvent): PodNews | undefined {
  const meaning = meaningOf(event);
  if (meaning === undefined) return undefined;
  const { kind, namespace, name, container, lastMs: timeMs } = event;
  const owner = early.has(meaning.action) ? ownerPrefixOf(event) : '';
  return { ...meaning, namespace, pod: kind === 'Pod' ? name : '', container, owner, timeMs, by: '' };
}
