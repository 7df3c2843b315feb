import { titleOfRequest } from '../alert/api-title.ts';
import { printable } from '../alert/assemble.ts';
import { Deduplicator, defaultDeduplication } from '../alert/deduplicate.ts';
import { groupingOf, Incidents } from '../alert/incident.ts';
import { apiFactsOf } from '../detect/facts.ts';
import type { ProfileFacts } from '../detect/facts.ts';
import type { RuleSet } from '../detect/rules.ts';
import { judge } from '../detect/score.ts';
import type { Candidate } from '../detect/score.ts';
import { idOf } from '../ingest/node-silence.ts';
import { defaultThresholds } from '../model/alert.ts';
import type { Alert, Evidence, Finding, Severity } from '../model/alert.ts';
import { isRefused } from '../model/api-request.ts';
import type { ApiRequest } from '../model/api-request.ts';
import type { Workload } from '../model/container.ts';
import type { Decision } from '../model/decision.ts';
import type { WorkloadReport } from '../model/node.ts';
import { apiFeaturesOf } from '../profile/api-features.ts';
import { coverage, surpriseOfNew, surpriseOfSeen } from '../profile/coverage.ts';
import { Profile } from '../profile/profile.ts';
import type { StoredProfile } from '../profile/stored.ts';
import { fitAlert } from '../protocol/fit.ts';
import { RecentCounts } from './recent-counts.ts';

export interface ApiWatchOptions {
  readonly rules: RuleSet;
  /** How long a sample is. Default 60000. */
  readonly sliceMs?: number;
  /** Users that have a profile of their own; who comes later shares one. Default 4096. */
  readonly usersMax?: number;
  /** An incident that was quiet for so long is over. */
  readonly incidentQuietMs?: number | undefined;
}

/**
 * What became of a request. `known`: nothing new. `learned`: new, below the threshold. `judged`: an alert was raised for it before. `alerted`: an alert was
 * raised or counts one more. `overflow`: new, and its profile has no room: judged, not learned.
 */
export type ApiOutcome = 'known' | 'learned' | 'judged' | 'alerted' | 'overflow';

export interface ApiJudgement {
  readonly outcome: ApiOutcome;
  /** A new alert, or a copy of an earlier one (same id) with a larger count. */
  readonly alert?: Alert;
}

/** What an API server's audit log is the log of, in place of a node. */
export const apiNode = 'kubernetes-api';
const noContainer = { id: '', name: '', image: '', digest: '' } as const;
const refusalWindowMs = 60_000;
const expectedMax = 10;
/** Clients of the API come again every few minutes or hours, all day: until somebody accepts or denies it, one alert a week says so. */
const deduplication = { ...defaultDeduplication, windowMs: 86_400_000, longestMs: 7 * 86_400_000 };

/**
 * The way of a request to the Kubernetes API through profile, detect and alert. A sample is one user in one slice of time in which it asked anything:
 * people sleep, and that they do is no evidence. Synchronous, no I/O, no time but what is passed in.
 */
export class ApiWatch {
  readonly #options: ApiWatchOptions;
  #rules: RuleSet;
  readonly #sliceMs: number;
  readonly #profiles: Map<string, Profile> = new Map();
  readonly #deduplicator: Deduplicator = new Deduplicator(deduplication);
  readonly #incidents: Incidents;
  readonly #refused: RecentCounts = new RecentCounts(refusalWindowMs, 4096);
  /** Users that asked something in this slice, by the profile that they have. */
  readonly #active: Map<Profile, Set<string>> = new Map();
  #slice = 0;

  /** @param stored Profiles as they were saved last. */
  constructor(options: ApiWatchOptions, stored: Iterable<StoredProfile> = []) {
    this.#options = options;
    this.#rules = options.rules;
    this.#sliceMs = options.sliceMs ?? 60_000;
    this.#incidents = new Incidents(groupingOf(options.incidentQuietMs));
    for (const one of stored) this.#profiles.set(one.workload.id, new Profile(one));
  }

  /** Profiles of users. */
  get users(): number {
    return this.#profiles.size;
  }

  /** Judges by these rules from now on. */
  setRules(rules: RuleSet): void {
    this.#rules = rules;
  }

  /** The profile of a user's workload; undefined: it never asked anything. */
  profile(workloadId: string): Profile | undefined {
    return this.#profiles.get(workloadId);
  }

