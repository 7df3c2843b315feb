import type { Document, LineCounter, Node } from 'yaml';
import { z } from 'zod';
import { errorText } from '../lib/errors.ts';
import { yaml } from '../lib/yaml.ts';
import { dimensions } from '../model/feature.ts';
import { momentNames, rateDimension, rateNames } from '../model/rate.ts';
import { ConditionError, ConditionParser } from './condition.ts';
import type { Lists, ParsedCondition } from './condition.ts';
import { describedFacts, exampleSchema } from './examples.ts';
import type { Example } from './examples.ts';
import type { Facts } from './facts.ts';
import { digestOf } from './made-rules.ts';
import type { MadeFile, MadeFiles } from './made-rules.ts';
import { readRuleFiles } from './rule-files.ts';
import type { RuleFile } from './rule-files.ts';
import { RuleSet } from './rules.ts';
import type { Rule, RuleProblem } from './rules.ts';

const levels = ['program', 'pair', 'arguments', 'origin', 'path', 'peer', 'port', 'action', 'burst'] as const;
const id = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be kebab-case');

const ruleSchema = z.strictObject({
  id,
  override: z.boolean().default(false),
  enabled: z.boolean().default(true),
  title: z.string().min(1),
  dimensions: z.array(z.enum([...dimensions, ...[...rateNames, ...momentNames].map(rateDimension)])).min(1),
  newness: z.array(z.enum(levels)).default([]),
  when: z.string().min(1),
  suspicion: z.number().min(-5).max(5),
  most: z.literal('notice').optional(),
  least: z.literal('notice').optional(),
  techniques: z.array(z.string().regex(/^T\d{4}(?:\.\d{3})?$/, 'must be an ATT&CK technique id')).default([]),
  practices: z.array(z.string().min(1)).default([]),
  explanation: z.string().min(1),
  matches: z.array(exampleSchema).min(1),
  'does not match': z.array(exampleSchema).min(1),
});
/** A rule of an earlier file, switched off or on. */
const switchSchema = z.strictObject({ id, enabled: z.boolean() });
const fileSchema = z.strictObject({
  lists: z.record(z.string(), z.array(z.union([z.string(), z.number()])).max(10_000)).default({}),
  disabled: z.array(id).default([]),
  rules: z.array(z.unknown()).default([]),
});

/** More rules than this are refused: each costs every new event of its dimension some time. */
const rulesMax = 2_000;

/** Reads and compiles rule files and directories of them, those that come first being built upon by the later. See `parseRules`. */
export function loadRules(paths: readonly string[], made?: MadeFiles): RuleSet {
  const { files, problems } = readRuleFiles(paths);
  const { rules, disabled, problems: more } = parseRules(files, made);
  return new RuleSet(rules, [...problems, ...more], disabled);
}

/**
 * Compiles rule files. Lists of one name are joined over all files. An id that is taken is refused, unless the rule says `override: true`,
 * which is refused where there is nothing to replace; `disabled: [ID]` and `enabled: false` switch rules off, also those of other files.
 * A rule with a mistake is left out and named in `problems`; the others are compiled. Pure.
 * @param made Files whose YAML, and whose examples, need no reading: that was done when these were made.
 */
export function parseRules(files: readonly RuleFile[], made: MadeFiles = new Map()): RuleSet {
  return new Parsing(files, made).run();
}

/** A file without mistakes as it is kept in `MadeFiles`. */
export function madeOf(file: RuleFile): MadeFile {
  const document = new RuleDocument(file, undefined);
  const content = document.document.toJS({ maxAliasCount: 100 }) as { readonly rules?: readonly unknown[] };
  return { content, lines: (content.rules ?? []).map((_, index) => document.lineOf(['rules', index])) };
}

/** A file, as far as it is YAML. */
class RuleDocument {
  readonly file: string;
  readonly layer: number;
  readonly text: string;
  readonly made: MadeFile | undefined;
  #read: { readonly document: Document.Parsed; readonly lines: LineCounter } | undefined;

  constructor({ file, layer, text }: RuleFile, made: MadeFile | undefined) {
    this.file = file;
    this.layer = layer;
    this.text = text;
    this.made = made;
  }

  get document(): Document.Parsed {
    return this.#parsed().document;
  }

  #parsed(): { readonly document: Document.Parsed; readonly lines: LineCounter } {
    if (this.#read !== undefined) return this.#read;
    const { LineCounter: Lines, parseDocument } = yaml();
    const lines = new Lines();
    this.#read = { lines, document: parseDocument(this.text, { lineCounter: lines, uniqueKeys: true }) };
    return this.#read;
  }

  /** The line where a rule begins, from 1. */
  lineOf(path: readonly PropertyKey[]): number {
    const line = this.made?.lines[Number(path[1])];
    return line ?? this.#parsed().lines.linePos(this.offsetOf(path)).line;
  }

  problemAt(offset: number, reason: string, example?: Example): RuleProblem {
    const { line, col } = this.#parsed().lines.linePos(offset);
    return { file: this.file, line, column: col, reason, ...(example === undefined ? {} : { example }) };
  }

