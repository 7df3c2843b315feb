import type { Workload } from '../model/container.ts';
import { Profile } from '../profile/profile.ts';
import type { StoredProfile } from '../profile/stored.ts';

/** Where profiles are kept. `save` writes all changes in one transaction. */
export interface ProfileStore {
  /** One after the other: a node's profiles need not all be in memory as they are stored. */
  load(): Iterable<StoredProfile>;
  save(changes: readonly StoredProfile[]): void;
}

/** The profiles of a node by workload, and their way to and from the store. Ask for one each time: after a slice it is brought up to date then. */
export class LearnedProfiles {
  readonly #store: ProfileStore;
  readonly #halfLifeMs: number | undefined;
  readonly #profiles: Map<string, Profile> = new Map();
  /** Profiles whose slice is over and not yet reckoned up: that is done in parts, or when somebody asks for the profile. */
  readonly #due: Set<Profile> = new Set();
  #endedMs = 0;

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
    const profile = this.#profiles.get(workloadId);
    return profile && this.#reckoned(profile);
  }

  *all(): Iterable<Profile> {
    for (const profile of this.#profiles.values()) yield this.#reckoned(profile);
  }

  /** The workload's profile, which begins now if there is none. */
  of(workload: Workload, nowMs: number): Profile {
    let profile = this.#profiles.get(workload.id);
    if (profile === undefined) {
      profile = new Profile({ workload, createdMs: nowMs }, this.#halfLifeMs);
      this.#profiles.set(workload.id, profile);
    }
    return this.#reckoned(profile);
  }

  /** A slice is over for all profiles. Each is reckoned up by `foldPart`, or before anything else is done with it. */
  endSlice(nowMs: number): void {
    while (this.foldPart(Infinity));
    this.#endedMs = nowMs;
    for (const profile of this.#profiles.values()) this.#due.add(profile);
  }

  /** Reckons up profiles of about `featuresMost` features whose slice is over; true when there are more. */
  foldPart(featuresMost: number): boolean {
    let room = featuresMost;
    for (const profile of this.#due) {
      if (room <= 0) return true;
      room -= 1 + this.#reckoned(profile).featureCount;
    }
    return false;
  }

  #reckoned(profile: Profile): Profile {
    if (this.#due.size > 0 && this.#due.delete(profile)) profile.endSlice(this.#endedMs);
    return profile;
  }

  /** The profile takes the place of the one that the workload had. */
  replace(profile: Profile): void {
    const replaced = this.#profiles.get(profile.workload.id);
    if (replaced !== undefined) this.#due.delete(replaced);
    this.#profiles.set(profile.workload.id, profile);
  }

  /** The profile of a workload by its id or name. */
  named(workload: string): Profile | undefined {
    return [...this.all()].find(({ workload: { id, name } }) => id === workload || name === workload);
  }

  /** Features and kernel keys that did not fit. */
  get overflow(): number {
    let overflow = 0;
    for (const profile of this.#profiles.values()) overflow += profile.overflow;
    return overflow;
  }

  /** Saves what changed, of all workloads or of one. Throws what the store throws; the changes are then kept for the next call. */
  save(workloadId?: string): void {
    const of = workloadId === undefined ? this.all() : [this.get(workloadId)];
    this.#write([...of].flatMap((profile) => profile?.takeChanges() ?? []));
  }

  /** Saves a part of what changed, about `rowsMost` rows; true when there is more. Throws as `save`. */
  savePart(rowsMost: number): boolean {
    const changes: StoredProfile[] = [];
    let room = rowsMost;
    for (const profile of this.all()) {
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
