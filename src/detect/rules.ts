import type { Dimension } from '../model/feature.ts';
import type { Example } from './examples.ts';
import type { Facts } from './facts.ts';

/** A rule as it is written in YAML (docs/rules.md), its condition compiled. */
export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly dimensions: readonly Dimension[];
  /** Levels of features of which one must be new; empty: any. */
  readonly newness: readonly string[];
  /** Decades. */
  readonly suspicion: number;
  /** `notice`: people and jobs do it as well, every so often: by itself it is told as a notice and makes no warning, however new it is. */
  readonly most?: 'notice' | undefined;
  /** `notice`: what is new and of which it holds is told at least as a notice; left out: only what comes near a warning is. */
  readonly least?: 'notice' | undefined;
  readonly techniques: readonly string[];
  readonly practices: readonly string[];
  readonly explanation: string;
  /** The condition as it was written. */
  readonly when: string;
  readonly matches: readonly Example[];
  readonly doesNotMatch: readonly Example[];
  readonly condition: (facts: Facts) => boolean;
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** A rule that holds for an event. */
export type RuleMatch = Pick<
  Rule,
  'id' | 'title' | 'newness' | 'suspicion' | 'least' | 'most' | 'techniques' | 'practices'
>;

/** Why a rule, or a whole file, was refused. */
export interface RuleProblem {
  readonly file: string;
  /** From 1; undefined where the file as a whole is meant. */
  readonly line?: number | undefined;
  /** From 1. */
  readonly column?: number | undefined;
  readonly reason: string;
  /** The example that came out otherwise than it is written. */
  readonly example?: Example;
}

/** `FILE:LINE:COLUMN: reason`, as compilers write it. */
export function problemText({ file, line, column, reason }: RuleProblem): string {
  return `${[file, line, column].filter((part) => part !== undefined).join(':')}: ${reason}`;
}

/** The suspicion rules, compiled once. */
export class RuleSet {
  /** In use, those of earlier files first. */
  readonly rules: readonly Rule[];
  /** Valid and switched off. */
  readonly disabled: readonly Rule[];
  readonly problems: readonly RuleProblem[];
  readonly #byDimension: Map<string, Rule[]> = new Map();
  #failures = 0;

  constructor(rules: readonly Rule[], problems: readonly RuleProblem[] = [], disabled: readonly Rule[] = []) {
    this.rules = rules;
    this.disabled = disabled;
    this.problems = problems;
    for (const rule of rules)
      for (const dimension of rule.dimensions)
        this.#byDimension.set(dimension, [...(this.#byDimension.get(dimension) ?? []), rule]);
  }

  /** Conditions that failed while they were evaluated; such a rule does not hold. */
  get failures(): number {
    return this.#failures;
  }

  /** The suspicion of the most suspicious rule of the dimension that may make a warning, 0 where there is none. */
  suspicionMax(dimension: Dimension): number {
    return (this.#byDimension.get(dimension) ?? [])
      .filter(({ most }) => most === undefined)
      .reduce((most, { suspicion }) => Math.max(most, suspicion), 0);
  }

  /** Rules of the dimension that hold. */
  matching(dimension: Dimension, facts: Facts): readonly RuleMatch[] {
    return (this.#byDimension.get(dimension) ?? []).filter((rule) => {
      try {
        return rule.condition(facts);
      } catch {
        this.#failures++;
        return false;
      }
    });
  }
}
