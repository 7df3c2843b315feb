import { z } from 'zod';
import type { LifecycleAction } from '../../model/event.ts';
import { parse } from '../../protocol/message.ts';
import { ownerByName } from './owner.ts';

/** An Event of the cluster: core/v1 and events.k8s.io/v1 show the same objects by other names. */
export interface ClusterEvent {
  readonly uid: string;
  readonly reason: string;
  /** For people, unbounded in what it may say. */
  readonly message: string;
  /** What it is about. */
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Of a pod; empty: none in particular. */
  readonly container: string;
  /** The program that tells: `kubelet`, `default-scheduler`. */
  readonly component: string;
  /** Node of the kubelet that tells; empty: another program. */
  readonly node: string;
  /** How often it happened so far. */
  readonly count: number;
  /** The last time, milliseconds since the epoch. */
  readonly lastMs: number;
}

const text = z.string().nullish();
const about = z.object({ kind: text, namespace: text, name: text, fieldPath: text }).nullish();
const source = z.object({ component: text, host: text }).nullish();
const count = z.number().nullish();
const schema = z.object({
  metadata: z.object({ uid: z.string().min(1), namespace: text, creationTimestamp: text }),
  ...{ reason: text, message: text, note: text, involvedObject: about, regarding: about },
  ...{ count, deprecatedCount: count, lastTimestamp: text, deprecatedLastTimestamp: text, eventTime: text },
  series: z.object({ count, lastObservedTime: text }).nullish(),
  ...{ source, deprecatedSource: source, reportingComponent: text, reportingController: text, reportingInstance: text },
});

/**
 * Reads an Event of either API. A series says how often it happened where there is one (events.k8s.io/v1, "EventSeries"), else the count.
 * @throws AnchorwatchError `kubernetes.object`, which names the field that is not as the API has it
 */
export function clusterEventOf(object: unknown): ClusterEvent {
  const event = parse(schema, object, 'kubernetes.object', 'an Event is not as the Kubernetes API has it');
  const { metadata, series } = event;
  const subject = event.involvedObject ?? event.regarding;
  const teller = event.source ?? event.deprecatedSource;
  const component = teller?.component || event.reportingComponent || event.reportingController || '';
  const times = [series?.lastObservedTime, event.lastTimestamp, event.deprecatedLastTimestamp, event.eventTime];
  const lastMs = [...times, metadata.creationTimestamp].map((time) => Date.parse(time ?? '')).find((ms) => ms > 0) ?? 0;
  return {
    ...{ uid: metadata.uid, reason: event.reason ?? '', message: event.message ?? event.note ?? '', component, lastMs },
    ...{ kind: subject?.kind ?? '', name: subject?.name ?? '' },
    namespace: subject?.namespace || metadata.namespace || '',
    container: /^spec\.(?:init|ephemeral)?[cC]ontainers\{([^}]+)\}$/.exec(subject?.fieldPath ?? '')?.[1] ?? '',
    node: component === 'kubelet' ? teller?.host || event.reportingInstance || '' : '',
    count: Math.max(1, series?.count ?? 0, event.count ?? event.deprecatedCount ?? 0),
  };
}

/** What an Event says of the behaviour of a workload. */
export interface EventMeaning {
  readonly action: LifecycleAction;
  readonly detail: string;
}

/**
 * What an Event means; undefined for the ordinary course of things, and for what says again what another one said. Details are few and fixed, or names that
 * people gave: messages hold addresses, ids and times, and would be new each time.
 * Reasons and messages: kubelet (pkg/kubelet/events, prober, eviction, kuberuntime), scheduler, controllers, of Kubernetes 1.36. Pure.
 */
