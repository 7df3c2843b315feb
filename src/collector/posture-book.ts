import { readFileSync } from 'node:fs';
import { ulid } from 'ulid';
import type { Clock } from '../lib/clock.ts';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { gauge, counter } from '../lib/metrics.ts';
import type { Counter, Gauge, Registry } from '../lib/metrics.ts';
import type { Advice } from '../model/advice.ts';
import { severities } from '../model/alert.ts';
import type { Workload } from '../model/container.ts';
import { anyNode, outcomeSeverity } from '../model/posture.ts';
import type {
  PostureChange,
  PostureException,
  PostureFilter,
  PostureFinding,
  PostureOutcome,
  PostureResult,
  PostureView,
} from '../model/posture.ts';
import { checksOfException, exceptionOf, parseExceptions } from '../posture/exceptions.ts';
import { loadShipped } from '../posture/practice-file.ts';
import type { Practices } from '../posture/practices.ts';
import { verdictOf } from '../posture/verdict.ts';
import type { PostureKept, PostureReport } from '../protocol/posture-schema.ts';
import type { CollectorStore } from '../store/collector-store.ts';
import type { PostureEntry } from '../store/posture-table.ts';

export interface PostureBookOptions {
  readonly store: Pick<CollectorStore, 'posture' | 'postureReader' | 'postureExceptions'>;
  /** YAML with exceptions; undefined: there is none. */
  readonly exceptionsFile: string | undefined;
  /** Told of each subject with what changed. */
  readonly changed: (changes: readonly PostureChange[]) => void;
  /** Advice that bears on a check of a container of a workload. */
  readonly advice: (workload: string, check: string) => Advice | undefined;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Findings of one exception that are looked at, to leave them out of the metrics. */
const excusedMax = 20_000;
const outcomes = ['stored', 'failed'] as const;

/** What the checks of practices say on all nodes: taken in, asked for, excused, counted. */
export class PostureBook {
  readonly practices: Practices = loadShipped();
  readonly #options: PostureBookOptions;
  readonly #findings: Gauge<'practice' | 'severity'>;
  readonly #unknown: Gauge<'practice'>;
  readonly #exceptions: Gauge<'state'>;
  readonly #reports: Counter<'outcome'>;
  #ofFile: readonly PostureException[] = [];
  /** Of the API, as the store has them. */
  #ofApi: readonly PostureException[] = [];
  readonly #expiredSaid: Set<string> = new Set();
  #trouble = '';

