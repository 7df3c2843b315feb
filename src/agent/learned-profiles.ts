import type { Workload } from '../model/container.ts';
import { Profile } from '../profile/profile.ts';
import type { StoredProfile } from '../profile/stored.ts';

/** Where profiles are kept. `save` writes all changes in one transaction. */
export interface ProfileStore {
  /** One after the other: a node's profiles need not all be in memory as they are stored. */
  load(): Iterable<StoredProfile>;
  save(changes: readonly StoredProfile[]): void;
}

/** The profiles of a node by workload, and their way to and from the store. */
export class LearnedProfiles {
  readonly #store: ProfileStore;
  readonly #halfLifeMs: number | undefined;
  readonly #profiles: Map<string, Profile> = new Map();

  /** Loads all profiles; throws what the store throws. @param onLoaded told of each as it was stored */
  constructor(store: ProfileStore, halfLifeMs: number | undefined, onLoaded: (stored: StoredProfile) => void) {
    this.#store = store;
    this.#halfLifeMs = halfLifeMs;
    for (const stored of store.load()) {
      this.#profiles.set(stored.workload.id, new Profile(stored, halfLifeMs));
      onLoaded(stored);
    }
  }

  /** Undefined when nothing of the workload has run here. */
  get(workloadId: string): Profile | undefined {
    return this.#profiles.get(workloadId);
  }

  all(): Iterable<Profile> {
    return this.#profiles.values();
  }

  /** The workload's profile, which begins now if there is none. */
  of(workload: Workload, nowMs: number): Profile {
    let profile = this.#profiles.get(workload.id);
    if (profile === undefined) {
      profile = new Profile({ workload, createdMs: nowMs }, this.#halfLifeMs);
      this.#profiles.set(workload.id, profile);
    }
    return profile;
  }

  /** The profile takes the place of the one that the workload had. */
  replace(profile: Profile): void {
    this.#profiles.set(profile.workload.id, profile);
  }

  /** The profile of a workload by its id or name. */
  named(workload: string): Profile | undefined {
    return [...this.#profiles.values()].find(({ workload: { id, name } }) => id === workload || name === workload);
  }

  /** Features and kernel keys that did not fit. */
  get overflow(): number {
    let overflow = 0;
    for (const profile of this.#profiles.values()) overflow += profile.overflow;
    return overflow;
  }

  /** Saves what changed, of all workloads or of one. Throws what the store throws; the changes are then kept for the next call. */
  save(workloadId?: string): void {
    const of = workloadId === undefined ? this.#profiles.values() : [this.#profiles.get(workloadId)];
    this.#write([...of].flatMap((profile) => profile?.takeChanges() ?? []));
  }

  /** Saves a part of what changed, about `rowsMost` rows; true when there is more. Throws as `save`. */
  savePart(rowsMost: number): boolean {
    const changes: StoredProfile[] = [];
    let room = rowsMost;
    for (const profile of this.#profiles.values()) {
      const part = profile.takeChanges(room);
      if (part === undefined) continue;
      changes.push(part);
      room -= 1 + part.features.length + part.kernelKeys.length;
      if (room <= 0) break;
    }
    this.#write(changes);
    return room <= 0;
  }

  #write(changes: readonly StoredProfile[]): void {
    if (changes.length === 0) return;
    try {
      this.#store.save(changes);
    } catch (error) {
      for (const change of changes) this.#profiles.get(change.workload.id)?.returnChanges(change);
      throw error;
    }
  }
}
