import { expect, test } from 'vitest';
import { blockMs } from './rate-tail.ts';
import { RateTrack } from './rate-track.ts';

const minuteMs = 60_000;

test('what is held is the smallest of three slices in a row; a slice without a value begins anew', () => {
  const track = new RateTrack();
  const held = (residual: number): number | undefined => track.add(residual, false, minuteMs, 1).held;
  expect([5, 3, 4, 9, 8].map(held)).toEqual([undefined, undefined, 3, 3, 4]);
  track.miss();
  expect([7, 7, 7].map(held)).toEqual([undefined, undefined, 7]);
});

test('a block ends with the half hour, with the highest that was held and how much of it was seen', () => {
  const track = new RateTrack();
  const blocks: unknown[] = [];
  for (let minute = 0; minute <= 60; minute++) {
    const { block } = track.add(minute % 10 < 4 ? minute : 0, false, minuteMs, blockMs + minute * minuteMs);
    if (block !== undefined) blocks.push([minute, block]);
  }
  expect(blocks).toEqual([
    [30, { held: 21, share: 28 / 30 }],
    [60, { held: 51, share: 1 }],
  ]);
});

test('a block goes on while something is high that began less than half an hour ago: it may still be told', () => {
  const run = (highMinutes: number): readonly number[] => {
    const track = new RateTrack();
    return Array.from({ length: 90 }, (_, minute) => minute).filter((minute) => {
      const high = minute >= 25 && minute < 25 + highMinutes;
      return track.add(high ? 9 : 0, high, minuteMs, blockMs + minute * minuteMs).block !== undefined;
    });
  };
  expect(run(4)).toEqual([30, 60]);
  expect(run(12)).toEqual([37, 60]);
  expect(run(60)).toEqual([54, 60]);
});

test('how long it has been high is told with every slice', () => {
  const track = new RateTrack();
  const highs = [true, true, false, true].map((high) => track.add(1, high, minuteMs, 1).highMs);
  expect(highs).toEqual([minuteMs, 2 * minuteMs, 0, minuteMs]);
});