  /** Where the innermost node of a path begins that there is. */
  offsetOf(path: readonly PropertyKey[]): number {
    const { isNode } = yaml();
    for (let length = path.length; length >= 0; length--) {
      const node: unknown = length === 0 ? this.document.contents : this.document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return node.range[0];
    }
    return 0;
  }

  /** Where a strict mapping has a key that it does not know. */
  offsetOfKey(path: readonly PropertyKey[], name: string): number {
    const { isMap, isNode, isScalar } = yaml();
    const map: unknown = path.length === 0 ? this.document.contents : this.document.getIn(path, true);
    const key = isMap(map) ? map.items.find((pair) => isScalar(pair.key) && pair.key.value === name)?.key : undefined;
    return isNode(key) && key.range ? key.range[0] : this.offsetOf(path);
  }

  problemsOf(error: z.ZodError, path: readonly PropertyKey[], prefix: string): readonly RuleProblem[] {
    return error.issues.map((issue) => {
      const inner = [...path, ...issue.path];
      const at =
        issue.code === 'unrecognized_keys' ? this.offsetOfKey(inner, issue.keys[0] ?? '') : this.offsetOf(inner);
      const member = issue.path.map(String).join('.');
      return this.problemAt(at, `${prefix}${member === '' ? '' : `${member}: `}${issue.message}`);
    });
  }
}

interface Switch {
  readonly id: string;
  readonly enabled: boolean;
  readonly in: RuleDocument;
  readonly path: readonly PropertyKey[];
}

class Parsing {
  readonly #documents: readonly RuleDocument[];
  readonly #problems: RuleProblem[] = [];
  readonly #conditions: ConditionParser = new ConditionParser();
  readonly #lists: { readonly layer: number; readonly name: string; readonly items: readonly (string | number)[] }[] =
    [];
  readonly #joined: Map<number, Lists> = new Map();
  readonly #rules: Map<string, Rule> = new Map();
  /** Ids that rules with mistakes meant to have: what else is said about them is no mistake of its own. */
  readonly #refused: Set<string> = new Set();
  readonly #switches: Switch[] = [];

