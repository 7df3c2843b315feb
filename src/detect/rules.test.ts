import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describedFacts } from './examples.ts';
import { judge } from './score.ts';
import type { Candidate } from './score.ts';
import { parseRules, readRuleFiles, reloadRules } from './rules.ts';
import type { RuleMatch } from './rules.ts';

const shipped = parseRules(readRuleFiles([join(import.meta.dirname, '../../profiles/rules')]));

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

describe('parseRules', () => {
  test.each([
    ['a syntax error', good.replace('"/x"', '"/x" &&'), 2, /^one: when: /],
    ['an unknown variable', good.replace('event.path', 'evnt.path'), 2, /^one: when: .*evnt/],
    ['an unknown field', good.replace('event.path', 'event.pth'), 2, /^one: when: .*pth/],
    ['an unknown key', good.replace('title: One', 'titel: One'), 2, /titel/],
    [
      'an example that does not hold',
      good.replace('[{ exec: /x }]', '[{ exec: /z }]'),
      2,
      /does not hold for its example/,
    ],
    [
      'a counter-example that holds',
      good.replace('[{ exec: /y }]', '[{ exec: /x }]'),
      2,
      /holds for its counter-example/,
    ],
    ['an unknown dimension', good.replace('[exec]', '[exce]'), 2, /^dimensions/],
    ['broken YAML', `${good}  - id: [`, 10, /./],
    ['no rules', 'rule: []', 1, /needs a list/],
  ])('refuses %s with file, line and reason', (_name, text, line, reason) => {
    const set = parseRules([{ file: 'my.yaml', text }]);
    expect(set.problems).toHaveLength(1);
    expect(set.problems[0]).toMatchObject({ file: 'my.yaml', line });
    expect(set.problems[0]?.reason).toMatch(reason);
  });

  test('a bad rule does not cost the good ones, and a reload keeps the old set', () => {
    const two =
      good +
      good.split('\n').slice(1).join('\n').replace('id: one', 'id: two').replace('event.path ==', 'event.path =');
    const set = parseRules([{ file: 'a.yaml', text: two }]);
    expect(set.rules.map(({ id }) => id)).toEqual(['one']);
    expect(set.problems).toMatchObject([{ line: 10 }]);
    const reloaded = reloadRules(shipped, [{ file: 'a.yaml', text: two }]);
    expect(reloaded.rules).toBe(shipped);
    expect(reloaded.problems).toHaveLength(1);
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
      reason: 'learn',
      score: 2,
    });
  });
});
