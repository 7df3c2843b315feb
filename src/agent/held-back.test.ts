import { expect, test } from 'vitest';
import type { Feature } from '../model/feature.ts';
import { HeldBack } from './held-back.ts';

const exec = (key: string): Feature => ({ dimension: 'exec', key });

test('so many features of a dimension are held back at a time, the others are learned', () => {
  const held = new HeldBack({ heldMax: 2, adoptMs: 100, capacity: 10 });
  expect(['a', 'b', 'b', 'c'].map((key) => held.hold('w', [exec(key)], 0))).toEqual([true, true, true, false]);
  expect(held.hold('w', [{ dimension: 'dns', key: 'a' }], 0)).toBe(true);
  expect(held.hold('other', [exec('a'), exec('b')], 0)).toBe(true);
});

test('after a day without an answer they are the workload’s own, and there is room for others', () => {
  const held = new HeldBack({ heldMax: 2, adoptMs: 100, capacity: 10 });
  held.hold('w', [exec('a')], 0);
  held.hold('w', [exec('b')], 50);
  held.hold('w', [exec('a')], 90);
  expect(held.takeDue(99)).toEqual([]);
  expect(held.takeDue(100)).toEqual([{ workloadId: 'w', features: [exec('a')] }]);
  expect(held.takeDue(100)).toEqual([]);
  expect(held.hold('w', [exec('c')], 100)).toBe(true);
});

test('what somebody decided about waits no longer', () => {
  const held = new HeldBack({ heldMax: 2, adoptMs: 100, capacity: 10 });
  held.hold('w', [exec('a'), exec('b')], 0);
  held.decided('w', [exec('a')]);
  expect(held.takeDue(100)).toEqual([{ workloadId: 'w', features: [exec('b')] }]);
});

test('a profile that starts anew waits for nothing', () => {
  const held = new HeldBack({ heldMax: 2, adoptMs: 100, capacity: 10 });
  for (const workload of ['a', 'b']) held.hold(workload, [exec('x')], 0);
  held.forget('a');
  expect(held.takeDue(100).map(({ workloadId }) => workloadId)).toEqual(['b']);
});

test('the dimension that was added first is forgotten', () => {
  const held = new HeldBack({ heldMax: 1, adoptMs: 100, capacity: 2 });
  for (const workload of ['a', 'b', 'c']) expect(held.hold(workload, [exec('x')], 0)).toBe(true);
  expect(held.takeDue(100).map(({ workloadId }) => workloadId)).toEqual(['b', 'c']);
});
