import { holds } from './condition.ts';
import type { Condition } from './condition.ts';
import type { LabelName, Labels } from './labels.ts';

/** While an alert that fits `source` is recent, those that fit `target` and are equal in some labels are told to nobody. */
export interface InhibitRule {
  readonly line: number;
  readonly source: readonly Condition[];
  readonly target: readonly Condition[];
  /** Labels that both have the same first value of. */
  readonly equal: readonly LabelName[];
  /** How long a source counts after it came. */
  readonly forMs: number;
}

/** A source that holds. */
interface Holding {
  readonly alert: string;
  readonly untilMs: number;
}

/** Sources that are remembered for one rule at most; the oldest makes room, and its targets are told. */
const sourcesMax = 4096;

/** The sources of inhibition rules that are recent. Kept in memory: after a restart the latest alerts are read again. */
export class InhibitSources {
  readonly rules: readonly InhibitRule[];
  readonly #held: readonly Map<string, Holding>[];

  constructor(rules: readonly InhibitRule[]) {
    this.rules = rules;
    this.#held = rules.map(() => new Map());
  }

  /** Notes an alert that may be a source. @param atMs When it came. */
  note(alert: string, labels: Labels, atMs: number): void {
    for (const [index, rule] of this.rules.entries()) {
      if (!rule.source.every((condition) => holds(condition, labels))) continue;
      const held = this.#held[index] ?? new Map<string, Holding>();
      const key = equalKey(rule, labels);
      const untilMs = atMs + rule.forMs;
      if ((held.get(key)?.untilMs ?? -Infinity) > untilMs) continue;
      held.delete(key);
      held.set(key, { alert, untilMs });
      const oldest = held.keys().next();
      if (held.size > sourcesMax && oldest.done !== true) held.delete(oldest.value);
    }
  }

  /** What inhibits an alert; undefined: nothing. An alert does not inhibit itself, nor what fits the source as well. */
  inhibiting(
    alert: string,
    labels: Labels,
    nowMs: number,
  ): { readonly rule: InhibitRule; readonly by: string } | undefined {
    for (const [index, rule] of this.rules.entries()) {
      if (!rule.target.every((condition) => holds(condition, labels))) continue;
      if (rule.source.every((condition) => holds(condition, labels))) continue;
      const holding = this.#held[index]?.get(equalKey(rule, labels));
      if (holding !== undefined && holding.untilMs > nowMs && holding.alert !== alert)
        return { rule, by: holding.alert };
    }
    return undefined;
  }
}

function equalKey({ equal }: InhibitRule, labels: Labels): string {
  return JSON.stringify(equal.map((name) => labels[name][0] ?? ''));
}
