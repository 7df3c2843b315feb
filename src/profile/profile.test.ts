import { describe, expect, test } from 'vitest';
import type { KernelKey } from '../model/event.ts';
import type { Feature } from '../model/feature.ts';
import { featuresMax } from './learned-features.ts';
import { Profile } from './profile.ts';
import { SampleClock } from './samples.ts';

const workload = { id: 'w', name: 'shop/web', kind: 'image' as const };
const nginx: Feature = { dimension: 'exec', key: '/usr/sbin/nginx' };
const file: Feature = { dimension: 'file.read', key: '/srv/x' };
const steady = (number: number) => ({ number, stratum: 'steady' as const });

describe('Profile', () => {
  test('counts incidence by sample, not by occurrence', () => {
    const profile = new Profile({ workload, createdMs: 0 });
    expect(profile.learn(nginx, 'a', steady(1), 1)).toBe('new');
    expect(profile.learn(nginx, 'a', steady(1), 2)).toBe('known');
    expect(profile.incidence(nginx, 'steady')).toBe(1);
    profile.learn(nginx, 'b', steady(1), 3);
    expect(profile.incidence(nginx, 'steady')).toBe(2);
    expect(profile.incidences('exec', 'steady')).toMatchObject({ once: 0, twice: 1, total: 2 });
  });

  test('adds what the kernel counted: the largest of several keys, and not again what user space counted', () => {
    const profile = new Profile({ workload, createdMs: 0 });
    const keys: KernelKey[] = [
      { kind: 'file.read', path: '/srv/x' },
      { kind: 'file.read.folded', path: '/srv/x' },
    ];
    profile.learn(file, 'a', steady(1), 1);
    for (const key of keys) profile.addKernelKey(key, [file]);
    for (const key of keys) profile.addIncidence(key, 'steady', 1);
    profile.endSlice(2);
    expect(profile.incidence(file, 'steady')).toBe(1);
    profile.addIncidence(keys[0] as KernelKey, 'steady', 2);
    profile.addIncidence(keys[1] as KernelKey, 'steady', 3);
    profile.endSlice(3);
    expect(profile.incidence(file, 'steady')).toBe(4);
  });

  test('a judged feature does not become known by repetition, and its kernel key is not restored', () => {
    const profile = new Profile({ workload, createdMs: 0 });
    profile.judge(nginx, 1);
    expect(profile.learn(nginx, 'a', steady(2), 2)).toBe('judged');
    expect(profile.state(nginx)).toBe('judged');
    const kernelKey: KernelKey = { kind: 'exec', path: nginx.key, origin: 'image', parent: '', shape: '' };
    profile.addKernelKey(kernelKey, [nginx]);
    expect([...profile.recognisable()]).toEqual([]);
  });

  test('what is stored and loaded is the same profile', () => {
    const profile = new Profile({ workload, createdMs: 5 });
    profile.addSample('steady', 1);
    profile.learn(nginx, 'a', steady(1), 1);
    profile.judge(file, 2);
    profile.addListener('/usr/sbin/nginx');
    for (let index = 0; index < 9; index++)
      profile.learn({ dimension: 'file.write', key: `/srv/${'abcdefghi'[index]}.db` }, 'a', steady(1), 3);
    const changes = profile.takeChanges();
    expect(profile.takeChanges()).toBeUndefined();
    const loaded = new Profile({ ...(changes as NonNullable<typeof changes>), removed: [] });
    expect(loaded.features()).toEqual(profile.features());
    expect(loaded.samples).toEqual(profile.samples);
    expect(loaded.incidences('exec', 'steady')).toEqual(profile.incidences('exec', 'steady'));
    expect(loaded.state({ dimension: 'file.write', key: '/srv/zz.db' })).toBe('known');
    expect(loaded.takeChanges()).toBeUndefined();
    profile.returnChanges(changes as NonNullable<typeof changes>);
    expect(profile.takeChanges()?.features).toHaveLength(changes?.features.length ?? -1);
  });

  test('is bounded, and counts what did not fit', () => {
    const profile = new Profile({ workload, createdMs: 0 });
    for (let index = 0; index < featuresMax + 5; index++)
      profile.learn({ dimension: 'exec', key: `/x/${index}` }, 'a', steady(1), 1);
    expect(profile.size('exec')).toBe(featuresMax);
    expect(profile.overflow).toBe(5);
    expect(profile.learn({ dimension: 'exec', key: '/one/more' }, 'a', steady(1), 1)).toBe('full');
  });
});

describe('SampleClock', () => {
  const options = { sliceMs: 60_000, startupMs: 60_000, nowMs: 0 };

  test('startup is one sample, then every slice is one', () => {
    const clock = new SampleClock(options);
    expect(clock.start('a', 20_000, 20_000)).toEqual({ number: 1, stratum: 'startup' });
    expect(clock.advance(60_000)).toEqual({ ends: [], sliceEnded: true });
    expect(clock.advance(80_000).ends).toMatchObject([
      { stratum: 'startup', completed: true, next: { number: 2, stratum: 'steady' } },
    ]);
    expect(clock.advance(120_000).ends).toMatchObject([{ stratum: 'steady', next: { number: 3 } }]);
  });

  test('a sliver of a slice runs on into the next one', () => {
    const clock = new SampleClock(options);
    clock.start('a', 0, 50_000);
    clock.advance(60_000);
    expect(clock.advance(100_000).ends).toEqual([]);
    expect(clock.advance(120_000).ends).toHaveLength(1);
  });

  test('an old container is steady at once; a short job is a whole startup sample', () => {
    const clock = new SampleClock(options);
    expect(clock.start('old', -100_000, 0).stratum).toBe('steady');
    clock.start('job', 0, 0);
    expect(clock.stop('job', 500)).toMatchObject({ stratum: 'startup', completed: true });
    expect(clock.stop('old', 500)).toMatchObject({ stratum: 'steady', completed: false });
    expect(clock.stop('none', 500)).toBeUndefined();
  });

  test('a clock that jumps ends one slice', () => {
    const clock = new SampleClock(options);
    clock.start('a', -100_000, 0);
    expect(clock.advance(86_400_000).ends).toHaveLength(1);
    expect(clock.advance(86_400_001).sliceEnded).toBe(false);
  });
});
