import { expect, test } from 'vitest';
import { Blindness } from './blindness.ts';

test('a sample is no evidence about what was lost in it; the next one is again', () => {
  const blindness = new Blindness();
  blindness.note('a', ['file.read', 'file.write'], 10, 1_000);
  blindness.note('a', ['file.read'], 5, 2_000);
  expect([...blindness.endSample('a')]).toEqual(['file.read', 'file.write']);
  expect([...blindness.endSample('a')]).toEqual([]);
  expect([...blindness.endSample('b')]).toEqual([]);
});

test('losses are remembered for an hour, by container and dimension', () => {
  const blindness = new Blindness();
  blindness.note('a', ['exec'], 10, 0);
  blindness.note('a', ['exec'], 1, 70_000);
  blindness.note('a', [], 5, 70_000);
  expect(blindness.lately('a', 'exec', 3_600_000)).toBe(11);
  expect(blindness.lately('a', 'exec', 3_600_001)).toBe(1);
  expect(blindness.lately('a', 'dns', 70_000)).toBe(0);
  expect(blindness.lately('b', 'exec', 70_000)).toBe(0);
  blindness.forget('a');
  expect(blindness.lately('a', 'exec', 70_000)).toBe(0);
});
