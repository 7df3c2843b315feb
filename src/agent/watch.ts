import { Deduplicator, deduplicationOf } from '../alert/deduplicate.ts';
import { groupingOf, Incidents } from '../alert/incident.ts';
import { factsOf } from '../detect/facts.ts';
import { judge } from '../detect/score.ts';
import type { RuleMatch, RuleSet } from '../detect/rules.ts';
import type { Clock } from '../lib/clock.ts';
import type { Evidence } from '../model/alert.ts';
import type { Container } from '../model/container.ts';
import type { Decision } from '../model/decision.ts';
import type { Event, KernelKey } from '../model/event.ts';
import type { Dimension, Feature, Stratum } from '../model/feature.ts';
import type { ProfileFeature, WorkloadReport } from '../model/node.ts';
import type { Observations } from '../model/observation.ts';
import { featuresOf } from '../profile/features.ts';
import type { KeyTest } from '../profile/kernel-keys.ts';
import type { Profile } from '../profile/profile.ts';
import type { Forecast } from '../profile/forecast.ts';
import { SampleClock, type Sample, type SampleEnd } from '../profile/samples.ts';
import { AlertBudget } from './alert-budget.ts';
import type { AlertBudgetOptions, BudgetEntry } from './alert-budget.ts';
import { eventEntries } from './budget-entries.ts';
import { EventAlerts } from './event-alerts.ts';
import { applyDecision, type AppliedDecision } from './decisions.ts';
import { HealthChecks, type HealthCheckPart } from './health-checks.ts';
import { HeldBack } from './held-back.ts';
import { Names } from '../identity/names.ts';
import { nothing, type Judgement, type Rollover, type SampleChange, type WatchLosses } from './judgement.ts';
import { learn } from './learning.ts';
import { LearnedProfiles, type ProfileStore } from './learned-profiles.ts';
import { News, newsKind } from './news.ts';
import { namedBy } from './peer-names.ts';
import { candidateOf, releaseFinding, withoutExcuse } from './release-note.ts';
import type { ReleaseCandidate } from './release-note.ts';
import { SliceFindings } from './slice-findings.ts';
import { Sight, type SightStore, type StoredSight } from './sight.ts';
import type { Starters } from './starters.ts';
import { Told } from './told.ts';
import { evidenceOf, isOfImage, profileFacts, startsUp } from './surroundings.ts';
import { type WrittenFile, WrittenFiles } from './written-files.ts';
import { workloadReport } from './workload-report.ts';

export interface WatchOptions extends AlertBudgetOptions {
  readonly profiles: ProfileStore;
  /** Where it is kept what was seen; nowhere when left out. */
  readonly sights?: SightStore;
  readonly rules: RuleSet;
  /** Baselines of common programs; none when left out. */
  readonly starters?: Starters;
  /** An incident that was quiet for so long is over; 15 minutes when left out. */
  readonly incidentQuietMs?: number;
  readonly clock: Clock;
  readonly node: string;
  readonly startupMs: number;
  /** After this time a sighting counts half; 30 days unless said otherwise. */
  readonly halfLifeMs?: number;
  /** Makes alert ids; ULIDs unless a test wants its own. */
  readonly newId?: (timeMs: number) => string;
}

/**
 * The way of an event through profile, detect and alert; the agent, replay and the scenario tests all use it. Synchronous, no I/O but
 * through `profiles` (in the constructor and `save`), no time but through the clock and what is passed in.
 */
export class Watch {
  /** Where findings about slices become alerts. */
  readonly slices: SliceFindings;
  /** What the node does not see. */
  readonly sight: Sight;
  readonly #options: WatchOptions;
  readonly #profiles: LearnedProfiles;
  readonly #containers: Map<string, Container> = new Map();
  readonly #samples: SampleClock;
  readonly #deduplicator: Deduplicator;
  readonly #written: WrittenFiles = new WrittenFiles();
  readonly #budget: AlertBudget;
  readonly #alerts: EventAlerts;
  readonly #incidents: Incidents;
  readonly #healthChecks: HealthChecks = new HealthChecks();
  readonly #names: Names = new Names();
  readonly #news: News = new News();
  readonly #heldBack: HeldBack = new HeldBack();
  readonly #told: Told = new Told();
  /** A slice is over, and not all profiles are up to date. */
  #folding = false;
  #rules: RuleSet;

