import { describe, expect, test } from 'vitest';
import { Deduplicator } from '../alert/deduplicate.ts';
import { groupingOf, Incidents } from '../alert/incident.ts';
import { parseRules } from '../detect/rule-parser.ts';
import { makeContainer } from '../../test/support/containers.ts';
import { AlertBudget } from './alert-budget.ts';
import { SliceFindings } from './slice-findings.ts';
import type { SliceFinding } from './slice-findings.ts';

const container = makeContainer();
const finding: SliceFinding = {
  container,
  timeMs: 60_000,
  feature: { dimension: 'syscall.mix', key: 'mix' },
  detector: 'mix',
  surprise: 3.456,
  title: () => 'Something\u001b is odd',
  evidence: () => ({ samples: 1000, seenInOneSample: 0, coverage: 0.999, expected: ['as always'], note: 'odd' }),
};

const rules = parseRules([
  {
    ...{ file: 'test.yaml', layer: 0 },
    text: `rules:
  - id: odd-slice
    title: An odd slice
    dimensions: [syscall.mix]
    when: event.kind == "slice" && event.value > 2.0
    suspicion: 2
    techniques: [T1496.001]
    explanation: For the test.
    matches:
      - { slice: syscall.mix, value: 3 }
    does not match:
      - { slice: syscall.mix, value: 1 }
`,
  },
]);

function entrance(warning = 3): SliceFindings {
  const thresholds = (): { warning: number; critical: number } => ({ warning, critical: 5 });
  return new SliceFindings({
    budget: new AlertBudget({ sliceMs: 60_000, thresholds }),
    deduplicator: new Deduplicator(),
    incidents: new Incidents(groupingOf()),
    rules: () => rules,
    clock: { nowMs: () => 61_000, monotonicMs: () => 61_000 },
    node: 'node-1',
    newId: () => '01J00000000000000000000000',
  });
}

describe('SliceFindings', () => {
  test('a finding above the threshold is an alert that says what the detector says', () => {
    expect(entrance().take(finding)).toMatchObject({
      reason: 'raised',
      alert: {
        ...{ severity: 'warning', score: 3.46, surprise: 3.46, suspicion: 0, detector: 'mix', rules: [], count: 1 },
        ...{ title: `Something\\x1b is odd in ${container.workload.name}`, dimension: 'syscall.mix', key: 'mix' },
        ...{ time: '1970-01-01T00:01:00.000Z', raisedAfterMs: 1000, incident: '01J00000000000000000000000' },
        evidence: { samples: 1000, note: 'odd' },
      },
    });
  });

  test('rules of its dimension speak about it', () => {
    expect(rules.problems).toEqual([]);
    expect(entrance().take({ ...finding, facts: { value: 3 } }).alert).toMatchObject({
      ...{ severity: 'critical', score: 5.46, suspicion: 2, rules: ['odd-slice'], techniques: ['T1496.001'] },
    });
  });

  test('surprise is capped, and below the threshold nothing is told', () => {
    expect(entrance().take({ ...finding, surprise: 20 }).alert).toMatchObject({ score: 4, severity: 'warning' });
    const unasked = (): never => {
      throw new Error('not to be asked for');
    };
    const quiet = { ...finding, surprise: 2.9, title: unasked, evidence: unasked };
    expect(entrance().take(quiet)).toEqual({ reason: 'below' });
    expect(entrance(4).take({ ...quiet, surprise: 3.5 })).toEqual({ reason: 'below' });
  });

  test('what goes on is counted on its alert, and is never another one', () => {
    const findings = entrance();
    expect(findings.take({ ...finding, goesOn: true })).toEqual({ reason: 'counted' });
    findings.take(finding);
    expect(findings.take({ ...finding, timeMs: 120_000, goesOn: true })).toMatchObject({
      reason: 'counted',
      alert: { count: 2, lastTime: '1970-01-01T00:02:00.000Z' },
    });
    expect(findings.take({ ...finding, timeMs: 180_000 })).toMatchObject({ reason: 'counted', alert: { count: 3 } });
  });

  test('its detectors have a share in the alert budget, a rule of suspicion 2 being thought to hold, and are told what was decided', () => {
    const thresholds = { warning: 3, critical: 5 };
    const findings = entrance();
    const expected = (warning: number): number => 10 ** (2 - warning);
    const entry = { workload: container.workload, dimension: 'syscall.mix', expected } as const;
    const decided: string[] = [];
    findings.add({ budgetEntries: () => [entry], decide: ({ verdict }) => void decided.push(verdict) });
    const budget = new AlertBudget({ sliceMs: 60_000, alertBudget: 1.5, thresholds: () => thresholds });
    budget.adjust(findings.budgetEntries());
    expect(budget.inForce(container.workload, 'syscall.mix')).toMatchObject({ warning: 4, raised: 1 });
    expect(budget.expectedPerDay(findings.budgetEntries())).toBeCloseTo(1);
    const decision = { id: 'd', workload: 'w', features: [], by: 'a', reason: '', time: '' };
    findings.decide({ ...decision, verdict: 'relearn' }, 0);
    expect(decided).toEqual(['relearn']);
  });
});
