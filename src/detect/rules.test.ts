import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describedFacts } from './examples.ts';
import { judge } from './score.ts';
import type { Candidate } from './score.ts';
import { loadRules, parseRules } from './rule-parser.ts';
import { problemText } from './rules.ts';
import type { RuleMatch, RuleSet } from './rules.ts';

const shipped = loadRules([join(import.meta.dirname, '../../profiles/rules')]);

describe('shipped rules', () => {
  test('all are accepted', () => {
    expect(shipped.problems).toEqual([]);
    expect(shipped.rules.length).toBeGreaterThanOrEqual(25);
  });

  describe.each(shipped.rules.map((rule) => [rule.id, rule] as const))('%s', (_id, rule) => {
    test.each(rule.matches.map((example) => [JSON.stringify(example), example] as const))(
      'matches %s',
      (_text, example) => {
        expect(rule.condition(describedFacts(example))).toBe(true);
      },
    );
    test.each(rule.doesNotMatch.map((example) => [JSON.stringify(example), example] as const))(
      'does not match %s',
      (_text, example) => {
        expect(rule.condition(describedFacts(example))).toBe(false);
      },
    );
  });

  test('no condition fails on an ordinary event', () => {
    for (const example of [
      { exec: '/bin/true' },
      { read: '/srv/x' },
      { write: '/srv/x' },
      { connect: '10.0.0.1:80' },
      { listen: '80' },
      { lifecycle: 'oom' },
    ])
      for (const rule of shipped.rules) expect(() => rule.condition(describedFacts(example)), rule.id).not.toThrow();
  });
});

const good = `rules:
  - id: one
    title: One
    dimensions: [exec]
    when: event.path == "/x"
    suspicion: 3
    explanation: Because.
    matches: [{ exec: /x }]
    does not match: [{ exec: /y }]
`;

/** The rule `one` with another id or other lines. */
function ruleWith(changes: Readonly<Record<string, string>>): string {
  let text = good;
  for (const [from, to] of Object.entries(changes)) text = text.replace(from, to);
  return text;
}

function parsed(...texts: readonly string[]): RuleSet {
  return parseRules(texts.map((text, layer) => ({ file: `${layer}.yaml`, text, layer })));
}

