import fc from 'fast-check';
import { expect, test } from 'vitest';
import { insideOf, isWholeNode, userRangesOf } from './user-map.ts';

test('the map of a pod with users of its own, as the kernel writes it', () => {
  const ranges = userRangesOf('         0     327680      65536\n');
  expect(ranges).toEqual([{ inside: 0, outside: 327_680, count: 65_536 }]);
  expect([327_680, 327_713, 393_215, 393_216, 0].map((uid) => insideOf(ranges, uid))).toEqual([
    ...[0, 33, 65_535, undefined, undefined],
  ]);
  expect(isWholeNode(ranges)).toBe(false);
});

test('the map of the node itself', () => {
  const ranges = userRangesOf('         0          0 4294967295\n');
  expect([isWholeNode(ranges), insideOf(ranges, 1000)]).toEqual([true, 1000]);
});

test('several ranges; what is no range is left out', () => {
  const ranges = userRangesOf('0 100000 1000\nx y z\n-1 2 3\n1000 1000 1\n1001 101001 64535\n');
  expect([100_999, 1000, 101_001].map((uid) => insideOf(ranges, uid))).toEqual([999, 1000, 1001]);
});

test('whatever the text, an id has a name inside at most, and one that leads back', () => {
  fc.assert(
    fc.property(
      fc.nat(2 ** 31),
      fc.nat(2 ** 31),
      fc.integer({ min: 1, max: 65_536 }),
      fc.nat(),
      (inside, outside, count, at) => {
        const ranges = userRangesOf(`${inside} ${outside} ${count}\n`);
        expect(insideOf(ranges, outside + (at % count))).toBe(inside + (at % count));
        expect(insideOf(ranges, outside + count)).toBeUndefined();
      },
    ),
  );
  fc.assert(fc.property(fc.string(), (text) => void userRangesOf(text)));
});
