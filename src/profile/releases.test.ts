import fc from 'fast-check';
import { expect, test } from 'vitest';
import { surpriseOfNew } from './coverage.ts';
import { countsUnder, Releases, releasesMax } from './releases.ts';

const counts = fc
  .record({ samples: fc.integer({ min: 0, max: 1_000_000 }), features: fc.integer({ min: 0, max: 5_000 }) })
  .chain(({ samples, features }) =>
    fc.record({
      samples: fc.constant(samples),
      once: fc.integer({ min: 0, max: features }),
      twice: fc.integer({ min: 0, max: features }),
      total: fc.integer({ min: features, max: features * 10 + 1 }),
    }),
  );
const share = fc.double({ min: 0, max: 1, noNaN: true });

test('evidence of other images never makes more certain than all of it does, nor less than the own alone', () => {
  fc.assert(
    fc.property(counts, share, share, (all, ownShare, sinceShare) => {
      const own = Math.floor(all.samples * ownShare);
      const onceSince = Math.floor(all.once * sinceShare);
      const under = countsUnder(all, { own, onceSince });
      expect(under.samples).toBeLessThanOrEqual(all.samples);
      expect(under.samples).toBeGreaterThanOrEqual(Math.min(own, all.samples));
      expect(under.once).toBeLessThanOrEqual(all.once);
      expect(under.once).toBeGreaterThanOrEqual(Math.min(onceSince, all.once));
      // What a release may hide is at most what a tenth of the evidence, or thirty samples, do not say.
      expect(under.samples - own).toBeLessThanOrEqual(30 + 1e-9);
    }),
  );
});

test('more samples under an image never say less', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 100_000 }), fc.nat({ max: 99 }), fc.nat({ max: 99 }), (samples, a, b) => {
      const surprise = (own: number): number =>
        surpriseOfNew(countsUnder({ samples, once: 0, twice: 0, total: samples }, { own, onceSince: 0 }));
      const [less, more] = [Math.min(a, b), Math.max(a, b)];
      expect(surprise(more)).toBeGreaterThanOrEqual(surprise(less) - 1e-9);
    }),
  );
});

test('ten thousand samples of another image are thirty: one decade and a half', () => {
  const all = { samples: 10_000, once: 0, twice: 0, total: 10_000 };
  expect(surpriseOfNew(all)).toBeCloseTo(4, 1);
  expect(surpriseOfNew(countsUnder(all, { own: 0, onceSince: 0 }))).toBeCloseTo(1.49, 2);
  expect(surpriseOfNew(countsUnder(all, { own: 2_000, onceSince: 0 }))).toBeCloseTo(3.31, 2);
  expect(countsUnder(all, { own: 10_000, onceSince: 0 })).toEqual(all);
});

const decay = { value: (sum: number) => sum };
const nothing = { startup: 0, steady: 0 };

function samplesUnder(releases: Releases, digest: string, samples: number): number {
  const all = { samples, once: 0, twice: 0, total: samples };
  return releases.under(digest, { dimension: 'exec', stratum: 'steady' }, all, () => 0).samples;
}

test('the first image has everything that was learned before; a second one begins with a discount; going back finds the old counts', () => {
  const releases = new Releases(decay);
  expect(releases.seen('a', 1, { startup: 1, steady: 500 })).toBe('first');
  expect([samplesUnder(releases, 'a', 500), releases.isFresh('a')]).toEqual([500, false]);
  expect(releases.seen('b', 2, nothing)).toBe('new');
  expect([samplesUnder(releases, 'b', 500), releases.isFresh('b')]).toEqual([30, true]);
  for (let i = 0; i < 60; i++) releases.sampled('b', 'steady', 1);
  expect([samplesUnder(releases, 'b', 560), releases.isFresh('b')]).toEqual([90, false]);
  expect(releases.seen('a', 3, nothing)).toBe('known');
  expect(samplesUnder(releases, 'a', 560)).toBe(506);
});

test('what is new with an image is told once, never for the first', () => {
  const releases = new Releases(decay);
  releases.seen('a', 1, nothing);
  expect(releases.note('a')).toBe(false);
  releases.seen('b', 2, nothing);
  expect([releases.note('b'), releases.note('b')]).toEqual([true, false]);
  const again = new Releases(decay, releases.stored());
  expect([again.note('b'), again.takeChanged(), releases.takeChanged(), releases.takeChanged()]).toEqual([
    ...[false, false, true, false],
  ]);
});

test('images are bounded: the one not seen for longest goes; none is no image', () => {
  const releases = new Releases(decay);
  for (let i = 0; i < releasesMax + 3; i++) releases.seen(`image-${i}`, i, nothing);
  expect(releases.stored().map(({ digest }) => digest)[0]).toBe('image-3');
  expect(releases.stored()).toHaveLength(releasesMax);
  expect(releases.seen('', 99, nothing)).toBe('none');
});
