import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Dimension } from '../model/feature.ts';
import type { SharedFeature, SharedProfile } from '../model/shared-profile.ts';
import { broughtTo, condensed, merged } from './merge.ts';

const workload = { id: 'w', name: 'shop/web', kind: 'image' as const };
const dayMs = 86_400_000;
const halfLifeMs = 30 * dayMs;

function feature(
  dimension: Dimension,
  key: string,
  steady: number,
  changes: Partial<SharedFeature> = {},
): SharedFeature {
  const figures = { startup: 0, steady };
  return { dimension, key, state: 'known', count: figures, weight: figures, nodes: 1, ...changes };
}

function contribution(features: readonly SharedFeature[], changes: Partial<SharedProfile> = {}): SharedProfile {
  const samples = { startup: 5, steady: 1000 };
  const about = {
    workload,
    asOfMs: 0,
    halfLifeMs,
    nodes: 1,
    samples,
    incomplete: {},
    listeners: [],
    images: [],
    omitted: 0,
  };
  return { ...about, features, ...changes };
}

const weights = fc.record({
  startup: fc.double({ min: 0, max: 50, noNaN: true }),
  steady: fc.double({ min: 0, max: 1e6, noNaN: true }),
});
const counts = fc.record({ startup: fc.nat(50), steady: fc.nat(1_000_000) });
const keys = fc.oneof(
  fc.tuple(
    fc.constantFrom('exec', 'file.write', 'file.read'),
    fc.constantFrom('/srv/cache/', '/etc/', '/tmp/', '/root/.ssh/'),
    fc.constantFrom(...'abcdefghijkl*'.split('')),
  ),
  fc.tuple(
    fc.constant('net.out'),
    fc.constantFrom('10.1.2.', '10.1.3.'),
    fc.constantFrom('1:443/tcp', '2:443/tcp', '9:443/tcp'),
  ),
);
const features = keys.chain(([dimension, directory, name]) =>
  fc.record({
    dimension: fc.constant(dimension as Dimension),
    key: fc.constant(`${directory}${name}`),
    state: fc.constantFrom('known' as const, 'judged' as const),
    count: counts,
    weight: weights,
    nodes: fc.constant(1),
  }),
);
const contributions: fc.Arbitrary<SharedProfile> = fc
  .record({
    asOfMs: fc.integer({ min: 0, max: 90 * dayMs }),
    samples: weights,
    incomplete: fc.dictionary(fc.constantFrom('exec', 'dns'), weights),
    listeners: fc.array(fc.constantFrom('/usr/sbin/nginx', '/usr/bin/node', '/usr/bin/redis')),
    features: fc.array(features, { maxLength: 40 }),
  })
  .map((parts) => broughtTo(contribution([], parts), 100 * dayMs));

describe('merged', () => {
  test('is commutative and associative, exactly', () => {
    fc.assert(
      fc.property(contributions, contributions, contributions, (a, b, c) => {
        expect(merged(a, b)).toEqual(merged(b, a));
        expect(merged(merged(a, b), c)).toEqual(merged(a, merged(b, c)));
      }),
    );
  });

  test('and so is what is handed out of it, whatever the order of the nodes', () => {
    fc.assert(
      fc.property(
        fc.array(contributions, { minLength: 2, maxLength: 5 }),
        fc.integer({ min: 1, max: 30 }),
        (all, most) => {
          const sum = (list: readonly SharedProfile[]): SharedProfile => condensed(list.reduce(merged), most);
          const handedOut = sum(all);
          expect(sum(all.toReversed())).toEqual(handedOut);
          expect(handedOut.features.length).toBeLessThanOrEqual(most);
          for (const one of handedOut.features) {
            expect(one.weight.steady).toBeLessThanOrEqual(handedOut.samples.steady);
            expect(one.nodes).toBeLessThanOrEqual(handedOut.nodes);
            expect(one.dimension === 'exec' || !/\/(?:etc|root)\/.*\*/.test(one.key)).toBe(true);
          }
        },
      ),
    );
  });

  test('adds samples and incidences; judged on one node is judged', () => {
    const a = contribution([feature('exec', '/bin/ls', 7), feature('exec', '/bin/sh', 900)]);
    const b = contribution([feature('exec', '/bin/ls', 5), feature('exec', '/bin/sh', 0, { state: 'judged' })]);
    const sum = merged(a, b);
    expect(sum).toMatchObject({ nodes: 2, samples: { startup: 10, steady: 2000 } });
    expect(sum.features).toMatchObject([
      { key: '/bin/ls', state: 'known', weight: { steady: 12 }, nodes: 2 },
      { key: '/bin/sh', state: 'judged' },
    ]);
  });
});

