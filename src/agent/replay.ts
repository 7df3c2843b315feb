import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ulid } from 'ulid';
import type { RuleSet } from '../detect/rules.ts';
import { readRecording } from '../history/recording-reader.ts';
import type { RecordingRead } from '../history/recording-reader.ts';
import type { Alert } from '../model/alert.ts';
import type { Container } from '../model/container.ts';
import type { Dimension } from '../model/feature.ts';
import type { Observation } from '../model/observation.ts';
import type { RecordingEntry, RecordingHeader } from '../model/recording.ts';
import type { StoredProfile } from '../profile/stored.ts';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import { openDatabase } from '../store/database.ts';
import { profileMigrations } from '../store/profile-migrations.ts';
import { Profiles } from '../store/profiles.ts';
import type { ProfileSchema } from '../store/profiles.ts';
import type { Starters } from './starters.ts';
import { Watch } from './watch.ts';
import type { WatchOptions } from './watch.ts';

type Judging = Pick<WatchOptions, 'alertBudget' | 'thresholds' | 'incidentQuietMs'>;

export interface ReplayOptions {
  readonly rules: RuleSet;
  /** Baselines of common programs; none when left out. */
  readonly starters?: Starters;
  /** What is known at the start instead of what the recording says; an empty list: nothing. */
  readonly profiles?: readonly StoredProfile[] | undefined;
  /** What becomes an alert, and an incident. */
  readonly judging: Judging;
  /** Told of each alert once, with its last count, in the order in which they were raised. */
  readonly onAlert: (alert: Alert) => void;
}

export interface ReplaySummary extends RecordingRead {
  readonly header: RecordingHeader;
  readonly events: number;
  readonly alerts: number;
  readonly incidents: number;
  /** Entries that the recorder had no room for. */
  readonly shed: number;
  /** Records that the sensor could not tell. */
  readonly lost: number;
  /** Entries about containers that the recording does not tell of, and events that could not be handled. */
  readonly failed: number;
  /** From the beginning of the recording to its last entry. */
  readonly spanMs: number;
}

/** Alerts that are kept for the sake of their counts; beyond them the oldest are told as they are. */
const alertsMax = 10_000;
const incidentsMax = 1_000_000;
const containersMax = 20_000;

/**
 * Gives a recording to the agent's own Watch, with a clock that the recording drives, and answers what it says. Ids are made from the
 * recording: the same recording, profiles, rules and options give the same, byte for byte. Nothing is stored.
 * @throws as `readRecording`
 */
export async function replayRecording(path: string, options: ReplayOptions): Promise<ReplaySummary> {
  let replay: Replay | undefined;
  const read = await readRecording(path, {
    header: (header) => {
      replay = new Replay(header, options);
    },
    entry: (entry) => {
      replay?.entry(entry);
    },
  });
  // A recording without a header was refused.
  if (replay === undefined) throw new Error(`${path} has no header`);
  return { ...read, ...replay.finish() };
}

/** What a recording is given to, entry by entry. */
export class Replay {
  readonly #header: RecordingHeader;
  readonly #options: ReplayOptions;
  readonly #containers: Map<string, Container> = new Map();
  readonly #alerts: Map<string, Alert> = new Map();
  readonly #incidents: Set<string> = new Set();
  /** Of the recording; they come before anything else. */
  #profiles: StoredProfile[] = [];
  #watch: Watch | undefined;
  #nowMs: number;
  #events = 0;
  #told = 0;
  #shed = 0;
  #lost = 0;
  #failed = 0;

  constructor(header: RecordingHeader, options: ReplayOptions) {
    this.#header = header;
    this.#options = options;
    this.#nowMs = header.createdMs;
  }

  /** Entries that could not be used, so far. */
  get failed(): number {
    return this.#failed;
  }