  /** What is known of users, as nodes report of workloads. */
  report(): readonly WorkloadReport[] {
    return Array.from(this.#profiles.values(), (profile) => {
      const counts = profile.incidences('api', 'steady');
      const [features, seenInOneSample] = [profile.size('api'), Math.round(counts.once)];
      const dimensions = [{ dimension: 'api' as const, coverage: coverage(counts), features, seenInOneSample }];
      return { workload: profile.workload, containers: 0, samples: profile.samples, dimensions };
    });
  }

  /** Judges a request that was answered, and learns from it. */
  judge(request: ApiRequest, nowMs: number): ApiJudgement {
    const profile = this.#profileOf(request.user, nowMs);
    this.#noteActive(profile, request.user);
    const refusedLately = isRefused(request) ? this.#refused.count(request.user, nowMs) : 0;
    const features = apiFeaturesOf(request, refusedLately);
    const counts = profile.incidences('api', 'steady');
    const candidates = features.map((feature): Candidate => {
      const state = profile.state(feature);
      const surprise =
        state === 'known' ? surpriseOfSeen(counts, profile.incidence(feature, 'steady')) : surpriseOfNew(counts);
      return { ...feature, state, surprise };
    });
    const isKnown = candidates.every(({ state }) => state === 'known');
    const facts = isKnown ? undefined : apiFactsOf(request, refusedLately, factsOf(profile, nowMs));
    const matches = facts === undefined ? [] : this.#rules.matching('api', facts);
    const verdict = judge(candidates, matches, defaultThresholds, () => evidenceOf(profile, nowMs));
    if (verdict.reason === 'alert' && verdict.finding !== undefined && verdict.severity !== undefined) {
      const isBad = (one: Candidate): boolean =>
        judge([one], matches, defaultThresholds, () => noEvidence).reason === 'alert';
      // Features of a request say different things: the address of what is suspicious is not suspicious for that.
      const bad = candidates.filter((one) => one.state !== 'known' && isBad(one));
      this.#learn(
        profile,
        request.user,
        candidates.filter((one) => !bad.includes(one)),
        nowMs,
      );
      for (const one of bad) profile.judge(one, nowMs);
      const about = bad.map(({ dimension, key }) => ({ dimension, key }));
      return this.#raise(request, profile.workload, { ...verdict.finding, about, severity: verdict.severity }, nowMs);
    }
    if (!this.#learn(profile, request.user, candidates, nowMs)) return { outcome: 'overflow' };
    if (isKnown) return { outcome: 'known' };
    return { outcome: verdict.reason === 'judged' ? 'judged' : 'learned' };
  }

  /** Ends the slice when it is over, and answers alerts whose count grew. Call it about once a second. */
  roll(nowMs: number): readonly Alert[] {
    const slice = Math.floor(nowMs / this.#sliceMs);
    if (slice !== this.#slice) {
      for (const [profile, users] of this.#active) {
        for (let user = 0; user < users.size; user += 1) profile.addSample('steady', nowMs);
        profile.endSlice(nowMs);
      }
      this.#active.clear();
      this.#slice = slice;
    }
    return this.#deduplicator.due(nowMs);
  }

  /** Does what an operator decided about a user. False: there is no such user. */
  decide({ id, verdict, workload, features }: Decision, nowMs: number): boolean {
    const profile = this.#profiles.get(workload);
    if (profile === undefined) return false;
    for (const feature of features) {
      if (verdict === 'accept') profile.accept(feature, nowMs);
      if (verdict === 'deny') profile.deny(feature, nowMs);
    }
    if (verdict === 'relearn') {
      const fresh = { workload: profile.workload, createdMs: nowMs, relearned: id, reset: true };
      this.#active.delete(profile);
      this.#profiles.set(workload, new Profile(fresh));
    }
    return true;
  }

  /** What changed since the last call, to be saved. */
  takeChanges(): readonly StoredProfile[] {
    return [...this.#profiles.values()].flatMap((profile) => profile.takeChanges() ?? []);
  }

  /** Changes that could not be saved. */
  returnChanges(changes: readonly StoredProfile[]): void {
    for (const change of changes) this.#profiles.get(change.workload.id)?.returnChanges(change);
  }

  /** False: there was no room for all of them. */
  #learn(profile: Profile, user: string, candidates: readonly Candidate[], nowMs: number): boolean {
    const sample = { number: this.#slice, stratum: 'steady' } as const;
    let full = false;
    for (const candidate of candidates)
      if (candidate.state !== 'judged' && profile.learn(candidate, user, sample, nowMs) === 'full') full = true;
    return !full;
  }

  #profileOf(user: string, nowMs: number): Profile {
    const workload = workloadOf(user);
    const own = this.#profiles.get(workload.id);
    if (own !== undefined) return own;
    const isFull = this.#profiles.size >= (this.#options.usersMax ?? 4096);
    const shared = isFull ? this.#profiles.get(others.id) : undefined;
    if (shared !== undefined) return shared;
    const profile = new Profile({ workload: isFull ? others : workload, createdMs: nowMs });
    this.#profiles.set(profile.workload.id, profile);
    return profile;
  }

  #noteActive(profile: Profile, user: string): void {
    let users = this.#active.get(profile);
    if (users === undefined) this.#active.set(profile, (users = new Set()));
    // Of a shared profile so many users of one slice are enough to know it.
    if (users.size < 1024) users.add(user);
  }

  #raise(
    request: ApiRequest,
    workload: Workload,
    finding: Finding & { readonly about: NonNullable<Alert['features']>; readonly severity: Severity },
    nowMs: number,
  ): ApiJudgement {
    const { feature, rules, detector, about, ...judged } = finding;
    // A clock that is ahead must not put an alert into the future.
    const timeMs = Math.max(0, Math.min(request.timeMs, nowMs));
    const kind = `api ${rules[0] ?? detector}`;
    const taken = this.#deduplicator.take(workload.id, `api ${feature.key}`, kind, timeMs, () => {
      const { score, surprise, suspicion, techniques, practices, evidence, severity } = judged;
      // The same request makes the same alert, however often it is sent.
      const id = idOf(timeMs, `${request.auditId} ${feature.key}`);
      const time = new Date(timeMs).toISOString();
      const sighting = { containerId: `${workload.id} ${request.user}`, timeMs, lineage: [] };
      return fitAlert({
        ...{ id, time, lastTime: time, count: 1, raisedAfterMs: nowMs - timeMs },
        ...{ severity, score, surprise, suspicion, detector, rules, techniques, practices, evidence, workload },
        ...{ title: titleOfRequest(request), dimension: feature.dimension, key: printable(feature.key, 1024) },
        node: apiNode,
        container: { ...noContainer, ...(request.namespace === '' ? {} : { namespace: request.namespace }) },
        incident: this.#incidents.assign(id, sighting).id,
        features: about,
      });
    });
    if (taken.outcome === 'update') this.#incidents.again(taken.alert.incident, timeMs);
    return taken.outcome === 'counted' ? { outcome: 'alerted' } : { outcome: 'alerted', alert: taken.alert };
  }
}

