import { expect, test } from 'vitest';
import { shippedRules } from '../../src/detect/rule-source.ts';
import { loadRules } from '../../src/detect/rule-parser.ts';
import { loadPractices } from '../../src/posture/practice-file.ts';

test('practices that shipped rules name are there', () => {
  const practices = loadPractices();
  const { rules, problems } = loadRules([shippedRules]);
  expect(problems).toEqual([]);
  const missing = rules.flatMap((rule) =>
    rule.practices.filter((id) => practices.practice(id) === undefined).map((id) => `${rule.id}: ${id}`),
  );
  expect(missing).toEqual([]);
  expect(rules.some((rule) => rule.practices.length > 0)).toBe(true);
});
