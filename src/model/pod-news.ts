import type { LifecycleAction } from './event.ts';

/**
 * What the cluster's Events and the audit log of its API say happened to a pod, or to what makes pods. The collector, which hears of it once for the whole
 * cluster, tells it to the node whose container it is about.
 */
export interface PodNews {
  readonly namespace: string;
  /** Name of the pod; empty: it is about what makes pods. */
  readonly pod: string;
  /** Name of the container; empty: about all of the pod. */
  readonly container: string;
  /** What the names of the workload's containers begin with, `shop/deployment/web/`: told of one of them where the pod has none that runs. Empty: not told then. */
  readonly owner: string;
  /** `debug-session`: an ephemeral container was asked for; that it is there the agent sees by itself. */
  readonly action: LifecycleAction | 'debug-session';
  readonly detail: string;
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  /** `jane with kubectl`; empty: it is not known, or nobody. */
  readonly by: string;
}