  constructor(files: readonly RuleFile[], made: MadeFiles) {
    this.#documents = files.map(
      (file) => new RuleDocument(file, made.size === 0 ? undefined : made.get(digestOf(file.text))),
    );
  }

  run(): RuleSet {
    const contents = this.#documents.flatMap((document) => {
      const content = this.#contentOf(document);
      return content === undefined ? [] : [{ document, ...content }];
    });
    for (const { document, lists } of contents)
      for (const [name, items] of Object.entries(lists)) this.#lists.push({ layer: document.layer, name, items });
    for (const { document, rules, disabled } of contents) {
      for (const [index, one] of disabled.entries())
        this.#switches.push({ id: one, enabled: false, in: document, path: ['disabled', index] });
      for (const [index, raw] of rules.entries()) this.#add(document, ['rules', index], raw);
    }
    const off = new Set<string>();
    for (const { id: which, enabled, in: document, path } of this.#switches) {
      if (!this.#rules.has(which) && !this.#refused.has(which))
        this.#problems.push(
          document.problemAt(document.offsetOf(path), `there is no rule ${which} to switch ${enabled ? 'on' : 'off'}`),
        );
      else if (enabled) off.delete(which);
      else off.add(which);
    }
    const rules = [...this.#rules.values()];
    return new RuleSet(
      rules.filter((rule) => !off.has(rule.id)),
      this.#problems,
      rules.filter((rule) => off.has(rule.id)),
    );
  }

  #contentOf(document: RuleDocument): z.output<typeof fileSchema> | undefined {
    if (document.made !== undefined) return fileSchema.parse(document.made.content);
    const { errors, contents } = document.document;
    if (errors.length > 0) {
      for (const error of errors)
        this.#problems.push(document.problemAt(error.pos[0], `not valid YAML: ${error.message.split('\n')[0] ?? ''}`));
      return undefined;
    }
    if (!yaml().isMap(contents) || contents.items.length === 0) {
      this.#problems.push(document.problemAt(0, 'needs a list `rules`, a map `lists` or a list `disabled`'));
      return undefined;
    }
    let plain: unknown;
    try {
      plain = document.document.toJS({ maxAliasCount: 100 });
    } catch (error) {
      // An alias (`*name`) of what is not there, or of too much.
      this.#problems.push(document.problemAt(0, `not valid YAML: ${errorText(error)}`));
      return undefined;
    }
    const parsed = fileSchema.safeParse(plain);
    if (parsed.success) return parsed.data;
    this.#problems.push(...document.problemsOf(parsed.error, [], ''));
    return undefined;
  }

  #add(document: RuleDocument, path: readonly PropertyKey[], raw: unknown): void {
    const switched = switchSchema.safeParse(raw);
    if (switched.success) {
      this.#switches.push({ ...switched.data, in: document, path });
      return;
    }
    const before = this.#problems.length;
    const rule = this.#compile(document, path, raw);
    if (rule !== undefined) {
      this.#rules.set(rule.id, rule);
      return;
    }
    const named = id.safeParse((raw as { readonly id?: unknown } | null)?.id);
    if (named.success && this.#problems.length > before) this.#refused.add(named.data);
  }

  #compile(document: RuleDocument, path: readonly PropertyKey[], raw: unknown): Rule | undefined {
    const parsed = ruleSchema.safeParse(raw);
    if (!parsed.success) {
      const name = (raw as { readonly id?: unknown } | null)?.id;
      this.#problems.push(...document.problemsOf(parsed.error, path, typeof name === 'string' ? `${name}: ` : ''));
      return undefined;
    }
    const { 'does not match': doesNotMatch, override, enabled, ...rest } = parsed.data;
    const problem = (reason: string, at: number, example?: Example): undefined => {
      this.#problems.push(document.problemAt(at, `${rest.id}: ${reason}`, example));
    };
    const earlier = this.#rules.get(rest.id);
    if (override && earlier === undefined && !this.#refused.has(rest.id))
      return problem('override: there is no rule of this id to replace', document.offsetOf([...path, 'override']));
    if (!override && earlier !== undefined)
      return problem(
        `the id is taken by ${earlier.file}:${earlier.line}; "override: true" replaces that rule`,
        document.offsetOf([...path, 'id']),
      );
    if (this.#rules.size >= rulesMax) return problem(`is one more than ${rulesMax} rules`, document.offsetOf(path));
    const condition = this.#condition(document, path, rest.when, problem);
    if (condition === undefined) return undefined;
    // Lists that were lengthened later are the user's will, not a mistake of our examples.
    const [all, asOfThen] = [this.#listsUpTo(Infinity), this.#listsUpTo(document.layer)];
    const rule: Rule = {
      ...{ ...rest, doesNotMatch, file: document.file, line: document.lineOf(path) },
      condition: condition.with(all),
    };
    const asWritten = all === asOfThen ? rule.condition : condition.with(asOfThen);
    if (document.made === undefined && !this.#examplesHold(document, path, rule, asWritten)) return undefined;
    if (!enabled) this.#switches.push({ id: rule.id, enabled, in: document, path });
    return rule;
  }

  #condition(
    document: RuleDocument,
    path: readonly PropertyKey[],
    when: string,
    problem: (reason: string, at: number) => undefined,
  ): ParsedCondition | undefined {
    try {
      return this.#conditions.parse(when, new Set(this.#lists.map(({ name }) => name)));
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error;
      const node: unknown = document.document.getIn([...path, 'when'], true);
      return problem(`when: ${error.message}`, sourceOffset(document.text, node, when, error.offset));
    }
  }

  #examplesHold(
    document: RuleDocument,
    path: readonly PropertyKey[],
    rule: Rule,
    condition: (facts: Facts) => boolean,
  ): boolean {
    const before = this.#problems.length;
    for (const [key, examples, expected] of [
      ['matches', rule.matches, true],
      ['does not match', rule.doesNotMatch, false],
    ] as const)
      for (const [index, example] of examples.entries()) {
        const wrong = (reason: string): void => {
          const at = document.offsetOf([...path, key, index]);
          this.#problems.push(document.problemAt(at, `${rule.id}: ${reason} ${JSON.stringify(example)}`, example));
        };
        try {
          if (condition(describedFacts(example)) !== expected)
            wrong(expected ? 'does not hold for its example' : 'holds for its counter-example');
        } catch (error) {
          wrong(
            `fails (${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}) for its example`,
          );
        }
      }
    return this.#problems.length === before;
  }

  /** Lists of one name joined, those of the files up to a layer. The same object where the same files are meant: every rule keeps it. */
  #listsUpTo(layer: number): Lists {
    const last = Math.max(-1, ...this.#lists.map((list) => list.layer).filter((from) => from <= layer));
    const known = this.#joined.get(last);
    if (known !== undefined) return known;
    const joined: Record<string, (string | number)[]> = {};
    for (const { layer: from, name, items } of this.#lists) {
      const list = (joined[name] ??= []);
      if (from <= layer) list.push(...items);
    }
    this.#joined.set(last, joined);
    return joined;
  }
}

/**
 * Where a character of a text stands in the YAML that it was written in: folded, quoted or plain. White space may differ between the two,
 * and the source may have characters more (quotes, backslashes).
 */
function sourceOffset(source: string, node: unknown, text: string, offset: number): number {
  if (!yaml().isNode(node) || !node.range) return 0;
  const { type } = node as Node & { readonly type?: string };
  const start = node.range[0];
  let at = type?.startsWith('BLOCK') === true ? source.indexOf('\n', start) + 1 : start;
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    if (/\s/.test(character)) continue;
    const found = source.indexOf(character, at);
    if (found < 0 || found >= node.range[1]) return start;
    if (index >= offset) return found;
    at = found + 1;
  }
  return at;
}
