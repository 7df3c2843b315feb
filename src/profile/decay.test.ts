import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Feature } from '../model/feature.ts';
import { coverage } from './coverage.ts';
import { Decay, defaultHalfLifeMs } from './decay.ts';
import { Profile } from './profile.ts';

const workload = { id: 'w', name: 'shop/web', kind: 'image' as const };
const dayMs = 86_400_000;
const steady = (number: number) => ({ number, stratum: 'steady' as const });
const file = (name: string): Feature => ({ dimension: 'exec', key: `/usr/bin/${name}` });

describe('Decay', () => {
  test('after a half-life a sighting counts half', () => {
    const decay = new Decay({ landmarkMs: 0, halfLifeMs: 30 * dayMs });
    const seen = decay.at(0);
    expect(decay.value(seen)).toBe(1);
    decay.at(30 * dayMs);
    expect(decay.value(seen)).toBe(0.5);
    expect(decay.value(seen + decay.at(30 * dayMs))).toBe(1.5);
  });

  test('a clock that goes back changes nothing', () => {
    const decay = new Decay({ landmarkMs: 0, halfLifeMs: dayMs });
    const weight = decay.at(3 * dayMs);
    expect(decay.at(dayMs)).toBe(weight);
  });
});

describe('forgetting', () => {
  test('is exactly the same however often it is evaluated', () => {
    const steps = fc.array(fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 20 * dayMs })), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(steps, (list) => {
        const [often, seldom] = [0, 1].map(() => new Profile({ workload, createdMs: 0 })) as [Profile, Profile];
        let timeMs = 0;
        for (const [index, [name, pauseMs]] of list.entries()) {
          timeMs += pauseMs;
          for (const profile of [often, seldom]) {
            profile.learn(file(`tool-${'abcdefghij'[name]}`), 'a', steady(index), timeMs);
            profile.addSample('steady', timeMs);
          }
          coverage(often.incidences('exec', 'steady'));
          often.incidence(file('tool-a'), 'steady');
        }
        expect(often.incidences('exec', 'steady')).toEqual(seldom.incidences('exec', 'steady'));
        expect(often.features()).toEqual(seldom.features());
      }),
    );
  });

  test('counts of features and of samples fade together: coverage stays, surprise of what is new goes down', () => {
    const profile = new Profile({ workload, createdMs: 0 });
    for (let sample = 1; sample <= 1000; sample++) {
      profile.learn(file('server'), 'a', steady(sample), sample);
      if (sample % 2 === 0) profile.learn(file('cron'), 'a', steady(sample), sample);
      profile.addSample('steady', sample);
    }
    profile.learn(file('once'), 'a', steady(1000), 1000);
    const before = profile.incidences('exec', 'steady');
    profile.endSlice(1000 + 60 * dayMs);
    const after = profile.incidences('exec', 'steady');
    expect(after.samples / before.samples).toBeCloseTo(0.25, 3);
    expect(after.total / before.total).toBeCloseTo(0.25, 3);
    expect(after.once / before.once).toBeCloseTo(0.25, 3);
    expect(coverage(after)).toBeCloseTo(coverage(before), 2);
  });

  test('what was seen once is forgotten after some half-lives, what was judged is not', () => {
    const profile = new Profile({ workload, createdMs: 0 });
    profile.learn(file('once'), 'a', steady(1), 0);
    profile.judge(file('bad'), 0);
    for (let sample = 0; sample < 100; sample++) profile.learn(file('server'), 'a', steady(sample), 0);
    profile.endSlice(1);
    profile.takeChanges();
    profile.endSlice(120 * dayMs);
    expect(profile.state(file('once'))).toBe('known');
    profile.endSlice(140 * dayMs);
    expect(profile.state(file('once'))).toBe('new');
    expect(profile.state(file('bad'))).toBe('judged');
    expect(profile.state(file('server'))).toBe('known');
    expect(profile.takeChanges()?.removed).toEqual(['exec /usr/bin/once']);
  });

  test('what is stored has the same weights when it is loaded, also with another half-life', () => {
    const profile = new Profile({ workload, createdMs: 0 });
    profile.learn(file('server'), 'a', steady(1), 0);
    profile.addSample('steady', 0);
    profile.learn(file('other'), 'a', steady(2), 45 * dayMs);
    profile.addSample('steady', 45 * dayMs);
    const stored = profile.takeChanges() as NonNullable<ReturnType<Profile['takeChanges']>>;
    for (const halfLifeMs of [defaultHalfLifeMs, 7 * dayMs]) {
      const loaded = new Profile(stored, halfLifeMs);
      const [was, is] = [profile.incidences('exec', 'steady'), loaded.incidences('exec', 'steady')];
      for (const name of ['samples', 'once', 'twice', 'total'] as const) expect(is[name]).toBeCloseTo(was[name], 9);
    }
  });

  test('a profile from before there was forgetting has its counts as weights', () => {
    const loaded = new Profile({
      workload,
      createdMs: 0,
      samples: { startup: 1, steady: 50 },
      features: [
        {
          ...{ dimension: 'exec', key: '/usr/bin/server', state: 'known', startup: 1, steady: 50 },
          ...{ weight: { startup: 1, steady: 50 }, firstSeenMs: 0, lastSeenMs: 400 * dayMs },
        },
      ],
    });
    expect(loaded.incidences('exec', 'steady')).toMatchObject({ samples: 50, total: 50 });
  });
});
