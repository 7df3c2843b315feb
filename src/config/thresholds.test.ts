import { describe, expect, test } from 'vitest';
import { parseBudget, parseThresholds, thresholdsOf } from './thresholds.ts';

const web = { id: 'w', name: 'shop/web', kind: 'compose' } as const;

describe('thresholdsOf', () => {
  const settings = [
    { warning: 2 },
    { namespace: 'shop', warning: 2.5 },
    { dimension: 'exec', warning: 4, critical: 6 },
    { workload: 'shop/web', dimension: 'exec', critical: 7 },
    { workload: 'w', critical: 8 },
  ];

  test('without settings they are the usual ones', () => {
    expect(thresholdsOf([], web, 'exec')).toEqual({ warning: 3, critical: 5 });
  });

  test('the most particular setting counts, for each threshold by itself', () => {
    expect(thresholdsOf(settings, web, 'exec')).toEqual({ warning: 2.5, critical: 7 });
    expect(thresholdsOf(settings, web, 'dns')).toEqual({ warning: 2.5, critical: 8 });
    const other = { id: 'o', name: 'other', kind: 'image' } as const;
    expect(thresholdsOf(settings, other, 'exec')).toEqual({ warning: 4, critical: 6 });
    expect(thresholdsOf(settings, other, 'dns')).toEqual({ warning: 2, critical: 5 });
  });

  test('the later of two equal settings wins, and a warning is never above critical', () => {
    expect(thresholdsOf([{ warning: 1 }, { warning: 2 }], web, 'exec').warning).toBe(2);
    expect(
      thresholdsOf(
        [
          { dimension: 'exec', critical: 4 },
          { workload: 'w', warning: 4.5 },
        ],
        web,
        'exec',
      ),
    ).toEqual({
      warning: 4,
      critical: 4,
    });
  });
});

describe('parseThresholds', () => {
  test.each([
    ['nonsense', /is not JSON/],
    ['{"warning":3}', /must be a list/],
    ['[{"warning":3},{"warning":"high"}]', /element 2, warning: /],
    ['[{"dimension":"files","warning":3}]', /element 1, dimension: "files" is not a dimension: exec, file\.read/],
    ['[{"worklaod":"a","warning":3}]', /element 1.*worklaod/],
    ['[{"workload":"a"}]', /element 1: it sets neither warning nor critical/],
    ['[{"warning":-1}]', /element 1, warning: /],
    ['[{"workload":"a","warning":6}]', /element 1: warning \(6\) would be above critical \(5\)/],
    ['[3]', /element 1: /],
  ])('%s', (text, problem) => {
    const parsed = parseThresholds(text);
    expect(parsed.ok ? 'no problem' : parsed.problem).toMatch(problem);
  });

  test('takes what is well formed', () => {
    const text = '[{"dimension":"rate.cpu","warning":4},{"namespace":"batch","critical":9}]';
    expect(parseThresholds(text)).toEqual({ ok: true, value: JSON.parse(text) as unknown });
  });
});

test('a budget is a number a day or unlimited', () => {
  expect(parseBudget('0.5')).toEqual({ ok: true, value: 0.5 });
  expect(parseBudget('unlimited')).toEqual({ ok: true, value: Infinity });
  for (const text of ['-1', 'many', '1e9', '']) expect(parseBudget(text).ok).toBe(false);
});
