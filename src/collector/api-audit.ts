import { existsSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { readAuditBatch } from '../ingest/audit-events.ts';
import type { AuditProblem } from '../ingest/audit-events.ts';
import type { Clock } from '../lib/clock.ts';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { counter, gauge } from '../lib/metrics.ts';
import type { Counter, Gauge, Registry } from '../lib/metrics.ts';
import type { Alert } from '../model/alert.ts';
import type { ApiRequest } from '../model/api-request.ts';
import type { Decision } from '../model/decision.ts';
import type { WorkloadTeller } from '../model/fleet.ts';
import type { ProfileFeature } from '../model/node.ts';
import { openDatabase } from '../store/database.ts';
import type { Database } from '../store/database.ts';
import { profileMigrations } from '../store/profile-migrations.ts';
import { Profiles } from '../store/profiles.ts';
import type { ProfileSchema } from '../store/profiles.ts';
import { ApiRules } from './api-rules.ts';
import { apiNode, ApiWatch, isApiUser } from './api-watch.ts';
import type { ApiWatchOptions } from './api-watch.ts';
import { SeenRequests } from './seen-requests.ts';

export interface ApiAuditOptions extends Omit<ApiWatchOptions, 'rules'> {
  /** SQLite file of the users' profiles. */
  readonly path: string;
  /** Users' files and directories of suspicion rules, which build on the shipped ones. */
  readonly rulePaths?: readonly string[] | undefined;
  /** Stores an alert durably, by id only once. */
  readonly raise: (alert: Alert) => Promise<void>;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * What became of an audit event. Of requests that were answered: `known learned judged alerted overflow` (`ApiOutcome`). `stage`: a stage that
 * says nothing more about its request. `duplicate`: it came before. `invalid`: it could not be read. `failed`: it could not be kept, and was refused.
 */
const outcomes = [
  ...(['known', 'learned', 'judged', 'alerted', 'overflow'] as const),
  ...(['stage', 'duplicate', 'invalid', 'failed'] as const),
];
type Outcome = (typeof outcomes)[number];

/** What became of a batch. */
export interface AuditTaken {
  /** Events that are kept now. */
  readonly taken: number;
  /** What could not be read; where it is the batch, nothing is kept. */
  readonly problems: readonly AuditProblem[];
  /** Those that came for the first time and led into a pod. */
  readonly sessions: readonly ApiRequest[];
}

interface Opened {
  readonly watch: ApiWatch;
  readonly profiles: Profiles;
  readonly file: Database<ProfileSchema>;
}

/** Events that are judged before others get their turn. */
const atOnce = 250;
const tickMs = 1000;

/**
 * Takes the audit log of the Kubernetes API, batch by batch: alerts are stored and profiles written before a batch is answered, so that whatever
 * was answered survives the end of the process, and nothing has to be queued. Profiles are opened with the first batch.
 */
export class ApiAudit {
  readonly #options: ApiAuditOptions;
  readonly #seen: SeenRequests = new SeenRequests();
  readonly #events: Counter<'outcome'>;
  readonly #users: Gauge;
  readonly #rules: ApiRules;
  #open: Opened | undefined;
  /** Alerts that were raised and could not be stored yet: they go with the next batch. */
  #unstored: Alert[] = [];
  /** The batch that is taken last; batches are taken one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #trouble = '';

  /** @throws AnchorwatchError `rules.invalid`: the users' rules have mistakes */
  constructor(options: ApiAuditOptions) {
    this.#options = options;
    const { registry, rulePaths = [], log } = options;
    this.#rules = new ApiRules({ paths: rulePaths, registry, log });
    const help = 'Events of the audit log of the Kubernetes API, by what became of them.';
    this.#events = counter(registry, 'anchorwatch_audit_events_total', help, ['outcome']);
    for (const outcome of outcomes) this.#events.inc({ outcome }, 0);
    this.#users = gauge(registry, 'anchorwatch_audit_users', 'Users of the Kubernetes API that have a profile.');
  }

  /** Keeps a batch, durably when it resolves. Rejects with what the store throws: nothing of the batch counts then. */
  async take(body: unknown): Promise<AuditTaken> {
    const batch = readAuditBatch(body, this.#options.clock.nowMs());
    if (!('requests' in batch)) {
      this.#events.inc({ outcome: 'invalid' });
      return { taken: 0, problems: [batch], sessions: [] };
    }
    const taking = this.#last.then(() => this.#keep(batch.requests));
    this.#last = taking.catch(() => undefined);
    const sessions = await taking;
    if (batch.problems.length > 0) this.#events.inc({ outcome: 'invalid' }, batch.problems.length);
    return { taken: batch.requests.length, problems: batch.problems, sessions };
  }

  /** What is known of users, in the place of a node. */
  state(): WorkloadTeller {
    const workloads = this.#kept()?.watch.report() ?? [];
    return { name: apiNode, up: true, report: { workloads, containers: [] } };
  }

  /** The profile of a user's workload; undefined: there is none. */
  features(workload: string): readonly ProfileFeature[] | undefined {
    return isApiUser(workload) ? this.#kept()?.watch.profile(workload)?.features() : undefined;
  }

  /** Does what an operator decided, durably when it resolves. False: it is not about a user of the Kubernetes API. */
  async decide(decision: Decision): Promise<boolean> {
    if (!isApiUser(decision.workload)) return false;
    const deciding = this.#last.then(() => {
      const known = this.#opened().watch.decide(decision, this.#options.clock.nowMs());
      this.#save();
      return known;
    });
    this.#last = deciding.catch(() => undefined);
    return deciding;
  }

  /** Reads the users' rules again; a set with mistakes is logged, counted and not used. */
  reload(): void {
    this.#open?.watch.setRules(this.#rules.reload());
  }

  /** Waits for the batches that are being taken, and saves. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#last;
    if (this.#open === undefined) return;
    try {
      this.#save();
    } finally {
      this.#open.file.close();
      this.#open = undefined;
    }
  }

  /** Answers the new ones that led into a pod. */
  async #keep(requests: readonly ApiRequest[]): Promise<readonly ApiRequest[]> {
    const { clock } = this.#options;
    const counted = new Map<Outcome, number>();
    const sessions: ApiRequest[] = [];
    try {
      const { watch } = this.#opened();
      for (const [index, request] of requests.entries()) {
        if (index > 0 && index % atOnce === 0) await setImmediate();
        const outcome = this.#judge(watch, request, clock.nowMs());
        counted.set(outcome, (counted.get(outcome) ?? 0) + 1);
        const isAnswered = outcome !== 'duplicate' && outcome !== 'stage';
        if (isAnswered && request.session !== undefined && request.code < 400) sessions.push(request);
      }
      await this.#store();
      this.#save();
      this.#users.set(watch.users);
    } catch (error) {
      this.#seen.forget(requests);
      this.#events.inc({ outcome: 'failed' }, requests.length);
      throw error;
    }
    for (const [outcome, count] of counted) this.#events.inc({ outcome }, count);
    return sessions;
  }

  #judge(watch: ApiWatch, request: ApiRequest, nowMs: number): Outcome {
    const sighted = this.#seen.see(request);
    if (sighted === 'again') return 'duplicate';
    // A session lasts long: what is known when it is let in is judged then, and its end says nothing more.
    if (sighted === 'further' || request.stage === 'RequestReceived') return 'stage';
    const { outcome, alert } = watch.judge(request, nowMs);
    if (alert !== undefined) this.#unstored.push(alert);
    return outcome;
  }

  /** Alerts before profiles: what is judged in a profile and not told would never be. */
  async #store(): Promise<void> {
    const alerts = this.#unstored;
    this.#unstored = [];
    const results = await Promise.allSettled(alerts.map((alert) => this.#options.raise(alert)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed === undefined) return;
    this.#unstored = [...alerts.filter((_, index) => results[index]?.status === 'rejected'), ...this.#unstored];
    throw failed.reason;
  }

  #save(): void {
    if (this.#open === undefined) return;
    const { watch, profiles } = this.#open;
    const changes = watch.takeChanges();
    try {
      profiles.save(changes);
    } catch (error) {
      watch.returnChanges(changes);
      throw error;
    }
  }

  /** As `#opened`; undefined where nothing was ever learned. */
  #kept(): Opened | undefined {
    return this.#open === undefined && !existsSync(this.#options.path) ? undefined : this.#opened();
  }

  #opened(): Opened {
    if (this.#open !== undefined) return this.#open;
    const { path, clock } = this.#options;
    const migrations = profileMigrations;
    const file = openDatabase<ProfileSchema>({ path, kind: 'profile', migrations, synchronous: 'full', check: true });
    const profiles = new Profiles(file);
    const watch = new ApiWatch({ ...this.#options, rules: this.#rules.set }, profiles.load());
    watch.roll(clock.nowMs());
    this.#timer = setInterval(() => this.#tick(), tickMs);
    this.#open = { watch, profiles, file };
    return this.#open;
  }

  #tick(): void {
    this.#last = this.#last.then(() => this.#roll());
  }

  /** Never rejects. */
  async #roll(): Promise<void> {
    if (this.#open === undefined) return;
    try {
      this.#unstored.push(...this.#open.watch.roll(this.#options.clock.nowMs()));
      await this.#store();
      this.#save();
      this.#trouble = '';
    } catch (error) {
      const text = errorText(error);
      if (text !== this.#trouble) this.#options.log.error({ err: error }, `users' profiles were not kept: ${text}`);
      this.#trouble = text;
    }
  }
}
