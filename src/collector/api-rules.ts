import { loadRules } from '../detect/rule-parser.ts';
import { invalidRules, RuleSource, shippedRules } from '../detect/rule-source.ts';
import { RuleSet } from '../detect/rules.ts';
import type { Logger } from '../lib/log.ts';
import { counter, gauge } from '../lib/metrics.ts';
import type { Counter, Gauge, Registry } from '../lib/metrics.ts';

export interface ApiRulesOptions {
  /** Users' files and directories; none: the shipped rules. */
  readonly paths: readonly string[];
  readonly registry: Registry;
  readonly log: Logger;
}

/** What the shipped rules about the Kubernetes API are in. */
const shipped = ['lists.yaml', 'api.yaml'].map((file) => `${shippedRules}/${file}`);

/**
 * The suspicion rules about the Kubernetes API. Users' files are read with all that is shipped, as an agent reads them, so that one set of files
 * serves both: they may replace or switch off rules about containers as well. Without them the shipped rules about the API are read when the
 * first batch comes; most collectors never get one.
 */
export class ApiRules {
  readonly #source: RuleSource | undefined;
  readonly #loaded: Gauge;
  readonly #reloads: Counter<'outcome'>;
  #set: RuleSet | undefined;

  /** @throws AnchorwatchError `rules.invalid`, with file, line and reason of each mistake */
  constructor({ paths, registry, log }: ApiRulesOptions) {
    this.#loaded = gauge(
      registry,
      'anchorwatch_audit_rules_loaded',
      "Suspicion rules about the Kubernetes API that the collector uses; 0 before the first batch, where there are no users' rules.",
    );
    this.#reloads = counter(
      registry,
      'anchorwatch_audit_rule_reloads_total',
      "Times that the collector read its users' rules again; refused: they had mistakes, and the old set stayed.",
      ['outcome'],
    );
    for (const outcome of ['loaded', 'refused']) this.#reloads.inc({ outcome }, 0);
    if (paths.length === 0) return;
    this.#source = new RuleSource(paths, log);
    this.#use(this.#source.rules);
  }

  /** The rules in use. */
  get set(): RuleSet {
    if (this.#set !== undefined) return this.#set;
    const rules = loadRules(shipped);
    if (rules.problems.length > 0) throw invalidRules(rules.problems);
    return this.#use(rules);
  }

  /** Reads users' rules again; a set with mistakes is logged and counted, and the old one stays. Answers the set in use. */
  reload(): RuleSet {
    if (this.#source === undefined) return this.set;
    const before = this.#source.rules;
    const fresh = this.#source.reload();
    this.#reloads.inc({ outcome: fresh === before ? 'refused' : 'loaded' });
    return fresh === before ? this.set : this.#use(fresh);
  }

  #use({ rules, disabled }: RuleSet): RuleSet {
    const isOurs = ({ dimensions }: RuleSet['rules'][number]): boolean => dimensions.includes('api');
    this.#set = new RuleSet(rules.filter(isOurs), [], disabled.filter(isOurs));
    this.#loaded.set(this.#set.rules.length);
    return this.#set;
  }
}