  /** @throws AnchorwatchError `practices.invalid` */
  constructor(options: PostureBookOptions) {
    this.#options = options;
    const { registry } = options;
    this.#findings = gauge(
      registry,
      'anchorwatch_posture_findings',
      'Findings of practices that fail or warn and are not excepted, by the practice of their check.',
      ['practice', 'severity'],
    );
    this.#unknown = gauge(registry, 'anchorwatch_posture_unknown', 'Checks of practices that could not be read.', [
      'practice',
    ]);
    this.#exceptions = gauge(
      registry,
      'anchorwatch_posture_exceptions',
      'Exceptions of practices; those that expired excuse nothing.',
      ['state'],
    );
    this.#reports = counter(registry, 'anchorwatch_posture_reports_total', 'Messages of nodes about practices.', [
      'outcome',
    ]);
    for (const outcome of outcomes) this.#reports.inc({ outcome }, 0);
    this.#preset();
  }

  /** Reads the exceptions of the file and of the store. Rejects as the store does. */
  async load(): Promise<void> {
    this.reload();
    this.#ofApi = await this.#options.store.postureExceptions.list();
    this.#sayExpired();
  }

  /** Reads the file of exceptions again; what is wrong in it is said, and excuses nothing. */
  reload(): void {
    const { exceptionsFile: file, log } = this.#options;
    if (file === undefined) return;
    try {
      const { exceptions, problems } = parseExceptions(file, readFileSync(file, 'utf8'), this.practices);
      this.#ofFile = exceptions;
      for (const { line, reason } of problems)
        log.error(
          { code: 'exceptions.invalid', file, line },
          `an exception does not count: ${file}:${String(line)}: ${reason}`,
        );
    } catch (error) {
      log.error(
        { err: error, code: 'exceptions.invalid', file },
        `the exceptions stay as they were: ${errorText(error)}`,
      );
    }
  }

  /** Keeps what a node says. Never rejects. */
  async keep(node: string, { first, last, verdicts, gone }: PostureReport): Promise<PostureKept['outcome']> {
    const { store, clock, changed, log } = this.#options;
    const entries = verdicts.map(({ outcomes: told, passed, ...subject }): PostureEntry => {
      const pass = { result: 'pass', note: '', evidence: [] } as const;
      const all = [...told, ...passed.map((check) => ({ check, ...pass }))];
      return {
        ...subject,
        outcomes: all.map((one) => ({ ...one, severity: this.#severityOf(one.check, one.result) })),
      };
    });
    try {
      const changes = await store.posture.keep(node, { first, last, entries, gone }, clock.nowMs());
      this.#reports.inc({ outcome: 'stored' });
      this.#trouble = '';
      for (const ofOne of Map.groupBy(changes, ({ container }) => container?.id).values()) changed(ofOne);
      return 'stored';
    } catch (error) {
      this.#reports.inc({ outcome: 'failed' });
      const text = errorText(error);
      if (text !== this.#trouble)
        log.error({ err: error, node }, `what a node says of practices could not be stored: ${text}`);
      this.#trouble = text;
      return 'failed';
    }
  }

  /** Keeps what the checks of a workload say, whose containers may be on many nodes. Never rejects. */
  async keepWorkload(workload: Workload, said: readonly PostureOutcome[]): Promise<void> {
    const verdicts = [verdictOf(said, this.#options.clock.nowMs(), { workload })];
    await this.keep(anyNode, { type: 'posture', id: 1, first: false, last: false, verdicts, gone: [] });
  }

  /** Findings, the gravest first. Rejects as the store does. */
  async findings(
    filter: PostureFilter,
    limit: number,
    after?: Pick<PostureFinding, 'severity' | 'id'>,
  ): Promise<readonly PostureView[]> {
    const found = await this.#options.store.postureReader.list(filter, limit, after);
    return found.map((finding) => this.#viewOf(finding));
  }

  /** How results changed, the latest first. Rejects as the store does. */
  changes(
    filter: PostureFilter & { readonly sinceMs?: number | undefined },
    limit: number,
    before?: number,
  ): Promise<readonly PostureChange[]> {
    return this.#options.store.postureReader.changes(filter, limit, before);
  }

  /** Checks that bear on a practice, or the check itself. */
  checksOf(practiceOrCheck: string): readonly string[] {
    return checksOfException(practiceOrCheck, this.practices);
  }

  exceptions(): readonly PostureException[] {
    return [...this.#ofFile, ...this.#ofApi];
  }

  /** Rejects as the store does. */
  async except(said: Omit<PostureException, 'id' | 'origin'>, by: string): Promise<PostureException> {
    const { store, clock, log } = this.#options;
    const nowMs = clock.nowMs();
    const exception: PostureException = { ...said, id: ulid(nowMs), origin: 'api' };
    await store.postureExceptions.add(exception, by, nowMs);
    this.#ofApi = await store.postureExceptions.list();
    log.info(
      { exception: exception.id, of: exception.of, owner: exception.owner, by },
      'an exception of a practice was made',
    );
    return exception;
  }

  /** False: there was none of that id that the API made. Rejects as the store does. */
  async removeException(id: string): Promise<boolean> {
    const { store } = this.#options;
    const removed = await store.postureExceptions.remove(id);
    if (removed) this.#ofApi = await store.postureExceptions.list();
    return removed;
  }

  /** Brings the metrics up to date. Rejects as the store does. */
  async refresh(): Promise<void> {
    const { store, clock } = this.#options;
    const nowMs = clock.nowMs();
    const counts = await store.postureReader.counts();
    const excused = await this.#excused(nowMs);
    const open = new Map<string, number>();
    const unknown = new Map<string, number>();
    for (const { check, severity, result, findings } of counts) {
      const practice = this.practices.check(check)?.practice ?? 'other';
      if (result === 'unknown') unknown.set(practice, (unknown.get(practice) ?? 0) + findings);
      if (result !== 'fail' && result !== 'warn') continue;
      const key = `${practice} ${severity}`;
      open.set(key, (open.get(key) ?? 0) + findings - (excused.get(`${check} ${severity} ${result}`) ?? 0));
    }
    this.#preset();
    for (const [key, findings] of open) {
      const [practice = '', severity = ''] = key.split(' ');
      this.#findings.set({ practice, severity }, findings);
    }
    for (const [practice, findings] of unknown) this.#unknown.set({ practice }, findings);
    const all = this.exceptions();
    const active = all.filter(({ expiresMs }) => expiresMs > nowMs).length;
    this.#exceptions.set({ state: 'active' }, active);
    this.#exceptions.set({ state: 'expired' }, all.length - active);
    this.#sayExpired();
  }

  #preset(): void {
    this.#findings.reset();
    this.#unknown.reset();
    for (const { id: practice } of this.practices.all) {
      for (const severity of severities) this.#findings.set({ practice, severity }, 0);
      this.#unknown.set({ practice }, 0);
    }
    for (const state of ['active', 'expired']) this.#exceptions.set({ state }, 0);
  }

  /** How many findings are excused, by check, severity and result. */
  async #excused(nowMs: number): Promise<ReadonlyMap<string, number>> {
    const active = this.exceptions().filter(({ expiresMs }) => expiresMs > nowMs);
    const checks = [...new Set(active.flatMap(({ of }) => checksOfException(of, this.practices)))];
    const excused = new Map<string, number>();
    if (checks.length === 0) return excused;
    const found = await this.#options.store.postureReader.list({ checks, results: ['fail', 'warn'] }, excusedMax);
    for (const finding of found) {
      if (exceptionOf(finding, active, this.practices, nowMs) === undefined) continue;
      const key = `${finding.check} ${finding.severity} ${finding.result}`;
      excused.set(key, (excused.get(key) ?? 0) + 1);
    }
    return excused;
  }

  #sayExpired(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const { id, of, owner, expiresMs } of this.exceptions()) {
      if (expiresMs > nowMs || this.#expiredSaid.has(id)) continue;
      this.#expiredSaid.add(id);
      this.#options.log.warn(
        { exception: id, of, owner },
        `the exception of ${of} expired: what it was for counts again`,
      );
    }
  }

  #severityOf(check: string, result: PostureResult): PostureFinding['severity'] {
    const known = this.practices.check(check);
    return known === undefined ? 'notice' : outcomeSeverity(known.severity, result);
  }

  #viewOf(finding: PostureFinding): PostureView {
    const { firstSeenMs, lastSeenMs, changedMs, ...rest } = finding;
    const check = this.practices.check(finding.check);
    const advice =
      finding.container === undefined || finding.workload === undefined
        ? undefined
        : this.#options.advice(finding.workload.id, finding.check);
    const exception = exceptionOf(finding, this.exceptions(), this.practices, this.#options.clock.nowMs());
    const remedy = Object.entries(check?.fix ?? {}).flatMap(([where, what]) =>
      what === undefined ? [] : [[where, what] as const],
    );
    return {
      ...rest,
      title: check?.title ?? finding.check,
      practice: check?.practice ?? 'other',
      practices: check === undefined ? ['other'] : this.practices.practicesOf(check.id),
      sources: check?.sources ?? {},
      remedy: Object.fromEntries(remedy),
      firstSeen: new Date(firstSeenMs).toISOString(),
      lastSeen: new Date(lastSeenMs).toISOString(),
      changed: new Date(changedMs).toISOString(),
      ...(advice === undefined || finding.result === 'pass' ? {} : { advice }),
      ...(exception === undefined || finding.result === 'pass'
        ? {}
        : {
            exception: {
              ...{ id: exception.id, owner: exception.owner, reason: exception.reason },
              expires: new Date(exception.expiresMs).toISOString(),
              expired: exception.expiresMs <= this.#options.clock.nowMs(),
            },
          }),
    };
  }
}
