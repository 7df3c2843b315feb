import { surpriseMax } from '../detect/score.ts';
import type { Reason, Thresholds } from '../detect/score.ts';
import { defaultThresholds } from '../model/alert.ts';
import type { Workload } from '../model/container.ts';
import type { Dimension } from '../model/feature.ts';
import type { DimensionCoverage } from '../model/node.ts';
import { planBudget } from '../profile/budget.ts';
import { surpriseOfNew } from '../profile/coverage.ts';
import type { Incidences } from '../profile/coverage.ts';
import { expectedPerDay } from '../profile/expectation.ts';
import { forecastOf, shareOf } from '../profile/forecast.ts';
import type { Forecast, NewsLine, NewsTally, Share } from '../profile/forecast.ts';

export interface AlertBudgetOptions {
  /** False alerts a day and node that are acceptable; no threshold is raised when left out. */
  readonly alertBudget?: number;
  readonly sliceMs: number;
  /** As configured, before any of them is raised; `defaultThresholds` when left out. */
  readonly thresholds?: (workload: Workload, dimension: Dimension) => Thresholds;
}

interface Entry {
  readonly workload: Workload;
  readonly dimension: Dimension;
}

/** A dimension of a workload with running containers, and what the profile says about it. */
interface FeatureEntry extends Entry {
  readonly containers: number;
  /** Of the steady stratum. */
  readonly counts: Incidences;
  /** Of the startup stratum, and how many containers of the workload start anew in a day. */
  readonly startup?: { readonly counts: Incidences; readonly perDay: number };
}

/** A dimension of a workload with running containers, of a detector of slices. */
export interface SliceEntry extends Entry {
  /** Expected false alerts a day where findings become alerts from so many decades; never grows with them. */
  readonly expected: (warning: number) => number;
  /** What rules are sure to add to each finding, where that is known: what reaches the configured threshold by it is told whatever was raised. */
  readonly suspicion?: number;
}

export type BudgetEntry = FeatureEntry | SliceEntry;

/** Thresholds in force; `suspicionAlone` is the configured threshold for warnings. */
export interface ThresholdsInForce extends Thresholds {
  readonly suspicionAlone: number;
  /** Decades that the threshold for warnings was raised by; 0: it is as configured. */
  readonly raised: number;
}

/** How suspicious news were: how many had at least 0, 0.5, … decades. */
interface News {
  news: number;
  readonly loud: number[];
}

/** Decades between two figures of `News.loud`, and how many there are. */
const [loudStep, loudSteps] = [0.5, 11];
const dayMs = 86_400_000;
const hourMs = 3_600_000;
const hoursKept = 24;

/**
 * Keeps the false alerts that a node is expected to raise within its budget: once a slice it computes them from the profiles and raises the
 * thresholds of the noisiest dimensions, never above that for critical alerts. Holds one figure for each dimension of each workload that is
 * raised, and a tally for each dimension. What is known to be bad is told all the same: suspicion alone that reaches the
 * configured threshold raises an alert whatever was raised (`Thresholds.suspicionAlone`).
 */
export class AlertBudget {
  readonly #options: AlertBudgetOptions;
  readonly #news: Map<Dimension, News> = new Map();
  #raised: ReadonlyMap<string, number> = new Map();
  /** By workload id, then dimension: what `inForce` answered since the last slice. It is asked for every event. */
  readonly #answers: Map<string, Map<Dimension, ThresholdsInForce>> = new Map();
  /** Alerts raised, by hour since the epoch. */
  readonly #alerts: Map<number, number> = new Map();

  constructor(options: AlertBudgetOptions) {
    this.#options = options;
  }

