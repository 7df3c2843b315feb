import type { Evidence, Finding, Severity } from '../model/alert.ts';
import type { Feature } from '../model/feature.ts';
import type { RuleMatch } from './rules.ts';

/** Scores from which a finding is an alert of that severity, decades. */
export interface Thresholds {
  readonly warning: number;
  readonly critical: number;
  /** Suspicion from which a finding is an alert even below `warning`: what is known to be bad is told although the alert budget raised the threshold. */
  readonly suspicionAlone?: number;
}

/** What a rule speaks about, and is less than a warning by no more than this, is a notice; decades. */
const noticeMargin = 1;
/** Least suspicion of a notice, decades: novelty alone raises none. */
const noticeSuspicion = 1;
/** Least surprise of what is told only because it is new (rules with `least`), decades: of what shows something new all the time it is no news. */
const noticeSurprise = 0.6;

/** Most that novelty alone adds to a score, decades. */
export const surpriseMax = 4;

/** One feature of an event with what the profile says about it. */
export interface Candidate extends Feature {
  readonly level: string;
  readonly state: 'new' | 'known' | 'judged';
  /** Decades, not capped. */
  readonly surprise: number;
}

/**
 * `known`: every feature is known. `rare`: known, with some surprise left. `learn`: new, below the threshold.
 * `judged`: holds a feature that an alert was raised for, now below the threshold: counted, not learned. `notice`: new, below the threshold, and a
 * rule wants it told, or speaks about it and brings it near the threshold. `alert`: above the threshold, or held below it by rules with `most`.
 */
export type Reason = 'known' | 'rare' | 'learn' | 'judged' | 'notice' | 'alert';

export interface Verdict {
  readonly reason: Reason;
  /** Decades; 0 when nothing is new. */
  readonly score: number;
  readonly suspicion: number;
  /** Set for alerts and notices: evidence costs too much to gather for every new feature. */
  readonly finding?: Finding;
  readonly severity?: Severity;
}

/** Scores are told so exactly, decades. */
const scoreStep = 0.01;
/** Least surprise of a known feature that is worth its own reason, decades. */
const rareMin = 0.3;

/** Severity of a score, undefined below the threshold for warnings (which suspicion alone may still reach). */
export function severityOf(
  score: number,
  suspicion: number,
  { warning, critical, suspicionAlone = warning }: Thresholds,
): Severity | undefined {
  if (score >= critical) return 'critical';
  return score >= warning || suspicion >= suspicionAlone ? 'warning' : undefined;
}

/** A candidate, weighed with the rules that speak about it. */
interface Weighed {
  readonly candidate: Candidate;
  readonly rules: readonly RuleMatch[];
  readonly surprise: number;
  /** What counts of the rules' suspicion. */
  readonly suspicion: number;
  /** All of it. */
  readonly fullSuspicion: number;
  readonly severity: Severity | undefined;
}

/**
 * Judges an event by its most anomalous feature; ties go to what was not judged before, then to the coarsest. Rules speak only about features
 * that are not known: a rule without `newness` about any of them, others about those of the levels that it names.
 * Suspicion is that of the most suspicious rule, less what the most reassuring one takes off. Rules with `most` add no more than brings the score
 * up to just below a warning: what only they make an alert is a notice. Pure.
 */
