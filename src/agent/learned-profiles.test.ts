import { expect, test } from 'vitest';
import type { KernelKey } from '../model/event.ts';
import type { Feature } from '../model/feature.ts';
import { LearnedProfiles } from './learned-profiles.ts';

const ids = ['a', 'b', 'c'] as const;
const feature: Feature = { dimension: 'file.read', key: '/srv/x' };
const kernelKey: KernelKey = { kind: 'file.read', path: '/srv/x' };
const workloadOf = (id: string) => ({ id, name: id, kind: 'image' as const });

/** Three workloads that know a file, of which the kernel counted two samples in the slice that is over. */
function counted(): LearnedProfiles {
  const profiles = new LearnedProfiles({ load: () => [], save: () => {} }, undefined, () => {});
  for (const id of ids) {
    const profile = profiles.of(workloadOf(id), 0);
    profile.learn(feature, 'container', { number: 1, stratum: 'steady' }, 1);
    profile.addKernelKey(kernelKey, [feature]);
  }
  profiles.endSlice(1);
  for (const id of ids) {
    profiles.get(id)?.addSample('steady', 2);
    profiles.get(id)?.addIncidence(kernelKey, 'steady', 2);
  }
  return profiles;
}

const incidences = (profiles: LearnedProfiles): readonly (number | undefined)[] =>
  ids.map((id) => profiles.get(id)?.incidence(feature, 'steady'));

test('profiles are reckoned up in parts, each once', () => {
  const profiles = counted();
  profiles.endSlice(3);
  const parts: boolean[] = [];
  do parts.push(profiles.foldPart(1));
  while (parts.at(-1) === true);
  expect(parts).toEqual([true, true, false]);
  expect(incidences(profiles)).toEqual([3, 3, 3]);
  expect(profiles.foldPart(Infinity)).toBe(false);
  expect(incidences(profiles)).toEqual([3, 3, 3]);
});

test('whoever asks for a profile meanwhile is told what it is after the slice, and what comes then is of the next one', () => {
  const profiles = counted();
  profiles.endSlice(3);
  // Seen in the next sample: not what the kernel counted in the one before.
  profiles.of(workloadOf('b'), 4).learn(feature, 'container', { number: 2, stratum: 'steady' }, 4);
  profiles.get('c')?.addIncidence(kernelKey, 'steady', 1);
  expect(incidences(profiles)).toEqual([3, 4, 3]);
  profiles.endSlice(5);
  expect(incidences(profiles)).toEqual([3, 4, 4]);
});

test('what is saved meanwhile is whole', () => {
  const saved: (readonly [string, number])[] = [];
  const store = {
    load: () => [],
    save: (changes: readonly { workload: { id: string }; features: readonly { steady: number }[] }[]) => {
      for (const { workload, features } of changes)
        for (const { steady } of features) saved.push([workload.id, steady]);
    },
  };
  const profiles = new LearnedProfiles(store, undefined, () => {});
  const profile = profiles.of(workloadOf('a'), 0);
  profile.learn(feature, 'container', { number: 1, stratum: 'steady' }, 1);
  profile.addKernelKey(kernelKey, [feature]);
  profiles.endSlice(1);
  profiles.get('a')?.addIncidence(kernelKey, 'steady', 1);
  profiles.endSlice(2);
  profiles.save();
  expect(saved).toEqual([['a', 2]]);
});
