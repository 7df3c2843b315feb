import { expect, test } from 'vitest';
import { LossWindows } from './loss-windows.ts';

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

test('of a container that stops the windows end at once, the others go on', () => {
  const windows = new LossWindows(0);
  const of = (cgroupId: string, count: number) => ({ cgroupId, hook: 'open', reason: 'ring_full', count });
  windows.read([of('7', 3), of('8', 4)], 1_000);
  expect(windows.end('7')).toEqual([{ ...of('7', 3), fromMs: 0, toMs: 1_000 }]);
  expect(windows.end('7')).toEqual([]);
  expect(windows.finish()).toEqual([{ ...of('8', 4), fromMs: 0, toMs: 1_000 }]);
});
