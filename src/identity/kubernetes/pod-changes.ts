import type { Lifecycle } from '../lifecycle.ts';
import { evictionOf } from './cluster-event.ts';
import type { Pod, PodContainer } from './pod.ts';

/** Something that the API says happened to a container. */
export interface PodChange extends Lifecycle {
  /** Runtime's id of the container that it is told of. */
  readonly containerId: string;
}

/** A container that ended by itself, and how. */
export interface PodDeath {
  readonly containerId: string;
  readonly exitCode: number;
}

export interface PodNews {
  readonly changes: readonly PodChange[];
  readonly deaths: readonly PodDeath[];
}

/**
 * What changed in a pod between two pictures of it. Of a pod that was not known before, only what is true of it now is told: nothing. Pictures may be
 * far apart, after an outage: each end that the later one still shows is told, once. Pure.
 */
export function podNews(before: Pod | undefined, after: Pod): PodNews {
  if (before === undefined) return { changes: [], deaths: [] };
  const changes: PodChange[] = [];
  const deaths: PodDeath[] = [];
  const main = after.containers.find(({ role, state, id }) => role === 'main' && state === 'running' && id !== '');
  for (const container of after.containers) {
    const was = before.containers.find(({ name }) => name === container.name);
    if (was === undefined) {
      if (container.role === 'ephemeral' && main !== undefined)
        changes.push({ containerId: main.id, action: 'debug-container', detail: repository(container.image) });
      continue;
    }
    const end = container.last;
    if (end !== undefined && end.id !== '' && end.id !== was.last?.id) {
      if (end.reason === 'OOMKilled') changes.push({ containerId: end.id, action: 'oom', detail: '' });
      if (end.exitCode !== 0 && container.role !== 'ephemeral')
        deaths.push({ containerId: end.id, exitCode: end.exitCode });
    }
    if (isUnready(was, container))
      changes.push({ containerId: container.id, action: 'probe-failed', detail: 'readiness' });
  }
  if (after.reason === 'Evicted' && before.reason !== 'Evicted')
    for (const { id } of after.containers)
      if (id !== '') changes.push({ containerId: id, action: 'evicted', detail: evictionOf(after.message) });
  return { changes, deaths };
}

/** It runs as before and does not answer its readiness probe any more. A pod that is being deleted does so too, but its containers then end. */
function isUnready(was: PodContainer, is: PodContainer): boolean {
  return (
    is.id !== '' && was.id === is.id && was.state === 'running' && is.state === 'running' && was.ready && !is.ready
  );
}

function repository(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
}

const workloadsMax = 4_096;

/** What weakens the containers of each workload, as far as it was seen; bounded, what was heard of longest ago is forgotten first. */
export class Weaknesses {
  readonly #seen: Map<string, Set<string>> = new Map();

  /**
   * Weaknesses that no container of the workload had before; none of the first one. Each is answered once.
   * @param weaknesses `PodContainer.weaknesses`
   */
  newOf(workloadId: string, weaknesses: readonly string[]): readonly string[] {
    const seen = this.#seen.get(workloadId);
    this.#seen.delete(workloadId);
    this.#seen.set(workloadId, seen ?? new Set(weaknesses));
    if (this.#seen.size > workloadsMax)
      for (const oldest of this.#seen.keys()) {
        this.#seen.delete(oldest);
        break;
      }
    if (seen === undefined) return [];
    const fresh = weaknesses.filter((one) => !seen.has(one));
    for (const one of fresh) seen.add(one);
    return fresh;
  }
}
