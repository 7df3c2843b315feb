import { expect, test } from 'vitest';
import { expectedPerDay } from './expectation.ts';

const day = { containers: 2, sliceMs: 60_000, warning: 3 };

test('no evidence, nothing expected; news loud enough counts in full', () => {
  expect(expectedPerDay({ samples: 0, once: 0, twice: 0, total: 0 }, { ...day, loud: undefined })).toBe(0);
  // Q1/T = 1/4999, 2880 samples a day, surprise log10(5000/2) = 3.4: every new feature is an alert.
  expect(expectedPerDay({ samples: 4999, once: 1, twice: 0, total: 9999 }, { ...day, loud: undefined })).toBeCloseTo(
    0.576,
    3,
  );
});

test('below the threshold only the share of news with enough suspicion counts', () => {
  const counts = { samples: 100, once: 10, twice: 0, total: 500 };
  expect(expectedPerDay(counts, { ...day, loud: undefined })).toBe(0);
  // surprise log10(101/11) = 0.96: three more decades are missing.
  expect(expectedPerDay(counts, { ...day, loud: { news: 50, loud: [50, 5, 4, 1, 0, 0] } })).toBeCloseTo(
    (0.1 * 2880) / 50,
    6,
  );
});
