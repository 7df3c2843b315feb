import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MonotonicOrigin } from './monotonic-origin.ts';

const epochMs = 1.76e12;

/** Two clocks of one time; a look at one takes a moment, now and then a long one. */
class Clocks {
  passedMs = 0;
  /** The true origin. */
  originMs: number;
  readonly #lookMs: () => number;

  constructor(originMs: number, lookMs: () => number) {
    this.originMs = originMs;
    this.#lookMs = lookMs;
  }

  wallMs(): number {
    this.passedMs += this.#lookMs();
    return Math.floor(this.originMs + this.passedMs);
  }

  monotonicMs(): number {
    this.passedMs += this.#lookMs();
    return this.passedMs;
  }
}

/** Durations over and over. */
function cycle(durations: readonly number[]): () => number {
  let at = 0;
  return () => durations[at++ % durations.length] ?? 0;
}

const fraction = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const lookMs = fc.double({ min: 0.0001, max: 0.002, noNaN: true });
const held = fc.oneof(
  { weight: 20, arbitrary: lookMs },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 8, noNaN: true }) },
);
const looks = fc.array(held, { minLength: 1, maxLength: 64 });
const pauses = fc.array(fc.double({ min: 0, max: 5_000, noNaN: true }), { minLength: 1, maxLength: 60 });

test('what happened later never gets an earlier time, however the batches and looks fall, as long as the clock is not set', () => {
  fc.assert(
    fc.property(fraction, looks, pauses, (part, durations, waits) => {
      const clocks = new Clocks(epochMs + part, cycle(durations));
      const origin = new MonotonicOrigin(clocks);
      let last = -Infinity;
      for (const wait of waits) {
        // An event as the batch begins, and one a nanosecond later that comes with the next batch.
        const originMs = origin.nowMs();
        expect(originMs + clocks.passedMs).toBeGreaterThanOrEqual(last);
        last = originMs + clocks.passedMs;
        clocks.passedMs += Math.max(wait, 1e-6);
      }
    }),
  );
});

test('it is exact to some microseconds where looks are quick, and to two milliseconds however they are held up', () => {
  fc.assert(
    fc.property(fraction, lookMs, (part, each) => {
      const origin = new MonotonicOrigin(new Clocks(epochMs + part, () => each));
      expect(Math.abs(origin.nowMs() - epochMs - part)).toBeLessThan(0.02);
    }),
  );
  fc.assert(
    fc.property(fraction, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (part, durations) => {
      const origin = new MonotonicOrigin(new Clocks(epochMs + part, cycle([...durations, 0.01])));
      expect(Math.abs(origin.nowMs() - epochMs - part)).toBeLessThan(2);
    }),
  );
});

test('it follows a clock that is set, by however much, to within a millisecond', () => {
  const step = fc.double({ min: -1e9, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(fraction, lookMs, fc.array(step, { minLength: 1, maxLength: 10 }), (part, each, steps) => {
      const clocks = new Clocks(epochMs + part, () => each);
      const origin = new MonotonicOrigin(clocks);
      for (const by of steps) {
        clocks.originMs += by;
        expect(Math.abs(origin.nowMs() - clocks.originMs)).toBeLessThan(1.01);
      }
    }),
  );
});

test('a clock that stands still, and one that is set while it is looked at, hold nothing up', () => {
  const still = new MonotonicOrigin({ wallMs: () => epochMs, monotonicMs: () => 5 });
  expect(Math.abs(still.nowMs() - (epochMs - 5))).toBeLessThanOrEqual(1);
  let looked = 0;
  const clocks = new Clocks(epochMs, () => {
    looked += 1;
    if (looked % 7 === 0) clocks.originMs += looked % 2 === 0 ? 50 : -50;
    return 0.001;
  });
  const moving = new MonotonicOrigin(clocks);
  for (let i = 0; i < 100; i++) expect(Math.abs(moving.nowMs() - epochMs)).toBeLessThan(1e6);
});

test("the machine's own: the same at each call, and what the wall clock says", () => {
  const origin = new MonotonicOrigin();
  const first = origin.nowMs();
  for (let i = 0; i < 10_000; i++) expect(origin.nowMs()).toBe(first);
  const wallMs = first + Number(process.hrtime.bigint()) / 1e6;
  // Between the two looks the test may be held up.
  expect(Date.now() - wallMs).toBeGreaterThan(-1.1);
});
