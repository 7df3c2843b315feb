import { accessSource } from '../identity/kubernetes/access.ts';
import type { AccessSource } from '../identity/kubernetes/access.ts';
import { ApiClient, ApiFailure } from '../identity/kubernetes/api-client.ts';
import { ownerOf } from '../identity/kubernetes/owner.ts';
import { workloadNamed } from '../identity/workload.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Registry } from '../lib/metrics.ts';
import type { Workload } from '../model/container.ts';
import type { ClusterSource } from '../posture/cluster/reader.ts';
import { kernelPromises } from '../posture/cluster/pods.ts';
import type { ClusterPod, PodContainer } from '../posture/cluster/reading.ts';
import type { CollectorStore } from '../store/collector-store.ts';
import type { ApiAudit } from './api-audit.ts';
import { startClusterEvents } from './cluster-events.ts';
import { ClusterWatch } from './cluster-watch.ts';
import type { ClusterWatchOptions } from './cluster-watch.ts';
import { NodeEvents } from './node-events.ts';
import type { PeerShareOptions } from './peer-share.ts';
import { PodNewsDesk } from './pod-news-desk.ts';
import type { PodNewsDeskOptions } from './pod-news-desk.ts';
import type { PostureBook } from './posture-book.ts';

export interface ClusterOptions extends PeerShareOptions {
  /** Between two readings; 0: it is not read. Default 300000. */
  readonly intervalMs?: number;
  /** See `ClusterWatchOptions`. */
  readonly settleMs?: number;
  readonly backOffMs?: number;
}

interface Surroundings {
  readonly store: Pick<CollectorStore, 'postureReader'>;
  readonly posture: PostureBook;
  readonly raise: ClusterWatchOptions['raise'];
  /** The nodes, and how they are asked: they are told what happens to their pods. */
  readonly nodes: PodNewsDeskOptions['states'];
  readonly inquire: PodNewsDeskOptions['inquire'];
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Containers and checks whose results are looked up, to compare pods with what the kernel said. */
const resultsMax = 100_000;

type AuditTaker = Pick<ApiAudit, 'take' | 'state' | 'features'>;

export interface RunningClusterWatch {
  /** Who takes the audit log, and tells the watch of it as well. */
  beside(audit: AuditTaker): AuditTaker;
  stop(): Promise<void>;
}

/**
 * Reads and judges the cluster, and follows its Events, until it is stopped. Where there is none, or `intervalMs` is 0, only sessions that the audit log tells of are
 * told to nodes; metrics are there all the same.
 */
export function startClusterWatch(
  { kubeconfig, intervalMs = 300_000, ...times }: ClusterOptions,
  { posture, store, nodes, inquire, ...surroundings }: Surroundings,
): RunningClusterWatch {
  const source = intervalMs === 0 ? undefined : clusterSource(kubeconfig);
  const watch = new ClusterWatch({
    ...surroundings,
    ...times,
    ...{ intervalMs, practices: posture.practices, keep: posture.keep.bind(posture) },
    source: source ?? nowhere,
    names: { workloadOf: workloadOfPod },
    kernel: () => kernelResults(store),
  });
  const desk = new PodNewsDesk({ ...surroundings, states: nodes, inquire });
  const nodeEvents = new NodeEvents({ ...surroundings, nodes });
  const events = startClusterEvents({
    ...{ ...surroundings, kubeconfig, enabled: source !== undefined, tell: desk.tell.bind(desk) },
    ofNode: nodeEvents.take.bind(nodeEvents),
  });
  if (source !== undefined) {
    surroundings.log.info({ api: source.text }, 'the cluster is read for practices');
    watch.start();
  }
  return {
    beside: (audit) => ({
      async take(body: unknown) {
        const taken = await audit.take(body);
        if (source !== undefined && taken.taken > 0) watch.audited(body);
        for (const session of taken.sessions) desk.session(session);
        return taken;
      },
      state: audit.state.bind(audit),
      features: audit.features.bind(audit),
    }),
    async stop() {
      events.stop();
      nodeEvents.stop();
      desk.stop();
      await watch.stop();
      source?.close();
    },
  };
}

const nowhere: ClusterSource = {
  get: () => Promise.reject(new Error('there is no cluster')),
  getAnonymously: () => Promise.reject(new Error('there is no cluster')),
};

/** What agents said of containers, by id and check. */
async function kernelResults(
  store: Pick<CollectorStore, 'postureReader'>,
): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const found = await store.postureReader.list({ checks: kernelPromises }, resultsMax);
  const results = new Map<string, Map<string, string>>();
  for (const { check, result, container, workload } of found) {
    if (container === undefined || workload?.kind !== 'kubernetes' || container.id.startsWith('spec:')) continue;
    const own = results.get(container.id) ?? new Map<string, string>();
    results.set(container.id, own.set(check, result));
  }
  return results;
}

/** The cluster that the collector may read; undefined: it is told of none, and runs in no pod with a token. */
function clusterSource(
  kubeconfig: string | undefined,
): (ClusterSource & { readonly text: string; close(): void }) | undefined {
  const access = accessSource(kubeconfig);
  if (access === undefined) return undefined;
  const client = new ApiClient({ access });
  const nobody = new ApiClient({ access: withoutName(access), answerTimeoutMs: 10_000 });
  return {
    text: access.text,
    get: client.get.bind(client),
    async getAnonymously(path, stop) {
      try {
        await nobody.get(path, stop);
        return 200;
      } catch (error) {
        if (error instanceof ApiFailure) return error.status;
        throw error;
      }
    },
    close() {
      client.close();
      nobody.close();
    },
  };
}

/** The same server, and nothing shown to it. */
function withoutName(access: AccessSource): AccessSource {
  return {
    text: access.text,
    read() {
      const { server, ca, serverName, insecure } = access.read();
      return {
        server,
        ...(ca === undefined ? {} : { ca }),
        ...(serverName === undefined ? {} : { serverName }),
        ...(insecure === undefined ? {} : { insecure }),
      };
    },
  };
}

/** The workload of a container of a pod, with the name and id that agents have for it. Pure. */
function workloadOfPod(pod: ClusterPod, container: PodContainer): Workload {
  const owner = ownerOf({ ...pod, nodeName: pod.node });
  return workloadNamed('kubernetes', [pod.namespace, owner.kind, owner.name, container.name].join('/'));
}
