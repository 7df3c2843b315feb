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
/** Least surprise of what is told only because it is new (rules with `notice`), decades: of what shows something new all the time it is no news. */
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
 * `judged`: holds a feature that an alert was raised for, now below the threshold: counted, not learned. `notice`: new, below the threshold by
 * little, and a rule speaks about it: told once, and learned. `alert`: above the threshold.
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

/**
 * Judges an event by its most anomalous feature; ties go to what was not judged before, then to the coarsest. Rules speak only about features
 * that are not known: a rule without `newness` about any of them, others about those of the levels that it names.
 * Suspicion is that of the most suspicious rule, less what the most reassuring one takes off. Pure.
 */
export function judge(
  candidates: readonly Candidate[],
  matches: readonly RuleMatch[],
  thresholds: Thresholds,
  evidence: (feature: Candidate) => Evidence,
): Verdict {
  let best: { candidate: Candidate; surprise: number; suspicion: number; rules: readonly RuleMatch[] } | undefined;
  for (const candidate of candidates) {
    if (candidate.state === 'known') continue;
    const rules = matches
      .filter(({ newness }) => newness.length === 0 || newness.includes(candidate.level))
      .toSorted((a, b) => b.suspicion - a.suspicion);
    const suspicion = Math.max(0, rules[0]?.suspicion ?? 0) + Math.min(0, rules.at(-1)?.suspicion ?? 0);
    const surprise = Math.min(surpriseMax, candidate.surprise);
    const more = best === undefined ? 1 : surprise + suspicion - (best.surprise + best.suspicion);
    // What was alerted before must not stand for what is new about the event: that is another alert.
    if (more > 0 || (more === 0 && candidate.state === 'new' && best?.candidate.state === 'judged'))
      best = { candidate, surprise, suspicion, rules };
  }
  if (best === undefined) {
    const rare = candidates.some(({ surprise }) => surprise >= rareMin);
    return { reason: rare ? 'rare' : 'known', score: 0, suspicion: 0 };
  }
  const { candidate, surprise, suspicion } = best;
  const score = round(surprise + suspicion);
  const severity = severityOf(score, round(suspicion), thresholds);
  // A rule that reassures takes the word from those that only find it new.
  const isNews =
    surprise >= noticeSurprise && best.rules.some(({ notice }) => notice) && (best.rules.at(-1)?.suspicion ?? 0) >= 0;
  const isNotice = isNews || (suspicion >= noticeSuspicion && score >= thresholds.warning - noticeMargin);
  const speaking = best.rules.filter((rule) => rule.suspicion > 0 || (severity === undefined && rule.notice));
  if (severity === undefined && candidates.some(({ state }) => state === 'judged'))
    return { reason: 'judged', score, suspicion };
  if (severity === undefined && !isNotice) return { reason: 'learn', score, suspicion };
  const finding: Finding = {
    feature: { dimension: candidate.dimension, key: candidate.key },
    detector: speaking.length > 0 && suspicion >= surprise ? 'rules' : 'novelty',
    surprise: round(surprise),
    suspicion: round(suspicion),
    score,
    rules: speaking.map(({ id }) => id),
    techniques: [...new Set(speaking.flatMap(({ techniques }) => techniques))],
    practices: [...new Set(speaking.flatMap(({ practices }) => practices))],
    explanation: speaking.map(({ title }) => title).join('; '),
    evidence: evidence(candidate),
  };
  return severity === undefined
    ? { reason: 'notice', score, suspicion, finding, severity: 'notice' }
    : { reason: 'alert', score, suspicion, finding, severity };
}

function round(decades: number): number {
  return Math.round(decades * 100) / 100;
}
