import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alarmDecades, MixTrack } from './syscall-mix.ts';
import type { MixWindow } from './syscall-mix.ts';

const window = (decades: number, ...newCalls: number[]): MixWindow => ({ decades, newCalls, newCallSurprise: 2.9 });
const track = (): MixTrack => new MixTrack({ spanWindows: 4, heldWindows: 2, quietWindows: 5 });
const states = (windows: readonly MixWindow[], on = track()): readonly string[] =>
  windows.map((one) => on.add(one).state);

describe('MixTrack', () => {
  test('one strange window is an alarm, two of four are told', () => {
    expect(states([0, 3, 0, 0, 0, 3, 0, 3].map((decades) => window(decades)))).toEqual([
      ...['quiet', 'alarm', 'quiet', 'quiet', 'quiet', 'alarm', 'quiet', 'begins'],
    ]);
  });

  test('an episode is told once, and over when it was quiet for so long', () => {
    const quiet = Array.from({ length: 4 }, () => 0);
    const windows = [3, 3, ...quiet, 3, ...quiet, 0, 3, 3].map((decades) => window(decades));
    expect(states(windows)).toEqual([
      ...['alarm', 'begins', 'goes-on', 'goes-on', 'goes-on', 'goes-on', 'goes-on'],
      ...['goes-on', 'goes-on', 'goes-on', 'goes-on', 'quiet', 'alarm', 'begins'],
    ]);
  });

  test("what held has Rüger's p-value: n/k times the k-th smallest", () => {
    const held = track();
    held.add(window(3.4));
    expect(held.add(window(3))).toEqual({ alarm: true, state: 'begins', surprise: 3 - Math.log10(2), newCalls: [] });
  });

  test('three calls that were never made are told at once, two are not', () => {
    expect(states([window(0, 1), window(0, 2), window(0, 1)])).toEqual(['quiet', 'quiet', 'quiet']);
    expect(states([window(0, 1), window(1, 2, 3)])).toEqual(['quiet', 'begins']);
    expect(track().add(window(3, 1, 2, 3)).surprise).toBe(2.9);
    const unknown = { decades: 0, newCalls: [1, 2, 3], newCallSurprise: 1 };
    expect(states([unknown])).toEqual(['quiet']);
  });

  test('a gap interrupts what was held', () => {
    const held = track();
    held.add(window(3));
    held.miss();
    expect(held.add(window(3)).state).toBe('alarm');
  });

  test('episodes need evidence, whatever comes', () => {
    const windows = fc.array(
      fc.record({
        decades: fc.double({ min: 0, max: 4, noNaN: true }),
        newCalls: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 2 }),
        newCallSurprise: fc.double({ min: 0, max: 4, noNaN: true }),
      }),
    );
    fc.assert(
      fc.property(windows, (all) => {
        const held = track();
        all.forEach((one, at) => {
          const { alarm, state, surprise, newCalls } = held.add(one);
          const span = all.slice(Math.max(0, at - 3), at + 1);
          expect(alarm).toBe(one.decades >= alarmDecades);
          expect(surprise).toBeLessThanOrEqual(4);
          const strange = span.filter(({ decades }) => decades >= alarmDecades).length;
          if (state === 'begins') expect(strange >= 2 || newCalls.length >= 3).toBe(true);
          if (state === 'quiet' || state === 'alarm') expect(surprise).toBe(0);
        });
      }),
    );
  });
});