describe('parseRules', () => {
  test('a pattern that is none is a problem of its rule', () => {
    const { problems } = parsed(ruleWith({ 'event.path == "/x"': 'event.path.matches("(")' }));
    expect(problems[0]?.reason).toMatch(/^one: fails \(Invalid regular expression/);
  });

  test.each([
    ['a syntax error', { '"/x"': '"/x" &&' }, '5:32', /^one: when: Unexpected token: EOF$/],
    ['an unknown variable', { 'event.path': 'evnt.path' }, '5:11', /^one: when: .*evnt/],
    [
      'an unknown field',
      { 'event.path': 'event.pth' },
      '5:11',
      /^one: when: there is no event\.pth; there are kind, path/,
    ],
    [
      'an unknown field that no example reaches',
      { '"/x"': '"/x" || (event.path == "/q" && process["nmae"] == "a")' },
      '5:56',
      /^one: when: there is no process\.nmae/,
    ],
    ['an unknown list', { '== "/x"': 'in lists.mine' }, '5:25', /^one: when: there is no lists\.mine/],
    ['what is neither true nor false', { 'event.path == "/x"': '1 + 2' }, '5:11', /^one: when: is of type int/],
    ['an unknown key', { 'title: One': 'titel: One' }, '3:5', /titel/],
    ['a value out of bounds', { 'suspicion: 3': 'suspicion: 9' }, '6:16', /^one: suspicion: /],
    ['an example that does not hold', { '[{ exec: /x }]': '[{ exec: /z }]' }, '8:15', /does not hold for its example/],
    ['a counter-example that holds', { '[{ exec: /y }]': '[{ exec: /x }]' }, '9:22', /holds for its counter-example/],
    ['an unknown dimension', { '[exec]': '[exce]' }, '4:18', /^one: dimensions\.0: /],
    ['a key that no file has', { 'rules:': 'rulez:' }, '1:1', /rulez/],
    ['no rules', { [good]: '[]' }, '1:1', /needs a list/],
    ['an alias of nothing', { '[exec]': '[*gone]' }, '1:1', /not valid YAML: .*alias/],
  ])('refuses %s with file, line, column and reason', (_name, changes, place, reason) => {
    const { problems } = parsed(ruleWith(changes));
    const wanted = problems.find((problem) => reason.test(problem.reason));
    expect(problems.map(problemText).join('\n')).toContain(`0.yaml:${place}: `);
    expect(wanted && `${wanted.line}:${wanted.column}`).toBe(place);
  });

  test('says what is not YAML, and where', () => {
    const { problems, rules } = parsed(`${good}  - id: [`);
    expect(rules).toEqual([]);
    expect(problems[0]).toMatchObject({ file: '0.yaml', line: 10, reason: expect.stringMatching(/^not valid YAML/) });
  });

  test('finds the place of a mistake in a condition of several lines, folded or quoted', () => {
    const folded = ruleWith({ 'event.path == "/x"': '>-\n      event.path == "/x"\n      || event.pth == "y"' });
    expect(parsed(folded).problems.map(problemText)).toEqual([
      expect.stringMatching(/^0\.yaml:7:10: one: when: .*pth/),
    ]);
    const quoted = ruleWith({ 'event.path == "/x"': '\'event.path == "/it\'\'s" || event.pth == "y"\'' });
    expect(parsed(quoted).problems.map(problemText)).toEqual([
      expect.stringMatching(/^0\.yaml:5:38: one: when: .*pth/),
    ]);
  });

  test('a bad rule does not cost the good ones', () => {
    const bad = ruleWith({ 'rules:\n': '', 'id: one': 'id: two', 'event.path ==': 'event.path =' });
    const set = parsed(good + bad);
    expect(set.rules.map(({ id }) => id)).toEqual(['one']);
    expect(set.problems).toMatchObject([{ line: 13 }]);
  });
});

describe('rules of users', () => {
  const mine = ruleWith({ 'id: one': 'id: mine', '"/x"': '"/m"', '/x }': '/m }' });
  const override = ruleWith({ 'id: one': 'id: one\n    override: true', 'title: One': 'title: Mine' });

  test('add rules', () => {
    const set = parsed(good, mine);
    expect(set.problems).toEqual([]);
    expect(set.rules.map(({ id, file, line }) => `${id} ${file}:${line}`)).toEqual(['one 0.yaml:2', 'mine 1.yaml:2']);
  });

  test('override one by its id, and only when they say so', () => {
    const set = parsed(good, override);
    expect(set.problems).toEqual([]);
    expect(set.rules.map(({ title }) => title)).toEqual(['Mine']);
    expect(parsed(good, good).problems.map(problemText)).toEqual([
      '1.yaml:2:9: one: the id is taken by 0.yaml:2; "override: true" replaces that rule',
    ]);
    expect(parsed(override).problems.map(problemText)).toEqual([
      '0.yaml:3:15: one: override: there is no rule of this id to replace',
    ]);
  });

  test.each([
    ['a list', 'disabled: [one]'],
    ['a switch', 'rules: [{ id: one, enabled: false }]'],
  ])('disable one by %s, whichever file comes first', (_name, text) => {
    for (const set of [parsed(good, text), parsed(text, good)]) {
      expect(set.problems).toEqual([]);
      expect(set.rules).toEqual([]);
      expect(set.disabled.map(({ id }) => id)).toEqual(['one']);
    }
    expect(parsed(good, text, 'rules: [{ id: one, enabled: true }]').rules).toHaveLength(1);
  });

  test('one of their own that is disabled is checked all the same', () => {
    const off = ruleWith({ 'id: one': 'id: one\n    enabled: false' });
    expect(parsed(off)).toMatchObject({ problems: [], rules: [], disabled: [{ id: 'one' }] });
    expect(parsed(off.replace('event.path', 'event.pth')).problems).toHaveLength(1);
  });

  test('a rule that there is not cannot be disabled', () => {
    expect(parsed(good, 'disabled:\n  - won').problems.map(problemText)).toEqual([
      '1.yaml:2:5: there is no rule won to switch off',
    ]);
  });

  test('a rule with a mistake is one problem, not one more for whoever disables it', () => {
    expect(parsed(ruleWith({ 'event.path': 'event.pth' }), 'disabled: [one]').problems).toHaveLength(1);
  });

  test('lengthen lists, whose rules keep their examples as they were written', () => {
    const listed = `lists: { known: [/x] }\n${ruleWith({ '== "/x"': 'in lists.known' })}`;
    const set = parsed(listed, 'lists: { known: [/y] }');
    expect(set.problems).toEqual([]);
    for (const exec of ['/x', '/y']) expect(set.rules[0]?.condition(describedFacts({ exec })), exec).toBe(true);
    expect(parsed(listed, mine.replace('== "/m"', 'in lists.known') + 'lists: { known: [/m] }\n').problems).toEqual([]);
  });

  test('what cannot be read is a problem that names the path', () => {
    const set = loadRules(['/nonexistent/rules.yaml']);
    expect(set.problems.map(problemText)).toEqual([
      expect.stringMatching(/^\/nonexistent\/rules\.yaml: cannot be read: ENOENT/),
    ]);
  });

  test('a file that is named twice is read once', () => {
    const path = join(import.meta.dirname, '../../profiles/rules');
    const set = loadRules([path, join(path, 'files.yaml')]);
    expect(set.problems).toEqual([]);
    expect(set.rules).toHaveLength(shipped.rules.length);
  });
});

describe('judge', () => {
  const program: Candidate = { dimension: 'exec', key: '/bin/sh', level: 'program', state: 'known', surprise: 0 };
  const pair: Candidate = { dimension: 'exec', key: 'nginx > /bin/sh', level: 'pair', state: 'new', surprise: 3.2 };
  const rule: RuleMatch = {
    id: 'r',
    title: 'R',
    newness: ['program', 'pair'],
    suspicion: 3,
    techniques: ['T1059'],
    practices: [],
  };
  const thresholds = { warning: 3, critical: 5 };
  const evidence = () => ({ samples: 1, seenInOneSample: 0, coverage: 1, expected: [], note: '' });

  test('by the most anomalous feature, ties to the coarsest', () => {
    expect(judge([program, pair], [rule], thresholds, evidence)).toMatchObject({
      reason: 'alert',
      severity: 'critical',
      finding: { feature: { key: 'nginx > /bin/sh' }, score: 6.2, rules: ['r'] },
    });
    const fresh: Candidate = { ...program, state: 'new', surprise: 3.2 };
    expect(judge([fresh, pair], [rule], thresholds, evidence).finding?.feature.key).toBe('/bin/sh');
  });

  test('rules say nothing about what is known, and novelty is capped', () => {
    expect(judge([program], [rule], thresholds, evidence)).toMatchObject({ reason: 'known' });
    expect(judge([{ ...program, surprise: 0.8 }], [rule], thresholds, evidence)).toMatchObject({ reason: 'rare' });
    expect(judge([{ ...pair, surprise: 9 }], [], thresholds, evidence)).toMatchObject({
      severity: 'warning',
      finding: { score: 4 },
    });
    expect(judge([program, { ...pair, level: 'arguments', surprise: 0 }], [rule], thresholds, evidence).reason).toBe(
      'learn',
    );
  });

  test('a judged feature below the threshold is not learned, a reassuring rule takes off', () => {
    expect(judge([{ ...pair, state: 'judged', surprise: 1 }], [], thresholds, evidence).reason).toBe('judged');
    const cache = { ...rule, id: 'c', suspicion: -1, newness: [] };
    expect(judge([{ ...pair, surprise: 0 }], [rule, cache], thresholds, evidence)).toMatchObject({
      reason: 'notice',
      score: 2,
    });
  });
});
