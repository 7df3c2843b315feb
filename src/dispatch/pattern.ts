import { errorText } from '../lib/errors.ts';

/** What a value of a label is compared with. */
export interface Pattern {
  /** As written. */
  readonly text: string;
  readonly kind: 'equal' | 'glob' | 'expression';
  readonly fits: (value: string) => boolean;
}

/** Longer values are compared by their beginning: an expression takes time with what it reads. */
const valueLengthMax = 1024;
const expressionLengthMax = 256;

/**
 * A pattern of a routes file or silence: `/…/` is a regular expression (found anywhere; `/…/i` without case), a text with `*` or `?` a glob
 * over the whole value (`*` any characters, `/` too), everything else is equal or not. Pure.
 */
export function parsePattern(text: string): Pattern | { readonly problem: string } {
  const expression = /^\/(.*)\/(i?)$/s.exec(text);
  if (expression !== null) return parseExpression(text, expression[1] ?? '', expression[2] ?? '');
  if (/[*?]/.test(text)) return { text, kind: 'glob', fits: (value) => fitsGlob(text, value.slice(0, valueLengthMax)) };
  return { text, kind: 'equal', fits: (value) => value === text };
}

function parseExpression(text: string, source: string, flags: string): Pattern | { readonly problem: string } {
  if (source.length > expressionLengthMax)
    return { problem: `a regular expression has at most ${String(expressionLengthMax)} characters` };
  if (hasNestedRepetition(source))
    return { problem: 'a repetition within a repetition, such as (a+)+, can take forever: write it without' };
  try {
    const compiled = new RegExp(source, flags);
    return { text, kind: 'expression', fits: (value) => compiled.test(value.slice(0, valueLengthMax)) };
  } catch (error) {
    return { problem: errorText(error) };
  }
}

/** True when a group that is repeated without bound holds a repetition or an alternative: where backtracking explodes. */
function hasNestedRepetition(source: string): boolean {
  const groups: { repeats: boolean }[] = [];
  let inClass = false;
  for (let at = 0; at < source.length; at += 1) {
    const sign = source.charAt(at);
    if (sign === '\\') at += 1;
    else if (inClass) inClass = sign !== ']';
    else if (sign === '[') inClass = true;
    else if (sign === '(') groups.push({ repeats: false });
    else if (sign === ')') {
      const inner = groups.pop();
      const outer = groups.at(-1);
      const repeated = isUnbounded(source.slice(at + 1));
      if (repeated && inner?.repeats === true) return true;
      if (outer !== undefined && (repeated || inner?.repeats === true)) outer.repeats = true;
    } else if (sign === '|' || isUnbounded(source.slice(at))) {
      const group = groups.at(-1);
      if (group !== undefined) group.repeats = true;
    }
  }
  return false;
}

function isUnbounded(rest: string): boolean {
  return /^(?:[*+]|\{\d+,(?:\}|\d{3,}\}))/.test(rest);
}

/** `*` any characters, `?` one: goes back to the last star only, so that it takes no longer than both lengths multiplied. */
function fitsGlob(glob: string, value: string): boolean {
  let [at, from] = [0, 0];
  let star: { readonly at: number; from: number } | undefined;
  while (from < value.length) {
    const sign = glob.charAt(at);
    if (sign === '*') {
      star = { at, from };
      at += 1;
    } else if (at < glob.length && (sign === '?' || sign === value.charAt(from))) {
      at += 1;
      from += 1;
    } else if (star === undefined) return false;
    else {
      star.from += 1;
      [at, from] = [star.at + 1, star.from];
    }
  }
  return /^\**$/.test(glob.slice(at));
}
