import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Environment } from '@marcbachmann/cel-js';
import { LineCounter, isMap, isSeq, parseDocument } from 'yaml';
import { z } from 'zod';
import { dimensions } from '../model/feature.ts';
import type { Dimension } from '../model/feature.ts';
import { describedFacts, exampleSchema } from './examples.ts';
import type { Example } from './examples.ts';
import type { Facts } from './facts.ts';
import { guardOf } from './guard.ts';
import type { Guard } from './guard.ts';

const levels = ['program', 'pair', 'arguments', 'origin', 'path', 'peer', 'port', 'action'] as const;

const ruleSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be kebab-case'),
  title: z.string().min(1),
  dimensions: z.array(z.enum(dimensions)).min(1),
  newness: z.array(z.enum(levels)).default([]),
  when: z.string().min(1),
  suspicion: z.number().min(-5).max(5),
  techniques: z.array(z.string().regex(/^T\d{4}(?:\.\d{3})?$/, 'must be an ATT&CK technique id')).default([]),
  practices: z.array(z.string().min(1)).default([]),
  explanation: z.string().min(1),
  matches: z.array(exampleSchema).min(1),
  'does not match': z.array(exampleSchema).min(1),
});

/** A rule as it is written in YAML (docs/rules.md), its condition compiled. */
export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly dimensions: readonly Dimension[];
  /** Levels of features of which one must be new; empty: any. */
  readonly newness: readonly string[];
  /** Decades. */
  readonly suspicion: number;
  readonly techniques: readonly string[];
  readonly practices: readonly string[];
  readonly explanation: string;
  readonly matches: readonly Example[];
  readonly doesNotMatch: readonly Example[];
  readonly condition: (facts: Facts) => boolean;
}

/** A rule that holds for an event. */
export type RuleMatch = Pick<Rule, 'id' | 'title' | 'newness' | 'suspicion' | 'techniques' | 'practices'>;

/** Why a rule, or a whole file, was refused. */
export interface RuleProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly reason: string;
}

const lists = z.record(z.string(), z.array(z.union([z.string(), z.number()])));

/**
 * The suspicion rules: read from YAML, compiled once. A bad rule is refused with file, line and reason, and the others are used;
 * `reload` keeps the old set when anything in the new one is bad.
 */
export class RuleSet {
  readonly rules: readonly Rule[];
  readonly problems: readonly RuleProblem[];
  readonly #byDimension: Map<string, Rule[]> = new Map();
  #failures = 0;

  constructor(rules: readonly Rule[], problems: readonly RuleProblem[] = []) {
    this.rules = rules;
    this.problems = problems;
    for (const rule of rules)
      for (const dimension of rule.dimensions)
        this.#byDimension.set(dimension, [...(this.#byDimension.get(dimension) ?? []), rule]);
  }

  /** Conditions that failed while they were evaluated; such a rule does not hold. */
  get failures(): number {
    return this.#failures;
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

/** A file of rules and its text. */
export interface RuleFile {
  readonly file: string;
  readonly text: string;
}

/** Reads `*.yaml` of the directories, in the order of their names. A directory that cannot be read throws. */
export function readRuleFiles(directories: readonly string[]): readonly RuleFile[] {
  return directories.flatMap((directory) =>
    readdirSync(directory)
      .filter((name) => /\.ya?ml$/.test(name))
      .toSorted()
      .map((name) => ({ file: join(directory, name), text: readFileSync(join(directory, name), 'utf8') })),
  );
}

/** The new set, or the old one when the new one has problems; the problems say why. */
export function reloadRules(
  old: RuleSet,
  files: readonly RuleFile[],
): { readonly rules: RuleSet; readonly problems: readonly RuleProblem[] } {
  const fresh = parseRules(files);
  return fresh.problems.length > 0 ? { rules: old, problems: fresh.problems } : { rules: fresh, problems: [] };
}

/** Compiles rule files; `lists` of all files are shared, a later rule of the same id replaces an earlier one. Pure. */
export function parseRules(files: readonly RuleFile[]): RuleSet {
  const problems: RuleProblem[] = [];
  const documents = files.flatMap(({ file, text }) => {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines });
    for (const error of document.errors)
      problems.push({ file, line: error.linePos?.[0].line ?? 1, reason: error.message.split('\n')[0] ?? '' });
    return document.errors.length > 0 ? [] : [{ file, document, lines }];
  });
  const shared: Record<string, readonly (string | number)[]> = {};
  for (const { file, document } of documents) {
    const parsed = lists.safeParse((document.toJS() as { lists?: unknown } | null)?.lists ?? {});
    if (parsed.success) Object.assign(shared, parsed.data);
    else problems.push({ file, line: 1, reason: `lists: ${issues(parsed.error)}` });
  }
  const environment = new Environment()
    .registerVariable('event', 'map')
    .registerVariable('process', 'map')
    .registerVariable('container', 'map')
    .registerVariable('profile', 'map')
    .registerVariable('lists', 'map');
  const rules = new Map<string, Rule>();
  for (const { file, document, lines } of documents) {
    const sequence = document.get('rules');
    if (!isSeq(sequence)) {
      if (!isMap(document.contents) || !document.has('lists'))
        problems.push({ file, line: 1, reason: 'needs a list `rules` or a map `lists`' });
      continue;
    }
    for (const item of sequence.items) {
      const line = isMap(item) && item.range ? lines.linePos(item.range[0]).line : 1;
      const outcome = compileRule(isMap(item) ? item.toJS(document) : item, environment, shared);
      if (typeof outcome === 'string') problems.push({ file, line, reason: outcome });
      else rules.set(outcome.id, outcome);
    }
  }
  return new RuleSet([...rules.values()], problems);
}

function compileRule(
  raw: unknown,
  environment: Environment,
  shared: Readonly<Record<string, readonly (string | number)[]>>,
): Rule | string {
  const parsed = ruleSchema.safeParse(raw);
  if (!parsed.success) return issues(parsed.error);
  const { when, 'does not match': doesNotMatch, ...rest } = parsed.data;
  let run: (context: Record<string, unknown>) => unknown;
  let guard: Guard;
  try {
    const compiled = environment.parse(when);
    const check = compiled.check();
    if (!check.valid) return `${rest.id}: when: ${check.error?.message ?? 'not valid'}`;
    run = (context) => compiled(context) as unknown;
    guard = guardOf(compiled.ast, shared);
  } catch (error) {
    return `${rest.id}: when: ${error instanceof Error ? error.message : String(error)}`;
  }
  const condition = (facts: Facts): boolean => {
    if (!guard(facts)) return false;
    const { event, process, container, profile } = facts;
    return run({ event, process, container, profile, lists: shared }) === true;
  };
  const rule: Rule = { ...rest, doesNotMatch, condition };
  // A wrong name in a condition shows only when it is evaluated: the examples do that.
  try {
    for (const example of rule.matches)
      if (!condition(describedFacts(example)))
        return `${rule.id}: does not hold for its example ${JSON.stringify(example)}`;
    for (const example of rule.doesNotMatch)
      if (condition(describedFacts(example)))
        return `${rule.id}: holds for its counter-example ${JSON.stringify(example)}`;
  } catch (error) {
    return `${rule.id}: when: ${error instanceof Error ? error.message : String(error)}`;
  }
  return rule;
}

function issues(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}
