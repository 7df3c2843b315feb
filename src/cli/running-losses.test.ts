import { expect, test } from 'vitest';
import { lossLines } from './running-losses.ts';

test('says of each agent what it lost, by hook and reason, and that nothing was lost', () => {
  const lost = [{ hook: 'open', reason: 'ring_full', count: 12 }];
  expect(
    lossLines([
      { node: 'a', lost: [], windows: 0 },
      { node: 'b', lost, windows: 2 },
    ]),
  ).toEqual([
    '  ok    a: nothing',
    '  LOST  b: 12 at open, ring_full',
    '        b: partly blind 2 times, see GET /api/v1/nodes',
  ]);
  expect(lossLines([])).toEqual(['  no agent is connected']);
  expect(lossLines('the collector asks for a token')).toEqual(['  could not be asked: the collector asks for a token']);
});