  /** Loads all profiles; throws what the store throws. */
  constructor(options: WatchOptions) {
    this.#options = options;
    this.#rules = options.rules;
    this.sight = new Sight(options.sights, options.startupMs);
    this.#budget = new AlertBudget(options);
    this.#incidents = new Incidents(groupingOf(options.incidentQuietMs));
    this.#deduplicator = new Deduplicator(deduplicationOf(options.sliceMs));
    const [budget, deduplicator, incidents] = [this.#budget, this.#deduplicator, this.#incidents];
    this.#alerts = new EventAlerts({ ...options, budget, deduplicator, incidents });
    this.slices = new SliceFindings({ ...options, budget, deduplicator, incidents, rules: () => this.#rules });
    this.#samples = new SampleClock({ ...options, nowMs: options.clock.nowMs() });
    this.#profiles = new LearnedProfiles(options.profiles, options.halfLifeMs, (stored) => this.#told.add(stored));
  }

  /** Rules to use from now on. */
  setRules(rules: RuleSet): void {
    this.#rules = rules;
  }

  /** A container runs (again). Answers its sample, for the kernel's `watched` map. */
  containerStarted(container: Container, nowMs: number): Sample {
    this.#containers.set(container.id, container);
    this.sight.started(container, nowMs);
    const profile = this.#profiles.of(container.workload, nowMs);
    profile.imageSeen(container.digest, nowMs);
    this.#options.starters?.recall(profile, container, nowMs);
    return this.#samples.start(container.id, container.startedAtMs, nowMs);
  }

  /** More is known of a container that runs. Its workload is the same. */
  containerUpdated(container: Container, nowMs: number): void {
    if (!this.#containers.has(container.id)) return;
    this.#containers.set(container.id, container);
    this.#profiles.of(container.workload, nowMs).imageSeen(container.digest, nowMs);
  }

  /** Read its kernel incidences before, when that is possible. */
  containerStopped(containerId: string, nowMs: number): void {
    const end = this.#samples.stop(containerId, nowMs);
    if (end !== undefined) this.#count(end, nowMs);
    this.#containers.delete(containerId);
    this.#written.forget(containerId);
    this.#healthChecks.forget(containerId);
    this.#names.forget(containerId);
    this.#news.forget(containerId);
    this.sight.stopped(containerId);
  }

  /** Judges an event and learns from it. Never throws for what an event holds. */
  handle(seen: Event, container: Container): Judgement {
    const event = namedBy(this.#names, seen, container, this.#profiles.get(container.workload.id));
    const features = featuresOf(event);
    const first = features[0];
    if (first === undefined || this.#told.before(event, first.key, container)) return nothing;
    const profile = this.#profiles.of(container.workload, event.timeMs);
    this.#options.starters?.see(event, profile, container);
    const sample = this.#samples.at(container.id) ?? {
      number: 0,
      stratum: startsUp(container, event.timeMs, this.#options.startupMs),
    };
    const written = this.#written.see(container.id, event);
    // A check that was tampered with is no check.
    const check = written.writtenHere ? 'no' : this.#healthChecks.concerns(event, container);
    const expected = check !== 'no' || (isOfImage(event) && profile.releases.isFresh(container.digest));
    const weighed = features.map((feature) => {
      const candidate = candidateOf(profile, feature, container.digest, sample.stratum, event.judged === true);
      return expected ? { ...candidate, surprise: 0, fullSurprise: 0, excuse: 0 } : candidate;
    });
    const [kindOfNews, isNew] = [newsKind(event, first.dimension), weighed[0]?.state !== 'known'];
    const news = this.#news.count(container.id, kindOfNews, isNew, event.timeMs);
    const matches = this.#matches(event, container, profile, weighed, sample.stratum, { ...written, check, news });
    const candidates = withoutExcuse(weighed, matches);
    const thresholds = this.#budget.inForce(container.workload, first.dimension);
    const evidence = (feature: Feature): Evidence =>
      evidenceOf(profile, feature, sample.stratum, event.timeMs, {
        ...{ seen: this.sight.about(container, feature.dimension, event.timeMs), thresholds },
        digest: container.digest,
      });
    const verdict = judge(candidates, matches, thresholds, evidence);
    this.#budget.tally(first.dimension, verdict.reason, verdict.suspicion);
    if (verdict.reason === 'alert' && verdict.finding !== undefined && verdict.severity !== undefined) {
      const { finding, severity } = verdict;
      const saveNow = candidates.some(({ state }) => state === 'new');
      for (const candidate of candidates) if (candidate.state !== 'known') profile.judge(candidate, event.timeMs);
      const about = features.filter((_, index) => candidates[index]?.state !== 'known');
      const returns = severity === 'notice' || finding.suspicion >= thresholds.warning;
      const alert = this.#alerts.raise({ finding, severity, features: about }, event, container, returns);
      return { reason: 'alert', mark: 'judged', alsoKnown: [], saveNow, ...(alert && { alert }) };
    }
    if (event.kind === 'listen') profile.addListener(event.process.exe);
    const release = releaseFinding(verdict, candidates, matches, thresholds, evidence);
    const notice = verdict.reason === 'notice' && release === undefined ? verdict.finding : undefined;
    const fresh = candidates.filter(({ state }) => state === 'new');
    if (notice !== undefined && this.#heldBack.hold(container.workload.id, fresh, event.timeMs)) {
      for (const candidate of fresh) profile.judge(candidate, event.timeMs);
      const alert = this.#alerts.notice(notice, event, container);
      return { reason: 'notice', mark: 'judged', alsoKnown: [], saveNow: true, ...(alert && { alert }) };
    }
    const judgement = learn({ event, container, profile, candidates, sample }, verdict.reason, this.#deduplicator);
    const alert =
      release === undefined
        ? notice && this.#alerts.notice(notice, event, container)
        : this.#alerts.releaseNote(release, event, container, profile);
    return alert === undefined ? judgement : { ...judgement, alert, saveNow: true };
  }

  /** True when samples are over: read the kernel's incidences now, then call `rollover`. */
  rolloverDue(nowMs: number): boolean {
    return this.#samples.due(nowMs);
  }

  /**
   * Ends samples that are over. Call it about once a second, after `addIncidence` with what the kernel counted when the slice is about to end.
   * @param folding `in-parts`: profiles are left to `foldPart`
   */
  rollover(nowMs: number, folding: 'whole' | 'in-parts' = 'whole'): Rollover {
    const { ends, sliceEnded } = this.#samples.advance(nowMs);
    const changes: SampleChange[] = [];
    for (const end of ends) {
      this.#count(end, nowMs);
      const { containerId, next: sample } = end;
      const cgroupId = this.#containers.get(containerId)?.cgroupId;
      if (sample !== undefined) changes.push({ containerId, cgroupId, sample });
    }
    if (sliceEnded) {
      this.#profiles.endSlice(nowMs);
      for (const { workloadId, features } of this.#heldBack.takeDue(nowMs))
        for (const feature of features) this.#profiles.get(workloadId)?.accept(feature, nowMs);
      this.#folding = true;
      if (folding === 'whole') this.foldPart(Infinity);
    }
    return { changes, sliceEnded, updates: this.#deduplicator.due(nowMs) };
  }

  /** After a slice: brings profiles of about `featuresMost` features up to date, the thresholds with the last one; true when there is more. */
  foldPart(featuresMost: number): boolean {
    if (!this.#folding) return false;
    this.#folding = this.#profiles.foldPart(featuresMost);
    if (!this.#folding) this.#budget.adjust(this.#budgetEntries());
    return this.#folding;
  }

  /** What the kernel counted for a key (or for that of a number) since the last call: samples in which containers of the workload showed it. */
  addIncidence(workloadId: string, stratum: Stratum, kernelKey: KernelKey | number, delta: number): void {
    if (delta > 0) this.#profiles.get(workloadId)?.addIncidence(kernelKey, stratum, delta);
  }

  /** What stands for a kernel key of the workload in `addIncidence`; -1: it is not counted. */
  kernelKeyNumber(workloadId: string, kernelKey: KernelKey): number {
    return this.#profiles.get(workloadId)?.kernelKeyNumber(kernelKey) ?? -1;
  }

  /** Kernel keys of the workload that the kernel may recognise, to push down when its first container starts. */
  kernelKeys(workloadId: string, test?: KeyTest): Iterable<KernelKey> {
    return this.#profiles.get(workloadId)?.recognisable(test) ?? [];
  }

  /** What the node sees from now on. Of more than `before`, samples so far are no evidence. */
  observe(observations: Observations, before: StoredSight['without'] = this.sight.without): void {
    for (const dimension of this.sight.observe(observations, before))
      for (const profile of this.#profiles.all()) profile.widen(dimension);
  }

  /** `count` records were lost that could have been of any of these dimensions: the container's sample is no evidence about them. */
  lost(containerId: string, dimensions: readonly Dimension[], count: number, nowMs: number): void {
    this.sight.lost(containerId, dimensions, count, nowMs);
  }

  /** Does what an operator decided; call `save()` then, and tell the kernel what is answered. */
  decide(decision: Decision, nowMs: number): AppliedDecision {
    const { workload } = decision;
    const applied = applyDecision(this.#profiles.get(workload), decision, nowMs, this.#options.halfLifeMs);
    if (applied.fresh !== undefined) this.#profiles.replace(applied.fresh);
    if (applied.fresh !== undefined) this.#heldBack.forget(workload);
    else if (decision.verdict !== 'acknowledge') this.#heldBack.decided(workload, decision.features);
    if (decision.verdict !== 'relearn' || applied.fresh !== undefined) this.slices.decide(decision, nowMs);
    return applied;
  }

  /** The profile of a workload; undefined when nothing of it has run here. */
  profile(workloadId: string): Profile | undefined {
    return this.#profiles.get(workloadId);
  }

  /** Saves what changed, of all workloads or of one. Throws what the store throws; the changes are then kept for the next call. */
  save(workloadId?: string): void {
    this.#profiles.save(workloadId);
    if (workloadId === undefined) this.sight.save(this.#options.clock.nowMs());
  }

  /** Saves a part of what changed, about `rowsMost` rows; true when there is more. Throws as `save`. */
  savePart(rowsMost: number): boolean {
    const more = this.#profiles.savePart(rowsMost);
    if (!more) this.sight.save(this.#options.clock.nowMs());
    return more;
  }

  report(): readonly WorkloadReport[] {
    const [{ sight }, nowMs] = [this, this.#options.clock.nowMs()];
    return Array.from(this.#profiles.all(), (profile) =>
      workloadReport(profile, this.#running(profile), sight, nowMs, (dimension) =>
        this.#budget.report(profile.workload, dimension),
      ),
    );
  }

  /** Lines of `anchorwatch profile show`; undefined for an unknown workload id or name. */
  profileFeatures(workload: string): readonly ProfileFeature[] | undefined {
    return this.#profiles.named(workload)?.features();
  }

  /** Features and kernel keys that did not fit into their profiles, and alerts forgotten by the deduplicator. */
  losses(): WatchLosses {
    return {
      profileOverflow: this.#profiles.overflow,
      alertsForgotten: this.#deduplicator.forgotten,
      alertsFolded: this.#deduplicator.folded,
      incidentsForgotten: this.#incidents.forgotten,
      ruleFailures: this.#rules.failures,
    };
  }

  /** False alerts a day that are expected at the thresholds in force, and alerts that were raised in the last day. */
  alertsPerDay(nowMs: number): { readonly expected: Forecast; readonly raised: number } {
    const [budget, entries] = [this.#budget, this.#budgetEntries()];
    return { expected: budget.forecast(entries), raised: budget.raisedLastDay(nowMs) };
  }

  #budgetEntries(): readonly BudgetEntry[] {
    const [nowMs, running] = [this.#options.clock.nowMs(), (profile: Profile) => this.#running(profile).length];
    return [...eventEntries(this.#profiles.all(), running, nowMs), ...this.slices.budgetEntries()];
  }

  #matches(
    event: Event,
    container: Container,
    profile: Profile,
    candidates: readonly ReleaseCandidate[],
    stratum: Stratum,
    { check, ...seen }: WrittenFile & { readonly check: HealthCheckPart; readonly news: number },
  ): readonly RuleMatch[] {
    const dimension = candidates[0]?.dimension;
    if (dimension === undefined || candidates.every(({ state }) => state === 'known')) return [];
    const healthcheck = check === 'as-written';
    const freshImage = profile.releases.isFresh(container.digest);
    const facts = profileFacts({ event, profile, stratum, dimension, ...seen, healthcheck, freshImage });
    return this.#rules.matching(dimension, factsOf(event, container, facts));
  }

  #count(end: SampleEnd, nowMs: number): void {
    const container = this.#containers.get(end.containerId);
    const incomplete = this.sight.endSample(end.containerId, container);
    if (end.completed && container !== undefined && this.sight.wasWhole(end))
      this.#profiles.get(container.workload.id)?.addSample(end.stratum, nowMs, incomplete, container.digest);
  }

  #running(profile: Profile): readonly Container[] {
    return [...this.#containers.values()].filter(({ workload }) => workload.id === profile.workload.id);
  }
}
