import { createHash } from 'node:crypto';
import type { Workload, WorkloadKind } from '../model/container.ts';

/** What a workload is named by. */
export interface WorkloadSource {
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Left halves of the names that Docker invents (moby: pkg/namesgenerator). */
const inventedNames = new Set(
  (
    'admiring adoring affectionate agitated amazing angry awesome beautiful blissful bold boring brave busy charming clever compassionate ' +
    'competent condescending confident cool cranky crazy dazzling determined distracted dreamy eager ecstatic elastic elated elegant ' +
    'eloquent epic exciting fervent festive flamboyant focused friendly frosty funny gallant gifted goofy gracious great happy hardcore ' +
    'heuristic hopeful hungry infallible inspiring intelligent interesting jolly jovial keen kind laughing loving lucid magical modest ' +
    'musing mystifying naughty nervous nice nifty nostalgic objective optimistic peaceful pedantic pensive practical priceless quirky ' +
    'quizzical recursing relaxed reverent romantic sad serene sharp silly sleepy stoic strange stupefied suspicious sweet tender thirsty ' +
    'trusting unruffled upbeat vibrant vigilant vigorous wizardly wonderful xenodochial youthful zealous zen'
  ).split(' '),
);

/**
 * The workload of a container (design.md section 1): Kubernetes namespace, owner and container name; Compose project and service; else
 * image repository and container name without replica numbers. A name that Docker invented says nothing and is left out, so that
 * `docker run --rm IMAGE` is always the same workload. Tag and digest do not belong to it. Pure.
 */
export function workloadOf({ name, image, labels }: WorkloadSource): Workload {
  const namespace = labels['io.kubernetes.pod.namespace'];
  const pod = labels['io.kubernetes.pod.name'];
  const part = labels['io.kubernetes.container.name'];
  if (namespace !== undefined && pod !== undefined && part !== undefined)
    return workloadNamed('kubernetes', `${namespace}/${podOwner(pod)}/${part}`);
  const project = labels['com.docker.compose.project'];
  const service = labels['com.docker.compose.service'];
  if (project !== undefined && service !== undefined) return workloadNamed('compose', `${project}/${service}`);
  const repository = repositoryOf(image);
  const group = groupOf(name);
  const own = repository.slice(repository.lastIndexOf('/') + 1);
  return workloadNamed('image', group === '' || group === own ? repository : `${repository}/${group}`);
}

/** Image reference without registry port confusion, tag and digest: `reg:5000/a/b:1@sha256:…` is `reg:5000/a/b`. */
export function repositoryOf(image: string): string {
  const named = image.replace(/@.*$/, '');
  const slash = named.lastIndexOf('/');
  const colon = named.lastIndexOf(':');
  const repository = colon > slash ? named.slice(0, colon) : named;
  // An image that is only known by its id.
  return /^(sha256:)?[0-9a-f]{64}$/.test(image) ? image.replace('sha256:', '').slice(0, 12) : repository;
}

/** Container name without replica numbers; empty for invented names. */
export function groupOf(name: string): string {
  const plain = name.replace(/^\//, '');
  const invented = /^([a-z]+)_[a-z]+\d?$/.exec(plain);
  if (invented !== null && inventedNames.has(invented[1] ?? '')) return '';
  return plain.replace(/(?:[-_.]\d+)+$/, '') || plain;
}

/** Name of what made a pod: Deployment (two random parts), DaemonSet or Job (one), StatefulSet (a number). */
function podOwner(pod: string): string {
  return pod.replace(/-[bcdf-hj-np-tv-z2-9]{6,10}-[bcdf-hj-np-tv-z2-9]{5}$|-[bcdf-hj-np-tv-z2-9]{5}$|-\d+$/, '') || pod;
}

/** A workload with its id, which is the same wherever the name is. Pure. */
export function workloadNamed(kind: WorkloadKind, name: string): Workload {
  return { id: createHash('sha256').update(`${kind}\0${name}`).digest('hex').slice(0, 16), name, kind };
}