export function meaningOf({ reason, message, kind }: ClusterEvent): EventMeaning | undefined {
  const means = (action: LifecycleAction, detail = ''): EventMeaning => ({ action, detail });
  if (kind !== 'Pod') return reason === 'FailedCreate' ? means('create-failed', refusalOf(message)) : undefined;
  switch (reason) {
    case 'Unhealthy': {
      const probe = /^(Liveness|Readiness|Startup) probe (?:failed|errored)/.exec(message)?.[1];
      return probe === undefined ? undefined : means('probe-failed', probe.toLowerCase());
    }
    case 'Killing': {
      const why = /failed (liveness|startup) probe/.exec(message)?.[1];
      if (why !== undefined) return means('killed', `${why} probe`);
      return /PostStartHook/.test(message) ? means('killed', 'post-start hook') : undefined;
    }
    case 'BackOff':
      return message.startsWith('Back-off restarting') ? means('back-off') : undefined;
    case 'Failed': {
      const image = /^Failed to pull image "([^"]+)"/.exec(message)?.[1];
      if (image !== undefined) return means('pull-failed', repository(image));
      return /^Error: (?:ErrImagePull|ImagePullBackOff|ErrImageNeverPull)/.test(message)
        ? undefined
        : means('start-failed');
    }
    case 'ErrImageNeverPull':
    case 'InspectFailed':
      return means('pull-failed', repository(/image "([^"]+)"/.exec(message)?.[1] ?? ''));
    case 'FailedCreatePodSandBox':
      return means('start-failed', 'sandbox');
    case 'FailedMount':
    case 'FailedAttachVolume':
    case 'FailedMapVolume':
      return means('mount-failed', /for volume "([^"]{1,128})"/.exec(message)?.[1] ?? '');
    case 'FailedPostStartHook':
      return means('hook-failed', 'post-start');
    case 'FailedPreStopHook':
      return means('hook-failed', 'pre-stop');
    case 'Evicted':
      return means('evicted', evictionOf(message));
    case 'TaintManagerEviction':
      return message.startsWith('Marking for deletion') ? means('evicted', 'taint') : undefined;
    case 'Preempting':
      return means('preempted', 'by the kubelet');
    case 'Preempted':
      return means('preempted', 'by the scheduler');
    case 'FailedScheduling':
      return means('schedule-failed');
    case 'FailedCreate':
      return means('create-failed', refusalOf(message));
    default:
      return undefined;
  }
}

/** What an eviction was for, by its message: `memory`, `ephemeral-storage`, …; empty: not said. The pod's status has the same message. Pure. */
export function evictionOf(message: string): string {
  const low = /low on resource: \[?([a-z-]{1,32})/.exec(message)?.[1];
  if (low !== undefined) return low;
  return /ephemeral|EmptyDir/i.test(message) ? 'ephemeral-storage' : '';
}

/** Why the API did not let a controller make a pod. */
function refusalOf(message: string): string {
  if (message.includes('violates PodSecurity')) return 'pod security';
  if (message.includes('exceeded quota')) return 'quota';
  if (/admission webhook "[^"]*" denied|ValidatingAdmissionPolicy/.test(message)) return 'admission';
  return message.includes('is forbidden') ? 'forbidden' : '';
}

function repository(image: string): string {
  return image
    .replace(/@.*$/, '')
    .replace(/:[^/:]*$/, '')
    .slice(0, 256);
}

/**
 * What the names of the workload's containers begin with, as far as the name of the Event's object says it: `shop/deployment/web/`. Empty for what makes
 * no pods. Pure.
 */
export function ownerPrefixOf({ kind, namespace, name }: Pick<ClusterEvent, 'kind' | 'namespace' | 'name'>): string {
  const prefix = (of: string, called: string): string => `${namespace}/${of}/${called}/`;
  switch (kind) {
    case 'Pod': {
      const owner = ownerByName(name);
      return prefix(owner.kind, owner.name);
    }
    case 'ReplicaSet':
      return prefix('deployment', name.replace(/-[bcdf-hj-np-tv-z2456789]{6,10}$/, ''));
    case 'Job': {
      const cronJob = /^(.+)-\d{8,10}$/.exec(name)?.[1];
      return cronJob === undefined ? prefix('job', name) : prefix('cronjob', cronJob);
    }
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'CronJob':
      return prefix(kind.toLowerCase(), name);
    default:
      return '';
  }
}
