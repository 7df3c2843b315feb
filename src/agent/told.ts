import type { Container } from '../model/container.ts';
import type { Event, LifecycleAction } from '../model/event.ts';
import type { StoredProfile } from '../profile/stored.ts';

/** What a container is from its creation on: seen again by every agent that meets it. */
export const configurationActions: ReadonlySet<LifecycleAction> = new Set([
  'privileged-start',
  'host-namespace-start',
  'engine-socket-mount',
  'host-path-mount',
  'isolation-weakened',
]);

/**
 * What an earlier run of the agent raised alerts for. A restart of the agent is no reason to alert anew for every privileged container
 * of the node.
 */
export class Told {
  readonly #lastSeenMs: Map<string, number> = new Map();

  /** @param stored Profiles as they were saved last. */
  constructor(stored: readonly StoredProfile[] = []) {
    for (const profile of stored) this.add(profile);
  }

  /** A profile as it was saved last. */
  add({ workload, features }: StoredProfile): void {
    for (const { dimension, key, state, lastSeenMs } of features)
      if (dimension === 'lifecycle' && state === 'judged') this.#lastSeenMs.set(`${workload.id} ${key}`, lastSeenMs);
  }

  /** True when the event says of the container what it has been since before an alert for it was raised. */
  before(event: Event, key: string, container: Container): boolean {
    if (event.kind !== 'lifecycle' || !configurationActions.has(event.action) || container.createdAtMs === undefined)
      return false;
    return container.createdAtMs <= (this.#lastSeenMs.get(`${container.workload.id} ${key}`) ?? -1);
  }
}