export function judge(
  candidates: readonly Candidate[],
  matches: readonly RuleMatch[],
  thresholds: Thresholds,
  evidence: (feature: Candidate) => Evidence,
): Verdict {
  let best: Weighed | undefined;
  for (const candidate of candidates) {
    if (candidate.state === 'known') continue;
    const weighed = weigh(candidate, matches, thresholds);
    if (best === undefined || isMore(weighed, best)) best = weighed;
  }
  if (best === undefined) {
    const rare = candidates.some(({ surprise }) => surprise >= rareMin);
    return { reason: rare ? 'rare' : 'known', score: 0, suspicion: 0 };
  }
  const { candidate, surprise, suspicion, severity } = best;
  const score = round(surprise + suspicion);
  if (severity !== undefined) {
    const speaking = best.rules.filter((rule) => rule.suspicion > 0);
    const finding = findingOf(candidate, speaking, best, evidence);
    return { reason: 'alert', score, suspicion, finding, severity };
  }
  if (candidates.some(({ state }) => state === 'judged')) return { reason: 'judged', score, suspicion };
  const isNear = suspicion >= noticeSuspicion && score >= thresholds.warning - noticeMargin;
  const told = isNear ? best : candidates.map((one) => weigh(one, matches, thresholds)).find(isNews);
  if (told === undefined) return { reason: 'learn', score, suspicion };
  const speaking = told.rules.filter((rule) => rule.suspicion > 0 || rule.least === 'notice');
  const finding = findingOf(told.candidate, speaking, told, evidence);
  return { reason: 'notice', score, suspicion, finding, severity: 'notice' };
}

/** A rule wants it told because it is new, and none reassures. */
function isNews({ candidate, rules, surprise }: Weighed): boolean {
  const isWanted = rules.some(({ least }) => least === 'notice') && (rules.at(-1)?.suspicion ?? 0) >= 0;
  return candidate.state === 'new' && surprise >= noticeSurprise && isWanted;
}

function findingOf(
  candidate: Candidate,
  rules: readonly RuleMatch[],
  { surprise, suspicion, fullSuspicion }: Pick<Weighed, 'surprise' | 'suspicion' | 'fullSuspicion'>,
  evidence: (feature: Candidate) => Evidence,
): Finding {
  return {
    feature: { dimension: candidate.dimension, key: candidate.key },
    detector: rules.length > 0 && fullSuspicion >= surprise ? 'rules' : 'novelty',
    surprise: round(surprise),
    suspicion: round(suspicion),
    score: round(surprise + suspicion),
    rules: rules.map(({ id }) => id),
    techniques: [...new Set(rules.flatMap(({ techniques }) => techniques))],
    practices: [...new Set(rules.flatMap(({ practices }) => practices))],
    explanation: rules.map(({ title }) => title).join('; '),
    evidence: evidence(candidate),
  };
}

function weigh(candidate: Candidate, matches: readonly RuleMatch[], thresholds: Thresholds): Weighed {
  const rules = matches
    .filter(({ newness }) => newness.length === 0 || newness.includes(candidate.level))
    .toSorted((a, b) => b.suspicion - a.suspicion);
  const surprise = Math.min(surpriseMax, candidate.surprise);
  const fullSuspicion = suspicionOf(rules);
  const severityBy = (suspicion: number): Severity | undefined =>
    severityOf(round(surprise + suspicion), round(suspicion), thresholds);
  const full = { candidate, rules, surprise, suspicion: fullSuspicion, fullSuspicion };
  const severity = severityBy(fullSuspicion);
  if (severity === undefined || rules.every(({ most }) => most === undefined)) return { ...full, severity };
  const suspicion = suspicionOf(rules.filter(({ most }) => most === undefined));
  const without = severityBy(suspicion);
  if (without !== undefined) return { ...full, suspicion, severity: without };
  const room = Math.max(suspicion, 0, (thresholds.suspicionAlone ?? thresholds.warning) - scoreStep - surprise);
  return { ...full, suspicion: Math.min(fullSuspicion, room), severity: 'notice' };
}

/** Suspicion of rules, the most suspicious first. */
function suspicionOf(rules: readonly RuleMatch[]): number {
  return Math.max(0, rules[0]?.suspicion ?? 0) + Math.min(0, rules.at(-1)?.suspicion ?? 0);
}

function isMore(one: Weighed, than: Weighed): boolean {
  const more = one.surprise + one.suspicion - (than.surprise + than.suspicion);
  if (more !== 0) return more > 0;
  const fully = one.surprise + one.fullSuspicion - (than.surprise + than.fullSuspicion);
  if (fully !== 0) return fully > 0;
  // What was alerted before must not stand for what is new about the event: that is another alert.
  return one.candidate.state === 'new' && than.candidate.state === 'judged';
}

function round(decades: number): number {
  return Math.round(decades * 100) / 100;
}