  /** Thresholds for a feature of the dimension in the workload. */
  inForce(workload: Workload, dimension: Dimension): ThresholdsInForce {
    let answers = this.#answers.get(workload.id);
    if (answers === undefined) this.#answers.set(workload.id, (answers = new Map()));
    let answer = answers.get(dimension);
    if (answer === undefined) answers.set(dimension, (answer = this.#computed(workload, dimension)));
    return answer;
  }

  #computed(workload: Workload, dimension: Dimension): ThresholdsInForce {
    const { warning, critical } = this.#configured(workload, dimension);
    const raised = Math.min(this.#raisedBy(workload, dimension), Math.max(0, critical - warning));
    return { warning: warning + raised, critical, suspicionAlone: warning, raised };
  }

  /** What is in force, as a report tells it. */
  report(workload: Workload, dimension: Dimension): NonNullable<DimensionCoverage['thresholds']> {
    const { warning, critical, raised } = this.inForce(workload, dimension);
    return { warning, critical, raised };
  }

  /** Something new was judged: how loud news of the dimension are decides what a threshold is worth. */
  tally(dimension: Dimension, reason: Reason, suspicion: number): void {
    if (reason !== 'learn' && reason !== 'alert') return;
    const tally = this.#news.get(dimension) ?? { news: 0, loud: Array<number>(loudSteps).fill(0) };
    tally.news++;
    for (let step = 0; step < loudSteps && step * loudStep <= suspicion; step++)
      tally.loud[step] = (tally.loud[step] ?? 0) + 1;
    this.#news.set(dimension, tally);
  }

  /** An alert was raised: a notice is none that the budget is for. */
  alerted(timeMs: number): void {
    const hour = Math.floor(timeMs / hourMs);
    this.#alerts.set(hour, (this.#alerts.get(hour) ?? 0) + 1);
    for (const old of this.#alerts.keys()) if (old <= hour - hoursKept) this.#alerts.delete(old);
  }

  /** Alerts that were raised in the last day, repetitions not counted. */
  raisedLastDay(nowMs: number): number {
    const since = Math.floor(nowMs / hourMs) - hoursKept;
    return [...this.#alerts].reduce((sum, [hour, count]) => sum + (hour > since ? count : 0), 0);
  }

  /** A slice ended: thresholds are raised or lowered to fit the budget. */
  adjust(entries: readonly BudgetEntry[]): void {
    // Several detectors may share a dimension, and so its threshold.
    const groups = [...Map.groupBy(entries, ({ workload, dimension }) => idOf(workload, dimension))];
    const lines = groups.flatMap(([, [first, ...others]]) => {
      if (first === undefined) return [];
      const { critical, suspicionAlone, raised } = this.inForce(first.workload, first.dimension);
      const raisedMax = Math.max(0, critical - suspicionAlone);
      const expected = (by: number): number =>
        others.reduce((sum, entry) => sum + this.#expected(entry, by), this.#expected(first, by));
      return [{ raised, raisedMax, expected }];
    });
    const plan = planBudget(lines, this.#options.alertBudget ?? Infinity);
    this.#answers.clear();
    this.#raised = new Map(
      groups.flatMap(([id], index) => {
        const raised = plan[index] ?? 0;
        return raised > 0 ? [[id, raised] as const] : [];
      }),
    );
  }

  /** False alerts a day that news so far give reason to expect at the thresholds in force: what the budget is kept by (see src/profile/expectation.ts). */
  expectedPerDay(entries: readonly BudgetEntry[]): number {
    return entries.reduce(
      (sum, entry) => sum + this.#expected(entry, this.#raisedBy(entry.workload, entry.dimension)),
      0,
    );
  }

  /**
   * What is to be expected a day at the thresholds in force, with its bounds: also where nothing was loud so far, which is no reason to raise a
   * threshold, but none to promise nothing either. Startup counts too.
   */
  forecast(entries: readonly BudgetEntry[]): Forecast {
    const shares = new Map<string, Share>();
    const told = ({ workload, dimension }: Entry, counts: Incidences): Share => {
      const raised = this.#raisedBy(workload, dimension);
      const steps = stepsMissing(this.#configured(workload, dimension).warning, raised, counts);
      if (steps === 0) return all;
      const id = `${dimension} ${steps}`;
      const share = shares.get(id) ?? shareOf(this.#loudFrom(steps, dimension), this.#loudFrom(steps));
      shares.set(id, share);
      return share;
    };
    const lines = entries.flatMap((entry): NewsLine[] => {
      if ('expected' in entry) return [];
      const { counts, containers, startup } = entry;
      const steady = { counts, samplesPerDay: containers * (dayMs / this.#options.sliceMs), told: told(entry, counts) };
      if (startup === undefined) return [steady];
      return [steady, { counts: startup.counts, samplesPerDay: startup.perDay, told: told(entry, startup.counts) }];
    });
    return forecastOf(lines, this.expectedPerDay(entries.filter((entry) => 'expected' in entry)));
  }

  /** News with at least so many steps of suspicion, of one dimension or of all. */
  #loudFrom(steps: number, dimension?: Dimension): NewsTally {
    const tallies = dimension === undefined ? [...this.#news.values()] : [this.#news.get(dimension)];
    let [news, loud] = [0, 0];
    for (const tally of tallies) {
      news += tally?.news ?? 0;
      loud += tally?.loud[steps] ?? 0;
    }
    return { news, loud };
  }

  #configured(workload: Workload, dimension: Dimension): Thresholds {
    return this.#options.thresholds?.(workload, dimension) ?? defaultThresholds;
  }

  #raisedBy(workload: Workload, dimension: Dimension): number {
    return this.#raised.get(idOf(workload, dimension)) ?? 0;
  }

  #expected(entry: BudgetEntry, raised: number): number {
    const { workload, dimension } = entry;
    const configured = this.#configured(workload, dimension).warning;
    if ('expected' in entry) {
      const { expected, suspicion = 0 } = entry;
      return expected(suspicion >= configured ? configured : configured + raised);
    }
    const { containers, counts } = entry;
    // News whose suspicion alone reaches the configured threshold is told whatever was raised.
    const warning = Math.min(configured + raised, configured + surpriseOfNew(counts));
    const tally = this.#news.get(dimension);
    const decades = tally?.loud.filter((_, step) => Number.isInteger(step * loudStep));
    return expectedPerDay(counts, {
      ...{ containers, warning, sliceMs: this.#options.sliceMs },
      loud: tally && { news: tally.news, loud: decades ?? [] },
    });
  }
}

/** Everything that is new is told. */
const all: Share = { mean: 1, variance: 0 };

/** Suspicion that something new needs beside its surprise, in steps: suspicion alone that reaches the configured threshold is told whatever was raised. */
function stepsMissing(configured: number, raised: number, counts: Incidences): number {
  const surprise = Math.min(surpriseMax, surpriseOfNew(counts));
  return Math.ceil(Math.max(0, Math.min(configured, configured + raised - surprise)) / loudStep);
}

function idOf(workload: Workload, dimension: Dimension): string {
  return `${dimension} ${workload.id}`;
}
