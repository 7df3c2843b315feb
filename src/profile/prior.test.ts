import { describe, expect, test } from 'vitest';
import type { Feature } from '../model/feature.ts';
import type { SharedFeature, SharedProfile } from '../model/shared-profile.ts';
import { surpriseOfNew, surpriseOfTold } from './coverage.ts';
import { Profile } from './profile.ts';

const workload = { id: 'w', name: 'shop/web', kind: 'image' as const };
const sample = { number: 1, stratum: 'steady' as const };

function feature(key: string, steady: number, nodes: number, changes: Partial<SharedFeature> = {}): SharedFeature {
  const figures = { startup: 0, steady };
  return { dimension: 'exec', key, state: 'known', count: figures, weight: figures, nodes, ...changes };
}

function fleet(...features: readonly SharedFeature[]): SharedProfile {
  const samples = { startup: 4, steady: 1000 };
  const about = { workload, asOfMs: 0, halfLifeMs: 2_592_000_000, nodes: 3, samples, incomplete: {}, omitted: 0 };
  return { ...about, images: ['sha256:1'], features, listeners: ['/usr/sbin/nginx'] };
}

const exec = (key: string): Feature => ({ dimension: 'exec', key });

describe('a prior', () => {
  test('several nodes make a feature known, a lone one only less surprising, and a judged one nothing', () => {
    const profile = new Profile({ workload, createdMs: 0 });
    const judged = feature('/bin/judged', 500, 3, { state: 'judged' });
    const few = feature('/bin/few', 4, 2);
    profile.usePrior(fleet(feature('/bin/common', 500, 2), feature('/bin/lone', 500, 1), few, judged), 1);
    const isCommon = (name: string): boolean | undefined => profile.prior?.isCommon(exec(`/bin/${name}`));
    expect(['common', 'lone', 'few', 'judged', 'never'].filter(isCommon)).toEqual(['common']);
    const counts = profile.incidences('exec', 'steady');
    expect(counts.samples).toBe(1000);
    const surprise = (name: string): number =>
      surpriseOfTold(counts, profile.prior?.incidence(exec(`/bin/${name}`)) ?? 0);
    expect(surprise('lone')).toBeLessThan(0.01);
    expect(surprise('few')).toBeGreaterThan(0.3);
    expect(surprise('few')).toBeLessThan(1);
    expect(surprise('judged')).toBe(surpriseOfNew(counts));
  });

  test('what half of the starts show is known after a few of them', () => {
    const profile = new Profile({ workload, createdMs: 0 });
    const figures = { startup: 2, steady: 0 };
    profile.usePrior(fleet(feature('/bin/init', 0, 2, { count: figures, weight: figures })), 1);
    expect(profile.prior?.isCommon(exec('/bin/init'))).toBe(true);
  });

  test('stands beside what was learned: what was seen once here and often elsewhere was not seen once', () => {
    const profile = new Profile({ workload, createdMs: 0 });
    for (const name of ['here', 'common']) profile.learn(exec(`/bin/${name}`), 'c', sample, 1);
    profile.addSample('steady', 1);
    profile.usePrior(fleet(feature('/bin/common', 500, 2), feature('/bin/once', 1, 1)), 1);
    expect(profile.incidences('exec', 'steady')).toMatchObject({ samples: 1001, once: 2, total: 503 });
    profile.learn(exec('/bin/once'), 'c', sample, 1);
    profile.learn(exec('/bin/common'), 'd', sample, 1);
    expect(profile.incidences('exec', 'steady')).toMatchObject({ once: 2, twice: 1, total: 505 });
    profile.usePrior(fleet(), 1);
    expect(profile.incidences('exec', 'steady')).toMatchObject({ samples: 1001, once: 2, twice: 1, total: 4 });
  });

  test("is neither saved, nor shown, nor contributed as the node's own", () => {
    const profile = new Profile({ workload, createdMs: 0 });
    expect(profile.contribution(1, 100)).toBeUndefined();
    profile.usePrior(fleet(feature('/bin/common', 500, 2)), 1);
    profile.learn(exec('/bin/own'), 'c', sample, 1);
    profile.judge(exec('/bin/bad'), 1);
    profile.addSample('steady', 1);
    profile.addListener('/usr/bin/own');
    expect(profile.features().map(({ key }) => key)).toEqual(['/bin/own', '/bin/bad']);
    expect(profile.takeChanges()?.features.map(({ key }) => key)).toEqual(['/bin/own', '/bin/bad']);
    expect(profile.contribution(1, 100)).toMatchObject({
      ...{ nodes: 1, samples: { startup: 0, steady: 1 }, listeners: ['/usr/bin/own'] },
      features: [
        { key: '/bin/bad', state: 'judged', weight: { startup: 0, steady: 0 } },
        { key: '/bin/own', state: 'known', weight: { startup: 0, steady: 1 }, nodes: 1 },
      ],
    });
  });

  test('weighs less as time goes by, as what was learned here does', () => {
    const profile = new Profile({ workload, createdMs: 0 }, 86_400_000);
    profile.usePrior(fleet(feature('/bin/common', 500, 2)), 1);
    profile.addSample('startup', 86_400_000);
    expect(profile.incidences('exec', 'steady').samples).toBeCloseTo(500, 0);
  });

  test('patterns of other nodes cover what is seen here', () => {
    const profile = new Profile({ workload, createdMs: 0 });
    const pattern: SharedFeature = { ...feature('/srv/data/*.db', 500, 2), dimension: 'file.write' };
    profile.usePrior(fleet(pattern), 1);
    expect(profile.prior?.isCommon({ dimension: 'file.write', key: '/srv/data/x.db' })).toBe(true);
    expect(profile.prior?.has({ dimension: 'file.write', key: '/etc/x.db' })).toBe(false);
  });

  test('under another image than this node runs says little, under the same one all', () => {
    const profile = new Profile({ workload, createdMs: 0 });
    profile.usePrior(fleet(), 1);
    const counts = profile.incidences('exec', 'steady');
    expect(profile.incidencesUnder('sha256:1', 'exec', 'steady', counts).samples).toBe(1000);
    expect(profile.incidencesUnder('sha256:2', 'exec', 'steady', counts).samples).toBe(30);
    expect(profile.incidencesUnder('', 'exec', 'steady', counts).samples).toBe(1000);
  });
});
