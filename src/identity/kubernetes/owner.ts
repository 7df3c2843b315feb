/** What made a pod, as far up as its pods should behave alike: a Deployment and not its ReplicaSet, a CronJob and not its Job. */
export interface PodOwner {
  /** Lower-case kind: `deployment`, `statefulset`, `daemonset`, `cronjob`, `job`, `replicaset`, `static`, `pod`, another controller's. */
  readonly kind: string;
  readonly name: string;
}

export interface OwnedPod {
  readonly name: string;
  /** `metadata.generateName`; empty when the pod was named by who made it. */
  readonly generateName: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The owner reference that says `controller: true`. */
  readonly controller: { readonly kind: string; readonly name: string } | undefined;
  /** It is the mirror of a static pod, which a file on the node defines. */
  readonly isStatic: boolean;
  readonly nodeName: string;
}

/** The Job controller names what a CronJob starts by the minutes since the epoch (pkg/controller/cronjob: getJobName). */
const ofCronJob = /^(.+)-\d{8,10}$/;
/** What the API adds to `generateName` (apiserver, pkg/storage/names: SimpleNameGenerator). */
const generated = '[bcdf-hj-np-tv-z2456789]{5}';
const hash = '[bcdf-hj-np-tv-z2456789]{6,10}';

/**
 * The owner by owner reference, and by the conventions of the controllers for the level above it: a Deployment's ReplicaSet ends in the hash that
 * its pods bear as a label, a CronJob's Job in the minute that it was due. So no lookup of ReplicaSets and Jobs is needed, nor the right to it. Pure.
 */
export function ownerOf({ name, generateName, labels, controller, isStatic, nodeName }: OwnedPod): PodOwner {
  if (isStatic) return { kind: 'static', name: withoutEnd(name, `-${nodeName}`) };
  if (controller === undefined) return { kind: 'pod', name: generateName.replace(/[-.]$/, '') || name };
  switch (controller.kind) {
    case 'ReplicaSet': {
      const rollout = labels['rollouts-pod-template-hash'];
      if (rollout !== undefined && controller.name.endsWith(`-${rollout}`))
        return { kind: 'rollout', name: withoutEnd(controller.name, `-${rollout}`) };
      const template = labels['pod-template-hash'];
      return template !== undefined && controller.name.endsWith(`-${template}`)
        ? { kind: 'deployment', name: withoutEnd(controller.name, `-${template}`) }
        : { kind: 'replicaset', name: controller.name };
    }
    case 'Job': {
      const cronJob = ofCronJob.exec(controller.name)?.[1];
      return cronJob === undefined ? { kind: 'job', name: controller.name } : { kind: 'cronjob', name: cronJob };
    }
    default:
      return { kind: controller.kind.toLowerCase(), name: controller.name };
  }
}

/** The most that a pod's name alone says, where the API cannot be asked: what ends like a controller's pod is taken for one. Pure. */
export function ownerByName(pod: string): PodOwner {
  const rules: readonly (readonly [string, RegExp])[] = [
    ['cronjob', new RegExp(`^(.+)-\\d{8,10}-${generated}$`)],
    ['deployment', new RegExp(`^(.+)-${hash}-${generated}$`)],
    ['statefulset', /^(.+)-\d{1,5}$/],
    ['pod', new RegExp(`^(.+)-${generated}$`)],
  ];
  for (const [kind, pattern] of rules) {
    const name = pattern.exec(pod)?.[1];
    if (name !== undefined) return { kind, name };
  }
  return { kind: 'pod', name: pod };
}

function withoutEnd(text: string, end: string): string {
  return text.endsWith(end) && text.length > end.length ? text.slice(0, -end.length) : text;
}
