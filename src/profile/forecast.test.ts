import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Incidences } from './coverage.ts';
import { surpriseOfNew } from './coverage.ts';
import { forecastOf, newsPerSample, restartsPerDay, shareOf } from './forecast.ts';
import { Profile } from './profile.ts';

const workload = { id: 'w', name: 'shop/web', kind: 'image' as const };
const quiet: Incidences = { samples: 1000, once: 0, twice: 0, total: 5000 };

/** Random numbers from 0 to 1, the same for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Outcome {
  /** Sum of what was expected of each sample before it came; lower and upper bounds alike. */
  readonly expected: number;
  readonly low: number;
  readonly high: number;
  readonly told: number;
}

/**
 * A workload of `features` features, the n-th of which a sample shows with a chance of `n^-steep` at most, a share `loudShare` of them with so many decades of `suspicion`: samples
 * go through a real profile, and what is new and reaches three decades is told. From the 11th sample on it is compared with what was expected.
 */
function simulate(
  seed: number,
  {
    features,
    steep,
    loudShare,
    suspicion,
    samples,
  }: {
    readonly features: number;
    readonly steep: number;
    readonly loudShare: number;
    readonly suspicion: number;
    readonly samples: number;
  },
): Outcome {
  const next = random(seed);
  const chances = Array.from({ length: features }, (_, index) => 0.9 * (index + 1) ** -steep);
  const loud = chances.map(() => next() < loudShare);
  const profile = new Profile({ workload, createdMs: 0 });
  let [news, loudNews] = [0, 0];
  let [expected, low, high, told] = [0, 0, 0, 0];
  for (let number = 1; number <= samples; number++) {
    const counts = profile.incidences('exec', 'steady');
    const surprise = surpriseOfNew(counts);
    if (number > 10) {
      const tally = { news, loud: surprise + suspicion >= 3 ? loudNews : 0 };
      const share = surprise >= 3 ? { mean: 1, variance: 0 } : shareOf(tally, tally);
      const forecast = forecastOf([{ counts, samplesPerDay: 1, told: share }], 0);
      expected += forecast.perDay;
      low += forecast.low;
      high += forecast.high;
    }
    for (const [index, chance] of chances.entries()) {
      if (next() >= chance) continue;
      const feature = { dimension: 'exec', key: `/usr/bin/p${index}` } as const;
      if (profile.state(feature) === 'new') {
        news++;
        if (loud[index] === true) loudNews++;
        if (number > 10 && surprise + (loud[index] === true ? suspicion : 0) >= 3) told++;
      }
      profile.learn(feature, 'c', { number, stratum: 'steady' }, number);
    }
    profile.addSample('steady', number);
    profile.endSlice(number);
  }
  return { expected, low, high, told };
}

describe('what is expected is what comes', () => {
  const cases = [
    ['what is told whatever was learned', { features: 300, steep: 1.2, loudShare: 0.03, suspicion: 3, samples: 150 }],
    ['a long tail, seldom loud', { features: 800, steep: 1.1, loudShare: 0.01, suspicion: 3, samples: 120 }],
    ['what is told once little is new', { features: 100, steep: 2.2, loudShare: 0.3, suspicion: 2, samples: 400 }],
    ['what is told by its surprise', { features: 200, steep: 2.3, loudShare: 1, suspicion: 1.5, samples: 500 }],
  ] as const;
  test.each(cases)('%s', (_, made) => {
    const runs = Array.from({ length: 30 }, (_unused, seed) => simulate(seed + 1, made));
    const sum = (of: (run: Outcome) => number): number => runs.reduce((all, run) => all + of(run), 0);
    const told = sum((run) => run.told);
    expect(told).toBeGreaterThan(20);
    const ratio = told / sum((run) => run.expected);
    expect(ratio).toBeGreaterThan(1 / 3);
    expect(ratio).toBeLessThan(3);
    expect(sum(({ low }) => low)).toBeLessThan(told);
    expect(sum(({ high }) => high)).toBeGreaterThan(told);
  });
});

describe('forecastOf', () => {
  test('where nothing was seen once, a little is expected: never nothing', () => {
    const told = shareOf({ news: 40, loud: 0 }, { news: 400, loud: 0 });
    const { perDay, low, high } = forecastOf([{ counts: quiet, samplesPerDay: 1440, told }], 0);
    expect(perDay).toBeGreaterThan(0);
    expect(perDay).toBeLessThan(0.01);
    expect(low).toBe(0);
    expect(high).toBeGreaterThan(perDay);
  });

  test('one sample says nothing of the next, what others expect stays', () => {
    const counts = { samples: 1, once: 300, twice: 0, total: 300 };
    const told = { mean: 1, variance: 0 };
    expect(forecastOf([{ counts, samplesPerDay: 1440, told }], 0.5)).toEqual({ perDay: 0.5, low: 0.5, high: 0.5 });
  });

  test('bounds of a count alone are those of Garwood: 10 features, each worth one alert', () => {
    const counts = { samples: 1e6, once: 10, twice: 0, total: 1e6 };
    const { perDay, low, high } = forecastOf([{ counts, samplesPerDay: 1e6, told: { mean: 1, variance: 0 } }], 0);
    expect(perDay).toBeCloseTo(10.5, 3);
    expect(low).toBeCloseTo(4.795, 1);
    expect(high).toBeCloseTo(18.39, 1);
  });

  const figure = fc.record({
    samples: fc.integer({ min: 0, max: 1e5 }),
    once: fc.integer({ min: 0, max: 500 }),
    twice: fc.integer({ min: 0, max: 500 }),
  });
  const line = fc
    .tuple(figure, fc.double({ min: 0, max: 1e4, noNaN: true }), fc.nat(500), fc.nat(500))
    .map(([counts, samplesPerDay, loud, more]) => ({
      ...{ counts: { ...counts, total: counts.once + 2 * counts.twice }, samplesPerDay },
      told: shareOf({ news: loud + more, loud }, { news: 2 * (loud + more), loud }),
    }));

  test('bounds are around the expectation, all are finite and none below zero', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const { perDay, low, high } = forecastOf(lines, 0);
        for (const one of [perDay, low, high]) expect(Number.isFinite(one) && one >= 0).toBe(true);
        expect(low).toBeLessThanOrEqual(perDay + 1e-9);
        expect(high).toBeGreaterThanOrEqual(perDay - 1e-9);
      }),
    );
  });
});

test('news of small samples are fewer than Q1/T, of large ones as many', () => {
  expect(newsPerSample({ samples: 2, once: 100, twice: 100, total: 300 })).toBeCloseTo(50 / 3);
  expect(newsPerSample({ samples: 1e6, once: 100, twice: 100, total: 300 })).toBeCloseTo(1e-4, 9);
});

test('what runs is no restart; within the first day restarts so far are those of a day', () => {
  const of = (startup: number): { samples: { startup: number }; createdMs: number } => ({
    ...{ samples: { startup }, createdMs: 0 },
  });
  expect(restartsPerDay(of(3), 3, 3_600_000)).toBe(0);
  expect(restartsPerDay(of(5), 3, 3_600_000)).toBe(2);
  expect(restartsPerDay(of(23), 3, 10 * 86_400_000)).toBe(2);
});
