import { expect, test } from 'vitest';
import { Blindness } from './blindness.ts';
import { LossWindows } from './loss-windows.ts';

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

test('windows of loss begin at the reading before, end after a pause, and are those of one counter', () => {
  const windows = new LossWindows(0);
  const loss = { cgroupId: '7', hook: 'open', reason: 'ring_full' };
  expect(windows.read([], 1_000)).toEqual({ grown: [], closed: [] });
  expect(windows.read([{ ...loss, count: 3 }], 2_000).grown).toEqual([{ ...loss, count: 3, delta: 3 }]);
  expect(windows.read([{ ...loss, count: 8 }], 3_000).grown).toEqual([{ ...loss, count: 8, delta: 5 }]);
  for (let ms = 4_000; ms < 8_000; ms += 1_000)
    expect(windows.read([{ ...loss, count: 8 }], ms)).toEqual({ grown: [], closed: [] });
  expect(windows.read([{ ...loss, count: 8 }], 8_000).closed).toEqual([
    { ...loss, count: 8, fromMs: 1_000, toMs: 3_000 },
  ]);
  // The container is gone, and another one has its number: its counter begins anew.
  expect(windows.read([{ ...loss, count: 2 }], 9_000).grown).toEqual([{ ...loss, count: 2, delta: 2 }]);
  expect(windows.read([], 10_000).closed).toEqual([{ ...loss, count: 2, fromMs: 8_000, toMs: 9_000 }]);
  windows.read([{ ...loss, count: 1 }], 11_000);
  expect(windows.finish()).toEqual([{ ...loss, count: 1, fromMs: 10_000, toMs: 11_000 }]);
});