  /** Takes the next entry. Does not throw for what an entry holds. */
  entry(entry: RecordingEntry): void {
    if (entry.what === 'profile') {
      if (this.#watch === undefined && this.#options.profiles === undefined)
        this.#profiles.push({ ...entry.profile, decay: entry.profile.decay, removed: [] });
      return;
    }
    const watch = this.#started();
    this.#nowMs = entry.t;
    try {
      this.#give(watch, entry);
    } catch {
      this.#failed++;
    }
  }

  /** Tells the alerts that are left, and how it went. */
  finish(): Omit<ReplaySummary, keyof RecordingRead> {
    for (const alert of this.#alerts.values()) this.#tell(alert);
    this.#alerts.clear();
    return {
      ...{ header: this.#header, events: this.#events, alerts: this.#told, incidents: this.#incidents.size },
      ...{ shed: this.#shed, lost: this.#lost, failed: this.#failed },
      spanMs: Math.max(0, this.#nowMs - this.#header.createdMs),
    };
  }

  #give(watch: Watch, entry: Exclude<RecordingEntry, { what: 'profile' }>): void {
    switch (entry.what) {
      case 'container': {
        const { cgroupId, startedAtMs, ...rest } = entry.container;
        const container = { ...rest, cgroupId, startedAtMs, labels: {} };
        this.#remember(container);
        if (entry.starts) watch.containerStarted(container, entry.t);
        break;
      }
      case 'stop':
        watch.containerStopped(entry.container, entry.t);
        break;
      case 'event': {
        const container = this.#containers.get(entry.container);
        if (container === undefined) {
          this.#failed++;
          break;
        }
        this.#events++;
        const { alert } = watch.handle(entry.event, container);
        if (alert !== undefined) this.#keep(alert);
        break;
      }
      case 'incidence':
        watch.addIncidence(entry.workload, entry.stratum, entry.kernelKey, entry.count);
        break;
      case 'lost':
        this.#lost += entry.count;
        watch.lost(entry.container, entry.dimensions, entry.count, entry.t);
        break;
      case 'observed': {
        const observations = new Map(Object.entries(entry.observations));
        watch.observe(observations as ReadonlyMap<Dimension, Observation>, entry.before);
        break;
      }
      case 'tick':
        for (const alert of watch.rollover(entry.t).updates) this.#keep(alert);
        break;
      case 'decision':
        watch.decide(entry.decision, entry.t);
        break;
      case 'shed':
        this.#shed += entry.count;
        break;
      case 'end':
        break;
    }
  }

  #started(): Watch {
    if (this.#watch !== undefined) return this.#watch;
    const { rules, profiles = this.#profiles, judging, starters } = this.#options;
    const { node, sliceMs, startupMs, halfLifeMs, createdMs } = this.#header;
    const random = randomOf(`${node} ${createdMs}`);
    this.#watch = new Watch({
      ...judging,
      ...{ rules, node, sliceMs, startupMs, halfLifeMs, ...(starters === undefined ? {} : { starters }) },
      profiles: { load: () => profiles, save: () => undefined },
      clock: { nowMs: () => this.#nowMs, monotonicMs: () => this.#nowMs },
      newId: (timeMs) => ulid(Math.floor(timeMs), random),
    });
    this.#profiles = [];
    return this.#watch;
  }

  /** The recorder tells of a container again before it is the oldest of so many. */
  #remember(container: Container): void {
    this.#containers.delete(container.id);
    this.#containers.set(container.id, container);
    if (this.#containers.size > containersMax) this.#containers.delete(this.#containers.keys().next().value ?? '');
  }

  #keep(alert: Alert): void {
    // An update of one that was told already.
    if (alert.count > 1 && !this.#alerts.has(alert.id)) return;
    this.#alerts.set(alert.id, alert);
    if (alert.incident !== undefined && this.#incidents.size < incidentsMax) this.#incidents.add(alert.incident);
    if (this.#alerts.size <= alertsMax) return;
    const [oldest] = this.#alerts.values();
    if (oldest === undefined) return;
    this.#tell(oldest);
    this.#alerts.delete(oldest.id);
  }

  #tell(alert: Alert): void {
    this.#told++;
    this.#options.onAlert(alert);
  }
}

/**
 * The profiles of an agent's `profiles.db`, read from a copy: the file is not touched, an agent may have it open.
 * @throws AnchorwatchError `replay.profiles`
 */
export function profilesOf(path: string): readonly StoredProfile[] {
  const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-replay-'));
  try {
    const copy = join(directory, 'profiles.db');
    for (const part of ['', '-wal']) if (part === '' || existsSync(path + part)) copyFileSync(path + part, copy + part);
    const database = openDatabase<ProfileSchema>({
      ...{ path: copy, kind: 'profile', migrations: profileMigrations, synchronous: 'normal', check: true },
    });
    try {
      return [...new Profiles(database).load()];
    } finally {
      database.close();
    }
  } catch (cause) {
    throw new AnchorwatchError('replay.profiles', `the profiles in ${path} cannot be read: ${errorText(cause)}`, {
      cause,
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Numbers from 0 to below 1 that a text decides: its SHA-256, and on from there. */
function randomOf(seed: string): () => number {
  let block = createHash('sha256').update(seed).digest();
  let at = 0;
  return () => {
    if (at + 4 > block.length) {
      block = createHash('sha256').update(block).digest();
      at = 0;
    }
    at += 4;
    return block.readUInt32BE(at - 4) / 2 ** 32;
  };
}
