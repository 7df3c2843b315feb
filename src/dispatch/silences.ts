import type { Silence } from '../model/silence.ts';
import { holds, parseCondition } from './condition.ts';
import type { Condition } from './condition.ts';
import { labelNames } from './labels.ts';
import type { Labels } from './labels.ts';
import { nearestName } from '../lib/suggestion.ts';

/** A silence with its conditions compiled. */
interface Compiled {
  readonly silence: Silence;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly conditions: readonly Condition[];
}

/** Conditions of a silence, or what is wrong with them, a sentence. Pure. */
export function silenceConditions(
  match: Silence['match'],
): { readonly conditions: readonly Condition[] } | { readonly problem: string } {
  const conditions: Condition[] = [];
  const names = Object.keys(match);
  if (names.length === 0) return { problem: 'match: a silence needs a condition, or it would silence everything' };
  for (const name of names) {
    const label = labelNames.find((one) => one === name);
    if (label === undefined) {
      const meant = nearestName(name, labelNames);
      const hint = meant === undefined ? `; there are ${labelNames.join(', ')}` : `; did you mean ${meant}?`;
      return { problem: `match: there is no label ${name}${hint}` };
    }
    const condition = parseCondition(label, textsOf(match[name] ?? []));
    if ('problems' in condition) return { problem: `match.${label}: ${condition.problems[0]?.message ?? 'invalid'}` };
    conditions.push(condition);
  }
  return { conditions };
}

function textsOf(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}

/** The silences that may hold, compiled. */
export class Silences {
  #compiled: readonly Compiled[] = [];

  /** Takes the place of what was there; one that cannot be read holds for nothing. */
  replace(silences: readonly Silence[]): void {
    this.#compiled = silences.flatMap((silence) => {
      const read = silenceConditions(silence.match);
      const [fromMs, untilMs] = [Date.parse(silence.from), Date.parse(silence.until)];
      return 'conditions' in read ? [{ silence, fromMs, untilMs, conditions: read.conditions }] : [];
    });
  }

  /** The silence that holds for these labels at a time and ends last; undefined: none. */
  holding(labels: Labels, nowMs: number): Silence | undefined {
    let last: Compiled | undefined;
    for (const one of this.#compiled) {
      if (one.fromMs > nowMs || one.untilMs <= Math.max(nowMs, last?.untilMs ?? -Infinity)) continue;
      if (one.conditions.every((condition) => holds(condition, labels))) last = one;
    }
    return last?.silence;
  }

  active(nowMs: number): number {
    return this.#compiled.filter(({ fromMs, untilMs }) => fromMs <= nowMs && untilMs > nowMs).length;
  }
}
