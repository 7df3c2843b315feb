import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RateReadings } from './rate-readings.ts';

test('counters become so many a second, levels stay, and the first reading is no slice', () => {
  const readings = new RateReadings(60_000);
  expect(readings.take('a', { cpuSeconds: 100, memoryBytes: 5, execs: 7 }, 1_000_000)).toBeUndefined();
  expect(readings.take('a', { cpuSeconds: 130, memoryBytes: 9, execs: 7 }, 1_060_000)).toEqual({
    lengthMs: 60_000,
    values: { cpu: 0.5, memory: 9, exec: 0 },
  });
});

test('what is missing at either end, and a counter that went back, is absent and not zero', () => {
  const readings = new RateReadings(60_000);
  readings.take('a', { cpuSeconds: 100, execs: 7, pids: 3 }, 0);
  expect(readings.take('a', { cpuSeconds: 4, connects: 2 }, 60_000)?.values).toEqual({});
  expect(readings.take('a', { cpuSeconds: 10, connects: 8, execs: 9 }, 120_000)?.values).toEqual({
    cpu: 0.1,
    connect: 0.1,
  });
});

test('a gap, and a slice that is hardly one, are no slices; the next one is', () => {
  const readings = new RateReadings(60_000);
  readings.take('a', { cpuSeconds: 0 }, 0);
  expect(readings.take('a', { cpuSeconds: 1000 }, 600_000)).toBeUndefined();
  expect(readings.take('a', { cpuSeconds: 1001 }, 610_000)).toBeUndefined();
  expect(readings.take('a', { cpuSeconds: 1002 }, 600_000)).toBeUndefined();
  expect(readings.take('a', { cpuSeconds: 1032 }, 660_000)?.values).toEqual({ cpu: 0.5 });
  readings.forget('a');
  expect(readings.take('a', { cpuSeconds: 1062 }, 720_000)).toBeUndefined();
});

test('no value is ever negative or no number', () => {
  const figures = fc.record(
    { cpuSeconds: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), pids: fc.nat() },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(figures, fc.integer({ min: 0, max: 90_000 })), { maxLength: 20 }), (steps) => {
      const readings = new RateReadings(60_000);
      let timeMs = 0;
      for (const [read, stepMs] of steps) {
        timeMs += stepMs;
        for (const value of Object.values(readings.take('a', read, timeMs)?.values ?? {}))
          expect(value >= 0 && !Number.isNaN(value)).toBe(true);
      }
    }),
  );
});
