import { describe, expect, test } from 'vitest';
import { defaultThresholds } from '../model/alert.ts';
import type { Evidence } from '../model/alert.ts';
import type { RuleMatch } from './rules.ts';
import { judge, severityOf } from './score.ts';
import type { Candidate, Thresholds, Verdict } from './score.ts';

const evidence: Evidence = { samples: 0, seenInOneSample: 0, coverage: 0, expected: [], note: '' };
const fresh = (surprise: number): Candidate => ({
  ...{ dimension: 'file.read', key: '/etc/x', level: 'path', state: 'new', surprise },
});
const rule = (suspicion: number): RuleMatch => ({
  ...{ id: 'r', title: 'r', suspicion, techniques: [], practices: [], newness: [], explanation: '' },
});

describe('severityOf', () => {
  test.each([
    [2.99, 0, undefined],
    [3, 0, 'warning'],
    [5, 0, 'critical'],
  ])('a score of %d with suspicion %d', (score, suspicion, severity) => {
    expect(severityOf(score, suspicion, defaultThresholds)).toBe(severity);
  });
});

describe('what a rule wants told all the same', () => {
  const least: RuleMatch = { ...rule(0), id: 'first', least: 'notice', newness: ['path'] };

  test('is a notice where it would be nothing, and nothing more where it is an alert', () => {
    const of = (surprise: number, rules: readonly RuleMatch[]): Verdict =>
      judge([fresh(surprise)], rules, defaultThresholds, () => evidence);
    expect(of(1.2, [least])).toMatchObject({
      ...{ reason: 'notice', severity: 'notice', score: 1.2 },
      finding: { rules: ['first'], surprise: 1.2, suspicion: 0 },
    });
    expect(of(3, [least])).toMatchObject({ reason: 'alert', severity: 'warning', finding: { rules: [] } });
    expect(of(0, [least, rule(3)])).toMatchObject({ reason: 'alert', finding: { rules: ['r'] } });
  });

  test('is told of a feature that it speaks about, also where another one is more anomalous', () => {
    const pair: Candidate = { ...fresh(2), level: 'pair', key: '/etc/y' };
    const { reason, finding } = judge([fresh(1), pair], [least], defaultThresholds, () => evidence);
    expect([reason, finding?.feature.key]).toEqual(['notice', '/etc/x']);
  });

  test('is not what shows something new all the time, what was judged, what is known at that level, or what another rule reassures about', () => {
    const reason = (candidates: readonly Candidate[], ...more: readonly RuleMatch[]): string =>
      judge(candidates, [least, ...more], defaultThresholds, () => evidence).reason;
    expect(reason([fresh(0.5)])).toBe('learn');
    expect(reason([{ ...fresh(1), state: 'judged' }])).toBe('judged');
    expect(
      reason([
        { ...fresh(1), state: 'known' },
        { ...fresh(1), level: 'pair' },
      ]),
    ).toBe('learn');
    expect(reason([fresh(1)], rule(-1))).toBe('learn');
  });
});

describe('a threshold that the alert budget raised', () => {
  const raised = { warning: 4.5, critical: 5, suspicionAlone: 3 };

  test('keeps quiet about surprise, and about surprise with some suspicion', () => {
    expect(judge([fresh(3.5)], [], raised, () => evidence).reason).toBe('learn');
    expect(judge([fresh(1)], [rule(2)], raised, () => evidence).reason).toBe('learn');
  });

  test('is nothing to what is known to be bad, nor to what is critical', () => {
    expect(judge([fresh(0)], [rule(3)], raised, () => evidence)).toMatchObject({
      reason: 'alert',
      severity: 'warning',
    });
    expect(judge([fresh(3)], [rule(2)], raised, () => evidence)).toMatchObject({
      reason: 'alert',
      severity: 'critical',
    });
  });
});

describe('a rule that is a notice at most', () => {
  const honest: RuleMatch = { ...rule(3.5), id: 'honest', most: 'notice' };
  const judged = (surprise: number, rules: readonly RuleMatch[], thresholds: Thresholds = defaultThresholds): Verdict =>
    judge([fresh(surprise)], rules, thresholds, () => evidence);

  test('makes a notice, and no more however new it is', () => {
    for (const surprise of [0, 0.5, 1.04, 2.3, 2.989])
      expect(judged(surprise, [honest])).toMatchObject({
        severity: 'notice',
        score: 2.99,
        finding: { rules: ['honest'] },
      });
  });

  test('takes nothing from what is a warning, or critical, without it', () => {
    expect(judged(3.2, [honest])).toMatchObject({ severity: 'warning', score: 3.2 });
    expect(judged(0, [honest, rule(3)])).toMatchObject({ severity: 'warning', score: 3 });
    expect(judged(2, [honest, rule(3)])).toMatchObject({ severity: 'critical', score: 5 });
  });

  test('adds nothing where it would be silent otherwise', () => {
    expect(judged(0, [{ ...rule(1), most: 'notice' }])).toMatchObject({ reason: 'learn', score: 1 });
    expect(judged(0, [honest, rule(-5)])).toMatchObject({ reason: 'learn' });
  });

  test('is told whatever the alert budget raised', () => {
    const raised = { warning: 4.5, critical: 5, suspicionAlone: 3 };
    expect(judged(0, [honest], raised)).toMatchObject({ severity: 'notice', score: 2.99 });
    expect(judged(4, [honest], raised)).toMatchObject({ severity: 'notice', score: 4 });
  });

  test('leaves the place to a feature that is a warning without it', () => {
    const candidates: readonly Candidate[] = [
      { ...fresh(0), level: 'program' },
      { ...fresh(3.1), key: '/etc/y' },
    ];
    const only: RuleMatch = { ...honest, newness: ['program'] };
    expect(judge(candidates, [only], defaultThresholds, () => evidence)).toMatchObject({
      severity: 'warning',
      finding: { feature: { key: '/etc/y' } },
    });
  });
});

describe('a notice', () => {
  const judged = (...[surprise, suspicion]: readonly [number, number]): object =>
    judge([fresh(surprise)], [rule(suspicion)], defaultThresholds, () => evidence);

  test('is what a rule speaks about, and is less than a warning by one decade at most', () => {
    expect(judged(1, 1)).toMatchObject({ reason: 'notice', severity: 'notice', score: 2, finding: { rules: ['r'] } });
    expect(judged(0, 2.9)).toMatchObject({ reason: 'notice', severity: 'notice' });
    expect(judged(0.9, 1)).toEqual({ reason: 'learn', score: 1.9, suspicion: 1 });
    expect(judged(2, 1)).toMatchObject({ reason: 'alert', severity: 'warning' });
  });

  test('is never raised for novelty alone, nor for what little suspicion adds to it', () => {
    expect(judge([fresh(2.9)], [], defaultThresholds, () => evidence)).toMatchObject({ reason: 'learn' });
    expect(judged(2.2, 0.5)).toMatchObject({ reason: 'learn' });
  });

  test('is not told of what an alert was raised for before', () => {
    const before: Candidate = { ...fresh(1), state: 'judged' };
    expect(judge([before], [rule(1.5)], defaultThresholds, () => evidence).reason).toBe('judged');
  });

  test('goes up with the threshold for warnings that the alert budget raised', () => {
    const raised = { warning: 4.5, critical: 5, suspicionAlone: 3 };
    expect(judge([fresh(2)], [rule(2)], raised, () => evidence).reason).toBe('notice');
    expect(judge([fresh(1.4)], [rule(2)], raised, () => evidence).reason).toBe('learn');
  });
});