describe('broughtTo', () => {
  test('weighs what is a half-life old as half, and what claims to be of the future as of now', () => {
    const old = contribution([feature('exec', '/bin/ls', 100)]);
    expect(broughtTo(old, halfLifeMs)).toMatchObject({
      asOfMs: halfLifeMs,
      samples: { startup: 2.5, steady: 500 },
      features: [{ count: { steady: 100 }, weight: { steady: 50 } }],
    });
    expect(broughtTo(contribution([], { asOfMs: dayMs }), 0).samples.steady).toBe(1000);
  });

  test('bounds what a node can claim: samples, nodes, and each feature once', () => {
    const lie = feature('exec', '/bin/nc', 1e9, { nodes: 99 });
    expect(broughtTo(contribution([lie, lie]), 0).features).toEqual([
      { ...lie, weight: { startup: 0, steady: 1000 }, nodes: 1 },
    ]);
  });

  test.each([
    ['file.read', '/etc/*', 0],
    ['file.read', '/root/.ssh/*', 0],
    ['file.read', '/srv/*/id_rsa', 0],
    ['file.write', 'unlink /usr/bin/*', 0],
    ['file.write', 'unlink /srv/cache/*', 1],
    ['file.read', '/srv/cache/*.json', 1],
    ['net.out', '10.1.2.0/24:443/tcp', 1],
  ] as const)('%s %s: patterns that learning would not have made are left out', (dimension, key, kept) => {
    expect(broughtTo(contribution([feature(dimension, key, 9)]), 0).features).toHaveLength(kept);
  });
});

describe('condensed', () => {
  test('siblings of several nodes that are enough together are a pattern; in protected directories never', () => {
    const names = (directory: string, letters: string): SharedFeature[] =>
      letters.split('').map((letter) => feature('file.write', `${directory}/${letter}.db`, 3));
    const a = contribution([...names('/srv/data', 'abcde'), ...names('/etc', 'abcde')]);
    const b = contribution([...names('/srv/data', 'defghij'), ...names('/etc', 'defghij')]);
    const out = condensed(merged(a, b), 100).features;
    expect(out.filter(({ key }) => key.startsWith('/srv'))).toMatchObject([
      { key: '/srv/data/*.db', weight: { steady: 36 }, nodes: 2 },
    ]);
    expect(out.filter(({ key }) => key.startsWith('/etc'))).toHaveLength(10);
  });

  test("a node's pattern takes in another's siblings, but not one that was judged", () => {
    const a = contribution([feature('file.write', '/srv/data/*.db', 999)]);
    const b = contribution([
      feature('file.write', '/srv/data/a.db', 30),
      feature('file.write', '/srv/data/x.db', 0, { state: 'judged' }),
    ]);
    expect(condensed(merged(a, b), 100).features).toMatchObject([
      { key: '/srv/data/*.db', state: 'known', weight: { steady: 1029 } },
      { key: '/srv/data/x.db', state: 'judged' },
    ]);
  });

  test('keeps the judged and the most frequent, and says how many it left out', () => {
    const known = Array.from({ length: 20 }, (_, index) => feature('exec', `/bin/${index}`, index));
    const judged = Array.from({ length: 9 }, (_, index) => feature('exec', `/tmp/${index}`, 0, { state: 'judged' }));
    const out = condensed(contribution([...known, ...judged]), 10);
    expect(out.features.filter(({ state }) => state === 'judged')).toHaveLength(5);
    expect(out.features.filter(({ state }) => state === 'known').map(({ weight }) => weight.steady)).toEqual([
      15, 16, 17, 18, 19,
    ]);
    expect(out.omitted).toBe(19);
  });
});