/** True for ids of workloads that are users of the Kubernetes API. */
export function isApiUser(workloadId: string): boolean {
  return workloadId.startsWith('kubernetes-user:');
}

const noEvidence: Evidence = { samples: 0, seenInOneSample: 0, coverage: 0, expected: [], note: '' };
const others: Workload = { id: 'kubernetes-user:*', name: 'other users', kind: 'kubernetes-user' };

/** Kubelets behave alike, and nodes come and go: they share a profile. Every other user is a workload by itself. */
function workloadOf(user: string): Workload {
  const name = printable(user.startsWith('system:node:') ? 'system:node:*' : user, 256);
  return { id: `kubernetes-user:${name}`, name, kind: 'kubernetes-user' };
}

function factsOf(profile: Profile, nowMs: number): ProfileFacts {
  const counts = profile.incidences('api', 'steady');
  return {
    samples: Math.round(counts.samples),
    ageSeconds: Math.max(0, (nowMs - profile.createdMs) / 1000),
    coverage: coverage(counts),
    settled: counts.samples >= 10,
    ...{ startup: false, listens: false, knowsPort: false, listensOnPort: false, knowsProgram: false },
    ...{ parentListens: false, writtenHere: false, ownFile: false, healthcheck: false, news: 1 },
  };
}

function evidenceOf(profile: Profile, nowMs: number): Evidence {
  const counts = profile.incidences('api', 'steady');
  const samples = Math.round(counts.samples);
  const minutes = Math.max(0, Math.round((nowMs - profile.createdMs) / 60_000));
  const { name } = profile.workload;
  const seen = (key: string): number => profile.incidence({ dimension: 'api', key }, 'steady');
  return {
    samples,
    seenInOneSample: Math.round(counts.once),
    coverage: Math.round(coverage(counts) * 10_000) / 10_000,
    expected: [...profile.knownKeys('api')].toSorted((a, b) => seen(b) - seen(a)).slice(0, expectedMax),
    note:
      samples >= 10
        ? `never in ${samples.toLocaleString('en')} samples of ${name}`
        : `new to ${name}, which has been watched for ${String(minutes)} min (${String(samples)} samples)`,
  };
}
