import type { LabelName, Labels } from './labels.ts';
import { severalValued } from './labels.ts';
import { parsePattern } from './pattern.ts';
import type { Pattern } from './pattern.ts';

/** What an alert has to fulfil: one of its values of the label fits one of the patterns, or, negated, none does. */
export interface Condition {
  readonly label: LabelName;
  readonly negated: boolean;
  readonly patterns: readonly Pattern[];
}

/** Patterns of one condition at most. */
const patternsMax = 256;

/** Reads a condition from its texts: all of them begin with `!`, or none. Answers every problem with the index of its text. */
export function parseCondition(
  label: LabelName,
  texts: readonly string[],
): Condition | { readonly problems: readonly { readonly index: number; readonly message: string }[] } {
  const negated = texts[0]?.startsWith('!') ?? false;
  const problems: { index: number; message: string }[] = [];
  const patterns: Pattern[] = [];
  if (texts.length === 0) problems.push({ index: 0, message: 'an empty list fits nothing: leave the key out' });
  if (texts.length > patternsMax)
    problems.push({ index: patternsMax, message: `more than ${String(patternsMax)} patterns` });
  for (const [index, text] of texts.slice(0, patternsMax).entries()) {
    if (text.startsWith('!') !== negated) {
      problems.push({ index, message: 'either all of a list begin with "!", or none does' });
      continue;
    }
    const pattern = parsePattern(negated ? text.slice(1) : text);
    if ('problem' in pattern) problems.push({ index, message: pattern.problem });
    else if (pattern.text === '') problems.push({ index, message: 'an empty text fits nothing' });
    else patterns.push(pattern);
  }
  return problems.length > 0 ? { problems } : { label, negated, patterns };
}

/** Whether labels fulfil a condition. Pure. */
export function holds({ label, negated, patterns }: Condition, labels: Labels): boolean {
  return labels[label].some((value) => patterns.some(({ fits }) => fits(value))) !== negated;
}

/** A condition as people read it: `workload: shop/*`. */
export function conditionText({ label, negated, patterns }: Condition): string {
  const texts = patterns.map(({ text }) => `${negated ? '!' : ''}${text}`);
  return `${label}: ${texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`}`;
}

/** True when whatever fulfils `given` surely fulfils `condition`; false also where that cannot be told. Pure. */
export function implies(given: Condition, condition: Condition): boolean {
  if (given.label !== condition.label || given.negated !== condition.negated) return false;
  const covered = (pattern: Pattern, by: readonly Pattern[]): boolean =>
    by.some((other) => other.text === pattern.text || (pattern.kind === 'equal' && other.fits(pattern.text)));
  return given.negated
    ? condition.patterns.every((pattern) => covered(pattern, given.patterns))
    : given.patterns.every((pattern) => covered(pattern, condition.patterns));
}

/** True when surely nothing fulfils both; false also where that cannot be told. Pure. */
export function contradict(a: Condition, b: Condition): boolean {
  if (a.label !== b.label || (a.negated && b.negated)) return false;
  if (a.negated || b.negated) {
    const [no, yes] = a.negated ? [a, b] : [b, a];
    return implies(yes, { ...no, negated: false });
  }
  if (severalValued.has(a.label)) return false;
  const isApart = (one: Condition, other: Condition): boolean =>
    one.patterns.every(({ kind, text }) => kind === 'equal' && other.patterns.every(({ fits }) => !fits(text)));
  return isApart(a, b) || isApart(b, a);
}
