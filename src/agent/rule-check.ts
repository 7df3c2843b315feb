import { readFileSync, realpathSync } from 'node:fs';
import { describedEvent, describedFacts } from '../detect/examples.ts';
import type { Example } from '../detect/examples.ts';
import { loadRules } from '../detect/rule-parser.ts';
import type { Rule, RuleProblem, RuleSet } from '../detect/rules.ts';
import { errorText } from '../lib/errors.ts';
import type { Dimension } from '../model/feature.ts';
import { featuresOf } from '../profile/features.ts';
import { shippedRules } from '../detect/rule-source.ts';
import { runScenario } from './scenario/scenario.ts';

export { problemText } from '../detect/rules.ts';
export { invalidRules } from '../detect/rule-source.ts';
export type { Rule, RuleProblem, RuleSet };

/** The shipped rules and those of the paths, as an agent with these options would use them; `problems` says why it would not start. */
export function effectiveRules(paths: readonly string[]): RuleSet {
  return loadRules([shippedRules, ...paths]);
}

/** A file that was tried. */
export interface RuleCheck {
  readonly file: string;
  /** Rules of the file that are in order, with how many examples each; none for a scenario. */
  readonly rules: readonly { readonly id: string; readonly examples: number; readonly enabled: boolean }[];
  /** What failed. */
  readonly problems: readonly RuleProblem[];
}

/**
 * Tries files as an agent would load them after the shipped rules and those of `paths`: each rule against its own examples, then each
 * `*.scenario` against all rules together. Problems of other files come under their own names. Does not throw.
 * @param files Rule files, directories of them, and `*.scenario`.
 */
export function checkRules(paths: readonly string[], files: readonly string[]): readonly RuleCheck[] {
  const isScenario = (file: string): boolean => file.endsWith('.scenario');
  const set = effectiveRules([...paths, ...files.filter((file) => !isScenario(file))]);
  const problems = set.problems.map((problem) => explained(problem, set));
  const all = [...set.rules, ...set.disabled];
  const given = files.map(realPath);
  const wanted = (file: string): boolean =>
    given.some((path) => realPath(file) === path || realPath(file).startsWith(`${path}/`));
  const named = new Set([...problems, ...all.filter((rule) => wanted(rule.file))].map(({ file }) => file));
  const checks = [...named].map((file): RuleCheck => {
    return {
      file,
      rules: all
        .filter((rule) => rule.file === file)
        .map((rule) => ({
          id: rule.id,
          examples: rule.matches.length + rule.doesNotMatch.length,
          enabled: set.rules.includes(rule),
        })),
      problems: problems.filter((problem) => problem.file === file),
    };
  });
  return [...checks, ...files.filter(isScenario).map((file) => checkScenario(file, set))];
}

/** Without symbolic links; as it is where there is no such file. */
function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

/** What rules hold for an example that came out otherwise than it is written. */
function explained(problem: RuleProblem, set: RuleSet): RuleProblem {
  if (problem.example === undefined) return problem;
  const holding = rulesHolding(problem.example, set);
  const what =
    holding.length === 0 ? 'no rule that is in order holds for it' : `these hold for it: ${holding.join(', ')}`;
  return { ...problem, reason: `${problem.reason}; ${what}` };
}

function rulesHolding(example: Example, set: RuleSet): readonly string[] {
  const dimension =
    example.slice === undefined ? featuresOf(describedEvent(example))[0]?.dimension : (example.slice as Dimension);
  return dimension === undefined ? [] : set.matching(dimension, describedFacts(example)).map(({ id }) => id);
}

/** `line 3: …` of the scenario runner as a problem of the file. */
function checkScenario(file: string, set: RuleSet): RuleCheck {
  let failures: readonly string[];
  try {
    failures = runScenario(readFileSync(file, 'utf8'), set);
  } catch (error) {
    failures = [errorText(error)];
  }
  const problems = failures.map((failure): RuleProblem => {
    const [, line, reason] = /^line (\d+): ([^]*)$/.exec(failure) ?? [];
    return { file, line: line === undefined ? undefined : Number(line), reason: reason ?? failure };
  });
  return { file, rules: [], problems };
}
