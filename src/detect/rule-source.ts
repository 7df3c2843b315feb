import { readMadeRules } from './made-rules.ts';
import { loadRules } from './rule-parser.ts';
import { problemText } from './rules.ts';
import type { RuleProblem, RuleSet } from './rules.ts';
import { AnchorwatchError } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { RuleReport } from '../model/node.ts';

/** Directory of the rules that come with Anchorwatch. */
export const shippedRules: string = new URL('../../profiles/rules', import.meta.url).pathname;

/** Mistakes that an error message names; the log has all of a reload. */
const namedMax = 20;

/** `rules.invalid` with a line for each mistake and what to do about it. */
export function invalidRules(problems: readonly RuleProblem[]): AnchorwatchError {
  const more = problems.length - namedMax;
  const lines = problems.slice(0, namedMax).map(problemText);
  return new AnchorwatchError(
    'rules.invalid',
    [
      'the suspicion rules have mistakes:',
      ...lines,
      ...(more > 0 ? [`and ${more} more`] : []),
      'Mend them ("anchorwatch rules test FILE" tries a file), or leave the file out of --rules.',
    ].join('\n'),
  );
}

/** The suspicion rules of an agent or a collector: the shipped ones, then the user's, read again on request. */
export class RuleSource {
  readonly #paths: readonly string[];
  readonly #log: Logger;
  readonly #reloads = { loaded: 0, refused: 0 };
  #rules: RuleSet;

  /** @param paths Users' files and directories. @throws AnchorwatchError `rules.invalid` */
  constructor(paths: readonly string[], log: Logger) {
    this.#paths = [shippedRules, ...paths];
    this.#log = log;
    this.#rules = loadRules(this.#paths, readMadeRules());
    if (this.#rules.problems.length > 0) throw invalidRules(this.#rules.problems);
  }

  get rules(): RuleSet {
    return this.#rules;
  }

  get report(): RuleReport {
    const { rules, disabled } = this.#rules;
    return { loaded: rules.length, disabled: disabled.length, reloads: { ...this.#reloads } };
  }

  /** Reads the rules again. A set with mistakes is logged, counted and not used. Answers the set in use. */
  reload(): RuleSet {
    const fresh = loadRules(this.#paths, readMadeRules());
    if (fresh.problems.length > 0) {
      this.#reloads.refused++;
      for (const problem of fresh.problems)
        this.#log.error({ code: 'rules.invalid', file: problem.file, line: problem.line }, problemText(problem));
      this.#log.error({ code: 'rules.invalid' }, 'the rules were not reloaded: the old set stays');
    } else {
      this.#reloads.loaded++;
      this.#rules = fresh;
      this.#log.info({ rules: fresh.rules.length, disabled: fresh.disabled.length }, 'rules reloaded');
    }
    return this.#rules;
  }
}
