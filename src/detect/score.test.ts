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

describe('what a rule wants told all the same', () => {
  const least: RuleMatch = { ...rule(0), id: 'first', least: 'notice', newness: ['path'] };

  test('is a notice and learned where it would be nothing, and nothing else where it is an alert', () => {
    const verdict = judge([fresh(1.2)], [least], defaultThresholds, () => evidence);
    expect(verdict).toMatchObject({ reason: 'learn', notice: { rules: ['first'], surprise: 1.2, suspicion: 0 } });
    expect(verdict.severity).toBeUndefined();
    expect(judge([fresh(3)], [least], defaultThresholds, () => evidence)).not.toHaveProperty('notice');
    expect(judge([fresh(0)], [least, rule(3)], defaultThresholds, () => evidence)).not.toHaveProperty('notice');
  });

  test('is not what was judged, what is known at that level, or what another rule reassures about', () => {
    const judged: Candidate = { ...fresh(0), state: 'judged' };
    const known: Candidate = { ...fresh(0), state: 'known' };
    const elsewhere: Candidate = { ...fresh(0), level: 'pair' };
    for (const candidates of [[judged], [known, elsewhere]])
      expect(judge(candidates, [least], defaultThresholds, () => evidence)).not.toHaveProperty('notice');
    expect(judge([fresh(0)], [least, rule(-1)], defaultThresholds, () => evidence)).not.toHaveProperty('notice');
  });
});

describe('a threshold that the alert budget raised', () => {
  const raised = { warning: 4.5, critical: 5, suspicionAlone: 3 };

  test('keeps quiet about surprise, and about surprise with some suspicion', () => {
    expect(judge([fresh(3.5)], [], raised, () => evidence).reason).toBe('learn');
    expect(judge([fresh(2)], [rule(2)], raised, () => evidence).reason).toBe('learn');
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
