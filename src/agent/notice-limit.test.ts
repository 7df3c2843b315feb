import { expect, test } from 'vitest';
import { NoticeLimit } from './notice-limit.ts';

test('the first notices of a dimension are held back, the others are learned', () => {
  const limit = new NoticeLimit({ heldMax: 2, capacity: 10 });
  expect([1, 2, 3].map(() => limit.holds('w', 'exec'))).toEqual([true, true, false]);
  expect(limit.holds('w', 'dns')).toBe(true);
  expect(limit.holds('other', 'exec')).toBe(true);
});

test('what was counted first is forgotten', () => {
  const limit = new NoticeLimit({ heldMax: 1, capacity: 2 });
  for (const workload of ['a', 'b', 'c']) expect(limit.holds(workload, 'exec')).toBe(true);
  expect(limit.holds('c', 'exec')).toBe(false);
  expect(limit.holds('a', 'exec')).toBe(true);
});
