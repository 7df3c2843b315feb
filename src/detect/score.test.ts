import { describe, expect, test } from 'vitest';
import { defaultThresholds } from '../model/alert.ts';
import type { Evidence } from '../model/alert.ts';
import type { RuleMatch } from './rules.ts';
import { judge, severityOf } from './score.ts';
import type { Candidate } from './score.ts';

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
